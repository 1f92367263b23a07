//! The page of the test gateway's bank, which asks a card's holder. A real bank's is elsewhere; this one is there only
//! while shoppers are offered the test gateway.

use std::sync::Arc;

use axum::{
    Form,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;
use souk_contract::{Ctx, Error, Result};
use souk_payments::BankPage;

use super::{
    Web,
    answer::{Reader, escape, refuse},
    policy,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    approve: bool,
}

pub async fn ask(State(web): State<Arc<Web>>, Path(charge): Path<String>) -> Response {
    let page = async {
        open(&web).await?;
        web.parts.test_gateway.bank_page(&charge).await
    };
    match page.await {
        Ok(page) => html(&web, &page),
        Err(error) => refuse(Reader::Person, &error, ""),
    }
}

pub async fn answer(
    State(web): State<Arc<Web>>,
    Path(charge): Path<String>,
    Form(said): Form<Said>,
) -> Response {
    let page = async {
        open(&web).await?;
        web.parts.test_gateway.answer_bank(&charge, said.approve).await
    };
    match page.await {
        Ok(page) => {
            let to = HeaderValue::from_str(&page.return_url).unwrap_or(HeaderValue::from_static("/"));
            (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
        }
        Err(error) => refuse(Reader::Person, &error, ""),
    }
}

async fn open(web: &Web) -> Result<()> {
    let settings = web.services.payments.settings(&Ctx::system("test-bank")).await?;
    let offered = settings.input.methods.iter().any(|method| method.offered && method.code == "test");
    offered.then_some(()).ok_or_else(|| Error::not_found("page"))
}

fn html(web: &Web, page: &BankPage) -> Response {
    let (amount, statement) = (escape(&page.amount.to_string()), escape(&page.statement));
    let (_, shop) = web.shop();
    let shop = escape(&shop.name);
    let body = if page.is_open {
        format!(
            "<p class=\"lede\">{shop} asks for <b class=\"num\">{amount}</b>. On your statement: {statement}.</p>\
             <form class=\"cluster\" method=\"post\">\
             <button class=\"button button--big\" name=\"approve\" value=\"true\">Approve</button>\
             <button class=\"button button--big button--quiet\" name=\"approve\" value=\"false\">Refuse</button>\
             </form><p class=\"muted small\">This bank is made up: no money moves.</p>"
        )
    } else {
        let back = escape(&page.return_url);
        format!(
            "<p class=\"lede\">This question was answered, or nobody waits for the answer any more.</p>\
             <p><a class=\"button button--big\" href=\"{back}\">Back to {shop}</a></p>"
        )
    };
    let css = escape(&web.assets.css);
    let text = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><meta name=\"robots\" content=\"noindex\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>Test bank</title>\
         <link rel=\"stylesheet\" href=\"{css}\"></head><body><main class=\"wrap page\"><div class=\"thanks\"><h1>Test bank</h1>{body}</div></main>\
         </body></html>"
    );
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy::PAGE);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    (headers, text).into_response()
}
