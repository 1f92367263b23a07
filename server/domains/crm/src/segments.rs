//! Segments: saved, counted, and asked who is in them.

use souk_contract::{
    Check, Ctx, Currency, Error, Result, Segment, SegmentCount, SegmentId, SegmentInput, Timestamp,
};
use souk_kernel::{
    Conn,
    audit::{Audited, changes},
    db::DbError,
    http::stale,
    record,
};

use crate::{
    Inner,
    compile::compile,
    find::Sql,
    segment::{self, Rule},
};

/// Nobody counts beyond this.
const MOST_COUNTED: i64 = 100_000;
const MOST_SEGMENTS: usize = 200;
const LONGEST_NAME: usize = 80;

record! {
    #[derive(Debug, Clone)]
    struct Row {
        id: SegmentId,
        name: String,
        rule: String,
        version: i64,
        created_at: Timestamp,
        updated_at: Timestamp,
    }
}

impl From<Row> for Segment {
    fn from(row: Row) -> Self {
        let Row { id, name, rule, version, created_at, updated_at } = row;
        Self { id, name, rule, version, created_at, updated_at }
    }
}

/// By the alphabet.
async fn all(conn: &mut Conn) -> Result<Vec<Row>, DbError> {
    conn.query("select id, name, rule, version, created_at, updated_at from segment order by name_key, id limit 1000")
        .all()
        .await
}

async fn one(conn: &mut Conn, id: SegmentId) -> Result<Option<Row>, DbError> {
    conn.query("select id, name, rule, version, created_at, updated_at from segment where id = $1")
        .bind(id)
        .optional()
        .await
}

async fn put(conn: &mut Conn, row: &Row) -> Result<(), DbError> {
    conn.query(
        "insert into segment (id, name, name_key, rule, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (id) do update set name = excluded.name, name_key = excluded.name_key, rule = excluded.rule,
             version = excluded.version, updated_at = excluded.updated_at",
    )
    .bind(row.id)
    .bind(&row.name)
    .bind(row.name.to_lowercase())
    .bind(&row.rule)
    .bind(row.version)
    .bind(row.created_at)
    .bind(row.updated_at)
    .execute()
    .await?;
    Ok(())
}

async fn remove(conn: &mut Conn, id: SegmentId) -> Result<(), DbError> {
    conn.query("delete from segment where id = $1").bind(id).execute().await?;
    Ok(())
}

fn not_found() -> Error {
    Error::not_found("segment")
}

/// `select count(*)` over those who fit, as far as anybody counts.
pub(crate) fn counting(rule: &Rule, now: Timestamp) -> Sql {
    let mut sql = Sql::default();
    sql.push("select count(*) from (select 1 as one from profile where merged_into is null");
    compile(&mut sql, rule, now);
    sql.push(&format!(" limit {}) as fitting", MOST_COUNTED + 1));
    sql
}

impl Inner {
    fn currency(&self) -> Currency {
        self.settings.currency
    }

    /// What a list of the rule's people has beside its own conditions.
    pub(crate) fn rule(&self, text: &str) -> Result<Sql> {
        let rule = segment::parse(text, self.currency())?;
        let mut sql = Sql::default();
        compile(&mut sql, &rule, self.kit.now());
        Ok(sql)
    }

    pub(crate) async fn count(&self, text: &str) -> Result<SegmentCount> {
        let rule = segment::parse(text, self.currency())?;
        let (count,): (i64,) = counting(&rule, self.kit.now()).run(&mut *self.db.read().await?).one().await?;
        Ok(SegmentCount { people: count.min(MOST_COUNTED), more: count > MOST_COUNTED })
    }

    pub(crate) async fn segments(&self) -> Result<Vec<Segment>> {
        Ok(all(&mut *self.db.read().await?).await?.into_iter().map(Into::into).collect())
    }

    pub(crate) async fn put_segment(
        &self,
        ctx: &Ctx,
        id: Option<SegmentId>,
        input: SegmentInput,
        if_version: Option<i64>,
    ) -> Result<Segment> {
        let input = SegmentInput { name: input.name.trim().to_owned(), rule: input.rule.trim().to_owned() };
        Check::new().text(&input.name, "name", LONGEST_NAME).done()?;
        segment::parse(&input.rule, self.currency())?;
        let mut tx = self.db.begin().await?;
        self.lock(&mut tx).await?;
        let now = self.kit.now();
        let before = match id {
            Some(id) => Some(one(&mut tx, id).await?.ok_or_else(not_found)?),
            None => None,
        };
        if let (Some(before), Some(version)) = (&before, if_version)
            && before.version != version
        {
            return Err(stale());
        }
        if before.is_none() && all(&mut tx).await?.len() >= MOST_SEGMENTS {
            return Err(Error::conflict("too_many_segments", "A shop keeps 200 segments."));
        }
        let row = Row {
            id: id.unwrap_or_else(|| self.kit.ids.next()),
            name: input.name.clone(),
            rule: input.rule.clone(),
            version: before.as_ref().map_or(1, |before| before.version + 1),
            created_at: before.as_ref().map_or(now, |before| before.created_at),
            updated_at: now,
        };
        put(&mut tx, &row).await.map_err(|error| {
            if error.is_unique("segment_name_key_key") {
                return Error::invalid("name", "taken", "There is a segment with this name.");
            }
            error.into()
        })?;
        let before = before.map(|before| SegmentInput { name: before.name, rule: before.rule });
        let action = if before.is_some() { "segment.changed" } else { "segment.created" };
        let what = changes(before.as_ref(), Some(&input));
        tx.audit(ctx, Audited::new(action, row.id, &row.name), what).await?;
        tx.commit().await?;
        Ok(row.into())
    }

    pub(crate) async fn remove_segment(&self, ctx: &Ctx, id: SegmentId) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let Some(row) = one(&mut tx, id).await? else { return Err(not_found()) };
        remove(&mut tx, id).await?;
        let before = SegmentInput { name: row.name.clone(), rule: row.rule };
        let what = changes(Some(&before), None);
        tx.audit(ctx, Audited::new("segment.removed", id, row.name), what).await?;
        Ok(tx.commit().await?)
    }
}
