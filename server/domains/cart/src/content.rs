//! What a cart remembers, and how it may change. Pure functions.

use serde::{Deserialize, Serialize};
use souk_contract::{
    Address, CartLineId, Check, Currency, Delivery, Error, Money, Result, UpdateCart, VariantId, is_email,
};

pub(crate) const MAX_LINES: usize = 200;
pub(crate) const MAX_QUANTITY: i64 = 999;
pub(crate) const MAX_CODES: usize = 10;

/// The stored document. Prices and names come from the catalogue each time it is shown.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Content {
    #[serde(default)]
    pub lines: Vec<Line>,
    #[serde(default)]
    pub codes: Vec<String>,
    #[serde(default)]
    pub email: Option<String>,
    #[serde(default)]
    pub shipping_address: Option<Address>,
    #[serde(default)]
    pub billing_address: Option<Address>,
    #[serde(default)]
    pub note: String,
    #[serde(default)]
    pub delivery: Option<Delivery>,
    #[serde(default)]
    pub payment_method: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Line {
    pub id: CartLineId,
    pub variant_id: VariantId,
    pub quantity: i64,
    /// The price that the shopper last saw; another one is told once.
    pub seen_price: Money,
    /// What staff promised instead of the catalogue's price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed: Option<Money>,
}

impl Line {
    /// `listed` is the catalogue's.
    pub(crate) fn price(&self, listed: Money) -> Money {
        self.agreed.unwrap_or(listed)
    }
}

impl Content {
    pub(crate) fn variants(&self) -> Vec<VariantId> {
        self.lines.iter().map(|line| line.variant_id).collect()
    }

    pub(crate) fn has(&self, variant: VariantId) -> bool {
        self.lines.iter().any(|line| line.variant_id == variant)
    }

    /// Adds pieces to the variant's line, or a new line.
    pub(crate) fn add(&mut self, new: Line) -> Result<()> {
        if let Some(line) = self.lines.iter_mut().find(|line| line.variant_id == new.variant_id) {
            line.quantity = (line.quantity + new.quantity).min(MAX_QUANTITY);
        } else if self.lines.len() >= MAX_LINES {
            return Err(Error::conflict("cart_full", format!("A cart holds {MAX_LINES} different items.")));
        } else {
            self.lines.push(new);
        }
        Ok(())
    }

    /// 0 removes the line.
    pub(crate) fn set_quantity(&mut self, id: CartLineId, quantity: i64) -> Result<()> {
        let at =
            self.lines.iter().position(|line| line.id == id).ok_or_else(|| Error::not_found("cart line"))?;
        if quantity == 0 {
            self.lines.remove(at);
        } else {
            self.lines[at].quantity = quantity;
        }
        Ok(())
    }

    pub(crate) fn agree(&mut self, id: CartLineId, price: Option<Money>, now: Money) -> Result<()> {
        let line = self.lines.iter_mut().find(|line| line.id == id);
        let line = line.ok_or_else(|| Error::not_found("cart line"))?;
        line.agreed = price;
        // Whoever changes it knows it.
        line.seen_price = now;
        Ok(())
    }

    pub(crate) fn update(&mut self, request: UpdateCart) -> Result<()> {
        check_update(&request)?;
        if let Some(email) = request.email {
            self.email = Some(email.trim().to_owned());
        }
        if let Some(address) = request.shipping_address {
            let moved = self.shipping_address.as_ref().is_none_or(|old| old.country != address.country);
            self.shipping_address = Some(address);
            if moved {
                // Another country may have other methods and prices.
                self.delivery = None;
            }
        }
        if let Some(address) = request.billing_address {
            self.billing_address = Some(address);
        }
        if request.billing_same_as_shipping {
            self.billing_address = None;
        }
        if let Some(note) = request.note {
            self.note = note.trim().to_owned();
        }
        if request.payment_method.is_some() {
            self.payment_method = request.payment_method;
        }
        Ok(())
    }
}

fn check_update(request: &UpdateCart) -> Result<()> {
    let mut check = Check::new();
    if let Some(email) = &request.email {
        check.that(
            is_email(email.trim()),
            "email",
            "invalid",
            "Please enter a mail address like name@example.com.",
        );
    }
    if let Some(address) = &request.shipping_address {
        address.check(&mut check, "shipping_address");
    }
    if let Some(address) = &request.billing_address {
        address.check(&mut check, "billing_address");
    }
    check.short(request.note.as_deref().unwrap_or_default(), "note", 1000);
    check.short(request.payment_method.as_deref().unwrap_or_default(), "payment_method", 60);
    check.done()
}

pub(crate) fn check_quantity(quantity: i64, least: i64) -> Result<()> {
    let message = format!("Between {least} and {MAX_QUANTITY} pieces.");
    Check::new().that((least..=MAX_QUANTITY).contains(&quantity), "quantity", "out_of_range", &message).done()
}

/// As much as the catalogue takes.
const MAX_PRICE: i64 = 1_000_000_000_000;

pub(crate) fn check_price(price: Option<Money>, currency: Currency) -> Result<()> {
    let mut check = Check::new();
    if let Some(price) = price {
        check
            .that(
                (0..=MAX_PRICE).contains(&price.minor),
                "price",
                "out_of_range",
                "An amount that is not negative.",
            )
            .that(price.currency == currency, "price", "currency", "In the shop's currency.");
    }
    check.done()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn line(number: u128, quantity: i64) -> Line {
        Line {
            id: CartLineId::new(Uuid::from_u128(number)),
            variant_id: VariantId::new(Uuid::from_u128(number)),
            quantity,
            seen_price: Money::new(100, Currency::EUR),
            agreed: None,
        }
    }

    #[test]
    fn the_same_variant_joins_its_line() {
        let mut content = Content::default();
        content.add(line(1, 2)).expect("room");
        content.add(line(2, 1)).expect("room");
        content.add(line(1, 998)).expect("room");
        let quantities: Vec<i64> = content.lines.iter().map(|line| line.quantity).collect();
        assert_eq!(quantities, [MAX_QUANTITY, 1]);
    }

    #[test]
    fn a_full_cart_refuses_a_new_line_but_not_more_of_an_old_one() {
        let mut content = Content::default();
        for number in 0..MAX_LINES as u128 {
            content.add(line(number, 1)).expect("room");
        }
        assert!(content.add(line(9999, 1)).is_err());
        assert!(content.add(line(5, 1)).is_ok());
    }

    #[test]
    fn another_country_drops_the_delivery() {
        let address = |country: &str| Address {
            name: "Ada".into(),
            line1: "1 Main St".into(),
            city: "Bern".into(),
            country: country.into(),
            ..Address::default()
        };
        let delivery = Delivery {
            method_id: souk_contract::Id::new(Uuid::from_u128(1)),
            name: "Standard".into(),
            price: Money::new(490, Currency::EUR),
            days_min: 1,
            days_max: 2,
        };
        let mut content =
            Content { shipping_address: Some(address("DE")), delivery: Some(delivery), ..Content::default() };
        let to = |country| UpdateCart { shipping_address: Some(address(country)), ..UpdateCart::default() };
        content.update(to("DE")).expect("valid");
        assert!(content.delivery.is_some());
        content.update(to("CH")).expect("valid");
        assert!(content.delivery.is_none());
    }
}
