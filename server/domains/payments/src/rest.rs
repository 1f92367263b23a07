//! Payments over HTTP, relative to `/api/store/v1` and `/api/admin/v1`.

use std::sync::Arc;

use axum::extract::State;
use serde::Deserialize;
use souk_contract::{Currency, Error, Money, Payment, PaymentId, PaymentMethod, Payments, Resource};
use souk_kernel::http::{Caller, IfMatch, Json, Path, Problem, Query, Versioned};
use utoipa_axum::{router::OpenApiRouter, routes};

type Service = State<Arc<dyn Payments>>;

/// What a shopper chooses from.
pub fn store_routes(payments: Arc<dyn Payments>) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(methods)).with_state(payments)
}

/// What staff look at and confirm.
pub fn admin_routes(payments: Arc<dyn Payments>) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(confirm_transfer)).with_state(payments)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MethodsQuery {
    amount: i64,
    currency: String,
}

/// List the ways to pay an amount
#[utoipa::path(
    get, path = "/payment-methods", tag = "payments",
    params(
        ("amount" = i64, Query, description = "Minor units"),
        ("currency" = Currency, Query, description = "ISO 4217"),
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
    Ok(Json(payments.methods(&ctx, Money::new(query.amount, currency)).await?))
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

/// Confirm a bank transfer
///
/// The money is on the account: the order counts as paid.
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
