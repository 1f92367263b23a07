//! Figures from a file that somebody has: chosen, tried, taken over.

use leptos::{prelude::*, task::spawn_local};
use souk_contract::{Location, Resource, StockColumns, StockFile, StockFileReport};

use super::{
    names,
    sources::{self, findings},
};
use crate::{
    admin::{
        desk::Desk,
        drop_zone::{self, DropZone},
        form::{Form, Input, select, select_about},
        load::Source,
        parts,
        place::Place,
        time, upload,
    },
    api::admin::stock_sources,
    ui::{Tone, alert},
};

/// What columns are often called.
const CODES: [&str; 7] = ["sku", "barcode", "ean", "gtin", "code", "article", "artikelnummer"];
const QUANTITIES: [&str; 8] =
    ["quantity", "qty", "stock", "on_hand", "on hand", "available", "pieces", "menge"];
const LOCATIONS: [&str; 4] = ["location", "warehouse", "store", "place"];
const MOMENTS: [&str; 3] = ["as_of", "counted_at", "date"];
const REFERENCES: [&str; 2] = ["reference", "ref"];

#[derive(Clone)]
struct Chosen {
    name: String,
    text: String,
    heads: Vec<String>,
}

#[derive(Clone, Copy)]
struct Work {
    desk: Desk,
    form: Form,
    chosen: RwSignal<Option<Chosen>>,
    report: RwSignal<Option<StockFileReport>>,
    places: Source<Vec<Location>>,
}

pub fn view(desk: Desk) -> AnyView {
    let back = Some((Place::StockSources.url(), "Stock sources"));
    if !untrack(move || desk.may(Resource::Inventory.write())) {
        return parts::nothing_here(
            desk,
            "Stock from a file",
            "Your role does not allow stock to be changed.",
        );
    }
    let work = Work {
        desk,
        form: Form::new(desk),
        chosen: RwSignal::new(None),
        report: RwSignal::new(None),
        places: Source::new(desk, names::places).is_main(),
    };
    let body = move || match (work.chosen.get(), work.places.get()) {
        (Some(chosen), Some(places)) => work.mapping(chosen, &places),
        _ => ().into_any(),
    };
    let came = move || work.report.get().map(|report| work.report(&report));
    view! {
        {parts::head(desk, back, Signal::stored("Stock from a file".to_owned()), ().into_any())}
        <div class="stack stack--l">
            {parts::card("The file", None, work.picker())}
            {body}
            {came}
        </div>
    }
    .into_any()
}

impl Work {
    fn picker(self) -> AnyView {
        let take = move |files: Vec<upload::File>| {
            let Some(file) = files.into_iter().next() else { return };
            self.report.set(None);
            spawn_local(async move {
                match file.text().await {
                    Ok(text) => {
                        let heads = heads(&text);
                        self.chosen.try_set(Some(Chosen { name: file.name, text, heads }));
                    }
                    Err(failure) => self.desk.complain(&failure.0),
                }
            });
        };
        let label = move || match self.chosen.get() {
            Some(chosen) => format!("{}. Choose another", chosen.name),
            None => "Drop a CSV file here, or choose it".to_owned(),
        };
        DropZone {
            accept: drop_zone::TABLES,
            many: false,
            label: Signal::derive(label),
            hint: "Up to 10,000 rows; the first names the columns",
            busy: Signal::stored(false),
            other: Signal::stored(false),
            take: Callback::new(take),
        }
        .view()
    }

    fn mapping(self, chosen: Chosen, places: &[Location]) -> AnyView {
        let form = self.form;
        let named = sources::columns(&guessed(&chosen.heads));
        let mode = RwSignal::new("absolute".to_owned());
        let (location, as_of) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
        // What was tried was tried with other words.
        Effect::new(move |before: Option<()>| {
            let fields = [named.code, named.quantity, named.location, named.as_of, named.reference];
            fields.into_iter().chain([mode, location, as_of]).for_each(|field| field.track());
            if before.is_some() {
                self.report.set(None);
            }
        });
        let options = |none: Option<&str>| {
            let none = none.map(|label| (String::new(), label.to_owned()));
            none.into_iter()
                .chain(chosen.heads.iter().map(|head| (head.clone(), head.clone())))
                .collect::<Vec<_>>()
        };
        let file = chosen.clone();
        let send = move |dry: bool| {
            let request = StockFile {
                name: file.name.chars().take(100).collect(),
                text: file.text.clone(),
                mode: sources::mode(&mode.get_untracked()),
                columns: named.input(),
                location_id: location.get_untracked().parse().ok(),
                as_of: time::of_field(&as_of.get_untracked()),
                dry,
            };
            form.send(stock_sources::take_stock_file(request), move |report| {
                if !report.dry {
                    self.desk.say("The figures are taken over.");
                }
                self.report.set(Some(report));
            });
        };
        let apply = send.clone();
        let column =
            |label: &'static str, id: &'static str, path: &'static str, value, none: Option<&str>| {
                select_about(form, label, id, path, options(none), value, (None, none.is_some()))
            };
        let tried = move || self.report.with(|report| report.as_ref().is_some_and(|report| report.dry));
        let take = move || {
            let apply = apply.clone();
            tried().then(|| {
                view! { <button type="button" class="button" on:click=move |_| apply(false)>"Take them over"</button> }
            })
        };
        let body = view! {
            <form class="form" novalidate=true on:submit=form.on_submit(move || send(true))>
                {form.general()}
                {select(form, "A quantity is", "file-mode", "mode", sources::modes(), mode)}
                {column("SKU or barcode", "file-code", "columns.code", named.code, None)}
                {column("Quantity", "file-quantity", "columns.quantity", named.quantity, None)}
                {column("Location", "file-location-column", "columns.location", named.location, Some("None"))}
                {select(form, "Location of rows without one", "file-location", "location_id", sources::places(places), location)}
                {column("Counted at", "file-as-of-column", "columns.as_of", named.as_of, Some("None"))}
                {Input::new(form, "Counted at, of rows that don't say", "file-as-of", "as_of", as_of)
                    .kind("datetime-local").hint("Now where empty.").optional().view()}
                {column("Reference", "file-reference", "columns.reference", named.reference, Some("None"))}
                <div class="acts">{form.button("button--quiet", "Try it")} {take}</div>
            </form>
        };
        parts::card("What the columns mean", None, body.into_any())
    }

    fn report(self, report: &StockFileReport) -> AnyView {
        let told = sources::told(&report.counts);
        let (tone, text) = if report.dry {
            (Tone::Plain, format!("Nothing is changed yet. It would be {told}"))
        } else {
            (Tone::Good, told)
        };
        let left = (!report.findings.is_empty()).then(|| findings(&report.findings));
        let body = view! { <div class="stack"><div role="status">{alert(tone, None, view! { <p>{text}</p> }.into_any())}</div>{left}</div> };
        let title = if report.dry { "What it would do" } else { "What it did" };
        parts::card(title, None, body.into_any())
    }
}

/// The names in the file's first row.
fn heads(text: &str) -> Vec<String> {
    let first = text.trim_start_matches('\u{feff}').lines().next().unwrap_or_default();
    let count = |delimiter: &char| first.matches(*delimiter).count();
    let delimiter = ['|', '\t', ';', ','].into_iter().max_by_key(count).unwrap_or(',');
    first.split(delimiter).map(|head| head.trim().trim_matches('"').trim().to_owned()).collect()
}

fn guessed(heads: &[String]) -> StockColumns {
    let find =
        |names: &[&str]| heads.iter().find(|head| names.contains(&head.to_lowercase().as_str())).cloned();
    let first = heads.first().cloned().unwrap_or_default();
    StockColumns {
        code: find(&CODES).unwrap_or_else(|| first.clone()),
        quantity: find(&QUANTITIES).or_else(|| heads.get(1).cloned()).unwrap_or(first),
        location: find(&LOCATIONS),
        as_of: find(&MOMENTS),
        reference: find(&REFERENCES),
    }
}
