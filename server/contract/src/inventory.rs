//! Stock: levels, the ledger that they are the fold of, and reservations.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Ctx, Difference, Event, LocationId, MovementId, OrderId, Page, PageRequest, ReservationId, Result,
    ReturnId, ReturnedStock, Timestamp, VariantId,
};

/// What a shopper is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[derive(PartialOrd, Ord)]
pub enum Availability {
    SoldOut,
    /// Nothing on hand, but it may be ordered.
    Backorder,
    /// So few left that it is worth saying.
    Low,
    InStock,
}

impl Availability {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SoldOut => "sold_out",
            Self::Backorder => "backorder",
            Self::Low => "low",
            Self::InStock => "in_stock",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::SoldOut, Self::Backorder, Self::Low, Self::InStock]
            .into_iter()
            .find(|availability| availability.as_str() == text)
    }

    pub fn is_buyable(self) -> bool {
        self != Self::SoldOut
    }
}

/// What happens when nothing is left: Shopify's `deny` and `continue`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[derive(Default)]
pub enum StockPolicy {
    #[default]
    Deny,
    Continue,
}

impl StockPolicy {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deny => "deny",
            Self::Continue => "continue",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Deny, Self::Continue].into_iter().find(|policy| policy.as_str() == text)
    }
}

/// Stock of one variant over all locations, in pieces.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StockLevel {
    pub variant_id: VariantId,
    /// False: never runs out (services, downloads); the numbers mean nothing.
    pub tracked: bool,
    pub policy: StockPolicy,
    pub on_hand: i64,
    /// Held by checkouts that are under way.
    pub reserved: i64,
    /// Promised to placed orders, not shipped yet.
    pub allocated: i64,
    /// `on_hand - reserved - allocated`.
    pub available: i64,
    /// There, but not fit to be sold; not part of `on_hand`.
    #[serde(default)]
    pub damaged: i64,
    pub availability: Availability,
    pub version: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetStock {
    pub variant_id: VariantId,
    /// Where; not given: `on_hand` is the sum over all places, and the preferred one takes the difference.
    #[serde(default)]
    pub location_id: Option<LocationId>,
    /// The absolute number on the shelf.
    pub on_hand: i64,
    #[serde(default = "tracked")]
    pub tracked: bool,
    #[serde(default)]
    pub policy: StockPolicy,
    #[serde(default)]
    pub if_version: Option<i64>,
}

fn tracked() -> bool {
    true
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AdjustStock {
    pub variant_id: VariantId,
    /// The preferred one where not given.
    #[serde(default)]
    pub location_id: Option<LocationId>,
    /// Pieces more or, negative, fewer.
    pub delta: i64,
    pub reason: String,
    #[serde(default)]
    pub if_version: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReserveLine {
    pub variant_id: VariantId,
    pub quantity: i64,
}

/// All lines or none. The same id again finds its own work.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reserve {
    pub reservation_id: ReservationId,
    pub lines: Vec<ReserveLine>,
    /// From then on a job frees it, unless committed.
    pub expires_at: Timestamp,
}

/// A reservation as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reservation {
    pub id: ReservationId,
    pub state: ReservationState,
    /// Whom it was committed to, if ever.
    pub order_id: Option<OrderId>,
    /// What was tracked when it was made, by variant; nothing else needs to be held.
    pub lines: Vec<ReserveLine>,
    /// Of these lines, what has left the shelf.
    pub shipped: Vec<ReserveLine>,
    /// Of these lines, what was refunded before it left.
    pub released: Vec<ReserveLine>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReservationState {
    Active,
    Committed,
    Released,
    Expired,
}

impl ReservationState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Committed => "committed",
            Self::Released => "released",
            Self::Expired => "expired",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Committed, Self::Released, Self::Expired]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// A row of the ledger: pieces on hand, reserved or allocated, more or fewer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Movement {
    pub id: MovementId,
    pub variant_id: VariantId,
    pub location_id: LocationId,
    /// `received`, `adjusted`, `reserved`, `released`, `expired`, `allocated`, `shipped`, `returned`,
    /// `written_off`, `damaged`, `restored`, `synced`, `sent`, `counted`.
    pub kind: String,
    pub on_hand_delta: i64,
    pub reserved_delta: i64,
    pub allocated_delta: i64,
    #[serde(default)]
    pub damaged_delta: i64,
    pub reason: String,
    /// `system`, `staff:…`, `guest` or `customer:…`.
    pub actor: String,
    pub at: Timestamp,
}

#[async_trait]
pub trait Inventory: Send + Sync {
    /// A variant without a level counts as untracked.
    async fn levels(&self, ctx: &Ctx, variants: &[VariantId]) -> Result<Vec<StockLevel>>;

    /// `Conflict out_of_stock` when a line can't be had; then nothing is held.
    async fn reserve(&self, ctx: &Ctx, request: Reserve) -> Result<()>;
    /// No effect once released, expired or committed.
    async fn release(&self, ctx: &Ctx, id: ReservationId) -> Result<()>;
    /// Reserved becomes allocated. `Conflict reservation_gone` when it expired and can't be had again.
    async fn commit(&self, ctx: &Ctx, id: ReservationId, order: OrderId) -> Result<()>;
    /// Gives an order's allocation back: it was cancelled before shipping.
    async fn deallocate(&self, ctx: &Ctx, id: ReservationId, order: OrderId) -> Result<()>;

    // For whoever audits what is held for whom
    /// Unknown ids are left out.
    async fn reservations(&self, ctx: &Ctx, ids: &[ReservationId]) -> Result<Vec<Reservation>>;
    /// Those that are committed, by id, after the given one.
    async fn allocations(
        &self,
        ctx: &Ctx,
        after: Option<ReservationId>,
        limit: u32,
    ) -> Result<Vec<Reservation>>;
    /// What the ledger says of these returns; those of which nothing was counted are left out.
    async fn returned(&self, ctx: &Ctx, returns: &[ReturnId]) -> Result<Vec<ReturnedStock>>;

    // Staff
    async fn set_stock(&self, ctx: &Ctx, items: Vec<SetStock>, reason: &str) -> Result<Vec<StockLevel>>;
    async fn adjust(&self, ctx: &Ctx, request: AdjustStock) -> Result<StockLevel>;
    /// What is sold out or low, fewest pieces first; tracked levels only.
    async fn running_out(&self, ctx: &Ctx, limit: u32) -> Result<Vec<StockLevel>>;
    async fn movements(&self, ctx: &Ctx, variant: VariantId, page: &PageRequest) -> Result<Page<Movement>>;
    /// Recomputes every level from the ledger and every reservation from its lines.
    async fn verify(&self, ctx: &Ctx) -> Result<Vec<Difference>>;
}

/// The word for shoppers changed, not merely the number.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AvailabilityChanged {
    pub variant_id: VariantId,
    pub availability: Availability,
    /// Grows per variant: an older one that arrives late changes nothing.
    pub version: i64,
}

impl Event for AvailabilityChanged {
    const KIND: &'static str = "inventory.availability_changed";
    fn key(&self) -> Uuid {
        self.variant_id.uuid()
    }
}
