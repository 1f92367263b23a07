//! A product's stock place by place, now or at the end of a past day.

use leptos::prelude::*;
use souk_contract::{LevelQuery, Location, PlaceLevel, VariantId};

use super::adjust::Adjusting;
use crate::{
    admin::{desk::Desk, load::Source, parts, time},
    api::admin::stockroom,
    ui::{Icon, empty},
};

/// Places, and what is in them.
type Shown = (Vec<Location>, Vec<PlaceLevel>);

/// `names`: the variants in their order, as people call them.
pub fn card(desk: Desk, names: Vec<(VariantId, String)>, adjusting: Adjusting) -> AnyView {
    let day = RwSignal::new(String::new());
    let ids: Vec<VariantId> = names.iter().map(|(id, _)| *id).collect();
    let levels: Source<Shown> = Source::new(desk, move || {
        adjusting.changes.track();
        let as_of = day.with(|day| time::of_day(day)).map(|(_, end)| end);
        let query = LevelQuery { variants: ids.clone(), as_of, ..LevelQuery::default() };
        async move { Ok((stockroom::locations().await?, stockroom::place_levels(query).await?.items)) }
    });
    let table = levels.view(move |(places, levels)| {
        if levels.is_empty() {
            let text = "Nothing of this product was counted then.";
            return empty(Icon::Box, "Nothing here", text, None);
        }
        let past = day.with_untracked(|day| !day.is_empty());
        let row = |level: &PlaceLevel| {
            let variant = names.iter().find(|(id, _)| *id == level.variant_id);
            let place = places.iter().find(|place| place.id == level.location_id);
            let name = variant.map(|(_, name)| name.clone()).unwrap_or_default();
            row(&name, place, level, adjusting, past)
        };
        let columns = [
            "Variant",
            "Location",
            "#On hand",
            "#Reserved",
            "#Allocated",
            "#Available",
            "#Damaged",
            "#Incoming",
            "Change",
        ];
        parts::table("Stock by location", &columns, levels.iter().map(row).collect())
    });
    parts::card("By location", Some(day_field(day)), table)
}

fn day_field(day: RwSignal<String>) -> AnyView {
    let now = move || {
        day.with(|day| !day.is_empty()).then(|| {
            view! {
                <button type="button" class="text-button" on:click=move |_| day.set(String::new())>"Now"</button>
            }
        })
    };
    view! {
        <span class="acts">
            <label class="field__label" for="stock-day">"At the end of"</label>
            <input
                class="input" id="stock-day" type="date" prop:value=move || day.get()
                on:change=move |event| day.set(event_target_value(&event))
            />
            {now}
        </span>
    }
    .into_any()
}

fn row(
    name: &str,
    place: Option<&Location>,
    level: &PlaceLevel,
    adjusting: Adjusting,
    past: bool,
) -> AnyView {
    let place_name = place.map(|place| place.name.clone()).unwrap_or_default();
    let may = adjusting.may && !past && place.is_some_and(|place| place.active);
    let adjust = may.then(|| {
        let label = format!("Adjust {name} in {place_name}");
        let (id, location, name) = (level.variant_id, level.location_id, name.to_owned());
        view! {
            <button
                type="button" class="button button--small button--quiet" aria-label=label
                on:click=move |_| adjusting.open_at(id, location, &name)
            >
                "Adjust"
            </button>
        }
    });
    let incoming = if past { "–".to_owned() } else { level.incoming.to_string() };
    parts::row(
        None,
        name.to_owned().into_any(),
        vec![
            ("Location", place_name.into_any()),
            ("#On hand", level.on_hand.into_any()),
            ("#Reserved", level.reserved.into_any()),
            ("#Allocated", level.allocated.into_any()),
            ("#Available", level.available.into_any()),
            ("#Damaged", level.damaged.into_any()),
            ("#Incoming", incoming.into_any()),
            ("Change", adjust.into_any()),
        ],
    )
}
