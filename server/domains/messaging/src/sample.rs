//! An order that never was, for looking at a letter before it is sent.

use souk_contract::{
    Address, Currency, Delivery, Fulfillment, FulfillmentLine, FulfillmentState, FulfillmentStatus, Id,
    MailKind, Money, Order, OrderLine, OrderPaymentStatus, OrderStatus, Timestamp, Tracking,
};
use uuid::Uuid;

use crate::letter::{self, Facts, Sender};

const NAME: &str = "Ada Lovelace";
const EMAIL: &str = "ada@example.com";

pub(crate) fn facts(shop: &Sender, kind: MailKind, now: Timestamp) -> Facts {
    let person = |link: &str| Facts {
        kind,
        to: EMAIL.into(),
        values: vec![("name", NAME.into())],
        link: format!("{}{link}", shop.base_url),
        order: None,
    };
    match kind {
        MailKind::OrderConfirmation => letter::order_confirmation(shop, order(shop.currency, now)),
        MailKind::OrderCancelled => letter::order_cancelled(shop, &order(shop.currency, now)),
        MailKind::ReturnRequested
        | MailKind::ReturnApproved
        | MailKind::ReturnDeclined
        | MailKind::ReturnReceived => {
            let facts = self::facts(shop, MailKind::OrderShipped, now);
            let mut values = facts.values;
            values.push(("return", "R1001-1".into()));
            values.push(("reply", "Returns, Quay 7, 20457 Hamburg".into()));
            Facts { kind, values, link: format!("{}/orders/sample/returns", shop.base_url), ..facts }
        }
        MailKind::Welcome => person("/account"),
        MailKind::PasswordReset => person("/account/reset/sample"),
        MailKind::OrderShipped | MailKind::OrderShippedInPart | MailKind::OrderRefunded => {
            let order = order(shop.currency, now);
            // Its items are those of a parcel or of a refund: here all of them.
            let parcel = letter::order_shipped(shop, &order, Id::new(Uuid::nil()));
            let mut facts = parcel.unwrap_or_else(|| letter::order_cancelled(shop, &order));
            let delivery = order.delivery.map(|delivery| format!("Delivery: {}", delivery.price));
            facts.values.push(("amount", order.total.to_string()));
            facts.values.push(("delivery", delivery.unwrap_or_default()));
            Facts { kind, ..facts }
        }
    }
}

fn order(currency: Currency, now: Timestamp) -> Order {
    let id = Uuid::nil();
    let money = |minor| Money::new(minor, currency);
    let line = |number: u128, title: &str, variant: &str, quantity, price, total| OrderLine {
        id: Id::new(Uuid::from_u128(number)),
        variant_id: Id::new(id),
        product_id: Id::new(id),
        product_handle: "sample".into(),
        product_title: title.into(),
        variant_title: variant.into(),
        sku: None,
        media: None,
        quantity,
        unit_price: money(price),
        discount: money(0),
        tax: money(0),
        taxes: Vec::new(),
        total: money(total),
        fulfilled: quantity,
        refunded: 0,
        removed: 0,
    };
    let lines = vec![
        line(1, "Stoneware mug", "Blue, large", 2, 1800, 3600),
        line(2, "Linen tea towel", "", 1, 1400, 1400),
    ];
    let parcel = Fulfillment {
        id: Id::new(id),
        name: "1001-1".into(),
        state: FulfillmentState::Shipped,
        lines: lines
            .iter()
            .map(|line| FulfillmentLine { order_line_id: line.id, quantity: line.quantity })
            .collect(),
        tracking: Some(Tracking { carrier: "DHL".into(), number: "00340434161094042557".into(), url: None }),
        created_at: now,
        capture: None,
        shipped_at: Some(now),
        delivered_at: None,
    };
    Order {
        id: Id::new(id),
        number: 1001,
        status: OrderStatus::Open,
        payment_status: OrderPaymentStatus::Paid,
        fulfillment_status: FulfillmentStatus::Fulfilled,
        email: EMAIL.into(),
        shipping_address: Some(Address {
            name: NAME.into(),
            line1: "12 St James's Square".into(),
            postal_code: "SW1Y 4JH".into(),
            city: "London".into(),
            country: "GB".into(),
            ..Address::default()
        }),
        billing_address: None,
        note: String::new(),
        delivery: Some(Delivery {
            method_id: Id::new(id),
            name: "Standard".into(),
            price: money(490),
            days_min: 2,
            days_max: 4,
        }),
        lines,
        subtotal: money(5000),
        discount: money(0),
        shipping: money(490),
        shipping_discount: money(0),
        tax: money(877),
        tax_inclusive: true,
        shipping_taxes: Vec::new(),
        tax_exempt: None,
        total: money(5490),
        paid: money(5490),
        trace: Vec::new(),
        payments: Vec::new(),
        refunds: Vec::new(),
        tags: Vec::new(),
        fulfillments: vec![parcel],
        access_token: "sample".into(),
        version: 1,
        placed_at: now,
    }
}
