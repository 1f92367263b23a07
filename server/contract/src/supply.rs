//! Pieces on their way to a location: from another one (a transfer), or from a supplier (a purchase order).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{LocationId, Money, SupplyId, Timestamp, VariantId};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SupplyKind {
    Transfer,
    Purchase,
}

/// A transfer goes `draft → ready → in_transit → partially_received → received`; a purchase order
/// `draft → ordered → partially_received → received → closed`, or is closed when no more of it comes. Until pieces are on
/// their way either may be `cancelled`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SupplyState {
    Draft,
    /// Packed.
    Ready,
    /// Its pieces have left the location that they came from.
    InTransit,
    Ordered,
    PartiallyReceived,
    Received,
    Closed,
    Cancelled,
}

impl SupplyState {
    /// Pieces are expected.
    pub fn is_coming(self) -> bool {
        matches!(self, Self::InTransit | Self::Ordered | Self::PartiallyReceived)
    }

    /// What it may become by itself; receiving does the rest.
    pub fn next(self, kind: SupplyKind) -> &'static [Self] {
        match (kind, self) {
            (SupplyKind::Transfer, Self::Draft) => &[Self::Ready, Self::Cancelled],
            (SupplyKind::Transfer, Self::Ready) => &[Self::InTransit, Self::Draft, Self::Cancelled],
            (SupplyKind::Purchase, Self::Draft) => &[Self::Ordered, Self::Cancelled],
            (SupplyKind::Purchase, Self::Ordered) => &[Self::Cancelled],
            (SupplyKind::Purchase, Self::PartiallyReceived | Self::Received) => &[Self::Closed],
            _ => &[],
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SupplyLineInput {
    pub variant_id: VariantId,
    /// Pieces, from 1.
    pub quantity: i64,
    /// Of one piece, in the shop's currency. Of purchase orders only.
    #[serde(default)]
    pub cost: Option<Money>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SupplyInput {
    /// It stays what it was made as.
    pub kind: SupplyKind,
    /// Of a transfer: where its pieces come from.
    #[serde(default)]
    pub from_id: Option<LocationId>,
    pub to_id: LocationId,
    /// Of a purchase order: whom it is sent to, up to 100 characters.
    #[serde(default)]
    pub supplier: String,
    #[serde(default)]
    pub expected_on: Option<NaiveDate>,
    /// Up to 500 characters.
    #[serde(default)]
    pub note: String,
    /// 1 to 1,000, each variant once.
    pub lines: Vec<SupplyLineInput>,
}

/// What was sent or ordered of a variant, and what came of it. Never more comes than was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SupplyLine {
    pub variant_id: VariantId,
    pub quantity: i64,
    /// Fit to be sold.
    pub received: i64,
    pub damaged: i64,
    /// They will not come.
    pub lost: i64,
    /// Of one piece.
    pub cost: Option<Money>,
}

impl SupplyLine {
    /// Pieces that may still come.
    pub fn open(&self) -> i64 {
        self.quantity - self.received - self.damaged - self.lost
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Supply {
    pub id: SupplyId,
    pub kind: SupplyKind,
    /// From 1, each kind by itself.
    pub number: i64,
    pub state: SupplyState,
    pub from_id: Option<LocationId>,
    pub to_id: LocationId,
    pub supplier: String,
    pub expected_on: Option<NaiveDate>,
    pub note: String,
    pub lines: Vec<SupplyLine>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub version: i64,
}

impl Supply {
    /// `Transfer 7`
    pub fn name(&self) -> String {
        supply_name(self.kind, self.number)
    }
}

/// As people call it.
pub fn supply_name(kind: SupplyKind, number: i64) -> String {
    match kind {
        SupplyKind::Transfer => format!("Transfer {number}"),
        SupplyKind::Purchase => format!("Purchase order {number}"),
    }
}

/// A supply as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SupplySummary {
    pub id: SupplyId,
    pub kind: SupplyKind,
    pub number: i64,
    pub state: SupplyState,
    pub from_id: Option<LocationId>,
    pub to_id: LocationId,
    pub supplier: String,
    pub expected_on: Option<NaiveDate>,
    /// Pieces that were sent or ordered.
    pub pieces: i64,
    /// Of them those that came, or will not come.
    pub done: i64,
    pub updated_at: Timestamp,
}

/// Which supplies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupplyQuery {
    #[serde(default)]
    pub kind: Option<SupplyKind>,
    /// Only those that are neither done nor cancelled.
    #[serde(default)]
    pub open: bool,
    #[serde(default)]
    pub after: Option<String>,
    #[serde(default)]
    pub limit: Option<u32>,
}

/// Pieces that came, or will not come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReceiveLine {
    pub variant_id: VariantId,
    /// Fit to be sold.
    #[serde(default)]
    pub received: i64,
    #[serde(default)]
    pub damaged: i64,
    #[serde(default)]
    pub lost: i64,
}
