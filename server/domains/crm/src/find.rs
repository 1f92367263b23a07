//! The list of customers: filtered, sorted, page by page.

use souk_contract::{CustomerQuery, CustomerSort, CustomerSummary, Error, Money, Page, ProfileId, Result};
use souk_kernel::db::{Conn, DbError, Query};
use uuid::Uuid;

use crate::{
    Inner,
    profile::{self, moment},
    store_profile::{self as profiles, COLUMNS, ProfileRow},
};

/// People that a beginning fits: more are not looked at.
const MOST_FOUND: i64 = 2_000;

/// A value to be bound.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Number(i64),
    Words(String),
    Flag(bool),
    Id(Uuid),
}

/// Conditions that are joined into a statement, and their values in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sql {
    pub text: String,
    pub values: Vec<Value>,
}

impl Sql {
    /// The next `$n`.
    pub fn value(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }

    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub fn run(self, conn: &mut Conn) -> Query<'_> {
        self.values.into_iter().fold(conn.query_dynamic(self.text), |query, value| match value {
            Value::Number(number) => query.bind(number),
            Value::Words(words) => query.bind(words),
            Value::Flag(flag) => query.bind(flag),
            Value::Id(id) => query.bind(id),
        })
    }
}

/// Adds the query's conditions. True where they name people: then those are looked up, rather than a list walked.
fn conditions(sql: &mut Sql, query: &CustomerQuery) -> bool {
    let mut named = false;
    let text = query.text.as_deref().map(profile::wanted).filter(|text| !text.is_empty());
    if let Some(text) = text {
        let until = sql.value(Value::Words(format!("{text}\u{10FFFF}")));
        let from = sql.value(Value::Words(text));
        let limit = sql.value(Value::Number(MOST_FOUND));
        sql.push(&format!(
            " and id in (select profile_id from profile_word where word >= {from} and word < {until} limit {limit})"
        ));
        named = true;
    }
    if let Some(tag) = query.tag.as_deref().map(str::trim).filter(|tag| !tag.is_empty()) {
        let tag = sql.value(Value::Words(tag.to_lowercase()));
        sql.push(&format!(" and id in (select profile_id from profile_tag where tag_key = {tag})"));
        named = true;
    }
    if let Some(has) = query.has_account {
        let has = sql.value(Value::Flag(has));
        sql.push(&format!(" and has_account = {has}"));
    }
    if let Some(consent) = query.consent {
        let consent = sql.value(Value::Words(consent.as_str().to_owned()));
        sql.push(&format!(" and consent = {consent}"));
    }
    if let Some(orders) = query.orders_at_least {
        let orders = sql.value(Value::Number(orders));
        sql.push(&format!(" and orders >= {orders}"));
    }
    if let Some(spent) = query.spent_at_least {
        let spent = sql.value(Value::Number(spent));
        sql.push(&format!(" and spent_minor >= {spent}"));
    }
    if let Some(since) = query.no_order_since {
        let since = sql.value(Value::Number(since.micros()));
        sql.push(&format!(" and last_order < {since}"));
    }
    named
}

/// What a page goes on after: the value that the list is sorted by, and the id.
fn cursor(text: &str) -> Result<(&str, ProfileId)> {
    let parts = text.rsplit_once('|').and_then(|(value, id)| Some((value, id.parse().ok()?)));
    parts.ok_or_else(|| Error::invalid("after", "invalid", "This is not a cursor of ours."))
}

fn key(row: &ProfileRow, sort: CustomerSort) -> String {
    let value = match sort {
        CustomerSort::LastOrder => row.last_order.to_string(),
        CustomerSort::Spent => row.spent_minor.to_string(),
        CustomerSort::Name => row.name_key.clone(),
    };
    format!("{value}|{}", row.id)
}

impl Inner {
    /// `more` adds conditions of its own.
    pub(crate) async fn find(
        &self,
        query: &CustomerQuery,
        more: Option<&Sql>,
        limit: usize,
    ) -> Result<Page<CustomerSummary>> {
        let sort = query.sort.unwrap_or_default();
        let mut sql = more.cloned().unwrap_or_default();
        let also = std::mem::take(&mut sql.text);
        sql.push(&format!("select {COLUMNS} from profile where merged_into is null"));
        sql.push(&also);
        let named = conditions(&mut sql, query);
        let (column, direction) = match sort {
            CustomerSort::LastOrder => ("last_order", "desc"),
            CustomerSort::Spent => ("spent_minor", "desc"),
            CustomerSort::Name => ("name_key", "asc"),
        };
        // Written so, no index fits the order, and the few who are named are sorted.
        let column = match (named, sort) {
            (false, _) => column.to_owned(),
            (true, CustomerSort::Name) => format!("({column} || '')"),
            (true, _) => format!("({column} + 0)"),
        };
        if let Some(after) = &query.after {
            let (value, id) = cursor(after)?;
            let value = match sort {
                CustomerSort::Name => Value::Words(value.to_owned()),
                _ => Value::Number(
                    value
                        .parse()
                        .map_err(|_| Error::invalid("after", "invalid", "This is not a cursor of ours."))?,
                ),
            };
            let (value, id) = (sql.value(value), sql.value(Value::Id(id.uuid())));
            let than = if direction == "desc" { "<" } else { ">" };
            sql.push(&format!(" and ({column}, id) {than} ({value}, {id})"));
        }
        sql.push(&format!(" order by {column} {direction}, id {direction} limit {}", limit + 1));
        let mut reader = self.db.read().await?;
        let mut rows: Vec<ProfileRow> = sql.run(&mut reader).all().await?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|row| key(row, sort));
        Ok(Page { items: self.summaries(&mut reader, rows).await?, next })
    }

    /// With their tags.
    pub(crate) async fn summaries(
        &self,
        conn: &mut Conn,
        rows: Vec<ProfileRow>,
    ) -> Result<Vec<CustomerSummary>, DbError> {
        let ids: Vec<ProfileId> = rows.iter().map(|row| row.id).collect();
        let all = profiles::tags(conn, &ids).await?;
        let tags =
            |id: ProfileId| all.iter().filter(|(of, _)| *of == id).map(|(_, tag)| tag.clone()).collect();
        Ok(rows.into_iter().map(|row| self.summary(tags(row.id), row)).collect())
    }

    pub(crate) fn summary(&self, tags: Vec<String>, row: ProfileRow) -> CustomerSummary {
        CustomerSummary {
            id: row.id,
            email: row.email,
            name: row.name,
            phone: row.phone,
            country: row.country,
            has_account: row.has_account,
            consent: row.consent.0,
            tags,
            orders: row.orders,
            spent: Money::new(row.spent_minor, self.settings.currency),
            first_order_at: moment(row.first_order),
            last_order_at: moment(row.last_order),
            version: row.version,
        }
    }
}
