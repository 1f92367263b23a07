//! What a profile is found and compared by.

use std::collections::{BTreeSet, HashSet};

use souk_contract::{Check, Result, Timestamp};

/// Who said a name or a phone number. Whoever stands higher is believed.
pub(crate) mod said_by {
    pub const NOBODY: i64 = 0;
    pub const ORDER: i64 = 1;
    pub const ACCOUNT: i64 = 2;
    pub const STAFF: i64 = 3;
}

const MOST_TAGS: usize = 20;
const LONGEST_TAG: usize = 40;
/// Beyond that nobody types.
const LONGEST_WORD: usize = 120;
const FEWEST_DIGITS: usize = 7;
const KEY_DIGITS: usize = 9;

/// Addresses are compared without case.
pub(crate) fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}

pub(crate) fn name_key(name: &str, email_key: &str) -> String {
    let name = name.trim().to_lowercase();
    if name.is_empty() { email_key.to_owned() } else { name }
}

/// Without the zeros and signs in front: `+49 170 1` and `0049 170 1` are the same.
pub(crate) fn digits(phone: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    digits.trim_start_matches('0').to_owned()
}

/// Its end: with and without the country's code it is the same.
pub(crate) fn phone_key(phone: &str) -> String {
    let digits = digits(phone);
    if digits.len() < FEWEST_DIGITS { String::new() } else { last(&digits, KEY_DIGITS).to_owned() }
}

fn last(digits: &str, most: usize) -> &str {
    &digits[digits.len().saturating_sub(most)..]
}

/// Beginnings that it is found by: the address, the name from each of its words on, the phone number with and without
/// what may stand before it.
pub(crate) fn words<'a>(
    emails: impl IntoIterator<Item = &'a str>,
    names: impl IntoIterator<Item = &'a str>,
    phones: impl IntoIterator<Item = &'a str>,
) -> BTreeSet<String> {
    let mut words: BTreeSet<String> = emails.into_iter().map(str::to_owned).collect();
    for name in names {
        let name = name.to_lowercase();
        let parts: Vec<&str> = name.split_whitespace().collect();
        words.extend((0..parts.len()).map(|from| parts[from..].join(" ")));
    }
    for phone in phones {
        let digits = digits(phone);
        for most in [KEY_DIGITS, KEY_DIGITS + 1, digits.len()] {
            words.insert(last(&digits, most).to_owned());
        }
    }
    words.retain(|word| !word.is_empty());
    words.into_iter().map(|word| word.chars().take(LONGEST_WORD).collect()).collect()
}

/// What was typed, as words begin. A phone number is known by its having digits and no letters.
pub(crate) fn wanted(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let number =
        text.chars().any(|c| c.is_ascii_digit()) && !text.chars().any(|c| c.is_alphabetic() || c == '@');
    if number { digits(&text) } else { text }
}

/// As they were typed, without blanks around and each once.
pub(crate) fn tidy(tags: &[String]) -> Result<Vec<String>> {
    let mut check = Check::new();
    check.that(tags.len() <= MOST_TAGS, "tags", "too_many", "At most 20 tags.");
    let mut seen = HashSet::new();
    let mut tidy = Vec::with_capacity(tags.len());
    for (index, tag) in tags.iter().enumerate() {
        let tag = tag.trim();
        let field = format!("tags[{index}]");
        let plain = !tag.chars().any(|c| c.is_control() || c == ',' || c == '"');
        let message = "No commas, quotation marks or control characters.";
        check.text(tag, &field, LONGEST_TAG).that(plain, &field, "invalid", message);
        if seen.insert(tag.to_lowercase()) {
            tidy.push(tag.to_owned());
        }
    }
    check.done()?;
    Ok(tidy)
}

/// None for 0: it never happened.
pub(crate) fn moment(micros: i64) -> Option<Timestamp> {
    if micros == 0 { None } else { Timestamp::from_micros(micros) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_number_is_the_same_however_it_is_written() {
        for phone in ["+49 170 1234567", "0049-170-1234567", "0170 / 1234567", "(0170) 123 45 67"] {
            assert_eq!(phone_key(phone), "701234567", "{phone}");
        }
        assert_eq!(phone_key("110"), "");
        let found = words([], [], ["+49 170 1234567"]);
        for typed in ["+49 170", "0170 123", "49170", "1701"] {
            assert!(found.iter().any(|word| word.starts_with(&wanted(typed))), "{typed}");
        }
    }

    #[test]
    fn a_name_is_found_by_each_of_its_words() {
        let found = words(["ada@example.com"], ["Ada  King Lovelace"], []);
        for typed in ["ada", "King", "lovel", "ada king", "king  love", "ADA@ex"] {
            assert!(found.iter().any(|word| word.starts_with(&wanted(typed))), "{typed}");
        }
        assert!(!found.iter().any(|word| word.starts_with("da")));
        assert_eq!(wanted("4711"), "4711");
        assert_eq!(wanted("4u@example.com"), "4u@example.com");
    }

    #[test]
    fn tags_are_told_apart_by_their_letters_alone() {
        let tags = |tags: &[&str]| tidy(&tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>());
        assert_eq!(tags(&[" VIP ", "vip", "gift"]).unwrap(), ["VIP", "gift"]);
        for wrong in [&["a,b"][..], &[""], &["\u{7}"], &["a\"b"], &[&"x".repeat(41)]] {
            assert!(tags(wrong).is_err(), "{wrong:?}");
        }
    }
}
