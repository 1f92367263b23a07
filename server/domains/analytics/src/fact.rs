//! What is kept of an order.

use std::collections::HashMap;

use souk_contract::{
    Currency, Order, OrderId, OrderLineId, OrderStatus, ProductId, RefundState, Timestamp, VariantId,
};
use souk_kernel::{Secrets, record};

use crate::period::{day_of, hour_of};

const PURPOSE: &str = "analytics-buyer";

record! {
    /// One order.
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct Sale {
        pub id: OrderId,
        pub number: i64,
        pub version: i64,
        pub placed_at: Timestamp,
        pub day: i64,
        pub hour: i64,
        pub buyer: String,
        pub currency: Currency,
        pub cancelled: bool,
        pub paid: bool,
        pub pieces: i64,
        pub subtotal_minor: i64,
        pub discount_minor: i64,
        pub shipping_minor: i64,
        pub tax_minor: i64,
        pub total_minor: i64,
        pub refunded_minor: i64,
    }
}

/// One of its lines.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub id: OrderLineId,
    pub sale_id: OrderId,
    pub product_id: ProductId,
    pub variant_id: VariantId,
    pub title: String,
    pub quantity: i64,
    pub total_minor: i64,
    pub categories: Vec<Category>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Category {
    pub handle: String,
    pub title: String,
}

/// Names whoever bought, for comparing only. The same address is the same buyer, signed in or not.
fn buyer(secrets: &Secrets, email: &str) -> String {
    secrets.sign(PURPOSE, email.trim().to_lowercase().as_bytes())
}

impl Sale {
    pub fn of(order: &Order, secrets: &Secrets) -> Self {
        Self {
            id: order.id,
            number: order.number,
            version: order.version,
            placed_at: order.placed_at,
            day: day_of(order.placed_at),
            hour: hour_of(order.placed_at),
            buyer: buyer(secrets, &order.email),
            currency: order.total.currency,
            cancelled: order.status == OrderStatus::Cancelled,
            // Once the money came it was paid, whatever was given back since.
            paid: order.payments.iter().any(|payment| payment.captured.minor > 0),
            pieces: order.lines.iter().map(|line| line.quantity).sum(),
            subtotal_minor: order.subtotal.minor,
            discount_minor: order.discount.minor,
            shipping_minor: order.shipping.minor - order.shipping_discount.minor,
            tax_minor: order.tax.minor,
            total_minor: order.total.minor,
            refunded_minor: refunded(order),
        }
    }
}

/// Minor units that went back; what is merely granted has not.
fn refunded(order: &Order) -> i64 {
    let done = order.refunds.iter().filter(|refund| refund.state == RefundState::Succeeded);
    done.map(|refund| refund.amount.minor).sum()
}

pub(crate) fn lines(order: &Order, categories: &HashMap<ProductId, Vec<Category>>) -> Vec<Line> {
    let line = |line: &souk_contract::OrderLine| Line {
        id: line.id,
        sale_id: order.id,
        product_id: line.product_id,
        variant_id: line.variant_id,
        title: line.product_title.clone(),
        quantity: line.quantity,
        total_minor: line.total.minor,
        categories: categories.get(&line.product_id).cloned().unwrap_or_default(),
    };
    order.lines.iter().map(line).collect()
}
