//! Invoices and credit notes: numbered without gaps, and never changed once issued.

use serde::{Deserialize, Serialize};

use crate::{Address, Currency, DocumentId, Money, OrderId, RefundId, TaxExemption, Timestamp, percent};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    Invoice,
    /// Takes a part of an invoice back.
    CreditNote,
}

impl DocumentKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::CreditNote => "credit_note",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Invoice, Self::CreditNote].into_iter().find(|kind| kind.as_str() == text)
    }

    /// As it stands on the paper.
    pub fn title(self) -> &'static str {
        match self {
            Self::Invoice => "Invoice",
            Self::CreditNote => "Credit note",
        }
    }
}

/// Who sells, as the law wants it on an invoice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Seller {
    pub name: String,
    /// One line each.
    pub address: Vec<String>,
    /// VAT identification number, or another tax number.
    pub tax_id: String,
    pub email: String,
}

/// An invoice or a credit note as it was issued. Amounts of a credit note are positive: they go back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Document {
    pub id: DocumentId,
    pub kind: DocumentKind,
    /// 1, 2, 3 … of its kind, without gaps.
    pub number: i64,
    /// With the shop's prefix: `INV-00042`.
    pub name: String,
    pub order_id: OrderId,
    pub order_number: i64,
    /// Of a credit note.
    pub refund_id: Option<RefundId>,
    /// The invoice that a credit note takes a part back of.
    pub corrects: Option<String>,
    pub issued_at: Timestamp,
    pub ordered_at: Timestamp,
    pub seller: Seller,
    pub buyer: Option<Address>,
    pub email: String,
    pub ship_to: Option<Address>,
    pub lines: Vec<DocumentLine>,
    /// Delivery, and on a credit note an amount for no line: words and amount.
    pub extras: Vec<(String, Money)>,
    /// Whether prices contain the tax.
    pub tax_inclusive: bool,
    /// One entry per tax and rate.
    pub taxes: Vec<DocumentTax>,
    /// Why none was taken.
    #[serde(default)]
    pub tax_exempt: Option<TaxExemption>,
    pub total: Money,
    /// How it was paid, or why it goes back.
    pub remark: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DocumentLine {
    pub title: String,
    /// The chosen options; may be empty.
    pub options: String,
    pub sku: Option<String>,
    /// Pieces.
    pub quantity: i64,
    pub unit_price: Money,
    pub discount: Money,
    /// After the discount; with the tax where prices contain it.
    pub total: Money,
    /// Millionths; 190,000 is 19 %. Papers from before have `tax_basis_points` alone.
    #[serde(default)]
    pub tax_rates: Vec<u32>,
    /// The rates' sum in hundredths of a percent: 1900 is 19 %.
    pub tax_basis_points: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DocumentTax {
    /// "VAT"; empty where no tax is taken.
    #[serde(default)]
    pub name: String,
    /// 190,000 is 19 %. None: a paper from before, which has `basis_points` alone.
    #[serde(default)]
    pub millionths: Option<u32>,
    /// Hundredths of a percent.
    pub basis_points: i64,
    /// What the tax is on, without it.
    pub net: Money,
    pub tax: Money,
}

impl DocumentLine {
    /// `19 %`, `5 % + 9.975 %`
    pub fn tax_words(&self) -> String {
        match self.tax_rates.as_slice() {
            [] => percent_of_points(self.tax_basis_points),
            rates => rates.iter().map(|rate| percent(*rate)).collect::<Vec<_>>().join(" + "),
        }
    }
}

impl DocumentTax {
    /// `VAT 19 %`
    pub fn words(&self) -> String {
        let name = if self.name.is_empty() { "Tax" } else { &self.name };
        let rate = self.millionths.map_or_else(|| percent_of_points(self.basis_points), percent);
        format!("{name} {rate}")
    }
}

fn percent_of_points(points: i64) -> String {
    percent(u32::try_from(points.saturating_mul(100)).unwrap_or_default())
}

impl Document {
    pub fn currency(&self) -> Currency {
        self.total.currency
    }
}
