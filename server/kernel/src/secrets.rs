//! Random tokens, and signatures for links that may travel by mail.

use std::{
    io::{self, Write as _},
    path::Path,
    sync::Arc,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac as _};
use rand::{TryRngCore as _, rngs::OsRng};
use sha2::Sha256;

const KEY_BYTES: usize = 32;

/// The server's own key, and randomness nobody can guess. Cheap to clone.
#[derive(Clone)]
pub struct Secrets(Arc<[u8; KEY_BYTES]>);

impl Secrets {
    /// Reads `<folder>/secret.key`; on first start makes it, readable by this user alone.
    pub fn open(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let path = folder.join("secret.key");
        match std::fs::read(&path) {
            Ok(bytes) => Self::from_bytes(&bytes, &path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let key = random::<KEY_BYTES>()?;
                match create(&path, &key) {
                    // Another process was faster: its key is the one that counts.
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                        Self::from_bytes(&std::fs::read(&path)?, &path)
                    }
                    other => other.map(|()| Self(Arc::new(key))),
                }
            }
            Err(error) => Err(error),
        }
    }

    /// A fixed key, for tests.
    pub fn from_key(key: [u8; KEY_BYTES]) -> Self {
        Self(Arc::new(key))
    }

    fn from_bytes(bytes: &[u8], path: &Path) -> io::Result<Self> {
        let key = bytes.try_into().map_err(|_| {
            let text = format!("{} must hold {KEY_BYTES} bytes, not {}", path.display(), bytes.len());
            io::Error::new(io::ErrorKind::InvalidData, text)
        })?;
        Ok(Self(Arc::new(key)))
    }

    /// 32 bytes from the operating system, as 43 characters of base64url: sessions, API tokens, reset links.
    pub fn random_token(&self) -> io::Result<String> {
        Ok(URL_SAFE_NO_PAD.encode(random::<32>()?))
    }

    /// HMAC-SHA256 as base64url. A signature for one purpose is worth nothing for another.
    pub fn sign(&self, purpose: &str, message: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(self.mac(purpose, message).finalize().into_bytes())
    }

    /// Whether [`sign`](Self::sign) made that signature; takes the same time for every wrong one.
    pub fn verify(&self, purpose: &str, message: &[u8], signature: &str) -> bool {
        let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else { return false };
        self.mac(purpose, message).verify_slice(&signature).is_ok()
    }

    pub(crate) fn mac(&self, purpose: &str, message: &[u8]) -> Hmac<Sha256> {
        // HMAC pads a short key with zeros to its block of 64 bytes.
        let mut block = [0; 64];
        block[..KEY_BYTES].copy_from_slice(&*self.0);
        let mut mac = <Hmac<Sha256> as hmac::digest::KeyInit>::new((&block).into());
        mac.update(&(purpose.len() as u64).to_be_bytes());
        mac.update(purpose.as_bytes());
        mac.update(message);
        mac
    }
}

pub(crate) fn random<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    OsRng.try_fill_bytes(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes)
}

/// Whole or not at all: another process that starts now must not read half a key.
fn create(path: &Path, key: &[u8]) -> io::Result<()> {
    let draft = path.with_extension(URL_SAFE_NO_PAD.encode(random::<12>()?));
    let created = write_private(&draft, key).and_then(|()| std::fs::hard_link(&draft, path));
    std::fs::remove_file(&draft)?;
    created
}

fn write_private(path: &Path, key: &[u8]) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(key)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_purpose_and_message_only() {
        let secrets = Secrets::from_key([7; 32]);
        let signature = secrets.sign("order-status", b"42");
        assert!(secrets.verify("order-status", b"42", &signature));
        assert!(!secrets.verify("order-status", b"43", &signature));
        assert!(!secrets.verify("password-reset", b"42", &signature));
        assert!(!secrets.verify("order-status", b"42", "not base64!"));
        assert!(!Secrets::from_key([8; 32]).verify("order-status", b"42", &signature));
    }

    #[test]
    fn purpose_and_message_do_not_run_into_each_other() {
        let secrets = Secrets::from_key([7; 32]);
        assert_ne!(secrets.sign("ab", b"c"), secrets.sign("a", b"bc"));
    }

    #[cfg(unix)]
    #[test]
    fn the_key_is_made_once_and_is_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let name = Secrets::from_key([7; 32]).random_token().expect("randomness");
        let folder = std::env::temp_dir().join(format!("souk-key-{name}"));
        let first = Secrets::open(&folder).expect("a new key");
        let again = Secrets::open(&folder).expect("the same key");
        assert_eq!(first.sign("test", b"x"), again.sign("test", b"x"));
        let files: Vec<_> = std::fs::read_dir(&folder).expect("the folder").flatten().collect();
        assert_eq!(files.len(), 1, "no draft is left");
        assert_eq!(files[0].metadata().expect("metadata").permissions().mode() & 0o777, 0o600);
        std::fs::write(folder.join("secret.key"), b"short").expect("written");
        assert!(Secrets::open(&folder).is_err(), "a damaged key is refused");
        std::fs::remove_dir_all(&folder).expect("removed");
    }

    #[test]
    fn tokens_differ_and_fit_a_url() {
        let secrets = Secrets::from_key([7; 32]);
        let token = secrets.random_token().expect("randomness");
        assert_eq!(token.len(), 43);
        assert_ne!(token, secrets.random_token().expect("randomness"));
    }
}
