//! Attributes, groups, templates, and what of them products have.

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    http::{Method, Request, StatusCode, header},
};
use serde_json::{Value, json};
use souk_contract::{
    Actor, AttributeData, AttributeGroupInput, AttributeInput, AttributeKind, AttributeOption,
    AttributeValue, Attributes, BulkAction, BulkEdit, BulkSelection, Catalog, Ctx, Error, Grants,
    PageRequest, ProductId, ProductInput, ProductQuery, ProductRecord, ProductStatus, ProductTemplateId,
    ProductTemplateInput, PutProduct, Result,
};
use souk_kernel::{each_engine, testing::TestKit};
use tower::ServiceExt as _;

use crate::shop::{Shop, eur, picture, product};

fn code<T: std::fmt::Debug>(result: Result<T>) -> String {
    match result {
        Err(Error::Conflict { code, message }) => format!("{code}: {message}"),
        Err(Error::Invalid { fields }) => {
            fields.iter().map(|one| format!("{}: {}", one.field, one.code)).collect::<Vec<_>>().join(", ")
        }
        Err(Error::NotFound { what }) => format!("no {what}"),
        Err(Error::Denied { .. } | Error::Unauthenticated { .. }) => "refused".to_owned(),
        other => panic!("{other:?}"),
    }
}

fn attribute(code: &str, kind: AttributeKind) -> AttributeInput {
    let option = |value: &str, label: &str| AttributeOption {
        value: value.to_owned(),
        label: label.to_owned(),
        swatch: None,
    };
    AttributeInput {
        code: code.to_owned(),
        name: format!("The {code}"),
        kind,
        unit: (kind == AttributeKind::Number).then(|| "cm".to_owned()),
        options: if kind.has_options() {
            vec![option("red", "Rusty red"), option("blue", "Sea blue")]
        } else {
            Vec::new()
        },
        required: false,
        help: String::new(),
    }
}

fn value(code: &str, value: AttributeData) -> AttributeValue {
    AttributeValue { code: code.to_owned(), value }
}

fn text(code: &str, words: &str) -> AttributeValue {
    value(code, AttributeData::Text(words.to_owned()))
}

fn member(kit: &TestKit) -> Ctx {
    let actor = Actor::staff(kit.kit().ids.next(), Grants::everything());
    Ctx::guest("test").with_actor(actor)
}

impl Shop {
    async fn attribute(&self, input: AttributeInput) -> souk_contract::Attribute {
        self.catalog.put_attribute(&self.system, None, input, None).await.expect("an attribute")
    }

    /// With one group, of these attributes.
    async fn template(&self, name: &str, codes: &[&str]) -> ProductTemplateId {
        let attributes = codes.iter().map(|code| (*code).to_owned()).collect();
        let group = AttributeGroupInput { name: format!("{name} facts"), attributes };
        let group = self.catalog.put_attribute_group(&self.system, None, group, None).await.expect("a group");
        let template = ProductTemplateInput { name: name.to_owned(), groups: vec![group.id] };
        self.catalog.put_product_template(&self.system, None, template, None).await.expect("a template").id
    }

    async fn of(&self, handle: &str) -> ProductRecord {
        let found =
            self.catalog.products_by_handle(&self.system, &[handle.to_owned()]).await.expect("records");
        found.into_iter().next().expect("the product")
    }

    async fn percent(&self, handle: &str) -> Option<i64> {
        let query = ProductQuery { text: Some(handle.to_owned()), ..ProductQuery::default() };
        let rows = self.catalog.find_products(&self.system, &query).await.expect("rows").items;
        rows.into_iter().find(|row| row.handle == handle).expect("the row").completeness
    }

    async fn incomplete(&self, incomplete: bool) -> Vec<String> {
        let mut query =
            ProductQuery { incomplete: Some(incomplete), limit: Some(2), ..ProductQuery::default() };
        let mut handles = Vec::new();
        loop {
            let page = self.catalog.find_products(&self.system, &query).await.expect("rows");
            handles.extend(page.items.into_iter().map(|row| row.handle));
            match page.next {
                Some(next) => query.after = Some(next),
                None => return handles,
            }
        }
    }
}

fn with(handle: &str, template: Option<ProductTemplateId>, values: Vec<AttributeValue>) -> ProductInput {
    ProductInput { template_id: template, attributes: Some(values), ..product(handle) }
}

/// Nothing is missing that every product has.
fn complete(handle: &str) -> ProductInput {
    let mut input = product(handle);
    input.description_html = "<p>Words.</p>".to_owned();
    input.media = vec![picture("a.png")];
    input.seo.title = Some("Title".to_owned());
    input.seo.description = Some("Description".to_owned());
    input.variants[0].sku = Some("SKU".to_owned());
    input
}

each_engine! {
    async fn values_are_kept_and_what_says_nothing_of_them_leaves_them(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let me = member(&kit);
        for kind in AttributeKind::ALL {
            shop.attribute(attribute(kind.as_str(), kind)).await;
        }
        let template = shop.template("Mugs", &["select", "number"]).await;
        let values = vec![
            value("boolean", AttributeData::Flag(false)),
            text("date", "2024-02-29"),
            text("long_text", "one\ntwo"),
            value("multi_select", AttributeData::Many(vec!["blue".to_owned(), "red".to_owned()])),
            value("number", AttributeData::Number(12.5)),
            text("select", "red"),
            text("text", "'; drop table product; -- <script>alert(1)</script> \u{202e}\u{1f600}"),
        ];
        let full = with("mug", Some(template), values.clone());
        shop.put(full.clone()).await;
        let made = shop.of("mug").await;
        assert_eq!(made.input, full);
        assert_eq!(shop.put(full.clone()).await.change, souk_contract::Change::Unchanged);
        // In another order, with an empty one: equal.
        let mut shuffled = full.clone();
        shuffled.attributes.as_mut().expect("values").reverse();
        assert_eq!(shop.put(shuffled).await.change, souk_contract::Change::Unchanged);

        // As an import does it, one and many.
        let silent = ProductInput { title: "Better".to_owned(), ..product("mug") };
        let checked = shop.catalog.check_products(&shop.system, vec![silent.clone()]).await.expect("checked");
        assert_eq!(checked[0].as_ref().expect("good").attributes.as_ref(), Some(&values));
        shop.put_all(vec![silent.clone()]).await;
        let now = shop.of("mug").await.input;
        assert_eq!((now.title.as_str(), now.template_id, now.attributes.as_ref()), ("Better", Some(template), Some(&values)));
        let edit = BulkEdit { selection: BulkSelection::default(), actions: vec![BulkAction::SetPrice { price: eur(0) }], expected: None };
        let before = shop.percent("mug").await;
        let run = shop.catalog.run_bulk(&me, edit).await.expect("done");
        assert!(shop.percent("mug").await < before, "a product without a price is less complete");
        shop.catalog.undo_bulk(&me, run.id).await.expect("taken back");
        assert_eq!(shop.percent("mug").await, before);
        assert_eq!(shop.of("mug").await.input.attributes.as_ref(), Some(&values));

        // Without the template they stay; without both there is nothing.
        shop.put(ProductInput { attributes: Some(values.clone()), ..silent.clone() }).await;
        assert_eq!(shop.of("mug").await.input.template_id, None);
        shop.put(ProductInput { attributes: Some(Vec::new()), ..silent.clone() }).await;
        assert_eq!(shop.of("mug").await.input, silent);
    }

    async fn values_that_do_not_fit_are_named_and_others_of_the_batch_go_on(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        shop.attribute(attribute("width", AttributeKind::Number)).await;
        shop.attribute(attribute("colour", AttributeKind::Select)).await;
        let bad = with("mug", Some(ProductTemplateId::new(kit.kit().ids.next::<souk_contract::kind::ProductTemplate>().uuid())), vec![
            text("width", "wide"), text("colour", "green"), text("nowhere", "x"),
        ]);
        assert_eq!(
            code(shop.try_put(bad.clone()).await),
            "template_id: unknown, attributes.colour: unknown_option, attributes.nowhere: unknown, attributes.width: invalid"
        );
        let twice = with("mug", None, vec![text("colour", "red"), text("colour", "blue")]);
        assert_eq!(code(shop.try_put(twice).await), "attributes[1].code: duplicate");
        let good = with("jug", None, vec![text("colour", "red")]);
        let outcomes = shop.catalog.put_products(&shop.system, vec![bad, good]).await.expect("outcomes");
        assert!(outcomes[0].is_err() && outcomes[1].is_ok());
        assert_eq!(shop.list(Default::default()).await.total, 1);
    }

    async fn what_products_use_stays(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let me = member(&kit);
        let colour = shop.attribute(attribute("colour", AttributeKind::MultiSelect)).await;
        assert_eq!(code(shop.catalog.put_attribute(&me, None, attribute("colour", AttributeKind::Text), None).await), "code: taken");
        let template = shop.template("Mugs", &["colour"]).await;
        let many = |values: &[&str]| value("colour", AttributeData::Many(values.iter().map(|one| (*one).to_owned()).collect()));
        shop.put(with("mug", Some(template), vec![many(&["red", "blue"])])).await;
        shop.put(with("jug", None, vec![many(&["blue"])])).await;

        let put = async |change: &dyn Fn(&mut AttributeInput), version| {
            let mut input = attribute("colour", AttributeKind::MultiSelect);
            change(&mut input);
            shop.catalog.put_attribute(&me, Some(colour.id), input, version).await
        };
        assert_eq!(code(put(&|input| input.code = "color".to_owned(), None).await), "code: fixed");
        let to_text = |input: &mut AttributeInput| { input.kind = AttributeKind::Text; input.options.clear(); };
        assert_eq!(code(put(&to_text, None).await), "kind: in_use");
        let Err(Error::Invalid { fields }) = put(&|input| { input.options.remove(0); }, None).await else { panic!("taken") };
        assert_eq!((fields[0].field.as_str(), fields[0].message.as_str()), ("options", "“Rusty red” is used by 1 product."));
        assert_eq!(code(shop.catalog.remove_attribute(&me, colour.id, None).await), "in_use: It is used by 2 products.");
        assert_eq!(code(shop.catalog.remove_product_template(&me, template, None).await), "in_use: It is used by 1 product.");
        let group = shop.catalog.model(&me).await.expect("a model").groups.remove(0);
        assert_eq!(code(shop.catalog.remove_attribute_group(&me, group.id, None).await), "in_use: It is used by 1 template.");

        let renamed = put(&|input| input.name = "Glaze".to_owned(), Some(1)).await.expect("changed");
        assert_eq!((renamed.version, renamed.name.as_str()), (2, "Glaze"));
        assert!(code(put(&|_| {}, Some(1)).await).starts_with("stale_version"));
        assert_eq!(put(&|input| input.name = "Glaze".to_owned(), Some(2)).await.expect("equal").version, 2);

        // Freed, each may go, and come again under the same code.
        shop.put(with("mug", None, Vec::new())).await;
        shop.put(with("jug", None, Vec::new())).await;
        assert!(code(shop.catalog.remove_product_template(&me, template, Some(7)).await).starts_with("stale_version"));
        shop.catalog.remove_product_template(&me, template, Some(1)).await.expect("removed");
        assert_eq!(code(shop.catalog.remove_attribute(&me, colour.id, None).await), "in_use: It is used by 1 group.");
        shop.catalog.remove_attribute_group(&me, group.id, None).await.expect("removed");
        put(&to_text, None).await.expect("another kind");
        shop.catalog.remove_attribute(&me, colour.id, None).await.expect("removed");
        assert_eq!(code(shop.catalog.remove_attribute(&me, colour.id, None).await), "no attribute");
        shop.attribute(attribute("colour", AttributeKind::Text)).await;
        let audit: Vec<(String,)> = shop.db.read().await.expect("a reader")
            .query("select action from audit order by id").all().await.expect("rows");
        assert_eq!(
            audit.into_iter().map(|(action,)| action).collect::<Vec<_>>(),
            ["attribute.changed", "product_template.removed", "attribute_group.removed", "attribute.changed", "attribute.removed"]
        );
        assert_eq!(code(shop.catalog.model(&shop.guest).await), "refused");
        assert_eq!(code(shop.catalog.put_attribute(&shop.guest, None, attribute("x", AttributeKind::Text), None).await), "refused");
    }

    async fn versions_tell_of_values_and_bring_them_back(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let me = member(&kit);
        shop.attribute(attribute("colour", AttributeKind::Select)).await;
        let gone = shop.attribute(attribute("gone", AttributeKind::Text)).await;
        let template = shop.template("Mugs", &["colour"]).await;
        shop.put(product("mug")).await;
        let id = shop.of("mug").await.id;
        let save = async |values: Vec<AttributeValue>, template| {
            let request = PutProduct { id: Some(id), product: with("mug", template, values), if_version: None };
            shop.catalog.put_product(&me, request).await.expect("saved");
        };
        save(vec![text("colour", "red"), text("gone", "x")], Some(template)).await;
        save(vec![text("colour", "blue")], Some(template)).await;
        let page = PageRequest::default();
        let versions = shop.catalog.product_versions(&me, id, &page).await.expect("versions").items;
        assert_eq!(versions[0].fields, ["attribute colour", "attribute gone"]);
        assert_eq!(versions[1].fields, ["attribute colour", "attribute gone", "template_id"]);
        let changes = shop.catalog.compare_versions(&me, id, 2, 3).await.expect("changes");
        assert_eq!((changes[0].before.as_deref(), changes[0].after.as_deref()), (Some("red"), Some("blue")));

        let changes = shop.catalog.compare_versions(&me, id, 1, 2).await.expect("changes");
        let named = changes.iter().find(|change| change.field == "template_id").expect("the template");
        assert_eq!((named.before.as_deref(), named.after.as_deref()), (None, Some("Mugs")));

        // What the shop no longer knows does not come back.
        shop.catalog.remove_attribute(&me, gone.id, None).await.expect("removed");
        shop.catalog.restore_version(&me, id, 2, None).await.expect("restored");
        let back = shop.of("mug").await.input;
        assert_eq!((back.template_id, back.attributes), (Some(template), Some(vec![text("colour", "red")])));
        shop.catalog.restore_version(&me, id, 1, None).await.expect("restored");
        assert_eq!(shop.of("mug").await.input, product("mug"), "it had none then");
        shop.catalog.archive_product(&me, id, None).await.expect("archived");
    }

    async fn completeness_is_kept_listed_and_follows_the_template(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let me = member(&kit);
        let mut colour = shop.attribute(attribute("colour", AttributeKind::Select)).await;
        let template = shop.template("Mugs", &["colour"]).await;
        shop.put(ProductInput { template_id: Some(template), ..complete("mug") }).await;
        shop.put(complete("jug")).await;
        for handle in ["a", "b", "c"] {
            shop.put(product(handle)).await;
        }
        assert_eq!(shop.percent("mug").await, Some(100));
        assert_eq!(shop.incomplete(true).await, ["a", "b", "c"]);
        assert_eq!(shop.incomplete(false).await, ["jug", "mug"]);

        let mut input = colour.input();
        input.required = true;
        colour = shop.catalog.put_attribute(&me, Some(colour.id), input, Some(1)).await.expect("changed");
        assert_eq!(shop.percent("mug").await, Some(88));
        let mug = shop.of("mug").await;
        assert_eq!(mug.version, 1, "nobody changed the product");
        let found = shop.catalog.product_completeness(&me, mug.id).await.expect("completeness");
        assert_eq!((found.percent, found.missing[0].field.as_str()), (88, "attributes.colour"));
        shop.put(with("mug", Some(template), vec![text("colour", "red")])).await;
        assert!(shop.percent("mug").await < Some(88));
        shop.put(ProductInput { template_id: Some(template), attributes: Some(vec![text("colour", "red")]), ..complete("mug") }).await;
        assert_eq!(shop.percent("mug").await, Some(100));

        let other = shop.template("Jugs", &["colour"]).await;
        shop.put(ProductInput { template_id: Some(other), ..complete("jug") }).await;
        assert_eq!(shop.percent("jug").await, Some(88));
        let jugs = shop.catalog.model(&me).await.expect("a model").template(other).expect("it").clone();
        let none = ProductTemplateInput { name: jugs.name, groups: Vec::new() };
        shop.catalog.put_product_template(&me, Some(other), none, Some(1)).await.expect("changed");
        assert_eq!(shop.percent("jug").await, Some(100));
        assert_eq!(colour.version, 2);

        // Products from before there was completeness are measured when a server starts.
        let mut tx = shop.db.begin().await.expect("a transaction");
        tx.query("update product set completeness = null").execute().await.expect("forgotten");
        tx.commit().await.expect("committed");
        assert_eq!(shop.percent("mug").await, None);
        let other = Shop::open(&kit).await;
        for _ in 0..200 {
            if other.percent("mug").await.is_some() && other.percent("a").await.is_some() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        assert_eq!((other.percent("mug").await, other.incomplete(true).await.len()), (Some(100), 3));
    }

    async fn over_http_shoppers_read_labels_and_staff_keeps_definitions(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let api = Api::of(&shop);
        let colour = json!({"code": "colour", "name": "Colour <b>", "kind": "select",
            "options": [{"value": "red", "label": "Rusty red", "swatch": "#ff0000"}]});
        let (status, made) = api.send(Method::POST, "/attributes", None, Some(&colour)).await;
        assert_eq!((status, &made["version"], &made["required"]), (StatusCode::CREATED, &json!(1), &json!(false)));
        let path = format!("/attributes/{}", made["id"].as_str().expect("an id"));
        let width = json!({"code": "width", "name": "Width", "kind": "number", "unit": "cm"});
        assert_eq!(api.send(Method::POST, "/attributes", None, Some(&width)).await.0, StatusCode::CREATED);
        let mut unknown = width.clone();
        unknown["colour"] = json!(1);
        assert_eq!(api.send(Method::POST, "/attributes", None, Some(&unknown)).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        let group = json!({"name": "Looks", "attributes": ["width", "colour"]});
        let (status, group) = api.send(Method::POST, "/attribute-groups", None, Some(&group)).await;
        assert_eq!(status, StatusCode::CREATED);
        let wrong = json!({"name": "looks", "attributes": ["nowhere", "colour", "colour"]});
        let (status, refused) = api.send(Method::POST, "/attribute-groups", None, Some(&wrong)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!((&refused["errors"][0]["field"], &refused["errors"][1]["code"]), (&json!("attributes[0]"), &json!("duplicate")));
        let same = json!({"name": "LOOKS"});
        assert_eq!(api.send(Method::POST, "/attribute-groups", None, Some(&same)).await.1["errors"][0]["code"], "taken");
        let template = json!({"name": "Mugs", "groups": [group["id"]]});
        let (status, template) = api.send(Method::POST, "/product-templates", None, Some(&template)).await;
        assert_eq!(status, StatusCode::CREATED);

        let mut mug = serde_json::to_value(product("mug")).expect("JSON");
        mug["template_id"] = template["id"].clone();
        mug["attributes"] = json!([{"code": "colour", "value": "red"}, {"code": "width", "value": 8}]);
        let (status, written) = api.send(Method::POST, "/products", None, Some(&mug)).await;
        assert_eq!(status, StatusCode::CREATED, "{written}");
        let (_, shown) = api.store("/products/mug").await;
        assert_eq!(shown["attributes"], json!([
            {"code": "width", "name": "Width", "value": "8", "unit": "cm"},
            {"code": "colour", "name": "Colour <b>", "value": "Rusty red", "unit": null},
        ]));
        let mut better = colour.clone();
        better["name"] = json!("Glaze");
        assert_eq!(api.send(Method::PUT, &path, None, Some(&better)).await.0, StatusCode::PRECONDITION_REQUIRED);
        assert_eq!(api.send(Method::PUT, &path, Some("\"1\""), Some(&better)).await.0, StatusCode::OK);
        assert_eq!(api.send(Method::PUT, &path, Some("\"1\""), Some(&better)).await.0, StatusCode::PRECONDITION_FAILED);
        assert_eq!(api.store("/products/mug").await.1["attributes"][1]["name"], "Glaze", "kept bytes are not stale");
        let (status, refused) = api.send(Method::DELETE, &path, Some("\"2\""), None).await;
        assert_eq!((status, &refused["code"]), (StatusCode::CONFLICT, &json!("in_use")));
        let id = written["id"].as_str().expect("an id");
        let (_, found) = api.send(Method::GET, &format!("/products/{id}/completeness"), None, None).await;
        assert_eq!(found["missing"][0], json!({"field": "description_html", "name": "Description", "others": 0}));
        for list in ["/attributes", "/attribute-groups", "/product-templates"] {
            let (status, all) = api.send(Method::GET, list, None, None).await;
            let one = format!("{list}/{}", all[0]["id"].as_str().expect("an id"));
            assert_eq!((status, api.send(Method::GET, &one, None, None).await), (StatusCode::OK, (StatusCode::OK, all[0].clone())));
        }
        // Of a draft nobody outside learns anything.
        mug["status"] = json!("draft");
        let put = api.send(Method::PUT, &format!("/products/{id}"), Some("\"1\""), Some(&mug)).await;
        assert_eq!(put.0, StatusCode::OK);
        assert_eq!(api.store("/products/mug").await.0, StatusCode::NOT_FOUND);
        let id: ProductId = id.parse().expect("an id");
        assert_eq!(shop.catalog.shown_attributes(&shop.guest, id).await.expect("nothing"), []);
        assert_eq!(shop.of("mug").await.input.status, ProductStatus::Draft);
    }
}

struct Api {
    store: Router,
    admin: Router,
}

impl Api {
    fn of(shop: &Shop) -> Self {
        let (store, _) =
            souk_catalog::store_routes(shop.catalog.clone(), shop.catalog.clone()).split_for_parts();
        let admin = souk_catalog::admin_routes(shop.catalog.clone())
            .merge(souk_catalog::attribute_routes(shop.catalog.clone()));
        let (admin, _) = admin.split_for_parts();
        let wrap = |router: Router, ctx: &Ctx| souk_kernel::http::api(router).layer(Extension(ctx.clone()));
        Self { store: wrap(store, &shop.guest), admin: wrap(admin, &shop.system) }
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        if_match: Option<&str>,
        body: Option<&Value>,
    ) -> (StatusCode, Value) {
        let mut request = Request::builder().method(method).uri(path);
        request = request.header(header::CONTENT_TYPE, "application/json");
        if let Some(version) = if_match {
            request = request.header(header::IF_MATCH, version);
        }
        let body = body.map(Value::to_string).unwrap_or_default();
        answer(&self.admin, request.body(Body::from(body)).expect("a request")).await
    }

    async fn store(&self, path: &str) -> (StatusCode, Value) {
        answer(&self.store, Request::get(path).body(Body::empty()).expect("a request")).await
    }
}

async fn answer(router: &Router, request: Request<Body>) -> (StatusCode, Value) {
    let (parts, body) = router.clone().oneshot(request).await.expect("an answer").into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("a body");
    (parts.status, serde_json::from_slice(&body).unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn guests_get_no_answers_about_attributes() {
    let kit = TestKit::start(souk_kernel::testing::Engine::Sqlite).await;
    let shop = Shop::open(&kit).await;
    let (admin, openapi) = souk_catalog::attribute_routes(shop.catalog.clone()).split_for_parts();
    let admin = souk_kernel::http::api(admin).layer(Extension(shop.guest.clone()));
    let mut tried = 0;
    for (path, item) in &openapi.paths.paths {
        let item = serde_json::to_value(item).expect("JSON");
        for method in item.as_object().expect("methods").keys().filter(|key| *key != "parameters") {
            let path = path.replace("{id}", "00000000-0000-7000-8000-000000000001");
            let body = match path.split('/').nth(1) {
                Some("attributes") => json!({"code": "a", "name": "A", "kind": "text"}),
                _ => json!({"name": "A"}),
            };
            let request = Request::builder()
                .method(method.to_uppercase().as_str())
                .uri(&path)
                .header(header::CONTENT_TYPE, "application/json")
                .header(header::IF_MATCH, "\"1\"")
                .body(Body::from(body.to_string()))
                .expect("a request");
            assert_eq!(answer(&admin, request).await.0, StatusCode::UNAUTHORIZED, "{method} {path}");
            tried += 1;
        }
    }
    assert_eq!(tried, 16);
    kit.finish().await;
}
