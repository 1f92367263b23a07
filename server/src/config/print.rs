//! `souk config`: the outcome as a file that could be used again, with the source of each value.

use std::fmt::Write as _;

use souk_contract::{ConfigValue, Configuration, Ctx, Resource, Result};
use toml::Value;
use url::Url;

use super::{Layers, Resolved, Source};

/// Keys whose value may hold a password.
const SECRET_URLS: [&str; 3] = ["database.url", "bus.url", "mail.smtp"];

/// Shown to nobody.
const SECRETS: [&str; 2] = ["payments.stripe.secret_key", "payments.stripe.signing_secrets"];

pub(super) fn is_secret(key: &str) -> bool {
    SECRETS.contains(&key)
}

/// Read at the first start only: from then on a screen says it.
const FIRST_START: [&str; 18] = [
    "shop.name",
    "shop.time_zone",
    "shop.email",
    "shop.tax_rate",
    "shop.tax_inclusive",
    "shop.low_stock",
    "shop.returns_days",
    "shop.free_shipping_over",
    "papers.seller",
    "papers.address",
    "papers.tax_id",
    "papers.invoice_prefix",
    "papers.credit_note_prefix",
    "papers.size",
    "payments.methods",
    "payments.bank_holder",
    "payments.bank_iban",
    "payments.bank_bic",
];

pub fn print(resolved: &Resolved) -> String {
    let data_dir = resolved.settings.data_dir.display();
    let mut text = format!("# data folder: {data_dir}  ({})\n", resolved.data_dir_source);
    let mut section = "";
    for (key, value, source) in resolved.layers.iter() {
        let Some((here, name)) = key.rsplit_once('.') else { continue };
        if here != section {
            section = here;
            let _ = write!(text, "\n[{section}]\n");
        }
        let line = format!("{name} = {}", shown(key, value));
        let once = if FIRST_START.contains(&key) { "at the first start: " } else { "" };
        let _ = writeln!(text, "{line:<56} # {once}{source}");
    }
    text
}

/// The same for a screen, which shows what is still in force.
#[derive(Debug, Clone)]
pub struct InForce(Vec<ConfigValue>);

impl InForce {
    pub(super) fn of(layers: &Layers) -> Self {
        let value = |(key, value, source): (&str, &Value, &Source)| ConfigValue {
            key: key.to_owned(),
            value: shown(key, value),
            source: source.to_string(),
        };
        Self(layers.iter().filter(|(key, ..)| !FIRST_START.contains(key)).map(value).collect())
    }
}

impl Configuration for InForce {
    fn values(&self, ctx: &Ctx) -> Result<Vec<ConfigValue>> {
        ctx.require(Resource::Settings.read())?;
        Ok(self.0.clone())
    }
}

fn shown(key: &str, value: &Value) -> String {
    if is_secret(key) {
        let is_there = match value {
            Value::String(text) => !text.is_empty(),
            Value::Array(all) => !all.is_empty(),
            _ => true,
        };
        return if is_there { "\"***\"".to_owned() } else { value.to_string() };
    }
    match value.as_str() {
        Some(text) if SECRET_URLS.contains(&key) => Value::from(redacted(text)).to_string(),
        _ => value.to_string(),
    }
}

fn redacted(text: &str) -> String {
    match Url::parse(text) {
        Ok(mut url) if url.password().is_some() => match url.set_password(Some("***")) {
            Ok(()) => url.to_string(),
            Err(()) => "***".to_owned(),
        },
        // A password in the query, as PostgreSQL allows.
        Ok(mut url) if url.query().is_some_and(|query| query.contains("password")) => {
            url.set_query(Some("***"));
            url.to_string()
        }
        Ok(_) => text.to_owned(),
        Err(_) if text.is_empty() => String::new(),
        Err(_) => "***".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{FIRST_START, Layers, SECRET_URLS, SECRETS, Source, redacted, shown};

    #[test]
    fn what_only_the_first_start_reads_is_a_key() {
        let layers = Layers::defaults().expect("the defaults");
        let keys: Vec<&str> = layers.iter().map(|(key, ..)| key).collect();
        for key in FIRST_START.iter().chain(&SECRETS).chain(&SECRET_URLS) {
            assert!(keys.contains(key), "{key}");
        }
    }

    #[test]
    fn secrets_are_not_shown_whatever_they_are() {
        let mut layers = Layers::defaults().expect("the defaults");
        for key in SECRETS {
            layers.set_text(key, "hunter2,hunter3", Source::Flag("--x")).expect("set");
            let (_, value, _) = layers.iter().find(|(name, ..)| *name == key).expect("a key");
            assert_eq!(shown(key, value), "\"***\"");
        }
        let error = layers.set_text(SECRETS[1], "[hunter2", Source::Flag("--x")).expect_err("no list");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }

    #[test]
    fn passwords_are_not_shown() {
        assert_eq!(redacted("postgres://souk:s3cret@db/souk"), "postgres://souk:***@db/souk");
        assert_eq!(redacted("postgres://db/souk?password=s3cret"), "postgres://db/souk?***");
        assert_eq!(redacted("smtp://mail.example:25"), "smtp://mail.example:25");
        assert_eq!(redacted("sqlite:."), "sqlite:.");
        assert_eq!(redacted(""), "");
        assert_eq!(redacted("not a url: s3cret"), "***");
    }
}
