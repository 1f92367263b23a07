//! What a promotion asks for and what it gives: read by the pricing engine, written by the merchant.

use serde::{Deserialize, Serialize};

use crate::{CollectionId, Money, ProductId, PromotionId, VariantId};

/// Some of a cart's lines. An empty list leaves that question open; a line has to fit all that are not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
#[cfg_attr(feature = "strict", serde(deny_unknown_fields))]
pub struct LineSelection {
    /// What shoppers call it: "socks". Empty: "items".
    pub label: String,
    pub products: Vec<ProductId>,
    pub variants: Vec<VariantId>,
    pub product_types: Vec<String>,
    pub vendors: Vec<String>,
    pub tags: Vec<String>,
    /// As they hold products when the cart is priced.
    pub collections: Vec<CollectionId>,
    /// True: every line but these.
    pub except: bool,
}

impl LineSelection {
    /// Every line.
    pub fn is_all(&self) -> bool {
        self.products.is_empty()
            && self.variants.is_empty()
            && self.product_types.is_empty()
            && self.vendors.is_empty()
            && self.tags.is_empty()
            && self.collections.is_empty()
            && !self.except
    }
}

/// Pieces of a bundle: `quantity` of what `of` selects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "strict", serde(deny_unknown_fields))]
pub struct BundlePart {
    /// 1 to 99.
    pub quantity: i64,
    pub of: LineSelection,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TierBy {
    /// Minor units of the lines before discounts.
    Subtotal,
    Quantity,
}

/// From `at_least` on: a percentage or an amount, not both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "strict", serde(deny_unknown_fields))]
pub struct Tier {
    pub at_least: i64,
    #[serde(default)]
    pub basis_points: Option<u32>,
    #[serde(default)]
    pub amount: Option<Money>,
}

/// Percentages are in hundredths of a percent: 1000 is 10 %. `of` left out is every line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "FlatAction")]
pub enum PromotionAction {
    /// Off the lines.
    Percent {
        basis_points: u32,
        #[serde(default)]
        of: LineSelection,
    },
    /// Off the lines' sum, spread over them.
    Fixed {
        amount: Money,
        #[serde(default)]
        of: LineSelection,
    },
    /// Each piece costs this where it would cost more.
    FixedPrice {
        price: Money,
        #[serde(default)]
        of: LineSelection,
    },
    /// For each `buy` pieces of `of`, `get` others of `get_of` cost less: the cheapest.
    BuyGet {
        buy: i64,
        get: i64,
        /// 10000: the others are free.
        basis_points: u32,
        #[serde(default)]
        of: LineSelection,
        /// Left out: the same as `of`.
        #[serde(default)]
        get_of: Option<LineSelection>,
        /// So many times in one order at most.
        #[serde(default)]
        times: Option<i64>,
    },
    /// From so many pieces on, the cheapest one is free, once.
    CheapestFree {
        at_least: i64,
        #[serde(default)]
        of: LineSelection,
    },
    /// The highest that is reached counts.
    Tiers {
        by: TierBy,
        tiers: Vec<Tier>,
        #[serde(default)]
        of: LineSelection,
    },
    /// The parts together cost `price`, as often as they are complete.
    Bundle {
        parts: Vec<BundlePart>,
        price: Money,
    },
    /// So many pieces of it in the cart cost nothing.
    Gift {
        variant_id: VariantId,
        quantity: i64,
        /// What shoppers call it.
        label: String,
    },
    FreeShipping,
}

/// [`PromotionAction`] as it is read: beside a tag serde refuses no unknown field.
#[derive(Default, PartialEq, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "strict", serde(deny_unknown_fields))]
struct FlatAction {
    kind: String,
    basis_points: Option<u32>,
    amount: Option<Money>,
    price: Option<Money>,
    of: Option<LineSelection>,
    get_of: Option<LineSelection>,
    buy: Option<i64>,
    get: Option<i64>,
    times: Option<i64>,
    at_least: Option<i64>,
    by: Option<TierBy>,
    tiers: Option<Vec<Tier>>,
    parts: Option<Vec<BundlePart>>,
    variant_id: Option<VariantId>,
    quantity: Option<i64>,
    label: Option<String>,
}

impl TryFrom<FlatAction> for PromotionAction {
    type Error = &'static str;

    fn try_from(mut flat: FlatAction) -> std::result::Result<Self, Self::Error> {
        let kind = std::mem::take(&mut flat.kind);
        let of = |flat: &mut FlatAction| flat.of.take().unwrap_or_default();
        let percent = |flat: &mut FlatAction| flat.basis_points.take().ok_or("`basis_points` is missing");
        let action = match kind.as_str() {
            "percent" => Self::Percent { basis_points: percent(&mut flat)?, of: of(&mut flat) },
            "fixed" => {
                let amount = flat.amount.take().ok_or("a fixed action has an `amount`")?;
                Self::Fixed { amount, of: of(&mut flat) }
            }
            "fixed_price" => {
                let price = flat.price.take().ok_or("a fixed price has a `price`")?;
                Self::FixedPrice { price, of: of(&mut flat) }
            }
            "buy_get" => Self::BuyGet {
                buy: flat.buy.take().ok_or("`buy` is missing")?,
                get: flat.get.take().ok_or("`get` is missing")?,
                basis_points: percent(&mut flat)?,
                of: of(&mut flat),
                get_of: flat.get_of.take(),
                times: flat.times.take(),
            },
            "cheapest_free" => {
                let at_least = flat.at_least.take().ok_or("`at_least` is missing")?;
                Self::CheapestFree { at_least, of: of(&mut flat) }
            }
            "tiers" => Self::Tiers {
                by: flat.by.take().ok_or("`by` is missing")?,
                tiers: flat.tiers.take().ok_or("`tiers` is missing")?,
                of: of(&mut flat),
            },
            "bundle" => Self::Bundle {
                parts: flat.parts.take().ok_or("`parts` is missing")?,
                price: flat.price.take().ok_or("a bundle has a `price`")?,
            },
            "gift" => Self::Gift {
                variant_id: flat.variant_id.take().ok_or("`variant_id` is missing")?,
                quantity: flat.quantity.take().ok_or("`quantity` is missing")?,
                label: flat.label.take().ok_or("`label` is missing")?,
            },
            "free_shipping" => Self::FreeShipping,
            _ => {
                return Err(
                    "`kind` must be percent, fixed, fixed_price, buy_get, cheapest_free, tiers, bundle, \
                            gift or free_shipping",
                );
            }
        };
        if flat == FlatAction::default() { Ok(action) } else { Err("this kind of action has nothing else") }
    }
}

/// One question. What is not known is not met.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "FlatTest")]
pub enum ConditionTest {
    /// The lines' sum before discounts.
    Subtotal {
        /// At least.
        amount: Money,
        #[serde(default)]
        of: LineSelection,
    },
    /// Pieces.
    Quantity {
        at_least: i64,
        #[serde(default)]
        of: LineSelection,
    },
    SignedIn,
    /// Of a customer who is signed in; counted again when the order is placed.
    FirstOrder,
    /// So many orders before this one.
    Orders {
        at_least: i64,
    },
    /// By one of these ways to pay.
    Payment {
        methods: Vec<String>,
    },
    /// Delivered to one of these: ISO 3166 codes.
    Country {
        countries: Vec<String>,
    },
    /// In the shop's time zone. `days`: 1 is Monday; none is every day. Minutes after midnight, `until` not
    /// included; where it is not later than `from`, into the next day.
    Time {
        days: Vec<u8>,
        from: u16,
        until: u16,
    },
}

#[derive(Default, PartialEq, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "strict", serde(deny_unknown_fields))]
struct FlatTest {
    kind: String,
    amount: Option<Money>,
    at_least: Option<i64>,
    of: Option<LineSelection>,
    methods: Option<Vec<String>>,
    countries: Option<Vec<String>>,
    days: Option<Vec<u8>>,
    from: Option<u16>,
    until: Option<u16>,
}

impl TryFrom<FlatTest> for ConditionTest {
    type Error = &'static str;

    fn try_from(mut flat: FlatTest) -> std::result::Result<Self, Self::Error> {
        let kind = std::mem::take(&mut flat.kind);
        let number = |flat: &mut FlatTest| flat.at_least.take().ok_or("`at_least` is missing");
        let of = |flat: &mut FlatTest| flat.of.take().unwrap_or_default();
        let test = match kind.as_str() {
            "subtotal" => {
                let amount = flat.amount.take().ok_or("`amount` is missing")?;
                Self::Subtotal { amount, of: of(&mut flat) }
            }
            "quantity" => Self::Quantity { at_least: number(&mut flat)?, of: of(&mut flat) },
            "signed_in" => Self::SignedIn,
            "first_order" => Self::FirstOrder,
            "orders" => Self::Orders { at_least: number(&mut flat)? },
            "payment" => Self::Payment { methods: flat.methods.take().ok_or("`methods` is missing")? },
            "country" => Self::Country { countries: flat.countries.take().ok_or("`countries` is missing")? },
            "time" => Self::Time {
                days: flat.days.take().ok_or("`days` is missing")?,
                from: flat.from.take().ok_or("`from` is missing")?,
                until: flat.until.take().ok_or("`until` is missing")?,
            },
            _ => {
                return Err(
                    "`kind` must be subtotal, quantity, signed_in, first_order, orders, payment, country or \
                            time",
                );
            }
        };
        if flat == FlatTest::default() { Ok(test) } else { Err("this kind of condition has nothing else") }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "strict", serde(deny_unknown_fields))]
pub struct Condition {
    /// Turned round.
    #[serde(default)]
    pub not: bool,
    #[cfg_attr(feature = "openapi", schema(schema_with = crate::openapi::closed::<ConditionTest>))]
    pub test: ConditionTest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Join {
    All,
    Any,
}

/// Conditions that hold together, or of which one is enough. All groups of a promotion have to hold: with `not`, that
/// says whatever can be said with and, or and not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "strict", serde(deny_unknown_fields))]
pub struct ConditionGroup {
    pub join: Join,
    /// 1 to 10.
    pub conditions: Vec<Condition>,
}

/// What happens where several promotions of one group could apply. The one that comes first decides for its group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum GroupPolicy {
    /// All of them.
    #[default]
    Stack,
    /// The one that takes most off.
    BestDeal,
    /// The one of the lowest priority.
    First,
}

/// A rule as the pricing engine reads it. Not for shoppers: it may say whom the merchant looks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PromotionRule {
    pub id: PromotionId,
    pub title: String,
    /// As the shopper typed it. None: applies by itself.
    pub code: Option<String>,
    pub action: PromotionAction,
    /// Lines' sum before discounts that unlocks it.
    pub minimum: Option<Money>,
    #[serde(default)]
    pub when: Vec<ConditionGroup>,
    /// Whether lines with a compare-at price count.
    pub applies_to_sale_items: bool,
    /// Lower goes first.
    pub priority: i64,
    /// Applies alone or not at all.
    #[serde(default)]
    pub exclusive: bool,
    #[serde(default)]
    pub group: Option<String>,
    #[serde(default)]
    pub group_policy: GroupPolicy,
    /// Only for somebody who can be counted.
    #[serde(default)]
    pub needs_customer: bool,
    /// What is left of its budget: it never gives more.
    #[serde(default)]
    pub left: Option<Money>,
}

impl PromotionRule {
    /// The collections that it asks about, some of them more than once.
    pub fn collections(&self) -> impl Iterator<Item = CollectionId> {
        let mut all: Vec<&LineSelection> = match &self.action {
            PromotionAction::Percent { of, .. }
            | PromotionAction::Fixed { of, .. }
            | PromotionAction::FixedPrice { of, .. }
            | PromotionAction::CheapestFree { of, .. }
            | PromotionAction::Tiers { of, .. } => vec![of],
            PromotionAction::BuyGet { of, get_of, .. } => [of].into_iter().chain(get_of).collect(),
            PromotionAction::Bundle { parts, .. } => parts.iter().map(|part| &part.of).collect(),
            PromotionAction::Gift { .. } | PromotionAction::FreeShipping => Vec::new(),
        };
        for condition in self.when.iter().flat_map(|group| &group.conditions) {
            if let ConditionTest::Subtotal { of, .. } | ConditionTest::Quantity { of, .. } = &condition.test {
                all.push(of);
            }
        }
        all.into_iter().flat_map(|of| of.collections.iter().copied())
    }

    /// For everyone, on everything, together with all others.
    pub fn new(id: PromotionId, title: impl Into<String>, action: PromotionAction) -> Self {
        Self {
            id,
            title: title.into(),
            code: None,
            action,
            minimum: None,
            when: Vec::new(),
            applies_to_sale_items: true,
            priority: 0,
            exclusive: false,
            group: None,
            group_policy: GroupPolicy::default(),
            needs_customer: false,
            left: None,
        }
    }
}

impl PromotionAction {
    /// Off everything.
    pub fn percent(basis_points: u32) -> Self {
        Self::Percent { basis_points, of: LineSelection::default() }
    }

    /// Off everything.
    pub fn fixed(amount: Money) -> Self {
        Self::Fixed { amount, of: LineSelection::default() }
    }
}

/// What a rule gives that anybody may know and that needs nothing but the cart's lines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "FlatOpen")]
pub enum OpenAction {
    /// Off the lines, in hundredths of a percent: 1000 is 10 %.
    Percent {
        basis_points: u32,
    },
    /// Off the lines' sum, spread over them.
    Fixed {
        amount: Money,
    },
    FreeShipping,
}

/// [`OpenAction`] as it is read: the browser needs far less code for this than for a tagged enum.
#[derive(Deserialize)]
struct FlatOpen {
    kind: String,
    #[serde(default)]
    basis_points: Option<u32>,
    #[serde(default)]
    amount: Option<Money>,
}

impl TryFrom<FlatOpen> for OpenAction {
    type Error = &'static str;

    fn try_from(flat: FlatOpen) -> std::result::Result<Self, Self::Error> {
        match (flat.kind.as_str(), flat.basis_points, flat.amount) {
            ("percent", Some(basis_points), None) => Ok(Self::Percent { basis_points }),
            ("fixed", None, Some(amount)) => Ok(Self::Fixed { amount }),
            ("free_shipping", None, None) => Ok(Self::FreeShipping),
            _ => Err("`kind` must be percent, fixed or free_shipping"),
        }
    }
}

/// A rule that the browser computes with: a [`PromotionRule`] all of whose conditions hold, whatever the quantities.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenRule {
    pub id: PromotionId,
    pub title: String,
    /// None: applies by itself.
    pub code: Option<String>,
    pub action: OpenAction,
    /// Lines' sum before discounts that unlocks it.
    pub minimum: Option<Money>,
    /// Whether lines with a compare-at price count.
    pub applies_to_sale_items: bool,
    /// Lower goes first.
    pub priority: i64,
}
