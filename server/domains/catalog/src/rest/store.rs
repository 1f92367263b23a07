//! Reading. Answers are kept as the bytes that are sent, for as long as nothing in the catalogue changes.

use std::{fmt::Write as _, future::Future, sync::Arc};

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde::Serialize;
use souk_contract::{
    Attributes, Catalog, Collection, ContentPage, Error, HomeContent, ListProducts, Listing, Product,
    ProductCard, ProductLookup, Result, ShownAttribute, Sort,
};
use souk_kernel::http::{Answers, Asked, Path, Problem, Query};
use utoipa::ToSchema;

const MIB: u64 = 1024 * 1024;
const RELATED: u32 = 8;

#[derive(Clone)]
pub(super) struct Store {
    catalog: Arc<dyn Catalog>,
    attributes: Arc<dyn Attributes>,
    answers: Answers,
}

impl Store {
    pub(super) fn new(catalog: Arc<dyn Catalog>, attributes: Arc<dyn Attributes>) -> Self {
        Self { catalog, attributes, answers: Answers::new(16 * MIB) }
    }

    async fn answer<T: Serialize>(
        &self,
        asked: &Asked,
        make: impl Future<Output = Result<T>>,
    ) -> Result<Response, Problem> {
        self.answers.answer(asked, self.catalog.epoch(), make).await
    }
}

/// From the query string to a request; unknown names are refused.
fn list_request(pairs: Vec<(String, String)>) -> Result<ListProducts> {
    fn number<T: std::str::FromStr>(name: &str, value: &str) -> Result<Option<T>> {
        let invalid = |_| Error::invalid(name, "invalid", "A whole number.");
        value.parse().map(Some).map_err(invalid)
    }
    let mut request = ListProducts::default();
    for (name, value) in pairs {
        match name.as_str() {
            "collection" => request.collection = Some(value),
            "sort" => {
                let invalid = || {
                    Error::invalid(
                        "sort",
                        "invalid",
                        "One of featured, newest, price-asc, price-desc, title-asc.",
                    )
                };
                request.sort = Sort::parse(&value).ok_or_else(invalid)?;
            }
            "cursor" => request.cursor = Some(value),
            "limit" => request.limit = number("limit", &value)?,
            "price_min" => request.filters.price_min = number("price_min", &value)?,
            "price_max" => request.filters.price_max = number("price_max", &value)?,
            "in_stock" => {
                let invalid = |_| Error::invalid("in_stock", "invalid", "`true` or `false`.");
                request.filters.in_stock = value.parse().map_err(invalid)?;
            }
            _ => match name.strip_prefix("filter.") {
                Some(facet) if !facet.is_empty() => {
                    request.filters.facets.entry(facet.to_owned()).or_default().push(value);
                }
                _ => return Err(Error::invalid(name, "unknown", "There is no such parameter.")),
            },
        }
    }
    Ok(request)
}

/// List products
///
/// Published products of a collection or of the whole shop, with facets and their counts. A facet is chosen with
/// `filter.{key}`, for example `filter.vendor=Acme&filter.option.size=M`; several values of one key are
/// alternatives.
#[utoipa::path(
    get, path = "/products", tag = "catalog",
    params(
        ("collection" = Option<String>, Query, description = "Handle of a collection; `all` or none lists every product"),
        ("sort" = Option<String>, Query, description = "`featured` (default), `newest`, `price-asc`, `price-desc`, `title-asc`"),
        ("cursor" = Option<String>, Query, description = "`next` or `prev` of another page of the same list"),
        ("limit" = Option<u32>, Query, description = "1 to 100, 24 where not given"),
        ("price_min" = Option<i64>, Query, description = "In minor units, inclusive"),
        ("price_max" = Option<i64>, Query, description = "In minor units, inclusive"),
        ("in_stock" = Option<bool>, Query, description = "Only what can be bought"),
    ),
    responses((status = 200, body = Listing), (status = 404, description = "No such collection"), (status = 422))
)]
pub(super) async fn list_products(
    State(store): State<Store>,
    asked: Asked,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let list = async {
        let request = list_request(pairs)?;
        store.catalog.list(&asked.caller.0, &request).await
    };
    store.answer(&asked, list).await
}

/// A product with what is known of it beyond the fields that all have.
#[derive(Serialize, ToSchema)]
pub(super) struct ProductAnswer {
    #[serde(flatten)]
    product: Product,
    /// Those of its template that it has values of, in the template's order.
    attributes: Vec<ShownAttribute>,
}

/// Get a product
#[utoipa::path(
    get, path = "/products/{handle}", tag = "catalog", params(("handle" = String, Path)),
    responses(
        (status = 200, body = ProductAnswer),
        (status = 301, description = "Its handle was changed: see `Location`"),
        (status = 404)
    )
)]
pub(super) async fn get_product(
    State(store): State<Store>,
    asked: Asked,
    Path(handle): Path<String>,
) -> Result<Response, Problem> {
    let mut moved = None;
    let product = async {
        match store.catalog.product(&asked.caller.0, &handle).await? {
            ProductLookup::Found(product) => {
                let attributes = store.attributes.shown_attributes(&asked.caller.0, product.id).await?;
                Ok(ProductAnswer { product: *product, attributes })
            }
            ProductLookup::Moved(to) => {
                moved = Some(to);
                Err(Error::not_found("product"))
            }
        }
    };
    let answer = store.answer(&asked, product).await;
    match moved {
        Some(to) => redirect(asked.uri.0.path(), &to),
        None => answer,
    }
}

/// To the same address with another last segment.
fn redirect(path: &str, handle: &str) -> Result<Response, Problem> {
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    let location = HeaderValue::try_from(format!("{parent}/{}", escape(handle))).map_err(Error::internal)?;
    Ok((StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, location)]).into_response())
}

fn escape(handle: &str) -> String {
    let mut escaped = String::with_capacity(handle.len());
    for byte in handle.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') {
            escaped.push(char::from(byte));
        } else {
            // Writing to a String can't fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

/// List related products
#[utoipa::path(
    get, path = "/products/{handle}/related", tag = "catalog", params(("handle" = String, Path)),
    responses((status = 200, body = Vec<ProductCard>), (status = 404))
)]
pub(super) async fn related_products(
    State(store): State<Store>,
    asked: Asked,
    Path(handle): Path<String>,
) -> Result<Response, Problem> {
    let related = async {
        let ctx = &asked.caller.0;
        match store.catalog.product(ctx, &handle).await? {
            ProductLookup::Found(product) => store.catalog.related(ctx, product.id, RELATED).await,
            ProductLookup::Moved(_) => Err(Error::not_found("product")),
        }
    };
    store.answer(&asked, related).await
}

/// List collections
#[utoipa::path(get, path = "/collections", tag = "catalog", responses((status = 200, body = Vec<Collection>)))]
pub(super) async fn list_collections(State(store): State<Store>, asked: Asked) -> Result<Response, Problem> {
    store.answer(&asked, store.catalog.collections(&asked.caller.0)).await
}

/// Get a collection
#[utoipa::path(
    get, path = "/collections/{handle}", tag = "catalog", params(("handle" = String, Path)),
    responses((status = 200, body = Collection), (status = 404))
)]
pub(super) async fn get_collection(
    State(store): State<Store>,
    asked: Asked,
    Path(handle): Path<String>,
) -> Result<Response, Problem> {
    store.answer(&asked, store.catalog.collection(&asked.caller.0, &handle)).await
}

/// List pages of text
#[utoipa::path(get, path = "/pages", tag = "catalog", responses((status = 200, body = Vec<ContentPage>)))]
pub(super) async fn list_pages(State(store): State<Store>, asked: Asked) -> Result<Response, Problem> {
    store.answer(&asked, store.catalog.pages(&asked.caller.0)).await
}

/// Get a page of text
#[utoipa::path(
    get, path = "/pages/{handle}", tag = "catalog", params(("handle" = String, Path)),
    responses((status = 200, body = ContentPage), (status = 404))
)]
pub(super) async fn get_page(
    State(store): State<Store>,
    asked: Asked,
    Path(handle): Path<String>,
) -> Result<Response, Problem> {
    store.answer(&asked, store.catalog.page(&asked.caller.0, &handle)).await
}

/// Get the home page's words
#[utoipa::path(get, path = "/home", tag = "catalog", responses((status = 200, body = HomeContent)))]
pub(super) async fn get_home(State(store): State<Store>, asked: Asked) -> Result<Response, Problem> {
    store.answer(&asked, store.catalog.home(&asked.caller.0)).await
}
