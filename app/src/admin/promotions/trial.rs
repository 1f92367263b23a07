//! What the promotion would have done to past orders.

use leptos::prelude::*;
use souk_contract::{PromotionId, PromotionInput, Resource, Simulate, Simulation};

use super::fault;
use crate::{
    admin::{
        desk::Desk,
        form::{Form, Input},
        parts,
        place::Place,
        words,
    },
    api::admin::promotions,
};

/// `read` is what is typed, if it can be read.
pub fn card(
    desk: Desk,
    read: Callback<(), Option<PromotionInput>>,
    id: Signal<Option<PromotionId>>,
) -> Option<AnyView> {
    let may = untrack(move || desk.may(Resource::Promotions.write()) && desk.may(Resource::Orders.read()));
    if !may {
        return None;
    }
    let form = Form::new(desk);
    let days = RwSignal::new("30".to_owned());
    let found = RwSignal::new(None::<Simulation>);
    let look = move || {
        let Ok(count) = days.with_untracked(|days| days.trim().parse()) else {
            return form.refuse(fault("days", "A whole number."));
        };
        let Some(promotion) = untrack(move || read.run(())) else {
            return form.refuse(fault("", "Please mend the fields above first."));
        };
        let request = Simulate { promotion, instead_of: id.get_untracked(), days: count };
        form.send(promotions::try_promotion(request), move |answer| found.set(Some(answer)));
    };
    let shown = move || found.get().map(|found| result(&found));
    let body = view! {
        <form class="form" novalidate=true on:submit=form.on_submit(look)>
            <p class="muted">"As if everybody who fits had used it and had bought the same. Nothing is saved."</p>
            {form.general()}
            {Input::new(form, "Orders of so many days", "trial-days", "days", days).inputmode("numeric").view()}
            <div class="acts">{form.button("button--quiet", "Try it on past orders")}</div>
        </form>
        <div role="status">{shown}</div>
    };
    Some(parts::card("Try it out", None, body.into_any()))
}

fn result(found: &Simulation) -> AnyView {
    let most = if found.more { " (the latest)" } else { "" };
    let facts = parts::facts(vec![
        ("Orders looked at", format!("{}{most}", found.orders).into_any()),
        ("Would have got it", found.fits.into_any()),
        ("Would have cost", found.cost.to_string().into_any()),
        ("Was paid", found.paid.to_string().into_any()),
    ]);
    let conflicts = found.conflicts.iter().map(|one| {
        let gave = words::count(one.gives_way, "order", "orders");
        let kept = words::count(one.keeps_out, "order", "orders");
        view! { <li>{format!("“{}”: gives way in {gave}, keeps this out of {kept}.", one.title)}</li> }
    });
    let conflicts: Vec<_> = conflicts.collect();
    let conflicts = (!conflicts.is_empty())
        .then(|| view! { <h3>"Other promotions"</h3> <ul class="stack stack--s">{conflicts}</ul> });
    let reasons = found.reasons.iter().map(|one| {
        let orders = words::count(one.orders, "order", "orders");
        view! { <li>{format!("{orders}: {}", reason(&one.reason))}</li> }
    });
    let reasons: Vec<_> = reasons.collect();
    let reasons = (!reasons.is_empty()).then(
        || view! { <h3>"Why others would not have got it"</h3> <ul class="stack stack--s">{reasons}</ul> },
    );
    let row = |one: &souk_contract::SimulatedOrder| {
        parts::row(
            Some(Place::Order(one.id).url()),
            format!("#{}", one.number).into_any(),
            vec![("#Taken off", one.amount.to_string().into_any()), ("Why", one.message.clone().into_any())],
        )
    };
    let examples = (!found.examples.is_empty()).then(|| {
        let rows = found.examples.iter().map(row).collect();
        parts::table("Orders that would have got it", &["Order", "#Taken off", "Why"], rows)
    });
    view! { <div class="stack">{facts} {conflicts} {reasons} {examples}</div> }.into_any()
}

fn reason(reason: &str) -> &'static str {
    match reason {
        "minimum" => "too small",
        "condition" => "conditions did not hold",
        "sale_items" => "only sale items",
        "nothing_left" => "nothing left to take off",
        "incomplete" => "the items were not in it",
        "exclusive" => "another promotion allows no other",
        "group" => "another of its group was chosen",
        _ => "other reasons",
    }
}
