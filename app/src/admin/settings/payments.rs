//! Ways to pay, in the order in which shoppers see them, and the account that a transfer goes to.

use leptos::prelude::*;
use souk_contract::{
    CaptureMode, Money, PaymentMethodInput, PaymentSettings, PaymentSettingsInput, Resource,
};

use super::payments_form;
use crate::{
    admin::{desk::Desk, dialogs, form::Form, load::Source, parts, shell},
    api::admin::payments,
    ui::{Tone, badge},
};

/// What is set, and the method that is being changed.
#[derive(Clone, Copy)]
pub struct Work {
    pub desk: Desk,
    pub settings: Source<PaymentSettings>,
    pub open: RwSignal<bool>,
    /// Its place in the list.
    pub edited: RwSignal<usize>,
    pub may_write: bool,
}

impl Work {
    /// Sends all of it as it is after a change.
    pub fn send(self, form: Form, input: PaymentSettingsInput, said: &'static str) {
        let version = self.settings.get_untracked().map(|settings| settings.version);
        form.send(payments::set_payment_methods(input, version), move |settings| {
            self.open.set(false);
            self.settings.set(settings);
            self.desk.say(said);
        });
    }
}

pub fn view(desk: Desk) -> AnyView {
    let title = Signal::stored("Payments".to_owned());
    if !untrack(move || desk.may(Resource::Payments.read())) {
        desk.ready.set(true);
        let text = "Your role does not allow you to see how customers pay.";
        return view! { {parts::head(desk, super::back(), title, ().into_any())} {shell::hidden(text)} }
            .into_any();
    }
    let work = Work {
        desk,
        settings: Source::new(desk, payments::payment_methods).is_main(),
        open: RwSignal::new(false),
        edited: RwSignal::new(0),
        may_write: untrack(move || desk.may(Resource::Payments.write())),
    };
    let order = Form::new(desk);
    let body = work.settings.view(move |settings| table(work, order, &settings));
    view! {
        {parts::head(desk, super::back(), title, ().into_any())}
        <div class="stack">
            {order.general()}
            <div class="box box--list">{body}</div>
            {move || work.settings.get().map(|settings| payments_form::bank(work, &settings))}
        </div>
        {dialogs::opened("payment-method", "Way to pay", work.open, move || payments_form::method(work))}
    }
    .into_any()
}

fn table(work: Work, order: Form, settings: &PaymentSettings) -> AnyView {
    let columns = ["Way to pay", "Offered", "To", "Amounts", "Money is taken", "Order"];
    let rows = (0..settings.input.methods.len()).map(|index| row(work, order, settings, index));
    parts::table("Ways to pay", &columns, rows.collect())
}

fn row(work: Work, order: Form, settings: &PaymentSettings, index: usize) -> AnyView {
    let method = &settings.input.methods[index];
    let gateway = settings.gateways.iter().find(|gateway| gateway.code == method.code);
    let edit = move |_| {
        work.edited.set(index);
        work.open.set(true);
    };
    let name = view! {
        <span class="two"><span>{method.name.clone()}</span><span class="muted">{method.description.clone()}</span></span>
    };
    let offered = match (method.offered, gateway.is_some_and(|gateway| gateway.is_test)) {
        (true, true) => badge(Tone::Warn, "Test: no money moves"),
        (true, false) => badge(Tone::Good, "Offered"),
        (false, _) => badge(Tone::Plain, "Not offered"),
    };
    let to = match method.countries.as_slice() {
        [] => "Everywhere".to_owned(),
        some if some.len() <= 6 => some.join(", "),
        many => format!("{} and {} more", many[..5].join(", "), many.len() - 5),
    };
    let taken = match gateway.filter(|gateway| gateway.holds) {
        Some(_) => taken(method.capture),
        None => "When it arrives",
    };
    let input = settings.input.clone();
    let last = settings.input.methods.len() - 1;
    let swap = move |label: String, text: &'static str, other: Option<usize>| {
        let input = input.clone();
        let go = move |_| {
            let mut input = input.clone();
            if let Some(other) = other {
                input.methods.swap(index, other);
                work.send(order, input, "The order is changed.");
            }
        };
        view! {
            <button
                type="button" class="button button--small button--quiet" aria-label=label
                disabled=other.is_none() on:click=go
            >
                {text}
            </button>
        }
        .into_any()
    };
    let acts = work.may_write.then(|| {
        let up = swap(format!("{} up", method.name), "↑", index.checked_sub(1));
        let down = swap(format!("{} down", method.name), "↓", (index < last).then_some(index + 1));
        let label = format!("Change {}", method.name);
        view! {
            <span class="acts acts--start">
                {up}{down}
                <button type="button" class="button button--small button--quiet" aria-label=label on:click=edit>
                    "Change"
                </button>
            </span>
        }
    });
    parts::row(
        None,
        name.into_any(),
        vec![
            ("Offered", offered),
            ("To", to.into_any()),
            ("Amounts", amounts(method).into_any()),
            ("Money is taken", taken.into_any()),
            ("Order", acts.into_any()),
        ],
    )
}

/// `from €10.00`, `up to €500.00`
fn amounts(method: &PaymentMethodInput) -> String {
    let part = |word: &str, amount: Option<Money>| amount.map(|amount| format!("{word} {amount}"));
    let parts: Vec<String> =
        [part("from", method.amount_from), part("up to", method.amount_to)].into_iter().flatten().collect();
    if parts.is_empty() { "Any".to_owned() } else { parts.join(" ") }
}

pub fn taken(mode: CaptureMode) -> &'static str {
    match mode {
        CaptureMode::AtOnce => "With the order",
        CaptureMode::AtShipping => "With each parcel",
        CaptureMode::ByHand => "By hand",
    }
}
