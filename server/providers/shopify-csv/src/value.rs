//! Cells into values. Each function takes a trimmed, non-empty cell; the error is the reason for the merchant.

use rust_decimal::Decimal;
use souk_contract::{Currency, Money};

use crate::product::{InventoryPolicy, Status, WeightUnit};

/// A value, and a remark when the cell had to be interpreted.
pub(crate) struct Read<T> {
    pub value: T,
    pub remark: Option<String>,
}

impl<T> From<T> for Read<T> {
    fn from(value: T) -> Self {
        Self { value, remark: None }
    }
}

pub(crate) type Parsed<T> = Result<Read<T>, String>;

fn decimal(text: &str) -> Parsed<Decimal> {
    let body = text.strip_prefix('+').unwrap_or(text);
    if let Some(rest) = body.strip_prefix(['-', '−']) {
        return Err(match decimal(rest) {
            Ok(_) => "is negative".to_owned(),
            Err(reason) => reason,
        });
    }
    let allowed = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | ' ' | '\u{a0}' | '\u{202f}' | '\'');
    if !body.chars().all(allowed) || !body.contains(|c: char| c.is_ascii_digit()) {
        return Err("is not a number; write digits and a point, without a currency sign".to_owned());
    }
    let plain = body.chars().all(|c| c.is_ascii_digit() || c == '.') && body.matches('.').count() <= 1;
    let (digits, remark) = if plain {
        (body.to_owned(), None)
    } else {
        let digits = separated(body)?;
        let remark = format!("read as {digits}; write it so to be sure");
        (digits, Some(remark))
    };
    let digits = digits.trim_end_matches('.');
    let value =
        Decimal::from_str_exact(digits).map_err(|_| "is too large or has too many digits".to_owned())?;
    Ok(Read { value, remark })
}

/// A number with a comma, blanks or two kinds of separator: plain digits and a point, or the reason why it
/// can be read in more than one way.
fn separated(text: &str) -> Result<String, String> {
    let malformed = || "has misplaced thousands separators; write it without".to_owned();
    let last = text.rfind(['.', ',']);
    let kinds = [',', '.', ' ', '\u{a0}', '\u{202f}', '\''].into_iter().filter(|c| text.contains(*c)).count();
    let ambiguous = || {
        format!(
            "is ambiguous: {text:?} may have a thousands separator or a decimal comma; write it with a point, without separators"
        )
    };
    // The last point or comma is the decimal sign when it stands alone in its kind and something tells it apart.
    let decimal_at = match last {
        Some(at) => {
            let sign = &text[at..=at];
            let fraction = text.len() - at - 1;
            if text.matches(sign).count() > 1 {
                None
            } else if kinds >= 2 || fraction != 3 {
                Some(at)
            } else {
                return Err(ambiguous());
            }
        }
        None => None,
    };
    let (whole, fraction) = match decimal_at {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, ""),
    };
    let mut groups = whole.split([',', '.', ' ', '\u{a0}', '\u{202f}', '\'']);
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    let well_formed = rest.iter().all(|group| group.len() == 3)
        && (rest.is_empty() || (1..=3).contains(&first.len()))
        && fraction.chars().all(|c| c.is_ascii_digit())
        && !(first.is_empty() && fraction.is_empty());
    let separators = whole.chars().filter(|c| !c.is_ascii_digit()).collect::<std::collections::HashSet<_>>();
    if !well_formed || separators.len() > 1 {
        return Err(malformed());
    }
    let mut digits: String = whole.chars().filter(char::is_ascii_digit).collect();
    if !fraction.is_empty() {
        digits.push('.');
        digits.push_str(fraction);
    }
    Ok(digits)
}

/// An amount in major units, not negative and exact in `currency`.
pub(crate) fn money(text: &str, currency: Currency) -> Parsed<Money> {
    let Read { value, remark } = decimal(text)?;
    // 1.250 euro: one and a quarter, or the German way to write 1250?
    let thousands = text.split_once('.').is_some_and(|(whole, fraction)| {
        fraction.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0')
    });
    if remark.is_none()
        && thousands
        && currency.digits() != 3
        && value.normalize().scale() <= currency.digits()
    {
        return Err("is ambiguous: the point may separate thousands; write it with as many decimals as the currency has".to_owned());
    }
    let value = value.normalize();
    if value.scale() > currency.digits() {
        return Err(match currency.digits() {
            0 => format!("has decimals; {currency} has none"),
            digits => format!("has {} decimals; {currency} has {digits}", value.scale()),
        });
    }
    let money = Money::from_decimal(value, currency).ok_or("is too large")?;
    Ok(Read { value: money, remark })
}

/// Grams.
pub(crate) fn weight(text: &str) -> Parsed<Decimal> {
    let Read { value, remark } = decimal(text)?;
    Ok(Read { value: value.normalize(), remark })
}

/// Pieces: a whole number, perhaps negative. `12.0` is whole.
pub(crate) fn quantity(text: &str) -> Parsed<i64> {
    if let Ok(value) = text.parse::<i64>() {
        return Ok(value.into());
    }
    let (sign, rest) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let Read { value, remark } = decimal(rest)?;
    let value = value.normalize();
    if value.scale() > 0 {
        return Err("is not a whole number".to_owned());
    }
    let value = i64::try_from(value).map_err(|_| "is too large".to_owned())?;
    Ok(Read { value: sign * value, remark })
}

pub(crate) fn boolean(text: &str) -> Parsed<bool> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "y" | "1" => Ok(true.into()),
        "false" | "no" | "n" | "0" => Ok(false.into()),
        _ => Err("is neither true nor false".to_owned()),
    }
}

/// `deny` and `continue`; the newer column asks "continue selling?" and takes TRUE and FALSE too.
pub(crate) fn policy(text: &str) -> Parsed<InventoryPolicy> {
    match text.to_lowercase().as_str() {
        "deny" | "false" | "no" => Ok(InventoryPolicy::Deny.into()),
        "continue" | "true" | "yes" => Ok(InventoryPolicy::Continue.into()),
        _ => Err("is neither deny nor continue".to_owned()),
    }
}

pub(crate) fn status(text: &str) -> Parsed<Status> {
    Status::ALL
        .into_iter()
        .find(|status| status.as_str().eq_ignore_ascii_case(text))
        .map(Read::from)
        .ok_or_else(|| "is none of active, draft, archived, unlisted".to_owned())
}

pub(crate) fn weight_unit(text: &str) -> Parsed<WeightUnit> {
    WeightUnit::ALL
        .into_iter()
        .find(|unit| unit.as_str().eq_ignore_ascii_case(text))
        .map(Read::from)
        .ok_or_else(|| "is none of g, kg, lb, oz".to_owned())
}

pub(crate) fn position(text: &str) -> Parsed<u32> {
    match text.parse::<u32>() {
        Ok(0) | Err(_) => Err("is not a position (1, 2, 3 …)".to_owned()),
        Ok(position) => Ok(position.into()),
    }
}

/// Trimmed, in order, each once.
pub(crate) fn tags(text: &str) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    text.split(',')
        .map(str::trim)
        .filter(|tag| !tag.is_empty() && seen.insert(*tag))
        .map(str::to_owned)
        .collect()
}

/// Shopify's export puts an apostrophe before an all-digit SKU or barcode, so that a spreadsheet keeps it as text.
fn is_guarded(text: &str) -> bool {
    let digits = text.trim_start_matches('\'');
    !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit())
}

pub(crate) fn without_guard(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_guarded(rest) => rest,
        _ => text,
    }
}

pub(crate) fn with_guard(text: &str) -> String {
    if is_guarded(text) { format!("'{text}") } else { text.to_owned() }
}

/// What a spreadsheet would compute instead of showing it.
fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.trim().parse::<f64>().is_err()
}

/// The cell without the apostrophe that [`inert`] put before it; none where there is none.
pub(crate) fn from_inert(cell: &str) -> Option<&str> {
    cell.strip_prefix('\'').filter(|rest| is_formula(rest.trim_start_matches('\'')))
}

/// The cell as a spreadsheet shows it, whatever it begins with.
pub(crate) fn inert(cell: String) -> String {
    if is_formula(cell.trim_start_matches('\'')) { format!("'{cell}") } else { cell }
}

pub(crate) fn sku(text: &str) -> Parsed<String> {
    Ok(without_guard(text).to_owned().into())
}

pub(crate) fn barcode(text: &str) -> Parsed<String> {
    let value = without_guard(text).to_owned();
    let scientific = value.split_once(['e', 'E']).is_some_and(|(mantissa, exponent)| {
        mantissa.contains('.') && mantissa.parse::<f64>().is_ok() && exponent.parse::<i32>().is_ok()
    });
    let remark =
        scientific.then(|| "looks like a number a spreadsheet has rounded; digits may be lost".to_owned());
    Ok(Read { value, remark })
}

/// The handle Shopify would make of a title, near enough: letters and digits, lower case, dashes between.
pub(crate) fn handle_from(title: &str) -> String {
    title
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eur(text: &str) -> Result<i64, String> {
        money(text, Currency::EUR).map(|read| read.value.minor)
    }

    #[test]
    fn exact_money_or_a_reason() {
        for (text, minor) in [
            ("36.00", 3600),
            ("36", 3600),
            (".5", 50),
            ("5.", 500),
            ("+1.20", 120),
            ("0.10000", 10),
            ("92233720368547758.07", i64::MAX),
        ] {
            assert_eq!(eur(text), Ok(minor), "{text}");
            assert!(money(text, Currency::EUR).is_ok_and(|read| read.remark.is_none()), "{text}");
        }
        for (text, reason) in [
            ("-1", "negative"),
            ("−1.00", "negative"),
            ("abc", "not a number"),
            ("$12.00", "currency sign"),
            ("1e3", "not a number"),
            ("NaN", "not a number"),
            (".", "not a number"),
            ("12.345", "has 3 decimals; EUR has 2"),
            ("1,234", "ambiguous"),
            ("1.250", "ambiguous"),
            ("1,2,3", "misplaced"),
            ("1.234,56.7", "misplaced"),
            ("12,34,567.00", "misplaced"),
            ("92233720368547758.08", "too large"),
            ("99999999999999999999999999999999", "too large"),
        ] {
            let error = eur(text).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
        assert!(money("100.50", Currency::JPY).is_err_and(|reason| reason.contains("JPY has none")));
        assert!(money("100.00", Currency::JPY).is_ok_and(|read| read.value.minor == 100));
        assert!(money("1.250", Currency::KWD).is_ok_and(|read| read.value.minor == 1250));
    }

    #[test]
    fn interpreted_numbers_are_remarked_on() {
        for (text, minor) in [
            ("12,50", 1250),
            ("12,5", 1250),
            ("1,234.56", 123_456),
            ("1.234,56", 123_456),
            ("1 234,56", 123_456),
            ("1\u{a0}234.50", 123_450),
            ("1'234.00", 123_400),
            ("1,234,567", 123_456_700),
            ("1.234.567", 123_456_700),
        ] {
            assert_eq!(eur(text), Ok(minor), "{text}");
            assert!(money(text, Currency::EUR).is_ok_and(|read| read.remark.is_some()), "{text}");
        }
    }

    #[test]
    fn quantities_are_whole_and_may_be_negative() {
        let read = |text: &str| quantity(text).map(|read| read.value);
        assert_eq!(read("-3"), Ok(-3));
        assert_eq!(read("12.0"), Ok(12));
        assert_eq!(read("-2.00"), Ok(-2));
        assert!(read("1.5").is_err_and(|reason| reason.contains("whole")));
        assert!(read("many").is_err());
        assert!(read("99999999999999999999").is_err());
    }

    #[test]
    fn digits_are_guarded_and_nothing_else() {
        for text in ["123", "'123", "''1", "'", "''", "a'1", "'abc", "1a"] {
            assert_eq!(without_guard(&with_guard(text)), text);
        }
        assert_eq!(without_guard("'00741"), "00741");
        assert_eq!(without_guard("00741"), "00741");
        assert_eq!(without_guard("'tis-1"), "'tis-1");
    }

    #[test]
    fn no_cell_is_a_formula() {
        for text in ["=1+1", "'=1+1", "+49 30", "-", "- none -", "@home", "\t=1", "''@"] {
            let cell = inert(text.to_owned());
            assert!(cell.starts_with('\''), "{cell}");
            assert_eq!(from_inert(&cell), Some(text));
        }
        for text in ["-5", "+1.50", "5", "'", "'s", "a=b", ""] {
            assert_eq!(inert(text.to_owned()), text);
            assert_eq!(from_inert(text), None);
        }
    }

    #[test]
    fn a_title_makes_a_handle() {
        assert_eq!(handle_from("Crème  Brûlée: Set of 4!"), "crème-brûlée-set-of-4");
    }
}
