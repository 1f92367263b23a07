use leptos::prelude::*;
use souk_contract::{Resource, ShippingMethod, ShippingRate};

use super::shipping_form;
use crate::{
    admin::{desk::Desk, dialogs, load::Source, parts, shell},
    api::admin::settings,
    ui::{Icon, empty},
};

/// The table, and the method that is being changed.
#[derive(Clone, Copy)]
pub struct Work {
    pub desk: Desk,
    pub methods: Source<Vec<ShippingMethod>>,
    pub open: RwSignal<bool>,
    /// None: a new one.
    pub edited: RwSignal<Option<ShippingMethod>>,
    pub may_write: bool,
}

pub fn view(desk: Desk) -> AnyView {
    let title = Signal::stored("Delivery".to_owned());
    if !untrack(move || desk.may(Resource::Shipping.read())) {
        desk.ready.set(true);
        let text = "Your role does not allow you to see how things are delivered.";
        return view! { {parts::head(desk, super::back(), title, ().into_any())} {shell::hidden(text)} }
            .into_any();
    }
    let work = Work {
        desk,
        methods: Source::new(desk, settings::shipping_methods).is_main(),
        open: RwSignal::new(false),
        edited: RwSignal::new(None),
        may_write: untrack(move || desk.may(Resource::Shipping.write())),
    };
    let new = work.may_write.then(|| {
        let make = move |_| edit(work, None);
        view! { <button type="button" class="button" on:click=make>"New delivery"</button> }
    });
    let body = work.methods.view(move |methods| table(work, &methods));
    view! {
        {parts::head(desk, super::back(), title, new.into_any())}
        <div class="box box--list">{body}</div>
        {dialogs::opened("delivery", "Delivery", work.open, move || shipping_form::view(work))}
    }
    .into_any()
}

fn edit(work: Work, method: Option<ShippingMethod>) {
    work.edited.set(method);
    work.open.set(true);
}

fn table(work: Work, methods: &[ShippingMethod]) -> AnyView {
    if methods.is_empty() {
        let text = "Without one, nobody can buy what has to be sent. Begin with one price for everywhere.";
        return empty(Icon::Box, "No way of delivery yet", text, None);
    }
    let columns = ["Delivery", "To", "Rates", "#Days", "Change"];
    parts::table("Ways of delivery", &columns, methods.iter().map(|method| row(work, method)).collect())
}

fn row(work: Work, method: &ShippingMethod) -> AnyView {
    let input = &method.input;
    let to = match input.countries.as_slice() {
        [] => "Everywhere".to_owned(),
        some if some.len() <= 6 => some.join(", "),
        many => format!("{} and {} more", many[..5].join(", "), many.len() - 5),
    };
    let name = view! {
        <span class="two"><span>{input.name.clone()}</span><span class="muted">{input.description.clone()}</span></span>
    };
    let rates: Vec<String> = input.rates.iter().map(words).collect();
    let label = format!("Change {}", input.name);
    let change = work.may_write.then(|| {
        let method = method.clone();
        view! {
            <button
                type="button" class="button button--small button--quiet" aria-label=label
                on:click=move |_| edit(work, Some(method.clone()))
            >
                "Change"
            </button>
        }
    });
    parts::row(
        None,
        name.into_any(),
        vec![
            ("To", to.into_any()),
            ("Rates", rates.join("; ").into_any()),
            ("#Days", format!("{}–{}", input.days_min, input.days_max).into_any()),
            ("Change", change.into_any()),
        ],
    )
}

/// `free from €60.00`, `€4.90 up to 2 kg`
fn words(rate: &ShippingRate) -> String {
    let price = if rate.price.is_zero() { "free".to_owned() } else { rate.price.to_string() };
    let from = rate.subtotal_from.map(|from| format!(" from {from}")).unwrap_or_default();
    let grams = |grams: i64| match grams % 1000 {
        0 => format!("{} kg", grams / 1000),
        _ => format!("{grams} g"),
    };
    let weight = rate.weight_to_grams.map(|limit| format!(" up to {}", grams(limit))).unwrap_or_default();
    format!("{price}{from}{weight}")
}
