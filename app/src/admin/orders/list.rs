use leptos::prelude::*;
use souk_contract::{FulfillmentStatus, OrderPaymentStatus, OrderQuery, OrderStatus, OrderSummary};

use super::{
    many::{self, Chosen},
    papers,
};
use crate::{
    admin::{
        columns::{Column, Columns, Row},
        desk::Desk,
        drafts,
        load::Pages,
        parts,
        place::Place,
        time, views, words,
    },
    api::admin::orders,
    ui::{Icon, empty},
};

const TABS: [(&str, &str); 6] = [
    ("", "All"),
    ("unfulfilled", "To fulfil"),
    ("partial", "Partly shipped"),
    ("unpaid", "Awaiting payment"),
    ("shipped", "Shipped"),
    ("cancelled", "Cancelled"),
];

const COLUMNS: [Column; 9] = [
    ("Order", true),
    ("Date", true),
    ("Customer", true),
    ("Email", false),
    ("#Items", true),
    ("#Total", true),
    ("State", false),
    ("Payment", true),
    ("Fulfilment", true),
];

pub fn view(desk: Desk) -> AnyView {
    let pages = Pages::new(desk, move |after| orders::orders(query(desk, after))).live().is_main();
    let chosen = Chosen::new(desk);
    let columns = Columns::new(desk, "orders", &COLUMNS);
    let shown = Signal::derive(move || pages.rows().iter().map(|order| order.id).collect::<Vec<_>>());
    let none = move || {
        if ["q", "tab", "tag"].iter().any(|name| desk.param(name).is_some()) {
            empty(
                Icon::Search,
                "No order here",
                "Nothing fits. Try the whole number, how the mail address begins, or another tab.",
                None,
            )
        } else {
            empty(Icon::Bag, "No orders yet", "As soon as somebody buys something, it stands here.", None)
        }
    };
    let waiting = view! {
        <a class="button button--quiet" href=Place::Returns.url()>"Returns"</a>
        <a class="button button--quiet" href=Place::Drafts.url()>"Drafts"</a>
    };
    let picks = move || papers::pick_list(desk, &pages.rows());
    let acts = view! { {picks} {waiting} {drafts::begin(desk)} };
    let tag = move || {
        desk.param("tag").map(|tag| {
            let clear = move |_| desk.set_params(&[("tag", "")]);
            view! {
                <p class="tagged">
                    "Tagged " <b>{tag}</b> " "
                    <button type="button" class="text-button" on:click=clear>"Show all"</button>
                </p>
            }
        })
    };
    view! {
        {parts::head(desk, None, Signal::stored("Orders".to_owned()), acts.into_any())}
        <div class="box box--list">
            {parts::tabs(desk, "Orders by state", "tab", &TABS)}
            {parts::search(desk, "Search orders", "Number, mail address or name")}
            {views::bar(desk, "orders", columns)}
            {tag}
            {many::bar(chosen, pages, shown)}
            {pages.view(move |orders| table(orders, chosen, columns), none)}
        </div>
    }
    .into_any()
}

fn query(desk: Desk, after: Option<String>) -> OrderQuery {
    let query = OrderQuery {
        text: desk.param("q"),
        tag: desk.param("tag"),
        after,
        limit: Some(50),
        ..OrderQuery::default()
    };
    match desk.param("tab").as_deref() {
        Some("unfulfilled") => {
            OrderQuery { fulfillment_status: Some(FulfillmentStatus::Unfulfilled), ..query }
        }
        Some("partial") => {
            OrderQuery { fulfillment_status: Some(FulfillmentStatus::PartiallyFulfilled), ..query }
        }
        Some("unpaid") => OrderQuery { payment_status: Some(OrderPaymentStatus::None), ..query },
        Some("shipped") => OrderQuery { fulfillment_status: Some(FulfillmentStatus::Fulfilled), ..query },
        Some("cancelled") => OrderQuery { status: Some(OrderStatus::Cancelled), ..query },
        _ => query,
    }
}

fn table(orders: Vec<OrderSummary>, chosen: Chosen, columns: Columns) -> AnyView {
    columns.table("Orders, newest first", orders.iter().map(|order| row(order, chosen)).collect())
}

fn row(order: &OrderSummary, chosen: Chosen) -> Row {
    let customer = view! {
        <span class="two">
            <span>{order.name.clone()}</span><span class="muted">{order.email.clone()}</span>
        </span>
    };
    let cancelled = order.status == OrderStatus::Cancelled;
    let payment =
        if cancelled { words::order_status(order.status) } else { words::payment(order.payment_status) };
    let number = format!("#{}", order.number);
    let label = format!("Choose {number}");
    let link = parts::row_link(Place::Order(order.id).url(), number.into_any());
    let name = if chosen.may {
        parts::choose(label, chosen.has(order.id), chosen.toggle(order.id), link)
    } else {
        link
    };
    (
        None,
        name,
        vec![
            ("Date", time::time(order.placed_at)),
            ("Customer", customer.into_any()),
            ("Email", order.email.clone().into_any()),
            ("#Items", order.item_count.into_any()),
            ("#Total", order.total.to_string().into_any()),
            ("State", words::order_status(order.status)),
            ("Payment", payment),
            ("Fulfilment", words::fulfillment(order.fulfillment_status)),
        ],
    )
}
