//! Which ways to pay are offered, to whom, and when their money is taken.

use serde::{Deserialize, Serialize};

use crate::{Check, Currency, Money, Result};

/// The way to pay whose money comes with the parcel: such an order is sent before it is paid.
pub const CASH_ON_DELIVERY: &str = "cash_on_delivery";

/// When money that a gateway holds is taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CaptureMode {
    /// With the order.
    #[default]
    AtOnce,
    /// With each parcel what it comes to.
    AtShipping,
    /// When staff say so.
    ByHand,
}

impl CaptureMode {
    pub const ALL: [Self; 3] = [Self::AtOnce, Self::AtShipping, Self::ByHand];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::AtOnce => "at_once",
            Self::AtShipping => "at_shipping",
            Self::ByHand => "by_hand",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == text)
    }
}

/// One way to pay, as it is set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PaymentMethodInput {
    /// `test`, `bank_transfer`, `cash_on_delivery`.
    pub code: String,
    /// Whether shoppers are offered it.
    pub offered: bool,
    /// What shoppers see; up to 60 characters.
    pub name: String,
    /// Up to 300 characters.
    #[serde(default)]
    pub description: String,
    /// ISO 3166-1 alpha-2 of the delivery's address; empty: everywhere.
    #[serde(default)]
    pub countries: Vec<String>,
    /// The smallest amount it is offered for, and the largest; in the shop's currency.
    #[serde(default)]
    pub amount_from: Option<Money>,
    #[serde(default)]
    pub amount_to: Option<Money>,
    /// `at_once` where nothing is held: the money of a transfer comes when it comes.
    #[serde(default)]
    pub capture: CaptureMode,
}

impl PaymentMethodInput {
    /// Whether a shopper with that country and amount may use it. A country that is not known yet stands in nobody's way.
    pub fn fits(&self, amount: Money, country: Option<&str>) -> bool {
        let limit = |limit: Option<Money>| limit.filter(|limit| limit.currency == amount.currency);
        self.offered
            && limit(self.amount_from).is_none_or(|from| amount.minor >= from.minor)
            && limit(self.amount_to).is_none_or(|to| amount.minor <= to.minor)
            && country.is_none_or(|country| {
                self.countries.is_empty() || self.countries.iter().any(|one| one == country)
            })
    }
}

/// Where a transfer goes to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BankAccount {
    pub holder: String,
    /// ISO 13616, with or without blanks.
    pub iban: String,
    /// ISO 9362, or nothing.
    #[serde(default)]
    pub bic: String,
}

impl BankAccount {
    /// In groups of four, as it stands on a statement.
    pub fn iban_in_groups(&self) -> String {
        let plain = plain(&self.iban);
        let groups: Vec<String> =
            plain.chars().collect::<Vec<_>>().chunks(4).map(|four| four.iter().collect()).collect();
        groups.join(" ")
    }
}

/// All of it, in the order in which shoppers are offered it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PaymentSettingsInput {
    /// Each method once. One that is left out is not offered.
    pub methods: Vec<PaymentMethodInput>,
    pub bank: BankAccount,
}

/// What the gateway of a method can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentGateway {
    pub code: String,
    /// It holds money first, so when it is taken can be chosen.
    pub holds: bool,
    /// No real money moves.
    pub is_test: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentSettings {
    /// Every method there is, also those that are not offered.
    pub input: PaymentSettingsInput,
    pub gateways: Vec<PaymentGateway>,
    pub version: i64,
}

fn plain(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>().to_uppercase()
}

/// ISO 7064 MOD 97-10 over the account and then its country and check digits, letters counted from A = 10.
fn iban_holds(iban: &str) -> bool {
    let iban = plain(iban);
    let head = iban.len() >= 4
        && iban.is_ascii()
        && iban[..2].bytes().all(|byte| byte.is_ascii_uppercase())
        && iban[2..4].bytes().all(|byte| byte.is_ascii_digit());
    if !head || !(15..=34).contains(&iban.len()) {
        return false;
    }
    let mut rest = 0_u32;
    for letter in iban[4..].chars().chain(iban[..4].chars()) {
        let Some(value) = letter.to_digit(36) else { return false };
        rest = if value < 10 { rest * 10 + value } else { rest * 100 + value } % 97;
    }
    rest == 1
}

/// Bank, country, place, and perhaps a branch.
fn bic_holds(bic: &str) -> bool {
    let bic = plain(bic);
    matches!(bic.len(), 8 | 11)
        && bic.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && bic.as_bytes()[..6].iter().all(u8::is_ascii_uppercase)
}

impl PaymentSettingsInput {
    /// # Errors
    /// `Invalid` with the fields. The screen asks here too.
    pub fn check(&self, gateways: &[PaymentGateway], currency: Currency) -> Result<()> {
        let mut check = Check::new();
        for (index, method) in self.methods.iter().enumerate() {
            let field = |name: &str| format!("methods[{index}].{name}");
            let gateway = gateways.iter().find(|gateway| gateway.code == method.code);
            let again = self.methods[..index].iter().any(|one| one.code == method.code);
            check
                .that(gateway.is_some(), &field("code"), "invalid", "There is no such way to pay.")
                .that(!again, &field("code"), "taken", "Each way to pay once.")
                .text(&method.name, &field("name"), 60)
                .short(&method.description, &field("description"), 300);
            let codes = method
                .countries
                .iter()
                .all(|code| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()));
            check.that(codes, &field("countries"), "invalid", "Codes of two letters: DE, AT, CH.");
            for (name, amount) in [("amount_from", method.amount_from), ("amount_to", method.amount_to)] {
                let fits = amount.is_none_or(|amount| amount.minor >= 0 && amount.currency == currency);
                check.that(fits, &field(name), "invalid", "An amount in the shop's currency, not below 0.");
            }
            let ordered =
                method.amount_from.zip(method.amount_to).is_none_or(|(from, to)| from.minor <= to.minor);
            check.that(ordered, &field("amount_to"), "out_of_range", "Not below the smallest amount.");
            let holds = gateway.is_none_or(|gateway| gateway.holds);
            let message = "Nothing is held for this way to pay: its money comes when it comes.";
            check.that(holds || method.capture == CaptureMode::AtOnce, &field("capture"), "invalid", message);
        }
        let transfer = self.methods.iter().any(|method| method.code == "bank_transfer" && method.offered);
        let BankAccount { holder, iban, bic } = &self.bank;
        if transfer || !iban.trim().is_empty() {
            check.text(holder, "bank.holder", 70).that(
                iban_holds(iban),
                "bank.iban",
                "invalid",
                "The check digits of this IBAN don't fit: look for a slip.",
            );
        }
        check.short(holder, "bank.holder", 70).that(
            bic.trim().is_empty() || bic_holds(bic),
            "bank.bic",
            "invalid",
            "A BIC has 8 or 11 letters and digits.",
        );
        check.done()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gateways() -> Vec<PaymentGateway> {
        let gateway = |code: &str, holds| PaymentGateway { code: code.into(), holds, is_test: holds };
        vec![gateway("test", true), gateway("bank_transfer", false)]
    }

    fn method(code: &str) -> PaymentMethodInput {
        PaymentMethodInput {
            code: code.into(),
            offered: true,
            name: "A name".into(),
            description: String::new(),
            countries: Vec::new(),
            amount_from: None,
            amount_to: None,
            capture: CaptureMode::AtOnce,
        }
    }

    fn settings(methods: Vec<PaymentMethodInput>) -> PaymentSettingsInput {
        let bank = BankAccount {
            holder: "Souk".into(),
            iban: "DE02 1203 0000 0000 2020 51".into(),
            bic: String::new(),
        };
        PaymentSettingsInput { methods, bank }
    }

    fn faults(settings: &PaymentSettingsInput) -> Vec<String> {
        match settings.check(&gateways(), Currency::EUR) {
            Err(crate::Error::Invalid { fields }) => fields.into_iter().map(|fault| fault.field).collect(),
            Ok(()) => Vec::new(),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn an_iban_is_held_against_its_check_digits() {
        for good in ["DE02120300000000202051", "gb82 west 1234 5698 7654 32", "NO9386011117947"] {
            assert!(iban_holds(good), "{good}");
        }
        for bad in
            ["", "DE", "DE03120300000000202051", "DE0212030000000020205", "DE02 1203 0000 0000 2020 5é"]
        {
            assert!(!iban_holds(bad), "{bad}");
        }
        let account = BankAccount { iban: "de02120300000000202051".into(), ..BankAccount::default() };
        assert_eq!(account.iban_in_groups(), "DE02 1203 0000 0000 2020 51");
        assert!(
            bic_holds("BYLADEM1001")
                && bic_holds("byladem1")
                && !bic_holds("BYLADEM10")
                && !bic_holds("1YLADEM1")
        );
    }

    #[test]
    fn what_is_wrong_is_named_by_its_field() {
        assert_eq!(faults(&settings(vec![method("test"), method("bank_transfer")])), [""; 0]);
        let wrong = PaymentMethodInput {
            name: " ".into(),
            countries: vec!["Germany".into()],
            amount_from: Some(Money::new(500, Currency::EUR)),
            amount_to: Some(Money::new(400, Currency::EUR)),
            capture: CaptureMode::ByHand,
            ..method("bank_transfer")
        };
        let wanted = ["name", "countries", "amount_to", "capture"].map(|field| format!("methods[0].{field}"));
        assert_eq!(faults(&settings(vec![wrong])), wanted);
        assert_eq!(faults(&settings(vec![method("card")])), ["methods[0].code"]);
        assert_eq!(faults(&settings(vec![method("test"), method("test")])), ["methods[1].code"]);
        let other = PaymentMethodInput { amount_to: Some(Money::new(1, Currency::USD)), ..method("test") };
        assert_eq!(faults(&settings(vec![other])), ["methods[0].amount_to"]);
        let no_bank = PaymentSettingsInput { bank: BankAccount::default(), ..settings(vec![method("test")]) };
        assert_eq!(faults(&no_bank), [""; 0]);
        let no_bank = PaymentSettingsInput { methods: vec![method("bank_transfer")], ..no_bank };
        assert_eq!(faults(&no_bank), ["bank.holder", "bank.iban"]);
    }

    #[test]
    fn a_method_is_offered_within_its_limits() {
        let eur = |minor| Money::new(minor, Currency::EUR);
        let limited = PaymentMethodInput {
            countries: vec!["DE".into(), "AT".into()],
            amount_from: Some(eur(1000)),
            amount_to: Some(eur(2000)),
            ..method("test")
        };
        assert!(limited.fits(eur(1000), Some("AT")) && limited.fits(eur(2000), None));
        assert!(!limited.fits(eur(999), Some("DE")) && !limited.fits(eur(2001), Some("DE")));
        assert!(!limited.fits(eur(1500), Some("FR")));
        assert!(!PaymentMethodInput { offered: false, ..method("test") }.fits(eur(1), None));
    }
}
