//! Profiles against the orders that they count: what `souk verify` says of customers.

use std::collections::{HashMap, HashSet};

use souk_contract::{
    Ctx, Difference, Money, OrderId, OrderPaymentStatus, OrderQuery, OrderStatus, OrderSummary, ProfileId,
    Result, Timestamp,
};
use souk_kernel::{Conn, db::DbError, record};
use uuid::Uuid;

use crate::{
    Inner,
    collect::{Counted, Old},
    profile::email_key,
    store::{self, Purchase},
    store_profile as profiles,
};

const AT_ONCE: u32 = 100;
/// An event arrives a moment after what it tells of.
const ON_THE_WAY_SECONDS: i64 = 300;

pub(crate) async fn all(crm: &Inner, ctx: &Ctx) -> Result<Vec<Difference>> {
    let counted = crm.counted(Old::Orders).await?;
    let settled = crm.kit.now().plus_seconds(-ON_THE_WAY_SECONDS);
    let mut differences = Vec::new();
    let mut query = OrderQuery { limit: Some(AT_ONCE), ..OrderQuery::default() };
    let mut before = OrderId::new(Uuid::max());
    loop {
        let page = crm.near.orders.list(ctx, &query).await?;
        let ids: Vec<OrderId> = page.items.iter().map(|order| order.id).collect();
        // Of the last page, whatever comes before it too.
        let least = page.next.as_ref().and_then(|_| ids.last().copied()).unwrap_or(OrderId::new(Uuid::nil()));
        let mut reader = crm.db.read().await?;
        let found = store::purchases(&mut reader, &ids).await?;
        let buyers: Vec<ProfileId> = found.iter().map(|purchase| purchase.profile_id).collect();
        let keys: HashMap<ProfileId, String> = profiles::some(&mut reader, &buyers)
            .await?
            .into_iter()
            .map(|row| (row.id, row.email_key))
            .collect();
        let purchases: HashMap<OrderId, Purchase> =
            found.into_iter().map(|purchase| (purchase.order_id, purchase)).collect();
        differences.extend(strangers(&mut reader, &ids, least, before).await?);
        drop(reader);
        for order in &page.items {
            match purchases.get(&order.id) {
                None => differences.extend(missing(order, &counted, settled)),
                Some(purchase) => {
                    let back = went_back(crm, ctx, order).await?;
                    let buyer = keys.get(&purchase.profile_id);
                    differences.extend(compare(order, back, purchase, buyer, settled));
                }
            }
        }
        before = least;
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    let mut reader = crm.db.read().await?;
    differences.extend(wrong_figures(&mut reader, crm).await?.into_iter().map(|wrong| wrong.say(crm)));
    Ok(differences)
}

/// Minor units. Only orders that say so are looked at.
async fn went_back(crm: &Inner, ctx: &Ctx, order: &OrderSummary) -> Result<i64> {
    let some = [OrderPaymentStatus::PartiallyRefunded, OrderPaymentStatus::Refunded];
    if !some.contains(&order.payment_status) {
        return Ok(0);
    }
    Ok(crm.near.orders.get(ctx, order.id).await?.refunded().minor)
}

/// Purchases of orders that there are none of.
async fn strangers(
    conn: &mut Conn,
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
            what: format!("order {id} of a customer"),
            expected: "nothing".to_owned(),
            found: "a purchase".to_owned(),
            explanation:
                "Orders knows no such order: one of the databases comes from another backup.".to_owned(),
        }));
    }
}

fn missing(order: &OrderSummary, counted: &Counted, settled: Timestamp) -> Option<Difference> {
    let waits = match counted {
        Counted::Everything => false,
        Counted::From(id) => order.id.to_string() < *id,
        Counted::Nothing => true,
    };
    (!waits && order.placed_at < settled).then(|| Difference {
        what: format!("order #{} of a customer", order.number),
        expected: order.total.to_string(),
        found: "nothing".to_owned(),
        explanation: "No customer has this order. Where a server runs, its log says why.".to_owned(),
    })
}

fn compare(
    order: &OrderSummary,
    back: i64,
    found: &Purchase,
    buyer: Option<&String>,
    settled: Timestamp,
) -> Vec<Difference> {
    let said = |cancelled: bool| if cancelled { "cancelled" } else { "standing" }.to_owned();
    let money = |minor| Money::new(minor, found.currency).to_string();
    let paid = order.payment_status.is_paid() || order.payment_status == OrderPaymentStatus::Refunded;
    // The report names orders, not people.
    let same = buyer.is_some_and(|key| *key == email_key(&order.email));
    let pairs = [
        ("total", order.total.to_string(), money(found.total_minor)),
        ("refund", Money::new(back, order.total.currency).to_string(), money(found.refunded_minor)),
        ("number", order.number.to_string(), found.number.to_string()),
        ("state", said(order.status == OrderStatus::Cancelled), said(found.cancelled)),
        ("payment", paid.to_string(), found.paid.to_string()),
        ("buyer", true.to_string(), same.to_string()),
    ];
    // What changes after an order was placed may still be told of.
    let on_its_way =
        |what: &str| order.placed_at >= settled && matches!(what, "refund" | "state" | "payment");
    let different =
        pairs.into_iter().filter(|(what, expected, found)| expected != found && !on_its_way(what));
    different
        .map(|(what, expected, found)| Difference {
            what: format!("{what} of order #{} of a customer", order.number),
            expected,
            found,
            explanation: "The customer's figures count another order than there is.".to_owned(),
        })
        .collect()
}

record! {
    struct Wrong {
        id: ProfileId,
        orders: i64,
        spent_minor: i64,
        real_orders: i64,
        real_spent: i64,
    }
}

impl Wrong {
    fn say(self, crm: &Inner) -> Difference {
        let figures = |orders: i64, spent: i64| {
            format!("{orders} orders, {}", Money::new(spent, crm.settings.currency))
        };
        Difference {
            what: format!("customer {}", self.id),
            expected: figures(self.real_orders, self.real_spent),
            found: figures(self.orders, self.spent_minor),
            explanation: "The profile's figures are not the sum of its orders.".to_owned(),
        }
    }
}

async fn wrong_figures(conn: &mut Conn, crm: &Inner) -> Result<Vec<Wrong>, DbError> {
    conn.query(
        "select p.id, p.orders, p.spent_minor, coalesce(s.orders, 0) as real_orders, coalesce(s.spent, 0) as real_spent
         from profile p left join (
             select coalesce(o.merged_into, o.id) as root, count(*) as orders,
                    cast(sum(case when u.paid = true and u.currency = $1 then u.total_minor - u.refunded_minor else 0 end)
                         as bigint) as spent, min(u.placed) as first, max(u.placed) as last
             from purchase u join profile o on o.id = u.profile_id
             where u.cancelled = false group by coalesce(o.merged_into, o.id)
         ) s on s.root = p.id
         where p.merged_into is null
           and (p.orders <> coalesce(s.orders, 0) or p.spent_minor <> coalesce(s.spent, 0)
                or p.first_order <> coalesce(s.first, 0) or p.last_order <> coalesce(s.last, 0))
         order by p.id limit 100",
    )
    .bind(crm.settings.currency)
    .all()
    .await
}
