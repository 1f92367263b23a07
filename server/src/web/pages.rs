//! Pages of the shop and the functions behind their forms: the app draws, this decides what is kept.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use souk_app::{
    context::{CART_COOKIE, SESSION_COOKIE, Visit},
    serve,
};
use souk_contract::Ctx;

use super::{
    Web,
    cache::Rendered,
    client, policy,
    site::{Manifest, Site},
};

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// Any path that nothing else answers: `GET` of a page, known or not.
pub async fn page(State(web): State<Arc<Web>>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut response = StatusCode::METHOD_NOT_ALLOWED.into_response();
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let (parts, _) = request.into_parts();
    let (path, query) = (parts.uri.path(), parts.uri.query().unwrap_or_default());
    let (settings, _) = web.shop();
    let epoch = (web.services.catalog.epoch(), settings);
    let render = || async {
        let Some(ctx) = parts.extensions.get::<Ctx>() else { return missing() };
        let visit = visit(&web, ctx.clone(), &parts.headers);
        let url = parts.uri.path_and_query().map_or("/", |url| url.as_str());
        finished(&web, serve::page(&visit, &web.assets, url).await)
    };
    let (answer, was_kept) = web.cache.get((&parts.method, path, query), &parts.headers, epoch, render).await;
    if was_kept {
        web.meters.cache_hits.increment(1)
    } else {
        web.meters.cache_misses.increment(1)
    }
    answer.into_response(path, &parts.headers)
}

/// `/fn/…`
pub async fn function(State(web): State<Arc<Web>>, request: Request) -> Response {
    let Some(ctx) = request.extensions().get::<Ctx>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let visit = visit(&web, ctx, request.headers());
    let mut response: Response<Body> = serve::function(visit, &web.assets, request).await;
    let has_fields = response.extensions().get::<serve::HasFields>().is_some();
    let headers = response.headers_mut();
    if headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy(&web, has_fields));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn visit(web: &Arc<Web>, ctx: Ctx, headers: &HeaderMap) -> Visit {
    let ids = web.kit.ids.clone();
    Visit {
        services: web.services.clone(),
        ctx,
        shop: web.shop().1,
        cart_token: client::cookie(headers, CART_COOKIE).map(str::to_owned),
        session_token: client::cookie(headers, SESSION_COOKIE).map(str::to_owned),
        user_agent: client::user_agent(headers).to_owned(),
        new_checkout: Arc::new(move || ids.next()),
    }
}

/// The policy of a page.
fn policy(web: &Web, has_fields: bool) -> HeaderValue {
    web.with_fields.clone().filter(|_| has_fields).unwrap_or(policy::PAGE)
}

fn finished(web: &Web, rendered: serve::Rendered) -> Rendered {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HTML);
    headers.insert(header::CONTENT_SECURITY_POLICY, policy(web, rendered.has_fields));
    if let Some(location) = &rendered.location {
        // What isn't a header's text can't be an address of ours.
        let location = HeaderValue::from_str(location).unwrap_or(HeaderValue::from_static("/"));
        headers.insert(header::LOCATION, location);
    }
    Rendered {
        status: StatusCode::from_u16(rendered.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        headers,
        html: rendered.html.into(),
        shared: rendered.cacheable,
    }
}

/// Only where the gate was left out.
fn missing() -> Rendered {
    Rendered {
        status: StatusCode::INTERNAL_SERVER_ERROR,
        headers: HeaderMap::new(),
        html: bytes::Bytes::new(),
        shared: false,
    }
}

/// Addresses of the built front, as pages name them.
/// `has_fields`: whether a gateway is set up that has fields of its own.
pub fn assets(site: &Site, has_fields: bool) -> serve::Assets {
    let Site { manifest, .. } = site;
    let url = |name: &str| manifest.url(name).unwrap_or_default();
    serve::Assets {
        css: url("main.css"),
        boot: url("boot.js"),
        fonts: first_fonts(manifest),
        icon: "/favicon.svg".to_owned(),
        card_fields: if has_fields { url("card-fields.js") } else { String::new() },
    }
}

pub fn first_fonts(manifest: &Manifest) -> Vec<String> {
    let fonts = manifest.files.iter().filter(|(name, asset)| name.starts_with("fonts/") && asset.preload);
    fonts.map(|(_, asset)| format!("/pkg/{}", asset.path)).collect()
}
