//! Payments over HTTP, relative to `/api/store/v1` and `/api/admin/v1`.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use souk_contract::{
    CaptureId, CapturePayment, Currency, Error, Money, Payment, PaymentId, PaymentMethod, PaymentSettings,
    PaymentSettingsInput, Payments, Resource,
};
use souk_kernel::http::{Caller, IfMatch, Json, Path, Problem, Query, Versioned};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

type Service = State<Arc<dyn Payments>>;

/// What a shopper chooses from.
pub fn store_routes(payments: Arc<dyn Payments>) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(methods)).with_state(payments)
}

/// What staff look at and confirm.
pub fn admin_routes(payments: Arc<dyn Payments>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(show))
        .routes(routes!(confirm_transfer))
        .routes(routes!(capture))
        .routes(routes!(release))
        .routes(routes!(settings, set_settings))
        .with_state(Arc::clone(&payments))
        .merge(crate::rest_breaks::routes(Arc::clone(&payments)))
        .merge(crate::rest_notices::routes(payments))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MethodsQuery {
    amount: i64,
    currency: String,
    #[serde(default)]
    country: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TakePayment {
    /// Names it: the same id again finds what became of it. None: a new one.
    #[serde(default)]
    id: Option<CaptureId>,
    /// None: all that is held.
    #[serde(default)]
    amount: Option<Money>,
}

/// List the ways to pay an amount
#[utoipa::path(
    get, path = "/payment-methods", tag = "payments",
    params(
        ("amount" = i64, Query, description = "Minor units"),
        ("currency" = Currency, Query, description = "ISO 4217"),
        ("country" = Option<String>, Query, description = "Where it is delivered to, ISO 3166-1 alpha-2"),
    ),
    responses((status = 200, body = Vec<PaymentMethod>), (status = 422))
)]
async fn methods(
    State(payments): Service,
    Caller(ctx): Caller,
    Query(query): Query<MethodsQuery>,
) -> Result<Json<Vec<PaymentMethod>>, Problem> {
    let currency = query.currency.parse::<Currency>();
    let currency = currency.map_err(|error| Error::invalid("currency", "invalid", error.to_string()))?;
    if query.amount < 0 {
        return Err(Error::invalid("amount", "out_of_range", "Not below 0.").into());
    }
    let amount = Money::new(query.amount, currency);
    Ok(Json(payments.methods(&ctx, amount, query.country.as_deref()).await?))
}

/// Get a payment
#[utoipa::path(
    get, path = "/payments/{id}", tag = "payments", params(("id" = PaymentId, Path)),
    responses((status = 200, body = Payment), (status = 404))
)]
async fn show(
    State(payments): Service,
    Caller(ctx): Caller,
    Path(id): Path<PaymentId>,
) -> Result<Versioned<Json<Payment>>, Problem> {
    ctx.require(Resource::Payments.read())?;
    let payment = payments.get(&ctx, id).await?;
    Ok(Versioned(payment.version, Json(payment)))
}

/// Confirm money that was awaited
///
/// A transfer is on the account, or the cash is in the till: the order counts as paid.
#[utoipa::path(
    post, path = "/payments/{id}/confirm-transfer", tag = "payments",
    params(
        ("id" = PaymentId, Path),
        ("If-Match" = String, Header, description = "The payment's ETag"),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    responses((status = 200, body = Payment), (status = 404), (status = 409), (status = 412), (status = 428))
)]
async fn confirm_transfer(
    State(payments): Service,
    Caller(ctx): Caller,
    Path(id): Path<PaymentId>,
    if_match: IfMatch,
) -> Result<Versioned<Json<Payment>>, Problem> {
    let version = if_match.required()?;
    let payment = payments.confirm_transfer(&ctx, id, Some(version)).await?;
    Ok(Versioned(payment.version, Json(payment)))
}

/// Take what is held
///
/// Some or all of what the gateway holds for a payment. 409: `payment_not_authorized`, `more_than_authorized`,
/// `hold_expired`, `capture_refused`, `capture_reused`.
#[utoipa::path(
    post, path = "/payments/{id}/captures", tag = "payments", request_body = TakePayment,
    params(
        ("id" = PaymentId, Path),
        ("If-Match" = String, Header, description = "The payment's ETag"),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    responses(
        (status = 200, body = Payment), (status = 404), (status = 409), (status = 412), (status = 422), (status = 428)
    )
)]
async fn capture(
    State(payments): Service,
    Caller(ctx): Caller,
    Path(id): Path<PaymentId>,
    if_match: IfMatch,
    Json(request): Json<TakePayment>,
) -> Result<Versioned<Json<Payment>>, Problem> {
    let version = if_match.required()?;
    let request = CapturePayment { capture_id: request.id, payment_id: id, amount: request.amount };
    let payment = payments.capture_by_hand(&ctx, request, Some(version)).await?;
    Ok(Versioned(payment.version, Json(payment)))
}

/// Let the rest go
///
/// What is held and was not taken, once a part was. An order nothing of which was paid is cancelled instead.
#[utoipa::path(
    post, path = "/payments/{id}/release", tag = "payments",
    params(
        ("id" = PaymentId, Path),
        ("If-Match" = String, Header, description = "The payment's ETag"),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    responses((status = 200, body = Payment), (status = 404), (status = 409), (status = 412), (status = 428))
)]
async fn release(
    State(payments): Service,
    Caller(ctx): Caller,
    Path(id): Path<PaymentId>,
    if_match: IfMatch,
) -> Result<Versioned<Json<Payment>>, Problem> {
    let version = if_match.required()?;
    let payment = payments.release(&ctx, id, Some(version)).await?;
    Ok(Versioned(payment.version, Json(payment)))
}

/// Get the payment settings
///
/// Every way to pay, in the order in which shoppers are offered it.
#[utoipa::path(
    get, path = "/payment-settings", tag = "payments",
    responses((status = 200, body = PaymentSettings), (status = 403))
)]
async fn settings(
    State(payments): Service,
    Caller(ctx): Caller,
) -> Result<Versioned<Json<PaymentSettings>>, Problem> {
    let settings = payments.settings(&ctx).await?;
    Ok(Versioned(settings.version, Json(settings)))
}

/// Change the payment settings
#[utoipa::path(
    put, path = "/payment-settings", tag = "payments", request_body = PaymentSettingsInput,
    params(("If-Match" = String, Header, description = "The `version` that was read")),
    responses((status = 200, body = PaymentSettings), (status = 412), (status = 422), (status = 428))
)]
async fn set_settings(
    State(payments): Service,
    Caller(ctx): Caller,
    if_match: IfMatch,
    Json(input): Json<PaymentSettingsInput>,
) -> Result<Versioned<Json<PaymentSettings>>, Problem> {
    let version = if_match.required()?;
    let settings = payments.set_settings(&ctx, input, Some(version)).await?;
    Ok(Versioned(settings.version, Json(settings)))
}
