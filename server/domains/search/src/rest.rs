//! The search over HTTP, relative to `/api/store/v1`.

use std::{str::FromStr, sync::Arc};

use axum::{extract::State, response::Response};
use souk_contract::{Error, Listing, Result, Search, SearchRequest, Sort, Suggestions};
use souk_kernel::http::{Answers, Asked, Problem, Query};
use utoipa_axum::{router::OpenApiRouter, routes};

const ANSWERS_BYTES: u64 = 4 * 1024 * 1024;

/// Answers are kept as the bytes that are sent, until the index or the catalogue changes.
#[derive(Clone)]
struct Store {
    search: Arc<dyn Search>,
    answers: Answers,
}

/// What a shopper asks.
pub fn store_routes(search: Arc<dyn Search>) -> OpenApiRouter {
    let store = Store { search, answers: Answers::new(ANSWERS_BYTES) };
    OpenApiRouter::new().routes(routes!(search_products)).routes(routes!(suggest_products)).with_state(store)
}

/// From the query string to a request; unknown names are refused.
fn search_request(pairs: Vec<(String, String)>) -> Result<SearchRequest> {
    fn parse<T: FromStr>(name: &str, value: &str, wanted: &str) -> Result<T> {
        value.parse().map_err(|_| Error::invalid(name, "invalid", wanted))
    }
    const NUMBER: &str = "A whole number.";
    let mut request = SearchRequest::default();
    for (name, value) in pairs {
        match name.as_str() {
            "q" => request.q = value,
            "sort" => {
                let wanted = "One of featured, newest, price-asc, price-desc, title-asc.";
                request.sort =
                    Sort::parse(&value).ok_or_else(|| Error::invalid("sort", "invalid", wanted))?;
            }
            "cursor" => request.cursor = Some(value),
            "limit" => request.limit = Some(parse("limit", &value, NUMBER)?),
            "price_min" => request.filters.price_min = Some(parse("price_min", &value, NUMBER)?),
            "price_max" => request.filters.price_max = Some(parse("price_max", &value, NUMBER)?),
            "in_stock" => request.filters.in_stock = parse("in_stock", &value, "`true` or `false`.")?,
            _ => match name.strip_prefix("filter.").filter(|facet| !facet.is_empty()) {
                Some(facet) => {
                    request.filters.facets.entry(facet.to_owned()).or_default().push(value);
                }
                None => return Err(Error::invalid(name, "unknown", "There is no such parameter.")),
            },
        }
    }
    Ok(request)
}

/// Search products
///
/// Published products with all the words in title, SKU, vendor, type, tags, options or description. The last word
/// may be unfinished, and a misspelt one is corrected. Filters and facets are those of the list of products:
/// `filter.{key}`, for example `filter.vendor=Acme&filter.option.size=M`; several values of one key are
/// alternatives.
#[utoipa::path(
    get, path = "/search", tag = "search",
    params(
        ("q" = Option<String>, Query, description = "What to look for, of which 200 characters and 12 words count; none lists every product"),
        ("sort" = Option<String>, Query, description = "`featured` (default: by relevance), `newest`, `price-asc`, `price-desc`, `title-asc`"),
        ("cursor" = Option<String>, Query, description = "`next` or `prev` of another page of the same search"),
        ("limit" = Option<u32>, Query, description = "1 to 100, 24 where not given"),
        ("price_min" = Option<i64>, Query, description = "In minor units, inclusive"),
        ("price_max" = Option<i64>, Query, description = "In minor units, inclusive"),
        ("in_stock" = Option<bool>, Query, description = "Only what can be bought"),
    ),
    responses((status = 200, body = Listing), (status = 422))
)]
async fn search_products(
    State(store): State<Store>,
    asked: Asked,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let found = async {
        let request = search_request(pairs)?;
        store.search.search(&asked.caller.0, &request).await
    };
    store.answers.answer(&asked, store.search.epoch(), found).await
}

/// Suggest while typing
///
/// Up to six products and three collections.
#[utoipa::path(
    get, path = "/search/suggest", tag = "search",
    params(("q" = Option<String>, Query, description = "What was typed so far")),
    responses((status = 200, body = Suggestions), (status = 422))
)]
async fn suggest_products(
    State(store): State<Store>,
    asked: Asked,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let suggestions = async {
        let mut q = String::new();
        for (name, value) in pairs {
            if name != "q" {
                return Err(Error::invalid(name, "unknown", "There is no such parameter."));
            }
            q = value;
        }
        store.search.suggest(&asked.caller.0, &q).await
    };
    store.answers.answer(&asked, store.search.epoch(), suggestions).await
}
