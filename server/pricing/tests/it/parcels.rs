//! What is taken parcel by parcel is in the end what the order costs, to the minor unit.

use proptest::prelude::*;
use souk_contract::{
    Currency, Fulfillment, FulfillmentLine, FulfillmentState, FulfillmentStatus, Id, Money, Order, OrderLine,
    OrderPaymentStatus, OrderStatus, Timestamp,
};
use souk_pricing::parcel::due;
use uuid::Uuid;

/// Quantity, total, tax per line; what delivery costs, its discount and its tax.
pub fn order(lines: &[(i64, i64, i64)], delivery: (i64, i64, i64), tax_inclusive: bool) -> Order {
    let money = |minor| Money::new(minor, Currency::EUR);
    let at = Timestamp::from_micros(0).expect("a time");
    let goods: i64 = lines.iter().map(|line| line.1).sum();
    let tax = lines.iter().map(|line| line.2).sum::<i64>() + delivery.2;
    let on_top = if tax_inclusive { 0 } else { tax };
    let lines = lines.iter().enumerate().map(|(index, (quantity, total, tax))| OrderLine {
        id: Id::new(Uuid::from_u128(index as u128 + 1)),
        variant_id: Id::new(Uuid::nil()),
        product_id: Id::new(Uuid::nil()),
        product_handle: String::new(),
        product_title: String::new(),
        variant_title: String::new(),
        sku: None,
        media: None,
        quantity: *quantity,
        unit_price: money(0),
        discount: money(0),
        tax: money(*tax),
        total: money(*total),
        taxes: Vec::new(),
        fulfilled: 0,
        refunded: 0,
        removed: 0,
    });
    Order {
        id: Id::new(Uuid::nil()),
        number: 1001,
        status: OrderStatus::Open,
        payment_status: OrderPaymentStatus::Authorized,
        fulfillment_status: FulfillmentStatus::Unfulfilled,
        email: String::new(),
        shipping_address: None,
        billing_address: None,
        note: String::new(),
        delivery: None,
        lines: lines.collect(),
        subtotal: money(goods),
        discount: money(0),
        shipping: money(delivery.0),
        shipping_discount: money(delivery.1),
        tax: money(tax),
        tax_inclusive,
        shipping_taxes: Vec::new(),
        tax_exempt: None,
        total: money(goods + delivery.0 - delivery.1 + on_top),
        paid: money(0),
        trace: Vec::new(),
        payments: Vec::new(),
        fulfillments: Vec::new(),
        refunds: Vec::new(),
        tags: Vec::new(),
        access_token: String::new(),
        version: 1,
        placed_at: at,
    }
}

/// Another parcel, which leaves at once.
pub fn send(order: &mut Order, pieces: &[(usize, i64)]) -> Money {
    let id = Id::new(Uuid::from_u128(100 + order.fulfillments.len() as u128));
    let line = |(line, quantity): &(usize, i64)| FulfillmentLine {
        order_line_id: order.lines[*line].id,
        quantity: *quantity,
    };
    let parcel = Fulfillment {
        id,
        name: String::new(),
        state: FulfillmentState::Shipped,
        lines: pieces.iter().map(line).collect(),
        tracking: None,
        capture: None,
        created_at: order.placed_at,
        shipped_at: Some(order.placed_at),
        delivered_at: None,
    };
    order.fulfillments.push(parcel);
    due(order, id).expect("a parcel")
}

#[test]
fn delivery_is_taken_with_the_first_parcel_that_leaves() {
    let mut order = order(&[(3, 1000, 160), (1, 500, 80)], (490, 90, 64), true);
    order
        .fulfillments
        .push(Fulfillment { state: FulfillmentState::Cancelled, ..parcel_of(&mut order.clone()) });
    assert_eq!(send(&mut order, &[(0, 1)]).minor, 333 + 400);
    assert_eq!(send(&mut order, &[(0, 2)]).minor, 667);
    assert_eq!(send(&mut order, &[(1, 1)]).minor, 500);
    assert_eq!(due(&order, Id::new(Uuid::from_u128(9))), None);
}

fn parcel_of(order: &mut Order) -> Fulfillment {
    send(order, &[(1, 1)]);
    let mut parcel = order.fulfillments.pop().expect("a parcel");
    parcel.id = Id::new(Uuid::from_u128(50));
    parcel
}

#[test]
fn tax_that_comes_on_top_is_taken_with_its_pieces() {
    let mut order = order(&[(2, 1001, 83)], (500, 0, 41), false);
    assert_eq!(send(&mut order, &[(0, 1)]).minor, 501 + 42 + 541);
    assert_eq!(send(&mut order, &[(0, 1)]).minor, 500 + 41);
    assert_eq!(order.total.minor, 1001 + 83 + 541);
}

proptest! {
    #[test]
    fn all_parcels_come_to_the_total(
        lines in prop::collection::vec((1_i64..6, 0_i64..1_000_000, 0_i64..200_000), 1..6),
        delivery in (0_i64..5_000, 0_i64..5_000, 0_i64..900),
        tax_inclusive: bool,
        order_of in prop::collection::vec(any::<u32>(), 30),
        cuts in prop::collection::vec(1_usize..6, 30),
    ) {
        let discount = delivery.1.min(delivery.0);
        let mut order = order(&lines, (delivery.0, discount, delivery.2.min(delivery.0 - discount)), tax_inclusive);
        let mut pieces: Vec<(u32, usize)> = lines
            .iter()
            .enumerate()
            .flat_map(|(index, line)| std::iter::repeat_n(index, line.0 as usize))
            .zip(order_of.into_iter().cycle())
            .map(|(index, key)| (key, index))
            .collect();
        pieces.sort_unstable();
        let (mut rest, mut sum) = (&pieces[..], 0);
        for cut in cuts.into_iter().cycle() {
            let (parcel, left) = rest.split_at(cut.min(rest.len()));
            let parcel: Vec<(usize, i64)> = parcel.iter().map(|(_, index)| (*index, 1)).collect();
            let taken = send(&mut order, &parcel).minor;
            prop_assert!(taken >= 0);
            sum += taken;
            prop_assert!(sum <= order.total.minor);
            rest = left;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(sum, order.total.minor);
    }
}
