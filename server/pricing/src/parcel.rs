//! What a parcel comes to, where its money is taken when it leaves.

use souk_contract::{Fulfillment, FulfillmentId, FulfillmentState, Money, Order, OrderLineId};

use crate::refund::{share, shipping_paid};

fn has_left(parcel: &Fulfillment) -> bool {
    matches!(parcel.state, FulfillmentState::Shipped | FulfillmentState::Delivered)
}

/// Its lines after discount and with tax, and delivery's price with the first parcel that leaves: all parcels together
/// come to the order's total. None where there is no such parcel.
pub fn due(order: &Order, parcel: FulfillmentId) -> Option<Money> {
    let parcel = order.fulfillments.iter().find(|one| one.id == parcel)?;
    let earlier = || order.fulfillments.iter().filter(|one| one.id != parcel.id && has_left(one));
    let pieces = |parcel: &Fulfillment, line: OrderLineId| -> i64 {
        parcel.lines.iter().filter(|one| one.order_line_id == line).map(|one| one.quantity).sum()
    };
    let goods = order.lines.iter().map(|line| {
        let before = earlier().map(|parcel| pieces(parcel, line.id)).sum();
        let part = |total: Money| share(total.minor, line.quantity, before, pieces(parcel, line.id));
        let on_top = if order.tax_inclusive { 0 } else { part(line.tax) };
        part(line.total) + on_top
    });
    let goods: i64 = goods.sum();
    let delivery = if earlier().next().is_none() { shipping_paid(order) } else { 0 };
    Some(Money::new(goods + delivery, order.total.currency))
}
