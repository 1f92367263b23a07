//! Amounts as people type them.

use souk_contract::{Currency, Money};

/// `12`, `12.5`, `12,50`; `None` for anything else, also for more decimals than the currency has.
pub fn parse(text: &str, currency: Currency) -> Option<Money> {
    let text = text.trim().replace(',', ".");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let digits = currency.digits() as usize;
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(fraction) || fraction.len() > digits {
        return None;
    }
    let minor = format!("{whole}{fraction:0<digits$}").parse().ok()?;
    Some(Money::new(minor, currency))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_type() {
        let euros = |text| parse(text, Currency::EUR).map(|money| money.minor);
        assert_eq!(euros("12"), Some(1200));
        assert_eq!(euros(" 12.5 "), Some(1250));
        assert_eq!(euros("0,05"), Some(5));
        assert_eq!(euros("12.345"), None);
        assert_eq!(euros("-3"), None);
        assert_eq!(euros(""), None);
        assert_eq!(euros("1.2.3"), None);
        assert_eq!(parse("500", Currency::JPY).map(|money| money.minor), Some(500));
        assert_eq!(parse("500.0", Currency::JPY), None);
    }
}
