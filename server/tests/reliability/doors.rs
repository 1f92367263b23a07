//! Reliability 16: nobody sees or writes what isn't theirs. The routes are those that the program's own description
//! lists, so a new one is held to the same.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use souk_contract::{CreateStaff, Permission, Preset};
use souk_kernel::{each_engine, testing::TestKit};

use crate::{
    server::{Answer, Server, answer},
    shop::{TestShop, address},
};

const NOBODY: &str = "01900000-0000-7000-8000-000000000000";

/// A running shop with something to buy, and whoever may knock.
struct House {
    server: Server,
    variant: String,
    delivery: String,
    staff: String,
    routes: Vec<Route>,
    openapi: Value,
}

#[derive(Debug, Clone)]
struct Route {
    method: Method,
    path: String,
    /// The schema of its JSON body.
    body: Option<Value>,
    uuids: Vec<String>,
    /// What its description says it takes.
    permission: Option<Permission>,
}

/// Where staff knock before they are signed in.
const BELLS: [&str; 2] = ["/api/admin/v1/sessions", "/api/admin/v1/invitations/accept"];

impl House {
    async fn open(kit: &TestKit) -> Self {
        let shop = TestShop::open(kit).await;
        let (variant, delivery) = (shop.sell("lamp", 4900, 100).await.to_string(), shop.delivery.to_string());
        let owner = CreateStaff {
            email: "owner@example.com".to_owned(),
            name: "Owner".to_owned(),
            role: Preset::Owner.into(),
        };
        let staff = shop.services.staffing.create_staff(&shop.system, owner).await.expect("staff").token;
        shop.close().await;
        let server = Server::start(kit).await;
        let (status, openapi) = server.ask(Method::GET, "/openapi.json", None, None).await;
        assert_eq!(status, StatusCode::OK);
        let routes = routes(&openapi);
        assert!(routes.len() > 50, "the description lists {} routes", routes.len());
        Self { server, variant, delivery, staff, routes, openapi }
    }

    async fn store(&self, method: Method, path: &str, token: Option<&str>, body: Value) -> Answer {
        let body = (method != Method::GET).then_some(&body);
        self.server.ask(method, &format!("/api/store/v1{path}"), token, body).await
    }

    async fn full_cart(&self, customer: Option<&str>) -> String {
        let (status, cart) = self.store(Method::POST, "/carts", customer, json!({})).await;
        assert_eq!(status, StatusCode::CREATED, "{cart}");
        let token = cart["token"].as_str().expect("a token").to_owned();
        for (method, part, body) in [
            (Method::POST, "/lines", json!({ "variant_id": self.variant, "quantity": 1 })),
            (Method::PATCH, "", json!({ "email": "ada@example.com", "shipping_address": address() })),
            (Method::PUT, "/delivery", json!({ "method_id": self.delivery })),
        ] {
            let (status, cart) = self.store(method, &format!("/carts/{token}{part}"), customer, body).await;
            assert_eq!(status, StatusCode::OK, "{cart}");
        }
        token
    }

    async fn order(&self, customer: Option<&str>) -> Value {
        let token = self.full_cart(customer).await;
        let payment = json!({ "payment_method": "test", "payment_token": "tok_success" });
        let (status, order) =
            self.store(Method::POST, &format!("/carts/{token}/complete"), customer, payment).await;
        assert_eq!(status, StatusCode::CREATED, "{order}");
        order
    }

    /// Every object schema that a body may contain, by name or place.
    fn objects(&self, schema: &Value, at: &str, seen: &mut Vec<String>, found: &mut Vec<(String, Value)>) {
        if let Some(name) = schema["$ref"].as_str() {
            if !seen.contains(&name.to_owned()) {
                seen.push(name.to_owned());
                let pointer = name.trim_start_matches('#');
                let target = self.openapi.pointer(pointer).expect("a schema").clone();
                self.objects(&target, name.rsplit('/').next().unwrap_or(name), seen, found);
            }
            return;
        }
        for part in ["allOf", "oneOf", "anyOf"] {
            for (number, inner) in schema[part].as_array().into_iter().flatten().enumerate() {
                self.objects(inner, &format!("{at}#{number}"), seen, found);
            }
        }
        if let Some(items) = schema.get("items") {
            self.objects(items, &format!("{at}[]"), seen, found);
        }
        if let Some(properties) = schema["properties"].as_object() {
            found.push((at.to_owned(), schema.clone()));
            for (name, inner) in properties {
                self.objects(inner, &format!("{at}.{name}"), seen, found);
            }
        }
    }
}

fn routes(openapi: &Value) -> Vec<Route> {
    let mut routes = Vec::new();
    for (path, operations) in openapi["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            let Ok(method) = method.to_uppercase().parse::<Method>() else { continue };
            if !["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method.as_str()) {
                continue;
            }
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let uuids = parameters
                .filter(|parameter| parameter["in"] == "path" && is_uuid(openapi, &parameter["schema"]))
                .map(|parameter| parameter["name"].as_str().expect("a name").to_owned());
            routes.push(Route {
                method,
                path: path.clone(),
                body: operation.pointer("/requestBody/content/application~1json/schema").cloned(),
                uuids: uuids.collect(),
                permission: operation
                    .pointer("/security/0/staff/0")
                    .map(|word| word.as_str().expect("a word").parse().expect("a permission")),
            });
        }
    }
    routes
}

fn is_uuid(openapi: &Value, schema: &Value) -> bool {
    match schema["$ref"].as_str() {
        Some(name) => {
            openapi.pointer(name.trim_start_matches('#')).is_some_and(|schema| is_uuid(openapi, schema))
        }
        None => schema["format"] == "uuid",
    }
}

impl Route {
    fn is_admin(&self) -> bool {
        self.path.starts_with("/api/admin/")
    }

    /// With each parameter as `fill` says, `NOBODY` where it says nothing.
    fn filled(&self, fill: impl Fn(&str) -> Option<String>) -> String {
        let part = |part: &str| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            // A kind of mail has a name, no id.
            Some("kind") => "welcome".to_owned(),
            Some(name) => fill(name).unwrap_or_else(|| NOBODY.to_owned()),
            None => part.to_owned(),
        };
        self.path.split('/').map(part).collect::<Vec<_>>().join("/")
    }
}

fn without_id(mut problem: Value) -> Value {
    if let Some(body) = problem.as_object_mut() {
        body.remove("request_id");
    }
    problem
}

each_engine! {
    async fn an_order_is_its_customers_alone(kit: TestKit) {
        let house = House::open(&kit).await;
        let (ada, eve) = (house.server.register("ada").await, house.server.register("eve").await);
        let order = house.order(Some(&ada)).await;
        let (id, link) = (order["id"].as_str().expect("an id"), order["access_token"].as_str().expect("a token"));
        let see = async |id: &str, who: Option<&str>| {
            house.store(Method::GET, &format!("/orders/{id}"), who, Value::Null).await
        };
        assert_eq!(see(id, Some(&ada)).await.0, StatusCode::OK);
        let foreign = see(id, Some(&eve)).await;
        assert_eq!(foreign.0, StatusCode::NOT_FOUND);
        let none = see(NOBODY, Some(&eve)).await;
        assert_eq!(without_id(foreign.1), without_id(none.1), "hers and nobody's are not told apart");
        assert_eq!(see(id, None).await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(see("1001", Some(&ada)).await.0, StatusCode::NOT_FOUND);
        let (_, mine) = house.store(Method::GET, "/orders", Some(&ada), Value::Null).await;
        assert_eq!(mine["items"].as_array().map(Vec::len), Some(1));
        let (_, hers) = house.store(Method::GET, "/orders", Some(&eve), Value::Null).await;
        assert_eq!(hers["items"], json!([]));

        // By its link, which is a seal and no number.
        let cart = house.full_cart(None).await;
        let mut flipped = link.as_bytes().to_vec();
        let middle = flipped.len() / 2;
        flipped[middle] = if flipped[middle] == b'A' { b'B' } else { b'A' };
        let flipped = String::from_utf8(flipped).expect("ASCII");
        let shorter = &link[..link.len() - 1];
        let (status, seen) = house.store(Method::GET, &format!("/orders/by-token/{link}"), None, Value::Null).await;
        assert_eq!((status, seen["id"].as_str()), (StatusCode::OK, Some(id)));
        for forged in [flipped.as_str(), shorter, id, "1001", cart.as_str(), eve.as_str()] {
            let (status, body) = house.store(Method::GET, &format!("/orders/by-token/{forged}"), None, Value::Null).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{forged}: {body}");
        }
    }

    async fn an_address_is_its_customers_alone(kit: TestKit) {
        let house = House::open(&kit).await;
        let (ada, eve) = (house.server.register("ada").await, house.server.register("eve").await);
        let body = json!({ "address": address() });
        let (status, saved) = house.store(Method::POST, "/customers/addresses", Some(&ada), body.clone()).await;
        assert_eq!(status, StatusCode::CREATED, "{saved}");
        let path = format!("/customers/addresses/{}", saved["id"].as_str().expect("an id"));
        assert_eq!(house.store(Method::PUT, &path, Some(&eve), body.clone()).await.0, StatusCode::NOT_FOUND);
        assert_eq!(house.store(Method::DELETE, &path, Some(&eve), body.clone()).await.0, StatusCode::NOT_FOUND);
        assert_eq!(house.store(Method::DELETE, &path, None, body).await.0, StatusCode::UNAUTHORIZED);
        let (_, kept) = house.store(Method::GET, "/customers/addresses", Some(&ada), Value::Null).await;
        assert_eq!(kept.as_array().map(Vec::len), Some(1));
    }

    async fn signing_out_ends_the_session_that_is_sent_and_no_other(kit: TestKit) {
        let house = House::open(&kit).await;
        let first = house.server.register("ada").await;
        let again = json!({ "email": "ada@example.com", "password": "a long password" });
        let (status, second) = house.store(Method::POST, "/sessions", None, again).await;
        assert_eq!(status, StatusCode::CREATED, "{second}");
        let second = second["token"].as_str().expect("a token").to_owned();
        let me = async |token: &str| house.store(Method::GET, "/customers", Some(token), Value::Null).await.0;
        for _ in 0..2 {
            let sign_out = house.server.request(Method::DELETE, "/api/store/v1/sessions").bearer_auth(&first);
            assert_eq!(answer(sign_out).await.expect("an answer"), (StatusCode::NO_CONTENT, Value::Null));
            assert_eq!((me(&first).await, me(&second).await), (StatusCode::UNAUTHORIZED, StatusCode::OK));
        }
        // Neither a staff token nor nobody's ends anything.
        for token in [house.staff.as_str(), "nonsense"] {
            let sign_out = house.server.request(Method::DELETE, "/api/store/v1/sessions").bearer_auth(token);
            assert_eq!(answer(sign_out).await.expect("an answer").0, StatusCode::NO_CONTENT);
        }
        let none = house.server.request(Method::DELETE, "/api/store/v1/sessions");
        assert_eq!(answer(none).await.expect("an answer").0, StatusCode::NO_CONTENT);
        let (status, _) = house.server.ask(Method::GET, "/api/admin/v1/orders", Some(&house.staff), None).await;
        assert_eq!((status, me(&second).await), (StatusCode::OK, StatusCode::OK));
        // By cookie, as the shop's own pages carry it.
        let sign_out = house.server.request(Method::DELETE, "/api/store/v1/sessions")
            .header("cookie", format!("souk_session={second}"));
        assert_eq!(answer(sign_out).await.expect("an answer").0, StatusCode::NO_CONTENT);
        assert_eq!(me(&second).await, StatusCode::UNAUTHORIZED);
    }

    async fn a_cart_can_not_be_guessed(kit: TestKit) {
        let house = House::open(&kit).await;
        let cart = house.full_cart(None).await;
        let (_, seen) = house.store(Method::GET, &format!("/carts/{cart}"), None, Value::Null).await;
        let line = seen["lines"][0]["id"].as_str().expect("a line").to_owned();
        let id = seen["id"].as_str().expect("an id").to_owned();
        let guesses = [id, NOBODY.to_owned(), "guessed".to_owned(), "A".repeat(cart.len()), cart[1..].to_owned()];
        let mut asked = 0;
        for route in house.routes.iter().filter(|route| route.path.contains("{token}")) {
            let body = match (route.method.as_str(), route.path.rsplit('/').next()) {
                ("POST", Some("lines")) => json!({ "variant_id": house.variant, "quantity": 1 }),
                ("PUT", Some("{line_id}")) => json!({ "quantity": 2 }),
                ("POST", Some("codes")) => json!({ "code": "X" }),
                ("PUT", Some("delivery")) => json!({ "method_id": house.delivery }),
                ("POST", Some("complete")) => json!({ "payment_method": "test", "payment_token": "tok_success" }),
                _ => json!({}),
            };
            for guess in &guesses {
                let path = route.filled(|name| match name {
                    "token" => Some(guess.clone()),
                    "line_id" => Some(line.clone()),
                    _ => None,
                });
                let with_body = (route.method != Method::GET).then_some(&body);
                let (status, problem) = house.server.ask(route.method.clone(), &path, None, with_body).await;
                assert_eq!(status, StatusCode::NOT_FOUND, "{} {path}: {problem}", route.method);
                asked += 1;
            }
        }
        assert!(asked >= 10 * guesses.len(), "{asked}");
        let (_, still) = house.store(Method::GET, &format!("/carts/{cart}"), None, Value::Null).await;
        assert_eq!(still, seen);
    }

    async fn staffs_doors_open_to_staff_alone(kit: TestKit) {
        let house = House::open(&kit).await;
        let ada = house.server.register("ada").await;
        let cart = house.full_cart(None).await;
        let mut asked = 0;
        for route in house.routes.iter().filter(|route| route.is_admin()) {
            let path = route.filled(|_| None);
            let bell = route.method == Method::POST && BELLS.contains(&path.as_str());
            for token in [None, Some(ada.as_str()), Some(cart.as_str()), Some("nonsense")] {
                for body in [None, Some(json!({}))] {
                    let mut request = house.server.request(route.method.clone(), &path).header("if-match", "\"1\"");
                    if let Some(token) = token {
                        request = request.bearer_auth(token).header("cookie", format!("souk_session={token}"));
                    }
                    if let Some(body) = &body {
                        request = request.json(body);
                    }
                    let (status, problem) = answer(request).await.expect("an answer");
                    if bell && token.is_none() {
                        let asks = [StatusCode::UNSUPPORTED_MEDIA_TYPE, StatusCode::UNPROCESSABLE_ENTITY];
                        assert!(asks.contains(&status), "signing in wants a password: {status} {problem}");
                        continue;
                    }
                    assert_eq!(status, StatusCode::UNAUTHORIZED, "{} {path} {token:?} {body:?}: {problem}", route.method);
                    asked += 1;
                }
            }
        }
        assert!(asked > 100, "{asked}");
        let (status, _) = house.server.ask(Method::GET, "/api/admin/v1/orders", Some(&house.staff), None).await;
        assert_eq!(status, StatusCode::OK, "while staff may");
    }

    async fn roles_open_what_they_allow_and_nothing_else(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let mut tokens = Vec::new();
        for preset in Preset::ALL {
            let email = format!("{}@example.com", preset.as_str());
            let request = CreateStaff { email, name: preset.title().to_owned(), role: (*preset).into() };
            let made = shop.services.staffing.create_staff(&shop.system, request).await.expect("staff");
            tokens.push((preset, made.token));
        }
        shop.close().await;
        let server = Server::start(&kit).await;
        let (_, openapi) = server.ask(Method::GET, "/openapi.json", None, None).await;
        let routes = routes(&openapi);
        let (mut opened, mut refused) = (0, 0);
        for route in routes.iter().filter(|route| route.is_admin()) {
            let Some(permission) = route.permission else { continue };
            let path = route.filled(|_| None);
            for (preset, token) in &tokens {
                let request = server.request(route.method.clone(), &path).header("if-match", "\"1\"");
                let (status, problem) = answer(request.bearer_auth(token)).await.expect("an answer");
                let allowed = preset.grants().allow(permission);
                assert_eq!(status == StatusCode::FORBIDDEN, !allowed, "{preset:?} {} {path}: {status} {problem}", route.method);
                assert_ne!(status, StatusCode::UNAUTHORIZED);
                if allowed { opened += 1 } else { refused += 1 }
            }
        }
        assert!(opened > 100 && refused > 60, "{opened} opened, {refused} refused");
        let without: Vec<&str> = routes.iter()
            .filter(|route| route.is_admin() && route.permission.is_none())
            .map(|route| route.path.trim_start_matches("/api/admin/v1"))
            .filter(|path| !["/me", "/sessions", "/api-keys", "/invitations/accept", "/audit"].iter().any(|own| path.starts_with(own)))
            .collect();
        assert_eq!(without, Vec::<&str>::new(), "routes that take no permission");
    }

    async fn every_write_refuses_what_it_does_not_know(kit: TestKit) {
        let house = House::open(&kit).await;
        let ada = house.server.register("ada").await;
        let cart = house.full_cart(None).await;
        let (mut asked, mut open) = (0, Vec::new());
        for route in house.routes.iter().filter(|route| route.body.is_some()) {
            let schema = route.body.as_ref().expect("a body");
            let unknown = json!({ "souk_unknown": 1 });
            let body = if schema["type"] == "array" { json!([unknown]) } else { unknown };
            let path = route.filled(|name| (name == "token").then(|| cart.clone()));
            let token = if route.is_admin() { &house.staff } else { &ada };
            let request = house.server.request(route.method.clone(), &path).header("if-match", "\"1\"");
            let (status, problem) = answer(request.bearer_auth(token).json(&body)).await.expect("an answer");
            let said = &problem["errors"][0];
            let named = said["field"].as_str().is_some_and(|field| field.ends_with("souk_unknown"));
            let refused = status == StatusCode::UNPROCESSABLE_ENTITY && said["code"] == "unknown" && named;
            if !refused {
                open.push(format!("{} {path}: {status} {problem}", route.method));
            }
            asked += 1;
        }
        assert!(asked > 20, "{asked}");
        assert_eq!(open, Vec::<String>::new());
    }

    async fn what_bodies_contain_refuses_it_too(kit: TestKit) {
        let house = House::open(&kit).await;
        let (mut seen, mut found) = (Vec::new(), Vec::new());
        for route in &house.routes {
            if let Some(body) = &route.body {
                house.objects(body, &format!("{} {}", route.method, route.path), &mut seen, &mut found);
            }
        }
        assert!(found.len() > 20, "{}", found.len());
        let mut open: Vec<&str> = found.iter()
            .filter(|(_, schema)| schema["additionalProperties"] != json!(false))
            .map(|(name, _)| name.as_str()).collect();
        open.sort_unstable();
        assert_eq!(open, Vec::<&str>::new(), "objects that take any field");
    }

    /// The description could say more than is done: whole bodies that would be taken but for one name deep inside.
    async fn what_bodies_contain_is_read_so_too(kit: TestKit) {
        let house = House::open(&kit).await;
        let media = json!({
            "id": NOBODY, "alt": "", "width": 1, "height": 1, "key": "k", "widths": [1], "blur": "",
        });
        let product = json!({
            "handle": "cup", "title": "Cup", "status": "draft", "seo": { "title": "Cup" },
            "options": [{ "name": "Size", "values": [{ "name": "S" }] }],
            "variants": [{ "options": ["S"], "price": { "minor": 100, "currency": "EUR" } }],
        });
        let collection = |rule: Value| json!({
            "handle": "cups", "title": "Cups", "kind": "collection", "seo": {}, "rule": rule,
        });
        let promotion = |action: Value| json!({ "title": "Less", "code": "LESS", "action": action });
        let home = json!({
            "tagline": "", "hero_title": "Cups", "hero_text": "", "hero_link": "/", "hero_label": "",
            "hero_media": media, "promises": [], "story_title": "", "story_html": "", "rails": [],
        });
        let mut cases = vec![
            (Method::POST, "/products", product.clone(), "/seo"),
            (Method::POST, "/products", product.clone(), "/options/0"),
            (Method::POST, "/products", product.clone(), "/options/0/values/0"),
            (Method::POST, "/products", product, "/variants/0/price"),
            (Method::PUT, "/home", home, "/hero_media"),
        ];
        for rule in [
            json!({ "kind": "manual", "handles": ["cup"] }), json!({ "kind": "type", "equals": "Cup" }),
            json!({ "kind": "tag", "equals": "Cup" }), json!({ "kind": "vendor", "equals": "Cup" }),
            json!({ "kind": "on_sale" }), json!({ "kind": "price_at_most", "minor": 1 }),
            json!({ "kind": "newest", "count": 1 }),
        ] {
            cases.push((Method::PUT, "/collections/cups", collection(rule), "/rule"));
        }
        for action in [
            json!({ "kind": "percent", "basis_points": 1 }), json!({ "kind": "free_shipping" }),
            json!({ "kind": "fixed", "amount": { "minor": 100, "currency": "EUR" } }),
            json!({ "kind": "fixed_price", "price": { "minor": 100, "currency": "EUR" } }),
            json!({ "kind": "buy_get", "buy": 2, "get": 1, "basis_points": 10_000 }),
            json!({ "kind": "cheapest_free", "at_least": 3 }),
            json!({ "kind": "tiers", "by": "quantity", "tiers": [{ "at_least": 1, "basis_points": 100 }] }),
            json!({ "kind": "gift", "variant_id": NOBODY, "quantity": 1, "label": "A cup" }),
        ] {
            cases.push((Method::PUT, "/promotions", promotion(action), "/action"));
        }
        let mut rich = promotion(json!({
            "kind": "bundle", "price": { "minor": 100, "currency": "EUR" },
            "parts": [{ "quantity": 1, "of": { "tags": ["cup"] } }],
        }));
        rich["when"] = json!([{ "join": "any", "conditions": [
            { "test": { "kind": "subtotal", "amount": { "minor": 100, "currency": "EUR" }, "of": { "vendors": ["A"] } } },
            { "not": true, "test": { "kind": "signed_in" } },
        ] }]);
        for place in [
            "/action/parts/0", "/action/parts/0/of", "/when/0", "/when/0/conditions/0", "/when/0/conditions/0/test",
            "/when/0/conditions/0/test/amount", "/when/0/conditions/0/test/of", "/when/0/conditions/1/test",
        ] {
            cases.push((Method::PUT, "/promotions", rich.clone(), place));
        }
        let put = async |method: &Method, path: &str, body: &Value| {
            house.server.ask(method.clone(), &format!("/api/admin/v1{path}"), Some(&house.staff), Some(body)).await
        };
        for (method, path, body, place) in cases {
            let mut with_more = body.clone();
            with_more.pointer_mut(place).expect("an object")["souk_unknown"] = json!(1);
            let (status, problem) = put(&method, path, &with_more).await;
            let said = &problem["errors"][0];
            let named = said["field"].as_str().is_some_and(|field| field.ends_with("souk_unknown"));
            assert_eq!((status, &said["code"], named), (StatusCode::UNPROCESSABLE_ENTITY, &json!("unknown"), true),
                "{path} {place}: {problem}");
            if path != "/products" {
                let (status, problem) = put(&method, path, &body).await;
                assert_eq!(status, StatusCode::OK, "{path} without it: {problem}");
            }
        }
        // Nor what belongs to another kind.
        let both = json!({ "kind": "on_sale", "equals": "Cup" });
        assert_eq!(put(&Method::PUT, "/collections/cups", &collection(both)).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        let both = json!({ "kind": "percent", "basis_points": 1, "amount": { "minor": 100, "currency": "EUR" } });
        assert_eq!(put(&Method::PUT, "/promotions", &promotion(both)).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    }

    async fn an_id_that_is_none_names_nothing(kit: TestKit) {
        let house = House::open(&kit).await;
        let ada = house.server.register("ada").await;
        let cart = house.full_cart(None).await;
        let mut asked = 0;
        for route in house.routes.iter().filter(|route| !route.uuids.is_empty()) {
            for wrong in ["0", "not-an-id", "01900000-0000-7000-8000-00000000000g", "%00", "..%2f..%2fetc%2fpasswd"] {
                let path = route.filled(|name| match name {
                    name if route.uuids.iter().any(|uuid| uuid == name) => Some(wrong.to_owned()),
                    "token" => Some(cart.clone()),
                    _ => None,
                });
                let token = if route.is_admin() { &house.staff } else { &ada };
                let request = house.server.request(route.method.clone(), &path).header("if-match", "\"1\"");
                let (status, problem) = answer(request.bearer_auth(token).json(&json!({}))).await.expect("an answer");
                assert_eq!(status, StatusCode::NOT_FOUND, "{} {path}: {problem}", route.method);
                assert_eq!(problem["status"], 404, "problem details: {path}: {problem}");
                asked += 1;
            }
        }
        assert!(asked > 50, "{asked}");
    }

    async fn a_key_is_for_one_request(kit: TestKit) {
        let house = House::open(&kit).await;
        let (mine, yours) = (house.full_cart(None).await, house.full_cart(None).await);
        let complete = async |cart: &str, key: &str, token: &str| {
            let request = house.server.request(Method::POST, &format!("/api/store/v1/carts/{cart}/complete"));
            let body = json!({ "payment_method": "test", "payment_token": token });
            answer(request.header("idempotency-key", key).json(&body)).await.expect("an answer")
        };
        let key = "0190-one-click-of-mine";
        let (status, down) = complete(&mine, key, "tok_unavailable").await;
        assert_eq!((status, down["status"].as_i64()), (StatusCode::SERVICE_UNAVAILABLE, Some(503)));
        let (status, order) = complete(&mine, key, "tok_success").await;
        assert_eq!(status, StatusCode::CREATED, "{order}");
        let (status, again) = complete(&mine, key, "tok_success").await;
        assert_eq!((status, &again["id"]), (StatusCode::CREATED, &order["id"]));
        for (cart, token) in [(&mine, "tok_declined"), (&yours, "tok_success")] {
            let (status, problem) = complete(cart, key, token).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
            assert_eq!(problem["code"], "idempotency_key_reused");
        }
        let (_, open) = house.store(Method::GET, &format!("/carts/{yours}"), None, Value::Null).await;
        assert_eq!((open["state"].as_str(), open["lines"].as_array().map(Vec::len)), (Some("active"), Some(1)));
    }
}
