//! Sources of figures over HTTP, relative to `/api/admin/v1`.

use std::sync::Arc;

use axum::{
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
};
use serde::Deserialize;
use souk_contract::{
    Page, PageRequest, StockFile, StockFileReport, StockFinding, StockRun, StockRunId, StockSource,
    StockSourceId, StockSourceInput, StockSources,
};
use souk_kernel::http::{Caller, IfMatch, Json, Path, Problem, Query, Versioned};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Ten thousand rows.
const LARGEST_FILE: usize = 2 << 20;

type Service = State<Arc<dyn StockSources>>;
type Answer = Result<Versioned<Json<StockSource>>, Problem>;

/// What staff and outside systems do with sources of figures, and with files.
pub fn source_routes(sources: Arc<dyn StockSources>) -> OpenApiRouter {
    let file = OpenApiRouter::new().routes(routes!(take_file)).layer(DefaultBodyLimit::max(LARGEST_FILE));
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, put, remove))
        .routes(routes!(runs, run))
        .routes(routes!(findings))
        .merge(file)
        .with_state(sources)
}

fn answer(source: StockSource) -> Answer {
    Ok(Versioned(source.version, Json(source)))
}

/// List stock sources
///
/// By name, each with its last run.
#[utoipa::path(
    get, path = "/inventory/sources", tag = "inventory",
    responses((status = 200, body = Vec<StockSource>), (status = 401), (status = 403))
)]
async fn list(State(sources): Service, Caller(ctx): Caller) -> Result<Json<Vec<StockSource>>, Problem> {
    Ok(Json(sources.sources(&ctx).await?))
}

/// Create a stock source
///
/// Where figures of stock are fetched from: a CSV file or JSON, over HTTP, from public hosts unless the shop's configuration
/// allows others. It is fetched after its interval for the first time; until then it can be tried.
#[utoipa::path(
    post, path = "/inventory/sources", tag = "inventory",
    params(("Idempotency-Key" = Option<String>, Header)),
    request_body = StockSourceInput,
    responses((status = 200, body = StockSource), (status = 409), (status = 422))
)]
async fn create(State(sources): Service, Caller(ctx): Caller, Json(input): Json<StockSourceInput>) -> Answer {
    answer(sources.put_source(&ctx, None, input, None).await?)
}

/// Get a stock source
#[utoipa::path(
    get, path = "/inventory/sources/{id}", tag = "inventory", params(("id" = StockSourceId, Path)),
    responses((status = 200, body = StockSource), (status = 401), (status = 404))
)]
async fn show(State(sources): Service, Caller(ctx): Caller, Path(id): Path<StockSourceId>) -> Answer {
    answer(sources.source(&ctx, id).await?)
}

/// Change a stock source
///
/// Its secret stays where none is given.
#[utoipa::path(
    put, path = "/inventory/sources/{id}", tag = "inventory",
    params(
        ("id" = StockSourceId, Path),
        ("If-Match" = String, Header, description = "The source's version, as an ETag"),
    ),
    request_body = StockSourceInput,
    responses((status = 200, body = StockSource), (status = 409), (status = 412), (status = 422), (status = 428))
)]
async fn put(
    State(sources): Service,
    Caller(ctx): Caller,
    Path(id): Path<StockSourceId>,
    if_match: IfMatch,
    Json(input): Json<StockSourceInput>,
) -> Answer {
    let version = if_match.required()?;
    answer(sources.put_source(&ctx, Some(id), input, Some(version)).await?)
}

/// Remove a stock source
///
/// With its runs; what they changed stays.
#[utoipa::path(
    delete, path = "/inventory/sources/{id}", tag = "inventory",
    params(
        ("id" = StockSourceId, Path),
        ("If-Match" = String, Header, description = "The source's version, as an ETag"),
    ),
    responses((status = 204), (status = 404), (status = 412), (status = 428))
)]
async fn remove(
    State(sources): Service,
    Caller(ctx): Caller,
    Path(id): Path<StockSourceId>,
    if_match: IfMatch,
) -> Result<StatusCode, Problem> {
    let version = if_match.required()?;
    sources.remove_source(&ctx, id, Some(version)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List a stock source's runs
///
/// Newest first; those of the last 90 days.
#[utoipa::path(
    get, path = "/inventory/sources/{id}/runs", tag = "inventory",
    params(
        ("id" = StockSourceId, Path),
        ("after" = Option<String>, Query),
        ("limit" = Option<u32>, Query),
    ),
    responses((status = 200, body = Page<StockRun>), (status = 401), (status = 404))
)]
async fn runs(
    State(sources): Service,
    Caller(ctx): Caller,
    Path(id): Path<StockSourceId>,
    Query(page): Query<PageRequest>,
) -> Result<Json<Page<StockRun>>, Problem> {
    Ok(Json(sources.source_runs(&ctx, id, &page).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RunSource {
    /// True: only to see what it would do.
    #[serde(default)]
    dry: bool,
}

/// Fetch a stock source now
///
/// In the background; the answer is the run, which can be looked at until it ends.
#[utoipa::path(
    post, path = "/inventory/sources/{id}/runs", tag = "inventory",
    params(("id" = StockSourceId, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = RunSource,
    responses((status = 200, body = StockRun), (status = 404), (status = 409))
)]
async fn run(
    State(sources): Service,
    Caller(ctx): Caller,
    Path(id): Path<StockSourceId>,
    Json(RunSource { dry }): Json<RunSource>,
) -> Result<Json<StockRun>, Problem> {
    Ok(Json(sources.run_source(&ctx, id, dry).await?))
}

/// List rows that a run did nothing with
///
/// The first 1,000, by line, each with its reason.
#[utoipa::path(
    get, path = "/inventory/source-runs/{id}/findings", tag = "inventory", params(("id" = StockRunId, Path)),
    responses((status = 200, body = Vec<StockFinding>), (status = 401), (status = 404))
)]
async fn findings(
    State(sources): Service,
    Caller(ctx): Caller,
    Path(id): Path<StockRunId>,
) -> Result<Json<Vec<StockFinding>>, Problem> {
    Ok(Json(sources.run_findings(&ctx, id).await?))
}

/// Take over stock from a CSV file
///
/// Up to 10,000 rows, as the sync takes them; with `dry` nothing is changed. The same file again has no effect. Bodies up to
/// 2 MiB.
#[utoipa::path(
    post, path = "/inventory/file", tag = "inventory",
    params(("Idempotency-Key" = Option<String>, Header)),
    request_body = StockFile,
    responses((status = 200, body = StockFileReport), (status = 413), (status = 422))
)]
async fn take_file(
    State(sources): Service,
    Caller(ctx): Caller,
    Json(file): Json<StockFile>,
) -> Result<Json<StockFileReport>, Problem> {
    Ok(Json(sources.take_file(&ctx, file).await?))
}
