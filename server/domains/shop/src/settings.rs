//! What may be said of a shop, beyond what each field says of itself. Pure functions.

use souk_contract::{AuditChange, Check, DocumentKind, Money, Result, ShopSettings, ShopSettingsInput};
use souk_kernel::{
    Zone,
    audit::{change, changes},
    db::{Json, Text},
    record,
};

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct SettingsRow {
        pub content: Json<ShopSettingsInput>,
        pub version: i64,
    }
}

impl From<SettingsRow> for ShopSettings {
    fn from(row: SettingsRow) -> Self {
        Self { version: row.version, input: row.content.0 }
    }
}

record! {
    /// Which papers had a prefix first.
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct PrefixRow {
        pub prefix: String,
        pub kind: Text<DocumentKind>,
    }
}

/// The prefixes as they are kept: letters' case tells no papers apart.
pub(crate) fn prefixes(input: &ShopSettingsInput) -> [PrefixRow; 2] {
    let row = |prefix: &str, kind| PrefixRow { prefix: prefix.to_lowercase(), kind: Text(kind) };
    [
        row(&input.invoice_prefix, DocumentKind::Invoice),
        row(&input.credit_note_prefix, DocumentKind::CreditNote),
    ]
}

/// Without what typing leaves behind. A prefix may end with a blank.
pub(crate) fn trimmed(input: ShopSettingsInput) -> ShopSettingsInput {
    let text = |text: String| text.trim().to_owned();
    let lines = input.seller_address.into_iter().map(text);
    ShopSettingsInput {
        name: text(input.name),
        email: text(input.email),
        phone: text(input.phone),
        time_zone: text(input.time_zone),
        seller_name: text(input.seller_name),
        seller_address: lines.filter(|line| !line.is_empty()).collect(),
        tax_id: text(input.tax_id),
        ..input
    }
}

/// For the audit log: amounts and addresses as people read them.
pub(crate) fn differences(old: &ShopSettingsInput, new: &ShopSettingsInput) -> Vec<AuditChange> {
    let texts = |input: &ShopSettingsInput| ShopSettingsInput {
        free_shipping_over: None,
        seller_address: Vec::new(),
        ..input.clone()
    };
    let mut all = changes(Some(&texts(old)), Some(&texts(new)));
    if old.free_shipping_over != new.free_shipping_over {
        let text = |amount: Option<Money>| amount.map(|amount| amount.to_string());
        all.push(change("free_shipping_over", text(old.free_shipping_over), text(new.free_shipping_over)));
    }
    if old.seller_address != new.seller_address {
        let [from, to] = [old, new].map(|input| input.seller_address.join(", "));
        all.push(change("seller_address", from, to));
    }
    all
}

/// `old`: what stands there, which may have come from a configuration that was asked less. `known`: who had a prefix first.
pub(crate) fn check(input: &ShopSettingsInput, old: &ShopSettingsInput, known: &[PrefixRow]) -> Result<()> {
    let mut check = Check::new();
    let zone = input.time_zone == old.time_zone || Zone::parse(&input.time_zone).is_some();
    check.that(zone, "time_zone", "invalid", "The name of a time zone such as Europe/Berlin.");
    let fields = ["invoice_prefix", "credit_note_prefix"];
    let (wanted, had) = (prefixes(input), prefixes(old));
    for ((field, prefix), had) in fields.into_iter().zip(&wanted).zip(&had) {
        if prefix == had {
            continue;
        }
        let digit = prefix.prefix.chars().next_back().is_some_and(char::is_numeric);
        check.that(!digit, field, "invalid", "It can't end with a digit: numbers follow it.");
        let others =
            known.iter().chain(&wanted).any(|one| one.prefix == prefix.prefix && one.kind.0 != prefix.kind.0);
        let message = match prefix.kind.0 {
            DocumentKind::Invoice => "Credit notes have or had this: two papers would be called alike.",
            DocumentKind::CreditNote => "Invoices have or had this: two papers would be called alike.",
        };
        check.that(!others, field, "taken", message);
    }
    check.done()
}
