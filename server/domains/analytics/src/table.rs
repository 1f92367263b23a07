//! Reports as CSV: a line of headings, amounts as plain numbers, moments in UTC.

use souk_contract::{
    Currency, Error, FunnelReport, FunnelSteps, Money, OrderFact, Result, SalesFigures, SalesReport,
    StockReport, Timestamp, TopRow,
};

/// What a spreadsheet would take for the beginning of a formula.
const RISKY: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A text that people wrote: never a formula.
fn text(words: &str) -> String {
    if words.starts_with(RISKY) { format!("'{words}") } else { words.to_owned() }
}

fn moment(at: Timestamp) -> String {
    at.to_rfc3339().replacen(".000000Z", "Z", 1)
}

fn number(value: Option<i64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn amount(value: Option<Money>) -> String {
    value.map(|money| money.amount()).unwrap_or_default()
}

fn write(headings: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(headings).map_err(Error::internal)?;
    for row in rows {
        writer.write_record(row).map_err(Error::internal)?;
    }
    let bytes = writer.into_inner().map_err(Error::internal)?;
    String::from_utf8(bytes).map_err(Error::internal)
}

pub(crate) fn sales(report: &SalesReport) -> Result<String> {
    let headings = [
        "from",
        "until",
        "currency",
        "orders",
        "sales",
        "refunded",
        "average",
        "pieces",
        "subtotal",
        "discount",
        "shipping",
        "tax",
        "new_orders",
        "new_sales",
        "cancelled",
        "orders_before",
        "sales_before",
    ];
    let row = |from: Timestamp, until: Timestamp, now: &SalesFigures, before: Option<&SalesFigures>| {
        vec![
            moment(from),
            moment(until),
            report.currency.code().to_owned(),
            now.orders.to_string(),
            now.sales.amount(),
            now.refunded.amount(),
            amount(now.average),
            now.pieces.to_string(),
            now.subtotal.amount(),
            now.discount.amount(),
            now.shipping.amount(),
            now.tax.amount(),
            now.new_orders.to_string(),
            now.new_sales.amount(),
            now.cancelled.to_string(),
            number(before.map(|before| before.orders)),
            amount(before.map(|before| before.sales)),
        ]
    };
    let rows = report
        .series
        .iter()
        .map(|bucket| row(bucket.from, bucket.until, &bucket.now, bucket.before.as_ref()));
    write(&headings, rows)
}

pub(crate) fn funnel(report: &FunnelReport) -> Result<String> {
    let headings = ["from", "until", "views", "visitors", "carts", "checkouts", "orders", "paid"];
    let row = |from: Timestamp, until: Timestamp, now: &FunnelSteps| {
        let steps = [now.views, now.visitors, now.carts, now.checkouts, now.orders, now.paid];
        let ends = [moment(from), moment(until)];
        ends.into_iter().chain(steps.map(|step| step.to_string())).collect()
    };
    write(&headings, report.series.iter().map(|bucket| row(bucket.from, bucket.until, &bucket.now)))
}

pub(crate) fn top(rows: &[TopRow]) -> Result<String> {
    let headings = ["key", "title", "currency", "orders", "pieces", "sales", "sales_before"];
    let row = |row: &TopRow| {
        vec![
            text(&row.key),
            text(&row.title),
            row.sales.currency.code().to_owned(),
            row.orders.to_string(),
            row.pieces.to_string(),
            row.sales.amount(),
            amount(row.sales_before),
        ]
    };
    write(&headings, rows.iter().map(row))
}

pub(crate) fn stock(report: &StockReport) -> Result<String> {
    let headings = [
        "variant_id",
        "product_id",
        "title",
        "sku",
        "currency",
        "on_hand",
        "retail",
        "cost",
        "sold_28_days",
        "cover_days",
    ];
    let currency: Currency = report.retail.currency;
    let row = |row: &souk_contract::StockRow| {
        vec![
            row.variant_id.to_string(),
            row.product_id.to_string(),
            text(&row.title),
            text(row.sku.as_deref().unwrap_or_default()),
            currency.code().to_owned(),
            row.on_hand.to_string(),
            row.retail.amount(),
            amount(row.cost),
            row.sold.to_string(),
            number(row.cover_days),
        ]
    };
    write(&headings, report.dearest.iter().map(row))
}

pub(crate) fn orders(rows: &[OrderFact]) -> Result<String> {
    let headings = [
        "id",
        "number",
        "placed_at",
        "currency",
        "pieces",
        "total",
        "amount",
        "refunded",
        "paid",
        "new_buyer",
    ];
    let row = |row: &OrderFact| {
        vec![
            row.id.to_string(),
            row.number.to_string(),
            moment(row.placed_at),
            row.total.currency.code().to_owned(),
            row.pieces.to_string(),
            row.total.amount(),
            row.amount.amount(),
            row.refunded.amount(),
            row.paid.to_string(),
            row.new_buyer.to_string(),
        ]
    };
    write(&headings, rows.iter().map(row))
}

#[cfg(test)]
mod tests {
    use souk_contract::{Currency, Money, TopRow};

    use super::{text, top};

    #[test]
    fn no_cell_is_a_formula_and_no_text_leaves_its_cell() {
        for risky in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(text(risky), format!("'{risky}"));
        }
        assert_eq!(text("Tea = good"), "Tea = good");
        let row = TopRow {
            key: "tea".into(),
            title: "=HYPERLINK(\"https://example.com\"),\nnext".into(),
            product_id: None,
            orders: 1,
            pieces: 2,
            sales: Money::new(-150, Currency::EUR),
            sales_before: None,
        };
        let csv = top(&[row]).expect("a table");
        let expected = "key,title,currency,orders,pieces,sales,sales_before\n\
                        tea,\"'=HYPERLINK(\"\"https://example.com\"\"),\nnext\",EUR,1,2,-1.50,\n";
        assert_eq!(csv, expected);
    }
}
