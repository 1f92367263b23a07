//! What shoppers and staff do with returns. All of it happens under the order's lock: whoever asks at the same time waits,
//! and finds what is left.

use async_trait::async_trait;
use souk_contract::{
    CreateRefund, CreateReturn, Ctx, Error, FulfillmentLine, LocationId, Money, MoveReturn, OrderId,
    OrderReturns, OwnOrder, Page, ReceiveReturn, RefundReturn, Resource, Result, Return, ReturnId,
    ReturnMoved, ReturnQuery, ReturnQuote, ReturnSorted, ReturnState, ReturnStep, ReturnSummary, Returns,
};
use souk_kernel::{
    Tx,
    audit::{Audited, changes},
    db::{Json, Text},
};
use souk_pricing::refund::{self, RefundQuote};
use uuid::Uuid;

use crate::{
    desk::{Held, label},
    fulfillment, order,
    order::OrderRow,
    refunding::Grant,
    rma::{self, Logged, ReceiptRow, Rma, RmaLineRow, RmaRow},
    service::{LocalOrders, to_its_end},
    store_returns,
};

/// Who asks, which says what may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asker {
    Shopper,
    Staff,
}

impl Held {
    fn show_return(&self, id: ReturnId) -> Result<Return> {
        let found = self.rmas.iter().find(|rma| rma.row.id == id).ok_or_else(rma::not_found)?;
        Ok(found.show((self.order.number, self.order.currency), &self.lines, &self.refunds))
    }

    fn find_return(&mut self, id: ReturnId, if_version: Option<i64>) -> Result<&mut Rma> {
        let found = self.rmas.iter_mut().find(|rma| rma.row.id == id).ok_or_else(rma::not_found)?;
        if if_version.is_some_and(|version| version != found.row.version) {
            return Err(rma::stale());
        }
        Ok(found)
    }
}

/// What a return's refund comes to, and what it was made of.
fn quote(held: &Held, rma: &Rma, request: &RefundReturn) -> Result<(RefundQuote, ReturnQuote)> {
    rma.must_be_refundable(&held.refunds)?;
    let shown = held.show();
    let zero = Money::new(0, shown.total.currency);
    let less = request.less.unwrap_or(zero);
    let wish = CreateRefund {
        id: request.id,
        lines: rma.refundable(),
        shipping: request.shipping,
        other: None,
        reason: request.reason.clone(),
        expected: request.expected,
    };
    let quoted = refund::quote_returned(&shown, &wish, less)?;
    let goods = quoted.amount.minor + less.minor - quoted.shipping.minor;
    let told = ReturnQuote {
        goods: Money::new(goods, zero.currency),
        shipping: quoted.shipping,
        less,
        amount: quoted.amount,
        tax: quoted.tax,
        shipping_left: refund::refundable(&shown).shipping,
    };
    Ok((quoted, told))
}

impl LocalOrders {
    /// The shopper's own.
    async fn own(&self, ctx: &Ctx, order: &OwnOrder) -> Result<OrderRow> {
        match order {
            OwnOrder::Link(token) => self.find_by_link(token).await,
            OwnOrder::Id(id) => {
                let customer = ctx.require_customer()?;
                let row = self.find(*id).await?;
                if row.customer_id == Some(customer) { Ok(row) } else { Err(order::not_found()) }
            }
        }
    }

    async fn held_of(&self, id: ReturnId) -> Result<Held> {
        let mut reader = self.saga.db.read().await?;
        let order = store_returns::order_of(&mut reader, id).await?.ok_or_else(rma::not_found)?;
        Held::load(&mut reader, order).await
    }

    async fn hold_return(&self, tx: &mut Tx, id: ReturnId) -> Result<Held> {
        let order = store_returns::order_of(tx, id).await?.ok_or_else(rma::not_found)?;
        self.hold(tx, order).await
    }

    async fn returns_of(&self, order: OrderId, asker: Asker) -> Result<OrderReturns> {
        let held = Held::load(&mut *self.saga.db.read().await?, order).await?;
        let left = held.returnable();
        let days = self.saga.near.shop.current().input.returns_days;
        let (fresh, until) = rma::within(left.clone(), &held.parcels, days, self.saga.kit.now());
        let left = if asker == Asker::Staff { left } else { fresh };
        let left = held.lines.iter().filter_map(|line| {
            let quantity = left.get(&line.id).copied().filter(|count| *count > 0)?;
            Some(FulfillmentLine { order_line_id: line.id, quantity })
        });
        let shown =
            |rma: &Rma| rma.show((held.order.number, held.order.currency), &held.lines, &held.refunds);
        Ok(OrderReturns { returnable: left.collect(), returns: held.rmas.iter().map(shown).collect(), until })
    }

    async fn open_return(
        &self,
        ctx: &Ctx,
        order: OrderId,
        request: CreateReturn,
        asker: Asker,
    ) -> Result<Return> {
        let by_staff = asker == Asker::Staff;
        if by_staff {
            rma::check_reply(ReturnStep::Approve, &request.reply, None)?;
        } else if !request.reply.is_empty() {
            return Err(Error::invalid("reply", "invalid", "The shop writes this."));
        }
        let mut tx = self.saga.db.begin().await?;
        let mut held = self.hold(&mut tx, order).await?;
        if let Some(known) = request.id.filter(|id| held.rmas.iter().any(|rma| rma.row.id == *id)) {
            // The same request again: its work is done.
            return held.show_return(known);
        }
        let now = self.saga.kit.now();
        let sent_left = held.returnable();
        let left = if by_staff {
            sent_left.clone()
        } else {
            let days = self.saga.near.shop.current().input.returns_days;
            rma::within(sent_left.clone(), &held.parcels, days, now).0
        };
        rma::pick(&request, &held.lines, &left, &sent_left)?;
        let id = request.id.unwrap_or_else(|| self.saga.kit.ids.next());
        let state = if by_staff { ReturnState::Approved } else { ReturnState::Requested };
        let line = |pieces: &souk_contract::ReturnPieces| RmaLineRow {
            return_id: id,
            order_line_id: pieces.order_line_id,
            reason: Text(pieces.reason),
            expected: pieces.quantity,
            received: 0,
            resellable: 0,
            damaged: 0,
        };
        let rma = Rma {
            lines: request.lines.iter().map(line).collect(),
            row: RmaRow {
                id,
                order_id: order,
                position: held.rmas.len() as i64 + 1,
                state: Text(state),
                note: request.note.trim().to_owned(),
                reply: request.reply.trim().to_owned(),
                tracking: None,
                refund_id: None,
                version: 1,
                created_at: now,
                updated_at: now,
            },
        };
        store_returns::add(&mut tx, &rma).await.map_err(|error| {
            // Another order's return has this id.
            if error.is_unique("order_return_pkey") {
                Error::invalid("id", "taken", "This id is taken.")
            } else {
                error.into()
            }
        })?;
        let what = changes(None, Some(&Logged::new(&rma, held.order.number, &held.lines)));
        tx.audit(ctx, Audited::new("order.return_opened", order, label(&held.order)), what).await?;
        held.rmas.push(rma);
        self.settle(&mut tx, &held).await?;
        tx.publish(&ReturnMoved { order_id: order, return_id: id, state }).await?;
        tx.commit().await?;
        held.show_return(id)
    }

    async fn move_return(
        &self,
        ctx: &Ctx,
        id: ReturnId,
        request: MoveReturn,
        if_version: Option<i64>,
    ) -> Result<Return> {
        ctx.require(Resource::Orders.write())?;
        rma::check_reply(request.step, &request.reply, request.tracking.as_ref())?;
        fulfillment::check_tracking(request.tracking.as_ref())?;
        let mut tx = self.saga.db.begin().await?;
        let mut held = self.hold_return(&mut tx, id).await?;
        let before = held.clone_return(id)?;
        let rma = held.find_return(id, if_version)?;
        let to = rma::next(rma.row.state.0, request.step)?;
        if let Some(to) = to {
            rma.row.state.0 = to;
            if matches!(to, ReturnState::Approved | ReturnState::Declined) {
                rma.row.reply = request.reply.trim().to_owned();
            }
        }
        if let Some(tracking) = request.tracking {
            rma.row.tracking = Some(Json(tracking));
        }
        let action = match to {
            Some(ReturnState::Approved) => "order.return_approved",
            Some(ReturnState::Declined) => "order.return_declined",
            Some(ReturnState::InTransit) => "order.return_sent",
            Some(ReturnState::Cancelled) => "order.return_cancelled",
            Some(_) => "order.return_closed",
            None => "order.return_tracking_changed",
        };
        self.write_return(ctx, tx, held, &before, action).await
    }

    async fn cancel_own(&self, ctx: &Ctx, order: OrderId, id: ReturnId) -> Result<Return> {
        let mut tx = self.saga.db.begin().await?;
        let mut held = self.hold(&mut tx, order).await?;
        let before = held.clone_return(id)?;
        let rma = held.find_return(id, None)?;
        if rma.row.state.0 == ReturnState::InTransit {
            return Err(Error::conflict("wrong_state", "This return is on its way already."));
        }
        if let Some(to) = rma::next(rma.row.state.0, ReturnStep::Cancel)? {
            rma.row.state.0 = to;
        }
        self.write_return(ctx, tx, held, &before, "order.return_cancelled").await
    }

    /// Writes down how it differs, tells the others, and ends the transaction.
    async fn write_return(
        &self,
        ctx: &Ctx,
        mut tx: Tx,
        mut held: Held,
        before: &Rma,
        action: &str,
    ) -> Result<Return> {
        let id = before.row.id;
        let number = held.order.number;
        let now = self.saga.kit.now();
        let after = held.clone_return(id)?;
        let log = |rma: &Rma| Logged::new(rma, number, &held.lines);
        let what = changes(Some(&log(before)), Some(&log(&after)));
        if what.is_empty() {
            tx.commit().await?;
            return held.show_return(id);
        }
        store_returns::set(&mut tx, &after.row, now).await?;
        tx.audit(ctx, Audited::new(action, held.order.id, label(&held.order)), what).await?;
        let (from, to) = (before.row.state.0, after.row.state.0);
        let arrived = from.is_awaited() && from != ReturnState::Received && to == ReturnState::Inspected;
        let states = [arrived.then_some(ReturnState::Received), (from != to).then_some(to)];
        for state in states.into_iter().flatten() {
            tx.publish(&ReturnMoved { order_id: held.order.id, return_id: id, state }).await?;
        }
        self.settle(&mut tx, &held).await?;
        tx.commit().await?;
        let rma = held.find_return(id, None)?;
        rma.row.version += 1;
        rma.row.updated_at = now;
        held.show_return(id)
    }

    async fn receive_return(
        &self,
        ctx: &Ctx,
        id: ReturnId,
        request: ReceiveReturn,
        if_version: Option<i64>,
    ) -> Result<Return> {
        ctx.require(Resource::Orders.write())?;
        if let Some(location) = request.location_id {
            self.must_be_open(ctx, location).await?;
        }
        let mut tx = self.saga.db.begin().await?;
        let mut held = self.hold_return(&mut tx, id).await?;
        let receipt = request.id.unwrap_or_else(|| self.saga.kit.ids.next());
        match store_returns::receipt(&mut tx, receipt).await? {
            Some(known) if known == id => return held.show_return(id),
            Some(_) => return Err(Error::invalid("id", "taken", "This id is taken.")),
            None => {}
        }
        let before = held.clone_return(id)?;
        let rma = held.find_return(id, if_version)?;
        rma.receive(&request)?;
        for line in &rma.lines {
            store_returns::set_line(&mut tx, line).await?;
        }
        let name = before.name(held.order.number);
        let sorted = ReturnSorted {
            order_id: held.order.id,
            return_id: id,
            name,
            reservation_id: held.order.reservation_id,
            location_id: request.location_id,
            resellable: rma::per_variant(&held.lines, &request.lines, |one| one.resellable),
            damaged: rma::per_variant(&held.lines, &request.lines, |one| one.damaged),
        };
        let row = ReceiptRow {
            id: receipt,
            return_id: id,
            location_id: request.location_id,
            content: Json(request.lines),
            at: self.saga.kit.now(),
        };
        store_returns::add_receipt(&mut tx, &row).await?;
        if !sorted.resellable.is_empty() || !sorted.damaged.is_empty() {
            tx.publish(&sorted).await?;
        }
        self.write_return(ctx, tx, held, &before, "order.return_received").await
    }

    async fn must_be_open(&self, ctx: &Ctx, location: LocationId) -> Result<()> {
        ctx.require_at(location)?;
        let system = Ctx::system(ctx.request_id.clone());
        let places = self.saga.near.stockroom.locations(&system).await?;
        if places.iter().any(|place| place.id == location && place.active) {
            return Ok(());
        }
        Err(Error::invalid("location_id", "invalid", "There is no such location, or it is switched off."))
    }

    async fn refund_return(
        &self,
        ctx: &Ctx,
        id: ReturnId,
        request: RefundReturn,
        if_version: Option<i64>,
    ) -> Result<Return> {
        ctx.require(Resource::Payments.write())?;
        ctx.require(Resource::Orders.read())?;
        let mut tx = self.saga.db.begin().await?;
        let mut held = self.hold_return(&mut tx, id).await?;
        let known = held.refunds.iter().find(|row| request.id == Some(row.id)).cloned();
        let row = match known {
            Some(row) if row.content.0.return_id != Some(id) => {
                return Err(Error::invalid("id", "taken", "This id is taken."));
            }
            Some(row) => {
                tx.commit().await?;
                row
            }
            None => {
                let rma = held.find_return(id, if_version)?.clone();
                let (quoted, _) = quote(&held, &rma, &request)?;
                let grant = Grant {
                    id: request.id,
                    quote: quoted,
                    reason: request.reason,
                    expected: request.expected,
                    return_id: Some(id),
                };
                let row = self.grant(ctx, &mut tx, held, grant).await?;
                let granted = RmaRow { refund_id: Some(row.id), ..rma.row };
                store_returns::set(&mut tx, &granted, self.saga.kit.now()).await?;
                tx.commit().await?;
                row
            }
        };
        self.carry_out(ctx, &row).await?;
        self.held_of(id).await?.show_return(id)
    }

    async fn find_returns(&self, ctx: &Ctx, query: &ReturnQuery) -> Result<Page<ReturnSummary>> {
        ctx.require(Resource::Orders.read())?;
        let page = query.page();
        let before = page.after_id()?.unwrap_or_else(|| ReturnId::new(Uuid::max()));
        let limit = page.limit();
        let mut reader = self.saga.db.read().await?;
        let rows = store_returns::find(&mut reader, query, before, i64::from(limit) + 1).await?;
        let show = |row: store_returns::RmaListRow| ReturnSummary {
            id: row.id,
            name: format!("R{}-{}", row.number, row.position),
            order_id: row.order_id,
            order_number: row.number,
            state: row.state.0,
            recipient: row.recipient,
            expected: row.expected,
            received: row.received,
            created_at: row.created_at,
        };
        Ok(Page::cut(rows, limit, |row| row.id.to_string(), show))
    }
}

impl Held {
    fn clone_return(&self, id: ReturnId) -> Result<Rma> {
        self.rmas.iter().find(|rma| rma.row.id == id).cloned().ok_or_else(rma::not_found)
    }
}

#[async_trait]
impl Returns for LocalOrders {
    async fn of_own(&self, ctx: &Ctx, order: &OwnOrder) -> Result<OrderReturns> {
        let order = self.own(ctx, order).await?;
        self.returns_of(order.id, Asker::Shopper).await
    }

    async fn ask(&self, ctx: &Ctx, order: &OwnOrder, request: CreateReturn) -> Result<Return> {
        let order = self.own(ctx, order).await?;
        self.open_return(ctx, order.id, request, Asker::Shopper).await
    }

    async fn give_up(&self, ctx: &Ctx, order: &OwnOrder, id: ReturnId) -> Result<Return> {
        let order = self.own(ctx, order).await?;
        self.cancel_own(ctx, order.id, id).await
    }

    async fn list(&self, ctx: &Ctx, query: &ReturnQuery) -> Result<Page<ReturnSummary>> {
        self.find_returns(ctx, query).await
    }

    async fn get(&self, ctx: &Ctx, id: ReturnId) -> Result<Return> {
        ctx.require(Resource::Orders.read())?;
        self.held_of(id).await?.show_return(id)
    }

    async fn of_order(&self, ctx: &Ctx, order: OrderId) -> Result<OrderReturns> {
        ctx.require(Resource::Orders.read())?;
        self.returns_of(order, Asker::Staff).await
    }

    async fn create(&self, ctx: &Ctx, order: OrderId, request: CreateReturn) -> Result<Return> {
        ctx.require(Resource::Orders.write())?;
        self.open_return(ctx, order, request, Asker::Staff).await
    }

    async fn move_on(
        &self,
        ctx: &Ctx,
        id: ReturnId,
        request: MoveReturn,
        if_version: Option<i64>,
    ) -> Result<Return> {
        self.move_return(ctx, id, request, if_version).await
    }

    async fn receive(
        &self,
        ctx: &Ctx,
        id: ReturnId,
        request: ReceiveReturn,
        if_version: Option<i64>,
    ) -> Result<Return> {
        self.receive_return(ctx, id, request, if_version).await
    }

    async fn quote(&self, ctx: &Ctx, id: ReturnId, request: RefundReturn) -> Result<ReturnQuote> {
        ctx.require(Resource::Payments.read())?;
        ctx.require(Resource::Orders.read())?;
        let held = self.held_of(id).await?;
        let rma = held.clone_return(id)?;
        Ok(quote(&held, &rma, &request)?.1)
    }

    async fn refund(
        &self,
        ctx: &Ctx,
        id: ReturnId,
        request: RefundReturn,
        if_version: Option<i64>,
    ) -> Result<Return> {
        let (orders, ctx) = (self.clone(), ctx.clone());
        to_its_end(async move { orders.refund_return(&ctx, id, request, if_version).await }).await
    }
}
