//! `make bench`: the shop under load on this machine, beside bare servers in the same run. Figures of one run compare
//! with each other; the machine, its disk and its neighbours make those of another run incomparable.
//!
//! Arguments: `--products 10000`, `--seconds 5`, `--clients 1,16,64`, `--only checkout`.

mod bare;
mod client;
mod load;
mod shop;

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context as _, bail, ensure};
use client::Client;
use load::{Measured, Operation};
use serde_json::Value;

struct Settings {
    products: u32,
    time: Duration,
    clients: Vec<usize>,
    only: Option<String>,
}

/// What is measured, and what it shall reach at 16 clients (0: it is what others are compared with).
struct Case {
    name: &'static str,
    target: f64,
    operation: Operation,
}

/// Things to ask for, taken from the shop itself.
struct Known {
    handles: Vec<String>,
    collections: Vec<String>,
    variants: Vec<String>,
    words: Vec<String>,
    delivery_country: &'static str,
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    if arguments.first().is_some_and(|first| first == "--bare") {
        let port = arguments.get(1).context("a port")?.parse()?;
        return runtime.block_on(bare::serve(port, arguments.get(2).map(PathBuf::from)));
    }
    runtime.block_on(bench(settings(&arguments)?))
}

fn settings(arguments: &[String]) -> anyhow::Result<Settings> {
    let mut settings =
        Settings { products: 10_000, time: Duration::from_secs(5), clients: vec![1, 16, 64], only: None };
    let mut arguments = arguments.iter();
    while let Some(name) = arguments.next() {
        let value = arguments.next().with_context(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--products" => settings.products = value.parse()?,
            "--seconds" => settings.time = Duration::from_secs(value.parse()?),
            "--clients" => settings.clients = value.split(',').map(str::parse).collect::<Result<_, _>>()?,
            "--only" => settings.only = Some(value.clone()),
            _ => bail!("unknown argument {name}"),
        }
    }
    Ok(settings)
}

async fn bench(settings: Settings) -> anyhow::Result<()> {
    let binary =
        std::env::var_os("BENCH_BIN").map(PathBuf::from).context("BENCH_BIN names the release binary")?;
    let data = shop::data(&binary, settings.products)?;
    let plain = shop::start_bare(&data).await?;
    let shop = shop::start(&binary, &data).await?;
    let idle = shop.memory_mib()?;
    let known = Arc::new(know(shop.port, &shop::token(&data)?).await?);
    println!(
        "{} products, {} s each, load and server on the same cores",
        settings.products,
        settings.time.as_secs()
    );
    println!(
        "start to first answer {:.0} ms, idle memory {idle:.0} MiB\n",
        shop.start.as_secs_f64() * 1000.0
    );

    for clients in &settings.clients {
        println!("{clients} clients");
        println!(
            "{:<34} {:>10} {:>9} {:>9} {:>9} {:>8}",
            "", "per second", "p50 ms", "p99 ms", "of bare", "target"
        );
        let hello = load::run(plain.port, *clients, settings.time, &get(|_| "/hello".to_owned())).await?;
        print("bare axum: hello", hello, hello, 0.0);
        for (name, path) in
            [("bare axum: a listing's SQL", "listing"), ("bare axum: a product's SQL", "product")]
        {
            let known = Arc::clone(&known);
            let sql = get(move |n| format!("/{path}/{}", pick(&known.handles, n)));
            let sql = load::run(plain.port, *clients, settings.time, &sql).await?;
            print(name, sql, hello, 0.0);
        }
        for case in cases(&known) {
            if settings.only.as_ref().is_some_and(|only| !case.name.contains(only.as_str())) {
                continue;
            }
            let measured = load::run(shop.port, *clients, settings.time, &case.operation)
                .await
                .with_context(|| case.name)?;
            print(case.name, measured, hello, case.target);
        }
        println!("memory under load {:.0} MiB\n", shop.memory_mib()?);
    }
    Ok(())
}

fn print(name: &str, measured: Measured, bare: Measured, target: f64) {
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    let target = if target > 0.0 { format!("{target:.0}") } else { String::new() };
    println!(
        "{name:<34} {:>10.0} {:>9.2} {:>9.2} {:>8.0}% {target:>8}",
        measured.per_second,
        ms(measured.p50),
        ms(measured.p99),
        measured.per_second / bare.per_second * 100.0,
    );
}

fn cases(known: &Arc<Known>) -> Vec<Case> {
    let with = |path: fn(&Known, usize) -> String| {
        let known = Arc::clone(known);
        get(move |n| path(&known, n))
    };
    let case = |name, target, operation| Case { name, target, operation };
    vec![
        case(
            "listing, 24 products, facets",
            6700.0,
            with(|known, n| {
                format!("/api/store/v1/products?collection={}&limit=24", pick(&known.collections, n))
            }),
        ),
        case(
            "product, variants, stock",
            7400.0,
            with(|known, n| format!("/api/store/v1/products/{}", pick(&known.handles, n))),
        ),
        case(
            "search with facets",
            3100.0,
            with(|known, n| format!("/api/store/v1/search?q={}", pick(&known.words, n))),
        ),
        case("page: home", 640.0, get(|_| "/".to_owned())),
        case(
            "page: listing",
            640.0,
            with(|known, n| format!("/collections/{}", pick(&known.collections, n))),
        ),
        case("page: product", 640.0, with(|known, n| format!("/products/{}", pick(&known.handles, n)))),
        case("create cart + add line", 3600.0, cart(known)),
        case("whole checkout (6 requests)", 720.0, checkout(known)),
    ]
}

fn pick(from: &[String], number: usize) -> &str {
    &from[number % from.len()]
}

fn get(path: impl Fn(usize) -> String + Send + Sync + 'static) -> Operation {
    Arc::new(move |client, number| {
        let path = path(number);
        Box::pin(async move {
            let reply = client.get(&path).await?;
            ensure!(reply.status == 200, "{path}: {} {}", reply.status, String::from_utf8_lossy(reply.body));
            Ok(())
        })
    })
}

fn cart(known: &Arc<Known>) -> Operation {
    let known = Arc::clone(known);
    Arc::new(move |client, number| {
        let known = Arc::clone(&known);
        Box::pin(async move { fill_cart(client, &known, number).await.map(drop) })
    })
}

async fn fill_cart(client: &mut Client, known: &Known, number: usize) -> anyhow::Result<String> {
    let cart = ask(client, "POST", "/api/store/v1/carts", "{}").await?;
    let token = cart["token"].as_str().context("a token")?.to_owned();
    let line = format!("{{\"variant_id\":\"{}\",\"quantity\":1}}", pick(&known.variants, number));
    ask(client, "POST", &format!("/api/store/v1/carts/{token}/lines"), &line).await?;
    Ok(token)
}

fn checkout(known: &Arc<Known>) -> Operation {
    let known = Arc::clone(known);
    Arc::new(move |client, number| {
        let known = Arc::clone(&known);
        Box::pin(async move {
            let token = fill_cart(client, &known, number).await?;
            let contact = format!(
                "{{\"email\":\"bench@example.com\",\"shipping_address\":{{\"name\":\"Ada\",\"line1\":\"1 Main Street\",\
                 \"city\":\"Berlin\",\"postal_code\":\"10115\",\"country\":\"{}\"}}}}",
                known.delivery_country
            );
            ask(client, "PATCH", &format!("/api/store/v1/carts/{token}"), &contact).await?;
            let options = client.get(&format!("/api/store/v1/carts/{token}/delivery")).await?.json();
            let method = options[0]["id"].as_str().context("a delivery")?;
            let choice = format!("{{\"method_id\":\"{method}\"}}");
            ask(client, "PUT", &format!("/api/store/v1/carts/{token}/delivery"), &choice).await?;
            let pay = "{\"payment_method\":\"test\",\"payment_token\":\"tok_success\"}";
            let order = ask(client, "POST", &format!("/api/store/v1/carts/{token}/complete"), pay).await?;
            ensure!(order["payment_status"] == "paid", "not paid: {order}");
            Ok(())
        })
    })
}

async fn ask(client: &mut Client, method: &str, path: &str, body: &str) -> anyhow::Result<Value> {
    let reply = client.json(method, path, body).await?;
    let text = String::from_utf8_lossy(reply.body);
    ensure!((200..300).contains(&reply.status), "{method} {path}: {} {text}", reply.status);
    Ok(reply.json())
}

/// 500 products of ten pages, their well-stocked variants, and words of their titles.
async fn know(port: u16, token: &str) -> anyhow::Result<Known> {
    let mut client = Client::connect(port).await?;
    let collections = client.get("/api/store/v1/collections").await?.json();
    let handle = |value: &Value| value["handle"].as_str().map(str::to_owned);
    let collections: Vec<String> =
        collections.as_array().context("collections")?.iter().filter_map(handle).collect();
    let (mut handles, mut words, mut after) = (Vec::new(), Vec::new(), String::new());
    while handles.len() < 500 {
        let page =
            client.get(&format!("/api/store/v1/products?limit=100&in_stock=true{after}")).await?.json();
        for card in page["cards"].as_array().context("cards")? {
            handles.extend(handle(card));
            words.extend(
                card["title"].as_str().and_then(|title| title.split(' ').next_back()).map(str::to_lowercase),
            );
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&cursor={next}"),
            None => break,
        }
    }
    words.sort();
    words.dedup();
    let mut variants = Vec::new();
    for handle in &handles {
        let product = client.get(&format!("/api/store/v1/products/{handle}")).await?.json();
        let stocked = product["variants"].as_array().into_iter().flatten();
        let stocked = stocked.filter(|variant| variant["availability"] == "in_stock");
        variants.extend(stocked.filter_map(|variant| variant["id"].as_str().map(str::to_owned)));
    }
    restock(&mut client, &variants, token).await?;
    ensure!(!collections.is_empty() && !variants.is_empty() && !words.is_empty(), "an empty shop");
    Ok(Known { handles, collections, variants, words, delivery_country: "DE" })
}

/// Selling tens of thousands of pieces must not end in an empty shop.
async fn restock(client: &mut Client, variants: &[String], token: &str) -> anyhow::Result<()> {
    let items = variants.iter().map(|id| format!("{{\"variant_id\":\"{id}\",\"on_hand\":100000000}}"));
    let body = format!("{{\"reason\":\"bench\",\"items\":[{}]}}", items.collect::<Vec<_>>().join(","));
    let reply = client.authorized(token).json("POST", "/api/admin/v1/stock", &body).await?;
    ensure!(reply.status == 200, "restocking: {} {}", reply.status, String::from_utf8_lossy(reply.body));
    Ok(())
}
