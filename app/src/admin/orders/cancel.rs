use leptos::prelude::*;
use souk_contract::{FulfillmentState, Order, OrderPaymentStatus, OrderStatus};

use super::detail::Work;
use crate::{
    admin::{dialogs::Question, form::Form},
    api::admin::orders,
};

/// Nothing where the order can't be cancelled: once a part was shipped, or the money is ours.
pub fn button(work: Work, order: &Order) -> Option<AnyView> {
    let gone = |state| matches!(state, FulfillmentState::Shipped | FulfillmentState::Delivered);
    let open = matches!(order.status, OrderStatus::Pending | OrderStatus::Open)
        && matches!(order.payment_status, OrderPaymentStatus::None | OrderPaymentStatus::Authorized)
        && !order.fulfillments.iter().any(|parcel| gone(parcel.state));
    if !open || !work.may_write {
        return None;
    }
    let form = Form::new(work.desk);
    let (id, number, version) = (work.id, order.number, order.version);
    let cancel = move || {
        let call = orders::cancel_order(id, Some(version));
        let done = move |order| work.done(order, &format!("Order #{number} is cancelled."));
        form.send_or(call, done, move |error| {
            if let Some(error) = work.refused(error) {
                work.desk.complain(&error);
            }
            None
        });
    };
    let ask = move |_| {
        work.desk.ask(Question {
            title: format!("Cancel order #{number}?"),
            text: "Its pieces go back on the shelf, and a payment that is held is let go. This can't be taken back.".into(),
            yes: "Cancel the order".into(),
            no: "Keep it".into(),
            act: Callback::new(move |()| cancel()),
        });
    };
    let busy = move || form.busy.get().then_some("true");
    let button = view! {
        <button type="button" class="button button--quiet" aria-busy=busy on:click=ask>"Cancel order"</button>
    };
    Some(button.into_any())
}
