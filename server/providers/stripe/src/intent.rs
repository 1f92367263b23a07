//! Payment intents: one payment from its first try to the money.

use std::collections::BTreeMap;

use serde::Deserialize;
use souk_contract::{CaptureId, Currency, Money, OrderId, PaymentId, Timestamp};

use crate::{
    Decline, NotChargeable, Secret, Stripe, StripeError, amount,
    error::ErrorBody,
    form::Form,
    list::{Created, Pages},
    setup::Usage,
    wire,
};

pub(crate) const PAYMENT: &str = "souk_payment";
const ORDER: &str = "souk_order";
const SHOP: &str = "souk_shop";
/// Before the id of a capture.
const CAPTURE: &str = "souk_";

/// What shall be paid.
#[derive(Debug, Clone)]
pub struct NewIntent<'a> {
    pub amount: Money,
    /// Goes along as metadata, so that the intent can be found where its name never reached us.
    pub payment: PaymentId,
    pub order: OrderId,
    /// Which shop it is of, as that calls itself: several may share an account.
    pub shop: &'a str,
    pub capture: CaptureMethod,
    /// Asks for the right to capture in parts, where the card and the account have it.
    pub in_parts: bool,
    /// See [`statement_suffix`].
    pub statement_suffix: Option<&'a str>,
    /// Stripe's name for the customer whose saved method is used, or to whom it is saved.
    pub customer: Option<&'a str>,
    /// Saves the method to the customer, where the shopper agreed to that use.
    pub save_for: Option<Usage>,
    /// Tries it at once. Without, the shopper's browser does, with the intent's client secret.
    pub confirm: Option<Confirm<'a>>,
}

#[derive(Debug, Clone, Copy)]
pub struct Confirm<'a> {
    /// From the hosted fields: `pm_…`.
    pub method: &'a str,
    pub shopper: Shopper<'a>,
}

#[derive(Debug, Clone, Copy)]
pub enum Shopper<'a> {
    /// Can be asked by the bank, which sends them back to this address.
    Present { return_url: &'a str },
    /// Can't: where the bank would ask, it is `Declined` with `authentication_required`. Only for methods that were saved
    /// for it.
    Away,
}

impl Confirm<'_> {
    fn put(&self, form: &mut Form) {
        form.put("payment_method", self.method);
        match self.shopper {
            Shopper::Present { return_url } => form.put("return_url", return_url),
            Shopper::Away => form.put("off_session", true),
        };
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaptureMethod {
    Automatic,
    /// As `Automatic`, and the answer does not wait for it.
    AutomaticAsync,
    /// The amount is held until it is captured.
    Manual,
    #[serde(untagged)]
    Other(String),
}

impl CaptureMethod {
    fn as_str(&self) -> &str {
        match self {
            Self::Automatic => "automatic",
            Self::AutomaticAsync => "automatic_async",
            Self::Manual => "manual",
            Self::Other(text) => text,
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Capture {
    /// Stays with the intent as metadata: see [`PaymentIntent::took`].
    pub id: CaptureId,
    /// None for all that is held. In the intent's currency.
    pub amount: Option<Money>,
    /// Lets go of what is held beyond it. Otherwise more can follow, where `in_parts` was granted.
    pub last: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelReason {
    Duplicate,
    Fraudulent,
    RequestedByCustomer,
    Abandoned,
}

impl CancelReason {
    fn as_str(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::Fraudulent => "fraudulent",
            Self::RequestedByCustomer => "requested_by_customer",
            Self::Abandoned => "abandoned",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntentStatus {
    /// Nothing was tried yet, or what was tried was declined: see `last_error`.
    RequiresPaymentMethod,
    RequiresConfirmation,
    /// The shopper has something to do: see `next_action`.
    RequiresAction,
    /// Tried; the answer comes by webhook.
    Processing,
    /// The amount is held.
    RequiresCapture,
    Canceled,
    Succeeded,
    #[serde(untagged)]
    Other(String),
}

#[derive(Debug, Clone)]
pub enum NextAction {
    /// The shopper, and nobody else, goes to this address of the bank's, which sends them back to `return_url`.
    Redirect(Secret),
    /// For Stripe's own script in the browser.
    Other(String),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Wire")]
pub struct PaymentIntent {
    pub id: String,
    pub status: IntentStatus,
    pub amount: Money,
    /// What is still held.
    pub capturable: Money,
    pub received: Money,
    pub capture: CaptureMethod,
    /// For the hosted fields of this shopper, and for nobody else.
    pub client_secret: Option<Secret>,
    pub next_action: Option<NextAction>,
    pub latest_charge: Option<String>,
    pub method: Option<String>,
    /// Why the last try failed.
    pub last_error: Option<Decline>,
    pub metadata: BTreeMap<String, String>,
    pub created_at: Timestamp,
}

impl PaymentIntent {
    /// None where it is not one of ours.
    pub fn payment(&self) -> Option<PaymentId> {
        wire::ours(&self.metadata, PAYMENT)
    }

    /// Whether this capture was done, however long ago: Stripe keeps no captures of their own, and keys for a day.
    pub fn took(&self, capture: CaptureId) -> bool {
        self.metadata.contains_key(&capture_name(capture))
    }

    /// Whether any capture of ours was done. Otherwise what was taken was taken at Stripe's own pages.
    pub fn took_any(&self) -> bool {
        let is_mark = |name: &String| name.strip_prefix(CAPTURE).is_some_and(|id| id.len() == 32);
        self.metadata.keys().any(is_mark)
    }

    /// As [`NewIntent::shop`] said.
    pub fn shop(&self) -> Option<&str> {
        self.metadata.get(SHOP).map(String::as_str)
    }

    pub fn order(&self) -> Option<OrderId> {
        wire::ours(&self.metadata, ORDER)
    }
}

#[derive(Deserialize)]
struct Wire {
    id: String,
    status: IntentStatus,
    amount: i64,
    amount_capturable: i64,
    amount_received: i64,
    currency: Currency,
    capture_method: CaptureMethod,
    client_secret: Option<Secret>,
    next_action: Option<WireAction>,
    #[serde(default, deserialize_with = "wire::maybe_id")]
    latest_charge: Option<String>,
    #[serde(default, deserialize_with = "wire::maybe_id")]
    payment_method: Option<String>,
    last_payment_error: Option<ErrorBody>,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
    #[serde(deserialize_with = "wire::moment")]
    created: Timestamp,
}

#[derive(Deserialize)]
pub(crate) struct WireAction {
    #[serde(rename = "type")]
    kind: String,
    redirect_to_url: Option<WireRedirect>,
}

#[derive(Deserialize)]
struct WireRedirect {
    url: Secret,
}

impl From<WireAction> for NextAction {
    fn from(wire: WireAction) -> Self {
        match wire.redirect_to_url {
            Some(redirect) => Self::Redirect(redirect.url),
            None => Self::Other(wire.kind),
        }
    }
}

impl TryFrom<Wire> for PaymentIntent {
    type Error = NotChargeable;

    fn try_from(wire: Wire) -> Result<Self, NotChargeable> {
        let money = |amount| amount::from_stripe(amount, wire.currency);
        let id = wire.id;
        Ok(Self {
            status: wire.status,
            amount: money(wire.amount)?,
            capturable: money(wire.amount_capturable)?,
            received: money(wire.amount_received)?,
            capture: wire.capture_method,
            client_secret: wire.client_secret,
            next_action: wire.next_action.map(NextAction::from),
            latest_charge: wire.latest_charge,
            method: wire.payment_method,
            last_error: wire
                .last_payment_error
                .map(|error| Decline { intent: Some(id.clone()), ..error.decline(None) }),
            metadata: wire.metadata,
            created_at: wire.created,
            id,
        })
    }
}

/// A name of metadata has 40 characters at most, and there are 50 of them.
fn capture_name(id: CaptureId) -> String {
    format!("{CAPTURE}{}", id.uuid().simple())
}

const INTENTS: &str = "payment_intents";

impl Stripe {
    /// # Errors
    /// `Declined` only where it is confirmed at once.
    pub async fn create_intent(&self, key: &str, new: &NewIntent<'_>) -> Result<PaymentIntent, StripeError> {
        let mut form = Form::default();
        form.put("amount", amount::to_stripe(new.amount)?)
            .put("currency", new.amount.currency.code().to_ascii_lowercase())
            .put("capture_method", new.capture.as_str())
            // Otherwise it would be whatever the account's pages say, and some of those need a page of their own.
            .put("payment_method_types[]", "card")
            .put("metadata[souk_payment]", new.payment)
            .put("metadata[souk_order]", new.order)
            .put("metadata[souk_shop]", new.shop)
            .maybe("statement_descriptor_suffix", new.statement_suffix)
            .maybe("customer", new.customer)
            .maybe("setup_future_usage", new.save_for.map(Usage::as_str));
        if new.in_parts {
            form.put("payment_method_options[card][request_multicapture]", "if_available");
        }
        if let Some(confirm) = &new.confirm {
            form.put("confirm", true);
            confirm.put(&mut form);
        }
        self.post(&[INTENTS], key, &form).await
    }

    pub async fn intent(&self, id: &str) -> Result<PaymentIntent, StripeError> {
        self.get(&[INTENTS, id], &Form::default()).await
    }

    /// Tries it. A key of its own for every method that is tried: the same again answers what became of the first.
    pub async fn confirm_intent(
        &self,
        key: &str,
        id: &str,
        confirm: &Confirm<'_>,
    ) -> Result<PaymentIntent, StripeError> {
        let mut form = Form::default();
        confirm.put(&mut form);
        self.post(&[INTENTS, id, "confirm"], key, &form).await
    }

    /// Takes what is held, or a part of it.
    ///
    /// # Errors
    /// `Invalid` with `payment_intent_unexpected_state` where nothing is held any more.
    pub async fn capture_intent(
        &self,
        key: &str,
        id: &str,
        capture: Capture,
    ) -> Result<PaymentIntent, StripeError> {
        let mut form = Form::default();
        form.maybe("amount_to_capture", capture.amount.map(amount::to_stripe).transpose()?);
        if !capture.last {
            // Only said where it matters: accounts without multicapture refuse it.
            form.put("final_capture", false);
        }
        form.put(format!("metadata[{}]", capture_name(capture.id)), "captured");
        self.post(&[INTENTS, id, "capture"], key, &form).await
    }

    /// Lets go of what is held, and nothing can be tried any more.
    ///
    /// # Errors
    /// `Invalid` with `payment_intent_unexpected_state` where it was taken or let go before.
    pub async fn cancel_intent(
        &self,
        key: &str,
        id: &str,
        reason: Option<CancelReason>,
    ) -> Result<PaymentIntent, StripeError> {
        let mut form = Form::default();
        form.maybe("cancellation_reason", reason.map(CancelReason::as_str));
        self.post(&[INTENTS, id, "cancel"], key, &form).await
    }

    /// The intents of that time, newest first.
    pub fn intents(&self, created: Created) -> Pages<'_, PaymentIntent> {
        Pages::new(self, INTENTS, created.query())
    }

    /// Finds the intents of a payment whose answer was lost. The list is current, as Stripe's search is not.
    pub async fn intents_of(
        &self,
        payment: PaymentId,
        created: Created,
    ) -> Result<Vec<PaymentIntent>, StripeError> {
        let mut pages = self.intents(created);
        let mut found = Vec::new();
        while let Some(page) = pages.next().await? {
            found.extend(page.into_iter().filter(|intent| intent.payment() == Some(payment)));
        }
        Ok(found)
    }
}

/// What a bank statement may show after the account's own prefix; None where nothing of the text can stand there.
///
/// Source: docs.stripe.com/get-started/account/statement-descriptors: at most 22 characters with a prefix of up to ten,
/// `*` and a space; at least one letter; Latin, without `<>\'"*`.
pub fn statement_suffix(text: &str) -> Option<String> {
    let fits = |c: &char| matches!(c, ' '..='~') && !matches!(c, '<' | '>' | '\\' | '\'' | '"' | '*');
    let kept: String = text.trim().chars().filter(fits).take(10).collect();
    let kept = kept.trim_end();
    kept.contains(|c: char| c.is_ascii_alphabetic()).then(|| kept.to_owned())
}

#[cfg(test)]
mod tests {
    use super::statement_suffix;

    #[test]
    fn a_suffix_is_short_plain_and_has_a_letter() {
        assert_eq!(statement_suffix("Order 1042").as_deref(), Some("Order 1042"));
        assert_eq!(statement_suffix(" 'S-1042*\" é").as_deref(), Some("S-1042"));
        assert_eq!(statement_suffix("S-100000000042").as_deref(), Some("S-10000000"));
        assert_eq!(statement_suffix("#1042"), None);
        assert_eq!(statement_suffix("日本"), None);
    }
}
