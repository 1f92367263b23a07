//! Ways to pay, and what is taken by hand.

use leptos::{prelude::*, server_fn::codec::Json};
use souk_contract::{CapturePayment, Payment, PaymentId, PaymentSettings, PaymentSettingsInput};

#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::{api::admin::Client, failure::Result};

#[server(prefix = "/fn", endpoint = "admin/payments/settings", input = Json, output = Json, client = Client)]
pub async fn payment_methods() -> Result<PaymentSettings> {
    let visit = Visit::current()?;
    Ok(visit.services.payments.settings(&visit.ctx).await?)
}

#[server(prefix = "/fn", endpoint = "admin/payments/settings/set", input = Json, output = Json, client = Client)]
pub async fn set_payment_methods(
    settings: PaymentSettingsInput,
    if_version: Option<i64>,
) -> Result<PaymentSettings> {
    let visit = Visit::current()?;
    Ok(visit.services.payments.set_settings(&visit.ctx, settings, if_version).await?)
}

/// Some or all of what is held.
#[server(prefix = "/fn", endpoint = "admin/payments/capture", input = Json, output = Json, client = Client)]
pub async fn take_payment(request: CapturePayment, if_version: Option<i64>) -> Result<Payment> {
    let visit = Visit::current()?;
    Ok(visit.services.payments.capture_by_hand(&visit.ctx, request, if_version).await?)
}

/// What is held and was not taken is let go.
#[server(prefix = "/fn", endpoint = "admin/payments/release", input = Json, output = Json, client = Client)]
pub async fn release_payment(id: PaymentId, if_version: Option<i64>) -> Result<Payment> {
    let visit = Visit::current()?;
    Ok(visit.services.payments.release(&visit.ctx, id, if_version).await?)
}
