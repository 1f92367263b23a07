//! The merchant's screens: one small document for all of their addresses, and the audit log over HTTP.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use souk_app::serve;
use souk_contract::{Audit, AuditEntry, AuditQuery, ConfigValue, Configuration, Page};
use souk_kernel::http::{Caller, Json, Problem, Query};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Web, pages::first_fonts, policy, site::Site};

/// `/admin` and everything below it: the screens find their own way. It holds nothing of anybody.
pub async fn screens(State(web): State<Arc<Web>>) -> Response {
    let html = serve::admin_page(&web.shop().1, &web.admin_assets);
    let mut response = html.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy::PAGE);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    response
}

/// Addresses of the built screens, as the document names them.
pub fn assets(site: &Site) -> serve::AdminAssets {
    let url = |name: &str| site.manifest.url(name).unwrap_or_default();
    serve::AdminAssets {
        css: url("admin.css"),
        boot: url("admin-boot.js"),
        chart: url("admin-chart.js"),
        fonts: first_fonts(&site.manifest),
        icon: "/favicon.svg".to_owned(),
    }
}

/// Who changed what, relative to `/api/admin/v1`.
pub fn audit_routes(audit: Arc<dyn Audit>) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(audit_log)).with_state(audit)
}

/// What the program was started with, relative to `/api/admin/v1`.
pub fn configuration_routes(configuration: Arc<dyn Configuration>) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(configuration_in_force)).with_state(configuration)
}

/// Get the configuration in force
///
/// Every key with its value and where that comes from. Passwords are left out; nothing can be changed here.
#[utoipa::path(
    get, path = "/configuration", tag = "settings",
    responses((status = 200, body = Vec<ConfigValue>), (status = 401), (status = 403))
)]
async fn configuration_in_force(
    State(configuration): State<Arc<dyn Configuration>>,
    Caller(ctx): Caller,
) -> Result<Json<Vec<ConfigValue>>, Problem> {
    Ok(Json(configuration.values(&ctx)?))
}

/// Search the audit log
///
/// What staff changed, newest first. The history of one order, product or variant (`object` and `object_id`) is shown
/// to whoever may read that; everything else takes `audit:read`.
#[utoipa::path(
    get, path = "/audit", tag = "audit", params(AuditQuery),
    responses((status = 200, body = Page<AuditEntry>), (status = 401), (status = 403), (status = 422))
)]
async fn audit_log(
    State(audit): State<Arc<dyn Audit>>,
    Caller(ctx): Caller,
    Query(query): Query<AuditQuery>,
) -> Result<Json<Page<AuditEntry>>, Problem> {
    Ok(Json(audit.entries(&ctx, &query).await?))
}
