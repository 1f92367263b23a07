//! Typed ids: a UUIDv7 that knows what it names, so that a cart id can't be passed for an order id.

use std::{cmp::Ordering, fmt, hash, marker::PhantomData, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// An identifier of one kind of thing. `K` is only a marker.
pub struct Id<K>(Uuid, PhantomData<fn() -> K>);

impl<K> Id<K> {
    pub const fn new(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> hash::Hash for Id<K> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
impl<K> From<Uuid> for Id<K> {
    fn from(uuid: Uuid) -> Self {
        Self::new(uuid)
    }
}
impl<K> From<Id<K>> for Uuid {
    fn from(id: Id<K>) -> Self {
        id.0
    }
}
impl<K> FromStr for Id<K> {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text).map(Self::new)
    }
}
impl<K> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
impl<'de, K> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Uuid::deserialize(deserializer).map(Self::new)
    }
}

#[cfg(feature = "openapi")]
mod openapi {
    use super::Id;
    use utoipa::openapi::{
        RefOr,
        schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type},
    };

    impl<K> utoipa::PartialSchema for Id<K> {
        fn schema() -> RefOr<Schema> {
            ObjectBuilder::new()
                .schema_type(Type::String)
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
                .into()
        }
    }
    impl<K> utoipa::ToSchema for Id<K> {
        fn name() -> std::borrow::Cow<'static, str> {
            "Id".into()
        }
    }
}

/// The markers. They have no values; they only name what an [`Id`] points at.
pub mod kind {
    macro_rules! kinds {
        ($($name:ident),* $(,)?) => { $(#[derive(Debug)] pub enum $name {})* };
    }
    kinds!(
        Product,
        Variant,
        Collection,
        Media,
        Customer,
        Address,
        Session,
        Staff,
        ApiToken,
        Location,
        Reservation,
        Movement,
        Cart,
        CartLine,
        Promotion,
        ShippingMethod,
        Payment,
        LedgerEntry,
        Order,
        OrderLine,
        Checkout,
        Mail,
        Event,
        Role,
        Audit,
        Fulfillment,
        Refund,
        Capture,
        Document,
        BulkRun,
        BulkPlan,
        Draft,
        SavedView,
        Supply,
        StockCount,
        Profile,
        ProfileEntry,
        ProfileMerge,
        Segment,
        Import,
        Attribute,
        AttributeGroup,
        ProductTemplate,
        StockSource,
        StockRun,
        TaxClass,
        TaxZone,
        PaymentNotice,
        PaymentBreak,
        Reconciliation,
        Return,
        ReturnReceipt,
    );
}

pub type ProductId = Id<kind::Product>;
pub type VariantId = Id<kind::Variant>;
pub type CollectionId = Id<kind::Collection>;
pub type MediaId = Id<kind::Media>;
pub type CustomerId = Id<kind::Customer>;
pub type AddressId = Id<kind::Address>;
pub type SessionId = Id<kind::Session>;
pub type StaffId = Id<kind::Staff>;
pub type ApiTokenId = Id<kind::ApiToken>;
pub type LocationId = Id<kind::Location>;
pub type ReservationId = Id<kind::Reservation>;
pub type MovementId = Id<kind::Movement>;
pub type CartId = Id<kind::Cart>;
pub type CartLineId = Id<kind::CartLine>;
pub type PromotionId = Id<kind::Promotion>;
pub type ShippingMethodId = Id<kind::ShippingMethod>;
pub type PaymentId = Id<kind::Payment>;
pub type PaymentNoticeId = Id<kind::PaymentNotice>;
pub type PaymentBreakId = Id<kind::PaymentBreak>;
pub type ReconciliationId = Id<kind::Reconciliation>;
pub type LedgerEntryId = Id<kind::LedgerEntry>;
pub type OrderId = Id<kind::Order>;
pub type OrderLineId = Id<kind::OrderLine>;
pub type CheckoutId = Id<kind::Checkout>;
pub type MailId = Id<kind::Mail>;
pub type EventId = Id<kind::Event>;
pub type RoleId = Id<kind::Role>;
pub type AuditId = Id<kind::Audit>;
pub type FulfillmentId = Id<kind::Fulfillment>;
pub type RefundId = Id<kind::Refund>;
pub type ReturnId = Id<kind::Return>;
pub type ReturnReceiptId = Id<kind::ReturnReceipt>;
pub type CaptureId = Id<kind::Capture>;
pub type DocumentId = Id<kind::Document>;
pub type BulkRunId = Id<kind::BulkRun>;
pub type BulkPlanId = Id<kind::BulkPlan>;
pub type DraftId = Id<kind::Draft>;
pub type SavedViewId = Id<kind::SavedView>;
pub type SupplyId = Id<kind::Supply>;
pub type StockCountId = Id<kind::StockCount>;
pub type ProfileId = Id<kind::Profile>;
pub type ProfileEntryId = Id<kind::ProfileEntry>;
pub type ProfileMergeId = Id<kind::ProfileMerge>;
pub type SegmentId = Id<kind::Segment>;
pub type ImportId = Id<kind::Import>;
pub type AttributeId = Id<kind::Attribute>;
pub type AttributeGroupId = Id<kind::AttributeGroup>;
pub type ProductTemplateId = Id<kind::ProductTemplate>;
pub type StockSourceId = Id<kind::StockSource>;
pub type StockRunId = Id<kind::StockRun>;
pub type TaxClassId = Id<kind::TaxClass>;
pub type TaxZoneId = Id<kind::TaxZone>;
