//! Ways of delivery and what they cost.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{Cart, Change, Ctx, Money, Result, ShippingMethodId};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShippingOption {
    pub id: ShippingMethodId,
    pub name: String,
    pub description: String,
    pub price: Money,
    pub days_min: u32,
    pub days_max: u32,
}

/// A row of a rate table: the first whose limits hold gives the price.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ShippingRate {
    /// The goods' sum after discounts must reach this.
    #[serde(default)]
    pub subtotal_from: Option<Money>,
    /// Grams, inclusive; none: any weight.
    #[serde(default)]
    pub weight_to_grams: Option<i64>,
    pub price: Money,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ShippingMethodInput {
    /// Names the method.
    pub name: String,
    #[serde(default)]
    pub description: String,
    /// ISO 3166-1 alpha-2; empty: everywhere.
    #[serde(default)]
    pub countries: Vec<String>,
    pub rates: Vec<ShippingRate>,
    pub days_min: u32,
    pub days_max: u32,
    #[serde(default)]
    pub position: i64,
}

/// A method as staff see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShippingMethod {
    pub id: ShippingMethodId,
    pub version: i64,
    pub input: ShippingMethodInput,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Country {
    /// ISO 3166-1 alpha-2.
    pub code: String,
    pub name: String,
}

#[async_trait]
pub trait Shipping: Send + Sync {
    /// For the cart's address and weight; `country` stands in until there is an address.
    async fn options(
        &self,
        ctx: &Ctx,
        cart_token: &str,
        country: Option<&str>,
    ) -> Result<Vec<ShippingOption>>;
    /// Prices the method for the cart and puts it there.
    async fn select(&self, ctx: &Ctx, cart_token: &str, method: ShippingMethodId) -> Result<Cart>;
    /// Prices the cart's choice again and puts it right; `Conflict delivery_gone` when it no longer serves.
    async fn refresh(&self, ctx: &Ctx, cart_token: &str) -> Result<Cart>;
    /// Where something is delivered to, by name.
    async fn countries(&self, ctx: &Ctx) -> Result<Vec<Country>>;

    // Staff
    /// In the order in which shoppers see them.
    async fn methods(&self, ctx: &Ctx) -> Result<Vec<ShippingMethod>>;
    /// By its name: created where new.
    async fn put_method(&self, ctx: &Ctx, method: ShippingMethodInput) -> Result<Change>;
    /// None: a new one. `Conflict`: `name_taken`, `stale_version`.
    async fn write_method(
        &self,
        ctx: &Ctx,
        id: Option<ShippingMethodId>,
        method: ShippingMethodInput,
        if_version: Option<i64>,
    ) -> Result<ShippingMethod>;
    /// Carts that chose it are asked to choose again; orders keep what they were promised.
    async fn remove_method(&self, ctx: &Ctx, id: ShippingMethodId, if_version: Option<i64>) -> Result<()>;
}
