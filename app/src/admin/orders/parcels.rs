//! Parcels and their steps.

use leptos::prelude::*;
use souk_contract::{
    CaptureState, Fulfillment, FulfillmentState, FulfillmentStep, MoveFulfillment, Order, ParcelCapture,
    Tracking,
};

use super::{
    detail::{Work, title},
    fulfil::TrackingFields,
};
use crate::{
    admin::{
        dialogs::{self, Question},
        form::Form,
        parts, time, words,
    },
    api::admin::orders,
    ui::{Tone, alert},
};

/// The dialog that asks for a parcel's tracking.
#[derive(Clone, Copy)]
struct Shipping {
    open: RwSignal<bool>,
    parcel: RwSignal<Option<Fulfillment>>,
    fields: TrackingFields,
}

pub fn view(work: Work) -> AnyView {
    let shipping =
        Shipping { open: RwSignal::new(false), parcel: RwSignal::new(None), fields: TrackingFields::new() };
    let form = Form::new(work.desk);
    let list = move || {
        let order = work.order.get()?;
        let parcel = |parcel: &Fulfillment| one(work, form, &order, parcel, shipping);
        let parcels: Vec<AnyView> = order.fulfillments.iter().map(parcel).collect();
        (!parcels.is_empty())
            .then(|| parts::card("Parcels", None, view! { <ul class="parcels">{parcels}</ul> }.into_any()))
    };
    let dialog = dialogs::opened("ship", "Tracking", shipping.open, move || {
        shipping.parcel.get().map_or_else(|| ().into_any(), |parcel| ship_form(work, shipping, parcel))
    });
    view! { {list} {dialog} }.into_any()
}

fn one(work: Work, form: Form, order: &Order, parcel: &Fulfillment, shipping: Shipping) -> AnyView {
    let lines = parcel.lines.iter().map(|line| {
        let name = order.lines.iter().find(|one| one.id == line.order_line_id).map(title).unwrap_or_default();
        view! { <li>{format!("{} × {name}", line.quantity)}</li> }
    });
    let moment = match (parcel.delivered_at, parcel.shipped_at) {
        (Some(at), _) => view! { <span>"Delivered "{time::time(at)}</span> }.into_any(),
        (None, Some(at)) => view! { <span>"Shipped "{time::time(at)}</span> }.into_any(),
        (None, None) => view! { <span>"Made "{time::time(parcel.created_at)}</span> }.into_any(),
    };
    view! {
        <li class="parcel">
            <div class="parcel__head">
                <h3 class="parcel__name">{format!("Parcel {}", parcel.name)}</h3>
                {words::parcel(parcel.state)}<span class="muted">{moment}</span>
            </div>
            <ul class="parcel__lines">{lines.collect::<Vec<_>>()}</ul>
            {parcel.tracking.as_ref().map(tracking)}
            {parcel.capture.as_ref().map(taken)}
            {work.may_write.then(|| steps(work, form, parcel, shipping))}
        </li>
    }
    .into_any()
}

fn tracking(tracking: &Tracking) -> AnyView {
    let text = [tracking.carrier.as_str(), tracking.number.as_str()].join(" ").trim().to_owned();
    // Only what leads to a page of the web may be followed.
    let url = tracking.url.clone().filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    let number = match url {
        Some(url) => view! { <a href=url target="_blank" rel="noopener noreferrer">{text}</a> }.into_any(),
        None => text.into_any(),
    };
    view! { <p class="parcel__tracking">"Tracking: "{number}</p> }.into_any()
}

/// What was taken when it left.
fn taken(capture: &ParcelCapture) -> AnyView {
    let amount = capture.amount;
    match capture.state {
        CaptureState::Succeeded => {
            view! { <p class="muted">{format!("{amount} was taken with it.")}</p> }.into_any()
        }
        CaptureState::Pending => {
            view! { <p class="muted">{format!("{amount} is being taken; the gateway has not answered.")}</p> }
                .into_any()
        }
        CaptureState::Failed => {
            let why = capture.failure.clone().unwrap_or_default();
            let text = format!("{amount} could not be taken: {why}");
            alert(Tone::Bad, None, view! { <p>{text}</p> }.into_any())
        }
    }
}

fn steps(work: Work, form: Form, parcel: &Fulfillment, shipping: Shipping) -> AnyView {
    let id = parcel.id;
    let go = move |step: FulfillmentStep, said: &'static str| {
        let call = orders::move_fulfillment(work.id, id, MoveFulfillment { step, tracking: None });
        form.send_or(
            call,
            move |order| work.done(order, said),
            move |error| {
                if let Some(error) = work.refused(error) {
                    work.desk.complain(&error);
                }
                None
            },
        );
    };
    let step = move |label: &'static str, class: &'static str, step: FulfillmentStep, said: &'static str| {
        view! { <button type="button" class=class on:click=move |_| go(step, said)>{label}</button> }
            .into_any()
    };
    let asked = parcel.clone();
    let ask_tracking = move |label: &'static str, class: &'static str| {
        let asked = asked.clone();
        let act = move |_| {
            shipping.fields.fill(asked.tracking.as_ref());
            shipping.parcel.set(Some(asked.clone()));
            shipping.open.set(true);
        };
        view! { <button type="button" class=class on:click=act>{label}</button> }.into_any()
    };
    let name = parcel.name.clone();
    let give_up = move || {
        let ask = move |_| {
            work.desk.ask(Question {
                title: format!("Give up parcel {name}?"),
                text: "Its pieces wait for another parcel.".into(),
                yes: "Give it up".into(),
                no: "Keep it".into(),
                act: Callback::new(move |()| go(FulfillmentStep::Cancel, "The parcel is given up.")),
            });
        };
        view! { <button type="button" class="text-button" on:click=ask>"Give up"</button> }.into_any()
    };
    const QUIET: &str = "button button--small button--quiet";
    let buttons = match parcel.state {
        FulfillmentState::Pending => vec![
            ask_tracking("Ship", "button button--small"),
            step("Pack", QUIET, FulfillmentStep::Pack, "The parcel is packed."),
            give_up(),
        ],
        FulfillmentState::Processing => vec![ask_tracking("Ship", "button button--small"), give_up()],
        FulfillmentState::Shipped => vec![
            step("Mark delivered", QUIET, FulfillmentStep::Deliver, "The parcel is delivered."),
            ask_tracking("Change tracking", "text-button"),
        ],
        FulfillmentState::Delivered | FulfillmentState::Cancelled => return ().into_any(),
    };
    view! { <div class="acts acts--start">{buttons}</div> }.into_any()
}

fn ship_form(work: Work, shipping: Shipping, parcel: Fulfillment) -> AnyView {
    let form = Form::new(work.desk);
    let fields = shipping.fields;
    let shipped = parcel.state == FulfillmentState::Shipped;
    let (label, said) =
        if shipped { ("Save", "The tracking is changed.") } else { ("Ship", "The parcel is on its way.") };
    let send = move || {
        let request = MoveFulfillment { step: FulfillmentStep::Ship, tracking: fields.read() };
        let call = orders::move_fulfillment(work.id, parcel.id, request);
        let done = move |order| {
            shipping.open.set(false);
            work.done(order, said);
        };
        form.send_or(call, done, move |error| work.refused(error));
    };
    view! {
        <form class="form" on:submit=form.on_submit(send)>
            {form.general()}
            <p class="muted">{format!("Parcel {}. The customer sees what stands here.", parcel.name)}</p>
            {fields.view(form, "ship")}
            <div class="acts">{form.button("", label)}</div>
        </form>
    }
    .into_any()
}
