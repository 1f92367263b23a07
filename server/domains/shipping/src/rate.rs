//! Which methods serve a cart and at what price. Pure functions.

use serde::Serialize;
use souk_contract::{
    Check, Currency, Money, Result, ShippingMethod, ShippingMethodId, ShippingMethodInput, ShippingOption,
    ShippingRate,
};
use souk_kernel::{db::Json, record};

record! {
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct MethodRow {
        pub id: ShippingMethodId,
        pub name: String,
        pub description: String,
        pub countries: Json<Vec<String>>,
        pub rates: Json<Vec<ShippingRate>>,
        pub days_min: u32,
        pub days_max: u32,
        pub position: i64,
        pub version: i64,
    }
}

/// For the audit log.
#[derive(Serialize)]
pub(crate) struct Logged {
    name: String,
    description: String,
    countries: Vec<String>,
    rates: Vec<ShippingRate>,
    days_min: u32,
    days_max: u32,
    position: i64,
}

impl From<MethodRow> for ShippingMethod {
    fn from(row: MethodRow) -> Self {
        Self {
            id: row.id,
            version: row.version,
            input: ShippingMethodInput {
                name: row.name,
                description: row.description,
                countries: row.countries.0,
                rates: row.rates.0,
                days_min: row.days_min,
                days_max: row.days_max,
                position: row.position,
            },
        }
    }
}

impl MethodRow {
    pub(crate) fn new(id: ShippingMethodId, version: i64, method: ShippingMethodInput) -> Self {
        Self {
            id,
            name: method.name,
            description: method.description,
            countries: Json(method.countries),
            rates: Json(method.rates),
            days_min: method.days_min,
            days_max: method.days_max,
            position: method.position,
            version,
        }
    }

    pub(crate) fn logged(&self) -> Logged {
        Logged {
            name: self.name.clone(),
            description: self.description.clone(),
            countries: self.countries.0.clone(),
            rates: self.rates.0.clone(),
            days_min: self.days_min,
            days_max: self.days_max,
            position: self.position,
        }
    }
}

/// What is to be sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parcel {
    /// The goods after discounts.
    pub goods: Money,
    pub weight_grams: i64,
}

impl MethodRow {
    /// The offer for that parcel to that country; none where the method doesn't serve it.
    pub(crate) fn offer(&self, parcel: Parcel, country: Option<&str>) -> Option<ShippingOption> {
        let countries = &self.countries.0;
        let serves = match country {
            Some(country) => countries.is_empty() || countries.iter().any(|served| served == country),
            None => true,
        };
        let rate = self.rates.0.iter().find(|rate| fits(rate, parcel)).filter(|_| serves)?;
        Some(ShippingOption {
            id: self.id,
            name: self.name.clone(),
            description: self.description.clone(),
            price: rate.price,
            days_min: self.days_min,
            days_max: self.days_max,
        })
    }
}

fn fits(rate: &ShippingRate, parcel: Parcel) -> bool {
    rate.subtotal_from.is_none_or(|from| parcel.goods.minor >= from.minor)
        && rate.weight_to_grams.is_none_or(|limit| parcel.weight_grams <= limit)
}

pub(crate) fn check(method: &ShippingMethodInput, currency: Currency) -> Result<()> {
    let mut check = Check::new();
    check.text(&method.name, "name", 80).short(&method.description, "description", 300);
    check.that(!method.rates.is_empty(), "rates", "required", "At least one rate.");
    check.that(method.days_min <= method.days_max, "days_max", "out_of_range", "Not below days_min.");
    let own = |money: Money| money.currency == currency && money.minor >= 0;
    for (index, rate) in method.rates.iter().enumerate() {
        let at = |field: &str| format!("rates[{index}].{field}");
        check
            .that(own(rate.price), &at("price"), "invalid", "An amount in the shop's currency.")
            .that(
                rate.subtotal_from.is_none_or(own),
                &at("subtotal_from"),
                "invalid",
                "An amount in the shop's currency.",
            )
            .that(
                rate.weight_to_grams.is_none_or(|grams| grams > 0),
                &at("weight_to_grams"),
                "out_of_range",
                "More than 0 grams.",
            );
    }
    for (index, code) in method.countries.iter().enumerate() {
        let known = crate::country::name(code).is_some();
        check.that(known, &format!("countries[{index}]"), "invalid", "An ISO 3166-1 alpha-2 code.");
    }
    check.done()
}

#[cfg(test)]
mod tests {
    use super::*;
    use souk_contract::Id;

    fn eur(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    fn standard() -> MethodRow {
        let free =
            ShippingRate { subtotal_from: Some(eur(6000)), weight_to_grams: Some(30_000), price: eur(0) };
        let usual = ShippingRate { subtotal_from: None, weight_to_grams: Some(30_000), price: eur(490) };
        MethodRow {
            id: Id::new(uuid()),
            name: "Standard".into(),
            description: String::new(),
            countries: Json(vec!["DE".into(), "AT".into()]),
            rates: Json(vec![free, usual]),
            days_min: 2,
            days_max: 4,
            position: 0,
            version: 1,
        }
    }

    fn uuid() -> uuid::Uuid {
        uuid::Uuid::from_u128(1)
    }

    #[test]
    fn the_first_rate_that_fits_gives_the_price() {
        let price = |minor, weight_grams| {
            standard().offer(Parcel { goods: eur(minor), weight_grams }, Some("DE")).map(|offer| offer.price)
        };
        assert_eq!(price(5999, 100), Some(eur(490)));
        assert_eq!(price(6000, 100), Some(eur(0)));
        assert_eq!(price(6000, 30_001), None);
    }

    #[test]
    fn countries_limit_it() {
        let parcel = Parcel { goods: eur(100), weight_grams: 1 };
        assert!(standard().offer(parcel, Some("FR")).is_none());
        assert!(standard().offer(parcel, None).is_some());
    }
}
