//! From sums to reports: pure functions.

use souk_contract::{
    Currency, FunnelBucket, FunnelReport, FunnelSteps, Money, Result, SalesBucket, SalesFigures, SalesReport,
};

use crate::{
    figures::{DayVisits, Sums},
    period::{Cut, Span},
};

const HOURS: i64 = 24;

/// Orders of a currency, with nothing counted yet.
fn nothing(currency: Currency) -> SalesFigures {
    let zero = Money::zero(currency);
    SalesFigures {
        orders: 0,
        sales: zero,
        refunded: zero,
        average: None,
        pieces: 0,
        subtotal: zero,
        discount: zero,
        shipping: zero,
        tax: zero,
        new_orders: 0,
        new_sales: zero,
        cancelled: 0,
    }
}

fn add(figures: &mut SalesFigures, sums: &Sums) {
    if sums.cancelled {
        figures.cancelled += sums.orders;
        return;
    }
    figures.orders += sums.orders;
    figures.pieces += sums.pieces;
    figures.new_orders += sums.new_orders;
    let amounts = [
        (&mut figures.sales, sums.total),
        (&mut figures.refunded, sums.refunded),
        (&mut figures.subtotal, sums.subtotal),
        (&mut figures.discount, sums.discount),
        (&mut figures.shipping, sums.shipping),
        (&mut figures.tax, sums.tax),
        (&mut figures.new_sales, sums.new_total),
    ];
    for (amount, minor) in amounts {
        amount.minor += minor;
    }
}

/// Half away from zero, as everywhere with money.
fn average(figures: &SalesFigures) -> Option<Money> {
    let (sales, orders) = (i128::from(figures.sales.minor), i128::from(figures.orders));
    if orders == 0 {
        return None;
    }
    let rounded = (2 * sales + orders * sales.signum()) / (2 * orders);
    Some(Money::new(i64::try_from(rounded).ok()?, figures.sales.currency))
}

/// Each bucket of a span, and all together.
fn fold_sales(cut: &Cut, span: Span, currency: Currency, rows: &[Sums]) -> (Vec<SalesFigures>, SalesFigures) {
    let mut series = vec![nothing(currency); cut.buckets()];
    let mut total = nothing(currency);
    for row in rows {
        if let Some(figures) = series.get_mut(cut.bucket(span, row.at)) {
            add(figures, row);
        }
        add(&mut total, row);
    }
    for figures in series.iter_mut().chain([&mut total]) {
        figures.average = average(figures);
    }
    (series, total)
}

/// What a sales report is made of.
pub(crate) struct SalesRows {
    pub currency: Currency,
    pub currencies: Vec<Currency>,
    pub now: Vec<Sums>,
    /// Where something is compared.
    pub before: Option<Vec<Sums>>,
    pub complete: bool,
}

pub(crate) fn sales(cut: &Cut, rows: SalesRows) -> Result<SalesReport> {
    let (series, total) = fold_sales(cut, cut.span, rows.currency, &rows.now);
    let before = match (cut.before, &rows.before) {
        (Some(span), Some(before)) => Some((span, fold_sales(cut, span, rows.currency, before))),
        _ => None,
    };
    let (from, until) = cut.span.dates()?;
    let mut buckets = Vec::with_capacity(series.len());
    for (at, now) in series.into_iter().enumerate() {
        let (from, until) = cut.moments(at)?;
        let before = before.as_ref().and_then(|(_, (series, _))| series.get(at).copied());
        buckets.push(SalesBucket { from, until, now, before });
    }
    Ok(SalesReport {
        from,
        until,
        before: before.as_ref().map(|(span, _)| span.dates()).transpose()?,
        interval: cut.interval,
        currency: rows.currency,
        currencies: rows.currencies,
        total,
        total_before: before.map(|(_, (_, total))| total),
        series: buckets,
        complete: rows.complete,
    })
}

/// Visits and orders of a span: day, orders, of these paid.
pub(crate) type Days = (Vec<DayVisits>, Vec<(i64, i64, i64)>);

fn fold_steps(cut: &Cut, span: Span, (visits, orders): &Days) -> (Vec<FunnelSteps>, FunnelSteps) {
    let mut series = vec![FunnelSteps::default(); cut.buckets()];
    let mut total = FunnelSteps::default();
    let mut add = |day: i64, steps: FunnelSteps| {
        let bucket = series.get_mut(cut.bucket(span, day * HOURS));
        for sum in bucket.into_iter().chain([&mut total]) {
            sum.views += steps.views;
            sum.visitors += steps.visitors;
            sum.carts += steps.carts;
            sum.checkouts += steps.checkouts;
            sum.orders += steps.orders;
            sum.paid += steps.paid;
        }
    };
    for DayVisits { day, views, visitors, carts, checkouts } in visits.iter().copied() {
        add(day, FunnelSteps { views, visitors, carts, checkouts, ..FunnelSteps::default() });
    }
    for (day, orders, paid) in orders.iter().copied() {
        add(day, FunnelSteps { orders, paid, ..FunnelSteps::default() });
    }
    (series, total)
}

pub(crate) fn funnel(
    cut: &Cut,
    now: &Days,
    before: Option<&Days>,
    counted_since: Option<chrono::NaiveDate>,
) -> Result<FunnelReport> {
    let (series, total) = fold_steps(cut, cut.span, now);
    let before = match (cut.before, before) {
        (Some(span), Some(days)) => Some((span, fold_steps(cut, span, days))),
        _ => None,
    };
    let (from, until) = cut.span.dates()?;
    let mut buckets = Vec::with_capacity(series.len());
    for (at, now) in series.into_iter().enumerate() {
        let (from, until) = cut.moments(at)?;
        let before = before.as_ref().and_then(|(_, (series, _))| series.get(at).copied());
        buckets.push(FunnelBucket { from, until, now, before });
    }
    Ok(FunnelReport {
        from,
        until,
        before: before.as_ref().map(|(span, _)| span.dates()).transpose()?,
        interval: cut.interval,
        total,
        total_before: before.map(|(_, (_, total))| total),
        series: buckets,
        counted_since,
    })
}

#[cfg(test)]
mod tests {
    use souk_contract::{CompareTo, Interval, ReportQuery};

    use super::*;

    #[test]
    fn averages_are_rounded_half_away_from_zero() {
        let of = |sales: i64, orders: i64| {
            let figures =
                SalesFigures { orders, sales: Money::new(sales, Currency::EUR), ..nothing(Currency::EUR) };
            average(&figures).map(|money| money.minor)
        };
        assert_eq!([of(10, 4), of(9, 4), of(-10, 4), of(0, 3)], [Some(3), Some(2), Some(-3), Some(0)]);
        assert_eq!(of(0, 0), None);
    }

    #[test]
    fn empty_buckets_are_there_and_cancelled_orders_count_nowhere_else() {
        let query = ReportQuery {
            from: "2026-05-01".parse().expect("a day"),
            until: "2026-05-03".parse().expect("a day"),
            interval: None,
            compare_to: Some(CompareTo::PreviousPeriod),
            currency: None,
        };
        let cut = Cut::of(&query, Interval::Hour).expect("a cut");
        let sums = |day: i64, cancelled| Sums {
            at: (cut.span.from + day) * HOURS,
            cancelled,
            orders: 2,
            total: 501,
            pieces: 3,
            ..Sums::default()
        };
        let rows = SalesRows {
            currency: Currency::EUR,
            currencies: vec![Currency::EUR],
            now: vec![sums(0, true), sums(2, false)],
            before: Some(vec![sums(-2, false)]),
            complete: true,
        };
        let report = sales(&cut, rows).expect("a report");
        let orders: Vec<(i64, i64)> =
            report.series.iter().map(|bucket| (bucket.now.orders, bucket.now.cancelled)).collect();
        assert_eq!(orders, [(0, 2), (0, 0), (2, 0)]);
        assert_eq!(
            (report.total.sales.minor, report.total.average.map(|money| money.minor)),
            (501, Some(251))
        );
        let before: Vec<i64> =
            report.series.iter().filter_map(|bucket| Some(bucket.before?.orders)).collect();
        assert_eq!(before, [0, 2, 0]);
        assert_eq!(report.total_before.map(|total| total.pieces), Some(3));
    }
}
