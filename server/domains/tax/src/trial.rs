//! One piece, sold there: what the screen's calculator shows, by the engine that carts are priced with.

use souk_contract::{CartLineId, Check, Error, Result, TaxQuestion, TaxTrial, TaxTried};
use souk_pricing::{Line, tax_shares_of, without};

use crate::quote::Table;

pub(crate) fn try_out(table: &Table, trial: &TaxTrial, id: CartLineId) -> Result<TaxTried> {
    let country = &trial.to.country;
    let mut check = Check::new();
    let code = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase());
    check.that(code, "to.country", "invalid", "An ISO 3166-1 alpha-2 code such as DE.");
    check.that(trial.price.minor >= 0, "price", "invalid", "Not below 0.");
    check.done()?;
    let question = TaxQuestion { to: Some(trial.to.clone()), classes: vec![trial.class_id] };
    let quote = table.quote(&question);
    let price = match quote.contained.as_ref().and_then(|contained| contained.classes.first()) {
        Some(rates) => without(trial.price, rates, quote.rule.rounding).map_err(Error::internal)?,
        None => trial.price,
    };
    let line =
        Line { id, unit_price: price, quantity: 1, on_sale: false, tax: quote.of_classes.first().copied() };
    let taxes = tax_shares_of(&quote.rule, &line).map_err(Error::internal)?;
    let tax = taxes.iter().map(|share| share.tax.minor).sum();
    let money = |minor| souk_contract::Money::new(minor, price.currency);
    let (net, gross) = match quote.rule.inclusive {
        true => (price.minor - tax, price.minor),
        false => (price.minor, price.minor.saturating_add(tax)),
    };
    Ok(TaxTried {
        zone: table.zone(&question).map(|zone| zone.name.clone()),
        net: money(net),
        taxes,
        gross: money(gross),
    })
}
