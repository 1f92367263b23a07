//! SQL about profiles, their words and tags: one function per statement.

use souk_contract::{Consent, CustomerId, ProfileId, Timestamp};
use souk_kernel::{
    db::{Conn, DbError, Text},
    record,
};

record! {
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct ProfileRow {
        pub id: ProfileId,
        pub merged_into: Option<ProfileId>,
        pub email: String,
        pub email_key: String,
        pub account_id: Option<CustomerId>,
        pub registered_at: Option<Timestamp>,
        pub name: String,
        pub phone: String,
        pub name_from: i64,
        pub phone_from: i64,
        pub postal_code: String,
        pub name_key: String,
        pub phone_key: String,
        pub consent: Text<Consent>,
        pub consent_own: bool,
        pub has_account: bool,
        pub country: String,
        pub orders: i64,
        pub spent_minor: i64,
        pub first_order: i64,
        pub last_order: i64,
        pub version: i64,
        pub created_at: Timestamp,
    }
}

macro_rules! columns {
    () => {
        "id, merged_into, email, email_key, account_id, registered_at, name, phone, name_from, phone_from, postal_code,
         name_key, phone_key, consent, consent_own, has_account, country, orders, spent_minor, first_order, last_order,
         version, created_at"
    };
}
pub(crate) const COLUMNS: &str = columns!();

macro_rules! select {
    ($rest:literal) => {
        concat!("select ", columns!(), " from profile ", $rest)
    };
}

impl ProfileRow {
    /// Of somebody nothing is known of but the address.
    pub fn new(id: ProfileId, email: &str, now: Timestamp) -> Self {
        let email_key = crate::profile::email_key(email);
        Self {
            id,
            merged_into: None,
            email: email.trim().to_owned(),
            name_key: email_key.clone(),
            email_key,
            account_id: None,
            registered_at: None,
            name: String::new(),
            phone: String::new(),
            name_from: 0,
            phone_from: 0,
            postal_code: String::new(),
            phone_key: String::new(),
            consent: Text(Consent::Unknown),
            consent_own: false,
            has_account: false,
            country: String::new(),
            orders: 0,
            spent_minor: 0,
            first_order: 0,
            last_order: 0,
            version: 1,
            created_at: now,
        }
    }

    /// As people call them.
    pub fn label(&self) -> String {
        if self.name.is_empty() { self.email.clone() } else { self.name.clone() }
    }

    /// The address that its orders come from: after a merge another one may be shown.
    pub fn own_email(&self) -> String {
        let shown = crate::profile::email_key(&self.email) == self.email_key;
        if shown { self.email.clone() } else { self.email_key.clone() }
    }

    /// The one that is shown for it.
    pub fn root(&self) -> ProfileId {
        self.merged_into.unwrap_or(self.id)
    }
}

/// Inserts it, or writes all that can change.
pub(crate) async fn put(conn: &mut Conn, row: &ProfileRow) -> Result<(), DbError> {
    conn.query(
        "insert into profile (id, merged_into, email, email_key, account_id, registered_at, name, phone, name_from,
                              phone_from, postal_code, name_key, phone_key, consent, consent_own, has_account, country,
                              orders, spent_minor, first_order, last_order, version, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
         on conflict (id) do update set
             merged_into = excluded.merged_into, email = excluded.email, account_id = excluded.account_id,
             registered_at = excluded.registered_at, name = excluded.name, phone = excluded.phone,
             name_from = excluded.name_from, phone_from = excluded.phone_from, postal_code = excluded.postal_code,
             name_key = excluded.name_key, phone_key = excluded.phone_key, consent = excluded.consent,
             consent_own = excluded.consent_own, has_account = excluded.has_account, country = excluded.country,
             orders = excluded.orders, spent_minor = excluded.spent_minor, first_order = excluded.first_order,
             last_order = excluded.last_order, version = excluded.version",
    )
    .bind(row.id)
    .bind(row.merged_into)
    .bind(&row.email)
    .bind(&row.email_key)
    .bind(row.account_id)
    .bind(row.registered_at)
    .bind(&row.name)
    .bind(&row.phone)
    .bind(row.name_from)
    .bind(row.phone_from)
    .bind(&row.postal_code)
    .bind(&row.name_key)
    .bind(&row.phone_key)
    .bind(row.consent)
    .bind(row.consent_own)
    .bind(row.has_account)
    .bind(&row.country)
    .bind(row.orders)
    .bind(row.spent_minor)
    .bind(row.first_order)
    .bind(row.last_order)
    .bind(row.version)
    .bind(row.created_at)
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn profile(conn: &mut Conn, id: ProfileId) -> Result<Option<ProfileRow>, DbError> {
    conn.query(select!("where id = $1")).bind(id).optional().await
}

pub(crate) async fn by_email(conn: &mut Conn, email_key: &str) -> Result<Option<ProfileRow>, DbError> {
    conn.query(select!("where email_key = $1")).bind(email_key).optional().await
}

pub(crate) async fn by_account(conn: &mut Conn, id: CustomerId) -> Result<Option<ProfileRow>, DbError> {
    conn.query(select!("where account_id = $1")).bind(id).optional().await
}

/// Unknown ids are left out.
pub(crate) async fn some(conn: &mut Conn, ids: &[ProfileId]) -> Result<Vec<ProfileRow>, DbError> {
    conn.query(select!("where id in ($1..)")).bind_list(ids).all().await
}

/// The profile and what was merged into it, itself first.
pub(crate) async fn parts(conn: &mut Conn, root: ProfileId) -> Result<Vec<ProfileRow>, DbError> {
    conn.query(select!("where id = $1 or merged_into = $1 order by case when id = $1 then 0 else 1 end, id"))
        .bind(root)
        .all()
        .await
}

/// Others with that phone number, or with that name and postcode.
pub(crate) async fn alike(conn: &mut Conn, row: &ProfileRow, most: i64) -> Result<Vec<ProfileId>, DbError> {
    let mut found: Vec<(ProfileId,)> = Vec::new();
    if !row.phone_key.is_empty() {
        let rows: Vec<(ProfileId,)> = conn
            .query(
                "select id from profile
                 where phone_key = $1 and phone_key <> '' and merged_into is null and id <> $2 limit $3",
            )
            .bind(&row.phone_key)
            .bind(row.id)
            .bind(most)
            .all()
            .await?;
        found.extend(rows);
    }
    if !row.name.is_empty() && !row.postal_code.is_empty() {
        let rows: Vec<(ProfileId,)> = conn
            .query(
                "select id from profile
                 where name_key = $1 and postal_code = $2 and postal_code <> '' and merged_into is null and id <> $3
                 limit $4",
            )
            .bind(&row.name_key)
            .bind(&row.postal_code)
            .bind(row.id)
            .bind(most)
            .all()
            .await?;
        found.extend(rows);
    }
    Ok(found.into_iter().map(|(id,)| id).collect())
}

pub(crate) async fn words(conn: &mut Conn, id: ProfileId) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = conn
        .query("select word from profile_word where profile_id = $1 order by word")
        .bind(id)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(word,)| word).collect())
}

pub(crate) async fn forget_words(conn: &mut Conn, id: ProfileId) -> Result<(), DbError> {
    conn.query("delete from profile_word where profile_id = $1").bind(id).execute().await?;
    Ok(())
}

pub(crate) async fn add_word(conn: &mut Conn, id: ProfileId, word: &str) -> Result<(), DbError> {
    conn.query("insert into profile_word (word, profile_id) values ($1, $2) on conflict do nothing")
        .bind(word)
        .bind(id)
        .execute()
        .await?;
    Ok(())
}

/// In their order, with whose they are.
pub(crate) async fn tags(conn: &mut Conn, ids: &[ProfileId]) -> Result<Vec<(ProfileId, String)>, DbError> {
    conn.query(
        "select profile_id, tag from profile_tag where profile_id in ($1..) order by profile_id, position",
    )
    .bind_list(ids)
    .all()
    .await
}

/// Replaces them all.
pub(crate) async fn set_tags(conn: &mut Conn, id: ProfileId, tags: &[String]) -> Result<(), DbError> {
    conn.query("delete from profile_tag where profile_id = $1").bind(id).execute().await?;
    for (position, tag) in tags.iter().enumerate() {
        conn.query("insert into profile_tag (profile_id, position, tag, tag_key) values ($1, $2, $3, $4)")
            .bind(id)
            .bind(position as i64)
            .bind(tag)
            .bind(tag.to_lowercase())
            .execute()
            .await?;
    }
    Ok(())
}
