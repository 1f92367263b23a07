//! Customers, to whom payment methods are saved.

use std::collections::BTreeMap;

use serde::Deserialize;
use souk_contract::{CustomerId, Timestamp};

use crate::{Stripe, StripeError, form::Form, list::Pages, wire};

const CUSTOMER: &str = "souk_customer";

#[derive(Debug, Clone, Copy)]
pub struct NewCustomer<'a> {
    pub customer: CustomerId,
    /// Only what Stripe needs: for its receipts, and to tell customers apart at its own pages.
    pub email: Option<&'a str>,
    pub name: Option<&'a str>,
}

/// Without what Stripe knows of the person: that is asked of us, not of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Customer {
    pub id: String,
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    #[serde(rename = "created", deserialize_with = "wire::moment")]
    pub created_at: Timestamp,
}

impl Customer {
    /// None where it is not one of ours.
    pub fn customer(&self) -> Option<CustomerId> {
        wire::ours(&self.metadata, CUSTOMER)
    }
}

/// A payment method that was saved to a customer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SavedMethod {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    /// None once it was taken from them: then it can't be used any more.
    #[serde(default, deserialize_with = "wire::maybe_id")]
    pub customer: Option<String>,
    pub card: Option<Card>,
    #[serde(rename = "created", deserialize_with = "wire::moment")]
    pub created_at: Timestamp,
}

/// What may be shown of a card.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Card {
    /// `visa`, `mastercard`, `amex`, …
    pub brand: String,
    pub last4: String,
    pub exp_month: u8,
    pub exp_year: u16,
}

#[derive(Deserialize)]
struct Deleted {
    deleted: bool,
}

const CUSTOMERS: &str = "customers";
const METHODS: &str = "payment_methods";

impl Stripe {
    pub async fn create_customer(&self, key: &str, new: &NewCustomer<'_>) -> Result<Customer, StripeError> {
        let mut form = Form::default();
        form.put("metadata[souk_customer]", new.customer).maybe("email", new.email).maybe("name", new.name);
        self.post(&[CUSTOMERS], key, &form).await
    }

    /// Forgets the person and what was saved to them; their payments stay. True also where they were forgotten before.
    pub async fn delete_customer(&self, id: &str) -> Result<bool, StripeError> {
        match self.delete::<Deleted>(&[CUSTOMERS, id]).await {
            Ok(answer) => Ok(answer.deleted),
            Err(error) if error.is_missing() => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// The cards that are saved to a customer, newest first.
    pub fn saved_cards(&self, customer: &str) -> Pages<'_, SavedMethod> {
        let mut query = Form::default();
        query.put("customer", customer).put("type", "card");
        Pages::new(self, METHODS, query)
    }

    /// Takes a method from its customer, for good.
    pub async fn forget_method(&self, key: &str, id: &str) -> Result<SavedMethod, StripeError> {
        self.post(&[METHODS, id, "detach"], key, &Form::default()).await
    }
}
