//! What staff do with one profile.

use souk_contract::{
    Actor, Check, Consent, Ctx, CustomerAccount, CustomerId, CustomerMerge, CustomerProfile, EditCustomer,
    Error, NewCustomer, OrderId, Page, PageRequest, ProfileEntryId, ProfileId, PutAddressOf, Resource,
    Result, SetConsent, TimelineEntry, TimelineKind, Timestamp, is_email,
};
use souk_kernel::{
    Tx,
    audit::{Audited, change},
    http::stale,
};
use uuid::Uuid;

use crate::{
    Inner,
    profile::{self, said_by},
    store::{self, Told},
    store_merge,
    store_profile::{self as profiles, ProfileRow},
};

const LONGEST_NAME: usize = 120;
const LONGEST_PHONE: usize = 40;
const LONGEST_NOTE: usize = 2_000;
const LONGEST_HOW: usize = 200;

pub(crate) fn not_found() -> Error {
    Error::not_found("customer")
}

fn check_person<'a>(check: &'a mut Check, name: &str, phone: &str) -> &'a mut Check {
    let plain = |text: &str| !text.chars().any(char::is_control);
    check
        .short(name.trim(), "name", LONGEST_NAME)
        .that(plain(name), "name", "invalid", "A name can't contain control characters.")
        .short(phone.trim(), "phone", LONGEST_PHONE)
        .that(plain(phone), "phone", "invalid", "A phone number can't contain control characters.")
}

fn from(text: &str) -> i64 {
    if text.is_empty() { said_by::NOBODY } else { said_by::STAFF }
}

impl Inner {
    /// The profile that is shown under that id.
    pub(crate) async fn root(&self, conn: &mut souk_kernel::Conn, id: ProfileId) -> Result<ProfileRow> {
        let row = profiles::profile(conn, id).await?.ok_or_else(not_found)?;
        match row.merged_into {
            None => Ok(row),
            Some(root) => profiles::profile(conn, root).await?.ok_or_else(not_found),
        }
    }

    /// As [`root`](Self::root), and nobody else changes it until the transaction ends.
    async fn hold(&self, tx: &mut Tx, id: ProfileId, if_version: Option<i64>) -> Result<ProfileRow> {
        self.lock(tx).await?;
        let row = self.root(tx, id).await?;
        if if_version.is_some_and(|version| version != row.version) {
            return Err(stale());
        }
        Ok(row)
    }

    pub(crate) async fn show(&self, ctx: &Ctx, id: ProfileId) -> Result<CustomerProfile> {
        let mut reader = self.db.read().await?;
        let root = self.root(&mut reader, id).await?;
        let parts = profiles::parts(&mut reader, root.id).await?;
        let ids: Vec<ProfileId> = parts.iter().map(|part| part.id).collect();
        let latest = store::latest(&mut reader, &ids).await?;
        let merges = store_merge::into(&mut reader, root.id).await?;
        let person = self.summaries(&mut reader, vec![root.clone()]).await?.remove(0);
        drop(reader);
        // Whoever may see a customer may see where they live, whether or not they may see orders.
        let own = Ctx::system(ctx.request_id.clone());
        let mut accounts = Vec::new();
        for part in &parts {
            let (Some(id), Some(registered_at)) = (part.account_id, part.registered_at) else { continue };
            let addresses = self.near.identity.addresses_of(&own, id).await?;
            accounts.push(CustomerAccount { id, email: part.own_email(), registered_at, addresses });
        }
        let last_address = match latest {
            None => None,
            Some(latest) => match self.near.orders.get(&own, latest.order_id).await {
                Ok(order) => order.shipping_address.or(order.billing_address),
                Err(Error::NotFound { .. }) => None,
                Err(error) => return Err(error),
            },
        };
        let email_of = |id: ProfileId| {
            parts.iter().find(|part| part.id == id).map(ProfileRow::own_email).unwrap_or_default()
        };
        let mut emails = vec![root.email.clone()];
        let shown = profile::email_key(&root.email);
        emails.extend(parts.iter().filter(|part| part.email_key != shown).map(ProfileRow::own_email));
        Ok(CustomerProfile {
            person,
            emails,
            accounts,
            last_address,
            refused_in_person: root.consent_own && root.consent.0 == Consent::Withdrawn,
            merges: merges
                .into_iter()
                .map(|row| CustomerMerge {
                    id: row.id,
                    merged: row.merged_id,
                    email: email_of(row.merged_id),
                    at: row.at,
                    staff_id: row.staff_id,
                })
                .collect(),
            created_at: root.created_at,
        })
    }

    pub(crate) async fn of_order_id(&self, id: OrderId) -> Result<Option<ProfileId>> {
        let mut reader = self.db.read().await?;
        match store::purchases(&mut reader, &[id]).await?.first() {
            None => Ok(None),
            Some(purchase) => Ok(Some(self.root(&mut reader, purchase.profile_id).await?.id)),
        }
    }

    pub(crate) async fn happened(&self, id: ProfileId, page: &PageRequest) -> Result<Page<TimelineEntry>> {
        let mut reader = self.db.read().await?;
        let root = self.root(&mut reader, id).await?.id;
        let ids: Vec<ProfileId> =
            profiles::parts(&mut reader, root).await?.iter().map(|part| part.id).collect();
        let before = match &page.after {
            None => (self.kit.now().plus_seconds(FAR_SECONDS), ProfileEntryId::new(Uuid::max())),
            Some(text) => cursor(text)?,
        };
        let limit = page.limit() as usize;
        let mut rows = store::entries(&mut reader, &ids, before, limit as i64 + 1).await?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|row| format!("{}|{}", row.at.micros(), row.id));
        Ok(Page { items: rows.into_iter().map(Into::into).collect(), next })
    }

    pub(crate) async fn create(&self, ctx: &Ctx, request: NewCustomer) -> Result<CustomerProfile> {
        let NewCustomer { email, name, phone } = request;
        let mut check = Check::new();
        let message = "Please enter a mail address like name@example.com.";
        check.that(is_email(email.trim()), "email", "invalid", message);
        check_person(&mut check, &name, &phone).done()?;
        let mut tx = self.db.begin().await?;
        self.lock(&mut tx).await?;
        if profiles::by_email(&mut tx, &profile::email_key(&email)).await?.is_some() {
            let message = "There is a customer with this mail address already.";
            return Err(Error::conflict("email_known", message));
        }
        let mut row = self.ensure(&mut tx, &email).await?;
        row.name = name.trim().to_owned();
        row.phone = phone.trim().to_owned();
        row.name_from = from(&row.name);
        row.phone_from = from(&row.phone);
        profiles::put(&mut tx, &row).await?;
        let entry = self.of_act(ctx, row.id, TimelineKind::Created, Told::default());
        store::add_entry(&mut tx, &entry).await?;
        let what = vec![
            change("email", (), &row.email),
            change("name", (), &row.name),
            change("phone", (), &row.phone),
        ];
        tx.audit(ctx, Audited::new("customer.created", row.id, row.label()), what).await?;
        self.refresh(&mut tx, row.id).await?;
        tx.commit().await?;
        self.show(ctx, row.id).await
    }

    pub(crate) async fn edit(
        &self,
        ctx: &Ctx,
        id: ProfileId,
        request: EditCustomer,
        if_version: Option<i64>,
    ) -> Result<CustomerProfile> {
        let (name, phone) = (request.name.trim().to_owned(), request.phone.trim().to_owned());
        check_person(&mut Check::new(), &name, &phone).done()?;
        let mut tx = self.db.begin().await?;
        let mut row = self.hold(&mut tx, id, if_version).await?;
        let mut what = Vec::new();
        if row.name != name {
            what.push(change("name", &row.name, &name));
            (row.name_from, row.name) = (from(&name), name);
        }
        if row.phone != phone {
            what.push(change("phone", &row.phone, &phone));
            (row.phone_from, row.phone) = (from(&phone), phone);
        }
        if what.is_empty() {
            tx.commit().await?;
            return self.show(ctx, row.id).await;
        }
        row.version += 1;
        profiles::put(&mut tx, &row).await?;
        let words = what.iter().map(|one| {
            let said = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
            format!("{}: {} → {}", one.field, said(&one.before), said(&one.after))
        });
        let told = Told { text: words.collect::<Vec<_>>().join("; "), ..Told::default() };
        store::add_entry(&mut tx, &self.of_act(ctx, row.id, TimelineKind::Edited, told)).await?;
        tx.audit(ctx, Audited::new("customer.edited", row.id, row.label()), what).await?;
        self.refresh(&mut tx, row.id).await?;
        tx.commit().await?;
        self.show(ctx, row.id).await
    }

    pub(crate) async fn set_tags(
        &self,
        ctx: &Ctx,
        id: ProfileId,
        tags: Vec<String>,
        if_version: Option<i64>,
    ) -> Result<CustomerProfile> {
        let tags = profile::tidy(&tags)?;
        let mut tx = self.db.begin().await?;
        let mut row = self.hold(&mut tx, id, if_version).await?;
        let before: Vec<String> =
            profiles::tags(&mut tx, &[row.id]).await?.into_iter().map(|(_, tag)| tag).collect();
        if before == tags {
            tx.commit().await?;
            return self.show(ctx, row.id).await;
        }
        row.version += 1;
        profiles::put(&mut tx, &row).await?;
        profiles::set_tags(&mut tx, row.id, &tags).await?;
        let told = Told { text: tags.join(", "), ..Told::default() };
        store::add_entry(&mut tx, &self.of_act(ctx, row.id, TimelineKind::Tagged, told)).await?;
        let what = vec![change("tags", before.join(", "), tags.join(", "))];
        tx.audit(ctx, Audited::new("customer.tagged", row.id, row.label()), what).await?;
        tx.commit().await?;
        self.show(ctx, row.id).await
    }

    pub(crate) async fn note(&self, ctx: &Ctx, id: ProfileId, text: &str) -> Result<()> {
        let text = text.trim();
        Check::new().text(text, "text", LONGEST_NOTE).done()?;
        if !matches!(ctx.actor, Actor::Staff { .. }) {
            return Err(Error::denied("Only a member of staff writes notes."));
        }
        let mut tx = self.db.begin().await?;
        let row = self.hold(&mut tx, id, None).await?;
        let told = Told { text: text.to_owned(), ..Told::default() };
        store::add_entry(&mut tx, &self.of_act(ctx, row.id, TimelineKind::Note, told)).await?;
        let what = vec![change("note", (), text)];
        tx.audit(ctx, Audited::new("customer.noted", row.id, row.label()), what).await?;
        Ok(tx.commit().await?)
    }

    pub(crate) async fn consent(
        &self,
        ctx: &Ctx,
        id: ProfileId,
        request: SetConsent,
        if_version: Option<i64>,
    ) -> Result<CustomerProfile> {
        let how = request.how.trim().to_owned();
        Check::new().text(&how, "how", LONGEST_HOW).done()?;
        let mut tx = self.db.begin().await?;
        let mut row = self.hold(&mut tx, id, if_version).await?;
        if request.granted && row.consent_own && row.consent.0 == Consent::Withdrawn {
            let message =
                "The customer said no in their account. Only they can change that, in the same place.";
            return Err(Error::conflict("own_choice", message));
        }
        let before = row.consent.0;
        row.consent.0 = if request.granted { Consent::Granted } else { Consent::Withdrawn };
        row.consent_own = false;
        row.version += 1;
        profiles::put(&mut tx, &row).await?;
        let told = Told { consent: Some(row.consent.0), text: how.clone(), ..Told::default() };
        store::add_entry(&mut tx, &self.of_act(ctx, row.id, TimelineKind::Consent, told)).await?;
        let what = vec![change("marketing", before.as_str(), row.consent.0.as_str()), change("how", (), how)];
        tx.audit(ctx, Audited::new("customer.consent_recorded", row.id, row.label()), what).await?;
        tx.commit().await?;
        self.show(ctx, row.id).await
    }

    pub(crate) async fn address(
        &self,
        ctx: &Ctx,
        id: ProfileId,
        account: CustomerId,
        request: PutAddressOf,
    ) -> Result<CustomerProfile> {
        let root = {
            let mut reader = self.db.read().await?;
            let root = self.root(&mut reader, id).await?.id;
            let parts = profiles::parts(&mut reader, root).await?;
            if parts.iter().all(|part| part.account_id != Some(account)) {
                return Err(Error::not_found("account"));
            }
            root
        };
        self.near.identity.save_address_of(ctx, account, request).await?;
        let mut tx = self.db.begin().await?;
        let entry = self.of_act(ctx, root, TimelineKind::AddressChanged, Told::default());
        store::add_entry(&mut tx, &entry).await?;
        tx.commit().await?;
        self.show(ctx, root).await
    }

    /// Of the customer who asks. The account's event may be on its way still.
    async fn own(&self, ctx: &Ctx) -> Result<ProfileRow> {
        let id = ctx.require_customer()?;
        if let Some(row) = profiles::by_account(&mut *self.db.read().await?, id).await? {
            return Ok(row);
        }
        self.note_account(&Ctx::system(ctx.request_id.clone()), id).await?;
        profiles::by_account(&mut *self.db.read().await?, id).await?.ok_or_else(not_found)
    }

    pub(crate) async fn said(&self, ctx: &Ctx) -> Result<Consent> {
        let root = self.own(ctx).await?.root();
        let row = profiles::profile(&mut *self.db.read().await?, root).await?.ok_or_else(not_found)?;
        Ok(row.consent.0)
    }

    pub(crate) async fn say(&self, ctx: &Ctx, granted: bool) -> Result<Consent> {
        let own = self.own(ctx).await?.id;
        let consent = if granted { Consent::Granted } else { Consent::Withdrawn };
        let mut tx = self.db.begin().await?;
        self.lock(&mut tx).await?;
        let row = profiles::profile(&mut tx, own).await?.ok_or_else(not_found)?;
        // Their own row too: it stays theirs if the merge is taken back.
        for id in [row.id, row.root()] {
            let Some(mut row) = profiles::profile(&mut tx, id).await? else { continue };
            if row.consent.0 == consent && row.consent_own {
                continue;
            }
            row.consent.0 = consent;
            row.consent_own = true;
            row.version += 1;
            profiles::put(&mut tx, &row).await?;
        }
        let told = Told { consent: Some(consent), text: "in the account".to_owned(), ..Told::default() };
        store::add_entry(&mut tx, &self.of_act(ctx, own, TimelineKind::Consent, told)).await?;
        tx.commit().await?;
        Ok(consent)
    }
}

/// Nothing is dated later.
const FAR_SECONDS: i64 = 366 * 86_400;

fn cursor(text: &str) -> Result<(Timestamp, ProfileEntryId)> {
    let parts = text
        .split_once('|')
        .and_then(|(at, id)| Some((Timestamp::from_micros(at.parse().ok()?)?, id.parse().ok()?)));
    parts.ok_or_else(|| Error::invalid("after", "invalid", "This is not a cursor of ours."))
}

/// What staff need for changing customers.
pub(crate) fn may_write(ctx: &Ctx) -> Result<()> {
    ctx.require(Resource::Customers.write())
}
