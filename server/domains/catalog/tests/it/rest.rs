use std::{io::Cursor, sync::Arc};

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use image::{ImageFormat, RgbImage};
use souk_contract::{Catalog, Ctx, ListProducts, Product, ProductInput, PutProduct};
use souk_kernel::testing::TestKit;
use tower::ServiceExt as _;

use crate::shop::{Shop, product, sized};

struct Api {
    store: Router,
    admin: Router,
}

impl Api {
    /// As the server puts it together: nested, with the caller in the request.
    fn of(shop: &Shop) -> Self {
        let catalog: Arc<dyn Catalog> = shop.catalog.clone();
        let (store, _) =
            souk_catalog::store_routes(Arc::clone(&catalog), shop.catalog.clone()).split_for_parts();
        let (admin, _) = souk_catalog::admin_routes(catalog).split_for_parts();
        let wrap = |path: &str, router: Router, ctx: &Ctx| {
            souk_kernel::http::api(Router::new().nest(path, router)).layer(Extension(ctx.clone()))
        };
        Self {
            store: wrap("/api/store/v1", store, &shop.guest),
            admin: wrap("/api/admin/v1", admin, &shop.system),
        }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send_store(Request::get(format!("/api/store/v1{path}")).body(Body::empty()).expect("a request"))
            .await
    }

    async fn send_store(&self, request: Request<Body>) -> Answer {
        Answer::read(self.store.clone().oneshot(request).await.expect("an answer")).await
    }

    async fn admin(
        &self,
        method: &str,
        path: &str,
        if_match: Option<&str>,
        body: String,
        kind: &str,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("/api/admin/v1{path}"));
        request = request.header(header::CONTENT_TYPE, kind);
        if let Some(version) = if_match {
            request = request.header(header::IF_MATCH, version);
        }
        let request = request.body(Body::from(body)).expect("a request");
        Answer::read(self.admin.clone().oneshot(request).await.expect("an answer")).await
    }

    async fn put(&self, path: &str, if_match: Option<&str>, product: &ProductInput) -> Answer {
        let body = serde_json::to_string(product).expect("JSON");
        self.admin("PUT", path, if_match, body, "application/json").await
    }
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    async fn read(response: axum::response::Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("a body").to_vec();
        Self { status: parts.status, headers: parts.headers, body }
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    fn header(&self, name: header::HeaderName) -> String {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    }
}

souk_kernel::each_engine! {
    async fn lists_are_filtered_by_the_query_and_stay_fresh(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let api = Api::of(&shop);
        let mut tee = sized("tee", &["S", "M"]);
        tee.vendor = "Beta & Co".into();
        shop.put_all(vec![tee, sized("coat", &["M", "L"]), product("mug")]).await;
        let all = api.get("/products").await;
        assert_eq!(all.status, StatusCode::OK);
        assert_eq!(all.header(header::CONTENT_TYPE), "application/json");
        let expected = shop.list(ListProducts::default()).await;
        assert_eq!(all.json(), serde_json::to_value(&expected).expect("JSON"));
        let one = api.get("/products?filter.vendor=beta+%26+co&filter.option.size=S&filter.option.size=L&in_stock=true").await;
        assert_eq!(one.json()["total"], 1);
        assert_eq!(one.json()["cards"][0]["handle"], "tee");
        assert_eq!(api.get("/products?price_min=1001").await.json()["total"], 0);
        for (query, field) in [
            ("sort=best", "sort"), ("limit=x", "limit"), ("colour=red", "colour"), ("cursor=zzz", "cursor"), ("filter.=x", "filter."),
        ] {
            let refused = api.get(&format!("/products?{query}")).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
            assert_eq!(refused.json()["errors"][0]["field"], field);
        }
        assert_eq!(api.get("/products?collection=none").await.status, StatusCode::NOT_FOUND);

        // Kept bytes, until something changes.
        let tag = all.header(header::ETAG);
        let again = Request::get("/api/store/v1/products").header(header::IF_NONE_MATCH, &tag).body(Body::empty());
        let same = api.send_store(again.expect("a request")).await;
        assert_eq!((same.status, same.body.len()), (StatusCode::NOT_MODIFIED, 0));
        let mut mug = product("mug");
        mug.title = "A better mug".into();
        shop.put(mug).await;
        let fresh = api.get("/products").await;
        assert_ne!(fresh.header(header::ETAG), tag);
        assert_eq!(fresh.json()["cards"][2]["title"], "A better mug");
    }

    async fn a_product_and_where_it_went(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let api = Api::of(&shop);
        let written = shop.put(product("größe")).await;
        let found = api.get("/products/gr%C3%B6%C3%9Fe").await;
        let parsed: Product = serde_json::from_slice(&found.body).expect("a product");
        assert_eq!(parsed, shop.product("größe").await);
        let request = PutProduct { id: Some(written.id), product: product("weite-ü"), if_version: None };
        shop.catalog.put_product(&shop.system, request).await.expect("renamed");
        let moved = api.get("/products/gr%C3%B6%C3%9Fe").await;
        assert_eq!(moved.status, StatusCode::MOVED_PERMANENTLY);
        assert_eq!(moved.header(header::LOCATION), "/api/store/v1/products/weite-%C3%BC");
        let missing = api.get("/products/nope").await;
        assert_eq!((missing.status, missing.json()["code"].clone()), (StatusCode::NOT_FOUND, "not_found".into()));
        assert_eq!(api.get("/products/nope/related").await.status, StatusCode::NOT_FOUND);
        assert_eq!(api.get("/collections").await.json(), serde_json::json!([]));
        assert_eq!(api.get("/collections/x").await.status, StatusCode::NOT_FOUND);
        assert_eq!(api.get("/pages/x").await.status, StatusCode::NOT_FOUND);
        assert_eq!(api.get("/home").await.status, StatusCode::OK);
    }

    async fn staff_creates_changes_and_archives(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let api = Api::of(&shop);
        let body = serde_json::to_string(&product("mug")).expect("JSON");
        let made = api.admin("POST", "/products", None, body.clone(), "application/json").await;
        assert_eq!((made.status, made.header(header::ETAG)), (StatusCode::CREATED, "\"1\"".to_owned()));
        let place = made.header(header::LOCATION);
        let path = place.strip_prefix("/api/admin/v1").expect("a place");
        let twice = api.admin("POST", "/products", None, body, "application/json").await;
        assert_eq!((twice.status, twice.json()["code"].clone()), (StatusCode::CONFLICT, "handle_taken".into()));

        let record = api.admin("GET", path, None, String::new(), "application/json").await;
        assert_eq!(record.json()["input"], serde_json::to_value(product("mug")).expect("JSON"));
        let mut better = product("mug");
        better.title = "Better".into();
        assert_eq!(api.put(path, None, &better).await.status, StatusCode::PRECONDITION_REQUIRED);
        assert_eq!(api.put(path, Some("\"9\""), &better).await.status, StatusCode::PRECONDITION_FAILED);
        let changed = api.put(path, Some("\"1\""), &better).await;
        assert_eq!((changed.status, changed.header(header::ETAG)), (StatusCode::OK, "\"2\"".to_owned()));
        let unknown = api.admin("PUT", path, Some("\"2\""), "{\"handel\": 1}".into(), "application/json").await;
        assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
        let gone = api.admin("POST", &format!("{path}/archive"), Some("\"2\""), String::new(), "text/plain").await;
        assert_eq!(gone.status, StatusCode::OK);
        assert_eq!(api.get("/products/mug").await.status, StatusCode::NOT_FOUND);
        let page = api.admin("GET", "/products?limit=1", None, String::new(), "text/plain").await;
        assert_eq!(page.json()["items"][0]["input"]["status"], "archived");
        let body = r#"{"handle":"new","title":"New","kind":"category","rule":{"kind":"newest","count":3}}"#;
        let put = api.admin("PUT", "/collections/new", None, body.into(), "application/json").await;
        assert_eq!(put.json()["change"], "created");
        let wrong = api.admin("PUT", "/collections/other", None, body.into(), "application/json").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    }

    async fn pictures_are_uploaded(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let api = Api::of(&shop);
        let id = shop.put(product("mug")).await.id;
        let mut png = Cursor::new(Vec::new());
        RgbImage::from_pixel(200, 100, image::Rgb([9, 9, 200])).write_to(&mut png, ImageFormat::Png).expect("a PNG");
        let form = |file: &[u8]| {
            let mut body = b"--b\r\ncontent-disposition: form-data; name=\"alt\"\r\n\r\nBlue\r\n\
                --b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"../../x.svg\"\r\n\r\n".to_vec();
            body.extend_from_slice(file);
            body.extend_from_slice(b"\r\n--b--\r\n");
            Request::post(format!("/api/admin/v1/products/{id}/media"))
                .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
                .body(Body::from(body))
                .expect("a request")
        };
        let send = async |request| Answer::read(api.admin.clone().oneshot(request).await.expect("an answer")).await;
        let added = send(form(png.get_ref())).await;
        assert_eq!(added.status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&added.body));
        assert_eq!(added.json()["alt"], "Blue");
        let shown = shop.product("mug").await.media;
        assert_eq!(serde_json::to_value(&shown[0]).expect("JSON"), added.json());
        assert_eq!(send(form(png.get_ref())).await.status, StatusCode::CREATED);
        assert_eq!(shop.product("mug").await.media, shown);

        let refused = send(form(b"<svg onload=alert(1)>")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let record = shop.catalog.product_record(&shop.system, id).await.expect("the record");
        assert_eq!(record.input.media.len(), 1, "the refused one left nothing behind");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guests_get_no_admin_answers() {
    let kit = TestKit::start(souk_kernel::testing::Engine::Sqlite).await;
    let shop = Shop::open(&kit).await;
    let id = shop.put(product("mug")).await.id;
    let (admin, openapi) = souk_catalog::admin_routes(shop.catalog.clone()).split_for_parts();
    let admin = souk_kernel::http::api(admin).layer(Extension(shop.guest.clone()));
    let mut tried = 0;
    for (path, item) in &openapi.paths.paths {
        let item = serde_json::to_value(item).expect("JSON");
        for method in item.as_object().expect("methods").keys().filter(|key| *key != "parameters") {
            let path =
                path.replace("{id}", &id.to_string()).replace("{handle}", "mug").replace("{number}", "1");
            let path = if path.ends_with("/changes") { format!("{path}?to=1") } else { path };
            let body = match path.as_str() {
                other if other.ends_with("/schedule") => "{}".to_owned(),
                other if other.ends_with("/options") => r#"{"options":[]}"#.to_owned(),
                "/collections" => good_body("/collections/mug"),
                other if other.starts_with("/collections/by-id/") => good_body("/collections/mug"),
                "/products"
                | "/home"
                | "/collections/mug"
                | "/pages/mug"
                | "/products/bulk"
                | "/products/bulk/preview"
                | "/products/bulk/plans" => good_body(&path),
                other if other.ends_with(&id.to_string()) && other.starts_with("/products") => {
                    good_body("/products")
                }
                _ => String::new(),
            };
            let kind =
                if path.ends_with("/media") { "multipart/form-data; boundary=b" } else { "application/json" };
            let request = Request::builder()
                .method(method.to_uppercase().as_str())
                .uri(&path)
                .header(header::CONTENT_TYPE, kind)
                .header(header::IF_MATCH, "\"1\"")
                .body(Body::from(body))
                .expect("a request");
            let answer = Answer::read(admin.clone().oneshot(request).await.expect("an answer")).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}");
            tried += 1;
        }
    }
    assert_eq!(tried, 31);
    assert_eq!(shop.product("mug").await.version, 1);
    kit.finish().await;
}

/// A body that would be accepted from staff.
fn good_body(path: &str) -> String {
    match path {
        "/products" => serde_json::to_string(&product("other")).expect("JSON"),
        "/products/bulk" => r#"{"actions":[{"kind":"clear_compare_at"}]}"#.to_owned(),
        "/products/bulk/preview" => r#"{"edit":{"actions":[{"kind":"clear_compare_at"}]}}"#.to_owned(),
        "/products/bulk/plans" => {
            r#"{"actions":[{"kind":"clear_compare_at"}],"run_at":"2100-01-01T00:00:00Z"}"#.to_owned()
        }
        "/home" => {
            r#"{"tagline":"","hero_title":"","hero_text":"","hero_link":"/","hero_label":"","promises":[],
            "story_title":"","story_html":"","rails":[]}"#
                .to_owned()
        }
        "/collections/mug" => {
            r#"{"handle":"mug","title":"M","kind":"category","rule":{"kind":"on_sale"}}"#.to_owned()
        }
        _ => r#"{"handle":"mug","title":"M","body_html":""}"#.to_owned(),
    }
}
