//! The checkout: reserve stock, authorise, place the order, capture. Each step is written down when it is done, can
//! be repeated without effect, and has an undo; a crash anywhere is taken up by [`Saga::run`] again.

use std::sync::Arc;

use souk_contract::{
    Authorize, Carts, CheckoutId, Ctx, Error, FulfillmentStatus, Inventory, OrderCancelled, OrderId,
    OrderPaymentStatus, OrderPlaced, OrderStatus, Payment, PaymentStatus, Payments, PromotionUse, Promotions,
    Redeem, Reserve, ReserveLine, Result, Shipping, Shopkeeping, Stockroom,
};
use souk_kernel::{
    Kit, Tx,
    audit::{Audited, change},
    db::{Db, Json, Text},
};

use crate::{
    capturing,
    checkout::{self, CheckoutRow, Step},
    order, store, store_parcels,
};

/// Longer than any checkout takes, also one that has to wait for a restart.
const HOLD_SECONDS: i64 = 15 * 60;
/// A shopper has so long to answer their bank: less than stock is held for them.
const WAIT_SECONDS: i64 = 14 * 60;
const PURPOSE: &str = "checkout";

/// How far a run came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reached {
    Order(OrderId),
    /// The shopper's bank asks them.
    Waiting,
}

/// The neighbours that a checkout needs; all of them downhill.
#[derive(Clone)]
pub struct Neighbours {
    pub carts: Arc<dyn Carts>,
    pub inventory: Arc<dyn Inventory>,
    pub promotions: Arc<dyn Promotions>,
    pub shipping: Arc<dyn Shipping>,
    pub payments: Arc<dyn Payments>,
    /// Says which places there are for what comes back.
    pub stockroom: Arc<dyn Stockroom>,
    /// Says who sells, and how papers are numbered.
    pub shop: Arc<dyn Shopkeeping>,
}

pub(crate) struct Saga {
    pub kit: Kit,
    pub db: Db,
    pub near: Neighbours,
    /// Scheme and host: banks send shoppers back there.
    pub base_url: String,
}

impl Saga {
    /// Goes on from the step that was reached to the end: the order, or the reason why there is none. Stops where the
    /// shopper has to answer their bank first.
    ///
    /// # Errors
    /// What refused the order, after everything was taken back; or `Unavailable`, when even that must wait for
    /// [`Saga::run`] to be called again.
    pub(crate) async fn run(&self, ctx: &Ctx, mut row: CheckoutRow) -> Result<Reached> {
        loop {
            let from = row.state.0;
            let tried = match from {
                Step::Started => self.lock(ctx, &mut row).await,
                Step::Locked => self.reserve_and_authorize(ctx, &mut row).await,
                Step::Waiting => self.look(ctx, &mut row).await,
                Step::Placed => self.capture(ctx, &mut row).await,
                Step::Cancelling => self.let_go(ctx, &mut row).await,
                Step::Undoing => self.undo(ctx, &mut row).await,
                Step::Done => return Ok(Reached::Order(row.order_id)),
                Step::Failed => return Err(failure(&row)),
            };
            match (tried, row.state.0) {
                (Ok(()), Step::Waiting) => return Ok(Reached::Waiting),
                (Ok(()), _) => {}
                // They may have confirmed it: it goes on when the gateway, or whoever was away, can be asked.
                (Err(error), Step::Waiting) if !matches!(error, Error::Conflict { .. }) => {
                    // Or another process was faster.
                    if store::order(&mut *self.db.read().await?, row.order_id).await?.is_none() {
                        return Err(error);
                    }
                    row.state.0 = Step::Placed;
                }
                (Err(error), Step::Placed) if from == Step::Cancelling => {
                    tracing::warn!(%error, order = %row.order_id, "an order could not be cancelled and stands");
                }
                // The order stands: what is left is tried again later, and the shopper is told of the order.
                (Err(error), Step::Placed) => {
                    tracing::warn!(%error, checkout = %row.id, "an order was placed, its capture waits");
                    return Ok(Reached::Order(row.order_id));
                }
                (Err(error), Step::Cancelling) => return Err(error),
                (Err(error), Step::Undoing) => {
                    tracing::warn!(%error, checkout = %row.id, "a checkout can't be taken back yet");
                    return Err(failure(&row));
                }
                (Err(error), _) => {
                    row.failure = Some(Json(checkout::lasting(error)));
                    self.reach(&mut row, Step::Undoing).await?;
                }
            }
        }
    }

    /// Prices the cart a last time and locks it for this checkout.
    async fn lock(&self, ctx: &Ctx, row: &mut CheckoutRow) -> Result<()> {
        let token = row.request.0.cart_token.clone();
        // A checkout that crashed right after locking finds the cart completing: nothing to price then.
        match self.near.shipping.refresh(ctx, &token).await {
            Err(Error::Conflict { code, .. }) if code == "cart_completing" => {}
            refreshed => drop(refreshed?),
        }
        let cart =
            self.near.carts.begin_completion(ctx, &token, row.id, &row.request.0.payment_method).await?;
        row.cart_id = Some(cart.id);
        let checked = checkout::check(&cart, &row.request.0);
        row.cart = Some(Json(cart));
        row.state.0 = Step::Locked;
        row.updated_at = self.kit.now();
        let mut tx = self.db.begin().await?;
        store::lock_cart(&mut tx, row).await?;
        tx.commit().await?;
        checked
    }

    /// Every part finds what it did before by its id, so none is written down by itself.
    async fn reserve_and_authorize(&self, ctx: &Ctx, row: &mut CheckoutRow) -> Result<()> {
        self.reserve(ctx, row).await?;
        let payment = self.authorize(ctx, row).await?;
        if payment.status == PaymentStatus::RequiresAction {
            row.waits_until = Some(self.kit.now().plus_seconds(WAIT_SECONDS));
            return self.reach(row, Step::Waiting).await;
        }
        self.finish(ctx, row, payment).await
    }

    /// What became of the payment that waits for the shopper.
    async fn look(&self, ctx: &Ctx, row: &mut CheckoutRow) -> Result<()> {
        let payment = self.near.payments.look(ctx, row.payment_id).await?;
        if payment.status != PaymentStatus::RequiresAction {
            return self.finish(ctx, row, payment).await;
        }
        if row.waits_until.is_some_and(|until| until <= self.kit.now()) {
            return Err(checkout::too_late());
        }
        // Those that were not looked at for the longest time come first the next time.
        row.updated_at = self.kit.now();
        self.leave(row, Step::Waiting).await
    }

    /// The shopper goes on without it. Who confirmed it meanwhile is not heard any more: its hold is let go.
    pub(crate) async fn give_up(&self, ctx: &Ctx, row: &mut CheckoutRow) -> Result<()> {
        row.failure = Some(Json(checkout::given_up()));
        row.state.0 = Step::Undoing;
        row.updated_at = self.kit.now();
        self.leave(row, Step::Waiting).await?;
        self.undo(ctx, row).await
    }

    async fn finish(&self, ctx: &Ctx, row: &mut CheckoutRow, payment: Payment) -> Result<()> {
        match payment.status {
            PaymentStatus::Authorized | PaymentStatus::Captured | PaymentStatus::Processing => {}
            _ => {
                let message = payment.failure.unwrap_or_else(|| "The payment did not go through.".to_owned());
                return Err(Error::conflict("payment_declined", message));
            }
        }
        self.near.inventory.commit(ctx, row.reservation_id, row.order_id).await?;
        self.place(row, &payment).await
    }

    async fn reserve(&self, ctx: &Ctx, row: &CheckoutRow) -> Result<()> {
        let cart = row.cart()?;
        let used = cart.totals.trace.iter().filter(|step| step.applied);
        let uses: Vec<PromotionUse> = used
            .map(|step| PromotionUse {
                promotion_id: step.promotion_id,
                code: step.code.clone(),
                amount: step.amount,
            })
            .collect();
        let lines = cart.lines.iter();
        let lines =
            lines.map(|line| ReserveLine { variant_id: line.variant_id, quantity: line.quantity }).collect();
        // A customer's orders are counted without a promotion too: the next one is no first order.
        if !uses.is_empty() || row.customer_id.is_some() {
            let redeem = Redeem { order_id: row.order_id, customer_id: row.customer_id, uses };
            self.near.promotions.redeem(ctx, redeem).await?;
        }
        let expires_at = self.kit.now().plus_seconds(HOLD_SECONDS);
        let reservation = Reserve { reservation_id: row.reservation_id, lines, expires_at };
        self.near.inventory.reserve(ctx, reservation).await.map(drop)
    }

    async fn authorize(&self, ctx: &Ctx, row: &CheckoutRow) -> Result<Payment> {
        let cart = row.cart()?;
        let request = Authorize {
            payment_id: row.payment_id,
            order_id: row.order_id,
            reference: reference(row.order_id),
            amount: cart.totals.total,
            method: row.request.0.payment_method.clone(),
            country: cart.shipping_address.as_ref().map(|address| address.country.clone()),
            token: row.request.0.payment_token.clone(),
            return_url: Some(format!("{}/checkout/paid/{}", self.base_url, self.token(row.id))),
        };
        self.near.payments.authorize(ctx, request).await
    }

    /// The secret part of the address that a bank sends the shopper back to. It says which checkout, and nothing else.
    pub(crate) fn token(&self, id: CheckoutId) -> String {
        self.kit.secrets.seal(PURPOSE, id.uuid())
    }

    pub(crate) fn checkout_of(&self, token: &str) -> Option<CheckoutId> {
        self.kit.secrets.unseal(PURPOSE, token).map(CheckoutId::new)
    }

    /// From this commit on the order exists, whatever happens.
    async fn place(&self, row: &mut CheckoutRow, payment: &Payment) -> Result<()> {
        let now = self.kit.now();
        let placed = CheckoutRow { updated_at: now, state: Text(Step::Placed), ..row.clone() };
        let mut tx = self.db.begin().await?;
        // Whoever gives it up at the same moment, in another process, finds the order or keeps it from being placed.
        if !store::leave_step(&mut tx, &placed, row.state).await? {
            return Err(elsewhere());
        }
        let number = store::next_number(&mut tx).await?;
        let (order, lines) = order::from_checkout(row, payment, number, now, &self.kit.ids)?;
        store::add_order(&mut tx, &order).await?;
        for line in &lines {
            store::add_line(&mut tx, line).await?;
        }
        tx.publish(&OrderPlaced { order_id: row.order_id }).await?;
        tx.commit().await?;
        *row = placed;
        Ok(())
    }

    async fn capture(&self, ctx: &Ctx, row: &mut CheckoutRow) -> Result<()> {
        // Staff may have cancelled the order meanwhile: then its money was let go, and there is nothing to take.
        let order = store::order(&mut *self.db.read().await?, row.order_id).await?;
        let cancelled = order.is_some_and(|order| order.status.0 == OrderStatus::Cancelled);
        let take = async {
            if cancelled {
                return Ok(None);
            }
            match self.near.payments.capture(ctx, row.payment_id).await {
                Ok(payment) => Ok(Some(payment)),
                // Refused for good: the order stands, and staff see that its money is not here.
                Err(Error::Conflict { code, message }) if code == "capture_refused" => {
                    tracing::warn!(%message, order = %row.order_id, "an order's money could not be taken");
                    Ok(None)
                }
                Err(error) => Err::<_, Error>(error),
            }
        };
        let close = async {
            match row.cart_id {
                Some(cart) => self.near.carts.complete(ctx, cart, row.id, row.order_id).await,
                None => Ok(()),
            }
        };
        // Neither needs the other: the cart is spent as soon as the order stands.
        let (captured, closed) = tokio::join!(take, close);
        let captured = captured?;
        closed?;
        let mut tx = self.db.begin().await?;
        if let Some(payment) = captured {
            capturing::mark_paid(&mut tx, row.order_id, &payment, &self.kit).await?;
        }
        let done = CheckoutRow { updated_at: self.kit.now(), state: Text(Step::Done), ..row.clone() };
        store::set_step(&mut tx, &done).await?;
        tx.commit().await?;
        *row = done;
        Ok(())
    }

    /// Gives up an order that was placed and not paid: money and stock go back, then the order says so. Written down
    /// first, so that a crash in between is taken up by [`Saga::run`].
    ///
    /// # Errors
    /// `Conflict` where the money was taken already: then nothing has changed.
    pub(crate) async fn cancel(&self, ctx: &Ctx, row: &mut CheckoutRow) -> Result<()> {
        self.reach(row, Step::Cancelling).await?;
        let let_go = self.let_go(ctx, row).await;
        if row.state.0 != Step::Cancelling {
            self.run(ctx, row.clone()).await?;
        }
        let_go
    }

    async fn let_go(&self, ctx: &Ctx, row: &mut CheckoutRow) -> Result<()> {
        match self.near.payments.void(ctx, row.payment_id, &row.request.0.payment_method).await {
            Ok(_) => {}
            // Refused for good: the order stands, and its checkout goes on.
            Err(error @ Error::Conflict { .. }) => {
                self.reach(row, Step::Placed).await?;
                return Err(error);
            }
            Err(error) => return Err(error),
        }
        self.near.inventory.deallocate(ctx, row.reservation_id, row.order_id).await?;
        let mut tx = self.db.begin().await?;
        mark_cancelled(&mut tx, ctx, row.order_id, &self.kit).await?;
        let placed = CheckoutRow { updated_at: self.kit.now(), state: Text(Step::Placed), ..row.clone() };
        store::set_step(&mut tx, &placed).await?;
        tx.commit().await?;
        *row = placed;
        Ok(())
    }

    /// Takes back what was done, last first. Each part has no effect where there is nothing to take back.
    async fn undo(&self, ctx: &Ctx, row: &mut CheckoutRow) -> Result<()> {
        // The commit that placed the order may have succeeded although its answer was lost.
        if store::order(&mut *self.db.read().await?, row.order_id).await?.is_some() {
            return self.reach(row, Step::Placed).await;
        }
        match self.near.payments.void(ctx, row.payment_id, &row.request.0.payment_method).await {
            Ok(_) | Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
        self.near.inventory.release(ctx, row.reservation_id).await?;
        match self.near.inventory.deallocate(ctx, row.reservation_id, row.order_id).await {
            Ok(()) | Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
        self.near.promotions.unredeem(ctx, row.order_id).await?;
        if let Some(cart) = self.locked_cart(ctx, row).await? {
            self.near.carts.reopen(ctx, cart, row.id).await?;
        }
        self.reach(row, Step::Failed).await
    }

    /// Also where the crash came between locking the cart and writing that down.
    async fn locked_cart(&self, ctx: &Ctx, row: &CheckoutRow) -> Result<Option<souk_contract::CartId>> {
        if row.cart_id.is_some() {
            return Ok(row.cart_id);
        }
        match self.near.carts.get(ctx, &row.request.0.cart_token).await {
            Ok(cart) => Ok(Some(cart.id)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn leave(&self, row: &CheckoutRow, from: Step) -> Result<()> {
        let mut tx = self.db.begin().await?;
        if !store::leave_step(&mut tx, row, Text(from)).await? {
            return Err(elsewhere());
        }
        Ok(tx.commit().await?)
    }

    async fn reach(&self, row: &mut CheckoutRow, step: Step) -> Result<()> {
        row.state.0 = step;
        row.updated_at = self.kit.now();
        row.attempts += 1;
        let mut tx = self.db.begin().await?;
        store::set_step(&mut tx, row).await?;
        Ok(tx.commit().await?)
    }
}

/// Asked again, it is found where the other process left it.
fn elsewhere() -> Error {
    Error::Unavailable { what: "The order".to_owned() }
}

/// What a bank statement shows: short, and no secret.
fn reference(order: OrderId) -> String {
    let id = order.uuid().simple().to_string().to_uppercase();
    format!("SOUK-{}", &id[20..])
}

fn failure(row: &CheckoutRow) -> Error {
    let unknown = || Error::internal(format!("checkout {} failed without a reason", row.id));
    row.failure.as_ref().map_or_else(unknown, |failure| failure.0.clone())
}

/// The order is given up. No effect where it says so already.
async fn mark_cancelled(tx: &mut Tx, ctx: &Ctx, id: OrderId, kit: &Kit) -> Result<()> {
    // Nobody else cancels it until the transaction ends.
    tx.lock("order", id.uuid()).await?;
    let Some(row) = store::order(tx, id).await? else { return Ok(()) };
    if row.status.0 == OrderStatus::Cancelled {
        return Ok(());
    }
    let wanted = (OrderStatus::Cancelled, OrderPaymentStatus::Voided, FulfillmentStatus::Cancelled);
    if !store::set_statuses(tx, id, wanted, row.version, kit.now()).await? {
        return Err(Error::conflict("busy", "The order was changed at the same moment."));
    }
    store_parcels::give_up(tx, id).await?;
    let what = vec![change("status", row.status.0, OrderStatus::Cancelled)];
    tx.audit(ctx, Audited::new("order.cancelled", id, format!("#{}", row.number)), what).await?;
    tx.publish(&OrderCancelled { order_id: id }).await?;
    Ok(())
}
