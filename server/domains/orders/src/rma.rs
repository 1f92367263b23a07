//! Returns as they are kept: whose pieces may come back, how far they are, and what that leaves. Pure functions.

use std::collections::BTreeMap;

use serde::Serialize;
use souk_contract::{
    Check, CreateReturn, Currency, Error, FulfillmentState, FulfillmentStatus, LocationId, Money, OrderId,
    OrderLineId, ReceiveReturn, RefundId, RefundPieces, ReserveLine, Result, Return, ReturnArrival, ReturnId,
    ReturnLine, ReturnReason, ReturnReceiptId, ReturnRefund, ReturnState, ReturnStep, Timestamp, Tracking,
};
use souk_kernel::{
    db::{Json, Text},
    record,
};

use crate::{
    fulfillment::Parcel,
    order::LineRow,
    refund::{self, RefundRow},
};

const MOST_REPLY: usize = 2_000;
const MOST_NOTE: usize = 500;
const DAY_SECONDS: i64 = 24 * 60 * 60;

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct RmaRow {
        pub id: ReturnId,
        pub order_id: OrderId,
        pub position: i64,
        pub state: Text<ReturnState>,
        pub note: String,
        pub reply: String,
        pub tracking: Option<Json<Tracking>>,
        pub refund_id: Option<RefundId>,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct RmaLineRow {
        pub return_id: ReturnId,
        pub order_line_id: OrderLineId,
        pub reason: Text<ReturnReason>,
        pub expected: i64,
        pub received: i64,
        pub resellable: i64,
        pub damaged: i64,
    }
}

record! {
    /// One step of receiving.
    #[derive(Debug, Clone)]
    pub(crate) struct ReceiptRow {
        pub id: ReturnReceiptId,
        pub return_id: ReturnId,
        pub location_id: Option<LocationId>,
        pub content: Json<Vec<ReturnArrival>>,
        pub at: Timestamp,
    }
}

/// A return with its pieces.
#[derive(Debug, Clone)]
pub(crate) struct Rma {
    pub row: RmaRow,
    pub lines: Vec<RmaLineRow>,
}

type Pieces = BTreeMap<OrderLineId, i64>;

pub(crate) fn not_found() -> Error {
    Error::not_found("return")
}

pub(crate) fn stale() -> Error {
    Error::conflict("stale_version", "Somebody changed this return meanwhile.")
}

fn of(pieces: &Pieces, line: OrderLineId) -> i64 {
    pieces.get(&line).copied().unwrap_or_default()
}

impl Rma {
    pub(crate) fn name(&self, order_number: i64) -> String {
        format!("R{order_number}-{}", self.row.position)
    }

    pub(crate) fn show(&self, order: (i64, Currency), lines: &[LineRow], refunds: &[RefundRow]) -> Return {
        let (order_number, currency) = order;
        let title = |id: OrderLineId| lines.iter().find(|line| line.id == id);
        let line = |row: &RmaLineRow| ReturnLine {
            order_line_id: row.order_line_id,
            product_title: title(row.order_line_id)
                .map_or_else(String::new, |line| line.product_title.clone()),
            variant_title: title(row.order_line_id)
                .map_or_else(String::new, |line| line.variant_title.clone()),
            reason: row.reason.0,
            expected: row.expected,
            received: row.received,
            resellable: row.resellable,
            damaged: row.damaged,
        };
        let refund = refunds.iter().find(|refund| Some(refund.id) == self.row.refund_id);
        Return {
            id: self.row.id,
            name: self.name(order_number),
            order_id: self.row.order_id,
            order_number,
            state: self.row.state.0,
            lines: self.lines.iter().map(line).collect(),
            note: self.row.note.clone(),
            reply: self.row.reply.clone(),
            tracking: self.row.tracking.clone().map(|tracking| tracking.0),
            refund: refund.map(|refund| ReturnRefund {
                id: refund.id,
                state: refund.state.0,
                amount: Money::new(refund.amount_minor, currency),
            }),
            version: self.row.version,
            created_at: self.row.created_at,
            updated_at: self.row.updated_at,
        }
    }

    /// Pieces that no other return can have.
    fn holds(&self) -> impl Iterator<Item = (OrderLineId, i64)> {
        let state = self.row.state.0;
        let nothing = matches!(state, ReturnState::Declined | ReturnState::Cancelled);
        let count = move |line: &RmaLineRow| {
            let pieces = if state.is_awaited() { line.expected } else { line.received };
            (line.order_line_id, pieces)
        };
        self.lines.iter().filter(move |_| !nothing).map(count)
    }

    /// What its refund is for.
    pub(crate) fn refundable(&self) -> Vec<RefundPieces> {
        let came = self.lines.iter().filter(|line| line.received > 0);
        let pieces = came.map(|line| RefundPieces {
            order_line_id: line.order_line_id,
            quantity: line.received,
            restock: false,
        });
        pieces.collect()
    }

    /// Whether its money may go back now.
    pub(crate) fn must_be_refundable(&self, refunds: &[RefundRow]) -> Result<()> {
        use souk_contract::RefundState::{Failed, Pending, Succeeded};
        let granted = refunds.iter().find(|refund| Some(refund.id) == self.row.refund_id);
        let message = match (self.row.state.0, granted.map(|refund| refund.state.0)) {
            (_, Some(Succeeded)) => "The money of this return went back already.",
            (_, Some(Pending)) => "A refund of this return is under way.",
            (ReturnState::Inspected | ReturnState::Closed, None | Some(Failed)) => return Ok(()),
            _ => "The money goes back once all that came was looked at.",
        };
        Err(Error::conflict("wrong_state", message))
    }

    /// Takes so many pieces in. What was looked at by that, per line.
    pub(crate) fn receive(&mut self, request: &ReceiveReturn) -> Result<()> {
        if !matches!(self.row.state.0, ReturnState::Approved | ReturnState::InTransit | ReturnState::Received)
        {
            let message = format!("Nothing can come for a return that is {}.", said(self.row.state.0));
            return Err(Error::conflict("wrong_state", message));
        }
        let mut check = Check::new();
        check.that(
            request.last || !request.lines.is_empty(),
            "lines",
            "required",
            "Say how many pieces came, or were looked at.",
        );
        for (index, one) in request.lines.iter().enumerate() {
            let known = self.lines.iter().any(|line| line.order_line_id == one.order_line_id);
            let again = request.lines[..index].iter().any(|line| line.order_line_id == one.order_line_id);
            let id = format!("lines[{index}].order_line_id");
            check.that(known, &id, "invalid", "This line is not of this return.");
            check.that(!again, &id, "taken", "Each line once.");
            let counts = [one.received, one.resellable, one.damaged];
            let quantity = format!("lines[{index}].received");
            check.that(
                counts.iter().all(|count| (0..=1_000_000).contains(count)),
                &quantity,
                "out_of_range",
                "Not below 0.",
            );
            check.that(counts.iter().any(|count| *count > 0), &quantity, "required", "At least one piece.");
        }
        check.done()?;
        for one in &request.lines {
            let line = self.lines.iter_mut().find(|line| line.order_line_id == one.order_line_id);
            let Some(line) = line else { continue };
            line.received += one.received;
            line.resellable += one.resellable;
            line.damaged += one.damaged;
            if line.received > line.expected {
                let left = line.expected - (line.received - one.received);
                return Err(Error::conflict(
                    "too_many",
                    format!("Only {left} more of that line are expected."),
                ));
            }
            if line.resellable + line.damaged > line.received {
                return Err(Error::conflict("too_many", "More pieces were looked at than are here."));
            }
        }
        let sum = |count: fn(&RmaLineRow) -> i64| self.lines.iter().map(count).sum::<i64>();
        let (received, sorted) = (sum(|line| line.received), sum(|line| line.resellable + line.damaged));
        if request.last && received == 0 {
            return Err(Error::conflict("nothing_came", "Nothing came: cancel this return instead."));
        }
        if request.last && sorted < received {
            return Err(Error::conflict("not_inspected", "Some pieces were not looked at yet."));
        }
        let all = request.last || received == sum(|line| line.expected);
        let done = all && sorted == received;
        self.row.state.0 = if done { ReturnState::Inspected } else { ReturnState::Received };
        Ok(())
    }
}

/// As people say it.
pub(crate) fn said(state: ReturnState) -> String {
    state.as_str().replace('_', " ")
}

/// Where the step leads; none where the return is there already.
pub(crate) fn next(state: ReturnState, step: ReturnStep) -> Result<Option<ReturnState>> {
    use ReturnState::{
        Approved, Cancelled, Closed, Declined, InTransit, Inspected, Received, Refunded, Requested,
    };
    let to = match step {
        ReturnStep::Approve => Approved,
        ReturnStep::Decline => Declined,
        ReturnStep::Send => InTransit,
        ReturnStep::Cancel => Cancelled,
        ReturnStep::Close => Closed,
    };
    match (state, to) {
        (from, to) if from == to => Ok(None),
        (Requested, Approved | Declined | Cancelled)
        | (Approved, InTransit | Cancelled)
        | (InTransit, Cancelled)
        | (Inspected | Refunded, Closed) => Ok(Some(to)),
        (Received | Inspected, Cancelled) => {
            Err(Error::conflict("already_received", "Some of this return is here: it can't be cancelled."))
        }
        (from, to) => Err(Error::conflict(
            "wrong_state",
            format!("A return that is {} can't become {}.", said(from), said(to)),
        )),
    }
}

pub(crate) fn check_reply(step: ReturnStep, reply: &str, tracking: Option<&Tracking>) -> Result<()> {
    let declines = step == ReturnStep::Decline;
    let speaks = declines || step == ReturnStep::Approve;
    let printable = !reply.chars().any(|one| one.is_control() && one != '\n' && one != '\r');
    Check::new()
        .that(!declines || !reply.trim().is_empty(), "reply", "required", "Say why, for the shopper.")
        .that(speaks || reply.is_empty(), "reply", "invalid", "Nobody is told anything at this step.")
        .that(printable, "reply", "invalid", "No control characters, please.")
        .short(reply, "reply", MOST_REPLY)
        .that(
            step == ReturnStep::Send || tracking.is_none(),
            "tracking",
            "invalid",
            "Tracking belongs to the step send.",
        )
        .done()
}

/// Pieces per line that left in a parcel.
fn sent(parcels: &[Parcel]) -> Pieces {
    let left = |parcel: &&Parcel| {
        matches!(parcel.row.state.0, FulfillmentState::Shipped | FulfillmentState::Delivered)
    };
    sum(parcels
        .iter()
        .filter(left)
        .flat_map(|parcel| &parcel.lines)
        .map(|line| (line.order_line_id, line.quantity)))
}

fn sum(pieces: impl Iterator<Item = (OrderLineId, i64)>) -> Pieces {
    let mut sums = Pieces::new();
    for (line, count) in pieces {
        *sums.entry(line).or_default() += count;
    }
    sums
}

/// Pieces per line that were sent, are in no return, and whose money did not go back without one.
pub(crate) fn returnable(parcels: &[Parcel], refunds: &[RefundRow], rmas: &[Rma]) -> Pieces {
    let held = sum(rmas.iter().flat_map(Rma::holds));
    let back = refund::sent_back(refunds);
    let mut left = sent(parcels);
    for (line, count) in &mut left {
        *count -= of(&held, *line) + of(&back, *line);
    }
    left
}

/// Of these pieces, those whose days to return are not over, and until when some of them may be asked for. Days count
/// from when a parcel was delivered; where nobody said so, from when it left.
pub(crate) fn within(
    pieces: Pieces,
    parcels: &[Parcel],
    days: u32,
    now: Timestamp,
) -> (Pieces, Option<Timestamp>) {
    let ends = |parcel: &Parcel| {
        let from = parcel.row.delivered_at.or(parcel.row.shipped_at)?;
        Some(from.plus_seconds(i64::from(days) * DAY_SECONDS))
    };
    let open: Vec<(&Parcel, Timestamp)> = parcels
        .iter()
        .filter_map(|parcel| Some((parcel, ends(parcel)?)))
        .filter(|(_, end)| *end > now)
        .collect();
    let lines = open.iter().flat_map(|(parcel, _)| &parcel.lines);
    let fresh = sum(lines.map(|line| (line.order_line_id, line.quantity)));
    let left = pieces.into_iter().map(|(line, count)| (line, count.min(of(&fresh, line))));
    let left: Pieces = left.filter(|(_, count)| *count > 0).collect();
    let holds = |parcel: &Parcel| parcel.lines.iter().any(|line| left.contains_key(&line.order_line_id));
    let until = open.iter().filter(|(parcel, _)| holds(parcel)).map(|(_, end)| *end).max();
    (left, until)
}

/// What a return is of. `left`: what may be asked for; `sent_left`: what may be by anybody, for the right words.
pub(crate) fn pick(
    request: &CreateReturn,
    lines: &[LineRow],
    left: &Pieces,
    sent_left: &Pieces,
) -> Result<()> {
    let mut check = Check::new();
    check.that(!request.lines.is_empty(), "lines", "required", "Choose what is sent back.").short(
        &request.note,
        "note",
        MOST_NOTE,
    );
    for (index, one) in request.lines.iter().enumerate() {
        let known = lines.iter().any(|line| line.id == one.order_line_id);
        let again = request.lines[..index].iter().any(|line| line.order_line_id == one.order_line_id);
        let id = format!("lines[{index}].order_line_id");
        check.that(known, &id, "invalid", "This line is not of this order.");
        check.that(!again, &id, "taken", "Each line once.");
        let quantity = format!("lines[{index}].quantity");
        check.that(one.quantity >= 1, &quantity, "out_of_range", "At least one piece.");
    }
    check.done()?;
    for one in &request.lines {
        if one.quantity <= of(left, one.order_line_id) {
            continue;
        }
        let title = lines.iter().find(|line| line.id == one.order_line_id).map(|line| &line.product_title);
        let title = title.map_or("that", String::as_str);
        return Err(if one.quantity <= of(sent_left, one.order_line_id) {
            Error::conflict("too_late", format!("The days to return {title} are over."))
        } else {
            match of(left, one.order_line_id).max(0) {
                0 => Error::conflict("too_many", format!("Nothing of {title} can be sent back (any more).")),
                most => Error::conflict("too_many", format!("Only {most} of {title} can be sent back.")),
            }
        });
    }
    Ok(())
}

/// A refund without a return takes none of the pieces that one has.
pub(crate) fn must_be_free(lines: &[souk_contract::RefundLine], left: &Pieces) -> Result<()> {
    let taken = lines.iter().any(|line| line.quantity - line.removed > of(left, line.order_line_id).max(0));
    if taken {
        let message = "Some of these pieces are in a return: their money goes back there.";
        return Err(Error::conflict("in_return", message));
    }
    Ok(())
}

/// The order's status once something of it came back: where all of it was sent.
pub(crate) fn overlay(status: FulfillmentStatus, parcels: &[Parcel], rmas: &[Rma]) -> FulfillmentStatus {
    use FulfillmentStatus::{Delivered, Fulfilled, PartiallyDelivered, PartiallyReturned, Returned};
    let back: i64 = rmas.iter().flat_map(|rma| &rma.lines).map(|line| line.received).sum();
    match status {
        Fulfilled | PartiallyDelivered | Delivered if back > 0 => {
            if back >= sent(parcels).values().sum() {
                Returned
            } else {
                PartiallyReturned
            }
        }
        status => status,
    }
}

/// Pieces per variant, for whoever counts them.
pub(crate) fn per_variant(
    lines: &[LineRow],
    arrivals: &[ReturnArrival],
    count: fn(&ReturnArrival) -> i64,
) -> Vec<ReserveLine> {
    let mut sums = BTreeMap::new();
    for one in arrivals.iter().filter(|one| count(one) > 0) {
        if let Some(line) = lines.iter().find(|line| line.id == one.order_line_id) {
            *sums.entry(line.variant_id).or_default() += count(one);
        }
    }
    sums.into_iter().map(|(variant_id, quantity)| ReserveLine { variant_id, quantity }).collect()
}

/// What the audit log says of a return.
#[derive(Serialize)]
pub(crate) struct Logged {
    #[serde(rename = "return")]
    name: String,
    state: ReturnState,
    lines: String,
    tracking: Option<String>,
    reply: Option<String>,
}

impl Logged {
    pub(crate) fn new(rma: &Rma, order_number: i64, lines: &[LineRow]) -> Self {
        let line = |row: &RmaLineRow| {
            let title = lines.iter().find(|line| line.id == row.order_line_id);
            let title = title.map_or_else(String::new, |line| match line.variant_title.as_str() {
                "" => line.product_title.clone(),
                options => format!("{} ({options})", line.product_title),
            });
            let mut words = format!("{} of {} received", row.received, row.expected);
            for (count, what) in [(row.resellable, "resellable"), (row.damaged, "damaged")] {
                if count > 0 {
                    words += &format!(", {count} {what}");
                }
            }
            format!("{title}: {words}")
        };
        let tracking = |tracking: &Json<Tracking>| {
            format!("{} {}", tracking.0.carrier, tracking.0.number).trim().to_owned()
        };
        Self {
            name: rma.name(order_number),
            state: rma.row.state.0,
            lines: rma.lines.iter().map(line).collect::<Vec<_>>().join("; "),
            tracking: rma.row.tracking.as_ref().map(tracking),
            reply: Some(rma.row.reply.clone()).filter(|reply| !reply.is_empty()),
        }
    }
}
