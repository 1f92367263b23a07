//! Papers as PDF, each in a window of its own.

use leptos::prelude::*;
use souk_contract::{FulfillmentState, Order, OrderId, OrderPaymentStatus, OrderSummary};

/// The desktop has no cookie that would open a paper: there the order is opened in the browser.
fn address(order: OrderId, paper: &str) -> String {
    if cfg!(feature = "csr") {
        let server = leptos::server_fn::client::get_server_url();
        return format!("{server}/admin/orders/{order}");
    }
    format!("/fn/admin/orders/paper?order={order}&paper={paper}")
}

pub fn link(order: OrderId, paper: &str, label: &str) -> AnyView {
    let href = address(order, paper);
    view! { <p><a href=href target="_blank" rel="noopener">{label.to_owned()}</a></p> }.into_any()
}

pub fn card(order: &Order) -> AnyView {
    let paid = order.payment_status.is_paid() || order.payment_status == OrderPaymentStatus::Refunded;
    let mut links = Vec::new();
    if paid {
        links.push(link(order.id, "invoice", "Invoice"));
    }
    if order.lines.iter().any(|line| line.left() > 0) {
        links.push(link(order.id, "packing-slip", "Packing slip"));
    }
    for parcel in order.fulfillments.iter().filter(|parcel| parcel.state != FulfillmentState::Cancelled) {
        let label = format!("Packing slip {}", parcel.name);
        links.push(link(order.id, &format!("packing-slip-{}", parcel.id), &label));
    }
    if links.is_empty() {
        return view! { <p class="muted">"An invoice can be made once the order is paid."</p> }.into_any();
    }
    view! { <div class="papers">{links}</div> }.into_any()
}

/// Of the orders that a list shows; nothing where none has anything to be picked.
pub fn pick_list(orders: &[OrderSummary]) -> Option<AnyView> {
    use souk_contract::{FulfillmentStatus as Status, OrderStatus};
    let waits = |order: &&OrderSummary| {
        order.status == OrderStatus::Open
            && matches!(order.fulfillment_status, Status::Unfulfilled | Status::PartiallyFulfilled)
    };
    // As many as the server draws on one list.
    let ids: Vec<String> = orders.iter().filter(waits).take(100).map(|order| order.id.to_string()).collect();
    if ids.is_empty() {
        return None;
    }
    let label = match ids.len() {
        1 => "Pick list of 1 order".to_owned(),
        many => format!("Pick list of {many} orders"),
    };
    if cfg!(feature = "csr") {
        return None;
    }
    let href = format!("/fn/admin/orders/pick-list?orders={}", ids.join(","));
    Some(
        view! { <a class="button button--quiet" href=href target="_blank" rel="noopener">{label}</a> }
            .into_any(),
    )
}
