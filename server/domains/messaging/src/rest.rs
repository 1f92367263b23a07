//! The mails over HTTP, relative to `/api/admin/v1`.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode};
use souk_contract::{
    Mail, MailId, MailKind, MailPreview, MailTemplate, MailWords, Messaging, Page, PageRequest,
};
use souk_kernel::http::{Caller, IfMatch, Json, Path, Problem, Query, Versioned};
use utoipa_axum::{router::OpenApiRouter, routes};

type Service = State<Arc<dyn Messaging>>;

/// What staff look at.
pub fn admin_routes(messaging: Arc<dyn Messaging>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(send_again))
        .routes(routes!(templates))
        .routes(routes!(set_template, reset_template))
        .routes(routes!(preview))
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

/// List mail templates
///
/// Every kind of mail, with the words that are in force.
#[utoipa::path(
    get, path = "/mail-templates", tag = "messaging",
    responses((status = 200, body = Vec<MailTemplate>), (status = 403))
)]
async fn templates(
    State(messaging): Service,
    Caller(ctx): Caller,
) -> Result<Json<Vec<MailTemplate>>, Problem> {
    Ok(Json(messaging.templates(&ctx).await?))
}

/// Change a mail's words
///
/// `{number}` and the like stand for what the template's `placeholders` say. 422 names the field, and the placeholder
/// that is not known.
#[utoipa::path(
    put, path = "/mail-templates/{kind}", tag = "messaging", request_body = MailWords,
    params(
        ("kind" = MailKind, Path),
        ("If-Match" = String, Header, description = "The `version` that was read"),
    ),
    responses(
        (status = 200, body = MailTemplate), (status = 404), (status = 409), (status = 412), (status = 422),
        (status = 428)
    )
)]
async fn set_template(
    State(messaging): Service,
    Caller(ctx): Caller,
    Path(kind): Path<MailKind>,
    if_match: IfMatch,
    Json(words): Json<MailWords>,
) -> Result<Versioned<Json<MailTemplate>>, Problem> {
    let version = if_match.required()?;
    let template = messaging.set_template(&ctx, kind, Some(words), Some(version)).await?;
    Ok(Versioned(template.version, Json(template)))
}

/// Take a mail's words back
///
/// To those that the program brings.
#[utoipa::path(
    delete, path = "/mail-templates/{kind}", tag = "messaging",
    params(
        ("kind" = MailKind, Path),
        ("If-Match" = String, Header, description = "The `version` that was read"),
    ),
    responses((status = 200, body = MailTemplate), (status = 404), (status = 409), (status = 412), (status = 428))
)]
async fn reset_template(
    State(messaging): Service,
    Caller(ctx): Caller,
    Path(kind): Path<MailKind>,
    if_match: IfMatch,
) -> Result<Versioned<Json<MailTemplate>>, Problem> {
    let version = if_match.required()?;
    let template = messaging.set_template(&ctx, kind, None, Some(version)).await?;
    Ok(Versioned(template.version, Json(template)))
}

/// Preview a mail
///
/// With the words that are sent and an order that never was. Nothing is written or sent.
#[utoipa::path(
    post, path = "/mail-templates/{kind}/preview", tag = "messaging", request_body = MailWords,
    params(("kind" = MailKind, Path)),
    responses((status = 200, body = MailPreview), (status = 404), (status = 422))
)]
async fn preview(
    State(messaging): Service,
    Caller(ctx): Caller,
    Path(kind): Path<MailKind>,
    Json(words): Json<MailWords>,
) -> Result<Json<MailPreview>, Problem> {
    Ok(Json(messaging.preview(&ctx, kind, &words).await?))
}
