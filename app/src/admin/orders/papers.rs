//! Papers of orders.

use leptos::prelude::*;
use souk_contract::{FulfillmentState, Order, OrderId, OrderPaymentStatus, OrderSummary};

use crate::admin::{desk::Desk, paper};

pub fn link(desk: Desk, order: OrderId, paper: &str, label: &str) -> AnyView {
    let path = format!("/fn/admin/orders/paper?order={order}&paper={paper}");
    let link = paper::link(desk, "", path, label.to_owned());
    view! { <p class="papers__one">{link}</p> }.into_any()
}

pub fn card(desk: Desk, order: &Order) -> AnyView {
    let paid = order.payment_status.is_paid() || order.payment_status == OrderPaymentStatus::Refunded;
    let mut links = Vec::new();
    if paid {
        links.push(link(desk, order.id, "invoice", "Invoice"));
        links.push(link(desk, order.id, "receipt", "Receipt"));
    }
    if order.lines.iter().any(|line| line.left() > 0) {
        links.push(link(desk, order.id, "packing-slip", "Packing slip"));
    }
    for parcel in order.fulfillments.iter().filter(|parcel| parcel.state != FulfillmentState::Cancelled) {
        let label = format!("Packing slip {}", parcel.name);
        links.push(link(desk, order.id, &format!("packing-slip-{}", parcel.id), &label));
    }
    if links.is_empty() {
        return view! { <p class="muted">"An invoice can be made once the order is paid."</p> }.into_any();
    }
    view! { <div class="papers">{links}</div> }.into_any()
}

/// Of the orders that a list shows; nothing where none has anything to be picked.
pub fn pick_list(desk: Desk, orders: &[OrderSummary]) -> Option<AnyView> {
    use souk_contract::{FulfillmentStatus as Status, OrderStatus};
    let waits = |order: &&OrderSummary| {
        order.status == OrderStatus::Open
            && matches!(order.fulfillment_status, Status::Unfulfilled | Status::PartiallyFulfilled)
    };
    // As many as the server draws on one list.
    let ids: Vec<String> = orders.iter().filter(waits).take(100).map(|order| order.id.to_string()).collect();
    let label = match ids.len() {
        0 => return None,
        1 => "Pick list of 1 order".to_owned(),
        many => format!("Pick list of {many} orders"),
    };
    let path = format!("/fn/admin/orders/pick-list?orders={}", ids.join(","));
    Some(paper::link(desk, "button button--quiet", path, label))
}
