//! Picking pieces for a parcel.

use std::collections::BTreeMap;

use leptos::prelude::*;
use souk_contract::{
    CreateFulfillment, FulfillmentLine, Order, OrderLine, OrderLineId, OrderStatus, Tracking,
};

use super::detail::{Work, title};
use crate::{
    admin::{
        desk::Desk,
        form::{Form, Input, check},
        parts,
    },
    api::admin::orders,
};

/// What was typed. It outlives the order's being loaded again.
#[derive(Clone, Copy)]
pub struct Filled {
    form: Form,
    /// Of lines that somebody changed; the others are all that is left.
    quantities: RwSignal<BTreeMap<OrderLineId, String>>,
    tracking: TrackingFields,
    ship: RwSignal<bool>,
}

impl Filled {
    pub fn new(desk: Desk) -> Self {
        Self {
            form: Form::new(desk),
            quantities: RwSignal::new(BTreeMap::new()),
            tracking: TrackingFields::new(),
            ship: RwSignal::new(true),
        }
    }
}

#[derive(Clone, Copy)]
pub struct TrackingFields {
    carrier: RwSignal<String>,
    number: RwSignal<String>,
    url: RwSignal<String>,
}

impl TrackingFields {
    pub fn new() -> Self {
        let text = || RwSignal::new(String::new());
        Self { carrier: text(), number: text(), url: text() }
    }

    /// Shows what is known.
    pub fn fill(self, known: Option<&Tracking>) {
        self.carrier.set(known.map(|known| known.carrier.clone()).unwrap_or_default());
        self.number.set(known.map(|known| known.number.clone()).unwrap_or_default());
        self.url.set(known.and_then(|known| known.url.clone()).unwrap_or_default());
    }

    /// None without a number.
    pub fn read(self) -> Option<Tracking> {
        let text = |signal: RwSignal<String>| signal.get_untracked().trim().to_owned();
        let (number, url) = (text(self.number), text(self.url));
        (!number.is_empty()).then(|| Tracking {
            carrier: text(self.carrier),
            number,
            url: (!url.is_empty()).then_some(url),
        })
    }

    pub fn view(self, form: Form, id: &'static str) -> AnyView {
        view! {
            <div class="form__row">
                {Input::new(form, "Carrier", format!("{id}-carrier"), "tracking.carrier", self.carrier).optional().view()}
                {Input::new(form, "Tracking number", format!("{id}-number"), "tracking.number", self.number).optional().view()}
            </div>
            {Input::new(form, "Tracking link", format!("{id}-url"), "tracking.url", self.url)
                .kind("url").optional().hint("Where the parcel is followed: https://…").view()}
        }
        .into_any()
    }
}

/// Nothing where nothing is left, or the order is cancelled.
pub fn view(work: Work, filled: Filled) -> AnyView {
    let shown = move || {
        let order = work.order.get()?;
        let open = order.status != OrderStatus::Cancelled && order.lines.iter().any(|line| line.left() > 0);
        (open && work.may_write).then(|| parts::card("Fulfil", None, form(work, filled, &order)))
    };
    shown.into_any()
}

fn form(work: Work, filled: Filled, order: &Order) -> AnyView {
    let open: Vec<OrderLine> = order.lines.iter().filter(|line| line.left() > 0).cloned().collect();
    let version = order.version;
    let rows: Vec<AnyView> = open.iter().map(|line| row(filled, line)).collect();
    let send = move || {
        let lines = match chosen(filled, &open) {
            Ok(lines) => lines,
            Err(fault) => return filled.form.refuse(vec![fault]),
        };
        let ship = filled.ship.get_untracked();
        let request = CreateFulfillment { id: None, lines, tracking: filled.tracking.read(), ship };
        let call = orders::fulfil(work.id, request, Some(version));
        let said = if ship { "The parcel is on its way." } else { "The parcel is ready to be packed." };
        let done = move |order| {
            filled.quantities.set(BTreeMap::new());
            filled.tracking.fill(None);
            work.done(order, said);
        };
        filled.form.send_or(call, done, move |error| work.refused(error));
    };
    let label = move || if filled.ship.get() { "Ship" } else { "Fulfil" };
    view! {
        <form class="form" on:submit=filled.form.on_submit(send)>
            {filled.form.general()}
            <fieldset class="pieces">
                <legend class="field__label">"Pieces in this parcel"</legend>{rows}
            </fieldset>
            {filled.tracking.view(filled.form, "fulfil")}
            {check("It leaves right away", filled.ship)}
            <div class="acts">
                <button type="submit" class="button" aria-busy=move || filled.form.busy.get().then_some("true")>
                    {label}
                </button>
            </div>
        </form>
    }
    .into_any()
}

fn row(filled: Filled, line: &OrderLine) -> AnyView {
    let (id, most) = (line.id, line.left());
    let value =
        move || filled.quantities.with(|typed| typed.get(&id).cloned()).unwrap_or_else(|| most.to_string());
    let typed = move |event| {
        let text = event_target_value(&event);
        filled.quantities.update(|typed| drop(typed.insert(id, text)));
    };
    let input_id = format!("pieces-{id}");
    view! {
        <div class="pieces__row">
            <label for=input_id.clone()>{title(line)}</label>
            <input
                class="input input--number" id=input_id type="number" inputmode="numeric" min="0" max=most
                prop:value=value on:input=typed
            />
            <span class="muted">{format!("of {most}")}</span>
        </div>
    }
    .into_any()
}

fn chosen(filled: Filled, open: &[OrderLine]) -> Result<Vec<FulfillmentLine>, souk_contract::FieldError> {
    let fault = |message: &str| souk_contract::FieldError {
        field: "lines".into(),
        code: "invalid".into(),
        message: message.into(),
    };
    let typed = filled.quantities.get_untracked();
    let mut lines = Vec::new();
    for line in open {
        let quantity = match typed.get(&line.id) {
            None => line.left(),
            Some(text) => text.trim().parse().map_err(|_| fault("Please give whole numbers of pieces."))?,
        };
        if quantity > 0 {
            lines.push(FulfillmentLine { order_line_id: line.id, quantity });
        }
    }
    if lines.is_empty() { Err(fault("A parcel holds at least one piece.")) } else { Ok(lines) }
}
