//! Counts of what is on a location's shelves.

mod detail;

pub use detail::view as detail;

use leptos::prelude::*;
use souk_contract::{CountState, Location, OpenCount, PageRequest, Resource, StockCount};

use super::names;
use crate::{
    admin::{
        desk::Desk,
        dialogs,
        form::{Form, Input, select},
        go,
        load::{Pages, Source},
        parts,
        place::Place,
        time,
    },
    api::admin::supplies,
    ui::{Icon, Tone, badge, empty},
};

pub fn state(state: CountState) -> AnyView {
    match state {
        CountState::Open => badge(Tone::Warn, "Open"),
        CountState::Applied => badge(Tone::Good, "Applied"),
        CountState::Cancelled => badge(Tone::Plain, "Cancelled"),
    }
}

pub fn list(desk: Desk) -> AnyView {
    let places = Source::new(desk, names::places);
    let pages = Pages::new(desk, |after| supplies::counts(PageRequest { after, limit: Some(50) })).is_main();
    let open = RwSignal::new(false);
    let may = untrack(move || desk.may(Resource::Inventory.write()));
    let acts = may.then(|| {
        view! { <button type="button" class="button" on:click=move |_| open.set(true)>"New count"</button> }
    });
    let none = || {
        let text = "Count what lies on the shelves, with a scanner or by hand; the differences are booked in one go.";
        empty(Icon::Check, "Nothing was counted yet", text, None)
    };
    let back = Some((Place::Inventory.url(), "Inventory"));
    view! {
        {parts::head(desk, back, Signal::stored("Counts".to_owned()), acts.into_any())}
        <div class="box box--list">
            {pages.view(move |all| {
                let places = places.get().unwrap_or_default();
                let columns = ["Count", "State", "Location", "#Products", "#Counted", "#Different"];
                parts::table("Counts", &columns, all.iter().map(|count| row(count, &places)).collect())
            }, none)}
        </div>
        {dialogs::opened("new-count", "New count", open, move || form(desk, places.get().unwrap_or_default()))}
    }
    .into_any()
}

fn row(count: &StockCount, places: &[Location]) -> AnyView {
    let day = time::said(count.created_at);
    let name = if count.note.is_empty() { day } else { format!("{}, {day}", count.note) };
    parts::row(
        Some(Place::Count(count.id).url()),
        name.into_any(),
        vec![
            ("State", state(count.state)),
            ("Location", names::place(places, Some(count.location_id)).into_any()),
            ("#Products", count.lines.into_any()),
            ("#Counted", count.counted.into_any()),
            ("#Different", count.different.into_any()),
        ],
    )
}

fn form(desk: Desk, places: Vec<Location>) -> AnyView {
    let form = Form::new(desk);
    let text = || RwSignal::new(String::new());
    let (note, vendor, kind) = (text(), text(), text());
    let choice = names::choice(&places);
    let place = RwSignal::new(choice.first().map(|(id, _)| id.clone()).unwrap_or_default());
    let send = move || {
        let Ok(location_id) = place.get_untracked().parse() else { return };
        let filled =
            |text: RwSignal<String>| Some(text.get_untracked()).filter(|text| !text.trim().is_empty());
        let request = OpenCount {
            location_id,
            note: note.get_untracked().trim().to_owned(),
            vendor: filled(vendor),
            product_type: filled(kind),
        };
        form.send(supplies::open_count(request), move |count| go::to_place(desk, Place::Count(count.id)));
    };
    view! {
        <form class="form" novalidate=true on:submit=form.on_submit(send)>
            {form.general()}
            {select(form, "Location", "count-place", "location_id", choice, place)}
            {Input::new(form, "Note", "count-note", "note", note).optional().view()}
            {Input::new(form, "Only this vendor", "count-vendor", "vendor", vendor).optional().view()}
            {Input::new(form, "Only this type", "count-type", "product_type", kind).optional().view()}
            <div class="acts">{form.button("", "Start counting")}</div>
        </form>
    }
    .into_any()
}
