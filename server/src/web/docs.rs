//! The API's description, and a viewer for it.

use std::sync::Arc;

use axum::{
    extract::Path,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};
use bytes::Bytes;
use utoipa::openapi::{
    OpenApi,
    security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_swagger_ui::Config;

/// `GET /openapi.json`: written once.
#[derive(Clone)]
pub struct Description(Bytes);

impl Description {
    pub fn new(openapi: &OpenApi) -> Result<Self, serde_json::Error> {
        serde_json::to_vec_pretty(openapi).map(|bytes| Self(bytes.into()))
    }

    pub fn response(&self) -> Response {
        ([(header::CONTENT_TYPE, "application/json")], self.0.clone()).into_response()
    }
}

/// What the domains' parts are merged into.
pub fn base(shop: &str) -> OpenApi {
    #[derive(utoipa::OpenApi)]
    #[openapi(info(
        title = "Souk",
        description = "The shop as an API: `/api/store/v1` does what a shopper does, `/api/admin/v1` what staff does.\n\n\
            Money is in minor units with its currency. Lists are paged by cursor. Errors are problem details (RFC 9457). \
            POSTs that make or charge something take an `Idempotency-Key`; updates take `If-Match`."
    ))]
    struct Souk;

    let mut openapi = <Souk as utoipa::OpenApi>::openapi();
    openapi.info.title = format!("{shop}: API");
    openapi.info.version = env!("CARGO_PKG_VERSION").to_owned();
    let bearer = |text: &str| {
        SecurityScheme::Http(
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(text)).build(),
        )
    };
    let components = openapi.components.get_or_insert_default();
    components.add_security_scheme("staff", bearer("A staff token: `souk staff create` makes one."));
    components.add_security_scheme("customer", bearer("The token of a customer's session."));
    openapi
}

/// The viewer's pages have only external scripts and styles, so the strict policy holds there too.
#[derive(Clone)]
pub struct Viewer(Arc<Config<'static>>);

impl Viewer {
    pub fn new() -> Self {
        Self(Arc::new(Config::from("/openapi.json").try_it_out_enabled(true)))
    }

    pub async fn root() -> Redirect {
        Redirect::permanent("/docs/")
    }

    pub fn file(&self, Path(file): Path<String>) -> Response {
        match utoipa_swagger_ui::serve(&file, Arc::clone(&self.0)) {
            Ok(Some(file)) => {
                let mut response = file.bytes.into_owned().into_response();
                if let Ok(kind) = HeaderValue::from_str(&file.content_type) {
                    response.headers_mut().insert(header::CONTENT_TYPE, kind);
                }
                if file.gzpipped {
                    response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                }
                response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, super::policy::PAGE);
                response
            }
            Ok(None) => StatusCode::NOT_FOUND.into_response(),
            Err(error) => {
                tracing::error!(file, %error, "the viewer's file can't be read");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}
