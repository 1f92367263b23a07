//! Money is a whole number of minor units (cents, yen, fils) and an ISO 4217 currency.

use std::{fmt, iter::Sum, str::FromStr};

use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// An ISO 4217 code: three upper-case letters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

impl Currency {
    pub const EUR: Self = Self(*b"EUR");
    pub const USD: Self = Self(*b"USD");
    pub const GBP: Self = Self(*b"GBP");
    pub const JPY: Self = Self(*b"JPY");
    pub const KWD: Self = Self(*b"KWD");

    pub fn code(&self) -> &str {
        // Only ASCII gets in; XXX is ISO 4217's code for no currency.
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// Digits after the decimal point, from ISO 4217's table of minor units.
    pub fn digits(&self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF"
            | b"UGX" | b"UYI" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            b"CLF" | b"UYW" => 4,
            _ => 2,
        }
    }

    /// The sign a shopper expects before or after the amount; the code itself where none is common.
    pub fn symbol(&self) -> &str {
        match &self.0 {
            b"EUR" => "€",
            b"USD" => "$",
            b"GBP" => "£",
            b"JPY" => "¥",
            b"INR" => "₹",
            b"KRW" => "₩",
            _ => self.code(),
        }
    }
}

/// Three ASCII letters are needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotACurrency(pub String);

impl fmt::Display for NotACurrency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not an ISO 4217 currency code", self.0)
    }
}
impl std::error::Error for NotACurrency {}

impl FromStr for Currency {
    type Err = NotACurrency;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes: [u8; 3] = text.as_bytes().try_into().map_err(|_| NotACurrency(text.to_owned()))?;
        if !bytes.iter().all(u8::is_ascii_alphabetic) {
            return Err(NotACurrency(text.to_owned()));
        }
        Ok(Self(bytes.map(|b| b.to_ascii_uppercase())))
    }
}
impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}
impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(feature = "openapi")]
mod openapi {
    use super::Currency;
    use utoipa::openapi::{
        RefOr,
        schema::{ObjectBuilder, Schema, Type},
    };

    impl utoipa::PartialSchema for Currency {
        fn schema() -> RefOr<Schema> {
            ObjectBuilder::new()
                .schema_type(Type::String)
                .pattern(Some("^[A-Z]{3}$"))
                .description(Some("ISO 4217 code"))
                .into()
        }
    }
    impl utoipa::ToSchema for Currency {}
}

/// An amount in minor units of a currency: EUR 12.30 is `minor: 1230`, JPY 500 is `minor: 500`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "strict", serde(deny_unknown_fields))]
pub struct Money {
    /// Whole minor units; may be negative for a correction.
    pub minor: i64,
    /// ISO 4217 code.
    pub currency: Currency,
}

impl Money {
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    pub const fn is_zero(&self) -> bool {
        self.minor == 0
    }

    /// Adds; `None` on overflow or when the currencies differ.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        (self.currency == other.currency)
            .then(|| self.minor.checked_add(other.minor))
            .flatten()
            .map(|minor| Self { minor, ..self })
    }

    /// Subtracts; `None` on overflow or when the currencies differ.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        (self.currency == other.currency)
            .then(|| self.minor.checked_sub(other.minor))
            .flatten()
            .map(|minor| Self { minor, ..self })
    }

    /// Times a quantity; `None` on overflow.
    pub fn checked_mul(self, quantity: i64) -> Option<Self> {
        self.minor.checked_mul(quantity).map(|minor| Self { minor, ..self })
    }

    /// Major units as an exact decimal: 12.30.
    pub fn to_decimal(self) -> Decimal {
        Decimal::new(self.minor, self.currency.digits())
    }

    /// From major units, rounded half away from zero to the currency's minor unit; `None` out of range.
    pub fn from_decimal(amount: Decimal, currency: Currency) -> Option<Self> {
        let scale = Decimal::from(10_i64.pow(currency.digits()));
        let minor = amount
            .checked_mul(scale)?
            .round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)
            .to_i64()?;
        Some(Self { minor, currency })
    }

    /// The digits alone, with the currency's own number of decimals and no grouping: `12.30`.
    pub fn amount(&self) -> String {
        let digits = self.currency.digits() as usize;
        let sign = if self.minor < 0 { "-" } else { "" };
        let all = self.minor.unsigned_abs().to_string();
        if digits == 0 {
            return format!("{sign}{all}");
        }
        let all = format!("{all:0>width$}", width = digits + 1);
        let (whole, fraction) = all.split_at(all.len() - digits);
        format!("{sign}{whole}.{fraction}")
    }
}

/// `€12.30`, `¥500`, `KWD 1.250`: what a page shows.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let amount = self.amount();
        let (sign, digits) = match amount.strip_prefix('-') {
            Some(rest) => ("−", rest),
            None => ("", amount.as_str()),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (digits, None),
        };
        f.write_str(sign)?;
        f.write_str(self.currency.symbol())?;
        if self.currency.symbol().len() == 3 && self.currency.symbol().is_ascii() {
            f.write_str("\u{a0}")?;
        }
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        match fraction {
            Some(fraction) => write!(f, ".{fraction}"),
            None => Ok(()),
        }
    }
}

/// The sum of amounts that are known to share a currency; `None` for an empty list.
impl Sum<Money> for Option<Money> {
    fn sum<I: Iterator<Item = Money>>(mut amounts: I) -> Self {
        let first = amounts.next()?;
        amounts.try_fold(first, Money::checked_add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_each_currency_with_its_own_digits() {
        assert_eq!(Money::new(123_456_789, Currency::EUR).to_string(), "€1,234,567.89");
        assert_eq!(Money::new(5, Currency::USD).to_string(), "$0.05");
        assert_eq!(Money::new(500, Currency::JPY).to_string(), "¥500");
        assert_eq!(Money::new(1250, Currency::KWD).to_string(), "KWD\u{a0}1.250");
        assert_eq!(Money::new(-1230, Currency::EUR).to_string(), "−€12.30");
    }

    #[test]
    fn amount_and_decimal_agree() {
        let money = Money::new(-5, Currency::KWD);
        assert_eq!(money.amount(), "-0.005");
        assert_eq!(Money::from_decimal(money.to_decimal(), Currency::KWD), Some(money));
    }

    #[test]
    fn currencies_do_not_mix() {
        assert_eq!(Money::new(1, Currency::EUR).checked_add(Money::new(1, Currency::USD)), None);
    }
}
