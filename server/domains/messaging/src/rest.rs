//! The mails over HTTP, relative to `/api/admin/v1`.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use souk_contract::{Mail, MailId, Messaging, Page, PageRequest};
use souk_kernel::http::{Caller, Json, Path, Problem, Query};
use utoipa_axum::{router::OpenApiRouter, routes};

type Service = State<Arc<dyn Messaging>>;

/// What staff look at.
pub fn admin_routes(messaging: Arc<dyn Messaging>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(send_again))
        .with_state(messaging)
}

/// List mails
///
/// Newest first.
#[utoipa::path(
    get, path = "/mails", tag = "messaging",
    params(("after" = Option<String>, Query), ("limit" = Option<u32>, Query)),
    responses((status = 200, body = Page<Mail>), (status = 401))
)]
async fn list(
    State(messaging): Service,
    Caller(ctx): Caller,
    Query(page): Query<PageRequest>,
) -> Result<Json<Page<Mail>>, Problem> {
    Ok(Json(messaging.mails(&ctx, &page).await?))
}

/// Get a mail
#[utoipa::path(
    get, path = "/mails/{id}", tag = "messaging", params(("id" = MailId, Path)),
    responses((status = 200, body = Mail), (status = 401), (status = 404))
)]
async fn show(
    State(messaging): Service,
    Caller(ctx): Caller,
    Path(id): Path<MailId>,
) -> Result<Json<Mail>, Problem> {
    Ok(Json(messaging.mail(&ctx, id).await?))
}

/// Send a mail again
///
/// As a mail of its own, with the same words. 409 `only_once` for a link that works a single time.
#[utoipa::path(
    post, path = "/mails/{id}/again", tag = "messaging",
    params(("id" = MailId, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = Mail), (status = 403), (status = 404), (status = 409))
)]
async fn send_again(
    State(messaging): Service,
    Caller(ctx): Caller,
    Path(id): Path<MailId>,
) -> Result<(StatusCode, Json<Mail>), Problem> {
    Ok((StatusCode::CREATED, Json(messaging.send_again(&ctx, id).await?)))
}
