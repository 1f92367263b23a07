//! Money as Stripe counts it: in minor units, but not always in those of ISO 4217.
//!
//! Source: docs.stripe.com/currencies, "Minor units in API amounts", "Zero-decimal currencies", "Special cases"; that
//! of three decimals from its edition of 2022, which says more than the newer ones.

use souk_contract::{Currency, Money};

/// Why an amount can't be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotChargeable {
    #[error("nothing to take")]
    NotPositive,
    /// Stripe's pages don't say how it is counted, and a guess could be wrong by a factor of ten.
    #[error("Stripe does not say how it counts {0}")]
    Currency(Currency),
    #[error("{} {} is finer than Stripe takes it", .0.amount(), .0.currency)]
    TooFine(Money),
    #[error("{} {} is too large", .0.amount(), .0.currency)]
    TooLarge(Money),
}

/// How Stripe counts a currency.
struct Rule {
    /// Digits after the point.
    digits: u32,
    /// Every amount is a multiple of it.
    step: i64,
}

fn rule(currency: Currency) -> Result<Rule, NotChargeable> {
    let (digits, step) = match currency.code() {
        // MGA has two digits in ISO 4217 and none here.
        "BIF" | "CLP" | "DJF" | "GNF" | "JPY" | "KMF" | "KRW" | "MGA" | "PYG" | "RWF" | "VND" | "VUV"
        | "XAF" | "XOF" | "XPF" => (0, 1),
        // Have no minor unit any more, yet are still counted in hundredths, which are always 00.
        "ISK" | "UGX" => (2, 100),
        // The last of their three digits is always 0.
        "BHD" | "JOD" | "KWD" | "OMR" | "TND" => (3, 10),
        _ if currency.digits() == 2 => (2, 1),
        _ => return Err(NotChargeable::Currency(currency)),
    };
    Ok(Rule { digits, step })
}

/// What to send for an amount: never rounded, for what is taken is what the order says.
///
/// # Errors
/// Where Stripe could not take exactly this. Its smallest and largest amounts depend on the account: Stripe says so.
pub fn to_stripe(money: Money) -> Result<i64, NotChargeable> {
    if money.minor <= 0 {
        return Err(NotChargeable::NotPositive);
    }
    let rule = rule(money.currency)?;
    let ours = money.currency.digits();
    let amount = if rule.digits >= ours {
        money.minor.checked_mul(10_i64.pow(rule.digits - ours)).ok_or(NotChargeable::TooLarge(money))?
    } else {
        let unit = 10_i64.pow(ours - rule.digits);
        if money.minor % unit != 0 {
            return Err(NotChargeable::TooFine(money));
        }
        money.minor / unit
    };
    if amount % rule.step == 0 { Ok(amount) } else { Err(NotChargeable::TooFine(money)) }
}

/// The money that an amount of Stripe's stands for.
///
/// # Errors
/// Where it is none of this currency's.
pub fn from_stripe(amount: i64, currency: Currency) -> Result<Money, NotChargeable> {
    let rule = rule(currency)?;
    let ours = currency.digits();
    let as_it_is = Money::new(amount, currency);
    if rule.digits <= ours {
        let minor = amount.checked_mul(10_i64.pow(ours - rule.digits));
        return minor.map(|minor| Money::new(minor, currency)).ok_or(NotChargeable::TooLarge(as_it_is));
    }
    let unit = 10_i64.pow(rule.digits - ours);
    if amount % unit != 0 {
        return Err(NotChargeable::TooFine(as_it_is));
    }
    Ok(Money::new(amount / unit, currency))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every currency of Stripe's page of presentment currencies, by how it is counted.
    const HUNDREDTHS: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BWP \
        BYN BZD CAD CDF CHF CNY COP CRC CVE CZK DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD \
        HNL HTG HUF IDR ILS INR JMD KES KGS KHR KYD KZT LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR \
        MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SEK SGD \
        SHP SLE SOS SRD STD SZL THB TJS TOP TRY TTD TWD TZS UAH USD UYU UZS WST XCD YER ZAR ZMW";
    const WHOLE: &str = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF";
    const WHOLE_IN_HUNDREDTHS: &str = "ISK UGX";
    const THOUSANDTHS: &str = "BHD JOD KWD OMR TND";

    fn currency(code: &str) -> Currency {
        code.parse().expect("three letters")
    }

    fn units(count: i64, code: &str) -> Money {
        let currency = currency(code);
        Money::new(count * 10_i64.pow(currency.digits()), currency)
    }

    #[test]
    fn seven_of_every_currency_come_back_as_they_went() {
        let tables = [(HUNDREDTHS, 700), (WHOLE, 7), (WHOLE_IN_HUNDREDTHS, 700), (THOUSANDTHS, 7000)];
        let mut seen = 0;
        for (codes, expected) in tables {
            for code in codes.split_whitespace() {
                let money = units(7, code);
                assert_eq!(to_stripe(money), Ok(expected), "{code}");
                assert_eq!(from_stripe(expected, money.currency), Ok(money), "{code}");
                assert_eq!(from_stripe(0, money.currency), Ok(Money::zero(money.currency)), "{code}");
                seen += 1;
            }
        }
        assert_eq!(seen, 139);
    }

    #[test]
    fn the_smallest_step_of_each_kind_is_taken_and_nothing_finer() {
        // Minor units of ours that are one step of Stripe's, and that step.
        let steps = [
            ("EUR", 1, 1),
            ("JPY", 1, 1),
            ("ISK", 1, 100),
            ("UGX", 1, 100),
            ("MGA", 100, 1),
            ("KWD", 10, 10),
            ("TND", 10, 10),
        ];
        for (code, ours, theirs) in steps {
            let money = Money::new(ours, currency(code));
            assert_eq!(to_stripe(money), Ok(theirs), "{code}");
            assert_eq!(from_stripe(theirs, money.currency), Ok(money), "{code}");
            if ours > 1 {
                let finer = Money::new(ours + 1, money.currency);
                assert_eq!(to_stripe(finer), Err(NotChargeable::TooFine(finer)), "{code}");
            }
        }
        assert!(matches!(from_stripe(550, currency("ISK")), Err(NotChargeable::TooFine(_))));
    }

    #[test]
    fn what_nobody_says_how_to_count_is_refused() {
        for code in ["IQD", "LYD", "CLF", "UYI", "UYW"] {
            let money = units(7, code);
            assert_eq!(to_stripe(money), Err(NotChargeable::Currency(money.currency)), "{code}");
            assert!(from_stripe(7, money.currency).is_err(), "{code}");
        }
    }

    #[test]
    fn nothing_less_than_nothing_and_too_much_are_refused() {
        for minor in [0, -1] {
            let money = Money::new(minor, Currency::EUR);
            assert_eq!(to_stripe(money), Err(NotChargeable::NotPositive));
        }
        let most = Money::new(i64::MAX, currency("ISK"));
        assert_eq!(to_stripe(most), Err(NotChargeable::TooLarge(most)));
        assert!(matches!(from_stripe(i64::MAX, currency("MGA")), Err(NotChargeable::TooLarge(_))));
        assert_eq!(
            to_stripe(Money::new(1255, Currency::KWD)).expect_err("too fine").to_string(),
            "1.255 KWD is finer than Stripe takes it"
        );
    }
}
