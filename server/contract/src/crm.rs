//! Customers as the merchant knows them: people with an account and guests who ordered, one profile per mail address.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{
    Address, Ctx, CustomerId, Difference, MailId, Money, OrderId, Page, PageRequest, ProfileEntryId,
    ProfileId, ProfileMergeId, PutAddressOf, Result, SavedAddress, Segment, SegmentCount, SegmentId,
    SegmentInput, StaffId, Timestamp,
};

/// Whether a person wants marketing mail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// Never asked: that is a no.
    #[default]
    Unknown,
    Granted,
    Withdrawn,
}

impl Consent {
    pub const ALL: [Self; 3] = [Self::Unknown, Self::Granted, Self::Withdrawn];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Granted => "granted",
            Self::Withdrawn => "withdrawn",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CustomerSort {
    /// The latest first; who never ordered comes last.
    #[default]
    LastOrder,
    /// The most first.
    Spent,
    /// By the alphabet; who has no name, by mail address.
    Name,
}

impl CustomerSort {
    pub const ALL: [Self; 3] = [Self::LastOrder, Self::Spent, Self::Name];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::LastOrder => "last_order",
            Self::Spent => "spent",
            Self::Name => "name",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomerSummary {
    pub id: ProfileId,
    /// As it was written.
    pub email: String,
    /// May be empty.
    pub name: String,
    /// May be empty.
    pub phone: String,
    /// ISO 3166-1 alpha-2, of the latest order; empty before the first.
    pub country: String,
    pub has_account: bool,
    pub consent: Consent,
    /// In their order.
    pub tags: Vec<String>,
    /// Orders that stand.
    pub orders: i64,
    /// What was paid for them in the shop's currency, less what went back.
    pub spent: Money,
    pub first_order_at: Option<Timestamp>,
    pub last_order_at: Option<Timestamp>,
    /// Of what staff change; figures don't count.
    pub version: i64,
}

/// All conditions hold together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(default)]
pub struct CustomerQuery {
    /// How the mail address, a word of the name, or the phone number begins. Of more than 2,000 that fit, some 2,000
    /// are found.
    pub text: Option<String>,
    pub has_account: Option<bool>,
    /// Letters' case does not matter.
    pub tag: Option<String>,
    pub consent: Option<Consent>,
    pub orders_at_least: Option<i64>,
    /// Minor units of the shop's currency.
    pub spent_at_least: Option<i64>,
    /// No order that stands from then on, or never one.
    pub no_order_since: Option<Timestamp>,
    /// As a segment has it: `orders >= 2 and not tag = "vip"`.
    pub rule: Option<String>,
    pub sort: Option<CustomerSort>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// 1 to 100; 24 where not given.
    pub limit: Option<u32>,
}

impl CustomerQuery {
    pub fn page(&self) -> PageRequest {
        PageRequest { after: self.after.clone(), limit: self.limit }
    }
}

/// Everything about one person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomerProfile {
    pub person: CustomerSummary,
    /// More than one after profiles were merged.
    pub emails: Vec<String>,
    pub accounts: Vec<CustomerAccount>,
    /// Where the latest order went.
    pub last_address: Option<Address>,
    /// The customer said no in person: staff can't say yes for them.
    pub refused_in_person: bool,
    /// What was merged into this one, newest first.
    pub merges: Vec<CustomerMerge>,
    pub created_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomerAccount {
    pub id: CustomerId,
    pub email: String,
    pub registered_at: Timestamp,
    pub addresses: Vec<SavedAddress>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomerMerge {
    pub id: ProfileMergeId,
    /// The profile that went into this one.
    pub merged: ProfileId,
    pub email: String,
    pub at: Timestamp,
    pub staff_id: Option<StaffId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TimelineKind {
    /// Staff made the profile.
    Created,
    /// The person made an account.
    Registered,
    OrderPlaced,
    OrderPaid,
    OrderShipped,
    OrderRefunded,
    OrderCancelled,
    MailSent,
    Note,
    /// `text` are the tags since.
    Tagged,
    /// `consent` since, and in `text` how it was given.
    Consent,
    /// `text` says what became what.
    Edited,
    AddressChanged,
    /// `other` was merged into this one.
    Merged,
    /// `other` is on its own again.
    Unmerged,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TimelineEntry {
    pub id: ProfileEntryId,
    pub at: Timestamp,
    pub kind: TimelineKind,
    pub order_id: Option<OrderId>,
    /// `1001`
    pub order_number: Option<i64>,
    /// The order's total, or what went back.
    pub amount: Option<Money>,
    pub mail_id: Option<MailId>,
    /// Who did it; none where it wasn't staff.
    pub staff_id: Option<StaffId>,
    pub consent: Option<Consent>,
    pub other: Option<ProfileId>,
    /// A note, a mail's kind, a parcel's number.
    pub text: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewCustomer {
    pub email: String,
    /// Up to 120 characters.
    #[serde(default)]
    pub name: String,
    /// Up to 40 characters.
    #[serde(default)]
    pub phone: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EditCustomer {
    /// Up to 120 characters. What staff write stays, whatever later orders say.
    pub name: String,
    /// Up to 40 characters.
    pub phone: String,
}

/// What a customer told staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetConsent {
    pub granted: bool,
    /// How it was given, for the log: `on the phone`. Up to 200 characters.
    pub how: String,
}

/// Which of two stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Pick {
    /// That of the profile that is kept.
    #[default]
    Kept,
    /// That of the other.
    Merged,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MergeCustomers {
    /// Its id stays.
    pub keep: ProfileId,
    /// Its id leads to the other from now on.
    pub merge: ProfileId,
    #[serde(default)]
    pub email: Pick,
    #[serde(default)]
    pub name: Pick,
    #[serde(default)]
    pub phone: Pick,
}

/// Two profiles that may be one person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Duplicate {
    pub one: CustomerSummary,
    pub other: CustomerSummary,
    pub same_phone: bool,
    pub same_name_and_postcode: bool,
}

/// Two profiles that are two people: they are not suggested again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NotTheSame {
    pub one: ProfileId,
    pub other: ProfileId,
}

#[async_trait]
pub trait Crm: Send + Sync {
    // Staff
    async fn customers(&self, ctx: &Ctx, query: &CustomerQuery) -> Result<Page<CustomerSummary>>;
    /// The same as CSV, up to 100,000 rows; `after` and `limit` don't count.
    async fn export_customers(&self, ctx: &Ctx, query: &CustomerQuery) -> Result<String>;
    /// The id of a merged profile leads to the one that it is a part of.
    async fn customer(&self, ctx: &Ctx, id: ProfileId) -> Result<CustomerProfile>;
    /// Who placed it; none before the news of it have come.
    async fn customer_of_order(&self, ctx: &Ctx, id: OrderId) -> Result<Option<ProfileId>>;
    /// Newest first.
    async fn timeline(&self, ctx: &Ctx, id: ProfileId, page: &PageRequest) -> Result<Page<TimelineEntry>>;
    /// `Conflict email_known` where there is a profile of that address.
    async fn create_customer(&self, ctx: &Ctx, request: NewCustomer) -> Result<CustomerProfile>;
    async fn edit_customer(
        &self,
        ctx: &Ctx,
        id: ProfileId,
        request: EditCustomer,
        if_version: Option<i64>,
    ) -> Result<CustomerProfile>;
    /// Up to 20 of up to 40 characters each; letters' case does not tell two apart.
    async fn tag_customer(
        &self,
        ctx: &Ctx,
        id: ProfileId,
        tags: Vec<String>,
        if_version: Option<i64>,
    ) -> Result<CustomerProfile>;
    /// For colleagues. Up to 2,000 characters.
    async fn note_customer(&self, ctx: &Ctx, id: ProfileId, text: &str) -> Result<()>;
    /// `Conflict own_choice` where the customer has said no in person since.
    async fn set_consent(
        &self,
        ctx: &Ctx,
        id: ProfileId,
        request: SetConsent,
        if_version: Option<i64>,
    ) -> Result<CustomerProfile>;
    /// Of one of the profile's accounts.
    async fn save_customer_address(
        &self,
        ctx: &Ctx,
        id: ProfileId,
        account: CustomerId,
        request: PutAddressOf,
    ) -> Result<CustomerProfile>;

    /// Makes two profiles one. Both keep their orders, notes, tags and mails; a no of either to marketing mail stands.
    /// `Conflict same_customer` where they are one already.
    async fn merge_customers(
        &self,
        ctx: &Ctx,
        request: MergeCustomers,
        if_version: Option<i64>,
    ) -> Result<CustomerProfile>;
    /// Orders and mails go back by their address, and so does what was picked, unless it was changed since. What was
    /// written since the merge stays with the profile that was kept; a no to marketing mail stands for both.
    /// `Conflict merged_on` where that one was merged into another since.
    async fn undo_merge(&self, ctx: &Ctx, id: ProfileMergeId) -> Result<CustomerProfile>;
    /// The same phone number, or the same name and postcode.
    async fn duplicates(&self, ctx: &Ctx, page: &PageRequest) -> Result<Page<Duplicate>>;
    async fn not_the_same(&self, ctx: &Ctx, request: NotTheSame) -> Result<()>;

    /// By name.
    async fn segments(&self, ctx: &Ctx) -> Result<Vec<Segment>>;
    /// Creates where `id` is none. A rule that can't be read is `Invalid` and names the character.
    async fn put_segment(
        &self,
        ctx: &Ctx,
        id: Option<SegmentId>,
        request: SegmentInput,
        if_version: Option<i64>,
    ) -> Result<Segment>;
    async fn remove_segment(&self, ctx: &Ctx, id: SegmentId) -> Result<()>;
    /// How many fit a rule now.
    async fn count_segment(&self, ctx: &Ctx, rule: &str) -> Result<SegmentCount>;

    // The customer
    async fn own_consent(&self, ctx: &Ctx) -> Result<Consent>;
    /// Stands, whatever staff recorded before.
    async fn set_own_consent(&self, ctx: &Ctx, granted: bool) -> Result<Consent>;

    /// Figures against the orders' books.
    async fn verify(&self, ctx: &Ctx) -> Result<Vec<Difference>>;
}
