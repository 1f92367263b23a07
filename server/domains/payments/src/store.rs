//! SQL, one function per statement.

use souk_contract::{
    CaptureMode, Currency, Money, OrderId, Payment, PaymentAction, PaymentId, PaymentStatus, Timestamp,
};
use souk_kernel::{
    db::{Conn, DbError, Json, Text},
    record,
};
use uuid::Uuid;

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct PaymentRow {
        pub id: PaymentId,
        pub order_id: OrderId,
        pub method: String,
        pub method_name: String,
        pub status: Text<PaymentStatus>,
        pub amount_minor: i64,
        pub currency: Currency,
        pub captured_minor: i64,
        pub refunded_minor: i64,
        pub released_minor: i64,
        pub capture: Text<CaptureMode>,
        pub in_parts: bool,
        pub held_until: Option<Timestamp>,
        pub gateway_ref: Option<String>,
        pub failure: Option<String>,
        pub instructions: Option<String>,
        pub action: Option<Json<PaymentAction>>,
        pub version: i64,
        pub created_at: Timestamp,
    }
}

impl PaymentRow {
    pub(crate) fn amount(&self) -> Money {
        Money::new(self.amount_minor, self.currency)
    }
}

impl From<PaymentRow> for Payment {
    fn from(row: PaymentRow) -> Self {
        Self {
            id: row.id,
            order_id: row.order_id,
            amount: row.amount(),
            captured: Money::new(row.captured_minor, row.currency),
            refunded: Money::new(row.refunded_minor, row.currency),
            released: Money::new(row.released_minor, row.currency),
            capture: row.capture.0,
            in_parts: row.in_parts,
            held_until: row.held_until,
            method: row.method,
            method_name: row.method_name,
            status: row.status.0,
            gateway_ref: row.gateway_ref,
            failure: row.failure,
            instructions: row.instructions,
            version: row.version,
            created_at: row.created_at,
        }
    }
}

macro_rules! select_payment {
    ($rest:literal) => {
        concat!(
            "select id, order_id, method, method_name, status, amount_minor, currency, captured_minor, refunded_minor,
                    released_minor, capture, in_parts, held_until, gateway_ref, failure, instructions, action, version,
                    created_at
             from payment ",
            $rest
        )
    };
}

pub(crate) async fn payment(conn: &mut Conn, id: PaymentId) -> Result<Option<PaymentRow>, DbError> {
    conn.query(select_payment!("where id = $1")).bind(id).optional().await
}

/// By the gateway's own name for it.
pub(crate) async fn by_reference(
    conn: &mut Conn,
    method: &str,
    reference: &str,
) -> Result<Option<PaymentRow>, DbError> {
    conn.query(select_payment!("where gateway_ref = $2 and method = $1 order by id limit 1"))
        .bind(method)
        .bind(reference)
        .optional()
        .await
}

pub(crate) async fn of_order(conn: &mut Conn, order: OrderId) -> Result<Vec<PaymentRow>, DbError> {
    conn.query(select_payment!("where order_id = $1 order by id")).bind(order).all().await
}

/// By id, after the given one: for a walk over all of them.
pub(crate) async fn after(conn: &mut Conn, id: PaymentId, limit: i64) -> Result<Vec<PaymentRow>, DbError> {
    conn.query(select_payment!("where id > $1 order by id limit $2")).bind(id).bind(limit).all().await
}

/// False where it exists already.
pub(crate) async fn insert(conn: &mut Conn, row: &PaymentRow) -> Result<bool, DbError> {
    let inserted = conn
        .query(
            "insert into payment (id, order_id, method, status, amount_minor, currency, captured_minor, gateway_ref,
                                  failure, instructions, version, created_at, updated_at, method_name, capture,
                                  in_parts, held_until, action)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, $14, $15, $16, $17)
             on conflict (id) do nothing",
        )
        .bind(row.id)
        .bind(row.order_id)
        .bind(&row.method)
        .bind(row.status)
        .bind(row.amount_minor)
        .bind(row.currency)
        .bind(row.captured_minor)
        .bind(row.gateway_ref.as_ref())
        .bind(row.failure.as_ref())
        .bind(row.instructions.as_ref())
        .bind(row.version)
        .bind(row.created_at)
        .bind(&row.method_name)
        .bind(row.capture)
        .bind(row.in_parts)
        .bind(row.held_until)
        .bind(row.action.as_ref().map(|action| Json(&action.0)))
        .execute()
        .await?;
    Ok(inserted == 1)
}

/// Moves the payment on from a status; false where it is in another one by now.
pub(crate) async fn move_on(
    conn: &mut Conn,
    id: PaymentId,
    from: PaymentStatus,
    to: PaymentStatus,
    captured_minor: i64,
    now: Timestamp,
) -> Result<bool, DbError> {
    let moved = conn
        .query(
            "update payment set status = $3, captured_minor = $4, version = version + 1, updated_at = $5
             where id = $1 and status = $2",
        )
        .bind(id)
        .bind(Text(from))
        .bind(Text(to))
        .bind(captured_minor)
        .bind(now)
        .execute()
        .await?;
    Ok(moved == 1)
}

/// What came of a payment that waited for its shopper.
pub(crate) async fn answer(conn: &mut Conn, row: &PaymentRow, now: Timestamp) -> Result<(), DbError> {
    conn.query(
        "update payment set status = $2, in_parts = $3, held_until = $4, failure = $5, action = null,
                            version = version + 1, updated_at = $6
         where id = $1 and status = 'requires_action'",
    )
    .bind(row.id)
    .bind(row.status)
    .bind(row.in_parts)
    .bind(row.held_until)
    .bind(row.failure.as_ref())
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

pub(crate) struct GatewayEvent<'a> {
    pub id: Uuid,
    pub payment_id: PaymentId,
    pub gateway: &'a str,
    pub gateway_ref: &'a str,
    pub kind: &'a str,
    pub success: bool,
    pub amount_minor: i64,
    pub detail: &'a str,
    pub at: Timestamp,
}

pub(crate) async fn add_event(conn: &mut Conn, event: &GatewayEvent<'_>) -> Result<(), DbError> {
    conn.query(
        "insert into gateway_event (id, payment_id, gateway, gateway_ref, kind, outcome, amount_minor, detail, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (gateway, gateway_ref, kind) do nothing",
    )
    .bind(event.id)
    .bind(event.payment_id)
    .bind(event.gateway)
    .bind(event.gateway_ref)
    .bind(event.kind)
    .bind(if event.success { "success" } else { "failure" })
    .bind(event.amount_minor)
    .bind(event.detail)
    .bind(event.at)
    .execute()
    .await?;
    Ok(())
}

pub(crate) struct Entry<'a> {
    pub id: Uuid,
    pub journal_id: Uuid,
    pub payment_id: PaymentId,
    pub account: &'a str,
    pub amount: Money,
    pub at: Timestamp,
}

pub(crate) async fn add_entry(conn: &mut Conn, entry: &Entry<'_>) -> Result<(), DbError> {
    conn.query(
        "insert into ledger_entry (id, journal_id, payment_id, account, amount_minor, currency, at)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(entry.id)
    .bind(entry.journal_id)
    .bind(entry.payment_id)
    .bind(entry.account)
    .bind(entry.amount.minor)
    .bind(entry.amount.currency)
    .bind(entry.at)
    .execute()
    .await?;
    Ok(())
}

/// Journals whose rows don't add up to nothing.
pub(crate) async fn unbalanced(conn: &mut Conn) -> Result<Vec<(Uuid, String, i64)>, DbError> {
    conn.query(
        "select journal_id, currency, cast(sum(amount_minor) as bigint) as rest from ledger_entry
         group by journal_id, currency having sum(amount_minor) <> 0 order by journal_id",
    )
    .all()
    .await
}

/// Payments whose money is not what the ledger says: id, captured less refunded, in the ledger.
pub(crate) async fn mismatched(conn: &mut Conn) -> Result<Vec<(PaymentId, i64, i64)>, DbError> {
    conn.query(
        "with taken as (
           select payment_id, cast(sum(amount_minor) as bigint) as amount
           from ledger_entry where account = 'gateway_receivable' group by payment_id
         )
         select payment.id, payment.captured_minor - payment.refunded_minor, coalesce(taken.amount, 0)
         from payment left join taken on taken.payment_id = payment.id
         where payment.captured_minor - payment.refunded_minor <> coalesce(taken.amount, 0) order by payment.id",
    )
    .all()
    .await
}
