//! Delivery, codes, what it comes to, and the step from draft to order.

use leptos::prelude::*;
use souk_contract::{ChangeDraft, Draft, Order, PlaceDraft, Resource, ShippingOption};

use super::editor::Work;
use crate::{
    admin::{
        form::{Form, Input, check, select},
        go, parts,
        place::Place,
    },
    api::admin::drafts,
    draft::list,
    ui::{Tone, alert},
};

pub fn view(work: Work) -> AnyView {
    let codes = RwSignal::new(String::new());
    let method = RwSignal::new(String::new());
    let received = RwSignal::new(false);
    let form = Form::new(work.desk);
    Effect::new(move || {
        let Some(draft) = work.draft.get() else { return };
        let known: Vec<String> = draft.cart.codes.iter().map(|code| code.code.clone()).collect();
        codes.set(known.join(", "));
        // The first that is offered, until another is chosen.
        let offered = |code: &String| draft.payment_methods.iter().any(|one| one.code == *code);
        if !method.with_untracked(offered) {
            method.set(draft.payment_methods.last().map(|one| one.code.clone()).unwrap_or_default());
        }
    });
    let shown = move || {
        work.draft.get().map(|draft| {
            view! { {delivery(work, &draft)} {discount(work, &draft, codes)} {sums(work, &draft, form, method, received)} }
        })
    };
    shown.into_any()
}

fn delivery(work: Work, draft: &Draft) -> Option<AnyView> {
    if !draft.cart.requires_shipping() {
        return None;
    }
    let chosen = draft.cart.delivery.as_ref().map(|delivery| delivery.method_id);
    let option = |option: &ShippingOption| {
        let id = option.id;
        let choose = move |_| work.change(ChangeDraft { delivery: Some(id), ..ChangeDraft::default() });
        let days = format!("{}–{} days", option.days_min, option.days_max);
        view! {
            <label class="check">
                <input type="radio" name="draft-delivery" checked={chosen == Some(id)} disabled=!work.may_write on:change=choose/>
                <span class="check__label">{option.name.clone()} " · " {option.price.to_string()} " " <span class="muted">{days}</span></span>
            </label>
        }
        .into_any()
    };
    let body = if draft.delivery_options.is_empty() {
        let text = if draft.cart.shipping_address.is_some() {
            "Nothing is delivered to this address."
        } else {
            "The ways of delivery show once the address is saved."
        };
        view! { <p class="muted">{text}</p> }.into_any()
    } else {
        let options: Vec<AnyView> = draft.delivery_options.iter().map(option).collect();
        view! { <fieldset class="pieces"><legend class="sr-only">"Delivery"</legend>{options}</fieldset> }
            .into_any()
    };
    Some(parts::card("Delivery", None, body))
}

fn discount(work: Work, draft: &Draft, typed: RwSignal<String>) -> AnyView {
    let form = Form::new(work.desk);
    let save = move || {
        let request = ChangeDraft { codes: Some(list(&typed.get_untracked())), ..ChangeDraft::default() };
        let call = drafts::change_draft(work.id, request, work.version());
        form.send_or(call, move |draft| work.done(draft), move |error| work.refused(error));
    };
    let said: Vec<AnyView> = draft
        .cart
        .codes
        .iter()
        .map(|code| {
            let tone = if code.applied { Tone::Good } else { Tone::Warn };
            alert(tone, Some(code.code.clone()), view! { <p>{code.message.clone()}</p> }.into_any())
        })
        .collect();
    let body = view! {
        {said}
        <form class="form" on:submit=form.on_submit(save)>
            {form.general()}
            {Input::new(form, "Discount codes, with commas between them", "draft-codes", "code", typed).optional().view()}
            <div class="acts">{form.button("button--quiet button--small", "Use codes")}</div>
        </form>
    };
    if work.may_write { parts::card("Discount", None, body.into_any()) } else { ().into_any() }
}

fn sums(
    work: Work,
    draft: &Draft,
    form: Form,
    method: RwSignal<String>,
    received: RwSignal<bool>,
) -> AnyView {
    let totals = &draft.cart.totals;
    let sum = |label: &'static str, value: String, class: &'static str| {
        view! { <div class=class><dt>{label}</dt><dd>{value}</dd></div> }.into_any()
    };
    let tax = if totals.tax_inclusive { "Tax included" } else { "Tax" };
    let missing: Vec<AnyView> = draft
        .cart
        .requirements
        .iter()
        .map(|one| view! { <li>{one.message.clone()}</li> }.into_any())
        .collect();
    let ready = missing.is_empty();
    let todo = (!ready).then(|| {
        let list = view! { <ul>{missing}</ul> };
        alert(Tone::Plain, Some("Before it can be placed".into()), list.into_any())
    });
    let body = view! {
        <dl class="sums">
            {sum("Items", totals.subtotal.to_string(), "")}
            {(!totals.discount.is_zero()).then(|| sum("Discount", format!("−{}", totals.discount), ""))}
            {sum("Delivery", totals.shipping.to_string(), "")}
            {(!totals.shipping_discount.is_zero())
                .then(|| sum("Delivery discount", format!("−{}", totals.shipping_discount), ""))}
            {sum(tax, totals.tax.to_string(), "")}
            {sum("Total", totals.total.to_string(), "sums__total")}
        </dl>
        {todo}
        {(ready && work.may_write).then(|| order(work, draft, form, method, received))}
    };
    parts::card("Payment", None, body.into_any())
}

fn order(
    work: Work,
    draft: &Draft,
    form: Form,
    method: RwSignal<String>,
    received: RwSignal<bool>,
) -> AnyView {
    let methods: Vec<(String, String)> =
        draft.payment_methods.iter().map(|one| (one.code.clone(), one.name.clone())).collect();
    let total = draft.cart.totals.total;
    let may_take = untrack(move || work.desk.may(Resource::Payments.write()));
    let place = move || {
        let request = PlaceDraft {
            payment_method: method.get_untracked(),
            received: received.get_untracked() && may_take,
            expected_total: Some(total),
        };
        let done = move |order: Order| {
            work.desk.unsaved.set(false);
            work.desk.say(format!("Order #{} is placed.", order.number));
            go::to_place(work.desk, Place::Order(order.id));
        };
        let call = drafts::place_draft(work.id, request, work.version());
        form.send_or(call, done, move |error| work.refused(error));
    };
    view! {
        <form class="form" on:submit=form.on_submit(place)>
            {form.general()}
            {select(form, "Paid by", "draft-method", "payment_method", methods, method)}
            {may_take.then(|| check("The money is here already", received))}
            <div class="acts">{form.button("", "Place order")}</div>
        </form>
    }
    .into_any()
}
