//! Ids that prove themselves: an id with its signature, for links and tokens that nobody can guess.

use uuid::Uuid;

use crate::Secrets;

const ID_CHARACTERS: usize = 32;

impl Secrets {
    /// The id and its signature in one word of URL-safe characters: whoever holds it was given it by us.
    pub fn seal(&self, purpose: &str, id: Uuid) -> String {
        format!("{}{}", id.simple(), self.sign(purpose, id.as_bytes()))
    }

    /// The id, if [`seal`](Self::seal) made that word for that purpose.
    pub fn unseal(&self, purpose: &str, word: &str) -> Option<Uuid> {
        let (id, signature) = word.split_at_checked(ID_CHARACTERS)?;
        let id = Uuid::try_parse(id).ok()?;
        self.verify(purpose, id.as_bytes(), signature).then_some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_opens_only_for_its_own_purpose_and_unchanged() {
        let secrets = Secrets::from_key([7; 32]);
        let id = Uuid::from_u128(42);
        let word = secrets.seal("cart", id);
        assert_eq!(secrets.unseal("cart", &word), Some(id));
        assert_eq!(secrets.unseal("order", &word), None);
        assert_eq!(secrets.unseal("cart", &word[..word.len() - 1]), None);
        let other = word.replacen('0', "1", 1);
        assert_eq!(secrets.unseal("cart", &other), None);
        assert_eq!(secrets.unseal("cart", "é"), None);
    }
}
