//! `[payments.stripe]`: all of it, or nothing.

use serde::Deserialize;
use souk_stripe::Secret;
use url::{Host, Url};

use super::layers::{ConfigError, Layers};

/// The way to pay, as payments calls it.
pub const STRIPE: &str = "stripe";

#[derive(Debug, Clone)]
pub struct Stripe {
    pub secret_key: Secret,
    pub publishable_key: String,
    /// Those in force: two while they change.
    pub signing_secrets: Vec<Secret>,
    pub api_url: String,
    pub script_url: String,
    /// Whether the keys move real money.
    pub live: bool,
}

impl Stripe {
    /// Where the browser asks for the script, as a content policy names it. None where it is Stripe's own.
    pub fn other_origin(&self) -> Option<String> {
        let url = Url::parse(&self.script_url).ok()?;
        (url.host_str() != Some("js.stripe.com")).then(|| url.origin().ascii_serialization())
    }
}

#[derive(Deserialize)]
pub(super) struct RawStripe {
    secret_key: String,
    publishable_key: String,
    signing_secrets: Vec<String>,
    api_url: String,
    script_url: String,
}

/// None where no key is set. What is wrong is named by its key, and never repeated.
pub(super) fn check(layers: &Layers, raw: RawStripe) -> Result<Option<Stripe>, ConfigError> {
    let refuse = |key: &str, why: &str| Err(layers.refuse(&format!("payments.stripe.{key}"), why));
    for (key, url) in [("api_url", &raw.api_url), ("script_url", &raw.script_url)] {
        if !is_safe(url) {
            return refuse(key, "an https address is wanted, or one of this machine");
        }
    }
    let none = raw.secret_key.is_empty() && raw.publishable_key.is_empty() && raw.signing_secrets.is_empty();
    if none {
        return Ok(None);
    }
    let missing = "it is missing: Stripe needs secret_key, publishable_key and signing_secrets";
    if raw.secret_key.is_empty() {
        return refuse("secret_key", missing);
    }
    if raw.publishable_key.is_empty() {
        return refuse("publishable_key", missing);
    }
    if raw.signing_secrets.is_empty() {
        return refuse("signing_secrets", missing);
    }
    let secret = |key: &str| mode(key, &["sk_", "rk_"]);
    let Some(live) = secret(&raw.secret_key) else {
        return refuse(
            "secret_key",
            "a key that begins with sk_test_, sk_live_, rk_test_ or rk_live_ is wanted",
        );
    };
    // Shown to every shopper: no secret key may stand here.
    match mode(&raw.publishable_key, &["pk_"]) {
        None => return refuse("publishable_key", "a key that begins with pk_test_ or pk_live_ is wanted"),
        Some(shown) if shown != live => {
            return refuse("publishable_key", "one key is for tests and the other for real money");
        }
        Some(_) => {}
    }
    if !raw.signing_secrets.iter().all(|one| one.len() > 6 && one.starts_with("whsec_")) {
        return refuse("signing_secrets", "each begins with whsec_");
    }
    Ok(Some(Stripe {
        secret_key: Secret::new(raw.secret_key),
        publishable_key: raw.publishable_key,
        signing_secrets: raw.signing_secrets.into_iter().map(Secret::new).collect(),
        api_url: raw.api_url,
        script_url: raw.script_url,
        live,
    }))
}

/// Whether a key moves real money; None where it is none of these.
fn mode(key: &str, prefixes: &[&str]) -> Option<bool> {
    let rest = prefixes.iter().find_map(|prefix| key.strip_prefix(prefix))?;
    let plain = |rest: &str| {
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    match (rest.strip_prefix("live_"), rest.strip_prefix("test_")) {
        (Some(rest), _) if plain(rest) => Some(true),
        (_, Some(rest)) if plain(rest) => Some(false),
        _ => None,
    }
}

fn is_safe(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let here = match url.host() {
        None => return false,
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
    };
    let bare = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    bare && (url.scheme() == "https" || (url.scheme() == "http" && here))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FINE: [(&str, &str); 3] = [
        ("secret_key", "sk_test_hunter1"),
        ("publishable_key", "pk_test_2"),
        ("signing_secrets", "whsec_hunter3, whsec_hunter4"),
    ];

    fn read(changes: &[(&str, &str)]) -> Result<Option<Stripe>, ConfigError> {
        use super::super::{Flags, resolve};
        let variables = changes.iter().map(|(key, value)| {
            (format!("SOUK_PAYMENTS__STRIPE__{}", key.to_uppercase()), (*value).to_owned())
        });
        resolve(&Flags::default(), variables).map(|resolved| resolved.settings.payments.stripe)
    }

    #[test]
    fn all_of_it_or_nothing() {
        assert!(read(&[]).expect("nothing").is_none());
        let stripe = read(&FINE).expect("all").expect("Stripe");
        assert_eq!((stripe.live, stripe.signing_secrets.len()), (false, 2));
        assert_eq!(stripe.other_origin(), None);
        let shown = format!("{stripe:?}");
        assert!(!shown.contains("hunter"), "{shown}");
        for (left_out, _) in FINE {
            let half: Vec<_> = FINE.into_iter().filter(|(key, _)| *key != left_out).collect();
            let error = read(&half).expect_err("half of it").to_string();
            assert!(error.starts_with(&format!("`payments.stripe.{left_out}`")), "{error}");
            assert!(!error.contains("hunter"), "{error}");
        }
    }

    #[test]
    fn what_can_not_be_right_is_named_and_not_repeated() {
        for (key, wrong) in [
            ("secret_key", "pk_test_hunter"),
            ("secret_key", "sk_hunter"),
            // A secret in the shopper's hands.
            ("publishable_key", "sk_test_hunter"),
            ("publishable_key", "pk_live_hunter"),
            ("publishable_key", "pk_test_\"hunter"),
            ("signing_secrets", "hunter"),
            ("api_url", "http://stripe.hunter"),
            ("script_url", "javascript:hunter"),
            ("script_url", "http://127.0.0.1.hunter/v3"),
        ] {
            let mut all = FINE.to_vec();
            all.retain(|(name, _)| *name != key);
            all.push((key, wrong));
            let error = read(&all).expect_err(wrong).to_string();
            assert!(error.starts_with(&format!("`payments.stripe.{key}`")), "{error}");
            assert!(!error.contains("hunter"), "{error}");
        }
        let mut here = FINE.to_vec();
        here.push(("script_url", "http://127.0.0.1:7/js.stripe.com/v3/"));
        let here = read(&here).expect("fine").expect("Stripe");
        assert_eq!(here.other_origin().as_deref(), Some("http://127.0.0.1:7"));
    }
}
