//! The cart as it is shown: today's prices, stock and rules around the stored document.

use std::collections::HashMap;

use souk_contract::{
    Availability, Cart, CartCode, CartLine, CodeLookup, CodeProblem, CollectionId, Currency, Error,
    LineTotals, Money, PricingRules, ProductId, PromotionRule, Requirement, Result, StockLevel, StockPolicy,
    TaxAddress, TaxQuestion, TaxQuote, TaxRate, TaxRule, Totals, VariantId, VariantInfo, Warning,
};
use souk_pricing::{LineFacts, LocalTime, PricingError, Shopper};

use crate::{
    content::{Content, Line},
    store::CartRow,
};

/// What the neighbours say about the cart's lines and codes, and about those that may come in.
pub(crate) struct Around {
    pub variants: HashMap<VariantId, VariantInfo>,
    pub levels: HashMap<VariantId, StockLevel>,
    pub automatic: Vec<PromotionRule>,
    pub codes: Vec<CodeLookup>,
    /// Of those that a promotion asks about.
    pub collections: HashMap<ProductId, Vec<CollectionId>>,
    /// Of the customer, before this one; asked only where a rule depends on it.
    pub orders: Option<i64>,
    pub local: LocalTime,
    pub currency: Currency,
}

impl Around {
    /// Most pieces that can be had now; none: no limit.
    pub(crate) fn most(&self, variant: VariantId) -> Option<i64> {
        let level = self.levels.get(&variant)?;
        (level.tracked && level.policy == StockPolicy::Deny).then(|| level.available.max(0))
    }
}

/// Of each of its lines, in their order, where the cart goes now.
pub(crate) fn tax_question(content: &Content, around: &Around) -> TaxQuestion {
    let to = content.shipping_address.as_ref().or(content.billing_address.as_ref());
    let to = to.map(|address| TaxAddress {
        country: address.country.clone(),
        region: address.region.clone(),
        postal_code: address.postal_code.clone(),
    });
    let class = |line: &Line| around.variants.get(&line.variant_id).and_then(|info| info.tax_class_id);
    TaxQuestion { to, classes: content.lines.iter().map(class).collect() }
}

/// # Errors
/// `Internal` where the totals don't fit: limits on quantities and prices keep that from happening.
pub(crate) fn show(
    row: &CartRow,
    token: String,
    around: &Around,
    tax: &TaxQuote,
    mut warnings: Vec<Warning>,
) -> Result<Cart> {
    let content = &row.content.0;
    let mut lines: Vec<CartLine> = Vec::with_capacity(content.lines.len());
    for (index, line) in content.lines.iter().enumerate() {
        let Some(info) = around.variants.get(&line.variant_id) else { continue };
        lines.push(CartLine {
            tax_kind: tax.of_classes.get(index).copied().unwrap_or_default(),
            ..show_line(line, info, around)
        });
    }
    for (stored, line) in content
        .lines
        .iter()
        .filter_map(|stored| lines.iter().find(|line| line.id == stored.id).map(|line| (stored, line)))
    {
        let today = around
            .variants
            .get(&line.variant_id)
            .map_or(stored.seen_price, |info| stored.price(info.variant.price));
        warnings.extend(line_warnings(stored, line, today));
    }
    for gone in content.lines.iter().filter(|stored| lines.iter().all(|line| line.id != stored.id)) {
        warnings.push(Warning {
            code: "line_removed".into(),
            line_id: Some(gone.id),
            message: "An item that is no longer sold was taken out of your cart.".into(),
        });
    }
    let codes = around.codes.iter().filter(|lookup| content.codes.contains(&lookup.code));
    let found = codes.filter_map(|lookup| lookup.found.as_ref().ok());
    let promotions: Vec<PromotionRule> = around.automatic.iter().chain(found).cloned().collect();
    let shopper = Shopper {
        signed_in: row.customer_id.is_some(),
        orders: around.orders,
        payment_method: content.payment_method.clone(),
        country: content.shipping_address.as_ref().map(|address| address.country.clone()),
        local: Some(around.local),
    };
    let mut cart = Cart {
        id: row.id,
        token,
        state: row.state.0,
        order_id: row.order_id,
        currency: around.currency,
        lines,
        codes: content.codes.iter().map(|code| show_code(code, around)).collect(),
        email: content.email.clone(),
        shipping_address: content.shipping_address.clone(),
        billing_address: content.billing_address.clone(),
        note: content.note.clone(),
        delivery: content.delivery.clone(),
        // What the browser may know of them is said when they are priced.
        rules: PricingRules { promotions: Vec::new(), complete: false, tax: tax.rule.clone() },
        totals: nothing(around.currency, &tax.rule),
        requirements: Vec::new(),
        warnings,
        version: row.version,
        updated_at: row.updated_at,
    };
    let infos: Vec<_> = cart.lines.iter().filter_map(|line| around.variants.get(&line.variant_id)).collect();
    let facts: Vec<LineFacts<'_>> = infos.iter().map(|info| facts(info, around)).collect();
    let delivery = taken_out(&mut cart, content, tax).map_err(Error::internal)?;
    souk_pricing::price_cart(&mut cart, &facts, &promotions, &shopper, delivery).map_err(Error::internal)?;
    if delivery.is_some() && tax.contained.as_ref().is_some_and(|contained| contained.shipping.is_none()) {
        // What is taken out of delivery goes by the goods: other quantities are the server's business.
        cart.rules.complete = false;
    }
    cart.requirements = requirements(&cart, content);
    Ok(cart)
}

fn facts<'a>(info: &'a VariantInfo, around: &'a Around) -> LineFacts<'a> {
    LineFacts {
        variant_id: info.variant.id,
        product_id: info.product_id,
        product_type: &info.product_type,
        vendor: &info.vendor,
        tags: &info.tags,
        collections: around.collections.get(&info.product_id).map_or(&[], Vec::as_slice),
    }
}

/// Where nothing is taken, the tax at home is taken out of prices that contain it. Returns what delivery costs then.
fn taken_out(cart: &mut Cart, content: &Content, tax: &TaxQuote) -> Result<Option<Money>, PricingError> {
    let delivery = cart.delivery.as_ref().map(|delivery| delivery.price);
    let Some(contained) = &tax.contained else { return Ok(delivery) };
    let net = |price: Money, rates: &[TaxRate]| souk_pricing::without(price, rates, tax.rule.rounding);
    let mut goods: Vec<(i64, &[TaxRate])> = Vec::with_capacity(cart.lines.len());
    for line in &mut cart.lines {
        let place = content.lines.iter().position(|stored| stored.id == line.id);
        let rates = place.and_then(|place| contained.classes.get(place)).filter(|_| line.taxable);
        let rates = rates.map_or(&[][..], Vec::as_slice);
        goods.push((line.unit_price.minor.saturating_mul(line.quantity), rates));
        line.unit_price = net(line.unit_price, rates)?;
        line.compare_at = line.compare_at.map(|price| net(price, rates)).transpose()?;
    }
    match (delivery, &contained.shipping) {
        (None, _) => Ok(None),
        (Some(price), Some(rates)) => net(price, rates).map(Some),
        (Some(price), None) => {
            let weights: Vec<i64> = goods.iter().map(|(price, _)| *price).collect();
            let parts = souk_pricing::allocate(price.minor, &weights);
            let mut sum = if parts.iter().all(|part| *part == 0) { price.minor } else { 0 };
            for (part, (_, rates)) in parts.into_iter().zip(&goods) {
                sum += net(Money::new(part, price.currency), rates)?.minor;
            }
            Ok(Some(Money::new(sum, price.currency)))
        }
    }
}

fn show_line(line: &Line, info: &VariantInfo, around: &Around) -> CartLine {
    let variant = &info.variant;
    let availability = match around.levels.get(&line.variant_id) {
        _ if !info.buyable => Availability::SoldOut,
        Some(level) => level.availability,
        None => variant.availability,
    };
    CartLine {
        id: line.id,
        variant_id: line.variant_id,
        product_id: info.product_id,
        product_handle: info.product_handle.clone(),
        product_title: info.product_title.clone(),
        variant_title: variant.title.clone(),
        sku: variant.sku.clone(),
        media: info.media.clone(),
        quantity: line.quantity,
        unit_price: line.price(variant.price),
        compare_at: match line.agreed {
            None => variant.compare_at,
            // Beside an agreed price, what it would have been otherwise.
            Some(agreed) => {
                variant.compare_at.or(Some(variant.price)).filter(|usual| agreed.minor < usual.minor)
            }
        },
        weight_grams: variant.weight_grams,
        requires_shipping: variant.requires_shipping,
        taxable: variant.taxable,
        tax_kind: 0,
        availability,
        max_quantity: if info.buyable { around.most(line.variant_id) } else { Some(0) },
    }
}

fn line_warnings(stored: &Line, line: &CartLine, today: Money) -> Vec<Warning> {
    let warn = |code: &str, message: String| Warning { code: code.into(), line_id: Some(line.id), message };
    let mut warnings = Vec::new();
    if stored.seen_price != today {
        let message =
            format!("The price of {} changed from {} to {}.", line.product_title, stored.seen_price, today);
        warnings.push(warn("price_changed", message));
    }
    match line.max_quantity {
        Some(0) => warnings.push(warn("out_of_stock", format!("{} is sold out.", line.product_title))),
        Some(most) if line.quantity > most => {
            warnings.push(warn("low_stock", format!("Only {most} of {} are left.", line.product_title)));
        }
        _ => {}
    }
    warnings
}

fn show_code(code: &str, around: &Around) -> CartCode {
    let lookup = around.codes.iter().find(|lookup| lookup.code == code);
    let message = match lookup.map(|lookup| &lookup.found) {
        Some(Ok(_)) => String::new(),
        Some(Err(problem)) => problem_text(*problem).to_owned(),
        None => problem_text(CodeProblem::Unknown).to_owned(),
    };
    CartCode { code: code.to_owned(), applied: false, message }
}

pub(crate) fn problem_text(problem: CodeProblem) -> &'static str {
    match problem {
        CodeProblem::Unknown => "We don't know this code.",
        CodeProblem::NotYet => "This code can't be used yet.",
        CodeProblem::Over => "This code is no longer valid.",
        CodeProblem::UsedUp => "This code has been used up.",
        CodeProblem::UsedByYou => "You have used this code as often as one customer may.",
    }
}

fn requirements(cart: &Cart, content: &Content) -> Vec<Requirement> {
    let mut missing = Vec::new();
    let mut need = |holds: bool, code: &str, message: &str| {
        if !holds {
            missing.push(Requirement { code: code.into(), message: message.into() });
        }
    };
    need(!cart.lines.is_empty(), "lines", "Your cart is empty.");
    let stocked = cart.lines.iter().all(|line| line.max_quantity.is_none_or(|most| line.quantity <= most));
    need(stocked, "stock", "Some items are not available in this quantity.");
    need(content.email.is_some(), "email", "Please enter your mail address.");
    if cart.requires_shipping() {
        need(content.shipping_address.is_some(), "shipping_address", "Please enter where to deliver to.");
        need(content.delivery.is_some(), "delivery", "Please choose a delivery.");
    }
    missing
}

fn nothing(currency: Currency, tax: &TaxRule) -> Totals {
    let zero = Money::zero(currency);
    Totals {
        lines: Vec::<LineTotals>::new(),
        subtotal: zero,
        discount: zero,
        shipping: zero,
        shipping_discount: zero,
        tax: zero,
        tax_inclusive: tax.inclusive,
        total: zero,
        trace: Vec::new(),
    }
}
