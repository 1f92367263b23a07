//! Our books against the gateways', for staff: relative to `/api/admin/v1`.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use souk_contract::{
    BreakQuery, Page, PaymentBreak, PaymentBreakId, Payments, Reconcile, Reconciliation, SetBreakAside,
};
use souk_kernel::http::{Caller, IfMatch, Json, Path, Problem, Query, Versioned};
use utoipa_axum::{router::OpenApiRouter, routes};

type Service = State<Arc<dyn Payments>>;

pub(crate) fn routes(payments: Arc<dyn Payments>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(runs, reconcile))
        .routes(routes!(list))
        .routes(routes!(fix))
        .routes(routes!(set_aside))
        .with_state(payments)
}

/// List the last comparisons with the gateways
///
/// Newest first, at most 20. One is made each day, and whenever somebody asks for one.
#[utoipa::path(
    get, path = "/payment-reconciliations", tag = "payments",
    responses((status = 200, body = Vec<Reconciliation>), (status = 403))
)]
async fn runs(State(payments): Service, Caller(ctx): Caller) -> Result<Json<Vec<Reconciliation>>, Problem> {
    Ok(Json(payments.reconciliations(&ctx).await?))
}

/// Compare our books with the gateways' own
///
/// Payments of the last half hour, and those that changed in the last ten minutes, are left to the next time. 409: `busy`.
#[utoipa::path(
    post, path = "/payment-reconciliations", tag = "payments", request_body = Reconcile,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = Reconciliation), (status = 403), (status = 409), (status = 422))
)]
async fn reconcile(
    State(payments): Service,
    Caller(ctx): Caller,
    Json(request): Json<Reconcile>,
) -> Result<(StatusCode, Json<Reconciliation>), Problem> {
    Ok((StatusCode::CREATED, Json(payments.reconcile(&ctx, request).await?)))
}

/// List breaks between our books and the gateways'
#[utoipa::path(
    get, path = "/payment-breaks", tag = "payments", params(BreakQuery),
    responses((status = 200, body = Page<PaymentBreak>), (status = 403), (status = 422))
)]
async fn list(
    State(payments): Service,
    Caller(ctx): Caller,
    Query(query): Query<BreakQuery>,
) -> Result<Json<Page<PaymentBreak>>, Problem> {
    Ok(Json(payments.breaks(&ctx, &query).await?))
}

/// Mend a break
///
/// Does what its `fix` says, once, after another look at the gateway. 409: `break_closed`, `no_fix`, `break_changed` (its
/// figures were stale, and are new now), `refund_refused`.
#[utoipa::path(
    post, path = "/payment-breaks/{id}/fix", tag = "payments",
    params(
        ("id" = PaymentBreakId, Path),
        ("If-Match" = String, Header, description = "The break's `version`"),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    responses((status = 200, body = PaymentBreak), (status = 404), (status = 409), (status = 412), (status = 428))
)]
async fn fix(
    State(payments): Service,
    Caller(ctx): Caller,
    Path(id): Path<PaymentBreakId>,
    if_match: IfMatch,
) -> Result<Versioned<Json<PaymentBreak>>, Problem> {
    let version = if_match.required()?;
    let mended = payments.fix_break(&ctx, id, Some(version)).await?;
    Ok(Versioned(mended.version, Json(mended)))
}

/// Set a break aside
///
/// It is opened again when its figures change. 409: `break_closed`.
#[utoipa::path(
    post, path = "/payment-breaks/{id}/set-aside", tag = "payments", request_body = SetBreakAside,
    params(
        ("id" = PaymentBreakId, Path),
        ("If-Match" = String, Header, description = "The break's `version`"),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    responses((status = 200, body = PaymentBreak), (status = 404), (status = 409), (status = 412), (status = 422), (status = 428))
)]
async fn set_aside(
    State(payments): Service,
    Caller(ctx): Caller,
    Path(id): Path<PaymentBreakId>,
    if_match: IfMatch,
    Json(request): Json<SetBreakAside>,
) -> Result<Versioned<Json<PaymentBreak>>, Problem> {
    let version = if_match.required()?;
    let aside = payments.set_break_aside(&ctx, id, request, Some(version)).await?;
    Ok(Versioned(aside.version, Json(aside)))
}
