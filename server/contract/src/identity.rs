//! Customers, their sessions and addresses.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{AddressId, Check, Ctx, CustomerId, Event, Page, PageRequest, Result, SessionId, Timestamp};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[derive(Default)]
pub struct Address {
    /// First and last, as the person writes it.
    pub name: String,
    #[serde(default)]
    pub company: String,
    pub line1: String,
    #[serde(default)]
    pub line2: String,
    pub city: String,
    /// State, province or county, where there is one.
    #[serde(default)]
    pub region: String,
    #[serde(default)]
    pub postal_code: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    #[serde(default)]
    pub phone: String,
}

impl Address {
    /// Adds what is wrong to `check`; `at` is the path to this address.
    pub fn check(&self, check: &mut Check, at: &str) {
        let field = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
        check
            .text(&self.name, &field("name"), 120)
            .short(&self.company, &field("company"), 120)
            .text(&self.line1, &field("line1"), 200)
            .short(&self.line2, &field("line2"), 200)
            .text(&self.city, &field("city"), 120)
            .short(&self.region, &field("region"), 120)
            .short(&self.postal_code, &field("postal_code"), 20)
            .short(&self.phone, &field("phone"), 40)
            .that(
                self.country.len() == 2 && self.country.bytes().all(|byte| byte.is_ascii_uppercase()),
                &field("country"),
                "invalid",
                "Please choose a country.",
            );
        let texts = [&self.name, &self.company, &self.line1, &self.line2, &self.city, &self.region];
        check.that(
            texts.iter().all(|text| !text.chars().any(char::is_control)),
            &field("line1"),
            "invalid",
            "An address can't contain control characters.",
        );
    }
}

/// Whether it could be a mail address: one `@`, a dot behind it, no blanks or controls, at most 254 bytes.
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>()[],;:\\\"@".contains(c);
    !local.is_empty()
        && text.len() <= 254
        && domain.contains('.')
        && domain.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        })
        && local.chars().all(plain)
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Customer {
    pub id: CustomerId,
    /// In the case it was given; compared without case.
    pub email: String,
    pub name: String,
    pub version: i64,
    pub created_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SavedAddress {
    pub id: AddressId,
    pub address: Address,
    pub is_default: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Register {
    pub email: String,
    /// 8 to 200 characters.
    pub password: String,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    pub email: String,
    pub password: String,
}

/// A fresh session; the token is shown once and stored only as a hash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedIn {
    pub token: String,
    pub session_id: SessionId,
    pub customer: Customer,
    pub expires_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    pub current: String,
    pub new: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ResetPassword {
    pub token: String,
    pub new: String,
}

/// Where a reset mail goes and what it carries.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ResetLetter {
    pub email: String,
    pub name: String,
    pub token: String,
}

/// Staff change an address of an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PutAddressOf {
    /// None: a new one.
    #[serde(default)]
    pub id: Option<AddressId>,
    pub address: Address,
    /// Offered first at checkout.
    #[serde(default)]
    pub is_default: bool,
}

#[async_trait]
pub trait Identity: Send + Sync {
    /// `Conflict email_taken` never shows: an address that exists answers as `Conflict cannot_register`
    /// with the way to sign in or reset.
    async fn register(&self, ctx: &Ctx, request: Register) -> Result<SignedIn>;
    /// Same answer and time whether the address or the password is wrong; `Limited` after 10 tries in 15 minutes.
    async fn sign_in(&self, ctx: &Ctx, request: SignIn) -> Result<SignedIn>;
    async fn sign_out(&self, ctx: &Ctx, token: &str) -> Result<()>;
    /// Who a session token speaks for; none when it is unknown or over.
    async fn authenticate(&self, ctx: &Ctx, token: &str) -> Result<Option<Customer>>;

    async fn me(&self, ctx: &Ctx) -> Result<Customer>;
    async fn change_password(&self, ctx: &Ctx, request: ChangePassword) -> Result<SignedIn>;
    /// Answers the same whether the address is known or not.
    async fn request_reset(&self, ctx: &Ctx, email: &str) -> Result<()>;
    /// Ends every session of the customer.
    async fn reset_password(&self, ctx: &Ctx, request: ResetPassword) -> Result<()>;
    async fn addresses(&self, ctx: &Ctx) -> Result<Vec<SavedAddress>>;
    /// Creates where `id` is none.
    async fn save_address(
        &self,
        ctx: &Ctx,
        id: Option<AddressId>,
        address: Address,
        default: bool,
    ) -> Result<SavedAddress>;
    async fn delete_address(&self, ctx: &Ctx, id: AddressId) -> Result<()>;

    /// For messaging: makes the token at the moment it is mailed; none when the request is over.
    async fn reset_letter(&self, ctx: &Ctx, reset: Uuid) -> Result<Option<ResetLetter>>;
    async fn customer(&self, ctx: &Ctx, id: CustomerId) -> Result<Customer>;

    // Staff
    /// Everybody with an account, newest first.
    async fn customers(&self, ctx: &Ctx, page: &PageRequest) -> Result<Page<Customer>>;
    async fn addresses_of(&self, ctx: &Ctx, id: CustomerId) -> Result<Vec<SavedAddress>>;
    /// As [`save_address`](Self::save_address), for a customer who asked for it.
    async fn save_address_of(&self, ctx: &Ctx, id: CustomerId, request: PutAddressOf)
    -> Result<SavedAddress>;
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CustomerRegistered {
    pub customer_id: CustomerId,
}

impl Event for CustomerRegistered {
    const KIND: &'static str = "identity.customer_registered";
    fn key(&self) -> Uuid {
        self.customer_id.uuid()
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PasswordResetRequested {
    pub customer_id: CustomerId,
    pub reset_id: Uuid,
}

impl Event for PasswordResetRequested {
    const KIND: &'static str = "identity.password_reset_requested";
    fn key(&self) -> Uuid {
        self.customer_id.uuid()
    }
}
