//! Passwords: what is accepted, and argon2id with OWASP's parameters (19 MiB, 2 passes, 1 lane).

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use souk_contract::{Check, Error, Result};
use tokio::sync::Semaphore;

/// Of the OWASP password storage cheat sheet.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// Each takes 19 MiB and a core: more at once would only make all of them slow.
const AT_ONCE: usize = 2;

/// Hashes and checks passwords off the async threads, a few at a time.
#[derive(Clone)]
pub(crate) struct Hasher {
    argon2: Argon2<'static>,
    turns: Arc<Semaphore>,
    /// Checked where an account does not exist, so that the answer takes as long.
    nobody: Arc<str>,
}

impl Hasher {
    pub(crate) fn new() -> Result<Self> {
        let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(Error::internal)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobody = argon2.hash_password(b"nobody has this password").map_err(Error::internal)?.to_string();
        Ok(Self { argon2, turns: Arc::new(Semaphore::new(AT_ONCE)), nobody: nobody.into() })
    }

    /// A PHC string with its own salt.
    pub(crate) async fn hash(&self, password: String) -> Result<String> {
        let argon2 = self.argon2.clone();
        self.run(move || {
            argon2.hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(Error::internal)
        })
        .await?
    }

    /// Whether the password is that of the hash; none: of nobody, in the same time.
    pub(crate) async fn verify(&self, password: String, hash: Option<String>) -> Result<bool> {
        let argon2 = self.argon2.clone();
        let exists = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.to_string());
        self.run(move || {
            let hash = PasswordHash::new(&hash).map_err(Error::internal)?;
            Ok(argon2.verify_password(password.as_bytes(), &hash).is_ok() && exists)
        })
        .await?
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let _turn = self.turns.acquire().await.map_err(Error::internal)?;
        tokio::task::spawn_blocking(work).await.map_err(Error::internal)
    }
}

/// 8 to 200 characters, and not among those that are guessed first.
pub(crate) fn check(check: &mut Check, password: &str, field: &str) {
    let length = password.chars().count();
    check.that((8..=200).contains(&length), field, "out_of_range", "Between 8 and 200 characters, please.");
    let common = COMMON.contains(&password.to_lowercase().as_str());
    check.that(!common, field, "too_common", "Too many people use this password. Please choose another.");
}

/// The most used ones of at least 8 characters, from published lists of leaked passwords.
const COMMON: [&str; 32] = [
    "password",
    "12345678",
    "123456789",
    "1234567890",
    "qwertyuiop",
    "password1",
    "password123",
    "iloveyou",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "trustno1",
    "welcome1",
    "11111111",
    "00000000",
    "abcd1234",
    "1q2w3e4r",
    "1qaz2wsx",
    "qwerty123",
    "qwerty12",
    "letmein1",
    "dragon123",
    "monkey123",
    "master123",
    "whatever",
    "computer",
    "michelle",
    "jennifer",
    "87654321",
    "passw0rd",
];
