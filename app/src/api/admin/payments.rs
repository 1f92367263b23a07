//! Ways to pay, what is taken by hand, and our books against the gateways'.

use leptos::{prelude::*, server_fn::codec::Json};
use souk_contract::{
    BreakQuery, CapturePayment, NoticeQuery, Page, Payment, PaymentBreak, PaymentBreakId, PaymentId,
    PaymentNotice, PaymentNoticeId, PaymentSettings, PaymentSettingsInput, Reconcile, Reconciliation,
    SetBreakAside,
};

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

/// The last comparisons, newest first.
#[server(prefix = "/fn", endpoint = "admin/payments/reconciliations", input = Json, output = Json, client = Client)]
pub async fn reconciliations() -> Result<Vec<Reconciliation>> {
    let visit = Visit::current()?;
    Ok(visit.services.payments.reconciliations(&visit.ctx).await?)
}

/// Compares our books with the gateways' lists.
#[server(prefix = "/fn", endpoint = "admin/payments/reconcile", input = Json, output = Json, client = Client)]
pub async fn reconcile_payments(request: Reconcile) -> Result<Reconciliation> {
    let visit = Visit::current()?;
    Ok(visit.services.payments.reconcile(&visit.ctx, request).await?)
}

/// Where both sides differ.
#[server(prefix = "/fn", endpoint = "admin/payments/breaks", input = Json, output = Json, client = Client)]
pub async fn payment_breaks(query: BreakQuery) -> Result<Page<PaymentBreak>> {
    let visit = Visit::current()?;
    Ok(visit.services.payments.breaks(&visit.ctx, &query).await?)
}

/// Does what its `fix` says.
#[server(prefix = "/fn", endpoint = "admin/payments/breaks/fix", input = Json, output = Json, client = Client)]
pub async fn fix_payment_break(id: PaymentBreakId, if_version: Option<i64>) -> Result<PaymentBreak> {
    let visit = Visit::current()?;
    Ok(visit.services.payments.fix_break(&visit.ctx, id, if_version).await?)
}

/// It may stay.
#[server(prefix = "/fn", endpoint = "admin/payments/breaks/set-aside", input = Json, output = Json, client = Client)]
pub async fn set_payment_break_aside(
    id: PaymentBreakId,
    request: SetBreakAside,
    if_version: Option<i64>,
) -> Result<PaymentBreak> {
    let visit = Visit::current()?;
    Ok(visit.services.payments.set_break_aside(&visit.ctx, id, request, if_version).await?)
}

/// What gateways told.
#[server(prefix = "/fn", endpoint = "admin/payments/notices", input = Json, output = Json, client = Client)]
pub async fn payment_notices(query: NoticeQuery) -> Result<Page<PaymentNotice>> {
    let visit = Visit::current()?;
    Ok(visit.services.payments.notices(&visit.ctx, &query).await?)
}

/// Acts on a notice once more.
#[server(prefix = "/fn", endpoint = "admin/payments/notices/replay", input = Json, output = Json, client = Client)]
pub async fn replay_payment_notice(id: PaymentNoticeId, if_version: Option<i64>) -> Result<PaymentNotice> {
    let visit = Visit::current()?;
    Ok(visit.services.payments.replay_notice(&visit.ctx, id, if_version).await?)
}
