//! SQL about orders, what happened, and how far old ones are taken in: one function per statement.

use serde::{Deserialize, Serialize};
use souk_contract::{
    Consent, Currency, MailId, Money, OrderId, ProfileEntryId, ProfileId, StaffId, TimelineEntry,
    TimelineKind, Timestamp,
};
use souk_kernel::{
    db::{Conn, DbError, Json, Text},
    record,
};

record! {
    /// An order, as far as it says something of its buyer.
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct Purchase {
        pub order_id: OrderId,
        pub profile_id: ProfileId,
        pub number: i64,
        pub version: i64,
        pub placed: i64,
        pub currency: Currency,
        pub cancelled: bool,
        pub paid: bool,
        pub total_minor: i64,
        pub refunded_minor: i64,
        pub name: String,
        pub phone: String,
        pub country: String,
        pub postal_code: String,
    }
}

macro_rules! select_purchase {
    ($rest:literal) => {
        concat!(
            "select order_id, profile_id, number, version, placed, currency, cancelled, paid, total_minor,
                    refunded_minor, name, phone, country, postal_code from purchase ",
            $rest
        )
    };
}

/// What can change of an order is brought up to date, unless a later version is there already.
pub(crate) async fn put_purchase(conn: &mut Conn, purchase: &Purchase) -> Result<(), DbError> {
    conn.query(
        "insert into purchase (order_id, profile_id, number, version, placed, currency, cancelled, paid, total_minor,
                               refunded_minor, name, phone, country, postal_code)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         on conflict (order_id) do update set
             version = excluded.version, cancelled = excluded.cancelled, paid = excluded.paid,
             refunded_minor = excluded.refunded_minor
         where purchase.version <= excluded.version",
    )
    .bind(purchase.order_id)
    .bind(purchase.profile_id)
    .bind(purchase.number)
    .bind(purchase.version)
    .bind(purchase.placed)
    .bind(purchase.currency)
    .bind(purchase.cancelled)
    .bind(purchase.paid)
    .bind(purchase.total_minor)
    .bind(purchase.refunded_minor)
    .bind(&purchase.name)
    .bind(&purchase.phone)
    .bind(&purchase.country)
    .bind(&purchase.postal_code)
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn add_item(
    conn: &mut Conn,
    order: OrderId,
    kind: &str,
    handle: &str,
) -> Result<(), DbError> {
    conn.query(
        "insert into purchase_item (order_id, kind, handle) values ($1, $2, $3) on conflict do nothing",
    )
    .bind(order)
    .bind(kind)
    .bind(handle)
    .execute()
    .await?;
    Ok(())
}

/// Unknown ids are left out.
pub(crate) async fn purchases(conn: &mut Conn, ids: &[OrderId]) -> Result<Vec<Purchase>, DbError> {
    conn.query(select_purchase!("where order_id in ($1..)")).bind_list(ids).all().await
}

/// Of these profiles the latest, cancelled or not.
pub(crate) async fn latest(conn: &mut Conn, profiles: &[ProfileId]) -> Result<Option<Purchase>, DbError> {
    conn.query(select_purchase!("where profile_id in ($1..) order by placed desc, order_id desc limit 1"))
        .bind_list(profiles)
        .optional()
        .await
}

record! {
    #[derive(Debug, Clone, Copy, Default, PartialEq)]
    pub(crate) struct Figures {
        pub orders: i64,
        pub spent: i64,
        pub first: i64,
        pub last: i64,
    }
}

/// Of the orders that stand.
pub(crate) async fn figures(
    conn: &mut Conn,
    currency: Currency,
    profiles: &[ProfileId],
) -> Result<Figures, DbError> {
    conn.query(
        "select count(*) as orders,
                cast(coalesce(sum(case when paid = true and currency = $1 then total_minor - refunded_minor else 0 end), 0)
                     as bigint) as spent,
                cast(coalesce(min(placed), 0) as bigint) as first, cast(coalesce(max(placed), 0) as bigint) as last
         from purchase where cancelled = false and profile_id in ($2..)",
    )
    .bind(currency)
    .bind_list(profiles)
    .one()
    .await
}

/// Ids of orders, newest first.
pub(crate) async fn ids_between(
    conn: &mut Conn,
    least: OrderId,
    before: OrderId,
    limit: i64,
) -> Result<Vec<OrderId>, DbError> {
    let rows: Vec<(OrderId,)> = conn
        .query("select order_id from purchase where order_id >= $1 and order_id < $2 order by order_id desc limit $3")
        .bind(least)
        .bind(before)
        .bind(limit)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

pub(crate) async fn forget_bought(conn: &mut Conn, root: ProfileId) -> Result<(), DbError> {
    conn.query("delete from bought where profile_id = $1").bind(root).execute().await?;
    Ok(())
}

/// What these profiles bought, as bought by the one they are parts of.
pub(crate) async fn add_bought(conn: &mut Conn, root: ProfileId, parts: &[ProfileId]) -> Result<(), DbError> {
    conn.query(
        "insert into bought (kind, handle, profile_id)
         select distinct i.kind, i.handle, r.id
         from profile r join purchase p on p.cancelled = false join purchase_item i on i.order_id = p.order_id
         where r.id = $1 and p.profile_id in ($2..)",
    )
    .bind(root)
    .bind_list(parts)
    .execute()
    .await?;
    Ok(())
}

/// What an entry says beside its columns.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Told {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<ProfileId>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
}

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct EntryRow {
        pub id: ProfileEntryId,
        pub profile_id: ProfileId,
        pub at: Timestamp,
        pub kind: Text<TimelineKind>,
        pub source: String,
        pub order_id: Option<OrderId>,
        pub mail_id: Option<MailId>,
        pub staff_id: Option<StaffId>,
        pub content: Json<Told>,
    }
}

impl From<EntryRow> for TimelineEntry {
    fn from(row: EntryRow) -> Self {
        let Told { number, amount, consent, other, text } = row.content.0;
        Self {
            id: row.id,
            at: row.at,
            kind: row.kind.0,
            order_id: row.order_id,
            order_number: number,
            amount,
            mail_id: row.mail_id,
            staff_id: row.staff_id,
            consent,
            other,
            text,
        }
    }
}

/// What was told already is not told again.
pub(crate) async fn add_entry(conn: &mut Conn, row: &EntryRow) -> Result<(), DbError> {
    conn.query(
        "insert into entry (id, profile_id, at, kind, source, order_id, mail_id, staff_id, content)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (source) do nothing",
    )
    .bind(row.id)
    .bind(row.profile_id)
    .bind(row.at)
    .bind(row.kind)
    .bind(&row.source)
    .bind(row.order_id)
    .bind(row.mail_id)
    .bind(row.staff_id)
    .bind(Json(&row.content.0))
    .execute()
    .await?;
    Ok(())
}

/// Newest first, before that moment and id.
pub(crate) async fn entries(
    conn: &mut Conn,
    profiles: &[ProfileId],
    (at, id): (Timestamp, ProfileEntryId),
    limit: i64,
) -> Result<Vec<EntryRow>, DbError> {
    conn.query(
        "select id, profile_id, at, kind, source, order_id, mail_id, staff_id, content from entry
         where (at, id) < ($1, $2) and profile_id in ($4..) order by at desc, id desc limit $3",
    )
    .bind(at)
    .bind(id)
    .bind(limit)
    .bind_list(profiles)
    .all()
    .await
}

/// How far a piece of work has come.
pub(crate) async fn progress(conn: &mut Conn, name: &str) -> Result<Option<String>, DbError> {
    let row: Option<(String,)> =
        conn.query("select value from progress where name = $1").bind(name).optional().await?;
    Ok(row.map(|(value,)| value))
}

pub(crate) async fn set_progress(conn: &mut Conn, name: &str, value: &str) -> Result<(), DbError> {
    conn.query(
        "insert into progress (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value",
    )
    .bind(name)
    .bind(value)
    .execute()
    .await?;
    Ok(())
}
