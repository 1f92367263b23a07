//! The web server: storefront, REST, files, and what stands in front of them.

mod access;
mod admin;
mod answer;
mod bank;
mod cache;
mod client;
mod desktop;
mod docs;
mod encoding;
mod gate;
mod health;
mod labels;
mod listen;
mod media;
mod meters;
mod notices;
mod pages;
mod papers;
mod policy;
mod rate;
mod seo;
mod site;
mod steps;
mod takes;
mod upload;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context as _;
use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use ipnet::IpNet;
use metrics_exporter_prometheus::PrometheusHandle;
use souk_app::context::Shop as PublicShop;
use souk_contract::{Services, ShopSettingsInput};
use souk_kernel::{Db, Kit};
use souk_payments::TestGateway;
use tokio::sync::Semaphore;
use tower_http::{csrf::CsrfLayer, limit::RequestBodyLimitLayer};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::config::{Settings, Shop as ShopConfig};

pub use admin::{audit_routes, configuration_routes};
pub use labels::routes as label_routes;
pub use listen::run;
pub use papers::{Printer, routes as paper_routes};

/// What every handler may need. One for the process.
pub struct Web {
    pub services: Services,
    pub kit: Kit,
    /// As it was when it was last asked for, with the version of the settings.
    shop: Mutex<(i64, Arc<PublicShop>)>,
    /// What of the shop stands in the configuration.
    config: ShopConfig,
    parts: Parts,
    data_dir: PathBuf,
    site: site::Site,
    assets: souk_app::serve::Assets,
    /// Of pages with a place for a gateway's own fields.
    with_fields: Option<HeaderValue>,
    admin_assets: souk_app::serve::AdminAssets,
    cache: cache::PageCache,
    rates: rate::Rates,
    in_flight: Semaphore,
    timeout: Duration,
    slow: Duration,
    trusted_proxies: Vec<IpNet>,
    security: policy::SecurityHeaders,
    meters: meters::Meters,
}

/// What the web needs of the shop behind it.
#[derive(Clone)]
pub struct Parts {
    pub services: Services,
    pub kit: Kit,
    pub databases: Vec<Db>,
    pub recorder: Option<PrometheusHandle>,
    pub printer: Printer,
    pub test_gateway: Arc<TestGateway>,
}

impl Web {
    /// # Errors
    /// Where the front that `SOUK_SITE_DIR` names can't be read.
    pub fn new(settings: &Settings, parts: Parts) -> anyhow::Result<Arc<Self>> {
        let folder = std::env::var_os("SOUK_SITE_DIR").map(PathBuf::from);
        let site = site::Site::load(folder.as_deref()).context("the front (SOUK_SITE_DIR)")?;
        if site.manifest.files.is_empty() {
            tracing::warn!("no front is built in: pages come without styles and scripts (see SOUK_SITE_DIR)");
        }
        let Settings { http, shop, payments, .. } = settings;
        let stripe = &payments.stripe;
        let now = parts.services.shop.current();
        Ok(Arc::new(Self {
            services: parts.services.clone(),
            kit: parts.kit.clone(),
            shop: Mutex::new((now.version, Arc::new(public_shop(&now.input, shop)))),
            config: shop.clone(),
            parts,
            data_dir: settings.data_dir.clone(),
            assets: pages::assets(&site, stripe.is_some()),
            with_fields: stripe
                .as_ref()
                .and_then(|stripe| policy::with_stripe(stripe.other_origin().as_deref())),
            admin_assets: admin::assets(&site),
            site,
            cache: cache::PageCache::new(http.page_cache_bytes, http.page_cache_age),
            rates: rate::Rates::new(http.limits),
            in_flight: Semaphore::new(http.max_in_flight),
            timeout: http.timeout,
            slow: settings.log.slow_request,
            trusted_proxies: http.trusted_proxies.clone(),
            security: policy::SecurityHeaders::new(shop.is_https()),
            meters: meters::Meters::new(),
        }))
    }

    /// As pages show it at this moment, and the version of the settings that say so.
    pub fn shop(&self) -> (i64, Arc<PublicShop>) {
        let now = self.services.shop.current();
        let mut known = self.shop.lock().unwrap_or_else(PoisonError::into_inner);
        if known.0 != now.version {
            *known = (now.version, Arc::new(public_shop(&now.input, &self.config)));
        }
        known.clone()
    }

    /// Every few seconds: forgets quiet addresses, and keeps the figures small.
    pub fn sweep(&self) {
        self.rates.sweep();
        if let Some(recorder) = &self.parts.recorder {
            recorder.run_upkeep();
        }
    }
}

fn public_shop(now: &ShopSettingsInput, config: &ShopConfig) -> PublicShop {
    PublicShop {
        name: now.name.clone(),
        base_url: config.base_url.clone(),
        currency: config.currency,
        country: config.country.clone(),
        // Of a currency that the shop had before, nothing can be promised.
        free_shipping_over: now.free_shipping_over.filter(|amount| amount.currency == config.currency),
        returns_days: now.returns_days,
        email: now.email.clone(),
        phone: now.phone.clone(),
    }
}

/// The REST API of every domain, and its description.
///
/// # Errors
/// Where an admin route does not say what it takes.
pub fn api(parts: &Parts) -> anyhow::Result<(Router, OpenApi)> {
    let mut admin = crate::compose::admin_routes(parts);
    let needs = access::Needs::describe(admin.get_openapi_mut())?;
    let (router, domains) = OpenApiRouter::new()
        .nest("/store/v1", crate::compose::store_routes(parts))
        .nest("/admin/v1", admin.route_layer(middleware::from_fn_with_state(needs, access::check)))
        .split_for_parts();
    Ok((
        souk_kernel::http::api(router),
        docs::base(&parts.services.shop.current().input.name).nest("/api", domains),
    ))
}

/// Everything, behind the gate.
///
/// # Errors
/// Where the API's description can't be written.
pub fn router(web: Arc<Web>, settings: &Settings) -> anyhow::Result<Router> {
    let (api, openapi) = api(&web.parts)?;
    let description = docs::Description::new(&openapi)?;
    let viewer = docs::Viewer::new();
    let viewer_root = viewer.clone();
    // By cookie a browser would sign requests that another site made it send. The admin API takes tokens only, which
    // no other site has.
    let csrf = CsrfLayer::new()
        .add_trusted_origin(web.config.base_url.as_str())
        .context("shop.base_url")?
        .with_insecure_bypass(|_, uri| uri.path().starts_with("/api/admin/"));

    let app = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::figures))
        .route("/robots.txt", get(seo::robots))
        .route("/sitemap.xml", get(seo::index))
        .route("/sitemap-part.xml", get(seo::part))
        .route("/opensearch.xml", get(seo::opensearch))
        .route("/favicon.svg", get(favicon))
        .route("/favicon.ico", get(favicon))
        .route("/openapi.json", get(move || async move { description.response() }))
        .route("/docs", get(docs::Viewer::root))
        .route("/docs/", get(move || async move { viewer_root.file(Path(String::new())) }))
        .route("/docs/{*file}", get(move |file: Path<String>| async move { viewer.file(file) }))
        .route("/pkg/{*file}", get(asset))
        .route("/media/{file}", get(media::picture))
        .route("/admin", get(admin::screens))
        .route("/admin/", get(admin::screens))
        .route("/admin/{*screen}", get(admin::screens))
        .route(takes::PAPER, get(papers::for_screens))
        .route(takes::PICK_LIST, get(papers::picks_for_screens))
        .route(takes::LABELS, get(labels::for_screens))
        .route("/orders/{token}/papers/{paper}", get(papers::for_shopper))
        .route("/test-bank/{charge}", get(bank::ask).post(bank::answer))
        .route("/webhooks/payments/{gateway}", post(notices::take))
        .route("/fn/{*function}", get(pages::function).post(pages::function))
        .fallback(pages::page)
        .with_state(Arc::clone(&web))
        .layer(RequestBodyLimitLayer::new(settings.http.body_limit))
        .merge(upload::routes(web.clone()))
        // A default: the catalogue takes larger pictures.
        .nest("/api", api.layer(DefaultBodyLimit::max(settings.http.body_limit)))
        .layer(csrf)
        .layer(middleware::from_fn_with_state(web, gate::pass));
    Ok(app)
}

async fn asset(State(web): State<Arc<Web>>, Path(file): Path<String>, headers: HeaderMap) -> Response {
    web.site.serve(&file, &headers)
}

async fn favicon() -> Response {
    const ICON: &str = include_str!("favicon.svg");
    let kind = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "public, max-age=86400")];
    (StatusCode::OK, kind, ICON).into_response()
}
