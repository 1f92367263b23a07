//! Signatures of webhooks. Those written out here were made with another implementation: Python's hmac.

use souk_contract::Timestamp;
use souk_stripe::{Secret, Webhook, WebhookError};

const BODY: &[u8] = b"{\"id\":\"evt_1\",\"note\":\"caf\xc3\xa9 \\n\"}";
const TIME: i64 = 1_780_000_000;
const FIRST: &str = "060f374453f2a7d8246762c62165a082ba957ca10a4bb3725a73cf5e25c88b2a";
const SECOND: &str = "6a9b474f659e5101b9aa693c23d69f696af34ad78a486fd7c8e9763700b7e4c8";
const OTHER: &str = "a84c8793285aeb2e0498d01f9c2683ae347822154333150cd1edef6a0f2a8345";
/// Of an empty secret.
const EMPTY: &str = "4933aa23f87130873e62413652ec1966ffbdb852e98725d432fc61614702e544";
/// Of a secret that is longer than the hash's block: `whsec_` and a hundred k.
const LONG: &str = "28e14bf05e1ebb1a6a0599879a5c13ec2c2a9856723a392e313aaed55c6ec86b";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000).expect("a moment")
}

fn webhook(secrets: &[&str]) -> Webhook {
    Webhook::new(secrets.iter().map(|secret| Secret::new(*secret)))
}

fn check(secrets: &[&str], header: &str, body: &[u8], now: i64) -> Result<(), WebhookError> {
    webhook(secrets).check(header, body, at(now))
}

#[test]
fn what_stripe_signed_is_genuine() {
    let other = "0".repeat(64);
    for header in [
        format!("t={TIME},v1={FIRST}"),
        format!("v1={FIRST},t={TIME}"),
        format!("t={TIME}, v1={FIRST}"),
        format!("t={TIME},v1={FIRST},v0={other}"),
        format!("t={TIME},v1={other},v1={FIRST}"),
        format!("t={TIME},v1=no-hex,v1={FIRST}"),
        format!("t={TIME},v1={}", FIRST.to_uppercase()),
    ] {
        assert_eq!(check(&["whsec_first"], &header, BODY, TIME), Ok(()), "{header}");
    }
    let long = format!("whsec_{}", "k".repeat(100));
    assert_eq!(check(&[&long], &format!("t={TIME},v1={LONG}"), BODY, TIME), Ok(()));
}

#[test]
fn while_secrets_change_either_will_do() {
    let both = ["whsec_second", "whsec_first"];
    for signatures in [
        format!("v1={FIRST}"),
        format!("v1={SECOND}"),
        format!("v1={OTHER},v1={SECOND}"),
        format!("v1={FIRST},v1={SECOND}"),
    ] {
        assert_eq!(check(&both, &format!("t={TIME},{signatures}"), BODY, TIME), Ok(()), "{signatures}");
    }
    let other = format!("t={TIME},v1={OTHER}");
    assert_eq!(check(&both, &other, BODY, TIME), Err(WebhookError::Signature));
}

#[test]
fn forgeries_are_refused() {
    let genuine = format!("t={TIME},v1={FIRST}");
    let mut changed = BODY.to_vec();
    changed[8] = b'2';
    let longer = [BODY, b" "].concat();
    for body in [&changed[..], &longer, &BODY[..BODY.len() - 1], b""] {
        assert_eq!(check(&["whsec_first"], &genuine, body, TIME), Err(WebhookError::Signature));
    }
    // Another moment than the one that was signed.
    let later = format!("t={},v1={FIRST}", TIME + 1);
    assert_eq!(check(&["whsec_first"], &later, BODY, TIME), Err(WebhookError::Signature));
    // The right one under an older scheme's name, cut short, and of another secret.
    let half = format!("t={TIME},v1={}", &FIRST[..32]);
    let of_other = format!("t={TIME},v1={OTHER}");
    for header in [half, of_other] {
        assert_eq!(check(&["whsec_first"], &header, BODY, TIME), Err(WebhookError::Signature), "{header}");
    }
    assert_eq!(check(&["whsec_firsT"], &genuine, BODY, TIME), Err(WebhookError::Signature));
    // Without a secret nothing is genuine, not even what is signed with nothing.
    let empty = format!("t={TIME},v1={EMPTY}");
    for secrets in [&[][..], &[""]] {
        assert_eq!(check(secrets, &empty, BODY, TIME), Err(WebhookError::Signature));
    }
}

#[test]
fn what_is_old_or_early_is_stale() {
    let header = format!("t={TIME},v1={FIRST}");
    for away in [-300, -1, 0, 1, 300] {
        assert_eq!(check(&["whsec_first"], &header, BODY, TIME + away), Ok(()), "{away}");
    }
    for away in [-86_400, -301, 301, 86_400] {
        let stale = Err(WebhookError::Stale(i64::unsigned_abs(away)));
        assert_eq!(check(&["whsec_first"], &header, BODY, TIME + away), stale, "{away}");
    }
    // Only what is genuine is called old: a forger learns nothing of our clock.
    let forged = format!("t={TIME},v1={OTHER}");
    assert_eq!(check(&["whsec_first"], &forged, BODY, TIME + 301), Err(WebhookError::Signature));
}

#[test]
fn headers_that_are_none_are_said_to_be_none() {
    for header in [
        String::new(),
        "nonsense".into(),
        format!("t={TIME}"),
        format!("v1={FIRST}"),
        format!("t=,v1={FIRST}"),
        format!("t=now,v1={FIRST}"),
        format!("t=99999999999999999999,v1={FIRST}"),
        format!("t={TIME},v0={FIRST}"),
        format!("t={TIME},v1="),
        format!("t={TIME},v1"),
        format!("t={TIME},t={TIME},v1={FIRST}"),
    ] {
        let outcome = check(&["whsec_first"], &header, BODY, TIME);
        let refused = matches!(outcome, Err(WebhookError::Header | WebhookError::Signature));
        assert!(refused, "{header}: {outcome:?}");
    }
    // A thousand signatures are not all tried.
    let many = format!("t={TIME},{}v1={FIRST}", format!("v1={OTHER},").repeat(1000));
    assert_eq!(check(&["whsec_first"], &many, BODY, TIME), Err(WebhookError::Signature));
    let far = format!("t={},v1={FIRST}", i64::MIN);
    assert_eq!(check(&["whsec_first"], &far, BODY, TIME), Err(WebhookError::Signature));
}

#[test]
fn what_was_checked_is_read() {
    let header = format!("t={TIME},v1={FIRST}");
    let opened = webhook(&["whsec_first"]).open(&header, BODY, at(TIME));
    // Genuine, but no event.
    assert!(matches!(opened, Err(WebhookError::Unreadable { .. })), "{opened:?}");
    let forged = webhook(&["whsec_other"]).open(&header, BODY, at(TIME));
    assert!(matches!(forged, Err(WebhookError::Signature)), "{forged:?}");
}
