//! The books of orders against themselves and their neighbours': what `souk verify` says of them.

use std::collections::{BTreeMap, HashMap, HashSet};

use souk_contract::{
    Ctx, Difference, OrderId, OrderPaymentStatus, OrderStatus, Payment, RefundState, Reservation,
    ReservationId, ReservationState, Result, Timestamp, VariantId,
};
use uuid::Uuid;

use crate::{
    audit_returns::{self, Book},
    desk::Held,
    fulfillment::Parcel,
    order::{LineRow, OrderRow},
    refund::{self, RefundRow},
    saga::Saga,
    store, store_documents, store_parcels, store_refunds, store_returns,
};

const AT_ONCE: u32 = 200;
/// Inventory hears of a parcel a moment after it has left.
const ON_THE_WAY_SECONDS: i64 = 300;

/// Every order against its lines, its payment and its reservation.
pub(crate) async fn orders(saga: &Saga, ctx: &Ctx) -> Result<Vec<Difference>> {
    let mut differences = Vec::new();
    let mut before = OrderId::new(Uuid::max());
    loop {
        let mut reader = saga.db.read().await?;
        let rows = store::orders_before(&mut reader, before, i64::from(AT_ONCE)).await?;
        let Some(last) = rows.last() else { break };
        before = last.id;
        let ids: Vec<ReservationId> = rows.iter().map(|row| row.reservation_id).collect();
        let held = saga.near.inventory.reservations(ctx, &ids).await?;
        let held: HashMap<ReservationId, Reservation> = held.into_iter().map(|one| (one.id, one)).collect();
        let settled = saga.kit.now().plus_seconds(-ON_THE_WAY_SECONDS);
        let mut books = Vec::new();
        for row in &rows {
            let lines = store::lines(&mut reader, row.id).await?;
            let payments = saga.near.payments.of_order(ctx, row.id).await?;
            let payment = payments.iter().find(|payment| payment.id == row.payment_id);
            differences.extend(money(row, &lines, payment));
            let refunds = store_refunds::refunds(&mut reader, row.id).await?;
            differences.extend(money_back(row, &refunds, payment));
            let parcels = store_parcels::parcels(&mut reader, row.id).await?;
            let gone = shipped_before(&parcels, &lines, settled);
            let held = held.get(&row.reservation_id);
            differences.extend(stock(row, &lines, &gone, held));
            let removed = refund::removed_before(&refunds, &lines, settled);
            differences.extend(let_go(row, &removed, held));
            let rmas = store_returns::of_order(&mut reader, row.id).await?;
            if !rmas.is_empty() {
                let receipts = store_returns::receipts(&mut reader, row.id).await?;
                let of = Held { order: row.clone(), lines, parcels, refunds, rmas };
                books.push(Book { held: of, receipts, reservation: held.cloned() });
            }
        }
        drop(reader);
        differences.extend(audit_returns::returns(saga, ctx, &books, settled).await?);
    }
    Ok(differences)
}

/// Numbers of invoices and credit notes without gaps.
pub(crate) async fn papers(saga: &Saga) -> Result<Vec<Difference>> {
    let gaps = store_documents::gaps(&mut *saga.db.read().await?).await?;
    let difference = |(kind, missing): (String, i64)| Difference {
        what: format!("numbers of the kind {kind}"),
        expected: "as many papers as numbers were given".to_owned(),
        found: format!("{missing} more numbers than papers"),
        explanation: "A paper was removed, or added past its counter.".to_owned(),
    };
    Ok(gaps.into_iter().map(difference).collect())
}

/// Every allocation against the order that it is for.
pub(crate) async fn allocations(saga: &Saga, ctx: &Ctx) -> Result<Vec<Difference>> {
    let mut orphans = Vec::new();
    let mut after = None;
    loop {
        let page = saga.near.inventory.allocations(ctx, after, AT_ONCE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        let ids: Vec<OrderId> = page.iter().filter_map(|one| one.order_id).collect();
        let mut reader = saga.db.read().await?;
        let known: HashSet<(OrderId, ReservationId)> =
            store::promised_to(&mut reader, &ids).await?.into_iter().collect();
        orphans.extend(
            page.into_iter().filter(|one| one.order_id.is_none_or(|order| !known.contains(&(order, one.id)))),
        );
    }
    // A checkout may have been taken back since its allocation was listed.
    let ids: Vec<ReservationId> = orphans.iter().map(|one| one.id).collect();
    let mut still = HashSet::new();
    for ids in ids.chunks(AT_ONCE as usize) {
        let now = saga.near.inventory.reservations(ctx, ids).await?;
        still.extend(now.iter().filter(|one| one.state == ReservationState::Committed).map(|one| one.id));
    }
    let difference = |one: Reservation| Difference {
        what: format!("allocation {}", one.id),
        expected: "an order, or a checkout that is under way".to_owned(),
        found: match one.order_id {
            Some(order) => format!("neither, for order {order}"),
            None => "none named".to_owned(),
        },
        explanation: "Stock is promised to nobody: give it back, or find out what became of its order."
            .to_owned(),
    };
    Ok(orphans.into_iter().filter(|one| still.contains(&one.id)).map(difference).collect())
}

/// An order against its own lines and against its payment: every way in which the books could disagree.
fn money(order: &OrderRow, lines: &[LineRow], payment: Option<&Payment>) -> Vec<Difference> {
    let mut differences = Vec::new();
    let mut compare = |part: &str, expected: i64, found: i64, explanation: &str| {
        if expected != found {
            differences.push(Difference {
                what: format!("{part} of order {}", order.number),
                expected: expected.to_string(),
                found: found.to_string(),
                explanation: explanation.to_owned(),
            });
        }
    };
    let goods: i64 = lines.iter().map(|line| line.total_minor).sum();
    let before: i64 = lines.iter().map(|line| line.unit_price_minor * line.quantity).sum();
    compare("subtotal", before, order.subtotal_minor, "It must be the sum of unit prices times quantities.");
    compare(
        "goods",
        order.subtotal_minor - order.discount_minor,
        goods,
        "Lines must add up after discounts.",
    );
    let added = if order.tax_inclusive { 0 } else { order.tax_minor };
    let total = goods + order.shipping_minor - order.shipping_discount_minor + added;
    compare("total", total, order.total_minor, "Lines + shipping - shipping discount + added tax.");
    let status = order.payment_status.0;
    let paid = status.is_paid() || status == OrderPaymentStatus::Refunded;
    if paid && payment.is_none() {
        compare("payments", 1, 0, "A paid order must have its payment.");
    }
    if let Some(payment) = payment {
        let explanation = "Its payment tells another story of what was taken.";
        compare("captured amount", payment.captured.minor, order.captured_minor, explanation);
    }
    let wanted = match (paid, status) {
        (true, _) => order.total_minor,
        (_, OrderPaymentStatus::PartiallyPaid) => {
            order.captured_minor.clamp(1, (order.total_minor - 1).max(1))
        }
        _ => 0,
    };
    compare("paid amount", wanted, order.captured_minor, "What was taken is not what its state says.");
    differences
}

/// An order that is to be shipped holds its stock; a cancelled one holds none. What wasn't tracked when it was bought
/// stands in no reservation.
fn stock(
    order: &OrderRow,
    lines: &[LineRow],
    gone: &BTreeMap<VariantId, i64>,
    held: Option<&Reservation>,
) -> Vec<Difference> {
    let difference = |part: &str, expected: String, found: String| Difference {
        what: format!("{part} of order {}", order.number),
        expected,
        found,
        explanation: "Orders and stock tell different stories of what is promised.".to_owned(),
    };
    let named = format!("reservation {}", order.reservation_id);
    let Some(held) = held else {
        return vec![difference("allocation", named, "no such reservation".to_owned())];
    };
    let is_held = held.state == ReservationState::Committed && held.order_id == Some(order.id);
    let is_cancelled = order.status.0 == OrderStatus::Cancelled;
    if is_cancelled && is_held {
        let freed = format!("{named} released");
        return vec![difference("allocation", freed, "still committed, though it was cancelled".to_owned())];
    }
    if is_cancelled {
        return Vec::new();
    }
    if !is_held {
        let holder = held.order_id.map_or_else(|| "no order".to_owned(), |order| format!("order {order}"));
        let found = format!("{} for {holder}", held.state.as_str());
        return vec![difference("allocation", format!("{named} committed to it"), found)];
    }
    let mut ordered: BTreeMap<VariantId, i64> = BTreeMap::new();
    for line in lines {
        *ordered.entry(line.variant_id).or_default() += line.quantity;
    }
    let wrong = held.lines.iter().filter_map(|line| {
        let wanted = ordered.get(&line.variant_id).copied().unwrap_or_default();
        (wanted != line.quantity).then(|| {
            let part = format!("allocation of variant {}", line.variant_id);
            difference(&part, format!("{wanted} pieces"), format!("{} pieces", line.quantity))
        })
    });
    let left = held.lines.iter().filter_map(|line| {
        let shipped = held.shipped.iter().find(|one| one.variant_id == line.variant_id);
        let (shipped, gone) =
            (shipped.map_or(0, |one| one.quantity), gone.get(&line.variant_id).copied().unwrap_or(0));
        (shipped < gone).then(|| {
            let part = format!("shipping of variant {}", line.variant_id);
            difference(&part, format!("{gone} pieces off the shelf"), format!("{shipped} pieces"))
        })
    });
    wrong.chain(left).collect()
}

/// What went back, by the order, its refunds and its payment. A refund that is under way stands in one of them only.
fn money_back(order: &OrderRow, refunds: &[RefundRow], payment: Option<&Payment>) -> Vec<Difference> {
    let sum = |state| -> i64 {
        refunds.iter().filter(|one| one.state.0 == state).map(|one| one.amount_minor).sum()
    };
    let (done, pending) = (sum(RefundState::Succeeded), sum(RefundState::Pending));
    let paid_back = payment.map_or(0, |payment| payment.refunded.minor);
    let difference = |expected: i64, found: i64, explanation: &str| Difference {
        what: format!("refunded amount of order {}", order.number),
        expected: expected.to_string(),
        found: found.to_string(),
        explanation: explanation.to_owned(),
    };
    let of_order = (done != order.refunded_minor)
        .then(|| difference(done, order.refunded_minor, "It must be the sum of its refunds."));
    let of_payment = (paid_back < done || paid_back > done + pending)
        .then(|| difference(done, paid_back, "Its payment tells another story of what went back."));
    of_order.into_iter().chain(of_payment).collect()
}

/// What was refunded before it was sent is promised to nobody.
fn let_go(
    order: &OrderRow,
    removed: &BTreeMap<VariantId, i64>,
    held: Option<&Reservation>,
) -> Vec<Difference> {
    let Some(held) = held else { return Vec::new() };
    let wrong = held.lines.iter().filter_map(|line| {
        let released = held.released.iter().find(|one| one.variant_id == line.variant_id);
        let released = released.map_or(0, |one| one.quantity);
        let removed = removed.get(&line.variant_id).copied().unwrap_or_default();
        (released < removed).then(|| Difference {
            what: format!("refund of variant {} of order {}", line.variant_id, order.number),
            expected: format!("{removed} pieces no longer promised"),
            found: format!("{released} pieces"),
            explanation: "Orders and stock tell different stories of what is promised.".to_owned(),
        })
    });
    wrong.collect()
}

/// Pieces in parcels that left before then.
fn shipped_before(parcels: &[Parcel], lines: &[LineRow], then: Timestamp) -> BTreeMap<VariantId, i64> {
    let mut gone = BTreeMap::new();
    for parcel in parcels.iter().filter(|parcel| parcel.row.shipped_at.is_some_and(|at| at < then)) {
        for piece in parcel.pieces(lines) {
            *gone.entry(piece.variant_id).or_default() += piece.quantity;
        }
    }
    gone
}
