//! The configuration as the program uses it: typed and checked.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use ipnet::IpNet;
use serde::Deserialize;
use souk_contract::{CASH_ON_DELIVERY, Currency, Money, ShopSettingsInput};
use souk_kernel::{Zone, config::DatabaseConfig};

use super::{
    layers::{ConfigError, Layers},
    papers::{self, Papers, RawPapers},
    print::InForce,
    stripe::{self, RawStripe, STRIPE, Stripe},
};

/// Everything, checked. `data_dir` holds databases, index, media, mail and the key.
#[derive(Debug, Clone)]
pub struct Settings {
    pub data_dir: PathBuf,
    pub shop: Shop,
    pub node: Node,
    pub database: DatabaseConfig,
    pub http: Http,
    pub mail: Mail,
    pub payments: Payments,
    pub fetch: Fetch,
    pub log: Log,
    pub papers: Papers,
    /// All of it as it was given, for people.
    pub in_force: InForce,
}

#[derive(Debug, Clone)]
pub struct Shop {
    /// Without a slash at the end.
    pub base_url: String,
    pub currency: Currency,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// What taxes are on the first start.
    pub tax: souk_tax::Start,
    /// What the shop says of itself on the first start.
    pub first: ShopSettingsInput,
}

impl Shop {
    /// Cookies are for https only, and browsers are told to stay there.
    pub fn is_https(&self) -> bool {
        self.base_url.starts_with("https://")
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    pub run: Vec<String>,
}

impl Node {
    pub fn runs(&self, domain: &str) -> bool {
        self.run.iter().any(|name| name == "*" || name == domain)
    }
}

#[derive(Debug, Clone)]
pub struct Http {
    pub listen: SocketAddr,
    pub trusted_proxies: Vec<IpNet>,
    pub body_limit: usize,
    pub timeout: Duration,
    pub max_in_flight: usize,
    /// Per address and minute; 0 is no limit.
    pub limits: Limits,
    /// In bytes; 0 keeps none.
    pub page_cache_bytes: u64,
    pub page_cache_age: Duration,
    pub drain: Duration,
}

#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub sign_in: u32,
    pub register: u32,
    pub reset: u32,
    pub checkout: u32,
    pub notices: u32,
}

#[derive(Debug, Clone)]
pub struct Mail {
    /// None: mail is put into a folder.
    pub smtp: Option<String>,
    /// None: the shop itself.
    pub from: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Payments {
    pub methods: Vec<String>,
    pub bank_holder: String,
    pub bank_iban: String,
    pub bank_bic: String,
    /// None: no keys are set, and there is no such way to pay.
    pub stripe: Option<Stripe>,
}

#[derive(Debug, Clone)]
pub struct Fetch {
    pub ports: Vec<u16>,
    pub allow: Vec<IpNet>,
    pub timeout: Duration,
    pub max_bytes: u64,
}

impl Fetch {
    /// What the address of a picture or a file may lead to.
    pub fn rules(&self) -> souk_fetch::Rules {
        souk_fetch::Rules {
            ports: self.ports.clone(),
            allow: self.allow.clone(),
            timeout: self.timeout,
            max_bytes: self.max_bytes,
            ..souk_fetch::Rules::default()
        }
    }
}

#[derive(Debug, Clone)]
pub struct Log {
    pub level: String,
    pub format: LogFormat,
    pub slow_request: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    Auto,
    Text,
    Json,
}

pub const DOMAINS: [&str; 15] = [
    "shop",
    "identity",
    "catalog",
    "search",
    "inventory",
    "promotions",
    "tax",
    "cart",
    "shipping",
    "payments",
    "orders",
    "messaging",
    "analytics",
    "imports",
    "crm",
];

#[derive(Deserialize)]
struct Raw {
    shop: RawShop,
    node: Node,
    database: DatabaseConfig,
    bus: RawBus,
    http: RawHttp,
    mail: RawMail,
    payments: RawPayments,
    fetch: RawFetch,
    log: RawLog,
    papers: RawPapers,
}

#[derive(Deserialize)]
struct RawShop {
    name: String,
    base_url: String,
    currency: String,
    country: String,
    time_zone: String,
    email: String,
    tax_rate: f64,
    tax_inclusive: bool,
    low_stock: i64,
    returns_days: i64,
    free_shipping_over: String,
}

#[derive(Deserialize)]
struct RawBus {
    url: String,
}

#[derive(Deserialize)]
struct RawHttp {
    listen: String,
    trusted_proxies: Vec<String>,
    body_limit_kib: i64,
    timeout_seconds: i64,
    max_in_flight: i64,
    sign_in_per_minute: i64,
    register_per_minute: i64,
    reset_per_minute: i64,
    checkout_per_minute: i64,
    notices_per_minute: i64,
    page_cache_mib: i64,
    page_cache_seconds: i64,
    drain_seconds: i64,
}

#[derive(Deserialize)]
struct RawMail {
    smtp: String,
    from: String,
}

#[derive(Deserialize)]
struct RawPayments {
    methods: Vec<String>,
    bank_holder: String,
    bank_iban: String,
    bank_bic: String,
    stripe: RawStripe,
}

#[derive(Deserialize)]
struct RawFetch {
    ports: Vec<i64>,
    allow: Vec<String>,
    timeout_seconds: i64,
    max_mib: i64,
}

#[derive(Deserialize)]
struct RawLog {
    level: String,
    format: String,
    slow_request_ms: i64,
}

impl Settings {
    /// # Errors
    /// The first value that makes no sense, with its key and source.
    pub fn read(layers: &Layers, data_dir: PathBuf) -> Result<Self, ConfigError> {
        let raw: Raw = layers.table().try_into().map_err(|error: toml::de::Error| {
            let key = error.message().split('`').nth(1).unwrap_or("configuration").to_owned();
            layers.refuse(&key, error.message())
        })?;
        check_domains(layers, &raw.node)?;
        if raw.bus.url != "memory:" {
            return Err(layers.refuse("bus.url", "only `memory:` is there in this version"));
        }
        let mut shop = shop(layers, raw.shop)?;
        let papers = papers::check(layers, raw.papers, &mut shop.first)?;
        let payments = payments(layers, raw.payments)?;
        let mail = mail(layers, raw.mail)?;
        Ok(Self {
            in_force: InForce::of(layers),
            database: database(layers, raw.database, &data_dir)?,
            http: http(layers, raw.http)?,
            fetch: fetch(layers, raw.fetch)?,
            log: log(layers, raw.log)?,
            papers,
            node: raw.node,
            data_dir,
            shop,
            mail,
            payments,
        })
    }

    pub fn media_dir(&self) -> PathBuf {
        self.data_dir.join("media")
    }
}

fn payments(layers: &Layers, raw: RawPayments) -> Result<Payments, ConfigError> {
    let stripe = stripe::check(layers, raw.stripe)?;
    for method in &raw.methods {
        if method == STRIPE && stripe.is_none() {
            return Err(layers.refuse("payments.methods", "`stripe` needs the keys in [payments.stripe]"));
        }
        if !["test", "bank_transfer", CASH_ON_DELIVERY, STRIPE].contains(&method.as_str()) {
            let reason = format!(
                "`{method}` is no payment method; there are `test`, `bank_transfer`, `{CASH_ON_DELIVERY}` and `{STRIPE}`"
            );
            return Err(layers.refuse("payments.methods", reason));
        }
    }
    Ok(Payments {
        methods: raw.methods,
        bank_holder: raw.bank_holder,
        bank_iban: raw.bank_iban,
        bank_bic: raw.bank_bic,
        stripe,
    })
}

fn check_domains(layers: &Layers, node: &Node) -> Result<(), ConfigError> {
    for name in &node.run {
        if name != "*" && name != "web" && !DOMAINS.contains(&name.as_str()) {
            let reason = format!("`{name}` is no domain; there are web, {}", DOMAINS.join(", "));
            return Err(layers.refuse("node.run", reason));
        }
    }
    Ok(())
}

fn shop(layers: &Layers, raw: RawShop) -> Result<Shop, ConfigError> {
    if raw.name.trim().is_empty() {
        return Err(layers.refuse("shop.name", "the shop needs a name"));
    }
    let url = url::Url::parse(&raw.base_url).map_err(|error| layers.refuse("shop.base_url", error))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() || url.path() != "/" {
        let reason = "`https://host` or `http://host:port` is wanted, without a path";
        return Err(layers.refuse("shop.base_url", reason));
    }
    let currency: Currency = raw
        .currency
        .parse()
        .map_err(|_| layers.refuse("shop.currency", "an ISO 4217 code such as EUR is wanted"))?;
    if raw.country.len() != 2 || !raw.country.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(layers.refuse("shop.country", "an ISO 3166-1 code such as DE is wanted"));
    }
    if !souk_contract::is_email(&raw.email) {
        return Err(layers.refuse("shop.email", "a mail address is wanted"));
    }
    let points = raw.tax_rate * 100.0;
    if !(0.0..=10_000.0).contains(&points) || (points - points.round()).abs() > 1e-6 {
        return Err(layers.refuse("shop.tax_rate", "0 to 100, with at most two decimals"));
    }
    if Zone::parse(raw.time_zone.trim()).is_none() {
        let reason = "the name of a time zone such as Europe/Berlin is wanted";
        return Err(layers.refuse("shop.time_zone", reason));
    }
    let free_shipping_over = match raw.free_shipping_over.trim() {
        "" => None,
        text => {
            let money = text.parse().ok().and_then(|amount| Money::from_decimal(amount, currency));
            Some(money.ok_or_else(|| {
                layers.refuse("shop.free_shipping_over", "an amount such as 60.00 is wanted")
            })?)
        }
    };
    let tax = souk_tax::Start {
        country: raw.country.clone(),
        millionths: points.round() as u32 * 100,
        inclusive: raw.tax_inclusive,
    };
    let first = ShopSettingsInput {
        name: raw.name,
        email: raw.email,
        phone: String::new(),
        returns_days: within(layers, "shop.returns_days", raw.returns_days, 0, 3650)? as u32,
        free_shipping_over,
        low_stock: within(layers, "shop.low_stock", raw.low_stock, 0, 1_000_000)? as i64,
        time_zone: raw.time_zone,
        // `[papers]` says the rest.
        seller_name: String::new(),
        seller_address: Vec::new(),
        tax_id: String::new(),
        invoice_prefix: String::new(),
        credit_note_prefix: String::new(),
        paper_size: None,
    };
    let base_url = raw.base_url.trim_end_matches('/').to_owned();
    Ok(Shop { base_url, currency, country: raw.country, tax, first })
}

fn database(
    layers: &Layers,
    raw: DatabaseConfig,
    data_dir: &std::path::Path,
) -> Result<DatabaseConfig, ConfigError> {
    if raw.readers == 0 || raw.connections == 0 {
        let key = if raw.readers == 0 { "database.readers" } else { "database.connections" };
        return Err(layers.refuse(key, "at least 1"));
    }
    match raw.url.strip_prefix("sqlite:") {
        Some(folder) => {
            let folder = if folder == "." { data_dir.to_owned() } else { data_dir.join(folder) };
            Ok(DatabaseConfig { url: format!("sqlite:{}", folder.display()), ..raw })
        }
        None if raw.url.starts_with("postgres://") || raw.url.starts_with("postgresql://") => Ok(raw),
        None => Err(layers.refuse("database.url", "it must start with `sqlite:` or `postgres://`")),
    }
}

fn http(layers: &Layers, raw: RawHttp) -> Result<Http, ConfigError> {
    let listen = raw
        .listen
        .parse()
        .map_err(|_| layers.refuse("http.listen", "an address and port such as 127.0.0.1:3000 is wanted"))?;
    let within = |key: &str, value: i64, least: u64, most: u64| within(layers, key, value, least, most);
    let per_minute = |key: &str, value: i64| within(key, value, 0, 1_000_000).map(|number| number as u32);
    Ok(Http {
        listen,
        trusted_proxies: networks(layers, "http.trusted_proxies", &raw.trusted_proxies)?,
        body_limit: within("http.body_limit_kib", raw.body_limit_kib, 1, 1 << 20)? as usize * 1024,
        timeout: Duration::from_secs(within("http.timeout_seconds", raw.timeout_seconds, 1, 3600)?),
        max_in_flight: within("http.max_in_flight", raw.max_in_flight, 1, 1 << 20)? as usize,
        limits: Limits {
            sign_in: per_minute("http.sign_in_per_minute", raw.sign_in_per_minute)?,
            register: per_minute("http.register_per_minute", raw.register_per_minute)?,
            reset: per_minute("http.reset_per_minute", raw.reset_per_minute)?,
            checkout: per_minute("http.checkout_per_minute", raw.checkout_per_minute)?,
            notices: per_minute("http.notices_per_minute", raw.notices_per_minute)?,
        },
        page_cache_bytes: within("http.page_cache_mib", raw.page_cache_mib, 0, 1 << 16)? << 20,
        page_cache_age: Duration::from_secs(within(
            "http.page_cache_seconds",
            raw.page_cache_seconds,
            0,
            3600,
        )?),
        drain: Duration::from_secs(within("http.drain_seconds", raw.drain_seconds, 0, 3600)?),
    })
}

fn mail(layers: &Layers, raw: RawMail) -> Result<Mail, ConfigError> {
    let smtp = (!raw.smtp.is_empty()).then_some(raw.smtp);
    if let Some(text) = &smtp {
        let scheme = url::Url::parse(text).map(|url| url.scheme().to_owned());
        if !matches!(scheme.as_deref(), Ok("smtp" | "smtps")) {
            return Err(layers.refuse("mail.smtp", "a URL that starts with smtp:// or smtps:// is wanted"));
        }
    }
    let from = (!raw.from.is_empty()).then_some(raw.from);
    if from.iter().flat_map(|from| from.chars()).any(char::is_control) {
        return Err(layers.refuse("mail.from", "no control characters"));
    }
    Ok(Mail { smtp, from })
}

fn fetch(layers: &Layers, raw: RawFetch) -> Result<Fetch, ConfigError> {
    let port =
        |port: &i64| u16::try_from(*port).map_err(|_| layers.refuse("fetch.ports", "ports are 0 to 65535"));
    Ok(Fetch {
        ports: raw.ports.iter().map(port).collect::<Result<_, _>>()?,
        allow: networks(layers, "fetch.allow", &raw.allow)?,
        timeout: Duration::from_secs(within(layers, "fetch.timeout_seconds", raw.timeout_seconds, 1, 600)?),
        max_bytes: within(layers, "fetch.max_mib", raw.max_mib, 1, 1024)? << 20,
    })
}

fn log(layers: &Layers, raw: RawLog) -> Result<Log, ConfigError> {
    let format = match raw.format.as_str() {
        "auto" => LogFormat::Auto,
        "text" => LogFormat::Text,
        "json" => LogFormat::Json,
        _ => return Err(layers.refuse("log.format", "`auto`, `text` or `json`")),
    };
    let slow = within(layers, "log.slow_request_ms", raw.slow_request_ms, 1, 3_600_000)?;
    if let Err(error) = raw.level.parse::<tracing_subscriber::filter::EnvFilter>() {
        return Err(layers.refuse("log.level", error));
    }
    Ok(Log { level: raw.level, format, slow_request: Duration::from_millis(slow) })
}

fn within(layers: &Layers, key: &str, value: i64, least: u64, most: u64) -> Result<u64, ConfigError> {
    u64::try_from(value)
        .ok()
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| layers.refuse(key, format!("{least} to {most}, not {value}")))
}

fn networks(layers: &Layers, key: &str, texts: &[String]) -> Result<Vec<IpNet>, ConfigError> {
    let network = |text: &String| {
        text.parse::<IpNet>()
            .or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from))
            .map_err(|_| layers.refuse(key, format!("`{text}` is neither an address nor a network")))
    };
    texts.iter().map(network).collect()
}
