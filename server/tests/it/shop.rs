//! A running shop for one test, and the `souk` binary.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::Arc,
    time::Duration,
};

use reqwest::{Client, Method, RequestBuilder, Response, redirect::Policy};
use souk_contract::{
    CollectionInput, CollectionKind, CollectionRule, Currency, Money, OptionValue, ProductInput,
    ProductOption, ProductWritten, PutProduct, Seo, SetStock, StockPolicy, VariantInput,
};
use souk_server::{
    compose::Shop,
    config::{self, Flags},
    web::{self, Web},
};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

/// A shop in this process, on a port of its own.
pub struct TestShop {
    pub shop: Arc<Shop>,
    pub client: Client,
    pub url: String,
    pub data: TempDir,
    stop: CancellationToken,
    server: JoinHandle<()>,
    relays: Vec<JoinHandle<()>>,
}

impl TestShop {
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    /// With `http.listen`-like keys set.
    pub async fn with(keys: &[(&str, &str)]) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        Self::on(data, keys).await
    }

    pub async fn on(data: TempDir, keys: &[(&str, &str)]) -> Self {
        let variables = keys.iter().map(|(key, value)| {
            (format!("SOUK_{}", key.to_uppercase().replace('.', "__")), (*value).to_owned())
        });
        let flags = Flags { data_dir: Some(data.path().to_owned()), ..Flags::default() };
        let settings = config::resolve(&flags, variables).expect("a configuration").settings;
        let shop = Arc::new(Shop::open_all(&settings).await.expect("a shop"));
        let stop = CancellationToken::new();
        let relays = shop.relays().map(|relay| tokio::spawn(relay.run(stop.clone()))).collect();
        let web = Web::new(&settings, shop.web_parts(None)).expect("a web");
        let app = web::router(web, &settings).expect("a router");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address: SocketAddr = listener.local_addr().expect("an address");
        let server = tokio::spawn(web::run(listener, app, stop.clone(), Duration::from_secs(1)));
        let client = Client::builder().redirect(Policy::none()).no_proxy().build().expect("a client");
        Self { shop, client, url: format!("http://{address}"), data, stop, server, relays }
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    pub fn post(&self, path: &str) -> RequestBuilder {
        self.request(Method::POST, path)
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    pub async fn put(&self, product: ProductInput) -> ProductWritten {
        let ctx = self.shop.ctx("test");
        let request = PutProduct { id: None, product, if_version: None };
        let written = self.shop.services.catalog.put_product(&ctx, request).await.expect("a product");
        let stock = written.variant_ids.iter().map(|variant_id| SetStock {
            variant_id: *variant_id,
            location_id: None,
            on_hand: 10,
            tracked: true,
            policy: StockPolicy::Deny,
            if_version: None,
        });
        self.shop.services.inventory.set_stock(&ctx, stock.collect(), "test").await.expect("stock");
        written
    }

    pub async fn put_collection(&self, handle: &str) {
        let collection = CollectionInput {
            handle: handle.to_owned(),
            title: handle.to_owned(),
            description_html: String::new(),
            kind: CollectionKind::Category,
            rule: CollectionRule::Type { equals: "Tea".to_owned() },
            media: None,
            seo: Seo::default(),
            position: 1,
        };
        let ctx = self.shop.ctx("test");
        self.shop.services.catalog.put_collection(&ctx, collection).await.expect("a collection");
    }

    /// Ends it and gives the data folder back.
    pub async fn stop(self) -> TempDir {
        self.stop.cancel();
        self.server.await.expect("no panic");
        for relay in self.relays {
            relay.await.expect("no panic");
        }
        let shop = Arc::into_inner(self.shop).expect("nobody else holds the shop");
        shop.close().await.expect("closed");
        self.data
    }
}

/// A product with one option and two variants.
pub fn tea(handle: &str) -> ProductInput {
    let variant = |size: &str, cents: i64| VariantInput {
        sku: Some(format!("{handle}-{size}")),
        options: vec![size.to_owned()],
        weight_grams: 250,
        ..VariantInput::new(Money::new(cents, Currency::EUR))
    };
    let value = |name: &str| OptionValue { name: name.to_owned(), swatch: None };
    ProductInput {
        description_html: "<p>Green.</p>".to_owned(),
        vendor: "Leaves".to_owned(),
        product_type: "Tea".to_owned(),
        options: vec![ProductOption { name: "Size".to_owned(), values: vec![value("S"), value("L")] }],
        variants: vec![variant("S", 500), variant("L", 900)],
        ..ProductInput::new(handle, format!("Tea {handle}"), variant("S", 500))
    }
}

/// The answer's header as text, empty where it has none.
pub fn header(response: &Response, name: &str) -> String {
    response.headers().get(name).map(|value| value.to_str().expect("text").to_owned()).unwrap_or_default()
}

/// Runs `souk` to its end.
pub fn souk(data: &Path, arguments: &[&str]) -> Output {
    souk_with(data, arguments, &[])
}

pub fn souk_with(data: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(binary());
    clean(&mut command).arg("--data-dir").arg(data).args(arguments);
    command.envs(variables.iter().copied()).output().expect("souk runs")
}

pub fn binary() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_souk"))
}

/// Without what the developer's own shell says about a shop.
pub fn clean(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars() {
        if name.starts_with("SOUK_") {
            command.env_remove(name);
        }
    }
    command
}

pub fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
