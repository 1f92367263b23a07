//! Transfers and purchase orders.

mod detail;
mod draft;

pub use detail::view as detail;
pub use draft::new;

use leptos::prelude::*;
use souk_contract::{Location, Resource, SupplyKind, SupplyQuery, SupplyState, SupplySummary, supply_name};

use super::names;
use crate::{
    admin::{
        desk::Desk,
        load::{Pages, Source},
        parts,
        place::Place,
    },
    api::admin::supplies,
    ui::{Icon, Tone, badge, empty},
};

const TABS: [(&str, &str); 4] =
    [("", "Under way"), ("transfer", "Transfers"), ("purchase", "Purchase orders"), ("all", "All")];

pub fn state(state: SupplyState) -> AnyView {
    match state {
        SupplyState::Draft => badge(Tone::Plain, "Draft"),
        SupplyState::Ready => badge(Tone::Warn, "Ready"),
        SupplyState::InTransit => badge(Tone::Warn, "In transit"),
        SupplyState::Ordered => badge(Tone::Warn, "Ordered"),
        SupplyState::PartiallyReceived => badge(Tone::Warn, "Partly received"),
        SupplyState::Received => badge(Tone::Good, "Received"),
        SupplyState::Closed => badge(Tone::Good, "Closed"),
        SupplyState::Cancelled => badge(Tone::Plain, "Cancelled"),
    }
}

pub fn list(desk: Desk) -> AnyView {
    let places = Source::new(desk, names::places);
    let pages = Pages::new(desk, move |after| {
        let shown = desk.param("show");
        let kind = match shown.as_deref() {
            Some("transfer") => Some(SupplyKind::Transfer),
            Some("purchase") => Some(SupplyKind::Purchase),
            _ => None,
        };
        supplies::supplies(SupplyQuery { kind, open: shown.is_none(), after, limit: Some(50) })
    })
    .is_main();
    let may = untrack(move || desk.may(Resource::Inventory.write()));
    let acts = may.then(|| {
        view! {
            <a class="button button--quiet" href=Place::NewTransfer.url()>"New transfer"</a>
            <a class="button" href=Place::NewPurchase.url()>"New purchase order"</a>
        }
    });
    let none = || {
        let text =
            "Order from a supplier, or move pieces to another location: what is on its way stands here.";
        empty(Icon::Box, "Nothing on its way", text, None)
    };
    let back = Some((Place::Inventory.url(), "Inventory"));
    view! {
        {parts::head(desk, back, Signal::stored("Transfers and purchase orders".to_owned()), acts.into_any())}
        {parts::tabs(desk, "Which", "show", &TABS)}
        <div class="box box--list">
            {pages.view(move |all| {
                let places = places.get().unwrap_or_default();
                let columns = ["Name", "State", "From", "To", "Expected", "#Pieces", "#Done"];
                let rows = all.iter().map(|one| row(one, &places)).collect();
                parts::table("Transfers and purchase orders", &columns, rows)
            }, none)}
        </div>
    }
    .into_any()
}

fn row(one: &SupplySummary, places: &[Location]) -> AnyView {
    let from = match one.kind {
        SupplyKind::Transfer => names::place(places, one.from_id),
        SupplyKind::Purchase => one.supplier.clone(),
    };
    let expected = one.expected_on.map(|day| day.to_string()).unwrap_or_default();
    parts::row(
        Some(Place::Supply(one.id).url()),
        supply_name(one.kind, one.number).into_any(),
        vec![
            ("State", state(one.state)),
            ("From", from.into_any()),
            ("To", names::place(places, Some(one.to_id)).into_any()),
            ("Expected", expected.into_any()),
            ("#Pieces", one.pieces.into_any()),
            ("#Done", one.done.into_any()),
        ],
    )
}
