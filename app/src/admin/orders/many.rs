//! What is done with several orders of the list at once.

use std::collections::BTreeSet;

use leptos::prelude::*;
use souk_contract::{MoveOrders, OrderId, OrderSummary, OrdersMoved, OrdersStep, Resource};

use crate::{
    admin::{desk::Desk, dialogs::Question, form::Form, load::Pages, words},
    api::admin::orders,
    ui::{Tone, alert},
};

/// As many as one call takes.
const MOST: usize = 100;

/// Which orders are chosen, and what the last step for many left undone.
#[derive(Clone, Copy)]
pub struct Chosen {
    desk: Desk,
    form: Form,
    orders: RwSignal<BTreeSet<OrderId>>,
    refused: RwSignal<Vec<String>>,
    pub may: bool,
}

impl Chosen {
    pub fn new(desk: Desk) -> Self {
        let may = untrack(move || desk.may(Resource::Orders.write()));
        let (orders, refused) = (RwSignal::new(BTreeSet::new()), RwSignal::new(Vec::new()));
        Self { desk, form: Form::new(desk), orders, refused, may }
    }

    pub fn has(self, id: OrderId) -> Signal<bool> {
        Signal::derive(move || self.orders.with(|orders| orders.contains(&id)))
    }

    pub fn toggle(self, id: OrderId) -> Callback<bool> {
        Callback::new(move |on| {
            self.orders.update(|orders| {
                if on {
                    orders.insert(id)
                } else {
                    orders.remove(&id)
                };
            });
        })
    }

    fn send(self, step: OrdersStep, pages: Pages<OrderSummary>) {
        let chosen: Vec<OrderId> = self.orders.with_untracked(|orders| orders.iter().copied().collect());
        let done = move |moved: OrdersMoved| {
            let said = |one: &souk_contract::OrderRefused| match one.number {
                Some(number) => format!("#{number}: {}", one.message),
                None => one.message.clone(),
            };
            self.refused.set(moved.refused.iter().map(said).collect());
            // What was refused stays chosen.
            self.orders.set(moved.refused.iter().map(|one| one.order_id).collect());
            let count = words::count(moved.done.len() as i64, "order", "orders");
            self.desk.say(match step {
                OrdersStep::Ship => format!("{count} shipped."),
                OrdersStep::ConfirmPayment => format!("{count} paid."),
                OrdersStep::Capture => format!("The money of {count} is taken."),
            });
            pages.reload();
        };
        self.form.send_or(orders::move_orders(MoveOrders { orders: chosen, step }), done, move |error| {
            self.desk.complain(&error);
            None
        });
    }
}

/// Above the list once something is chosen.
pub fn bar(chosen: Chosen, pages: Pages<OrderSummary>, shown: Signal<Vec<OrderId>>) -> AnyView {
    let Chosen { desk, orders, refused, form, .. } = chosen;
    let busy = move || form.busy.get().then_some("true");
    let ship = move |_| {
        let count = words::count(orders.with_untracked(BTreeSet::len) as i64, "order", "orders");
        desk.ask(Question {
            title: format!("Ship {count}?"),
            text: "Everything that is left of them leaves now, and their customers are written to.".into(),
            yes: "Ship them".into(),
            no: "Not yet".into(),
            act: Callback::new(move |()| chosen.send(OrdersStep::Ship, pages)),
        });
    };
    let take = move |_| {
        let count = words::count(orders.with_untracked(BTreeSet::len) as i64, "order", "orders");
        desk.ask(Question {
            title: format!("Take the money of {count}?"),
            text: "All that is held for them is taken now, also for what has not been sent.".into(),
            yes: "Take it".into(),
            no: "Not yet".into(),
            act: Callback::new(move |()| chosen.send(OrdersStep::Capture, pages)),
        });
    };
    let may_take = untrack(move || desk.may(Resource::Payments.write()));
    let all = move |_| orders.set(shown.get_untracked().into_iter().take(MOST).collect());
    let slips = move || {
        let ids: Vec<String> = orders.with(|orders| orders.iter().map(ToString::to_string).collect());
        // Papers open in the browser's own window, with its cookie.
        (!cfg!(feature = "csr")).then(|| {
            let href = format!("/fn/admin/orders/pick-list?orders={}", ids.join(","));
            view! {
                <a class="button button--quiet button--small" href=href target="_blank" rel="noopener">"Pick list"</a>
            }
        })
    };
    let many = Memo::new(move |_| orders.with(BTreeSet::len));
    let tools = move || {
        (many.get() > 0).then(|| {
            view! {
                <div class="many" role="group" aria-label="What is chosen">
                    <b>{move || format!("{} chosen", many.get())}</b>
                    <button type="button" class="button button--quiet button--small" aria-busy=busy on:click=ship>
                        "Ship"
                    </button>
                    {may_take.then(|| view! {
                        <button
                            type="button" class="button button--quiet button--small" aria-busy=busy
                            on:click=move |_| chosen.send(OrdersStep::ConfirmPayment, pages)
                        >
                            "Mark as paid"
                        </button>
                        <button type="button" class="button button--quiet button--small" aria-busy=busy on:click=take>
                            "Take money"
                        </button>
                    })}
                    {slips}
                    <button type="button" class="text-button" on:click=all>"Choose all shown"</button>
                    <button type="button" class="text-button" on:click=move |_| orders.set(BTreeSet::new())>
                        "Choose none"
                    </button>
                </div>
            }
        })
    };
    let left = move || {
        let lines = refused.get();
        (!lines.is_empty()).then(|| {
            let lines: Vec<AnyView> =
                lines.into_iter().map(|line| view! { <li>{line}</li> }.into_any()).collect();
            let body = view! { <ul>{lines}</ul> };
            alert(Tone::Warn, Some("Left as they were".into()), body.into_any())
        })
    };
    view! { {tools} <div role="status">{left}</div> }.into_any()
}
