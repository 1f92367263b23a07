//! What a profile says follows from its orders: brought up to date after each change.

use souk_contract::{ProfileId, Result};
use souk_kernel::Tx;
use uuid::Uuid;

use crate::{
    Inner,
    profile::{self, said_by},
    store, store_merge,
    store_profile::{self as profiles, ProfileRow},
};

/// Somebody with a switchboard's number is like hundreds.
const MOST_ALIKE: i64 = 10;

impl Inner {
    /// One at a time writes profiles: figures are read and written back.
    pub(crate) async fn lock(&self, tx: &mut Tx) -> Result<()> {
        Ok(tx.lock("profiles", Uuid::nil()).await?)
    }

    /// Of that address, made where there is none.
    pub(crate) async fn ensure(&self, tx: &mut Tx, email: &str) -> Result<ProfileRow> {
        if let Some(row) = profiles::by_email(tx, &profile::email_key(email)).await? {
            return Ok(row);
        }
        let row = ProfileRow::new(self.kit.ids.next(), email, self.kit.now());
        profiles::put(tx, &row).await?;
        Ok(row)
    }

    /// The profile's own name, phone and postcode, then the figures of the one it is a part of.
    pub(crate) async fn refresh(&self, tx: &mut Tx, id: ProfileId) -> Result<()> {
        let Some(mut row) = profiles::profile(tx, id).await? else { return Ok(()) };
        let before = row.clone();
        if let Some(latest) = store::latest(tx, &[id]).await? {
            if row.name_from <= said_by::ORDER && !latest.name.is_empty() {
                row.name = latest.name;
                row.name_from = said_by::ORDER;
            }
            if row.phone_from <= said_by::ORDER && !latest.phone.is_empty() {
                row.phone = latest.phone;
                row.phone_from = said_by::ORDER;
            }
            row.postal_code = latest.postal_code;
        }
        row.name_key = profile::name_key(&row.name, &row.email_key);
        row.phone_key = profile::phone_key(&row.phone);
        if row != before {
            profiles::put(tx, &row).await?;
        }
        self.refresh_root(tx, row.root()).await
    }

    async fn refresh_root(&self, tx: &mut Tx, root: ProfileId) -> Result<()> {
        let parts = profiles::parts(tx, root).await?;
        let Some(mut row) = parts.first().cloned() else { return Ok(()) };
        let before = row.clone();
        let ids: Vec<ProfileId> = parts.iter().map(|part| part.id).collect();
        let figures = store::figures(tx, self.settings.currency, &ids).await?;
        row.orders = figures.orders;
        row.spent_minor = figures.spent;
        row.first_order = figures.first;
        row.last_order = figures.last;
        row.has_account = parts.iter().any(|part| part.account_id.is_some());
        row.country = store::latest(tx, &ids).await?.map(|latest| latest.country).unwrap_or_default();
        if row != before {
            profiles::put(tx, &row).await?;
        }
        store::forget_bought(tx, root).await?;
        store::add_bought(tx, root, &ids).await?;
        self.index(tx, &parts).await?;
        for other in profiles::alike(tx, &row, MOST_ALIKE).await? {
            store_merge::suggest(tx, pair(root, other)).await?;
        }
        Ok(())
    }

    /// A merged profile is found by what it was called, too.
    async fn index(&self, tx: &mut Tx, parts: &[ProfileRow]) -> Result<()> {
        let Some(root) = parts.first().map(|part| part.id) else { return Ok(()) };
        let words = profile::words(
            parts.iter().map(|part| part.email_key.as_str()),
            parts.iter().map(|part| part.name.as_str()),
            parts.iter().map(|part| part.phone.as_str()),
        );
        if profiles::words(tx, root).await?.iter().eq(words.iter()) {
            return Ok(());
        }
        profiles::forget_words(tx, root).await?;
        for word in &words {
            profiles::add_word(tx, root, word).await?;
        }
        Ok(())
    }
}

/// The lesser first.
pub(crate) fn pair(one: ProfileId, other: ProfileId) -> (ProfileId, ProfileId) {
    (one.min(other), one.max(other))
}
