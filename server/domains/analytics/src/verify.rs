//! Facts against the orders that they are of: what `souk verify` says of analytics.

use std::collections::{HashMap, HashSet};

use souk_contract::{Ctx, Difference, OrderId, OrderQuery, OrderStatus, OrderSummary, Result, Timestamp};
use uuid::Uuid;

use crate::{Inner, collect::Counted, fact::Sale, store};

const AT_ONCE: u32 = 100;
/// Analytics hears of an order a moment after it was placed.
const ON_THE_WAY_SECONDS: i64 = 300;

pub(crate) async fn orders(analytics: &Inner, ctx: &Ctx) -> Result<Vec<Difference>> {
    let counted = analytics.counted().await?;
    let settled = analytics.kit.now().plus_seconds(-ON_THE_WAY_SECONDS);
    let mut differences = Vec::new();
    let mut query = OrderQuery { limit: Some(AT_ONCE), ..OrderQuery::default() };
    let mut before = OrderId::new(Uuid::max());
    loop {
        let page = analytics.orders.list(ctx, &query).await?;
        let ids: Vec<OrderId> = page.items.iter().map(|order| order.id).collect();
        // Of the last page, whatever comes before it too.
        let least = page.next.as_ref().and_then(|_| ids.last().copied()).unwrap_or(OrderId::new(Uuid::nil()));
        let mut reader = analytics.db.read().await?;
        let sales: HashMap<OrderId, Sale> =
            store::sales(&mut reader, &ids).await?.into_iter().map(|sale| (sale.id, sale)).collect();
        let lines: HashMap<OrderId, (i64, i64)> = store::line_sums(&mut reader, &ids)
            .await?
            .into_iter()
            .map(|(id, pieces, minor)| (id, (pieces, minor)))
            .collect();
        differences.extend(strangers(&mut reader, &ids, least, before).await?);
        drop(reader);
        for order in &page.items {
            match sales.get(&order.id) {
                Some(sale) => {
                    let lines = lines.get(&order.id).copied();
                    differences.extend(compare(order, sale, lines, settled));
                }
                None => differences.extend(missing(order, counted, settled)),
            }
        }
        before = least;
        let Some(next) = page.next else { return Ok(differences) };
        query.after = Some(next);
    }
}

/// Facts of orders that there are none of.
async fn strangers(
    conn: &mut souk_kernel::Conn,
    known: &[OrderId],
    least: OrderId,
    mut before: OrderId,
) -> Result<Vec<Difference>> {
    let known: HashSet<OrderId> = known.iter().copied().collect();
    let mut strangers = Vec::new();
    loop {
        let ids = store::ids_between(conn, least, before, i64::from(AT_ONCE)).await?;
        let Some(last) = ids.last().copied() else { return Ok(strangers) };
        before = last;
        strangers.extend(ids.into_iter().filter(|id| !known.contains(id)).map(|id| Difference {
            what: format!("order {id} in analytics"),
            expected: "nothing".to_owned(),
            found: "a sale".to_owned(),
            explanation:
                "Orders knows no such order: one of the databases comes from another backup.".to_owned(),
        }));
    }
}

fn missing(order: &OrderSummary, counted: Counted, settled: Timestamp) -> Option<Difference> {
    let waits = match counted {
        Counted::Everything => false,
        Counted::From(id) => order.id < id,
        Counted::Nothing => true,
    };
    (!waits && order.placed_at < settled).then(|| Difference {
        what: format!("order #{} in analytics", order.number),
        expected: order.total.to_string(),
        found: "nothing".to_owned(),
        explanation: "Analytics was never told of it. Where a server runs, its log says why.".to_owned(),
    })
}

fn compare(
    order: &OrderSummary,
    sale: &Sale,
    lines: Option<(i64, i64)>,
    settled: Timestamp,
) -> Vec<Difference> {
    let said = |cancelled: bool| if cancelled { "cancelled" } else { "standing" }.to_owned();
    let expected_lines = sale.subtotal_minor - sale.discount_minor;
    let (pieces, minor) = lines.unwrap_or_default();
    let pairs = [
        (
            "total",
            order.total.to_string(),
            souk_contract::Money::new(sale.total_minor, sale.currency).to_string(),
        ),
        ("pieces", order.item_count.to_string(), sale.pieces.to_string()),
        ("pieces of the lines", sale.pieces.to_string(), pieces.to_string()),
        ("minor units of the lines", expected_lines.to_string(), minor.to_string()),
        ("number", order.number.to_string(), sale.number.to_string()),
        ("time", order.placed_at.to_string(), sale.placed_at.to_string()),
        ("state", said(order.status == OrderStatus::Cancelled), said(sale.cancelled)),
    ];
    // A cancellation may still be on its way.
    let on_its_way = |what: &str| what == "state" && order.placed_at >= settled;
    let different =
        pairs.into_iter().filter(|(what, expected, found)| expected != found && !on_its_way(what));
    different
        .map(|(what, expected, found)| Difference {
            what: format!("{what} of order #{} in analytics", order.number),
            expected,
            found,
            explanation: "Reports count another figure than the order has.".to_owned(),
        })
        .collect()
}
