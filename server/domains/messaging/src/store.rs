//! SQL, one function per statement.

use souk_contract::{Mail, MailId, MailKind, MailState, MailWords, Timestamp};
use souk_kernel::{
    db::{Conn, DbError, Json, Text},
    record,
};
use uuid::Uuid;

record! {
    struct MailRow {
        id: MailId,
        recipient: String,
        subject: String,
        text_body: String,
        html_body: String,
        template: String,
        state: Text<MailState>,
        attempts: i64,
        last_error: Option<String>,
        created_at: Timestamp,
    }
}

impl From<MailRow> for Mail {
    fn from(row: MailRow) -> Self {
        Self {
            id: row.id,
            to: row.recipient,
            subject: row.subject,
            text: row.text_body,
            html: row.html_body,
            template: row.template,
            state: row.state.0,
            attempts: row.attempts,
            last_error: row.last_error,
            created_at: row.created_at,
        }
    }
}

macro_rules! select_mail {
    ($rest:literal) => {
        concat!(
            "select id, recipient, subject, text_body, html_body, template, state, attempts, last_error, created_at
             from mail ",
            $rest
        )
    };
}

pub(crate) async fn add(conn: &mut Conn, mail: &Mail) -> Result<(), DbError> {
    conn.query(
        "insert into mail (id, recipient, subject, text_body, html_body, template, state, attempts, created_at,
                           updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, 0, $8, $8)",
    )
    .bind(mail.id)
    .bind(&mail.to)
    .bind(&mail.subject)
    .bind(&mail.text)
    .bind(&mail.html)
    .bind(&mail.template)
    .bind(Text(mail.state))
    .bind(mail.created_at)
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn mail(conn: &mut Conn, id: MailId) -> Result<Option<Mail>, DbError> {
    let row: Option<MailRow> = conn.query(select_mail!("where id = $1")).bind(id).optional().await?;
    Ok(row.map(Into::into))
}

/// Newest first; ids sort by time.
pub(crate) async fn before(conn: &mut Conn, before: MailId, limit: i64) -> Result<Vec<Mail>, DbError> {
    let rows: Vec<MailRow> = conn
        .query(select_mail!("where id < $1 order by id desc limit $2"))
        .bind(before)
        .bind(limit)
        .all()
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

pub(crate) async fn set_state(
    conn: &mut Conn,
    id: MailId,
    state: MailState,
    error: Option<&str>,
    now: Timestamp,
) -> Result<(), DbError> {
    conn.query(
        "update mail set state = $2, last_error = $3, attempts = attempts + 1, updated_at = $4 where id = $1",
    )
    .bind(id)
    .bind(Text(state))
    .bind(error)
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

record! {
    /// Words of staff; none: taken back.
    pub(crate) struct WordsRow {
        pub kind: Text<MailKind>,
        pub id: Uuid,
        pub version: i64,
        pub words: Option<Json<MailWords>>,
    }
}

pub(crate) async fn words(conn: &mut Conn) -> Result<Vec<WordsRow>, DbError> {
    conn.query("select kind, id, version, words from mail_words").all().await
}

pub(crate) async fn words_of(conn: &mut Conn, kind: MailKind) -> Result<Option<WordsRow>, DbError> {
    conn.query("select kind, id, version, words from mail_words where kind = $1")
        .bind(Text(kind))
        .optional()
        .await
}

pub(crate) async fn put_words(conn: &mut Conn, row: &WordsRow, now: Timestamp) -> Result<(), DbError> {
    conn.query(
        "insert into mail_words (kind, id, version, words, updated_at) values ($1, $2, $3, $4, $5)
         on conflict (kind) do update
         set version = excluded.version, words = excluded.words, updated_at = excluded.updated_at",
    )
    .bind(row.kind)
    .bind(row.id)
    .bind(row.version)
    .bind(row.words.clone())
    .bind(now)
    .execute()
    .await?;
    Ok(())
}
