//! Parcels: which pieces of an order travel together, and how far they are. Pure functions.

use std::collections::BTreeMap;

use souk_contract::{
    Check, CreateFulfillment, Currency, Error, Fulfillment, FulfillmentId, FulfillmentLine, FulfillmentState,
    FulfillmentStatus, FulfillmentStep, Money, OrderId, OrderLineId, ParcelCapture, ReserveLine, Result,
    Timestamp, Tracking,
};
use souk_kernel::{
    db::{Json, Text},
    record,
};

use crate::{order::LineRow, store_captures::ParcelCaptureRow};

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct FulfillmentRow {
        pub id: FulfillmentId,
        pub order_id: OrderId,
        pub position: i64,
        pub state: Text<FulfillmentState>,
        pub tracking: Option<Json<Tracking>>,
        pub created_at: Timestamp,
        pub shipped_at: Option<Timestamp>,
        pub delivered_at: Option<Timestamp>,
    }
}

/// A parcel with what is in it.
#[derive(Debug, Clone)]
pub(crate) struct Parcel {
    pub row: FulfillmentRow,
    pub lines: Vec<FulfillmentLine>,
    pub capture: Option<ParcelCaptureRow>,
}

impl Parcel {
    pub(crate) fn show(self, order_number: i64, currency: Currency) -> Fulfillment {
        Fulfillment {
            id: self.row.id,
            name: format!("{order_number}-{}", self.row.position),
            state: self.row.state.0,
            lines: self.lines,
            tracking: self.row.tracking.map(|tracking| tracking.0),
            // One that came to nothing is none.
            capture: self.capture.filter(|row| row.amount_minor > 0).map(|row| ParcelCapture {
                amount: Money::new(row.amount_minor, currency),
                state: row.state.0,
                failure: row.failure,
            }),
            created_at: self.row.created_at,
            shipped_at: self.row.shipped_at,
            delivered_at: self.row.delivered_at,
        }
    }

    /// Of which variants it holds how many.
    pub(crate) fn pieces(&self, lines: &[LineRow]) -> Vec<ReserveLine> {
        let variant = |id: OrderLineId| lines.iter().find(|line| line.id == id).map(|line| line.variant_id);
        let pieces = self.lines.iter().filter_map(|one| {
            Some(ReserveLine { variant_id: variant(one.order_line_id)?, quantity: one.quantity })
        });
        pieces.collect()
    }
}

/// Pieces per line in those parcels.
fn pieces_in<'p>(parcels: impl Iterator<Item = &'p Parcel>) -> BTreeMap<OrderLineId, i64> {
    let mut pieces = BTreeMap::new();
    for line in parcels.flat_map(|parcel| &parcel.lines) {
        *pieces.entry(line.order_line_id).or_default() += line.quantity;
    }
    pieces
}

/// Pieces per line in parcels that were not given up.
pub(crate) fn fulfilled(parcels: &[Parcel]) -> BTreeMap<OrderLineId, i64> {
    pieces_in(parcels.iter().filter(|parcel| parcel.row.state.0 != FulfillmentState::Cancelled))
}

/// What goes into the next parcel. `removed`: pieces per line that were refunded before they were sent.
pub(crate) fn pick(
    request: &CreateFulfillment,
    lines: &[LineRow],
    parcels: &[Parcel],
    removed: &BTreeMap<OrderLineId, i64>,
) -> Result<Vec<FulfillmentLine>> {
    let taken = fulfilled(parcels);
    let of = |pieces: &BTreeMap<OrderLineId, i64>, line: &LineRow| pieces.get(&line.id).copied().unwrap_or(0);
    let left = |line: &LineRow| line.quantity - of(&taken, line) - of(removed, line);
    if request.lines.is_empty() {
        let all = lines.iter().map(|line| FulfillmentLine { order_line_id: line.id, quantity: left(line) });
        let all: Vec<_> = all.filter(|line| line.quantity > 0).collect();
        if all.is_empty() {
            return Err(Error::conflict("nothing_left", "Everything of this order is in a parcel already."));
        }
        return Ok(all);
    }
    let mut check = Check::new();
    let mut wanted: BTreeMap<OrderLineId, i64> = BTreeMap::new();
    for (index, line) in request.lines.iter().enumerate() {
        let known = lines.iter().any(|one| one.id == line.order_line_id);
        let id = format!("lines[{index}].order_line_id");
        check.that(known, &id, "invalid", "This line is not of this order.");
        let quantity = format!("lines[{index}].quantity");
        check.that(line.quantity >= 1, &quantity, "out_of_range", "At least one piece.");
        let sum = wanted.entry(line.order_line_id).or_default();
        *sum = sum.saturating_add(line.quantity);
    }
    check.done()?;
    for line in lines {
        if wanted.get(&line.id).is_some_and(|wanted| *wanted > left(line)) {
            let message = match left(line) {
                0 => format!("Nothing of {} is left to be sent.", line.product_title),
                left => format!("Only {left} of {} are left to be sent.", line.product_title),
            };
            return Err(Error::conflict("too_many", message));
        }
    }
    let picked =
        wanted.into_iter().map(|(order_line_id, quantity)| FulfillmentLine { order_line_id, quantity });
    Ok(picked.collect())
}

pub(crate) fn check_tracking(tracking: Option<&Tracking>) -> Result<()> {
    let Some(Tracking { carrier, number, url }) = tracking else { return Ok(()) };
    let url = url.as_deref().unwrap_or_default();
    let is_link = url.is_empty() || url.starts_with("https://") || url.starts_with("http://");
    let printable = ![carrier, number].iter().any(|text| text.chars().any(char::is_control));
    Check::new()
        .text(number, "tracking.number", 100)
        .short(carrier, "tracking.carrier", 60)
        .short(url, "tracking.url", 500)
        .that(is_link, "tracking.url", "invalid", "A link begins with https://.")
        .that(printable, "tracking.number", "invalid", "No control characters, please.")
        .done()
}

/// Where the step leads; none where the parcel is there already.
pub(crate) fn next(state: FulfillmentState, step: FulfillmentStep) -> Result<Option<FulfillmentState>> {
    use FulfillmentState::{Cancelled, Delivered, Pending, Processing, Shipped};
    let to = match step {
        FulfillmentStep::Pack => Processing,
        FulfillmentStep::Ship => Shipped,
        FulfillmentStep::Deliver => Delivered,
        FulfillmentStep::Cancel => Cancelled,
    };
    match (state, to) {
        (from, to) if from == to => Ok(None),
        (Pending, Processing | Shipped | Cancelled)
        | (Processing, Shipped | Cancelled)
        | (Shipped, Delivered) => Ok(Some(to)),
        (from, to) => Err(Error::conflict(
            "wrong_state",
            format!("A parcel that is {} can't become {}.", from.as_str(), to.as_str()),
        )),
    }
}

/// How far the whole order is, less what was refunded before it was sent.
pub(crate) fn status(
    lines: &[LineRow],
    parcels: &[Parcel],
    removed: &BTreeMap<OrderLineId, i64>,
) -> FulfillmentStatus {
    let count = |states: &[FulfillmentState]| -> i64 {
        pieces_in(parcels.iter().filter(|parcel| states.contains(&parcel.row.state.0))).values().sum()
    };
    let ordered = lines.iter().map(|line| line.quantity).sum::<i64>() - removed.values().sum::<i64>();
    let shipped = count(&[FulfillmentState::Shipped, FulfillmentState::Delivered]);
    let delivered = count(&[FulfillmentState::Delivered]);
    match (shipped, delivered) {
        (0, _) if ordered == 0 => FulfillmentStatus::Cancelled,
        (0, _) => FulfillmentStatus::Unfulfilled,
        (_, delivered) if delivered >= ordered => FulfillmentStatus::Delivered,
        (_, 1..) => FulfillmentStatus::PartiallyDelivered,
        (shipped, _) if shipped >= ordered => FulfillmentStatus::Fulfilled,
        _ => FulfillmentStatus::PartiallyFulfilled,
    }
}

#[cfg(test)]
mod tests {
    use souk_contract::{FulfillmentState::*, FulfillmentStep::*, Id};
    use uuid::Uuid;

    use super::*;

    fn line(n: u128, quantity: i64) -> LineRow {
        LineRow {
            id: Id::new(Uuid::from_u128(n)),
            order_id: Id::new(Uuid::nil()),
            position: 0,
            variant_id: Id::new(Uuid::from_u128(n + 100)),
            product_id: Id::new(Uuid::nil()),
            product_handle: String::new(),
            product_title: format!("Thing {n}"),
            variant_title: String::new(),
            sku: None,
            media: None,
            quantity,
            unit_price_minor: 0,
            discount_minor: 0,
            tax_minor: 0,
            total_minor: 0,
        }
    }

    fn some(n: u128, quantity: i64) -> FulfillmentLine {
        FulfillmentLine { order_line_id: Id::new(Uuid::from_u128(n)), quantity }
    }

    fn parcel(state: FulfillmentState, lines: &[FulfillmentLine]) -> Parcel {
        let at = Timestamp::parse("2026-01-01T00:00:00Z").unwrap();
        let row = FulfillmentRow {
            id: Id::new(Uuid::nil()),
            order_id: Id::new(Uuid::nil()),
            position: 1,
            state: Text(state),
            tracking: None,
            created_at: at,
            shipped_at: None,
            delivered_at: None,
        };
        Parcel { row, lines: lines.to_vec(), capture: None }
    }

    fn none() -> BTreeMap<OrderLineId, i64> {
        BTreeMap::new()
    }

    fn code(error: Error) -> String {
        match error {
            Error::Conflict { code, .. } => code,
            other => other.to_string(),
        }
    }

    #[test]
    fn nothing_is_sent_twice_and_what_was_given_up_is_free_again() {
        let lines = [line(1, 3), line(2, 1)];
        let parcels = [parcel(Shipped, &[some(1, 1)]), parcel(Cancelled, &[some(2, 1)])];
        let all = CreateFulfillment::default();
        assert_eq!(pick(&all, &lines, &parcels, &none()).unwrap(), [some(1, 2), some(2, 1)]);
        let ask = |lines: &[FulfillmentLine]| CreateFulfillment { lines: lines.to_vec(), ..all.clone() };
        assert_eq!(pick(&ask(&[some(1, 1), some(1, 1)]), &lines, &parcels, &none()).unwrap(), [some(1, 2)]);
        assert_eq!(
            code(pick(&ask(&[some(1, 2), some(1, 1)]), &lines, &parcels, &none()).unwrap_err()),
            "too_many"
        );
        assert_eq!(
            code(pick(&ask(&[some(1, i64::MAX), some(1, 1)]), &lines, &parcels, &none()).unwrap_err()),
            "too_many"
        );
        assert!(matches!(pick(&ask(&[some(9, 1)]), &lines, &parcels, &none()), Err(Error::Invalid { .. })));
        assert!(matches!(pick(&ask(&[some(1, 0)]), &lines, &parcels, &none()), Err(Error::Invalid { .. })));
        let parcels = [parcel(Pending, &[some(1, 3), some(2, 1)])];
        assert_eq!(code(pick(&all, &lines, &parcels, &none()).unwrap_err()), "nothing_left");
    }

    #[test]
    fn parcels_go_forward_only() {
        assert_eq!(next(Pending, Pack).unwrap(), Some(Processing));
        assert_eq!(next(Pending, Ship).unwrap(), Some(Shipped));
        assert_eq!(next(Shipped, Ship).unwrap(), None);
        assert_eq!(next(Shipped, Deliver).unwrap(), Some(Delivered));
        for (from, step) in
            [(Shipped, Cancel), (Delivered, Ship), (Cancelled, Ship), (Pending, Deliver), (Shipped, Pack)]
        {
            assert_eq!(code(next(from, step).unwrap_err()), "wrong_state", "{from:?} {step:?}");
        }
    }

    #[test]
    fn the_order_is_as_far_as_its_parcels() {
        use FulfillmentStatus as Status;
        let lines = [line(1, 2), line(2, 1)];
        let status = |parcels: &[Parcel]| super::status(&lines, parcels, &none());
        assert_eq!(status(&[]), Status::Unfulfilled);
        assert_eq!(status(&[parcel(Processing, &[some(1, 2)])]), Status::Unfulfilled);
        let first = parcel(Shipped, &[some(1, 2)]);
        assert_eq!(status(std::slice::from_ref(&first)), Status::PartiallyFulfilled);
        assert_eq!(status(&[first.clone(), parcel(Shipped, &[some(2, 1)])]), Status::Fulfilled);
        assert_eq!(status(&[first, parcel(Delivered, &[some(2, 1)])]), Status::PartiallyDelivered);
        assert_eq!(status(&[parcel(Delivered, &[some(1, 2), some(2, 1)])]), Status::Delivered);
    }

    #[test]
    fn what_was_refunded_before_it_was_sent_is_neither_sent_nor_waited_for() {
        use FulfillmentStatus as Status;
        let lines = [line(1, 2), line(2, 1)];
        let removed = BTreeMap::from([(lines[0].id, 1), (lines[1].id, 1)]);
        let all = CreateFulfillment::default();
        assert_eq!(pick(&all, &lines, &[], &removed).unwrap(), [some(1, 1)]);
        let sent = [parcel(Shipped, &[some(1, 1)])];
        assert_eq!(code(pick(&all, &lines, &sent, &removed).unwrap_err()), "nothing_left");
        assert_eq!(super::status(&lines, &sent, &removed), Status::Fulfilled);
        let everything = BTreeMap::from([(lines[0].id, 2), (lines[1].id, 1)]);
        assert_eq!(super::status(&lines, &[], &everything), Status::Cancelled);
    }
}
