//! The second factor: six digits of an authenticator app (RFC 6238), or a recovery code.

use sha2::{Digest as _, Sha256};
use souk_contract::{Error, Result, StaffId, Timestamp, TwoFactorSecret};
use souk_kernel::Secrets;
use totp_rs::{Algorithm, TOTP};

const DIGITS: usize = 6;
const STEP_SECONDS: u64 = 30;
/// Clocks may differ by one step.
const SKEW: i64 = 1;
/// RFC 4226 recommends 160 bits.
const SECRET_BYTES: usize = 20;
const RECOVERY_CODES: usize = 10;

/// One member's app. Its secret comes from the server's key, so that no copy of the database tells it.
pub(crate) struct App(TOTP);

impl App {
    pub(crate) fn new(
        secrets: &Secrets,
        staff: StaffId,
        generation: i64,
        shop: &str,
        email: &str,
    ) -> Result<Self> {
        let signed = secrets.sign("two-factor", format!("{staff}/{generation}").as_bytes());
        let secret = Sha256::digest(signed.as_bytes())[..SECRET_BYTES].to_vec();
        Self::with(secret, shop, email)
    }

    fn with(secret: Vec<u8>, shop: &str, email: &str) -> Result<Self> {
        // A colon would end the label.
        let plain = |text: &str| text.replace(':', " ");
        TOTP::new(Algorithm::SHA1, DIGITS, 1, STEP_SECONDS, secret, Some(plain(shop)), plain(email))
            .map(Self)
            .map_err(Error::internal)
    }

    pub(crate) fn secret(&self) -> TwoFactorSecret {
        TwoFactorSecret { secret: self.0.get_secret_base32(), url: self.0.get_url() }
    }

    /// The time step that the code belongs to, where it is one of now.
    pub(crate) fn step_of(&self, code: &str, now: Timestamp) -> Option<i64> {
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let step = now.micros() / 1_000_000 / i64::try_from(STEP_SECONDS).ok()?;
        (step - SKEW..=step + SKEW).find(|step| {
            let seconds = u64::try_from(*step).unwrap_or_default() * STEP_SECONDS;
            // By their digests: a comparison that stops at the first difference tells nothing of the code.
            Sha256::digest(self.0.generate(seconds).as_bytes()) == Sha256::digest(digits.as_bytes())
        })
    }
}

/// Ten codes of 80 random bits, in groups of four.
pub(crate) fn recovery_codes(secrets: &Secrets) -> Result<Vec<String>> {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    (0..RECOVERY_CODES)
        .map(|_| {
            let random = Sha256::digest(secrets.random_token().map_err(Error::internal)?.as_bytes());
            let letters: Vec<char> =
                random[..16].iter().map(|byte| char::from(ALPHABET[usize::from(*byte) % 32])).collect();
            let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
            Ok(groups.join("-"))
        })
        .collect()
}

/// As it is kept: however somebody types it.
pub(crate) fn recovery_digest(code: &str) -> [u8; 32] {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    Sha256::digest(plain.to_ascii_lowercase().as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::parse("1970-01-01T00:00:00Z").expect("a time").plus_seconds(seconds)
    }

    /// RFC 6238, appendix B, its last six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let app = App::with(b"12345678901234567890".to_vec(), "Shop", "sam@example.com").expect("an app");
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(app.step_of(code, at(seconds)), Some(seconds / 30), "{code}");
            assert_eq!(app.step_of(code, at(seconds + 30)), Some(seconds / 30), "a step late");
            assert_eq!(app.step_of(code, at(seconds + 90)), None, "too late");
        }
        assert_eq!(app.step_of("287 082", at(59)), Some(1));
        assert_eq!(app.step_of("", at(59)), None);
    }

    #[test]
    fn recovery_codes_differ_and_are_read_however_typed() {
        let codes = recovery_codes(&Secrets::from_key([7; 32])).expect("codes");
        let different: std::collections::BTreeSet<_> = codes.iter().collect();
        assert_eq!((codes.len(), different.len()), (RECOVERY_CODES, RECOVERY_CODES));
        assert_eq!(codes[0].len(), 19);
        let typed = format!(" {} ", codes[0].to_uppercase().replace('-', " "));
        assert_eq!(recovery_digest(&typed), recovery_digest(&codes[0]));
    }
}
