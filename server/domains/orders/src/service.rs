//! The use cases.

use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use async_trait::async_trait;
use souk_contract::{
    CheckoutAction, CheckoutId, CreateFulfillment, CreateRefund, Ctx, Difference, Document, Error,
    FulfillmentId, FulfillmentStatus, MANUAL_PAYMENT, MoveFulfillment, MoveOrders, Order, OrderId,
    OrderQuery, OrderStatus, OrderSummary, Orders, OrdersMoved, OrdersWaiting, Page, PageRequest, Payment,
    PaymentAnswered, PaymentCaptured, PaymentExpired, PaymentId, Period, PlaceOrder, Placed, RefundFound,
    Resource, Result, Sales,
};
use souk_kernel::{
    Bus, Kit,
    db::{Db, Json, Text},
};
use tracing::Instrument as _;
use uuid::Uuid;

use crate::{
    audit, capturing,
    checkout::{self, CheckoutRow, Step},
    confirming::Left,
    order::{self, OrderRow, Parts},
    saga::{Neighbours, Reached, Saga},
    store, store_captures, store_parcels, store_refunds, store_tags,
};

const PURPOSE: &str = "order";
const AT_ONCE: i64 = 200;
/// A checkout that nobody has touched for so long was left by a crash.
const LEFT_SECONDS: i64 = 30;

/// Orders in this process, on their own database.
#[derive(Clone)]
pub struct LocalOrders {
    pub(crate) saga: Arc<Saga>,
    /// One at a time per checkout; a second click waits for the first.
    running: Arc<Mutex<HashMap<CheckoutId, Weak<tokio::sync::Mutex<()>>>>>,
}

impl LocalOrders {
    /// `base_url`: scheme and host of the shop, where banks send shoppers back to.
    pub fn new(kit: Kit, db: Db, near: Neighbours, base_url: String) -> Self {
        Self { saga: Arc::new(Saga { kit, db, near, base_url }), running: Arc::default() }
    }

    /// Hears when money arrives by another way than the checkout.
    pub fn listen(self: &Arc<Self>, bus: &Bus) {
        let orders = Arc::clone(self);
        bus.on::<PaymentCaptured, _, _>("orders.mark_paid", move |event, delivered| {
            let orders = Arc::clone(&orders);
            async move {
                let payment = orders.paid(event.payment_id).await?;
                let mut tx = orders.saga.db.begin().await?;
                if tx.first_time(&delivered).await? {
                    capturing::mark_paid(&mut tx, event.order_id, &payment, &orders.saga.kit).await?;
                }
                Ok(tx.commit().await?)
            }
        });
        let orders = Arc::clone(self);
        bus.on::<PaymentAnswered, _, _>("orders.go_on", move |event, delivered| {
            let orders = Arc::clone(&orders);
            async move {
                let mut tx = orders.saga.db.begin().await?;
                let first = tx.first_time(&delivered).await?;
                tx.commit().await?;
                if first { orders.go_on(event.order_id).await } else { Ok(()) }
            }
        });
        let orders = Arc::clone(self);
        bus.on::<PaymentExpired, _, _>("orders.mark_run_out", move |event, delivered| {
            let orders = Arc::clone(&orders);
            async move {
                let mut tx = orders.saga.db.begin().await?;
                if tx.first_time(&delivered).await? {
                    store_captures::set_run_out(&mut tx, event.order_id, orders.saga.kit.now()).await?;
                }
                Ok(tx.commit().await?)
            }
        });
        let orders = Arc::clone(self);
        bus.on::<RefundFound, _, _>("orders.write_down_refund", move |event, delivered| {
            let orders = Arc::clone(&orders);
            async move {
                let ctx = Ctx::system("orders.refund-found");
                let mut tx = orders.saga.db.begin().await?;
                let first = tx.first_time(&delivered).await?;
                let row = if first { orders.write_down(&ctx, &mut tx, &event).await? } else { None };
                tx.commit().await?;
                // Payments has it already; `resume` asks where it can't be asked now.
                match row {
                    Some(row) => orders.carry_out(&ctx, &row).await,
                    None => Ok(()),
                }
            }
        });
    }

    /// The payment that an event tells of.
    async fn paid(&self, id: PaymentId) -> Result<Payment> {
        let ctx = Ctx::system("orders.payment");
        self.saga.near.payments.get(&ctx, id).await
    }

    /// Takes up every unfinished checkout, however young: for the start, when nothing else can be running.
    ///
    /// # Errors
    /// When the database can't be reached.
    pub async fn resume_all(&self, ctx: &Ctx) -> Result<u64> {
        self.resume_before(ctx, 0).await
    }

    async fn resume_before(&self, ctx: &Ctx, seconds: i64) -> Result<u64> {
        ctx.require(Resource::Orders.write())?;
        let before = self.saga.kit.now().plus_seconds(-seconds);
        let rows = store::unfinished(&mut *self.saga.db.read().await?, before, AT_ONCE).await?;
        let mut resumed = 0;
        for row in rows {
            let turn = self.turn(row.id);
            let _turn = turn.lock().await;
            let Some(row) = store::checkout(&mut *self.saga.db.read().await?, row.id).await? else {
                continue;
            };
            if matches!(row.state.0, Step::Done | Step::Failed) {
                continue;
            }
            match self.saga.run(ctx, row.clone()).await {
                Ok(Reached::Waiting) => continue,
                Ok(Reached::Order(_)) => {}
                Err(error) => {
                    tracing::info!(%error, checkout = %row.id, "an unfinished checkout was taken up and gave no order");
                }
            }
            resumed += 1;
        }
        let captures = self.resume_captures(ctx, seconds).await?;
        Ok(resumed + captures + self.resume_refunds(ctx, seconds).await?)
    }

    pub(crate) fn turn(&self, id: CheckoutId) -> Arc<tokio::sync::Mutex<()>> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = running.get(&id).and_then(Weak::upgrade) {
            return turn;
        }
        running.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::new(tokio::sync::Mutex::new(()));
        running.insert(id, Arc::downgrade(&turn));
        turn
    }

    /// Ids first: whatever is repeated later finds its own work by them.
    fn fresh(&self, ctx: &Ctx, id: CheckoutId, request: PlaceOrder) -> CheckoutRow {
        let ids = &self.saga.kit.ids;
        CheckoutRow {
            id,
            cart_id: None,
            order_id: ids.next(),
            payment_id: ids.next(),
            reservation_id: ids.next(),
            customer_id: ctx.customer(),
            state: Text(Step::Started),
            request: Json(request),
            cart: None,
            failure: None,
            attempts: 0,
            updated_at: self.saga.kit.now(),
            waits_until: None,
        }
    }

    pub(crate) async fn place_here(
        &self,
        ctx: &Ctx,
        checkout: CheckoutId,
        request: PlaceOrder,
    ) -> Result<Placed> {
        let placed = self.place_once(ctx, checkout, request.clone()).await;
        match placed {
            // By another payment, which may merely wait for the shopper: this one takes its place.
            Err(Error::Conflict { ref code, .. }) if code == "cart_completing" => {}
            placed => return placed,
        }
        match self.let_go_of_cart(ctx, &request.cart_token).await? {
            Some(Left::Order(order)) => Ok(Placed::Order { order }),
            Some(Left::Open) => self.place_once(ctx, checkout, request).await,
            None => placed,
        }
    }

    async fn place_once(&self, ctx: &Ctx, checkout: CheckoutId, request: PlaceOrder) -> Result<Placed> {
        let turn = self.turn(checkout);
        let _turn = turn.lock().await;
        let mut again = false;
        let mut known = store::checkout(&mut *self.saga.db.read().await?, checkout).await?;
        if let Some(row) = known.take_if(|row| {
            row.state.0 == Step::Waiting
                && row.request.0.cart_token == request.cart_token
                && row.request.0 != request
        }) {
            if let Left::Order(order) = self.let_go(ctx, row).await? {
                return Ok(Placed::Order { order });
            }
            known = store::checkout(&mut *self.saga.db.read().await?, checkout).await?;
            again = true;
        }
        let row = match known {
            Some(row) if row.request.0.cart_token != request.cart_token => return Err(order::not_found()),
            // It failed because something was down, and nothing of it is left: this try begins afresh.
            Some(row) if again || row.may_begin_again() => {
                let fresh = self.fresh(ctx, checkout, request);
                let mut tx = self.saga.db.begin().await?;
                store::restart(&mut tx, &fresh).await?;
                tx.commit().await?;
                fresh
            }
            Some(row) if row.request.0 != request => return Err(checkout::reused()),
            Some(row) => row,
            None => {
                let row = self.fresh(ctx, checkout, request);
                let mut tx = self.saga.db.begin().await?;
                if !store::add_checkout(&mut tx, &row).await? {
                    return Err(Error::conflict("busy", "This order is being placed right now."));
                }
                tx.commit().await?;
                row
            }
        };
        let id = row.id;
        let reached = self.saga.run(ctx, row).await?;
        self.reached(ctx, id, reached).await
    }

    async fn cancel_here(&self, ctx: &Ctx, id: OrderId, if_version: Option<i64>) -> Result<Order> {
        let checkout = self.find(id).await?.checkout_id;
        // A checkout that is still to capture waits, and then finds the order cancelled.
        let turn = self.turn(checkout);
        let _turn = turn.lock().await;
        let row = self.find(id).await?;
        if row.status.0 == OrderStatus::Cancelled {
            return self.show(ctx, row).await;
        }
        if if_version.is_some_and(|version| version != row.version) {
            return Err(order::stale());
        }
        if row.fulfillment_status.0 != FulfillmentStatus::Unfulfilled {
            return Err(Error::conflict("already_shipped", "A part of this order has left already."));
        }
        let checkout = store::checkout(&mut *self.saga.db.read().await?, checkout).await?;
        let mut checkout = checkout.ok_or_else(|| Error::internal(format!("order {id} has no checkout")))?;
        self.saga.cancel(ctx, &mut checkout).await?;
        let row = self.find(id).await?;
        self.show(ctx, row).await
    }

    pub(crate) async fn show(&self, ctx: &Ctx, row: OrderRow) -> Result<Order> {
        let mut reader = self.saga.db.read().await?;
        let lines = store::lines(&mut reader, row.id).await?;
        let parcels = store_parcels::parcels(&mut reader, row.id).await?;
        let refunds = match row.refund_count {
            0 => Vec::new(),
            _ => store_refunds::refunds(&mut reader, row.id).await?,
        };
        let tags = match row.tag_count {
            0 => Vec::new(),
            _ if !ctx.is_staff_or_system() => Vec::new(),
            _ => store_tags::tags(&mut reader, row.id).await?,
        };
        drop(reader);
        let payments = self.saga.near.payments.of_order(ctx, row.id).await?;
        let access_token = self.access_token(row.id);
        Ok(order::to_contract(row, Parts { lines, payments, parcels, refunds, tags, access_token }))
    }

    fn access_token(&self, id: OrderId) -> String {
        self.saga.kit.secrets.seal(PURPOSE, id.uuid())
    }

    pub(crate) async fn find(&self, id: OrderId) -> Result<OrderRow> {
        store::order(&mut *self.saga.db.read().await?, id).await?.ok_or_else(order::not_found)
    }

    pub(crate) async fn find_by_link(&self, token: &str) -> Result<OrderRow> {
        let id = self.saga.kit.secrets.unseal(PURPOSE, token).ok_or_else(order::not_found)?;
        self.find(OrderId::new(id)).await
    }

    /// The customer's own, or any for staff.
    pub(crate) async fn find_for(&self, ctx: &Ctx, id: OrderId) -> Result<OrderRow> {
        let row = self.find(id).await?;
        let own = row.customer_id.is_some() && row.customer_id == ctx.customer();
        if !own {
            if !ctx.is_staff_or_system() {
                return Err(order::not_found());
            }
            ctx.require(Resource::Orders.read())?;
        }
        Ok(row)
    }

    pub(crate) fn page(&self, mut rows: Vec<OrderRow>, limit: u32) -> Page<OrderSummary> {
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
        let summaries = rows.into_iter().map(|row| {
            let token = self.access_token(row.id);
            order::summary(row, token)
        });
        Page { items: summaries.collect(), next }
    }
}

/// Runs on when the caller goes away: what was begun is not left half done until somebody asks again.
pub(crate) async fn to_its_end<T: Send + 'static>(
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    let ended = tokio::spawn(work.in_current_span()).await;
    ended.unwrap_or_else(|error| Err(Error::internal(format!("an order's work broke off: {error}"))))
}

pub(crate) fn before(page: &PageRequest) -> Result<OrderId> {
    Ok(page.after_id()?.unwrap_or_else(|| OrderId::new(Uuid::max())))
}

#[async_trait]
impl Orders for LocalOrders {
    async fn place(&self, ctx: &Ctx, checkout: CheckoutId, request: PlaceOrder) -> Result<Placed> {
        if request.payment_method == MANUAL_PAYMENT && !ctx.is_staff_or_system() {
            return Err(Error::invalid("payment_method", "invalid", "Please choose how to pay."));
        }
        let (orders, ctx) = (self.clone(), ctx.clone());
        to_its_end(async move { orders.place_here(&ctx, checkout, request).await }).await
    }

    async fn checkout(&self, ctx: &Ctx, token: &str) -> Result<Placed> {
        let id = self.saga.checkout_of(token).ok_or_else(|| Error::not_found("checkout"))?;
        let (orders, ctx) = (self.clone(), ctx.clone());
        to_its_end(async move { orders.look_at(&ctx, id).await }).await
    }

    async fn waits_for(&self, ctx: &Ctx, cart_token: &str) -> Result<Option<CheckoutAction>> {
        match self.waiting_row(ctx, cart_token).await? {
            Some(row) => self.action(ctx, &row).await,
            None => Ok(None),
        }
    }

    async fn give_up(&self, ctx: &Ctx, cart_token: &str) -> Result<Option<Order>> {
        let (orders, ctx, token) = (self.clone(), ctx.clone(), cart_token.to_owned());
        let left = to_its_end(async move { orders.let_go_of_cart(&ctx, &token).await }).await?;
        Ok(left.and_then(Left::order))
    }

    async fn get(&self, ctx: &Ctx, id: OrderId) -> Result<Order> {
        let row = self.find_for(ctx, id).await?;
        self.show(ctx, row).await
    }

    async fn by_access_token(&self, ctx: &Ctx, token: &str) -> Result<Order> {
        let row = self.find_by_link(token).await?;
        self.show(ctx, row).await
    }

    async fn mine(&self, ctx: &Ctx, page: &PageRequest) -> Result<Page<OrderSummary>> {
        let customer = ctx.require_customer()?;
        let (before, limit) = (before(page)?, page.limit());
        let mut reader = self.saga.db.read().await?;
        let rows = store::orders_of_before(&mut reader, customer, before, i64::from(limit) + 1).await?;
        Ok(self.page(rows, limit))
    }

    async fn list(&self, ctx: &Ctx, query: &OrderQuery) -> Result<Page<OrderSummary>> {
        self.find_orders(ctx, query).await
    }

    async fn sales(&self, ctx: &Ctx, periods: &[Period]) -> Result<Vec<Sales>> {
        self.sum_sales(ctx, periods).await
    }

    async fn waiting(&self, ctx: &Ctx) -> Result<OrdersWaiting> {
        self.count_waiting(ctx).await
    }

    async fn fulfil(
        &self,
        ctx: &Ctx,
        id: OrderId,
        request: CreateFulfillment,
        if_version: Option<i64>,
    ) -> Result<Order> {
        let (orders, ctx) = (self.clone(), ctx.clone());
        to_its_end(async move { orders.fulfil_here(&ctx, id, request, if_version).await }).await
    }

    async fn move_fulfillment(
        &self,
        ctx: &Ctx,
        id: OrderId,
        fulfillment: FulfillmentId,
        request: MoveFulfillment,
    ) -> Result<Order> {
        let (orders, ctx) = (self.clone(), ctx.clone());
        to_its_end(async move { orders.move_here(&ctx, id, fulfillment, request).await }).await
    }

    async fn cancel(&self, ctx: &Ctx, id: OrderId, if_version: Option<i64>) -> Result<Order> {
        ctx.require(Resource::Orders.write())?;
        let (orders, ctx) = (self.clone(), ctx.clone());
        to_its_end(async move { orders.cancel_here(&ctx, id, if_version).await }).await
    }

    async fn refund(
        &self,
        ctx: &Ctx,
        id: OrderId,
        request: CreateRefund,
        if_version: Option<i64>,
    ) -> Result<Order> {
        let (orders, ctx) = (self.clone(), ctx.clone());
        to_its_end(async move { orders.refund_here(&ctx, id, request, if_version).await }).await
    }

    async fn move_orders(&self, ctx: &Ctx, request: MoveOrders) -> Result<OrdersMoved> {
        let (orders, ctx) = (self.clone(), ctx.clone());
        to_its_end(async move { orders.move_many(&ctx, request).await }).await
    }

    async fn set_tags(
        &self,
        ctx: &Ctx,
        id: OrderId,
        tags: Vec<String>,
        if_version: Option<i64>,
    ) -> Result<Order> {
        self.tag_here(ctx, id, tags, if_version).await
    }

    async fn add_note(&self, ctx: &Ctx, id: OrderId, text: &str) -> Result<()> {
        self.note_here(ctx, id, text).await
    }

    async fn invoice(&self, ctx: &Ctx, id: OrderId) -> Result<Document> {
        self.invoice_here(ctx, id).await
    }

    async fn documents(&self, ctx: &Ctx, id: OrderId) -> Result<Vec<Document>> {
        self.documents_here(ctx, id).await
    }

    async fn resume(&self, ctx: &Ctx) -> Result<u64> {
        self.resume_before(ctx, LEFT_SECONDS).await
    }

    async fn verify(&self, ctx: &Ctx) -> Result<Vec<Difference>> {
        ctx.require(Resource::Orders.read())?;
        let mut differences = audit::orders(&self.saga, ctx).await?;
        differences.extend(audit::allocations(&self.saga, ctx).await?);
        differences.extend(audit::papers(&self.saga).await?);
        Ok(differences)
    }
}
