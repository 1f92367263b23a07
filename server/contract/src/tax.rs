//! Taxes: what is taken of which goods, where.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{Ctx, Money, Result, TaxClassId, TaxZoneId};

/// Millionths in a whole: the rates' unit.
pub const WHOLE: u32 = 1_000_000;

/// One tax, such as VAT of 19 %.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
// In the browser it is only ever read from answers, and the shop's bytes are counted.
#[cfg_attr(not(target_arch = "wasm32"), serde(deny_unknown_fields))]
pub struct TaxRate {
    /// As it stands on papers: "VAT".
    pub name: String,
    /// 190,000 is 19 %.
    pub millionths: u32,
    /// Taken on the price with the taxes before it, and not on the price alone.
    #[serde(default)]
    pub compound: bool,
}

impl TaxRate {
    pub fn new(name: &str, millionths: u32) -> Self {
        Self { name: name.to_owned(), millionths, compound: false }
    }
}

/// `19 %`, `9.975 %`.
pub fn percent(millionths: u32) -> String {
    let (whole, rest) = (millionths / 10_000, millionths % 10_000);
    let decimals = format!("{rest:04}");
    match decimals.trim_end_matches('0') {
        "" => format!("{whole} %"),
        decimals => format!("{whole}.{decimals} %"),
    }
}

/// Of what the tax is rounded. Each rate by itself where prices come without tax.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TaxLevel {
    /// Each piece, times their number.
    Unit,
    #[default]
    Line,
    /// The sum of all that is taxed alike, spread over its lines.
    Total,
}

/// What becomes of half a minor unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TaxRounding {
    #[default]
    HalfUp,
    /// To the even neighbour.
    HalfEven,
}

/// Why no tax is taken at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TaxExemption {
    /// No zone has the address: an export.
    Export,
}

impl TaxExemption {
    /// As it stands on papers.
    pub fn words(self) -> &'static str {
        match self {
            Self::Export => "No tax: delivered to where none is charged (export).",
        }
    }
}

/// How a cart is taxed, where it goes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaxRule {
    /// Prices contain it already.
    pub inclusive: bool,
    #[serde(default)]
    pub level: TaxLevel,
    #[serde(default)]
    pub rounding: TaxRounding,
    /// Each kind of goods has some; a line names its kind by the place in this list.
    #[serde(default)]
    pub rates: Vec<Vec<TaxRate>>,
    /// Which of them delivery has; none: as the goods, in proportion.
    #[serde(default)]
    pub shipping: Option<u32>,
    #[serde(default)]
    #[cfg_attr(target_arch = "wasm32", serde(skip_deserializing))]
    pub exempt: Option<TaxExemption>,
}

impl TaxRule {
    /// One rate for everything, rounded half up line by line.
    pub fn flat(millionths: u32, inclusive: bool) -> Self {
        Self {
            inclusive,
            rates: vec![vec![TaxRate::new("VAT", millionths)]],
            shipping: Some(0),
            ..Self::default()
        }
    }
}

/// A tax that was taken: of a line, or of delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaxShare {
    pub name: String,
    /// 190,000 is 19 %.
    pub millionths: u32,
    /// What it is taken on, without it.
    pub base: Money,
    pub tax: Money,
}

#[cfg(not(target_arch = "wasm32"))]
impl TaxShare {
    /// What several things come to by name and rate, the highest rate first.
    pub fn by_rate<'a>(shares: impl IntoIterator<Item = &'a Self>) -> Vec<Self> {
        let mut sums: Vec<Self> = Vec::new();
        for share in shares {
            let same = |sum: &&mut Self| sum.millionths == share.millionths && sum.name == share.name;
            match sums.iter_mut().find(same) {
                Some(sum) => {
                    sum.base.minor += share.base.minor;
                    sum.tax.minor += share.tax.minor;
                }
                None => sums.push(share.clone()),
            }
        }
        sums.sort_by(|a, b| b.millionths.cmp(&a.millionths).then_with(|| a.name.cmp(&b.name)));
        sums
    }
}

/// Where something goes, as far as taxes ask.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TaxAddress {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    #[serde(default)]
    pub region: String,
    #[serde(default)]
    pub postal_code: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TaxQuestion {
    /// None is known yet: as at home.
    pub to: Option<TaxAddress>,
    /// Of the goods; none, or one that is gone: the default.
    pub classes: Vec<Option<TaxClassId>>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TaxQuote {
    pub rule: TaxRule,
    /// Which of the rule's rates each class of the question has, in their order.
    pub of_classes: Vec<u32>,
    /// Where no tax is taken but prices contain the home zone's: what is to be taken out of them.
    pub contained: Option<ContainedTax>,
}

/// The tax at home.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ContainedTax {
    /// In the order of the question's classes.
    pub classes: Vec<Vec<TaxRate>>,
    /// None: as the goods.
    pub shipping: Option<Vec<TaxRate>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TaxClassInput {
    pub name: String,
    /// Of goods that name none. True takes it from the class that has it.
    #[serde(default)]
    pub is_default: bool,
}

/// A kind of goods, as the tax office sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaxClass {
    pub id: TaxClassId,
    pub version: i64,
    pub input: TaxClassInput,
}

/// A country or a part of one. Of several that hold an address, the one that says most wins.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TaxPlace {
    /// ISO 3166-1 alpha-2; `*`: every country that no zone names.
    pub country: String,
    /// As customers write it; letters' case does not matter. Empty: all of the country.
    #[serde(default)]
    pub region: String,
    /// How its postal codes begin. Empty: all.
    #[serde(default)]
    pub postal_code: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ClassRates {
    pub class_id: TaxClassId,
    /// In the order in which they are taken. None: nothing is.
    pub rates: Vec<TaxRate>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TaxZoneInput {
    pub name: String,
    /// Whose tax the prices contain. True takes it from the zone that has it.
    #[serde(default)]
    pub is_home: bool,
    pub places: Vec<TaxPlace>,
    /// A class that is not here has no tax here.
    #[serde(default)]
    pub rates: Vec<ClassRates>,
}

/// Where the same taxes are taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaxZone {
    pub id: TaxZoneId,
    pub version: i64,
    pub input: TaxZoneInput,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TaxSettingsInput {
    /// The catalogue's prices contain the home zone's tax.
    pub inclusive: bool,
    #[serde(default)]
    pub level: TaxLevel,
    #[serde(default)]
    pub rounding: TaxRounding,
    /// Of delivery. None: as the goods, in proportion to what they cost.
    #[serde(default)]
    pub shipping_class: Option<TaxClassId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaxSettings {
    pub version: i64,
    pub input: TaxSettingsInput,
}

/// All that the shop knows of taxes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaxSetup {
    pub settings: TaxSettings,
    /// By name, the default first.
    pub classes: Vec<TaxClass>,
    /// By name, the home zone first.
    pub zones: Vec<TaxZone>,
}

/// One piece, sold there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TaxTrial {
    /// As the catalogue has it.
    pub price: Money,
    #[serde(default)]
    pub class_id: Option<TaxClassId>,
    pub to: TaxAddress,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaxTried {
    /// None has the address.
    pub zone: Option<String>,
    pub net: Money,
    pub taxes: Vec<TaxShare>,
    /// What the customer pays.
    pub gross: Money,
}

#[async_trait]
pub trait Taxes: Send + Sync {
    /// For carts.
    async fn quote(&self, ctx: &Ctx, question: TaxQuestion) -> Result<TaxQuote>;

    // Staff
    /// What a product may be: for whoever may see products.
    async fn classes(&self, ctx: &Ctx) -> Result<Vec<TaxClass>>;
    async fn setup(&self, ctx: &Ctx) -> Result<TaxSetup>;
    async fn write_settings(
        &self,
        ctx: &Ctx,
        input: TaxSettingsInput,
        if_version: Option<i64>,
    ) -> Result<TaxSettings>;
    /// None: a new one. `Conflict`: `name_taken`, `default_needed`, `stale_version`.
    async fn write_class(
        &self,
        ctx: &Ctx,
        id: Option<TaxClassId>,
        input: TaxClassInput,
        if_version: Option<i64>,
    ) -> Result<TaxClass>;
    /// Its products are taxed by the default, and zones forget its rates. `Conflict`: `default_needed`,
    /// `class_of_shipping`, `stale_version`.
    async fn remove_class(&self, ctx: &Ctx, id: TaxClassId, if_version: Option<i64>) -> Result<()>;
    /// None: a new one. `Conflict`: `name_taken`, `home_needed`, `stale_version`.
    async fn write_zone(
        &self,
        ctx: &Ctx,
        id: Option<TaxZoneId>,
        input: TaxZoneInput,
        if_version: Option<i64>,
    ) -> Result<TaxZone>;
    /// What goes there is an export from then on. `Conflict`: `home_needed`, `stale_version`.
    async fn remove_zone(&self, ctx: &Ctx, id: TaxZoneId, if_version: Option<i64>) -> Result<()>;
    /// What a customer there would pay for one piece.
    async fn try_out(&self, ctx: &Ctx, trial: TaxTrial) -> Result<TaxTried>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_are_short() {
        let shown = [190_000, 55_000, 82_500, 99_750, 0, 12_345].map(percent);
        assert_eq!(shown, ["19 %", "5.5 %", "8.25 %", "9.975 %", "0 %", "1.2345 %"]);
    }

    #[test]
    fn a_rule_from_before_is_read() {
        let old: TaxRule =
            serde_json::from_str(r#"{"rate_basis_points":1900,"inclusive":true}"#).expect("a rule");
        assert_eq!(old, TaxRule { inclusive: true, ..TaxRule::default() });
    }
}
