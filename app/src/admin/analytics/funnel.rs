//! From looking to paying.

use leptos::prelude::*;
use souk_contract::{FunnelBucket, FunnelReport, FunnelSteps};

use super::rows::Rows;
use crate::{
    admin::{chart, desk::Desk, parts},
    api::admin::analytics::Drawing,
    draft::range,
};

const COLUMNS: [&str; 7] = ["Time", "#Views", "#Visitors", "#Carts", "#Checkouts", "#Orders", "#Paid"];
/// The place of orders among the steps.
const ORDERS: usize = 3;

pub fn view(desk: Desk, report: FunnelReport, drawing: Drawing, rows: Rows) -> AnyView {
    let days = range::said((report.from, report.until));
    let label = format!("Steps from looking to paying, {days}. The table below has the figures.");
    let note = match report.counted_since {
        None => Some("Nobody has looked at a product yet, or visits were not counted.".to_owned()),
        Some(since) if since > report.from => {
            Some(format!("Visits are counted since {}.", range::said((since, since))))
        }
        Some(_) => None,
    };
    let now = ("legend__now", days.clone());
    let before = report.before.map(|days| ("legend__line", range::said(days)));
    let legend = chart::legend(std::iter::once(now).chain(before).collect());
    let steps = steps(&report.total);
    let report = StoredValue::new(report);
    let picked = Callback::new(move |index: usize| {
        if index >= ORDERS {
            report.with_value(|report| rows.open_days(desk, report));
        }
    });
    let table = move || report.with_value(table);
    view! {
        {note.map(|note| view! { <p class="muted">{note}</p> })}
        <div class="columns">
            <div class="columns__main">{legend} {chart::chart(label, drawing, picked)}</div>
            <div class="columns__side">{steps}</div>
        </div>
        {chart::figures("The figures as a table", table)}
    }
    .into_any()
}

fn steps(total: &FunnelSteps) -> AnyView {
    let steps = range::steps(total);
    let mut facts: Vec<(&'static str, AnyView)> =
        vec![("Visitors", range::grouped(total.visitors).into_any())];
    for (at, (name, count)) in steps.into_iter().enumerate() {
        let share = match at.checked_sub(1).and_then(|before| steps.get(before)) {
            Some((_, before)) if *before >= count && *before > 0 => {
                format!("{}, {} of the step before", range::grouped(count), range::percent(count, *before))
            }
            _ => range::grouped(count),
        };
        facts.push((name, share.into_any()));
    }
    parts::facts(facts)
}

fn table(report: &FunnelReport) -> AnyView {
    let row = |bucket: &FunnelBucket| {
        let FunnelSteps { views, visitors, carts, checkouts, orders, paid } = bucket.now;
        let counts = [views, visitors, carts, checkouts, orders, paid];
        let cells = COLUMNS[1..].iter().copied().zip(counts.map(|count| count.into_any()));
        let name = range::bucket(bucket.from, bucket.until, report.interval);
        parts::row(None, name.into_any(), cells.collect())
    };
    parts::table("Steps over time", &COLUMNS, report.series.iter().map(row).collect())
}
