//! From a locked cart to an order, and back to what people see. Pure functions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use souk_contract::{
    Address, CASH_ON_DELIVERY, Cart, CheckoutId, Currency, CustomerId, Delivery, Error, FulfillmentStatus,
    Media, Money, Order, OrderId, OrderLine, OrderLineId, OrderPaymentStatus, OrderStatus, OrderSummary,
    Payment, PaymentId, PaymentStatus, ProductId, ReservationId, Result, TaxExemption, TaxShare, Timestamp,
    TraceStep, VariantId,
};
use souk_kernel::{
    Ids,
    db::{Json, Text},
    record,
};

use crate::{
    checkout::CheckoutRow,
    fulfillment::{self, Parcel},
    refund::{self, RefundRow},
};

/// What is kept with an order but never asked for in a query.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Content {
    pub shipping_address: Option<Address>,
    pub billing_address: Option<Address>,
    pub note: String,
    pub delivery: Option<Delivery>,
    pub trace: Vec<TraceStep>,
    /// None: from before rates were kept.
    #[serde(default)]
    pub taxes: Option<Taxes>,
}

/// What was taken, when it was bought: later rates change nothing.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Taxes {
    /// In the order of the lines.
    pub lines: Vec<Vec<TaxShare>>,
    pub shipping: Vec<TaxShare>,
    pub exempt: Option<TaxExemption>,
}

impl Taxes {
    /// None where the cart does not say: it was locked before rates were kept.
    pub(crate) fn of(cart: &Cart) -> Option<Self> {
        let (lines, shipping) = souk_pricing::tax_shares(cart).ok()?;
        let sum: i64 = lines.iter().flatten().chain(&shipping).map(|share| share.tax.minor).sum();
        (sum == cart.totals.tax.minor).then_some(Self { lines, shipping, exempt: cart.rules.tax.exempt })
    }
}

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct OrderRow {
        pub id: OrderId,
        pub number: i64,
        pub checkout_id: CheckoutId,
        pub payment_id: PaymentId,
        pub reservation_id: ReservationId,
        pub customer_id: Option<CustomerId>,
        pub status: Text<OrderStatus>,
        pub payment_status: Text<OrderPaymentStatus>,
        pub fulfillment_status: Text<FulfillmentStatus>,
        pub email: String,
        pub recipient: String,
        pub content: Json<Content>,
        pub currency: Currency,
        pub item_count: i64,
        pub subtotal_minor: i64,
        pub discount_minor: i64,
        pub shipping_minor: i64,
        pub shipping_discount_minor: i64,
        pub tax_minor: i64,
        pub tax_inclusive: bool,
        pub total_minor: i64,
        pub captured_minor: i64,
        pub refunded_minor: i64,
        pub refund_count: i64,
        pub tag_count: i64,
        pub version: i64,
        pub placed_at: Timestamp,
    }
}

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct LineRow {
        pub id: OrderLineId,
        pub order_id: OrderId,
        pub position: i64,
        pub variant_id: VariantId,
        pub product_id: ProductId,
        pub product_handle: String,
        pub product_title: String,
        pub variant_title: String,
        pub sku: Option<String>,
        pub media: Option<Json<Media>>,
        pub quantity: i64,
        pub unit_price_minor: i64,
        pub discount_minor: i64,
        pub tax_minor: i64,
        pub total_minor: i64,
    }
}

/// The order that a locked cart and its payment make.
pub(crate) fn from_checkout(
    checkout: &CheckoutRow,
    payment: &Payment,
    number: i64,
    now: Timestamp,
    ids: &Ids,
) -> Result<(OrderRow, Vec<LineRow>)> {
    let cart = checkout.cart()?;
    let (status, payment_status) = statuses(payment);
    let totals = &cart.totals;
    let order = OrderRow {
        id: checkout.order_id,
        number,
        checkout_id: checkout.id,
        payment_id: checkout.payment_id,
        reservation_id: checkout.reservation_id,
        customer_id: checkout.customer_id,
        status: Text(status),
        payment_status: Text(payment_status),
        fulfillment_status: Text(FulfillmentStatus::Unfulfilled),
        email: cart.email.clone().unwrap_or_default(),
        recipient: cart.shipping_address.as_ref().map(|address| address.name.clone()).unwrap_or_default(),
        content: Json(Content {
            shipping_address: cart.shipping_address.clone(),
            billing_address: cart.billing_address.clone(),
            note: cart.note.clone(),
            delivery: cart.delivery.clone(),
            trace: totals.trace.clone(),
            taxes: Taxes::of(cart),
        }),
        currency: cart.currency,
        item_count: cart.item_count(),
        subtotal_minor: totals.subtotal.minor,
        discount_minor: totals.discount.minor,
        shipping_minor: totals.shipping.minor,
        shipping_discount_minor: totals.shipping_discount.minor,
        tax_minor: totals.tax.minor,
        tax_inclusive: totals.tax_inclusive,
        total_minor: totals.total.minor,
        captured_minor: payment.captured.minor,
        refunded_minor: 0,
        refund_count: 0,
        tag_count: 0,
        version: 1,
        placed_at: now,
    };
    let lines = cart.lines.iter().zip(&totals.lines).enumerate().map(|(position, (line, priced))| LineRow {
        id: ids.next(),
        order_id: order.id,
        position: position as i64,
        variant_id: line.variant_id,
        product_id: line.product_id,
        product_handle: line.product_handle.clone(),
        product_title: line.product_title.clone(),
        variant_title: line.variant_title.clone(),
        sku: line.sku.clone(),
        media: line.media.clone().map(Json),
        quantity: line.quantity,
        unit_price_minor: line.unit_price.minor,
        discount_minor: priced.discount.minor,
        tax_minor: priced.tax.minor,
        total_minor: priced.total.minor,
    });
    let lines = lines.collect();
    Ok((order, lines))
}

/// An order is open once its money is held or ours, or where it comes with the parcel.
pub(crate) fn statuses(payment: &Payment) -> (OrderStatus, OrderPaymentStatus) {
    match payment.status {
        PaymentStatus::Captured => (OrderStatus::Open, OrderPaymentStatus::Paid),
        PaymentStatus::Authorized => (OrderStatus::Open, OrderPaymentStatus::Authorized),
        _ if payment.method == CASH_ON_DELIVERY => (OrderStatus::Open, OrderPaymentStatus::None),
        _ => (OrderStatus::Pending, OrderPaymentStatus::None),
    }
}

/// What belongs to an order besides its row.
#[derive(Default)]
pub(crate) struct Parts {
    pub lines: Vec<LineRow>,
    pub payments: Vec<Payment>,
    pub parcels: Vec<Parcel>,
    pub refunds: Vec<RefundRow>,
    pub tags: Vec<String>,
    pub access_token: String,
}

pub(crate) fn to_contract(row: OrderRow, parts: Parts) -> Order {
    let Parts { lines, payments, parcels, refunds, tags, access_token } = parts;
    let currency = row.currency;
    let pieces = Pieces {
        fulfilled: fulfillment::fulfilled(&parcels),
        refunded: refund::refunded(&refunds),
        removed: refund::removed(&refunds),
    };
    let money = |minor| Money::new(minor, currency);
    let mut taxes = row.content.0.taxes.unwrap_or_default();
    taxes.lines.resize(lines.len(), Vec::new());
    let lines = lines.into_iter().zip(taxes.lines);
    Order {
        id: row.id,
        number: row.number,
        status: row.status.0,
        payment_status: row.payment_status.0,
        fulfillment_status: row.fulfillment_status.0,
        email: row.email,
        shipping_address: row.content.0.shipping_address,
        billing_address: row.content.0.billing_address,
        note: row.content.0.note,
        delivery: row.content.0.delivery,
        lines: lines.map(|(line, taxes)| show_line(line, taxes, currency, &pieces)).collect(),
        subtotal: money(row.subtotal_minor),
        discount: money(row.discount_minor),
        shipping: money(row.shipping_minor),
        shipping_discount: money(row.shipping_discount_minor),
        tax: money(row.tax_minor),
        tax_inclusive: row.tax_inclusive,
        shipping_taxes: taxes.shipping,
        tax_exempt: taxes.exempt,
        total: money(row.total_minor),
        paid: money(row.captured_minor),
        trace: row.content.0.trace,
        payments,
        fulfillments: parcels.into_iter().map(|parcel| parcel.show(row.number, currency)).collect(),
        refunds: refunds.into_iter().map(|refund| refund.show(row.number, currency)).collect(),
        tags,
        access_token,
        version: row.version,
        placed_at: row.placed_at,
    }
}

/// Per line.
struct Pieces {
    fulfilled: BTreeMap<OrderLineId, i64>,
    refunded: BTreeMap<OrderLineId, i64>,
    removed: BTreeMap<OrderLineId, i64>,
}

fn show_line(row: LineRow, taxes: Vec<TaxShare>, currency: Currency, pieces: &Pieces) -> OrderLine {
    let money = |minor| Money::new(minor, currency);
    let of = |pieces: &BTreeMap<OrderLineId, i64>| pieces.get(&row.id).copied().unwrap_or_default();
    let (fulfilled, refunded, removed) = (of(&pieces.fulfilled), of(&pieces.refunded), of(&pieces.removed));
    OrderLine {
        id: row.id,
        variant_id: row.variant_id,
        product_id: row.product_id,
        product_handle: row.product_handle,
        product_title: row.product_title,
        variant_title: row.variant_title,
        sku: row.sku,
        media: row.media.map(|media| media.0),
        quantity: row.quantity,
        unit_price: money(row.unit_price_minor),
        discount: money(row.discount_minor),
        tax: money(row.tax_minor),
        taxes,
        total: money(row.total_minor),
        fulfilled,
        refunded,
        removed,
    }
}

pub(crate) fn summary(row: OrderRow, access_token: String) -> OrderSummary {
    OrderSummary {
        id: row.id,
        number: row.number,
        status: row.status.0,
        payment_status: row.payment_status.0,
        fulfillment_status: row.fulfillment_status.0,
        email: row.email,
        name: row.recipient,
        item_count: row.item_count,
        total: Money::new(row.total_minor, row.currency),
        access_token,
        placed_at: row.placed_at,
    }
}

pub(crate) fn stale() -> Error {
    Error::conflict("stale_version", "Somebody changed this order meanwhile.")
}

/// An order that is not the caller's is answered as one that does not exist.
pub(crate) fn not_found() -> Error {
    Error::not_found("order")
}
