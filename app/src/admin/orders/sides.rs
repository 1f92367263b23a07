//! Who bought it, where it goes, and how it is paid.

use leptos::prelude::*;
use souk_contract::{Order, Payment, PaymentStatus, ProfileId, Resource};

use super::{
    capture,
    detail::{Work, part},
};
use crate::{
    admin::{form::Form, load::Source, parts, place::Place, time, words},
    api::admin::{customers, orders},
    ui::{Tone, alert, badge},
};

pub fn view(work: Work) -> AnyView {
    let may = untrack(move || work.desk.may(Resource::Customers.read()));
    let buyer = may.then(|| Source::new(work.desk, move || customers::customer_of_order(work.id)).live());
    view! {
        {part(work, "Customer", move |order| customer(order, buyer))}
        {part(work, "Delivery", delivery)}
        {part(work, "Billing address", |order| match &order.billing_address {
            Some(billing) => parts::address(billing),
            None => view! { <p class="muted">"The same as for delivery"</p> }.into_any(),
        })}
    }
    .into_any()
}

fn customer(order: &Order, buyer: Option<Source<Option<ProfileId>>>) -> AnyView {
    // An order that was placed a moment ago has no customer yet: then the link is missing.
    let profile = move || {
        let id = buyer?.get()??;
        Some(view! { <p><a href=Place::Customer(id).url()>"All about this customer"</a></p> })
    };
    let mail = format!("mailto:{}", order.email);
    view! {
        <p><a href=mail>{order.email.clone()}</a></p>
        {profile}
        {(!order.note.is_empty()).then(|| view! { <p class="note">{order.note.clone()}</p> })}
    }
    .into_any()
}

fn delivery(order: &Order) -> AnyView {
    let method = order.delivery.as_ref().map(|delivery| delivery.name.clone());
    view! {
        {method.map(|method| view! { <p class="strong">{method}</p> })}
        {match &order.shipping_address {
            Some(shipping) => parts::address(shipping),
            None => view! { <p class="muted">"Nothing to deliver"</p> }.into_any(),
        }}
    }
    .into_any()
}

/// With the gateway's own name for it, which is long and seldom read.
fn named(payment: &Payment) -> AnyView {
    let reference = payment.gateway_ref.clone().unwrap_or_default();
    view! {
        <span class="two"><span>{payment.method_name.clone()}</span><span class="muted">{reference}</span></span>
    }
    .into_any()
}

pub fn payments(work: Work, order: &Order) -> AnyView {
    if order.payments.is_empty() {
        return view! { <p class="muted">"No payment was tried yet."</p> }.into_any();
    }
    let form = Form::new(work.desk);
    let row = |payment: &Payment| {
        parts::row(
            None,
            named(payment),
            vec![
                ("State", status(payment.status)),
                ("Since", time::time(payment.created_at)),
                ("#Amount", payment.amount.to_string().into_any()),
                ("#Taken", payment.captured.to_string().into_any()),
                ("#Refunded", payment.refunded.to_string().into_any()),
            ],
        )
    };
    let columns = ["Method", "State", "Since", "#Amount", "#Taken", "#Refunded"];
    let failures = order.payments.iter().filter_map(|payment| payment.failure.clone());
    let failures: Vec<AnyView> =
        failures.map(|text| alert(Tone::Warn, None, view! { <p>{text}</p> }.into_any())).collect();
    let awaited = order.payments.iter().find(|payment| payment.status == PaymentStatus::Processing);
    let held = order.payments.iter().find(|payment| payment.status.is_held());
    let may = untrack(move || work.desk.may(Resource::Payments.write()));
    view! {
        {parts::table("Payments of this order", &columns, order.payments.iter().map(row).collect())}
        {failures}
        {awaited.filter(|_| may).map(|payment| arrived(work, form, payment))}
        {held.map(|payment| view! { <div class="stack">{capture::view(work, payment, may)}</div> })}
    }
    .into_any()
}

/// A transfer that is on the account.
fn arrived(work: Work, form: Form, payment: &Payment) -> AnyView {
    let (id, version) = (payment.id, payment.version);
    let confirm = move |_| {
        let call = orders::confirm_transfer(id, Some(version));
        let done = move |_| {
            work.desk.say("The payment is confirmed.");
            work.reload();
        };
        form.send_or(call, done, move |error| work.refused(error));
    };
    view! {
        {form.general()}
        <div class="acts">
            <button type="button" class="button button--quiet" aria-busy=move || form.busy.get().then_some("true") on:click=confirm>
                "The money has arrived"
            </button>
        </div>
    }
    .into_any()
}

fn status(status: PaymentStatus) -> AnyView {
    let tone = match status {
        PaymentStatus::Created | PaymentStatus::Voided | PaymentStatus::Authorized => Tone::Plain,
        PaymentStatus::RequiresAction | PaymentStatus::Processing | PaymentStatus::PartiallyCaptured => {
            Tone::Warn
        }
        PaymentStatus::Captured => Tone::Good,
        PaymentStatus::PartiallyRefunded | PaymentStatus::Refunded => Tone::Plain,
        PaymentStatus::Failed | PaymentStatus::Expired => Tone::Bad,
    };
    let word = match status {
        PaymentStatus::Processing => "Awaited".to_owned(),
        PaymentStatus::Captured => "Paid".to_owned(),
        PaymentStatus::PartiallyCaptured => "Partly paid".to_owned(),
        PaymentStatus::PartiallyRefunded => "Partly refunded".to_owned(),
        PaymentStatus::Expired => "Ran out".to_owned(),
        PaymentStatus::Authorized => "Authorised".to_owned(),
        other => words::plain(other.as_str()),
    };
    badge(tone, word)
}
