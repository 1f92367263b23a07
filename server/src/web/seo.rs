//! For search engines: robots, and a sitemap index whose parts are pages of the catalogue.

use std::{fmt::Write as _, sync::Arc};

use axum::{
    Extension,
    extract::{Query, State},
    http::header,
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;
use souk_contract::{Ctx, SitemapEntry};

use super::{
    Web,
    answer::{Reader, escape, refuse},
};

/// The protocol allows 50,000 for each part.
const PART: u32 = 10_000;

pub async fn robots(State(web): State<Arc<Web>>) -> String {
    let closed =
        ["/account", "/admin", "/api/", "/cart", "/checkout", "/docs", "/fn/", "/orders/", "/search"];
    let mut text = "User-agent: *\n".to_owned();
    for path in closed {
        let _ = writeln!(text, "Disallow: {path}");
    }
    let _ = write!(text, "\nSitemap: {}/sitemap.xml\n", web.config.base_url);
    text
}

/// Lists the parts.
pub async fn index(State(web): State<Arc<Web>>, Extension(ctx): Extension<Ctx>) -> Response {
    let mut parts = String::new();
    let mut after: Option<String> = None;
    loop {
        let page = match web.services.catalog.sitemap(&ctx, after.as_deref(), PART).await {
            Ok(page) => page,
            Err(error) => return refuse(Reader::Person, &error, &ctx.request_id),
        };
        let mut url = format!("{}/sitemap-part.xml", web.config.base_url);
        if let Some(after) = &after {
            let query: String = url::form_urlencoded::byte_serialize(after.as_bytes()).collect();
            let _ = write!(url, "?after={query}");
        }
        let newest = page.items.iter().map(|entry| entry.updated_at).max();
        let lastmod = newest.map(|at| format!("<lastmod>{at}</lastmod>")).unwrap_or_default();
        let _ = write!(parts, "<sitemap><loc>{}</loc>{lastmod}</sitemap>", escape(&url));
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    xml("sitemapindex", &parts)
}

#[derive(Deserialize)]
pub struct Part {
    after: Option<String>,
}

pub async fn part(
    State(web): State<Arc<Web>>,
    Extension(ctx): Extension<Ctx>,
    Query(part): Query<Part>,
) -> Response {
    let page = match web.services.catalog.sitemap(&ctx, part.after.as_deref(), PART).await {
        Ok(page) => page,
        Err(error) => return refuse(Reader::Person, &error, &ctx.request_id),
    };
    let mut urls = String::new();
    if part.after.is_none() {
        let _ = write!(urls, "<url><loc>{}/</loc></url>", escape(&web.config.base_url));
    }
    for SitemapEntry { path, updated_at } in &page.items {
        let loc = escape(&format!("{}{path}", web.config.base_url));
        let _ = write!(urls, "<url><loc>{loc}</loc><lastmod>{updated_at}</lastmod></url>");
    }
    xml("urlset", &urls)
}

/// Lets a browser offer the shop's search in its address bar.
pub async fn opensearch(State(web): State<Arc<Web>>) -> Response {
    let (_, shop) = web.shop();
    let (name, base) = (escape(&shop.name), escape(&shop.base_url));
    let short: String = shop.name.chars().take(16).collect();
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<OpenSearchDescription xmlns=\"http://a9.com/-/spec/opensearch/1.1/\">\
         <ShortName>{}</ShortName><Description>{name}</Description><InputEncoding>UTF-8</InputEncoding>\
         <Url type=\"text/html\" template=\"{base}/search?q={{searchTerms}}\"/></OpenSearchDescription>\n",
        escape(&short)
    );
    ([(header::CONTENT_TYPE, "application/opensearchdescription+xml")], text).into_response()
}

fn xml(element: &str, inner: &str) -> Response {
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{element} xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\
         {inner}</{element}>\n"
    );
    ([(header::CONTENT_TYPE, "application/xml")], text).into_response()
}
