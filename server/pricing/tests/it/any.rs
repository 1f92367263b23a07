//! Any cart with any promotions and taxes, in twelve currencies.

use proptest::prelude::*;
use souk_contract::{
    BundlePart, Cart, CartCode, CartId, CartLine, CartLineId, CartState, CollectionId, Condition,
    ConditionGroup, ConditionTest, Currency, Delivery, GroupPolicy, Id, Join, LineSelection, Money,
    PricingRules, ProductId, PromotionAction, PromotionId, PromotionRule, TaxLevel, TaxRate, TaxRounding,
    TaxRule, Tier, TierBy, Timestamp, VariantId,
};
use souk_pricing::{Line, LineFacts};
use uuid::Uuid;

pub fn line(number: u128, minor: i64, quantity: i64, currency: Currency) -> Line {
    Line {
        id: CartLineId::new(Uuid::from_u128(number)),
        unit_price: Money::new(minor, currency),
        quantity,
        on_sale: false,
        tax: Some(0),
    }
}

pub fn rule(number: u128, action: PromotionAction) -> PromotionRule {
    let id = PromotionId::new(Uuid::from_u128(number));
    let rule = PromotionRule::new(id, format!("Rule {number}"), action);
    PromotionRule { code: Some(format!("CODE{number}")), ..rule }
}

/// The collections that hold what ends in this digit: one or two of them.
fn held(digit: usize) -> &'static [CollectionId] {
    const ALL: [CollectionId; 6] = [id(0), id(1), id(2), id(3), id(4), id(5)];
    const fn id(number: u128) -> CollectionId {
        CollectionId::new(Uuid::from_u128(number))
    }
    &ALL[digit / 2..=digit / 2 + digit % 2]
}

/// Of each line: type "1" and vendor "1" where its number ends in 1.
pub fn facts(lines: &[Line]) -> Vec<LineFacts<'static>> {
    const TYPES: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
    let facts = |line: &Line| {
        let number = line.id.uuid();
        let name = TYPES[(number.as_u128() % 10) as usize];
        LineFacts {
            variant_id: VariantId::new(number),
            product_id: ProductId::new(number),
            product_type: name,
            vendor: name,
            tags: &[],
            collections: held((number.as_u128() % 10) as usize),
        }
    };
    lines.iter().map(facts).collect()
}

const CURRENCIES: [&str; 12] =
    ["EUR", "USD", "GBP", "JPY", "KWD", "CHF", "SEK", "PLN", "BHD", "KRW", "INR", "BRL"];

prop_compose! {
    fn any_line(currency: Currency)(
        number in 0_u128..1000, minor in 0_i64..5_000_000, quantity in 0_i64..1000,
        on_sale in any::<bool>(), tax in proptest::option::weighted(0.8, 0_u32..4),
    ) -> Line {
        Line { on_sale, tax, ..line(number, minor, quantity, currency) }
    }
}

fn any_selection() -> impl Strategy<Value = LineSelection> {
    let types = proptest::collection::vec(0_usize..10, 0..4);
    let collections = proptest::collection::vec(0_u128..8, 0..3);
    let collections = proptest::option::weighted(0.3, collections).prop_map(Option::unwrap_or_default);
    (types, collections, any::<bool>()).prop_map(|(numbers, collections, except)| {
        let ids = collections.into_iter().map(|number| CollectionId::new(Uuid::from_u128(number)));
        let some = LineSelection {
            product_types: numbers.iter().map(usize::to_string).collect(),
            collections: ids.collect(),
            ..LineSelection::default()
        };
        LineSelection { except: except && !some.is_all(), ..some }
    })
}

fn any_tier(currency: Currency) -> impl Strategy<Value = Tier> {
    (0_i64..3_000_000, 1_u32..12_000, proptest::option::of(0_i64..1_000_000)).prop_map(
        move |(at_least, points, minor)| Tier {
            at_least,
            basis_points: minor.is_none().then_some(points),
            amount: minor.map(|minor| Money::new(minor, currency)),
        },
    )
}

fn any_action(currency: Currency) -> impl Strategy<Value = PromotionAction> {
    let money = move |minor| Money::new(minor, currency);
    prop_oneof![
        (0_u32..12_000, any_selection())
            .prop_map(|(basis_points, of)| PromotionAction::Percent { basis_points, of }),
        (0_i64..10_000_000, any_selection())
            .prop_map(move |(minor, of)| PromotionAction::Fixed { amount: money(minor), of }),
        (0_i64..5_000_000, any_selection())
            .prop_map(move |(minor, of)| PromotionAction::FixedPrice { price: money(minor), of }),
        (
            1_i64..5,
            1_i64..5,
            1_u32..12_000,
            any_selection(),
            proptest::option::of(any_selection()),
            proptest::option::of(1_i64..4)
        )
            .prop_map(|(buy, get, basis_points, of, get_of, times)| PromotionAction::BuyGet {
                buy,
                get,
                basis_points,
                of,
                get_of,
                times
            }),
        (2_i64..9, any_selection()).prop_map(|(at_least, of)| PromotionAction::CheapestFree { at_least, of }),
        (any::<bool>(), proptest::collection::vec(any_tier(currency), 1..4), any_selection()).prop_map(
            |(by_quantity, tiers, of)| PromotionAction::Tiers {
                by: if by_quantity { TierBy::Quantity } else { TierBy::Subtotal },
                tiers,
                of,
            }
        ),
        (proptest::collection::vec((1_i64..4, any_selection()), 1..4), 0_i64..5_000_000).prop_map(
            move |(parts, minor)| PromotionAction::Bundle {
                parts: parts.into_iter().map(|(quantity, of)| BundlePart { quantity, of }).collect(),
                price: money(minor),
            }
        ),
        (0_u128..20, 1_i64..4).prop_map(|(number, quantity)| PromotionAction::Gift {
            variant_id: VariantId::new(Uuid::from_u128(number)),
            quantity,
            label: "A gift".into(),
        }),
        Just(PromotionAction::FreeShipping),
    ]
}

prop_compose! {
    fn any_rule(currency: Currency)(
        number in 0_u128..50, action in any_action(currency), priority in -3_i64..3,
        minimum in proptest::option::of(0_i64..3_000_000), applies_to_sale_items in any::<bool>(),
        exclusive in proptest::bool::weighted(0.1), group in proptest::option::of(0_u8..2), policy in 0_u8..3,
        left in proptest::option::weighted(0.2, 0_i64..3_000_000), needs_customer in proptest::bool::weighted(0.1),
        at_least in proptest::option::weighted(0.3, 1_i64..600),
    ) -> PromotionRule {
        let money = |minor| Money::new(minor, currency);
        let when = at_least.map(|at_least| ConditionGroup {
            join: Join::All,
            conditions: vec![Condition {
                not: at_least % 2 == 0,
                test: ConditionTest::Quantity { at_least, of: LineSelection::default() },
            }],
        });
        PromotionRule {
            priority, applies_to_sale_items, exclusive, needs_customer,
            minimum: minimum.map(money), left: left.map(money), when: when.into_iter().collect(),
            group: group.map(|group| group.to_string()),
            group_policy: match policy {
                0 => GroupPolicy::Stack,
                1 => GroupPolicy::BestDeal,
                _ => GroupPolicy::First,
            },
            ..rule(number, action)
        }
    }
}

fn any_tax() -> impl Strategy<Value = TaxRule> {
    let rate = (0_u32..300_000, any::<bool>()).prop_map(|(millionths, compound)| TaxRate {
        name: format!("Tax {millionths}"),
        millionths,
        compound,
    });
    let rates = proptest::collection::vec(proptest::collection::vec(rate, 0..4), 0..4);
    (any::<bool>(), 0_u8..3, any::<bool>(), rates, proptest::option::of(0_u32..4)).prop_map(
        |(inclusive, level, even, rates, shipping)| TaxRule {
            inclusive,
            level: [TaxLevel::Unit, TaxLevel::Line, TaxLevel::Total][usize::from(level)],
            rounding: if even { TaxRounding::HalfEven } else { TaxRounding::HalfUp },
            rates,
            shipping,
            exempt: None,
        },
    )
}

pub type AnyCart = (Currency, Vec<Line>, Vec<PromotionRule>, Option<i64>, TaxRule);

pub fn any_cart() -> impl Strategy<Value = AnyCart> {
    (0..CURRENCIES.len()).prop_flat_map(|index| {
        let currency: Currency = CURRENCIES[index].parse().expect("a currency");
        (
            Just(currency),
            proptest::collection::vec(any_line(currency), 0..12),
            proptest::collection::vec(any_rule(currency), 0..6),
            proptest::option::of(0_i64..100_000),
            any_tax(),
        )
    })
}

/// Makes them rules that anybody may know: the browser guesses with those.
pub fn plainer(currency: Currency, promotions: &mut [PromotionRule]) {
    for (number, rule) in promotions.iter_mut().enumerate() {
        let action = match number % 3 {
            0 => PromotionAction::percent(1250),
            1 => PromotionAction::fixed(Money::new(777, currency)),
            _ => PromotionAction::FreeShipping,
        };
        let id = Id::new(Uuid::from_u128(number as u128));
        *rule = PromotionRule {
            minimum: rule.minimum,
            applies_to_sale_items: rule.applies_to_sale_items,
            priority: rule.priority,
            needs_customer: rule.needs_customer,
            ..PromotionRule::new(id, format!("Rule {number}"), action)
        };
    }
}

pub fn cart(currency: Currency, lines: &[Line], delivery: Option<Money>, tax: TaxRule) -> Cart {
    let line = |line: &Line| CartLine {
        id: line.id,
        variant_id: Id::new(line.id.uuid()),
        product_id: Id::new(line.id.uuid()),
        product_handle: String::new(),
        product_title: String::new(),
        variant_title: String::new(),
        sku: None,
        media: None,
        quantity: line.quantity,
        unit_price: line.unit_price,
        compare_at: line.on_sale.then_some(line.unit_price),
        weight_grams: 0,
        requires_shipping: true,
        taxable: line.tax.is_some(),
        tax_kind: line.tax.unwrap_or_default(),
        availability: souk_contract::Availability::InStock,
        max_quantity: None,
    };
    let zero = Money::zero(currency);
    Cart {
        id: CartId::new(Uuid::nil()),
        token: String::new(),
        state: CartState::Active,
        order_id: None,
        currency,
        lines: lines.iter().map(line).collect(),
        codes: vec![CartCode { code: "CODE0".into(), applied: false, message: "As it was".into() }],
        email: None,
        shipping_address: None,
        billing_address: None,
        note: String::new(),
        delivery: delivery.map(|price| Delivery {
            method_id: Id::new(Uuid::nil()),
            name: String::new(),
            price,
            days_min: 0,
            days_max: 0,
        }),
        rules: PricingRules { promotions: Vec::new(), complete: false, tax },
        totals: souk_contract::Totals {
            lines: Vec::new(),
            subtotal: zero,
            discount: zero,
            shipping: zero,
            shipping_discount: zero,
            tax: zero,
            tax_inclusive: true,
            total: zero,
            trace: Vec::new(),
        },
        requirements: Vec::new(),
        warnings: Vec::new(),
        version: 1,
        updated_at: Timestamp::from_micros(0).expect("a moment"),
    }
}
