//! The books of returns: against parcels, receipts, refunds and the ledger of stock.

use std::collections::{BTreeMap, HashMap};

use souk_contract::{
    Ctx, Difference, RefundState, Reservation, Result, ReturnId, ReturnState, ReturnedStock, Timestamp,
    VariantId,
};

use crate::{
    desk::Held,
    rma::{ReceiptRow, Rma},
    saga::Saga,
};

/// An order's returns and what came for them.
pub(crate) struct Book {
    pub held: Held,
    pub receipts: Vec<ReceiptRow>,
    pub reservation: Option<Reservation>,
}

/// `settled`: of what was looked at before then, stock has heard.
pub(crate) async fn returns(
    saga: &Saga,
    ctx: &Ctx,
    books: &[Book],
    settled: Timestamp,
) -> Result<Vec<Difference>> {
    let ids: Vec<ReturnId> = books.iter().flat_map(|book| &book.held.rmas).map(|rma| rma.row.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut counted: HashMap<ReturnId, Vec<ReturnedStock>> = HashMap::new();
    for one in saga.near.inventory.returned(ctx, &ids).await? {
        counted.entry(one.return_id).or_default().push(one);
    }
    let mut differences = Vec::new();
    for book in books {
        let held = &book.held;
        let over = held.returnable().into_iter().find(|(_, left)| *left < 0);
        differences.extend(over.map(|(_, left)| Difference {
            what: format!("returns of order {}", held.order.number),
            expected: "no more than was sent".to_owned(),
            found: format!("{} pieces more", -left),
            explanation:
                "More pieces are in returns, or were refunded as sent back, than have left.".to_owned(),
        }));
        for rma in &held.rmas {
            let receipts: Vec<&ReceiptRow> =
                book.receipts.iter().filter(|one| one.return_id == rma.row.id).collect();
            differences.extend(lines(held, rma, &receipts));
            differences.extend(money(held, rma));
            let counted = counted.remove(&rma.row.id).unwrap_or_default();
            differences.extend(stock(book, rma, &receipts, &counted, settled));
        }
    }
    Ok(differences)
}

fn difference(held: &Held, rma: &Rma, what: &str, told: (String, String), explanation: &str) -> Difference {
    Difference {
        what: format!("{what} of return {}", rma.name(held.order.number)),
        expected: told.0,
        found: told.1,
        explanation: explanation.to_owned(),
    }
}

/// Each line is the sum of its receipts.
fn lines(held: &Held, rma: &Rma, receipts: &[&ReceiptRow]) -> Vec<Difference> {
    let wrong = rma.lines.iter().filter_map(|line| {
        let (mut received, mut resellable, mut damaged) = (0, 0, 0);
        let told = receipts.iter().flat_map(|receipt| &receipt.content.0);
        for one in told.filter(|one| one.order_line_id == line.order_line_id) {
            received += one.received;
            resellable += one.resellable;
            damaged += one.damaged;
        }
        let (told, kept) = ((received, resellable, damaged), (line.received, line.resellable, line.damaged));
        let words = (format!("{told:?}"), format!("{kept:?}"));
        let explanation =
            "What was received, is fit to be sold and is damaged must be the sum of its receipts.";
        (told != kept).then(|| difference(held, rma, "pieces", words, explanation))
    });
    wrong.collect()
}

/// A return is refunded when its refund is, and its refund is for what came.
fn money(held: &Held, rma: &Rma) -> Option<Difference> {
    let refund = held.refunds.iter().find(|refund| Some(refund.id) == rma.row.refund_id);
    let (state, done) =
        (rma.row.state.0, refund.is_some_and(|refund| refund.state.0 == RefundState::Succeeded));
    let explanation = "A return and its refund tell different stories.";
    let told = match (state, done) {
        (ReturnState::Refunded, false) => Some(("a refund that succeeded".to_owned(), "none".to_owned())),
        (ReturnState::Refunded | ReturnState::Closed, true) | (_, false) => None,
        (state, true) => Some(("refunded".to_owned(), state.as_str().to_owned())),
    };
    let pieces = refund.filter(|refund| refund.state.0 != RefundState::Failed).and_then(|refund| {
        let paid: i64 = refund.content.0.lines.iter().map(|line| line.quantity).sum();
        let came: i64 = rma.lines.iter().map(|line| line.received).sum();
        let own = refund.content.0.return_id == Some(rma.row.id);
        (paid != came || !own).then(|| (format!("the money for {came} pieces"), format!("for {paid}")))
    });
    told.or(pieces).map(|told| difference(held, rma, "refund", told, explanation))
}

/// What was looked at is in the ledger once, and nothing else is.
fn stock(
    book: &Book,
    rma: &Rma,
    receipts: &[&ReceiptRow],
    counted: &[ReturnedStock],
    settled: Timestamp,
) -> Vec<Difference> {
    type Sums = BTreeMap<VariantId, (i64, i64)>;
    let sums = |before: Option<Timestamp>| -> Sums {
        let mut sums = Sums::new();
        let known = receipts.iter().filter(|receipt| before.is_none_or(|before| receipt.at < before));
        for one in known.flat_map(|receipt| &receipt.content.0) {
            if let Some(line) = book.held.lines.iter().find(|line| line.id == one.order_line_id) {
                let sum = sums.entry(line.variant_id).or_default();
                sum.0 += one.resellable;
                sum.1 += one.damaged;
            }
        }
        sums
    };
    let (least, most) = (sums(Some(settled)), sums(None));
    // What was not tracked when it was bought is not counted.
    let tracked = book.reservation.iter().flat_map(|held| &held.lines).map(|line| line.variant_id);
    let wrong = tracked.filter_map(|variant| {
        let found = counted.iter().find(|one| one.variant_id == variant);
        let found = found.map_or((0, 0), |one| (one.resellable, one.damaged));
        let (least, most) = (
            least.get(&variant).copied().unwrap_or_default(),
            most.get(&variant).copied().unwrap_or_default(),
        );
        let fits = (least.0..=most.0).contains(&found.0) && (least.1..=most.1).contains(&found.1);
        let words =
            (format!("{} on the shelf, {} damaged", most.0, most.1), format!("{} and {}", found.0, found.1));
        let explanation = "Returns and stock tell different stories of what came back.";
        (!fits).then(|| difference(&book.held, rma, &format!("variant {variant}"), words, explanation))
    });
    wrong.collect()
}
