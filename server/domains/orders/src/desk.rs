//! What staff do with orders: find them, see what waits, and send them off.

use std::collections::BTreeMap;

use serde::Serialize;
use souk_contract::{
    CreateFulfillment, Ctx, Error, FulfillmentId, FulfillmentState, FulfillmentStatus, FulfillmentStep,
    Money, MoveFulfillment, Order, OrderId, OrderLineId, OrderPaymentStatus, OrderQuery, OrderShipped,
    OrderStatus, OrderSummary, OrdersWaiting, Page, Period, Resource, Result, Sales, Tracking,
};
use souk_kernel::{
    Tx,
    audit::{Audited, changes},
    db::{Conn, Json, Text},
};

use crate::{
    checkout::Step,
    fulfillment::{self, FulfillmentRow, Parcel},
    order::{self, LineRow, OrderRow, Parts},
    refund::{self, RefundRow},
    rma::{self, Rma},
    service::{LocalOrders, before},
    store, store_parcels, store_refunds, store_returns,
};

const MOST_PERIODS: usize = 100;
/// Nobody counts what waits beyond this.
const MOST_WAITING: i64 = 1_000;

/// What the audit log says of a parcel.
#[derive(Serialize)]
struct Logged {
    parcel: String,
    lines: BTreeMap<String, i64>,
    tracking: Option<String>,
    state: FulfillmentState,
}

fn logged(order: &OrderRow, lines: &[LineRow], parcel: &Parcel) -> Logged {
    let title = |line: &LineRow| match line.variant_title.as_str() {
        "" => line.product_title.clone(),
        options => format!("{} ({options})", line.product_title),
    };
    let of = |one: &souk_contract::FulfillmentLine| {
        let line = lines.iter().find(|line| line.id == one.order_line_id);
        (line.map_or_else(|| one.order_line_id.to_string(), title), one.quantity)
    };
    Logged {
        parcel: format!("{}-{}", order.number, parcel.row.position),
        lines: parcel.lines.iter().map(of).collect(),
        tracking: parcel.row.tracking.as_ref().map(|tracking| words(&tracking.0)),
        state: parcel.row.state.0,
    }
}

fn words(tracking: &Tracking) -> String {
    format!("{} {}", tracking.carrier, tracking.number).trim().to_owned()
}

pub(crate) fn label(order: &OrderRow) -> String {
    format!("#{}", order.number)
}

/// An order that nobody else changes until the transaction ends.
pub(crate) struct Held {
    pub order: OrderRow,
    pub lines: Vec<LineRow>,
    pub parcels: Vec<Parcel>,
    pub refunds: Vec<RefundRow>,
    pub rmas: Vec<Rma>,
}

impl Held {
    pub(crate) async fn load(conn: &mut Conn, id: OrderId) -> Result<Self> {
        let order = store::order(conn, id).await?.ok_or_else(order::not_found)?;
        let lines = store::lines(conn, id).await?;
        let parcels = store_parcels::parcels(conn, id).await?;
        let refunds = store_refunds::refunds(conn, id).await?;
        let rmas = store_returns::of_order(conn, id).await?;
        Ok(Self { order, lines, parcels, refunds, rmas })
    }

    /// Pieces per line that may still come back.
    pub(crate) fn returnable(&self) -> BTreeMap<OrderLineId, i64> {
        rma::returnable(&self.parcels, &self.refunds, &self.rmas)
    }

    /// As people see it, but for its payments, tags and link.
    pub(crate) fn show(&self) -> Order {
        let parts = Parts {
            lines: self.lines.clone(),
            parcels: self.parcels.clone(),
            refunds: self.refunds.clone(),
            ..Parts::default()
        };
        order::to_contract(self.order.clone(), parts)
    }
}

impl LocalOrders {
    pub(crate) async fn find_orders(&self, ctx: &Ctx, query: &OrderQuery) -> Result<Page<OrderSummary>> {
        ctx.require(Resource::Orders.read())?;
        let page = query.page();
        let (before, limit) = (before(&page)?, page.limit());
        let mut reader = self.saga.db.read().await?;
        let rows = store_parcels::find_orders(&mut reader, query, before, i64::from(limit) + 1).await?;
        Ok(self.page(rows, limit))
    }

    pub(crate) async fn count_waiting(&self, ctx: &Ctx) -> Result<OrdersWaiting> {
        ctx.require(Resource::Orders.read())?;
        let mut reader = self.saga.db.read().await?;
        Ok(OrdersWaiting {
            to_fulfil: store_parcels::to_fulfil(&mut reader, MOST_WAITING).await?,
            to_pay: store_parcels::to_pay(&mut reader, MOST_WAITING).await?,
        })
    }

    pub(crate) async fn sum_sales(&self, ctx: &Ctx, periods: &[Period]) -> Result<Vec<Sales>> {
        ctx.require(Resource::Orders.read())?;
        if periods.len() > MOST_PERIODS {
            return Err(Error::invalid("periods", "too_many", "At most 100 periods at once."));
        }
        let mut reader = self.saga.db.read().await?;
        let mut sales = Vec::with_capacity(periods.len());
        for period in periods {
            let sums = store_parcels::sums(&mut reader, period).await?;
            let orders = sums.iter().map(|(_, orders, ..)| orders).sum();
            let totals = sums.iter().map(|(currency, _, minor, _)| Money::new(*minor, *currency));
            let refunded = sums.iter().map(|(currency, .., minor)| Money::new(*minor, *currency));
            sales.push(Sales {
                period: *period,
                orders,
                totals: totals.collect(),
                refunded: refunded.collect(),
            });
        }
        Ok(sales)
    }

    pub(crate) async fn hold(&self, tx: &mut Tx, id: OrderId) -> Result<Held> {
        tx.lock("order", id.uuid()).await?;
        Held::load(tx, id).await
    }

    pub(crate) async fn fulfil_here(
        &self,
        ctx: &Ctx,
        id: OrderId,
        request: CreateFulfillment,
        if_version: Option<i64>,
    ) -> Result<Order> {
        ctx.require(Resource::Orders.write())?;
        fulfillment::check_tracking(request.tracking.as_ref())?;
        // An order that is being cancelled is waited for, and then found closed.
        let order = self.find(id).await?;
        let takes = request.ship && self.takes_at_shipping(ctx, &order).await?;
        let turn = self.turn(order.checkout_id);
        let _turn = turn.lock().await;
        let mut tx = self.saga.db.begin().await?;
        let mut held = self.hold(&mut tx, id).await?;
        let Held { order, lines, parcels, refunds, .. } = &held;
        let known = request.id.is_some_and(|id| parcels.iter().any(|parcel| parcel.row.id == id));
        if known {
            // The same request again: its work is done.
            tx.commit().await?;
            return self.show(ctx, held.order).await;
        }
        if if_version.is_some_and(|version| version != order.version) {
            return Err(order::stale());
        }
        let checkout = store::checkout(&mut tx, order.checkout_id).await?;
        let cancelling = checkout.is_some_and(|checkout| checkout.state.0 == Step::Cancelling);
        if cancelling || order.status.0 == OrderStatus::Cancelled {
            return Err(Error::conflict("order_closed", "This order was cancelled: nothing of it is sent."));
        }
        let now = self.saga.kit.now();
        let state = if request.ship { FulfillmentState::Shipped } else { FulfillmentState::Pending };
        let row = FulfillmentRow {
            id: request.id.unwrap_or_else(|| self.saga.kit.ids.next()),
            order_id: id,
            position: parcels.len() as i64 + 1,
            state: Text(state),
            tracking: request.tracking.clone().map(Json),
            created_at: now,
            shipped_at: request.ship.then_some(now),
            delivered_at: None,
        };
        let picked = fulfillment::pick(&request, lines, parcels, &refund::removed(refunds))?;
        let parcel = Parcel { row, lines: picked, capture: None };
        store_parcels::add(&mut tx, &parcel).await.map_err(|error| {
            // Another order's parcel has this id.
            if error.is_unique("fulfillment_pkey") {
                Error::invalid("id", "taken", "This id is taken.")
            } else {
                error.into()
            }
        })?;
        let what = changes(None, Some(&logged(order, lines, &parcel)));
        let action = if request.ship { "order.shipped" } else { "order.parcel_begun" };
        tx.audit(ctx, Audited::new(action, id, label(order)), what).await?;
        if request.ship {
            publish_shipped(&mut tx, order, lines, &parcel).await?;
        }
        let parcel_id = parcel.row.id;
        held.parcels.push(parcel);
        let due = if takes { self.begin_capture(&mut tx, &held, parcel_id).await? } else { None };
        self.settle(&mut tx, &held).await?;
        tx.commit().await?;
        if let Some(due) = due {
            self.take_for_parcel(ctx, due).await?;
        }
        let order = self.find(id).await?;
        self.show(ctx, order).await
    }

    pub(crate) async fn move_here(
        &self,
        ctx: &Ctx,
        id: OrderId,
        fulfillment: FulfillmentId,
        request: MoveFulfillment,
    ) -> Result<Order> {
        ctx.require(Resource::Orders.write())?;
        fulfillment::check_tracking(request.tracking.as_ref())?;
        let order = self.find(id).await?;
        let takes = request.step == FulfillmentStep::Ship && self.takes_at_shipping(ctx, &order).await?;
        let turn = self.turn(order.checkout_id);
        let _turn = turn.lock().await;
        let mut tx = self.saga.db.begin().await?;
        let mut held = self.hold(&mut tx, id).await?;
        let Held { order, lines, parcels, .. } = &mut held;
        let found = parcels.iter_mut().find(|parcel| parcel.row.id == fulfillment);
        let parcel = found.ok_or_else(|| Error::not_found("parcel"))?;
        let to = fulfillment::next(parcel.row.state.0, request.step)?;
        let old = logged(order, lines, parcel);
        let now = self.saga.kit.now();
        if let Some(tracking) = request.tracking {
            parcel.row.tracking = Some(Json(tracking));
        }
        if let Some(to) = to {
            parcel.row.state.0 = to;
        }
        match to {
            Some(FulfillmentState::Shipped) => parcel.row.shipped_at = Some(now),
            Some(FulfillmentState::Delivered) => parcel.row.delivered_at = Some(now),
            _ => {}
        }
        let what = changes(Some(&old), Some(&logged(order, lines, parcel)));
        if what.is_empty() {
            tx.commit().await?;
            return self.show(ctx, held.order).await;
        }
        store_parcels::set(&mut tx, &parcel.row).await?;
        let action = match to {
            Some(FulfillmentState::Shipped) => "order.shipped",
            Some(FulfillmentState::Delivered) => "order.delivered",
            Some(FulfillmentState::Cancelled) => "order.parcel_given_up",
            Some(_) => "order.packed",
            None => "order.tracking_changed",
        };
        tx.audit(ctx, Audited::new(action, id, label(order)), what).await?;
        if to == Some(FulfillmentState::Shipped) {
            publish_shipped(&mut tx, order, lines, parcel).await?;
        }
        let takes = takes && to == Some(FulfillmentState::Shipped);
        let due = if takes { self.begin_capture(&mut tx, &held, fulfillment).await? } else { None };
        self.settle(&mut tx, &held).await?;
        tx.commit().await?;
        if let Some(due) = due {
            self.take_for_parcel(ctx, due).await?;
        }
        let order = self.find(id).await?;
        self.show(ctx, order).await
    }

    /// The order's own words for how far its parcels are, and whether anything is left to do.
    pub(crate) async fn settle(&self, tx: &mut Tx, held: &Held) -> Result<()> {
        let Held { order, lines, parcels, refunds, rmas } = held;
        let sent = fulfillment::status(lines, parcels, &refund::removed(refunds));
        let fulfillment = rma::overlay(sent, parcels, rmas);
        let paid = order.payment_status.0.is_paid() || order.payment_status.0 == OrderPaymentStatus::Refunded;
        let nothing_left = fulfillment == FulfillmentStatus::Returned
            || matches!(sent, FulfillmentStatus::Delivered | FulfillmentStatus::Cancelled);
        let status = match order.status.0 {
            OrderStatus::Open | OrderStatus::Completed if paid && nothing_left => OrderStatus::Completed,
            // A refund that failed leaves pieces to be sent.
            OrderStatus::Completed => OrderStatus::Open,
            status => status,
        };
        let wanted = (status, order.payment_status.0, fulfillment);
        if !store::set_statuses(tx, order.id, wanted, order.version, self.saga.kit.now()).await? {
            return Err(order::stale());
        }
        Ok(())
    }
}

async fn publish_shipped(tx: &mut Tx, order: &OrderRow, lines: &[LineRow], parcel: &Parcel) -> Result<()> {
    let shipped = OrderShipped {
        order_id: order.id,
        fulfillment_id: parcel.row.id,
        reservation_id: order.reservation_id,
        lines: parcel.pieces(lines),
    };
    tx.publish(&shipped).await?;
    Ok(())
}
