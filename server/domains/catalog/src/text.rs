//! Words as people compare them, and names for URLs.

use souk_contract::Check;
pub(crate) use souk_contract::facet::fold;

pub(crate) const HANDLE_MAX: usize = 255;

/// Lower-case letters of any script, digits, `-` and `_`: Shopify's handles, unchanged.
pub(crate) fn check_handle(check: &mut Check, handle: &str, field: &str) {
    check.text(handle, field, HANDLE_MAX);
    let fits = |c: char| (c.is_alphanumeric() && !c.is_uppercase()) || c == '-' || c == '_';
    check.that(
        handle.chars().all(fits),
        field,
        "invalid",
        "Only lower-case letters, digits, hyphens and underscores.",
    );
}

/// PostgreSQL's text can't hold a NUL, and no other control character but line breaks belongs in a name.
pub(crate) fn check_plain(check: &mut Check, text: &str, field: &str, max: usize) {
    check.short(text, field, max);
    check.that(
        !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')),
        field,
        "invalid",
        "Control characters are not allowed.",
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_safe_in_urls() {
        let fails = |handle: &str| {
            let mut check = Check::new();
            check_handle(&mut check, handle, "handle");
            check.done().is_err()
        };
        for bad in ["", "A", "a/b", "a b", "a.b", "..", "a?b", "<b>"] {
            assert!(fails(bad), "{bad:?}");
        }
        for good in ["a", "s14-onl-li-4184l-navy", "größe_1", "シャツ"] {
            assert!(!fails(good), "{good:?}");
        }
    }
}
