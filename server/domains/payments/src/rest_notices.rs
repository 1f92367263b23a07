//! What gateways told, for staff: relative to `/api/admin/v1`.

use std::sync::Arc;

use axum::extract::State;
use souk_contract::{NoticeQuery, Page, PaymentNotice, PaymentNoticeId, Payments};
use souk_kernel::http::{Caller, IfMatch, Json, Path, Problem, Query, Versioned};
use utoipa_axum::{router::OpenApiRouter, routes};

type Service = State<Arc<dyn Payments>>;

pub(crate) fn routes(payments: Arc<dyn Payments>) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(replay)).with_state(payments)
}

/// List what gateways told
///
/// Newest first, as it came, with what became of it. Kept for 90 days; what was not the gateway's, for 7.
#[utoipa::path(
    get, path = "/payment-notices", tag = "payments", params(NoticeQuery),
    responses((status = 200, body = Page<PaymentNotice>), (status = 403), (status = 422))
)]
async fn list(
    State(payments): Service,
    Caller(ctx): Caller,
    Query(query): Query<NoticeQuery>,
) -> Result<Json<Page<PaymentNotice>>, Problem> {
    Ok(Json(payments.notices(&ctx, &query).await?))
}

/// Act on a notice once more
///
/// The gateway is asked what became of the payment. 409: `notice_refused`.
#[utoipa::path(
    post, path = "/payment-notices/{id}/replay", tag = "payments",
    params(
        ("id" = PaymentNoticeId, Path),
        ("If-Match" = String, Header, description = "The notice's `version`"),
        ("Idempotency-Key" = Option<String>, Header),
    ),
    responses((status = 200, body = PaymentNotice), (status = 404), (status = 409), (status = 412), (status = 428))
)]
async fn replay(
    State(payments): Service,
    Caller(ctx): Caller,
    Path(id): Path<PaymentNoticeId>,
    if_match: IfMatch,
) -> Result<Versioned<Json<PaymentNotice>>, Problem> {
    let version = if_match.required()?;
    let notice = payments.replay_notice(&ctx, id, Some(version)).await?;
    Ok(Versioned(notice.version, Json(notice)))
}
