//! Sources of figures: what is fetched from where, how often, and how it went.

mod detail;
mod form;
mod words;

pub use detail::{table as findings, view as detail};
pub use form::{columns, mode, modes, places};
pub use words::told;

use leptos::prelude::*;
use souk_contract::{Resource, StockFormat, StockSource, StockSourceInput};

use super::names;
use crate::{
    admin::{desk::Desk, go, load::Source, parts, place::Place, time},
    api::admin::stock_sources,
    failure::Result,
    ui::{Icon, Tone, alert, empty},
};

pub fn list(desk: Desk) -> AnyView {
    let all = Source::new(desk, stock_sources::sources).is_main().live();
    let may = untrack(move || desk.may(Resource::Inventory.write()));
    let acts = may.then(|| {
        view! {
            <a class="button button--quiet" href=Place::StockFile.url()>"Stock from a file"</a>
            <a class="button" href=Place::NewStockSource.url()>"New source"</a>
        }
    });
    let shown = move |all: Vec<StockSource>| {
        if all.is_empty() {
            let text = "Let the shop fetch figures of stock by itself: a CSV file or JSON that a till, an ERP or a supplier keeps at an address.";
            return empty(Icon::Box, "Nothing is fetched", text, None);
        }
        let columns = ["Source", "Kind", "How often", "Last run", "Result", "Next"];
        parts::table("Stock sources", &columns, all.iter().map(row).collect())
    };
    let back = Some((Place::Inventory.url(), "Inventory"));
    view! {
        {parts::head(desk, back, Signal::stored("Stock sources".to_owned()), acts.into_any())}
        <div class="box box--list">{all.view(shown)}</div>
    }
    .into_any()
}

fn row(one: &StockSource) -> AnyView {
    let kind = match one.format {
        StockFormat::Csv => "CSV",
        StockFormat::Json => "JSON",
    };
    let (last, result) = match &one.last_run {
        None => ("Never".into_any(), ().into_any()),
        Some(run) => (time::time(run.started_at), words::state(run)),
    };
    let next = one.due_at.map_or_else(|| "When asked".into_any(), time::time);
    parts::row(
        Some(Place::StockSource(one.id).url()),
        one.name.clone().into_any(),
        vec![
            ("Kind", kind.into_any()),
            ("How often", words::pace(one).into_any()),
            ("Last run", last),
            ("Result", result),
            ("Next", next),
        ],
    )
}

pub fn new(desk: Desk) -> AnyView {
    let places = Source::new(desk, names::places).is_main();
    let back = Some((Place::StockSources.url(), "Stock sources"));
    view! {
        {parts::head(desk, back, Signal::stored("New stock source".to_owned()), ().into_any())}
        {places.view(move |places| {
            let saved = Callback::new(move |source: StockSource| {
                desk.say("The source is saved. Try it before it runs by itself.");
                go::to_place(desk, Place::StockSource(source.id));
            });
            parts::card("What is fetched", None, form::view(desk, None, &places, saved))
        })}
    }
    .into_any()
}

/// How many can't be fetched now.
async fn failing() -> Result<Vec<StockSource>> {
    Ok(stock_sources::sources().await?.into_iter().filter(|one| one.failures > 0).collect())
}

/// Those that can't be fetched, with the reason.
pub fn warning(desk: Desk) -> AnyView {
    let source = Source::new(desk, failing).live();
    let shown = move || {
        let broken = source.get().filter(|all| !all.is_empty())?;
        let line = |one: &StockSource| {
            let trouble = one.last_run.as_ref().and_then(|run| run.trouble.clone()).unwrap_or_default();
            view! {
                <p><a href=Place::StockSource(one.id).url()>{one.name.clone()}</a>{format!(": {trouble}")}</p>
            }
            .into_any()
        };
        let lines: Vec<AnyView> = broken.iter().map(line).collect();
        Some(alert(Tone::Warn, Some("Stock is not up to date".to_owned()), lines.into_any()))
    };
    shown.into_any()
}

/// As it is kept, to be written again.
fn input(one: &StockSource) -> StockSourceInput {
    StockSourceInput {
        name: one.name.clone(),
        url: one.url.clone(),
        format: one.format,
        mode: one.mode,
        columns: one.columns.clone(),
        rows_at: one.rows_at.clone(),
        next_at: one.next_at.clone(),
        location_id: one.location_id,
        every_minutes: one.every_minutes,
        active: one.active,
        header: one.header.clone(),
        secret: None,
    }
}
