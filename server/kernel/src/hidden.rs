//! Words of others that we need again, such as a token of theirs: kept so that no copy of the database tells them.

use std::io;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::Mac as _;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use uuid::Uuid;

use crate::{Secrets, secrets::random};

impl Secrets {
    /// The text, to be read again with this server's key, for that purpose and thing only.
    ///
    /// # Errors
    /// Where the operating system has no randomness.
    pub fn hide(&self, purpose: &str, of: Uuid, text: &str) -> io::Result<String> {
        let nonce = random::<NONCE_LEN>()?;
        let mut hidden = text.as_bytes().to_vec();
        let about = Aad::from(of.into_bytes());
        self.hiding(purpose)
            .and_then(|key| {
                key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), about, &mut hidden)
            })
            .map_err(|_| io::Error::other("the text can't be hidden"))?;
        let mut word = nonce.to_vec();
        word.append(&mut hidden);
        Ok(URL_SAFE_NO_PAD.encode(word))
    }

    /// The text, if [`hide`](Self::hide) made that word for that purpose and thing, with this key.
    pub fn reveal(&self, purpose: &str, of: Uuid, word: &str) -> Option<String> {
        let word = URL_SAFE_NO_PAD.decode(word).ok()?;
        let (nonce, hidden) = word.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut hidden = hidden.to_vec();
        let key = self.hiding(purpose).ok()?;
        let text = key.open_in_place(nonce, Aad::from(of.into_bytes()), &mut hidden).ok()?;
        String::from_utf8(text.to_vec()).ok()
    }

    /// A key of its own for each purpose.
    fn hiding(&self, purpose: &str) -> Result<LessSafeKey, ring::error::Unspecified> {
        let bytes = self.mac("hide", purpose.as_bytes()).finalize().into_bytes();
        UnboundKey::new(&CHACHA20_POLY1305, &bytes).map(LessSafeKey::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_with_the_same_key_purpose_and_thing_only() {
        let (secrets, id) = (Secrets::from_key([7; 32]), Uuid::from_u128(42));
        let word = secrets.hide("token", id, "Bearer ü 123").expect("hidden");
        assert_eq!(secrets.reveal("token", id, &word).as_deref(), Some("Bearer ü 123"));
        assert!(!word.contains("123"));
        assert_ne!(word, secrets.hide("token", id, "Bearer ü 123").expect("hidden"));
        assert_eq!(secrets.reveal("other", id, &word), None);
        assert_eq!(secrets.reveal("token", Uuid::from_u128(43), &word), None);
        assert_eq!(Secrets::from_key([8; 32]).reveal("token", id, &word), None);
        let mut changed = word.clone().into_bytes();
        changed[20] = if changed[20] == b'A' { b'B' } else { b'A' };
        assert_eq!(secrets.reveal("token", id, &String::from_utf8(changed).expect("ASCII")), None);
        assert_eq!(secrets.reveal("token", id, "short"), None);
        assert_eq!(secrets.reveal("token", id, "not base64!"), None);
    }
}
