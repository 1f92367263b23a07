//! What staff do with promotions and their codes.

use souk_contract::{
    AuditChange, Change, Ctx, Error, MadeCode, MakeCodes, Page, PageRequest, PromotionId, PromotionInput,
    PromotionRecord, PromotionState, Result,
};
use souk_kernel::{
    Tx,
    audit::{self, Audited},
    db::{DbError, Text},
    http::stale,
};

use crate::{
    check,
    rule::{self, PromotionRow},
    service::LocalPromotions,
    store,
    store_codes::{self as codes, CodeRow},
};

const MOST_PROMOTIONS: usize = 1000;
/// 32 signs that nobody takes for another.
const SIGNS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// 60 bits: with 10,000 codes, one guess in 10^14 hits.
const SECRET_SIGNS: usize = 12;

fn not_found() -> Error {
    Error::not_found("promotion")
}

fn not_written(error: DbError) -> Error {
    if error.is_unique("promotion_code_key") {
        return Error::conflict("code_taken", "Another promotion has this code.");
    }
    if error.is_unique("promotion_title_key") {
        return Error::conflict("title_taken", "Another promotion has this name.");
    }
    if error.is_check("promotion_within_limit") {
        return Error::invalid("usage_limit", "out_of_range", "It was used more often already.");
    }
    if error.is_check("promotion_within_budget") {
        return Error::invalid("budget", "out_of_range", "It took more off already.");
    }
    error.into()
}

impl LocalPromotions {
    /// By title; at work at once.
    pub(crate) async fn put_by_title(&self, ctx: &Ctx, input: PromotionInput) -> Result<Change> {
        check::promotion(&input, self.currency)?;
        let mut tx = self.db.begin().await?;
        let old = store::by_title(&mut tx, input.title.trim()).await?;
        let id = old.as_ref().map_or_else(|| self.kit.ids.next(), |old| old.id);
        let state = old.as_ref().map_or(PromotionState::Active, |old| old.state.0);
        let row = PromotionRow::new(id, input, state, old.as_ref());
        let change = match &old {
            None => Change::Created,
            Some(old) if *old == (PromotionRow { version: old.version, ..row.clone() }) => {
                return Ok(Change::Unchanged);
            }
            Some(_) => Change::Updated,
        };
        self.keep(ctx, tx, old, row).await?;
        Ok(change)
    }

    pub(crate) async fn write_one(
        &self,
        ctx: &Ctx,
        id: Option<PromotionId>,
        input: PromotionInput,
        if_version: Option<i64>,
    ) -> Result<PromotionRecord> {
        check::promotion(&input, self.currency)?;
        let mut tx = self.db.begin().await?;
        let old = match id {
            Some(id) => Some(self.to_change(&mut tx, id, if_version).await?),
            None => None,
        };
        if old.as_ref().is_some_and(|old| old.state.0 == PromotionState::Archived) {
            return Err(Error::conflict("wrong_state", "An archived promotion stays as it was."));
        }
        if old.is_none() && store::all(&mut tx).await?.len() >= MOST_PROMOTIONS {
            return Err(Error::conflict("too_many_promotions", "A shop keeps 1,000 promotions."));
        }
        let state = old.as_ref().map_or(PromotionState::Draft, |old| old.state.0);
        let row = PromotionRow::new(id.unwrap_or_else(|| self.kit.ids.next()), input, state, old.as_ref());
        self.keep(ctx, tx, old, row).await
    }

    pub(crate) async fn move_to(
        &self,
        ctx: &Ctx,
        id: PromotionId,
        state: PromotionState,
        if_version: Option<i64>,
    ) -> Result<PromotionRecord> {
        let mut tx = self.db.begin().await?;
        let old = self.to_change(&mut tx, id, if_version).await?;
        if !old.state.0.may_become(state) {
            let message = "From where it is, a promotion can't be moved there.";
            return Err(Error::conflict("wrong_state", message));
        }
        let row = PromotionRow { state: Text(state), version: old.version + 1, ..old.clone() };
        self.keep(ctx, tx, Some(old), row).await
    }

    async fn to_change(&self, tx: &mut Tx, id: PromotionId, if_version: Option<i64>) -> Result<PromotionRow> {
        let old = store::by_id(tx, id).await?.ok_or_else(not_found)?;
        match if_version {
            Some(version) if version != old.version => Err(stale()),
            _ => Ok(old),
        }
    }

    async fn keep(
        &self,
        ctx: &Ctx,
        mut tx: Tx,
        old: Option<PromotionRow>,
        row: PromotionRow,
    ) -> Result<PromotionRecord> {
        if let Some(code) = &row.code
            && !codes::find(&mut tx, std::slice::from_ref(code)).await?.is_empty()
        {
            return Err(Error::conflict("code_taken", "Another promotion has this code."));
        }
        match &old {
            None => store::insert(&mut tx, &row).await.map_err(not_written)?,
            Some(_) if store::update(&mut tx, &row).await.map_err(not_written)? => {}
            Some(_) => return Err(stale()),
        }
        let action = if old.is_some() { "promotion.updated" } else { "promotion.created" };
        let before = old.map(|old| old.logged(self.currency));
        let what = audit::changes(before.as_ref(), Some(&row.logged(self.currency)));
        tx.audit(ctx, Audited::new(action, row.id, &row.title), what).await?;
        let codes = codes::count_all(&mut tx, row.id).await?;
        tx.commit().await?;
        self.forget();
        Ok(row.record(codes, self.currency))
    }

    pub(crate) async fn list(&self) -> Result<Vec<PromotionRecord>> {
        let mut conn = self.db.read().await?;
        let rows = store::all(&mut conn).await?;
        let codes = codes::counts(&mut conn).await?;
        let of =
            |id: PromotionId| codes.iter().find(|(known, _)| *known == id).map_or(0, |(_, count)| *count);
        Ok(rows.iter().map(|row| row.record(of(row.id), self.currency)).collect())
    }

    pub(crate) async fn one(&self, id: PromotionId) -> Result<PromotionRecord> {
        let mut conn = self.db.read().await?;
        let row = store::by_id(&mut conn, id).await?.ok_or_else(not_found)?;
        let codes = codes::counts(&mut conn).await?;
        let count = codes.iter().find(|(known, _)| *known == id).map_or(0, |(_, count)| *count);
        Ok(row.record(count, self.currency))
    }

    pub(crate) async fn make(&self, ctx: &Ctx, id: PromotionId, request: MakeCodes) -> Result<Vec<MadeCode>> {
        check::codes(&request)?;
        let now = self.kit.now();
        let prefix = request.prefix.to_uppercase();
        let mut tx = self.db.begin().await?;
        // Of two who make codes at once, the second counts those of the first.
        tx.lock("promotion", id.uuid()).await?;
        let promotion = store::by_id(&mut tx, id).await?.ok_or_else(not_found)?;
        if !promotion.by_codes {
            let message = "Set it to work by codes that are made for it first.";
            return Err(Error::conflict("wrong_state", message));
        }
        if codes::count_all(&mut tx, id).await? + request.count > check::MOST_CODES {
            return Err(Error::conflict("too_many_codes", "A promotion has 10,000 codes."));
        }
        let mut made = Vec::new();
        while (made.len() as i64) < request.count {
            let row = CodeRow {
                code: self.secret_code(&prefix)?,
                promotion_id: id,
                usage_limit: request.usage_limit,
                used: 0,
                revoked_at: None,
                created_at: now,
            };
            let is_free = store::by_codes(&mut tx, std::slice::from_ref(&row.code)).await?.is_empty();
            if is_free && codes::add(&mut tx, &row).await? {
                made.push(row.into());
            }
        }
        let what = vec![audit::change("codes", 0, request.count)];
        self.tell(&mut tx, ctx, "promotion.codes_made", &promotion, what).await?;
        tx.commit().await?;
        Ok(made)
    }

    async fn tell(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        action: &str,
        promotion: &PromotionRow,
        what: Vec<AuditChange>,
    ) -> Result<()> {
        Ok(tx.audit(ctx, Audited::new(action, promotion.id, &promotion.title), what).await?)
    }

    fn secret_code(&self, prefix: &str) -> Result<String> {
        let token = self.kit.secrets.random_token().map_err(Error::internal)?;
        // Each sign of the token stands for 6 random bits; 5 of them choose one of ours.
        let signs = token.bytes().take(SECRET_SIGNS).map(|byte| {
            let bits = match byte {
                b'A'..=b'Z' => byte - b'A',
                b'a'..=b'z' => byte - b'a' + 26,
                b'0'..=b'9' => byte - b'0' + 52,
                b'-' => 62,
                _ => 63,
            };
            char::from(SIGNS[usize::from(bits % 32)])
        });
        let mut code = prefix.to_owned();
        for (index, sign) in signs.enumerate() {
            if index % 4 == 0 && !code.is_empty() {
                code.push('-');
            }
            code.push(sign);
        }
        Ok(code)
    }

    pub(crate) async fn page_of_codes(&self, id: PromotionId, page: &PageRequest) -> Result<Page<MadeCode>> {
        let mut conn = self.db.read().await?;
        store::by_id(&mut conn, id).await?.ok_or_else(not_found)?;
        let limit = page.limit() as usize;
        let after = page.after.as_deref().unwrap_or_default();
        let mut rows = codes::page(&mut conn, id, after, limit as i64 + 1).await?;
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| has_more).map(|row| row.code.clone());
        Ok(Page { items: rows.into_iter().map(Into::into).collect(), next })
    }

    pub(crate) async fn table_of_codes(&self, id: PromotionId) -> Result<String> {
        let mut conn = self.db.read().await?;
        store::by_id(&mut conn, id).await?.ok_or_else(not_found)?;
        let rows = codes::page(&mut conn, id, "", check::MOST_CODES).await?;
        let mut table = "code,usage_limit,used,revoked,created_at\r\n".to_owned();
        for row in rows {
            let limit = row.usage_limit.map(|limit| limit.to_string()).unwrap_or_default();
            // Letters, digits and dashes: nothing to quote, and no sign that a table would compute with.
            let line = [
                row.code,
                limit,
                row.used.to_string(),
                row.revoked_at.is_some().to_string(),
                row.created_at.to_rfc3339(),
            ];
            table.push_str(&line.join(","));
            table.push_str("\r\n");
        }
        Ok(table)
    }

    pub(crate) async fn revoke(&self, ctx: &Ctx, id: PromotionId, code: &str) -> Result<()> {
        let code = rule::normal_code(code);
        let mut tx = self.db.begin().await?;
        let promotion = store::by_id(&mut tx, id).await?.ok_or_else(not_found)?;
        let known = codes::find(&mut tx, std::slice::from_ref(&code)).await?;
        if !known.iter().any(|row| row.promotion_id == id) {
            return Err(Error::not_found("code"));
        }
        if codes::revoke(&mut tx, id, &code, self.kit.now()).await? {
            let what = vec![audit::change("revoked", "", &code)];
            self.tell(&mut tx, ctx, "promotion.code_revoked", &promotion, what).await?;
        }
        Ok(tx.commit().await?)
    }
}
