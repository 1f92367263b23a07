//! What happened to a variant's stock, row by row.

use leptos::prelude::*;
use souk_contract::{Movement, PageRequest, VariantId};

use crate::{
    admin::{desk::Desk, dialogs, load::Pages, time, words},
    api::admin::inventory,
    ui::{Icon, empty},
};

#[derive(Clone, Copy)]
pub struct Ledger {
    desk: Desk,
    shown: RwSignal<bool>,
    title: RwSignal<String>,
    variant: RwSignal<Option<VariantId>>,
}

impl Ledger {
    pub fn new(desk: Desk) -> Self {
        Self {
            desk,
            shown: RwSignal::new(false),
            title: RwSignal::new(String::new()),
            variant: RwSignal::new(None),
        }
    }

    pub fn open(self, variant: VariantId, name: &str) {
        self.title.set(format!("Ledger of {name}"));
        self.variant.set(Some(variant));
        self.shown.set(true);
    }

    pub fn view(self) -> AnyView {
        let body =
            move || self.variant.get().map_or_else(|| ().into_any(), |variant| rows(self.desk, variant));
        dialogs::drawer("ledger", self.title.into(), self.shown, body)
    }
}

fn rows(desk: Desk, variant: VariantId) -> AnyView {
    let pages =
        Pages::new(desk, move |after| inventory::movements(variant, PageRequest { after, limit: Some(50) }));
    let none =
        || empty(Icon::Box, "Nothing moved yet", "Deliveries, sales and corrections stand here.", None);
    let list = |moves: Vec<Movement>| {
        view! { <ol class="ledger">{moves.iter().map(movement).collect::<Vec<_>>()}</ol> }.into_any()
    };
    pages.view(list, none)
}

fn movement(movement: &Movement) -> AnyView {
    let deltas = [
        ("on hand", movement.on_hand_delta),
        ("reserved", movement.reserved_delta),
        ("allocated", movement.allocated_delta),
        ("damaged", movement.damaged_delta),
    ];
    let said = deltas.into_iter().filter(|(_, delta)| *delta != 0).map(|(what, delta)| {
        let sign = if delta > 0 { "+" } else { "−" };
        format!("{sign}{} {what}", delta.unsigned_abs())
    });
    let said = said.collect::<Vec<_>>().join(", ");
    let who = movement.actor.split(':').next().unwrap_or_default().to_owned();
    view! {
        <li>
            <p class="ledger__head"><b>{words::plain(&movement.kind)}</b><span class="num">{said}</span></p>
            <p class="muted">{time::time(movement.at)}" · "{words::plain(&who)}</p>
            {(!movement.reason.is_empty()).then(|| view! { <p>{movement.reason.clone()}</p> })}
        </li>
    }
    .into_any()
}
