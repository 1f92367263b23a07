//! Customers as CSV: a line of headings, amounts as plain numbers, moments in UTC.

use souk_contract::{CustomerSummary, Error, Result, Timestamp};

/// What a spreadsheet would take for the beginning of a formula.
const RISKY: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];
const HEADINGS: [&str; 13] = [
    "id",
    "email",
    "name",
    "phone",
    "country",
    "account",
    "marketing",
    "tags",
    "orders",
    "spent",
    "currency",
    "first_order",
    "last_order",
];

/// A text that people wrote: never a formula.
fn text(words: &str) -> String {
    if words.starts_with(RISKY) { format!("'{words}") } else { words.to_owned() }
}

fn moment(at: Option<Timestamp>) -> String {
    at.map(|at| at.to_rfc3339().replacen(".000000Z", "Z", 1)).unwrap_or_default()
}

pub(crate) fn customers(rows: &[CustomerSummary]) -> Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADINGS).map_err(Error::internal)?;
    for row in rows {
        let cells = [
            row.id.to_string(),
            text(&row.email),
            text(&row.name),
            text(&row.phone),
            text(&row.country),
            row.has_account.to_string(),
            row.consent.as_str().to_owned(),
            text(&row.tags.join(", ")),
            row.orders.to_string(),
            row.spent.amount(),
            row.spent.currency.code().to_owned(),
            moment(row.first_order_at),
            moment(row.last_order_at),
        ];
        writer.write_record(cells).map_err(Error::internal)?;
    }
    let bytes = writer.into_inner().map_err(Error::internal)?;
    String::from_utf8(bytes).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use souk_contract::{Consent, Currency, Money, ProfileId};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_no_text_leaves_its_cell() {
        let row = CustomerSummary {
            id: ProfileId::new(Uuid::nil()),
            email: "=1+1@example.com".into(),
            name: "@SUM(A1),\n\"x\"".into(),
            phone: "+49 170".into(),
            country: "DE".into(),
            has_account: true,
            consent: Consent::Granted,
            tags: vec!["-1".into(), "b".into()],
            orders: 2,
            spent: Money::new(-150, Currency::EUR),
            first_order_at: None,
            last_order_at: None,
            version: 1,
        };
        let csv = customers(&[row]).expect("a table");
        let (_, line) = csv.split_once('\n').expect("a line");
        assert_eq!(
            line,
            "00000000-0000-0000-0000-000000000000,'=1+1@example.com,\"'@SUM(A1),\n\"\"x\"\"\",'+49 170,DE,true,granted,\
             \"'-1, b\",2,-1.50,EUR,,\n"
        );
    }
}
