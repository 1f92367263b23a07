//! Reports: sales over time, what sells, how far people get, what lies on the shelf.

mod funnel;
mod period;
mod rows;
mod sales;
mod shelf;
mod top;

use leptos::{prelude::*, task::spawn_local};
use souk_contract::{Export, TopBy};

use super::{chart, desk::Desk, load::Source, parts, place::Place, table_file};
use crate::{api::admin::analytics, draft::range};
use rows::Rows;

pub fn view(desk: Desk) -> AnyView {
    let query = Memo::new(move |_| period::query(desk));
    let rows = Rows::new(desk);
    let sales = Source::new(desk, move || analytics::sales(query.get())).is_main();
    let steps = Source::new(desk, move || analytics::funnel(query.get()));
    let stock = Source::new(desk, analytics::stock);
    let currencies = move || sales.get().map(|drawn| drawn.report.currencies).unwrap_or_default();
    let title = Signal::stored("Analytics".to_owned());
    let said = move || {
        let query = query.get();
        range::said((query.from, query.until))
    };
    let csv = move |name: &'static str, export: fn(souk_contract::ReportQuery) -> Export| {
        Some(csv_button(desk, name, move || export(query.get_untracked())))
    };
    let stock_csv = Some(csv_button(desk, "stock", || Export::Stock));
    view! {
        {parts::head(desk, None, title, view! { <p class="muted">{said}" (UTC)"</p> }.into_any())}
        <div class="stack stack--l">
            {period::choose(desk, Signal::derive(currencies))}
            {parts::card("Sales", csv("sales", Export::Sales), sales.view(move |drawn| sales::view(desk, drawn, rows)))}
            <div class="halves">
                {top::card(desk, query, TopBy::Product, rows)}
                {top::card(desk, query, TopBy::Category, rows)}
            </div>
            {parts::card(
                "From looking to paying", csv("funnel", Export::Funnel),
                steps.view(move |(report, drawing)| funnel::view(desk, report, drawing, rows)),
            )}
            {parts::card("Stock: value and cover", stock_csv, stock.view(|report| shelf::view(&report)))}
        </div>
        {rows.view()}
    }
    .into_any()
}

/// The last 28 days in small, for the first screen.
pub fn small(desk: Desk) -> AnyView {
    let month = Source::new(desk, || analytics::sales(period::usual()));
    let open = Callback::new(move |_: usize| super::go::leave(desk, Place::Analytics.url()));
    let shown = move |drawn: analytics::DrawnSales| {
        let days = range::said((drawn.report.from, drawn.report.until));
        let total = drawn.report.total;
        let label =
            format!("Sales, {days}: {} in {} orders. Analytics has the figures.", total.sales, total.orders);
        chart::chart(label, drawn.sales, open)
    };
    let link = view! { <a class="text-button" href=Place::Analytics.url()>"Analytics"</a> };
    parts::card("Sales of the last 28 days", Some(link.into_any()), month.view(shown))
}

/// Saves a report as a file.
fn csv_button(
    desk: Desk,
    name: &'static str,
    export: impl Fn() -> Export + Copy + Send + Sync + 'static,
) -> AnyView {
    let busy = RwSignal::new(false);
    let save = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            match analytics::table(export()).await {
                Ok(text) => table_file::save(desk, &format!("{name}.csv"), &text, String::new()),
                Err(failure) => desk.complain(&failure.0),
            }
            busy.try_set(false);
        });
    };
    let label = format!("Save {name} as CSV");
    view! {
        <button
            type="button" class="button button--quiet button--small" aria-label=label
            aria-busy=move || busy.get().then_some("true") on:click=save
        >
            "CSV"
        </button>
    }
    .into_any()
}
