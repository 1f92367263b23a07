//! Two profiles become one, and two again. Nothing moves: orders, notes and mails stay with the profile of their address,
//! and a merged profile points to the one that is shown for it.

use std::collections::HashSet;

use souk_contract::{
    Consent, Ctx, CustomerProfile, Duplicate, Error, MergeCustomers, NotTheSame, Page, PageRequest, Pick,
    ProfileId, ProfileMergeId, Result, TimelineKind,
};
use souk_kernel::{
    Conn, Tx,
    audit::{Audited, change},
    db::{DbError, Json},
    http::stale,
};
use uuid::Uuid;

use crate::{
    Inner,
    desk::not_found,
    profile::said_by,
    refresh::pair,
    store::{self, Told},
    store_merge::{self as merges, Changed, MergeRow, Picked},
    store_profile::{self as profiles, ProfileRow},
    tell,
};

impl Picked {
    fn of(row: &ProfileRow) -> Self {
        Self {
            email: row.email.clone(),
            name: row.name.clone(),
            name_from: row.name_from,
            phone: row.phone.clone(),
            phone_from: row.phone_from,
            consent: row.consent.0,
            consent_own: row.consent_own,
        }
    }
}

/// What the kept one is after the merge. A no of either stands.
fn pick(kept: &mut ProfileRow, merged: &ProfileRow, request: MergeCustomers) {
    if request.email == Pick::Merged {
        kept.email = merged.email.clone();
    }
    // What staff chose stays, whatever later orders say.
    if request.name == Pick::Merged || kept.name.is_empty() {
        kept.name = merged.name.clone();
        kept.name_from = said_by::STAFF;
    }
    if request.phone == Pick::Merged || kept.phone.is_empty() {
        kept.phone = merged.phone.clone();
        kept.phone_from = said_by::STAFF;
    }
    if kept.name.is_empty() {
        kept.name_from = said_by::NOBODY;
    }
    if kept.phone.is_empty() {
        kept.phone_from = said_by::NOBODY;
    }
    let said = [(kept.consent.0, kept.consent_own), (merged.consent.0, merged.consent_own)];
    let of = |wanted: Consent| said.iter().filter(move |(consent, _)| *consent == wanted);
    for wanted in [Consent::Withdrawn, Consent::Granted] {
        if of(wanted).next().is_some() {
            kept.consent.0 = wanted;
            kept.consent_own = of(wanted).any(|(_, own)| *own);
            return;
        }
    }
}

async fn tags_of(conn: &mut Conn, id: ProfileId) -> Result<Vec<String>, DbError> {
    Ok(profiles::tags(conn, &[id]).await?.into_iter().map(|(_, tag)| tag).collect())
}

impl Inner {
    pub(crate) async fn merge(
        &self,
        ctx: &Ctx,
        request: MergeCustomers,
        if_version: Option<i64>,
    ) -> Result<CustomerProfile> {
        let mut tx = self.db.begin().await?;
        self.lock(&mut tx).await?;
        let mut kept = self.root(&mut tx, request.keep).await?;
        let merged = self.root(&mut tx, request.merge).await?;
        if kept.id == merged.id {
            return Err(Error::conflict("same_customer", "These are one customer already."));
        }
        if if_version.is_some_and(|version| version != kept.version) {
            return Err(stale());
        }
        let before = Picked::of(&kept);
        pick(&mut kept, &merged, request);
        let after = Picked::of(&kept);
        let own = tags_of(&mut tx, kept.id).await?;
        let known: HashSet<String> = own.iter().map(|tag| tag.to_lowercase()).collect();
        let mut added = tags_of(&mut tx, merged.id).await?;
        added.retain(|tag| !known.contains(&tag.to_lowercase()));
        let all: Vec<String> = own.into_iter().chain(added.iter().cloned()).collect();
        profiles::set_tags(&mut tx, kept.id, &all).await?;

        let parts: Vec<ProfileId> =
            profiles::parts(&mut tx, merged.id).await?.iter().map(|part| part.id).collect();
        for part in &parts {
            self.lead(&mut tx, *part, Some(kept.id)).await?;
        }
        let label = merged.label();
        kept.version += 1;
        profiles::put(&mut tx, &kept).await?;
        let row = MergeRow {
            id: self.kit.ids.next(),
            kept_id: kept.id,
            merged_id: merged.id,
            content: Json(Changed {
                parts: parts.into_iter().filter(|part| *part != merged.id).collect(),
                before,
                after,
                tags: added,
            }),
            at: self.kit.now(),
            staff_id: tell::staff(ctx),
            undone_at: None,
        };
        merges::add(&mut tx, &row).await?;
        let told = Told { other: Some(merged.id), text: merged.email.clone(), ..Told::default() };
        store::add_entry(&mut tx, &self.of_act(ctx, kept.id, TimelineKind::Merged, told)).await?;
        let what = vec![change("merged", (), format!("{label} <{}>", merged.email))];
        tx.audit(ctx, Audited::new("customer.merged", kept.id, kept.label()), what).await?;
        self.refresh(&mut tx, kept.id).await?;
        tx.commit().await?;
        self.show(ctx, kept.id).await
    }

    /// From now on it is a part of that one, or on its own.
    async fn lead(&self, tx: &mut Tx, id: ProfileId, to: Option<ProfileId>) -> Result<()> {
        let mut row = profiles::profile(tx, id).await?.ok_or_else(not_found)?;
        row.merged_into = to;
        profiles::put(tx, &row).await?;
        if to.is_some() {
            profiles::forget_words(tx, id).await?;
            store::forget_bought(tx, id).await?;
        }
        Ok(())
    }

    /// Takes a merge back.
    pub(crate) async fn part(&self, ctx: &Ctx, id: ProfileMergeId) -> Result<CustomerProfile> {
        let mut tx = self.db.begin().await?;
        self.lock(&mut tx).await?;
        let row = merges::merge(&mut tx, id).await?.ok_or_else(|| Error::not_found("merge"))?;
        if row.undone_at.is_some() {
            tx.commit().await?;
            return self.show(ctx, row.kept_id).await;
        }
        let mut kept = profiles::profile(&mut tx, row.kept_id).await?.ok_or_else(not_found)?;
        if kept.merged_into.is_some() {
            let message = "This customer was merged into another one since. Please take that back first.";
            return Err(Error::conflict("merged_on", message));
        }
        let Changed { parts, before, after, tags } = row.content.0;
        self.lead(&mut tx, row.merged_id, None).await?;
        for part in parts {
            self.lead(&mut tx, part, Some(row.merged_id)).await?;
        }
        let mut merged = profiles::profile(&mut tx, row.merged_id).await?.ok_or_else(not_found)?;
        // A no since then was said for both.
        let refused = kept.consent.0 == Consent::Withdrawn && after.consent != Consent::Withdrawn;
        if refused {
            merged.consent.0 = Consent::Withdrawn;
            merged.version += 1;
            profiles::put(&mut tx, &merged).await?;
        }
        if kept.email == after.email {
            kept.email = before.email;
        }
        if kept.name == after.name {
            (kept.name, kept.name_from) = (before.name, before.name_from);
        }
        if kept.phone == after.phone {
            (kept.phone, kept.phone_from) = (before.phone, before.phone_from);
        }
        if kept.consent.0 == after.consent && kept.consent_own == after.consent_own {
            kept.consent.0 = before.consent;
            kept.consent_own = before.consent_own;
        }
        kept.version += 1;
        profiles::put(&mut tx, &kept).await?;
        let mut left = tags_of(&mut tx, kept.id).await?;
        left.retain(|tag| !tags.contains(tag));
        profiles::set_tags(&mut tx, kept.id, &left).await?;
        merges::set_undone(&mut tx, id, self.kit.now()).await?;
        for (of, other, text) in [(kept.id, merged.id, &merged.email), (merged.id, kept.id, &kept.email)] {
            let told = Told { other: Some(other), text: text.clone(), ..Told::default() };
            store::add_entry(&mut tx, &self.of_act(ctx, of, TimelineKind::Unmerged, told)).await?;
        }
        let what = vec![change("merged", format!("{} <{}>", merged.label(), merged.email), ())];
        tx.audit(ctx, Audited::new("customer.unmerged", kept.id, kept.label()), what).await?;
        self.refresh(&mut tx, kept.id).await?;
        self.refresh(&mut tx, merged.id).await?;
        tx.commit().await?;
        self.show(ctx, kept.id).await
    }

    pub(crate) async fn pairs(&self, page: &PageRequest) -> Result<Page<Duplicate>> {
        let last = ProfileId::new(Uuid::max());
        let after = match &page.after {
            None => (last, last),
            Some(text) => {
                let ids = text.split_once('|').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
                ids.ok_or_else(|| Error::invalid("after", "invalid", "This is not a cursor of ours."))?
            }
        };
        let limit = page.limit() as usize;
        let mut reader = self.db.read().await?;
        let mut pairs = merges::pairs(&mut reader, after, limit as i64 + 1).await?;
        let more = pairs.len() > limit;
        pairs.truncate(limit);
        let next = pairs.last().filter(|_| more).map(|(one, other)| format!("{one}|{other}"));
        let ids: Vec<ProfileId> = pairs.iter().flat_map(|(one, other)| [*one, *other]).collect();
        let rows = profiles::some(&mut reader, &ids).await?;
        let people = self.summaries(&mut reader, rows.clone()).await?;
        let duplicate = |(one, other): (ProfileId, ProfileId)| {
            let row = |id| rows.iter().find(|row| row.id == id);
            let person = |id| people.iter().find(|person| person.id == id).cloned();
            let (first, second) = (row(one)?, row(other)?);
            Some(Duplicate {
                same_phone: !first.phone_key.is_empty() && first.phone_key == second.phone_key,
                same_name_and_postcode: !first.name.is_empty()
                    && first.name_key == second.name_key
                    && !first.postal_code.is_empty()
                    && first.postal_code == second.postal_code,
                one: person(one)?,
                other: person(other)?,
            })
        };
        Ok(Page { items: pairs.into_iter().filter_map(duplicate).collect(), next })
    }

    pub(crate) async fn are_two(&self, ctx: &Ctx, request: NotTheSame) -> Result<()> {
        let mut tx = self.db.begin().await?;
        self.lock(&mut tx).await?;
        let one = profiles::profile(&mut tx, request.one).await?.ok_or_else(not_found)?;
        let other = profiles::profile(&mut tx, request.other).await?.ok_or_else(not_found)?;
        if one.id == other.id {
            return Err(Error::invalid("other", "invalid", "Two different customers."));
        }
        merges::dismiss(&mut tx, pair(one.id, other.id)).await?;
        let what = vec![change("not_the_same_as", (), format!("{} <{}>", other.label(), other.email))];
        tx.audit(ctx, Audited::new("customer.told_apart", one.id, one.label()), what).await?;
        Ok(tx.commit().await?)
    }
}
