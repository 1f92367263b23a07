//! Sales over time: four ways to look at it, each a figure with its change and a chart.

use leptos::prelude::*;
use souk_contract::{Interval, SalesBucket, SalesFigures, SalesReport};

use super::rows::Rows;
use crate::{
    admin::{chart, desk::Desk, parts, shell},
    api::admin::analytics::DrawnSales,
    draft::range,
};

const COLUMNS: [&str; 7] = ["Time", "#Orders", "#Sales", "#Before", "#Average", "#New buyers", "#Cancelled"];

pub fn view(desk: Desk, drawn: DrawnSales, rows: Rows) -> AnyView {
    let report = StoredValue::new(drawn.report.clone());
    let drawn = StoredValue::new(drawn);
    let waits = report.with_value(|report| {
        (!report.complete)
            .then(|| shell::hidden("Older orders are still being counted: past figures may grow."))
    });
    let tiles = report.with_value(|report| tiles(desk, report));
    let shown = Memo::new(move |_| desk.param("show").unwrap_or_default());
    let picked = Callback::new(move |index: usize| {
        report.with_value(|report| {
            if let Some(bucket) = report.series.get(index).filter(|bucket| bucket.now.orders > 0) {
                rows.open_bucket(report, bucket);
            }
        });
    });
    let picture = move || {
        let (drawing, label) = drawn.with_value(|drawn| match shown.get().as_str() {
            "orders" => (drawn.orders.clone(), "Orders over time"),
            "average" => (drawn.average.clone(), "Average order over time"),
            "buyers" => (drawn.buyers.clone(), "Orders of new and returning buyers over time"),
            _ => (drawn.sales.clone(), "Sales over time"),
        });
        let days = report.with_value(|report| range::said((report.from, report.until)));
        chart::chart(format!("{label}, {days}. The table below has the figures."), drawing, picked)
    };
    let legend = move || report.with_value(|report| legend(report, &shown.get()));
    let table = move || report.with_value(|report| table(report, rows));
    view! {
        {waits} {tiles} {legend} {picture}
        {chart::figures("The figures as a table", table)}
    }
    .into_any()
}

/// What the chart is asked for, its name, the figure now, how it compares, and before.
type Figure = (&'static str, &'static str, String, Option<String>, Option<String>);

fn tiles(desk: Desk, report: &SalesReport) -> AnyView {
    let (now, before) = (&report.total, report.total_before.as_ref());
    let share = |one: &SalesFigures| range::percent(one.orders - one.new_orders, one.orders);
    let average = |one: &SalesFigures| one.average.map_or_else(|| "–".to_owned(), |money| money.to_string());
    let minor = |one: &SalesFigures| one.average.map_or(0, |money| money.minor);
    let all: [Figure; 4] = [
        (
            "",
            "Sales",
            now.sales.to_string(),
            before.and_then(|before| range::change(now.sales.minor, before.sales.minor)),
            before.map(|before| before.sales.to_string()),
        ),
        (
            "orders",
            "Orders",
            range::grouped(now.orders),
            before.and_then(|before| range::change(now.orders, before.orders)),
            before.map(|before| range::grouped(before.orders)),
        ),
        (
            "average",
            "Average order",
            average(now),
            before.and_then(|before| range::change(minor(now), minor(before))),
            before.map(average),
        ),
        ("buyers", "Returning buyers", share(now), None, before.map(share)),
    ];
    let tile = move |(value, label, figure, change, before): (
        &'static str,
        &'static str,
        String,
        Option<String>,
        Option<String>,
    )| {
        let current = move || (desk.param("show").unwrap_or_default() == value).then_some("true");
        let href = move || desk.address.with(|address| address.with_params(&[("show", value)]));
        view! {
            <li>
                <a class="metric" href=href aria-current=current>
                    <span class="metric__label">{label}</span>
                    <span class="metric__value">{figure}</span>
                    <span class="metric__before">
                        {change.map(|change| view! { <b>{change}</b> })}
                        {before.map(|before| format!(" {before} before"))}
                    </span>
                </a>
            </li>
        }
        .into_any()
    };
    let tiles: Vec<AnyView> = all.into_iter().map(tile).collect();
    view! { <nav aria-label="What the chart shows"><ul class="metrics">{tiles}</ul></nav> }.into_any()
}

/// What the colours mean.
fn legend(report: &SalesReport, shown: &str) -> AnyView {
    if shown == "buyers" {
        return chart::legend(vec![
            ("legend__now", "New buyers".to_owned()),
            ("legend__other", "Returning buyers".to_owned()),
        ]);
    }
    let now = ("legend__now", range::said((report.from, report.until)));
    let before = report.before.map(|days| ("legend__before", range::said(days)));
    chart::legend(std::iter::once(now).chain(before).collect())
}

fn table(report: &SalesReport, rows: Rows) -> AnyView {
    let row = |bucket: &SalesBucket| {
        let (now, name) = (&bucket.now, name(bucket, report.interval));
        let link = if now.orders > 0 {
            let (opened, report) = (bucket.clone(), StoredValue::new(report.clone()));
            let open = move |_| report.with_value(|report| rows.open_bucket(report, &opened));
            view! { <button type="button" class="text-button" on:click=open>{name}</button> }.into_any()
        } else {
            name.into_any()
        };
        let average = now.average.map(|money| money.to_string()).unwrap_or_default();
        let before = bucket.before.as_ref().map(|before| before.sales.to_string()).unwrap_or_default();
        parts::row(
            None,
            link,
            vec![
                ("#Orders", now.orders.into_any()),
                ("#Sales", now.sales.to_string().into_any()),
                ("#Before", before.into_any()),
                ("#Average", average.into_any()),
                ("#New buyers", now.new_orders.into_any()),
                ("#Cancelled", now.cancelled.into_any()),
            ],
        )
    };
    parts::table(
        "Sales over time, each line with its orders",
        &COLUMNS,
        report.series.iter().map(row).collect(),
    )
}

/// A bucket as the chart and the table call it. An hour says of which day.
pub fn name(bucket: &SalesBucket, interval: Interval) -> String {
    let name = range::bucket(bucket.from, bucket.until, interval);
    if interval == Interval::Hour {
        let day = range::bucket(bucket.from, bucket.until, Interval::Day);
        return format!("{day}, {}", bucket.from.datetime().format("%H:%M"));
    }
    name
}
