//! A cart with its promotions as text, and what an engine makes of it.

use serde::{Deserialize, Serialize};
use souk_contract::{Cart, CollectionId, Money, ProductId, PromotionRule, Totals, VariantId};
use souk_pricing::{LineFacts, Shopper, price_cart, reprice};

#[derive(Serialize, Deserialize)]
pub struct Case {
    pub cart: Cart,
    /// Of each line.
    pub facts: Vec<Facts>,
    pub promotions: Vec<PromotionRule>,
    pub delivery: Option<Money>,
    /// What a shopper changes the lines to.
    pub quantities: Vec<i64>,
}

#[derive(Serialize, Deserialize)]
pub struct Facts {
    pub variant_id: VariantId,
    pub product_id: ProductId,
    pub product_type: String,
    pub vendor: String,
    pub collections: Vec<CollectionId>,
}

impl Facts {
    fn of_line(&self) -> LineFacts<'_> {
        LineFacts {
            variant_id: self.variant_id,
            product_id: self.product_id,
            product_type: &self.product_type,
            vendor: &self.vendor,
            tags: &[],
            collections: &self.collections,
        }
    }
}

#[derive(Serialize)]
struct Answer {
    /// As a server computes them.
    totals: Totals,
    /// As a browser does after the quantities were changed; where it may not, as they were.
    guessed: Totals,
}

/// JSON in, JSON out. What can't be priced is answered with why.
pub fn answer(case: &str) -> String {
    let answered = serde_json::from_str(case).map_err(|error| error.to_string()).and_then(Case::answer);
    let answered =
        answered.and_then(|answer| serde_json::to_string(&answer).map_err(|error| error.to_string()));
    answered.unwrap_or_else(|error| error)
}

impl Case {
    fn answer(mut self) -> Result<Answer, String> {
        let facts: Vec<LineFacts<'_>> = self.facts.iter().map(Facts::of_line).collect();
        price_cart(&mut self.cart, &facts, &self.promotions, &Shopper::default(), self.delivery)
            .map_err(|error| error.to_string())?;
        let totals = self.cart.totals.clone();
        for (line, quantity) in self.cart.lines.iter_mut().zip(&self.quantities) {
            line.quantity = *quantity;
        }
        reprice(&mut self.cart).map_err(|error| error.to_string())?;
        Ok(Answer { totals, guessed: self.cart.totals })
    }
}
