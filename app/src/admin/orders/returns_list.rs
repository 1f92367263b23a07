use leptos::prelude::*;
use souk_contract::ReturnSummary;

use crate::{
    admin::{desk::Desk, load::Pages, parts, place::Place, time, words},
    api::admin::returns,
    ui::{Icon, empty},
};

const TABS: [(&str, &str); 7] = [
    ("", "All"),
    ("requested", "Requested"),
    ("approved", "Approved"),
    ("in_transit", "On its way"),
    ("received", "Received"),
    ("inspected", "To refund"),
    ("closed", "Closed"),
];

pub fn view(desk: Desk) -> AnyView {
    let ask = move |after| returns::returns(desk.param("q"), desk.param("tab"), after);
    let pages = Pages::new(desk, ask).live().is_main();
    let none = || {
        empty(
            Icon::Bag,
            "No return here",
            "As soon as a customer asks to send something back, it stands here.",
            None,
        )
    };
    let columns = ["Return", "Date", "Customer", "#Pieces", "State"];
    view! {
        {parts::head(desk, Some((Place::Orders.url(), "Orders")), Signal::stored("Returns".to_owned()), ().into_any())}
        <div class="box box--list">
            {parts::tabs(desk, "Returns by state", "tab", &TABS)}
            {parts::search(desk, "Search returns", "Number of the order or the return")}
            {pages.view(move |rows| parts::table("Returns, newest first", &columns, rows.iter().map(row).collect()), none)}
        </div>
    }
    .into_any()
}

fn row(one: &ReturnSummary) -> AnyView {
    let pieces = format!("{} of {}", one.received, one.expected);
    parts::row(
        Some(Place::Order(one.order_id).url()),
        one.name.clone().into_any(),
        vec![
            ("Date", time::time(one.created_at)),
            ("Customer", one.recipient.clone().into_any()),
            ("#Pieces", pieces.into_any()),
            ("State", words::returned(one.state)),
        ],
    )
}
