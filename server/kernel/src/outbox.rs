//! The outbox: events are written in the transaction that makes them true, and delivered afterwards.
//! The inbox: a handler writes down what it has seen, so that a repeat has no effect.

use serde::Serialize;
use souk_contract::{Event, EventId, Timestamp};
use uuid::Uuid;

use crate::{
    bus::Delivered,
    db::{Conn, DbError, Json, Many, Query, Tx},
    record,
};

impl Tx {
    /// Publishes a fact with this transaction: every handler hears of it if, and only if, it is committed.
    pub async fn publish<E: Event>(&mut self, event: &E) -> Result<EventId, DbError> {
        let now = self.kit().now();
        self.put_in_outbox(event, now).await
    }

    /// As [`publish`](Self::publish), for many facts of one kind: few statements, in their order.
    pub async fn publish_all<E: Event>(&mut self, events: &[E]) -> Result<(), DbError> {
        let now = self.kit().now();
        let written = events.iter().map(|event| Written {
            id: self.kit().ids.next(),
            kind: E::KIND,
            key: event.key(),
            payload: event,
            created_at: now,
        });
        let rows: Vec<Written<'_, E>> = written.collect();
        let insert = Many {
            columns: "id uuid, kind text, key uuid, payload jsonb, created_at timestamptz",
            sql: "insert into outbox (id, kind, key, payload, created_at, not_before, attempts, dead)
                  select id, kind, key, payload, created_at, created_at, 0, false from told",
        };
        insert.run(self, &rows, Written::bind).await?;
        if !rows.is_empty() {
            self.set_published();
        }
        Ok(())
    }

    /// A job: an event that is delivered at that time or soon after. Usually to a handler of the same domain.
    pub async fn schedule<E: Event>(&mut self, event: &E, at: Timestamp) -> Result<EventId, DbError> {
        self.put_in_outbox(event, at).await
    }

    async fn put_in_outbox<E: Event>(
        &mut self,
        event: &E,
        not_before: Timestamp,
    ) -> Result<EventId, DbError> {
        let id: EventId = self.kit().ids.next();
        let now = self.kit().now();
        insert(self, id, E::KIND, event.key(), Json(event), now, not_before).await?;
        self.set_published();
        Ok(id)
    }

    /// True the first time this handler sees this event; false for a repeat, which must then change nothing.
    pub async fn first_time(&mut self, delivered: &Delivered) -> Result<bool, DbError> {
        self.first_time_as(delivered.id.uuid(), delivered.handler).await
    }

    /// As [`first_time`](Self::first_time), for messages from elsewhere: a payment gateway's webhook, say.
    pub async fn first_time_as(&mut self, message: Uuid, handler: &str) -> Result<bool, DbError> {
        let now = self.kit().now();
        let inserted = self
            .query("insert into inbox (event_id, handler, at) values ($1, $2, $3) on conflict do nothing")
            .bind(message)
            .bind(handler)
            .bind(now)
            .execute()
            .await?;
        Ok(inserted == 1)
    }
}

/// An event as it is written.
#[derive(Serialize)]
struct Written<'a, E> {
    id: EventId,
    kind: &'a str,
    key: Uuid,
    payload: &'a E,
    created_at: Timestamp,
}

impl<E: Serialize> Written<'_, E> {
    fn bind<'q>(query: Query<'q>, row: &Self) -> Query<'q> {
        let query = query.bind(row.id).bind(row.kind).bind(row.key).bind(Json(row.payload));
        query.bind(row.created_at)
    }
}

record! {
    /// An event as the outbox keeps it.
    #[derive(Debug, Clone)]
    pub struct OutboxRow {
        pub seq: i64,
        pub id: EventId,
        pub kind: String,
        pub key: Uuid,
        pub payload: Json<serde_json::Value>,
        pub created_at: Timestamp,
        /// When it is due.
        pub not_before: Timestamp,
        /// Failed deliveries so far.
        pub attempts: i64,
        pub last_error: Option<String>,
    }
}

async fn insert<E: Serialize>(
    conn: &mut Conn,
    id: EventId,
    kind: &str,
    key: Uuid,
    payload: Json<&E>,
    now: Timestamp,
    not_before: Timestamp,
) -> Result<(), DbError> {
    conn.query(
        "insert into outbox (id, kind, key, payload, created_at, not_before, attempts, dead)
         values ($1, $2, $3, $4, $5, $6, 0, false)",
    )
    .bind(id)
    .bind(kind)
    .bind(key)
    .bind(payload)
    .bind(now)
    .bind(not_before)
    .execute()
    .await?;
    Ok(())
}

/// What waits to be delivered, that which is due first before all.
pub(crate) async fn waiting(conn: &mut Conn, limit: i64) -> Result<Vec<OutboxRow>, DbError> {
    conn.query(
        "select seq, id, kind, key, payload, created_at, not_before, attempts, last_error from outbox
         where dispatched_at is null and dead = false order by not_before, seq limit $1",
    )
    .bind(limit)
    .all()
    .await
}

pub(crate) async fn mark_dispatched(conn: &mut Conn, seqs: &[i64], now: Timestamp) -> Result<(), DbError> {
    conn.query("update outbox set dispatched_at = $1 where seq in ($2..)")
        .bind(now)
        .bind_list(seqs)
        .execute()
        .await?;
    Ok(())
}

pub(crate) async fn mark_failed(
    conn: &mut Conn,
    seq: i64,
    error: &str,
    not_before: Timestamp,
    dead: bool,
) -> Result<(), DbError> {
    conn.query(
        "update outbox set attempts = attempts + 1, last_error = $2, not_before = $3, dead = $4
         where seq = $1",
    )
    .bind(seq)
    .bind(error)
    .bind(not_before)
    .bind(dead)
    .execute()
    .await?;
    Ok(())
}

/// Forgets what was delivered before `events_before`, and what handlers had seen before `inbox_before`.
pub(crate) async fn prune(
    conn: &mut Conn,
    events_before: Timestamp,
    inbox_before: Timestamp,
) -> Result<u64, DbError> {
    let events =
        conn.query("delete from outbox where dispatched_at < $1").bind(events_before).execute().await?;
    let seen = conn.query("delete from inbox where at < $1").bind(inbox_before).execute().await?;
    Ok(events + seen)
}

/// Dead letters: events that were given up after too many tries, newest first.
pub async fn dead(conn: &mut Conn, limit: i64) -> Result<Vec<OutboxRow>, DbError> {
    conn.query(
        "select seq, id, kind, key, payload, created_at, not_before, attempts, last_error from outbox
         where dead = true order by seq desc limit $1",
    )
    .bind(limit)
    .all()
    .await
}

/// Gives a dead letter another round of tries; false where there is no such one.
pub async fn revive(tx: &mut Tx, id: EventId) -> Result<bool, DbError> {
    let now = tx.kit().now();
    let revived = tx
        .query("update outbox set dead = false, attempts = 0, not_before = $2 where id = $1 and dead = true")
        .bind(id)
        .bind(now)
        .execute()
        .await?;
    tx.set_published();
    Ok(revived == 1)
}
