//! Stripe as a way to be paid: what payments asks of a gateway, in Stripe's words. The browser's hosted fields turn a card
//! into `pm_…`; here it is held, taken and sent back.
//!
//! A payment is one intent, which carries its id. Keys find a repeat for a day; after that, and where an answer was lost,
//! the intent is found by that id, a capture by its mark on the intent, a refund in the intent's list.

use std::collections::HashMap;

use async_trait::async_trait;
use souk_contract::{Error, HostedFields, Money, PaymentAction, PaymentId, Result, Timestamp};
use souk_kernel::Kit;
use souk_payments::{About, Answer, Back, Capture, Charge, Found, Gateway, Notice, Refund, Request, Taken};
use souk_stripe::{
    CaptureMethod, Confirm, Created, Decline, Event, IntentStatus, NewIntent, NewRefund, NextAction,
    PaymentIntent, RefundStatus, Refusal, Said, SettingsError, Shopper, StripeError, Webhook,
    statement_suffix,
};

use crate::config;

const HOUR: i64 = 3600;
/// Stripe keeps what was answered under a key for 24 hours at least.
const KEYS_LIVE_SECONDS: i64 = 23 * HOUR;
/// Between our clock and Stripe's.
const CLOCKS_DIFFER_SECONDS: i64 = HOUR;
/// A charge begins when its bank is asked, which may be a while after its intent was made.
const CHARGED_LATER_SECONDS: i64 = 24 * HOUR;

const INTENT: &str = "pi_";
const CANCELLED: &str = "The payment was cancelled.";

pub struct StripeGateway {
    stripe: souk_stripe::Stripe,
    webhook: Webhook,
    fields: HostedFields,
    /// Whether the keys move real money.
    live: bool,
    /// Its address: which intents of the account are its own.
    shop: String,
    kit: Kit,
}

impl StripeGateway {
    /// # Errors
    /// Where the settings can't be right.
    pub fn new(kit: Kit, config: &config::Stripe, shop: String) -> Result<Self, SettingsError> {
        let settings = souk_stripe::Settings {
            base: config.api_url.clone(),
            ..souk_stripe::Settings::new(config.secret_key.clone())
        };
        Ok(Self {
            stripe: souk_stripe::Stripe::new(&settings)?,
            webhook: Webhook::new(config.signing_secrets.iter().cloned()),
            fields: HostedFields { script: config.script_url.clone(), key: config.publishable_key.clone() },
            live: config.live,
            shop,
            kit,
        })
    }

    /// The intent of a payment; by the payment's id, where Stripe's name for it never reached us.
    async fn find(&self, payment: PaymentId, reference: Option<&str>) -> Result<Option<PaymentIntent>> {
        match reference {
            // Free, or declined before it had a name.
            Some(id) if !id.starts_with(INTENT) => Ok(None),
            Some(id) => match self.stripe.intent(id).await {
                Ok(intent) => Ok(Some(intent)),
                Err(error) if error.is_missing() => Ok(None),
                Err(error) => Err(unavailable(error)),
            },
            None => {
                let until = self.kit.now().plus_seconds(CLOCKS_DIFFER_SECONDS);
                let from = self.begun(payment).plus_seconds(-CLOCKS_DIFFER_SECONDS);
                let found = self.stripe.intents_of(payment, Created { from, until }).await;
                Ok(found.map_err(unavailable)?.into_iter().next())
            }
        }
    }

    /// Ids tell when they were made.
    fn begun(&self, payment: PaymentId) -> Timestamp {
        let (seconds, _) = payment.uuid().get_timestamp().map_or((0, 0), |moment| moment.to_unix());
        let told = i64::try_from(seconds).ok().and_then(|seconds| seconds.checked_mul(1_000_000));
        told.and_then(Timestamp::from_micros).map_or(self.kit.now(), |told| told.min(self.kit.now()))
    }

    async fn charge(&self, intent: &PaymentIntent) -> Result<souk_stripe::Charge> {
        let charge = intent.latest_charge.as_deref();
        let charge = charge.ok_or_else(|| Error::internal("Stripe holds money without a charge"))?;
        self.stripe.charge(charge).await.map_err(unavailable)
    }

    /// What became of an intent that was to hold money.
    async fn answer(&self, intent: PaymentIntent) -> Result<Answer> {
        let reference = intent.id.clone();
        let message = match (&intent.status, &intent.next_action) {
            (IntentStatus::RequiresCapture, _) => {
                let charge = self.charge(&intent).await?;
                return Ok(Answer::Authorized {
                    reference,
                    until: charge.held_until,
                    in_parts: charge.in_parts,
                });
            }
            (IntentStatus::RequiresAction, Some(NextAction::Redirect(page))) => {
                let action = PaymentAction::Redirect { url: page.expose().to_owned() };
                return Ok(Answer::RequiresAction { reference, action });
            }
            (IntentStatus::RequiresAction, _) => {
                "This card's bank asks in a way that does not work here. Please use another card.".to_owned()
            }
            (IntentStatus::RequiresPaymentMethod, _) => declined(intent.last_error.as_ref()),
            (IntentStatus::Canceled, _) => CANCELLED.to_owned(),
            (status, _) => {
                tracing::warn!(?status, intent = %intent.id, "Stripe has not answered yet");
                return Err(away());
            }
        };
        self.close(&intent).await;
        Ok(Answer::Declined { reference, message })
    }

    /// What was declined can't be tried again by whoever knows its name. Where that fails it is merely left open: it
    /// holds nothing.
    async fn close(&self, intent: &PaymentIntent) {
        if intent.status == IntentStatus::Canceled {
            return;
        }
        if let Err(error) = self.cancel(intent).await {
            tracing::warn!(%error, intent = %intent.id, "a declined payment could not be closed at Stripe");
        }
    }

    /// A key for each state: what was refused in one is not kept for another.
    async fn cancel(&self, intent: &PaymentIntent) -> Result<PaymentIntent, StripeError> {
        let key = format!("void-{}-{:?}", intent.id, intent.status);
        self.stripe.cancel_intent(&key, &intent.id, None).await
    }

    async fn declined(&self, payment: PaymentId, decline: &Decline) -> Result<Answer> {
        let message = decline.message().to_owned();
        let Some(intent) = self.find(payment, decline.intent.as_deref()).await? else {
            return Ok(Answer::Declined { reference: payment.to_string(), message });
        };
        self.close(&intent).await;
        Ok(Answer::Declined { reference: intent.id, message })
    }
}

#[async_trait]
impl Gateway for StripeGateway {
    fn code(&self) -> &'static str {
        config::STRIPE
    }

    fn about(&self) -> About {
        About { name: "Card", description: "Visa, Mastercard, American Express and others." }
    }

    fn holds(&self) -> bool {
        true
    }

    fn fields(&self) -> Option<HostedFields> {
        Some(self.fields.clone())
    }

    async fn authorize(&self, request: Request<'_>) -> Result<Answer> {
        if request.amount.is_zero() {
            // Stripe takes no nothing, and nobody has to enter a card for it.
            let reference = request.payment.to_string();
            return Ok(Answer::Authorized { reference, until: None, in_parts: false });
        }
        let method = request.token.filter(|token| token.starts_with("pm_")).ok_or_else(no_card)?;
        let old = self.begun(request.payment).plus_seconds(KEYS_LIVE_SECONDS) < self.kit.now();
        if old && let Some(intent) = self.find(request.payment, None).await? {
            return self.answer(intent).await;
        }
        let suffix = statement_suffix(request.reference);
        let shopper = request.return_url.map_or(Shopper::Away, |return_url| Shopper::Present { return_url });
        let new = NewIntent {
            amount: request.amount,
            payment: request.payment,
            order: request.order,
            shop: &self.shop,
            capture: CaptureMethod::Manual,
            in_parts: true,
            statement_suffix: suffix.as_deref(),
            customer: None,
            save_for: None,
            confirm: Some(Confirm { method, shopper }),
        };
        match self.stripe.create_intent(&format!("pay-{}", request.payment), &new).await {
            Ok(intent) => self.answer(intent).await,
            Err(StripeError::Declined(decline)) => self.declined(request.payment, &decline).await,
            Err(StripeError::Invalid(refusal)) => refused_payment(&request, &refusal),
            Err(error) => Err(unavailable(error)),
        }
    }

    async fn look(&self, payment: PaymentId, reference: Option<&str>) -> Result<Found> {
        let gone = |message: String| Found::Gone { message };
        let Some(mut intent) = self.find(payment, reference).await? else {
            return Ok(gone("The gateway knows of no such payment.".to_owned()));
        };
        if intent.status == IntentStatus::RequiresPaymentMethod {
            // Its shopper knows its secret from the bank's page, and could try another card behind our back.
            let message = declined(intent.last_error.as_ref());
            match self.cancel(&intent).await {
                Ok(_) => return Ok(gone(message)),
                Err(StripeError::Invalid(_)) => {
                    intent = self.stripe.intent(&intent.id).await.map_err(unavailable)?;
                }
                Err(error) => return Err(unavailable(error)),
            }
        }
        match intent.status {
            IntentStatus::RequiresCapture | IntentStatus::Succeeded => {
                let charge = self.charge(&intent).await?;
                Ok(Found::Held { amount: intent.amount, until: charge.held_until, in_parts: charge.in_parts })
            }
            IntentStatus::Canceled => {
                let message = intent.last_error.as_ref().map_or(CANCELLED, Decline::message);
                Ok(gone(message.to_owned()))
            }
            _ => Ok(Found::Waits),
        }
    }

    async fn capture(&self, capture: Capture<'_>) -> Result<Taken> {
        let reference = format!("{}:{}", capture.reference, capture.id.uuid().simple());
        if capture.amount.is_zero() {
            return Ok(Taken::Done { reference });
        }
        let refused =
            |message: &str| Taken::Refused { reference: reference.clone(), message: message.into() };
        let Some(intent) = self.find(capture.payment, Some(capture.reference)).await? else {
            return Ok(refused("Stripe knows of no such payment."));
        };
        match intent.status {
            _ if intent.took(capture.id) => return Ok(Taken::Done { reference }),
            IntentStatus::RequiresCapture => {}
            // Taken at Stripe's own pages.
            IntentStatus::Succeeded if intent.received == capture.amount && !intent.took_any() => {
                return Ok(Taken::Done { reference });
            }
            IntentStatus::Succeeded => {
                return Ok(refused("It was taken otherwise, and Stripe holds nothing more."));
            }
            _ => return Ok(refused("Stripe holds nothing for this payment any more.")),
        }
        // Less than everything lets go of the rest, unless more parts may follow.
        let last = intent.capturable == capture.amount || !self.charge(&intent).await?.in_parts;
        let what = souk_stripe::Capture { id: capture.id, amount: Some(capture.amount), last };
        match self.stripe.capture_intent(&format!("capture-{}", capture.id), &intent.id, what).await {
            Ok(_) => Ok(Taken::Done { reference }),
            Err(StripeError::Declined(_)) => Ok(refused("The card's bank gives the money no more.")),
            Err(StripeError::Invalid(refusal)) if !is_reused(&refusal) => {
                tracing::warn!(%refusal, intent = %intent.id, "Stripe refused a capture");
                Ok(refused(&for_staff(&refusal)))
            }
            Err(error) => Err(unavailable(error)),
        }
    }

    async fn void(&self, payment: PaymentId, reference: Option<&str>) -> Result<()> {
        let Some(mut intent) = self.find(payment, reference).await? else { return Ok(()) };
        // Confirmed or captured at this very moment, it can't be cancelled as what it was.
        for _ in 0..2 {
            match intent.status {
                IntentStatus::Canceled => return Ok(()),
                IntentStatus::Succeeded if intent.received != intent.amount => return Ok(()),
                IntentStatus::Succeeded => {
                    let message = "The money was taken already: refund it instead.";
                    return Err(Error::conflict("payment_captured", message));
                }
                _ => {}
            }
            match self.cancel(&intent).await {
                Ok(_) => return Ok(()),
                Err(StripeError::Invalid(_)) => {
                    intent = self.stripe.intent(&intent.id).await.map_err(unavailable)?;
                }
                Err(error) => return Err(unavailable(error)),
            }
        }
        Err(away())
    }

    async fn refund(&self, refund: Refund<'_>) -> Result<Back> {
        let known = self.stripe.refunds_of(refund.reference).all().await.map_err(unavailable)?;
        if let Some(known) = known.into_iter().find(|known| known.refund() == Some(refund.id)) {
            return Ok(sent(known));
        }
        let new = NewRefund {
            refund: refund.id,
            payment: refund.payment,
            intent: refund.reference,
            amount: refund.amount,
            reason: None,
        };
        match self.stripe.create_refund(&format!("refund-{}", refund.id), &new).await {
            Ok(made) => Ok(sent(made)),
            Err(StripeError::Invalid(refusal)) if !is_reused(&refusal) => {
                tracing::warn!(%refusal, refund = %refund.id, "Stripe refused a refund");
                Ok(Back::Declined { reference: refund.id.to_string(), message: for_staff(&refusal) })
            }
            Err(error) => Err(unavailable(error)),
        }
    }

    fn read_notice(&self, signature: &str, body: &[u8], now: Timestamp) -> Result<Notice, String> {
        let event =
            self.webhook.open(signature, body, now).map_err(|error| format!("It is refused: {error}."))?;
        if event.live != self.live {
            return Err("It is of Stripe's other mode: test or live.".to_owned());
        }
        if let Some(account) = &event.account {
            return Err(format!("It is for another account: {account}."));
        }
        let (reference, amount) = about(&event);
        Ok(Notice { event: event.id, kind: event.kind, reference, amount })
    }

    async fn charges(&self, since: Timestamp, until: Timestamp) -> Result<Vec<Charge>> {
        let intents = self.stripe.intents(Created { from: since, until }).all().await.map_err(unavailable)?;
        let later = Created { from: since, until: until.plus_seconds(CHARGED_LATER_SECONDS) };
        let charges = self.stripe.charges(later).all().await.map_err(unavailable)?;
        let back: HashMap<String, Money> =
            charges.into_iter().map(|charge| (charge.id, charge.refunded)).collect();
        let mut listed = Vec::new();
        for intent in intents {
            let within = since <= intent.created_at && intent.created_at < until;
            if !within || (intent.received.is_zero() && intent.capturable.is_zero()) {
                continue;
            }
            let refunded = match intent.latest_charge.as_ref().and_then(|charge| back.get(charge)) {
                Some(refunded) => *refunded,
                None => self.charge(&intent).await?.refunded,
            };
            listed.push(Charge {
                payment: intent.payment().filter(|_| intent.shop() == Some(&self.shop)),
                created_at: intent.created_at,
                held: intent.capturable,
                captured: intent.received,
                refunded,
                reference: intent.id,
            });
        }
        Ok(listed)
    }
}

/// Which payment to look at, and what it is of.
fn about(event: &Event) -> (Option<String>, Option<Money>) {
    match &event.said {
        Said::PaymentSucceeded(intent)
        | Said::PaymentFailed(intent)
        | Said::PaymentRequiresAction(intent)
        | Said::PaymentCapturable(intent)
        | Said::PaymentCanceled(intent) => match intent.payment() {
            Some(_) => (Some(intent.id.clone()), Some(intent.amount)),
            // Others share the account.
            None => (None, None),
        },
        Said::ChargeCaptured(charge) | Said::ChargeRefunded(charge) => (charge.intent.clone(), None),
        Said::RefundUpdated(refund) | Said::RefundFailed(refund) => match refund.payment() {
            Some(_) => (refund.intent.clone(), None),
            None => (None, None),
        },
        Said::DisputeCreated(_) | Said::DisputeUpdated(_) | Said::DisputeClosed(_) | Said::Other(_) => {
            (None, None)
        }
    }
}

fn sent(refund: souk_stripe::Refund) -> Back {
    match refund.status {
        Some(RefundStatus::Succeeded) => Back::Sent { reference: refund.id },
        Some(RefundStatus::Failed | RefundStatus::Canceled) => {
            let why = refund.failure_reason.map(|why| format!(": {}", why.replace('_', " ")));
            let message = format!("Stripe could not send it back{}.", why.unwrap_or_default());
            Back::Declined { reference: refund.id, message }
        }
        _ => Back::Pending,
    }
}

fn declined(error: Option<&Decline>) -> String {
    error.map_or("The payment did not go through.", Decline::message).to_owned()
}

fn no_card() -> Error {
    let message = "Please enter your card. If there is nowhere to, this page could not load its script.";
    Error::invalid("payment_token", "required", message)
}

/// The key was used for something else.
fn is_reused(refusal: &Refusal) -> bool {
    refusal.kind.as_deref() == Some("idempotency_error")
}

fn refused_payment(request: &Request<'_>, refusal: &Refusal) -> Result<Answer> {
    if is_reused(refusal) {
        return Err(Error::conflict("payment_reused", "This payment was made for something else."));
    }
    if refusal.param.as_deref() == Some("payment_method")
        || refusal.code.as_deref() == Some("resource_missing")
    {
        let message = "This card was not accepted. Please enter it again.";
        return Err(Error::invalid("payment_token", "invalid", message));
    }
    tracing::error!(%refusal, payment = %request.payment, "Stripe refused a payment");
    let message = "This can't be paid by card. Please choose another way to pay.".to_owned();
    Ok(Answer::Declined { reference: request.payment.to_string(), message })
}

/// Stripe's own words are for whoever wrote the request.
fn for_staff(refusal: &Refusal) -> String {
    match refusal.code.as_deref() {
        Some("charge_already_refunded") => "Stripe has sent all of it back already.".to_owned(),
        Some("charge_expired_for_capture") => "What was held has run out.".to_owned(),
        Some("balance_insufficient") => "There is not enough money in the Stripe account.".to_owned(),
        Some("charge_disputed") => "This payment is disputed.".to_owned(),
        Some(code) => format!("Stripe refused it: {}.", code.replace('_', " ")),
        None => "Stripe refused it.".to_owned(),
    }
}

fn unavailable(error: StripeError) -> Error {
    match error {
        // Ours to mend: nothing can be paid until then.
        StripeError::Authentication { .. } | StripeError::Invalid(_) => {
            tracing::error!(%error, "Stripe refused a request");
        }
        _ => tracing::warn!(%error, "Stripe can't be asked"),
    }
    away()
}

fn away() -> Error {
    Error::Unavailable { what: "The payment gateway".into() }
}
