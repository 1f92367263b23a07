//! What of a source staff can set.

use leptos::prelude::*;
use souk_contract::{
    Location, SecretText, StockColumns, StockFormat, StockMode, StockSource, StockSourceInput,
};

use super::words::PACES;
use crate::{
    admin::{
        desk::Desk,
        form::{Form, Input, check, select, select_about},
        stock::names,
    },
    api::admin::stock_sources,
};

/// What a file calls its columns.
#[derive(Clone, Copy)]
pub struct Columns {
    pub code: RwSignal<String>,
    pub quantity: RwSignal<String>,
    pub location: RwSignal<String>,
    pub as_of: RwSignal<String>,
    pub reference: RwSignal<String>,
}

pub fn columns(known: &StockColumns) -> Columns {
    let text = |text: &Option<String>| RwSignal::new(text.clone().unwrap_or_default());
    Columns {
        code: RwSignal::new(known.code.clone()),
        quantity: RwSignal::new(known.quantity.clone()),
        location: text(&known.location),
        as_of: text(&known.as_of),
        reference: text(&known.reference),
    }
}

impl Columns {
    pub fn input(self) -> StockColumns {
        StockColumns {
            code: self.code.get_untracked().trim().to_owned(),
            quantity: self.quantity.get_untracked().trim().to_owned(),
            location: filled(self.location),
            as_of: filled(self.as_of),
            reference: filled(self.reference),
        }
    }
}

pub fn filled(text: RwSignal<String>) -> Option<String> {
    Some(text.get_untracked().trim().to_owned()).filter(|text| !text.is_empty())
}

pub fn modes() -> Vec<(String, String)> {
    vec![
        ("absolute".to_owned(), "The number on the shelf".to_owned()),
        ("delta".to_owned(), "Pieces more or fewer".to_owned()),
    ]
}

pub fn mode(text: &str) -> StockMode {
    if text == "delta" { StockMode::Delta } else { StockMode::Absolute }
}

/// Where rows are that name no location.
pub fn places(places: &[Location]) -> Vec<(String, String)> {
    let mut all = vec![(String::new(), "The preferred one".to_owned())];
    all.extend(names::choice(places));
    all
}

pub fn view(
    desk: Desk,
    known: Option<&StockSource>,
    all: &[Location],
    saved: Callback<StockSource>,
) -> AnyView {
    let form = Form::new(desk);
    let old = known.map(super::input);
    let text = |text: Option<String>| RwSignal::new(text.unwrap_or_default());
    let of = |field: fn(&StockSourceInput) -> Option<String>| text(old.as_ref().and_then(field));
    let name = of(|old| Some(old.name.clone()));
    let url = of(|old| Some(old.url.clone()));
    let format = text(Some(match old.as_ref().map(|old| old.format) {
        Some(StockFormat::Json) => "json".to_owned(),
        _ => "csv".to_owned(),
    }));
    let meaning = text(Some(match old.as_ref().map(|old| old.mode) {
        Some(StockMode::Delta) => "delta".to_owned(),
        _ => "absolute".to_owned(),
    }));
    let first = StockColumns { code: "sku".into(), quantity: "quantity".into(), ..StockColumns::default() };
    let named = columns(&old.as_ref().map_or(first, |old| old.columns.clone()));
    let (rows_at, next_at) = (of(|old| old.rows_at.clone()), of(|old| old.next_at.clone()));
    let location = of(|old| old.location_id.map(|id| id.to_string()));
    let every = text(Some(old.as_ref().map_or(60, |old| old.every_minutes).to_string()));
    let active = RwSignal::new(old.as_ref().is_none_or(|old| old.active));
    let (header, secret) = (of(|old| old.header.clone()), RwSignal::new(String::new()));
    let has_secret = known.is_some_and(|known| known.has_secret);
    let drop_secret = RwSignal::new(false);
    let (id, version) = (known.map(|known| known.id), known.map(|known| known.version));
    let send = move || {
        let given = secret.get_untracked();
        let secret = match (given.trim(), drop_secret.get_untracked()) {
            (_, true) => Some(SecretText(String::new())),
            ("", false) => None,
            (given, false) => Some(SecretText(given.to_owned())),
        };
        let request = StockSourceInput {
            name: name.get_untracked().trim().to_owned(),
            url: url.get_untracked().trim().to_owned(),
            format: if format.get_untracked() == "json" { StockFormat::Json } else { StockFormat::Csv },
            mode: mode(&meaning.get_untracked()),
            columns: named.input(),
            rows_at: filled(rows_at),
            next_at: filled(next_at),
            location_id: location.get_untracked().parse().ok(),
            every_minutes: every.get_untracked().parse().unwrap_or_default(),
            active: active.get_untracked(),
            header: filled(header),
            secret,
        };
        form.send(stock_sources::put_source(id, request, version), move |source| saved.run(source));
    };
    let mut paces: Vec<(String, String)> =
        PACES.iter().map(|(minutes, label)| (minutes.to_string(), (*label).to_owned())).collect();
    let now = every.get_untracked();
    if !paces.iter().any(|(minutes, _)| *minutes == now) {
        paces.insert(0, (now.clone(), format!("Every {now} minutes")));
    }
    let formats = vec![("csv".to_owned(), "CSV file".to_owned()), ("json".to_owned(), "JSON".to_owned())];
    let is_json = Memo::new(move |_| format.get() == "json");
    let is_delta = Memo::new(move |_| meaning.get() == "delta");
    let column = move |label: &'static str, id: &'static str, path: &'static str, value| {
        Input::new(form, label, id, path, value)
    };
    let paths = move || {
        is_json.get().then(|| {
            view! {
                {Input::new(form, "Field with the rows", "source-rows", "rows_at", rows_at)
                    .hint("Such as data.items. Empty: the answer is the list.").optional().view()}
                {Input::new(form, "Field with the next page", "source-next", "next_at", next_at)
                    .hint("An address on the same host.").optional().view()}
            }
        })
    };
    let reference = move || {
        let input =
            column("Column of the reference", "source-reference", "columns.reference", named.reference);
        let hint = "It names a difference, which counts once.";
        if is_delta.get() { input.hint(hint).view() } else { input.optional().view() }
    };
    let secret_hint = if has_secret {
        "One is kept and never shown. Type another to replace it."
    } else {
        "It is never shown again. A token alone is sent as Bearer."
    };
    let removes = has_secret.then(|| check("Remove the secret that is kept", drop_secret));
    view! {
        <form class="form" novalidate=true on:submit=form.on_submit(send)>
            {form.general()}
            {column("Name", "source-name", "name", name).hint("It stands in the ledger.").view()}
            {column("Address", "source-url", "url", url).kind("url").hint("https://… of a host that everybody can reach, unless the configuration allows others.").view()}
            {select(form, "Kind", "source-format", "format", formats, format)}
            {paths}
            {select(form, "A quantity is", "source-mode", "mode", modes(), meaning)}
            {column("Column of the SKU or barcode", "source-code", "columns.code", named.code).view()}
            {column("Column of the quantity", "source-quantity", "columns.quantity", named.quantity).view()}
            {column("Column of the location", "source-location-column", "columns.location", named.location).optional().view()}
            {select_about(
                form, "Location of rows without one", "source-location", "location_id", places(all), location, (None, false),
            )}
            {column("Column of when it was counted", "source-as-of", "columns.as_of", named.as_of)
                .hint("Without it: when the file was changed.").optional().view()}
            {reference}
            {select(form, "How often", "source-every", "every_minutes", paces, every)}
            {check("Fetch it by itself", active)}
            {column("Header of the secret", "source-header", "header", header).hint("Authorization where empty.").optional().view()}
            {column("Secret", "source-secret", "secret", secret).kind("password").autocomplete("new-password")
                .hint(secret_hint).optional().view()}
            {removes}
            <div class="acts">{form.button("", "Save source")}</div>
        </form>
    }
    .into_any()
}
