//! What the merchant says of the shop itself: its name, where to write to, what it promises, and who sells.

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Check, Ctx, Currency, Event, Money, Result, Seller, is_email};

const MOST_LINES: usize = 8;

/// Of papers that are sheets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaperSize {
    /// 210 × 297 mm.
    A4,
    /// 8.5 × 11 inches.
    Letter,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
// A browser reads it only in answers, and its bytes are counted.
#[cfg_attr(not(target_arch = "wasm32"), serde(deny_unknown_fields))]
pub struct ShopSettingsInput {
    /// As shoppers see it; up to 60 characters.
    pub name: String,
    /// Where shoppers write to. Mails come from it where `mail.from` names no sender, and answers go to it.
    pub email: String,
    /// Beside it; may be empty.
    pub phone: String,
    /// Days in which something may be sent back: what pages promise. 0: no promise.
    pub returns_days: u32,
    /// The sum from which delivery is free, in the shop's currency: what pages promise. The prices themselves are the
    /// shipping methods'.
    pub free_shipping_over: Option<Money>,
    /// So many pieces or fewer are shown as "only a few left".
    pub low_stock: i64,
    /// A name of the IANA database: when a promotion's happy hour begins.
    pub time_zone: String,
    /// Who sells, as the law wants it on papers; empty: the shop's name.
    pub seller_name: String,
    /// One line each, at most 8.
    pub seller_address: Vec<String>,
    /// VAT identification number, or another tax number; may be empty.
    pub tax_id: String,
    /// Before the numbers of invoices, which have no gaps. It does not end with a digit, and credit notes never had it.
    pub invoice_prefix: String,
    pub credit_note_prefix: String,
    /// None: what is in the printers of the shop's country.
    pub paper_size: Option<PaperSize>,
}

impl ShopSettingsInput {
    /// Who sells, as it stands on papers.
    pub fn seller(&self) -> Seller {
        let own = !self.seller_name.is_empty();
        Seller {
            name: if own { &self.seller_name } else { &self.name }.clone(),
            address: self.seller_address.clone(),
            tax_id: self.tax_id.clone(),
            email: self.email.clone(),
        }
    }

    /// # Errors
    /// `Invalid` with the fields.
    pub fn check(&self, currency: Currency) -> Result<()> {
        let mut check = Check::new();
        let lines = self.seller_address.iter().enumerate();
        let lines: Vec<_> = lines.map(|(index, line)| (format!("seller_address[{index}]"), line)).collect();
        let texts = [
            ("name", &self.name),
            ("phone", &self.phone),
            ("seller_name", &self.seller_name),
            ("tax_id", &self.tax_id),
            ("invoice_prefix", &self.invoice_prefix),
            ("credit_note_prefix", &self.credit_note_prefix),
        ];
        let texts = texts.into_iter().chain(lines.iter().map(|(field, line)| (field.as_str(), *line)));
        for (field, text) in texts {
            check.that(is_plain(text), field, "invalid", "One line, without control characters.");
        }
        check
            .text(&self.name, "name", 60)
            .that(is_email(&self.email), "email", "invalid", "A mail address such as hello@example.com.")
            .that(is_phone(&self.phone), "phone", "invalid", "A number such as +49 30 1234567, or nothing.")
            .that(self.returns_days <= 3650, "returns_days", "out_of_range", "0 to 3,650 days.")
            .that(
                self.free_shipping_over.is_none_or(|amount| amount.minor > 0 && amount.currency == currency),
                "free_shipping_over",
                "invalid",
                "An amount above 0 in the shop's currency, or nothing.",
            )
            .that(
                (0..=1_000_000).contains(&self.low_stock),
                "low_stock",
                "out_of_range",
                "0 to 1,000,000 pieces.",
            )
            .short(&self.seller_name, "seller_name", 100)
            .that(lines.len() <= MOST_LINES, "seller_address", "too_long", "At most 8 lines.")
            .short(&self.tax_id, "tax_id", 40)
            .short(&self.invoice_prefix, "invoice_prefix", 20)
            .short(&self.credit_note_prefix, "credit_note_prefix", 20);
        for (field, line) in &lines {
            check.short(line, field, 100);
        }
        check.done()
    }
}

/// Nothing that breaks a line, and nothing that turns the direction of what follows.
fn is_plain(text: &str) -> bool {
    !text.chars().any(|c| {
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    })
}

fn is_phone(text: &str) -> bool {
    let known = text.chars().all(|c| c.is_ascii_digit() || " +()-./".contains(c));
    let digits = text.chars().filter(char::is_ascii_digit).count();
    // ITU-T E.164 allows 15 digits; blanks between them are the writer's.
    text.is_empty() || (known && (3..=15).contains(&digits) && text.len() <= 30)
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShopSettings {
    pub version: i64,
    pub input: ShopSettingsInput,
}

#[async_trait]
pub trait Shopkeeping: Send + Sync {
    /// What is in force. It asks no database: a change holds at once in the process that wrote it, and within seconds
    /// in others.
    fn current(&self) -> Arc<ShopSettings>;

    // Staff
    async fn settings(&self, ctx: &Ctx) -> Result<ShopSettings>;
    /// Papers that were issued stay as they are. `Conflict stale_version`.
    async fn write_settings(
        &self,
        ctx: &Ctx,
        input: ShopSettingsInput,
        if_version: Option<i64>,
    ) -> Result<ShopSettings>;
}

/// So many pieces or fewer are few from now on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LowStockChanged {
    pub low_stock: i64,
    /// Of the settings: an older one that arrives late changes nothing.
    pub version: i64,
}

impl Event for LowStockChanged {
    const KIND: &'static str = "shop.low_stock_changed";
    fn key(&self) -> Uuid {
        Uuid::nil()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> ShopSettingsInput {
        ShopSettingsInput {
            name: "Tern".into(),
            email: "hello@tern.example".into(),
            phone: String::new(),
            returns_days: 30,
            free_shipping_over: None,
            low_stock: 5,
            time_zone: "Europe/Berlin".into(),
            seller_name: String::new(),
            seller_address: vec!["Quay 7".into(), "20457 Hamburg".into()],
            tax_id: String::new(),
            invoice_prefix: "INV-".into(),
            credit_note_prefix: "CN-".into(),
            paper_size: None,
        }
    }

    fn faults(input: &ShopSettingsInput) -> Vec<String> {
        match input.check(Currency::EUR) {
            Err(crate::Error::Invalid { fields }) => fields.into_iter().map(|fault| fault.field).collect(),
            Ok(()) => Vec::new(),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn what_is_wrong_is_named_by_its_field() {
        assert_eq!(faults(&settings()), [""; 0]);
        let wrong = ShopSettingsInput {
            name: "Tern\r\nBcc: all@example.com".into(),
            email: "tern".into(),
            phone: "call me".into(),
            returns_days: 3651,
            free_shipping_over: Some(Money::new(0, Currency::EUR)),
            low_stock: -1,
            seller_name: "x".repeat(101),
            seller_address: vec!["Quay \u{202e}7".into()],
            tax_id: "x".repeat(41),
            invoice_prefix: "x".repeat(21),
            credit_note_prefix: "A\tB".into(),
            ..settings()
        };
        let wanted = [
            "name",
            "credit_note_prefix",
            "seller_address[0]",
            "email",
            "phone",
            "returns_days",
            "free_shipping_over",
            "low_stock",
            "seller_name",
            "tax_id",
            "invoice_prefix",
        ];
        assert_eq!(faults(&wrong), wanted);
        assert_eq!(faults(&ShopSettingsInput { name: " ".into(), ..settings() }), ["name"]);
        assert_eq!(faults(&ShopSettingsInput { name: "x".repeat(61), ..settings() }), ["name"]);
        let other = Some(Money::new(100, Currency::USD));
        assert_eq!(
            faults(&ShopSettingsInput { free_shipping_over: other, ..settings() }),
            ["free_shipping_over"]
        );
        let many = vec!["a line".to_owned(); 9];
        assert_eq!(faults(&ShopSettingsInput { seller_address: many, ..settings() }), ["seller_address"]);
    }

    #[test]
    fn phones_are_written_in_many_ways() {
        for good in ["", "+49 30 1234567", "(030) 123-45.67", "112"] {
            assert!(is_phone(good), "{good}");
        }
        for bad in ["x", "+", "1234567890123456", "030 <b>", "tel:112"] {
            assert!(!is_phone(bad), "{bad}");
        }
    }

    #[test]
    fn the_shop_sells_where_nobody_else_does() {
        assert_eq!(settings().seller().name, "Tern");
        assert_eq!(
            ShopSettingsInput { seller_name: "Tern GmbH".into(), ..settings() }.seller().name,
            "Tern GmbH"
        );
    }
}
