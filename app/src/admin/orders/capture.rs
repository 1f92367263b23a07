//! Taking what is held for an order, and letting go of the rest.

use leptos::prelude::*;
use souk_contract::{CaptureMode, CapturePayment, Error, FieldError, Payment};

use super::detail::Work;
use crate::{
    admin::{
        dialogs::Question,
        form::{Form, Input},
        time,
    },
    api::admin::payments,
    draft::money,
};

pub fn view(work: Work, payment: &Payment, may: bool) -> AnyView {
    let held = payment.held();
    let how = match payment.capture {
        CaptureMode::AtOnce => "It was to be taken with the order.",
        CaptureMode::AtShipping if payment.in_parts => "Each parcel takes its part when it leaves.",
        CaptureMode::AtShipping => "The first parcel takes all of it when it leaves.",
        CaptureMode::ByHand => "It is taken by hand.",
    };
    let until = payment.held_until.map(|until| view! { " It runs out "{time::time(until)}"." });
    view! {
        <p class="muted">{format!("{held} is held. {how}")}{until}</p>
        {may.then(|| form(work, payment))}
    }
    .into_any()
}

/// The form is drawn anew with the order, so what is wrong is said beside it.
fn complain(work: Work, error: Error) -> Option<Error> {
    if let Some(error) = work.refused(error) {
        work.desk.complain(&error);
    }
    None
}

fn form(work: Work, payment: &Payment) -> AnyView {
    let form = Form::new(work.desk);
    let (id, version, held, in_parts) = (payment.id, payment.version, payment.held(), payment.in_parts);
    let amount = RwSignal::new(held.amount());
    let send = move || {
        let typed = amount.with_untracked(|text| money::parse(text, held.currency));
        let Some(typed) = typed.filter(|typed| typed.minor > 0) else {
            let message = "An amount such as 12.50.".to_owned();
            return form.refuse(vec![FieldError { field: "amount".into(), code: "invalid".into(), message }]);
        };
        let request = CapturePayment { capture_id: None, payment_id: id, amount: Some(typed) };
        let done = move |_| {
            work.desk.say(format!("{typed} is taken."));
            work.reload();
        };
        form.send_or(payments::take_payment(request, Some(version)), done, move |error| {
            complain(work, error)
        });
    };
    let release = move |_| {
        work.desk.ask(Question {
            title: format!("Let {held} go?"),
            text: "It can't be taken any more. What was taken stays.".into(),
            yes: "Let it go".into(),
            no: "Keep it held".into(),
            act: Callback::new(move |()| {
                let done = move |_| {
                    work.desk.say("The rest is let go.");
                    work.reload();
                };
                form.send_or(payments::release_payment(id, Some(version)), done, move |error| {
                    complain(work, error)
                });
            }),
        });
    };
    let hint = if in_parts { "" } else { "It can be taken once only: what is not taken is let go." };
    let input = Input::new(form, "Amount to take", "capture-amount", "amount", amount).inputmode("decimal");
    let input = if hint.is_empty() { input } else { input.hint(hint) };
    let rest = (!payment.captured.is_zero()).then(|| {
        view! { <button type="button" class="button button--quiet" on:click=release>"Let the rest go"</button> }
    });
    view! {
        <form class="form" novalidate=true on:submit=form.on_submit(send)>
            {input.view()}
            <div class="acts acts--start">{form.button("", "Capture")}{rest}</div>
        </form>
    }
    .into_any()
}
