//! The audit log: what staff change is written down with the change itself, in the domain's own database. [`LocalAudit`]
//! reads all of them as one.

use async_trait::async_trait;
use serde::Serialize;
use serde_json::{Map, Value};
use souk_contract::{
    Actor, Audit, AuditChange, AuditEntry, AuditId, AuditQuery, Ctx, Page, Resource, Result, StaffId,
    Timestamp,
};
use uuid::Uuid;

use crate::{
    db::{Conn, Db, DbError, Json, Many, Query, Tx},
    record,
};

/// Longer values are cut: the log is for people, the books are elsewhere.
const LONGEST_VALUE: usize = 2_000;
const LONGEST_WORDS: usize = 8_000;

/// What was done to what.
#[derive(Debug, Clone)]
pub struct Audited<'a> {
    /// `order.shipped`
    pub action: &'a str,
    /// As people call the object: `#1001`.
    pub label: String,
    pub id: Uuid,
}

impl<'a> Audited<'a> {
    /// The object's kind is the action's first word.
    pub fn new(action: &'a str, id: impl Into<Uuid>, label: impl Into<String>) -> Self {
        Self { action, label: label.into(), id: id.into() }
    }

    fn object(&self) -> &'a str {
        self.action.split('.').next().unwrap_or_default()
    }
}

impl Tx {
    /// Writes down what a member of staff does. What shoppers and Souk itself do stands in the books already.
    pub async fn audit(
        &mut self,
        ctx: &Ctx,
        done: Audited<'_>,
        changes: Vec<AuditChange>,
    ) -> Result<(), DbError> {
        self.audit_all(ctx, vec![(done, changes)]).await
    }

    /// As [`audit`](Self::audit), for many objects: few statements.
    pub async fn audit_all(
        &mut self,
        ctx: &Ctx,
        all: Vec<(Audited<'_>, Vec<AuditChange>)>,
    ) -> Result<(), DbError> {
        let Actor::Staff { id: staff_id, session, .. } = ctx.actor else { return Ok(()) };
        let at = self.kit().now();
        let written = all.into_iter().map(|(done, changes)| Written {
            id: self.kit().ids.next(),
            at,
            staff_id,
            by_key: session.is_none(),
            action: done.action,
            object: done.object(),
            object_id: done.id,
            words: words(&done.label, &changes),
            label: done.label,
            changes,
            request_id: &ctx.request_id,
        });
        let rows: Vec<Written<'_>> = written.collect();
        let insert = Many {
            columns: "id uuid, at timestamptz, staff_id uuid, by_key boolean, action text, object text,
                      object_id uuid, label text, changes jsonb, words text, request_id text",
            sql: "insert into audit
                    (id, at, staff_id, by_key, action, object, object_id, label, changes, words, request_id)
                  select * from told",
        };
        insert.run(self, &rows, Written::bind).await?;
        Ok(())
    }
}

/// An entry as it is written.
#[derive(Serialize)]
struct Written<'a> {
    id: AuditId,
    at: Timestamp,
    staff_id: StaffId,
    by_key: bool,
    action: &'a str,
    object: &'a str,
    object_id: Uuid,
    label: String,
    changes: Vec<AuditChange>,
    words: String,
    request_id: &'a str,
}

impl Written<'_> {
    fn bind<'q>(query: Query<'q>, row: &Self) -> Query<'q> {
        let query = query.bind(row.id).bind(row.at).bind(row.staff_id).bind(row.by_key).bind(row.action);
        let query = query.bind(row.object).bind(row.object_id).bind(&row.label).bind(Json(&row.changes));
        query.bind(&row.words).bind(row.request_id)
    }
}

/// What the log is searched by.
fn words(label: &str, changes: &[AuditChange]) -> String {
    let values = changes.iter().flat_map(|change| [&change.before, &change.after]).flatten();
    let words = values.fold(label.to_lowercase(), |words, value| words + "\n" + &value.to_lowercase());
    cut(words, LONGEST_WORDS)
}

/// The fields in which two states differ; without one of them, all that the other has.
pub fn changes<T: Serialize>(before: Option<&T>, after: Option<&T>) -> Vec<AuditChange> {
    let fields = |state: Option<&T>| match state.and_then(|state| serde_json::to_value(state).ok()) {
        Some(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    changes_of(&fields(before), &fields(after))
}

/// As [`changes`], of states that are fields already.
pub fn changes_of(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<AuditChange> {
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    let differing = names.into_iter().filter(|name| before.get(*name) != after.get(*name));
    let change = |name: &String| AuditChange {
        field: name.clone(),
        before: before.get(name).and_then(text),
        after: after.get(name).and_then(text),
    };
    differing.map(change).filter(|change| change.before != change.after).collect()
}

/// One field that became another.
pub fn change(field: &str, before: impl Serialize, after: impl Serialize) -> AuditChange {
    let shown = |value: serde_json::Result<Value>| value.ok().as_ref().and_then(text);
    AuditChange {
        field: field.to_owned(),
        before: shown(serde_json::to_value(before)),
        after: shown(serde_json::to_value(after)),
    }
}

/// None for what is empty: from nothing to an empty text is no change that anybody looks for.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => (!text.is_empty()).then(|| cut(text.clone(), LONGEST_VALUE)),
        Value::Array(items) if items.is_empty() => None,
        Value::Object(fields) if fields.is_empty() => None,
        other => Some(cut(other.to_string(), LONGEST_VALUE)),
    }
}

fn cut(text: String, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// The logs of these databases, as one.
pub struct LocalAudit {
    databases: Vec<Db>,
}

impl LocalAudit {
    pub fn new(databases: Vec<Db>) -> Self {
        Self { databases }
    }
}

#[async_trait]
impl Audit for LocalAudit {
    async fn entries(&self, ctx: &Ctx, query: &AuditQuery) -> Result<Page<AuditEntry>> {
        let resource = match (query.object_id, query.object.as_deref()) {
            // The history of what one may read is a part of it.
            (Some(_), Some("order")) => Resource::Orders,
            (Some(_), Some("product")) => Resource::Catalog,
            (Some(_), Some("variant")) => Resource::Inventory,
            (Some(_), Some("customer")) => Resource::Customers,
            _ => Resource::Audit,
        };
        ctx.require(resource.read())?;
        let page = query.page();
        let before = page.after_id()?.unwrap_or_else(|| AuditId::new(Uuid::max()));
        let limit = page.limit() as usize;
        let mut items = Vec::new();
        for db in &self.databases {
            items.extend(find(&mut *db.read().await?, query, before, limit as i64 + 1).await?);
        }
        items.sort_by_key(|row| std::cmp::Reverse(row.id));
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|row| row.id.to_string());
        Ok(Page { items: items.into_iter().map(AuditRow::show).collect(), next })
    }
}

record! {
    struct AuditRow {
        id: AuditId,
        at: Timestamp,
        staff_id: StaffId,
        by_key: bool,
        action: String,
        object: String,
        object_id: Uuid,
        label: String,
        changes: Json<Vec<AuditChange>>,
        request_id: String,
    }
}

impl AuditRow {
    fn show(self) -> AuditEntry {
        AuditEntry {
            id: self.id,
            at: self.at,
            staff_id: self.staff_id,
            by_key: self.by_key,
            action: self.action,
            object: self.object,
            object_id: self.object_id,
            label: self.label,
            changes: self.changes.0,
            request_id: self.request_id,
        }
    }
}

async fn find(
    conn: &mut Conn,
    query: &AuditQuery,
    before: AuditId,
    limit: i64,
) -> Result<Vec<AuditRow>, DbError> {
    let mut sql =
        "select id, at, staff_id, by_key, action, object, object_id, label, changes, request_id from audit
                   where id < $1"
            .to_owned();
    let mut number = 1;
    let mut also = |wanted: bool, condition: &str| {
        if wanted {
            number += 1;
            sql.push_str(&format!(" and {}", condition.replace("$n", &format!("${number}"))));
        }
    };
    also(query.staff_id.is_some(), "staff_id = $n");
    also(query.object.is_some(), "object = $n");
    also(query.object_id.is_some(), "object_id = $n");
    also(query.action.is_some(), "action like $n escape '\\'");
    also(query.text.is_some(), "words like $n escape '\\'");
    also(query.from.is_some(), "at >= $n");
    also(query.until.is_some(), "at < $n");
    sql.push_str(&format!(" order by id desc limit {limit}"));

    let mut statement = conn.query_dynamic(sql).bind(before);
    if let Some(staff) = query.staff_id {
        statement = statement.bind(staff);
    }
    if let Some(object) = &query.object {
        statement = statement.bind(object);
    }
    if let Some(id) = query.object_id {
        statement = statement.bind(id);
    }
    if let Some(action) = &query.action {
        statement = statement.bind(format!("{}%", literal(action)));
    }
    if let Some(text) = &query.text {
        statement = statement.bind(format!("%{}%", literal(&text.trim().to_lowercase())));
    }
    if let Some(from) = query.from {
        statement = statement.bind(from);
    }
    if let Some(until) = query.until {
        statement = statement.bind(until);
    }
    statement.all().await
}

/// For `like … escape '\'`: what was typed means itself.
pub fn literal(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use souk_contract::AuditChange;

    use super::{changes, cut};

    fn changed(field: &str, before: Option<&str>, after: Option<&str>) -> AuditChange {
        AuditChange { field: field.into(), before: before.map(Into::into), after: after.map(Into::into) }
    }

    #[test]
    fn only_what_differs_is_written_down() {
        let before = json!({ "title": "Mug", "tags": ["a"], "vendor": "", "price": 5, "same": 1 });
        let after = json!({ "title": "Cup", "tags": ["a", "b"], "vendor": null, "price": 7, "same": 1 });
        assert_eq!(
            changes(Some(&before), Some(&after)),
            [
                changed("price", Some("5"), Some("7")),
                changed("tags", Some("[\"a\"]"), Some("[\"a\",\"b\"]")),
                changed("title", Some("Mug"), Some("Cup")),
            ]
        );
        assert_eq!(
            changes(None, Some(&json!({ "title": "Mug", "note": "" }))),
            [changed("title", None, Some("Mug"))]
        );
    }

    #[test]
    fn long_values_are_cut_between_letters() {
        assert_eq!(cut("äöü".into(), 2), "äö…");
        assert_eq!(cut("äöü".into(), 3), "äöü");
    }
}
