//! The use cases.

use std::sync::Arc;

use async_trait::async_trait;
use sha2::{Digest as _, Sha256};
use souk_contract::{
    Address, AddressId, ChangePassword, Check, Ctx, Customer, CustomerId, CustomerRegistered, Error,
    Identity, Page, PageRequest, PasswordResetRequested, PutAddressOf, Register, ResetLetter, ResetPassword,
    Resource, Result, SavedAddress, Shopkeeping, SignIn, SignedIn, is_email,
};
use souk_kernel::{
    Db, Kit, Tx,
    audit::{Audited, changes},
};
use uuid::Uuid;

use crate::{
    password::{self, Hasher},
    store::{self, CustomerRow},
};

const SESSION_SECONDS: i64 = 30 * 86_400;
const RESET_SECONDS: i64 = 60 * 60;
/// Reliability 20: at most 10 guesses in 15 minutes for one account.
const GUESSES: i64 = 10;
const GUESS_SECONDS: i64 = 15 * 60;
const MOST_ADDRESSES: usize = 50;

/// Customers, sessions and staff in this process, on their own database.
pub struct LocalIdentity {
    pub(crate) kit: Kit,
    pub(crate) db: Db,
    pub(crate) hasher: Hasher,
    /// How authenticator apps call the shop.
    pub(crate) shop: Arc<dyn Shopkeeping>,
}

impl LocalIdentity {
    /// # Errors
    /// Where the operating system gives no randomness.
    pub fn new(kit: Kit, db: Db, shop: Arc<dyn Shopkeeping>) -> Result<Self> {
        Ok(Self { kit, db, hasher: Hasher::new()?, shop })
    }

    async fn start_session(&self, tx: &mut Tx, customer: CustomerRow) -> Result<SignedIn> {
        let token = self.token()?;
        let now = self.kit.now();
        let session_id = self.kit.ids.next();
        let expires_at = now.plus_seconds(SESSION_SECONDS);
        store::add_session(tx, session_id, &digest(&token), customer.id, now, expires_at).await?;
        Ok(SignedIn { token, session_id, customer: customer.into(), expires_at })
    }

    pub(crate) fn token(&self) -> Result<String> {
        self.kit.secrets.random_token().map_err(Error::internal)
    }

    /// Counts the guess before it is looked at, so that guesses at the same moment can't exceed the limit.
    pub(crate) async fn count_guess(&self, email_key: &str) -> Result<()> {
        let now = self.kit.now();
        let since = now.plus_seconds(-GUESS_SECONDS);
        let mut tx = self.db.begin().await?;
        tx.lock("sign_in", Uuid::from_slice(&digest(email_key)[..16]).map_err(Error::internal)?).await?;
        let (count, first) = store::attempts(&mut tx, email_key, since).await?;
        if count >= GUESSES {
            let waited = first.map_or(0, |first| (now.micros() - first.micros()) / 1_000_000);
            let left = u64::try_from(GUESS_SECONDS - waited).unwrap_or(1).max(1);
            return Err(Error::Limited { retry_after_seconds: left });
        }
        store::add_attempt(&mut tx, self.kit.ids.uuid(), email_key, now).await?;
        Ok(tx.commit().await?)
    }

    pub(crate) async fn forget_guesses(&self, tx: &mut Tx, email_key: &str) -> Result<()> {
        let before = self.kit.now().plus_seconds(-GUESS_SECONDS);
        Ok(store::clear_attempts(tx, email_key, before).await?)
    }

    /// What it is now, and what it was.
    async fn put_address(
        &self,
        tx: &mut Tx,
        customer: CustomerId,
        request: PutAddressOf,
    ) -> Result<(SavedAddress, Option<SavedAddress>)> {
        let PutAddressOf { id, address, is_default } = request;
        let mut check = Check::new();
        address.check(&mut check, "address");
        check.done()?;
        let known = store::addresses(tx, customer).await?;
        let before = known.iter().find(|saved| Some(saved.id) == id).cloned();
        match id {
            Some(_) if before.is_none() => return Err(Error::not_found("address")),
            None if known.len() >= MOST_ADDRESSES => {
                let message = format!("An account keeps {MOST_ADDRESSES} addresses.");
                return Err(Error::conflict("too_many_addresses", message));
            }
            _ => {}
        }
        // The first address is the one to begin with.
        let is_default = is_default || known.is_empty();
        if is_default {
            store::no_default(tx, customer).await?;
        }
        let saved = SavedAddress { id: id.unwrap_or_else(|| self.kit.ids.next()), address, is_default };
        if !store::put_address(tx, customer, &saved).await? {
            return Err(Error::not_found("address"));
        }
        Ok((saved, before))
    }

    async fn must_find(&self, id: CustomerId) -> Result<CustomerRow> {
        let found = store::customer(&mut *self.db.read().await?, id).await?;
        found.ok_or_else(|| Error::not_found("customer"))
    }
}

/// Tokens are random: a plain hash is enough to keep them from whoever reads the database.
pub(crate) fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Addresses are compared without case.
pub(crate) fn key(email: &str) -> String {
    email.trim().to_lowercase()
}

pub(crate) fn check_email<'a>(check: &'a mut Check, email: &str) -> &'a mut Check {
    check.that(
        is_email(email.trim()),
        "email",
        "invalid",
        "Please enter a mail address like name@example.com.",
    )
}

pub(crate) fn check_name<'a>(check: &'a mut Check, name: &str) -> &'a mut Check {
    let printable = !name.chars().any(char::is_control);
    check.text(name, "name", 120).that(
        printable,
        "name",
        "invalid",
        "A name can't contain control characters.",
    )
}

pub(crate) fn wrong() -> Error {
    Error::invalid("email", "wrong_credentials", "This mail address and password don't match.")
}

#[async_trait]
impl Identity for LocalIdentity {
    async fn register(&self, _ctx: &Ctx, request: Register) -> Result<SignedIn> {
        let mut check = Check::new();
        check_name(check_email(&mut check, &request.email), &request.name);
        password::check(&mut check, &request.password, "password");
        check.done()?;
        let row = CustomerRow {
            id: self.kit.ids.next(),
            email: request.email.trim().to_owned(),
            name: request.name.trim().to_owned(),
            password_hash: self.hasher.hash(request.password).await?,
            version: 1,
            created_at: self.kit.now(),
        };
        let mut tx = self.db.begin().await?;
        store::add_customer(&mut tx, &row, &key(&request.email)).await.map_err(|error| {
            if error.is_unique("customer_email_key_key") {
                let message = "We can't make an account for this address. If you have one, sign in or reset its password.";
                return Error::conflict("cannot_register", message);
            }
            error.into()
        })?;
        tx.publish(&CustomerRegistered { customer_id: row.id }).await?;
        let signed_in = self.start_session(&mut tx, row).await?;
        tx.commit().await?;
        Ok(signed_in)
    }

    async fn sign_in(&self, _ctx: &Ctx, request: SignIn) -> Result<SignedIn> {
        let mut check = Check::new();
        check.short(&request.email, "email", 254).short(&request.password, "password", 200).done()?;
        let email_key = key(&request.email);
        self.count_guess(&email_key).await?;
        let found = store::customer_by_email(&mut *self.db.read().await?, &email_key).await?;
        let hash = found.as_ref().map(|row| row.password_hash.clone());
        let right = self.hasher.verify(request.password, hash).await?;
        let Some(row) = found.filter(|_| right) else { return Err(wrong()) };
        let mut tx = self.db.begin().await?;
        self.forget_guesses(&mut tx, &email_key).await?;
        let signed_in = self.start_session(&mut tx, row).await?;
        tx.commit().await?;
        Ok(signed_in)
    }

    async fn sign_out(&self, _ctx: &Ctx, token: &str) -> Result<()> {
        let mut tx = self.db.begin().await?;
        store::remove_session(&mut tx, &digest(token)).await?;
        Ok(tx.commit().await?)
    }

    async fn authenticate(&self, _ctx: &Ctx, token: &str) -> Result<Option<Customer>> {
        let mut reader = self.db.read().await?;
        let row = store::customer_of_session(&mut reader, &digest(token), self.kit.now()).await?;
        Ok(row.map(Into::into))
    }

    async fn me(&self, ctx: &Ctx) -> Result<Customer> {
        Ok(self.must_find(ctx.require_customer()?).await?.into())
    }

    async fn change_password(&self, ctx: &Ctx, request: ChangePassword) -> Result<SignedIn> {
        let row = self.must_find(ctx.require_customer()?).await?;
        let mut check = Check::new();
        password::check(&mut check, &request.new, "new");
        check.short(&request.current, "current", 200).done()?;
        let email_key = key(&row.email);
        self.count_guess(&email_key).await?;
        if !self.hasher.verify(request.current, Some(row.password_hash.clone())).await? {
            return Err(Error::invalid("current", "wrong_credentials", "This is not your current password."));
        }
        let hash = self.hasher.hash(request.new).await?;
        let mut tx = self.db.begin().await?;
        store::set_password(&mut tx, row.id, &hash).await?;
        store::remove_sessions(&mut tx, row.id).await?;
        self.forget_guesses(&mut tx, &email_key).await?;
        let signed_in = self.start_session(&mut tx, row).await?;
        tx.commit().await?;
        Ok(signed_in)
    }

    async fn request_reset(&self, _ctx: &Ctx, email: &str) -> Result<()> {
        check_email(&mut Check::new(), email).done()?;
        // The same work whether the address is known or not: one read, one commit, no mail in between.
        let found = store::customer_by_email(&mut *self.db.read().await?, &key(email)).await?;
        let mut tx = self.db.begin().await?;
        match found {
            Some(row) => {
                let reset_id = self.kit.ids.uuid();
                let expires_at = self.kit.now().plus_seconds(RESET_SECONDS);
                store::add_reset(&mut tx, reset_id, row.id, expires_at).await?;
                tx.publish(&PasswordResetRequested { customer_id: row.id, reset_id }).await?;
            }
            None => self.forget_guesses(&mut tx, "").await?,
        }
        Ok(tx.commit().await?)
    }

    async fn reset_password(&self, _ctx: &Ctx, request: ResetPassword) -> Result<()> {
        let mut check = Check::new();
        password::check(&mut check, &request.new, "new");
        check.done()?;
        let hash = self.hasher.hash(request.new).await?;
        let now = self.kit.now();
        let mut tx = self.db.begin().await?;
        let Some((customer,)) = store::use_reset(&mut tx, &digest(&request.token), now).await? else {
            let message = "This link has been used or is too old. Please ask for a new one.";
            return Err(Error::conflict("reset_over", message));
        };
        store::set_password(&mut tx, customer, &hash).await?;
        store::remove_sessions(&mut tx, customer).await?;
        store::end_resets(&mut tx, customer, now).await?;
        Ok(tx.commit().await?)
    }

    async fn addresses(&self, ctx: &Ctx) -> Result<Vec<SavedAddress>> {
        let customer = ctx.require_customer()?;
        Ok(store::addresses(&mut *self.db.read().await?, customer).await?)
    }

    async fn save_address(
        &self,
        ctx: &Ctx,
        id: Option<AddressId>,
        address: Address,
        default: bool,
    ) -> Result<SavedAddress> {
        let customer = ctx.require_customer()?;
        let mut tx = self.db.begin().await?;
        let request = PutAddressOf { id, address, is_default: default };
        let (saved, _) = self.put_address(&mut tx, customer, request).await?;
        tx.commit().await?;
        Ok(saved)
    }

    async fn delete_address(&self, ctx: &Ctx, id: AddressId) -> Result<()> {
        let customer = ctx.require_customer()?;
        let mut tx = self.db.begin().await?;
        if !store::remove_address(&mut tx, customer, id).await? {
            return Err(Error::not_found("address"));
        }
        Ok(tx.commit().await?)
    }

    async fn reset_letter(&self, ctx: &Ctx, reset: Uuid) -> Result<Option<ResetLetter>> {
        ctx.require(Resource::Customers.write())?;
        let token = self.token()?;
        let mut tx = self.db.begin().await?;
        let Some((customer,)) =
            store::set_reset_token(&mut tx, reset, &digest(&token), self.kit.now()).await?
        else {
            return Ok(None);
        };
        let row = store::customer(&mut tx, customer).await?.ok_or_else(|| Error::not_found("customer"))?;
        tx.commit().await?;
        Ok(Some(ResetLetter { email: row.email, name: row.name, token }))
    }

    async fn customer(&self, ctx: &Ctx, id: CustomerId) -> Result<Customer> {
        ctx.require(Resource::Customers.read())?;
        Ok(self.must_find(id).await?.into())
    }

    async fn customers(&self, ctx: &Ctx, page: &PageRequest) -> Result<Page<Customer>> {
        ctx.require(Resource::Customers.read())?;
        let before = page.after_id()?.unwrap_or_else(|| CustomerId::new(Uuid::max()));
        let limit = page.limit();
        let mut rows = store::customers(&mut *self.db.read().await?, before, i64::from(limit) + 1).await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
        Ok(Page { items: rows.into_iter().map(Into::into).collect(), next })
    }

    async fn addresses_of(&self, ctx: &Ctx, id: CustomerId) -> Result<Vec<SavedAddress>> {
        ctx.require(Resource::Customers.read())?;
        Ok(store::addresses(&mut *self.db.read().await?, id).await?)
    }

    async fn save_address_of(
        &self,
        ctx: &Ctx,
        id: CustomerId,
        request: PutAddressOf,
    ) -> Result<SavedAddress> {
        ctx.require(Resource::Customers.write())?;
        let row = self.must_find(id).await?;
        let mut tx = self.db.begin().await?;
        let (saved, before) = self.put_address(&mut tx, id, request).await?;
        let what = changes(before.as_ref().map(|before| &before.address), Some(&saved.address));
        tx.audit(ctx, Audited::new("account.address_changed", id, row.name), what).await?;
        tx.commit().await?;
        Ok(saved)
    }
}
