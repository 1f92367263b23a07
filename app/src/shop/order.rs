//! A placed order: the confirmation right after, and its state later, under the same secret address.

use leptos::prelude::*;
use souk_contract::{
    Address, Country, Fulfillment, FulfillmentState, FulfillmentStatus, Order, OrderPaymentStatus,
    OrderReturns, OrderStatus, OwnOrder, Refund, RefundState, Timestamp,
};

use super::{
    bag::{SmallLine, Sums, small_line, sums},
    checkout::days,
    returns,
};
use crate::{
    context::Visit,
    head::Head,
    page::{Found, Html, Page, Stop},
    ui::{Icon, Tone, alert, icon},
};

struct OrderPage {
    order: Order,
    /// `22 November 2026`
    placed: String,
    /// As the payment method calls itself.
    payment: String,
    countries: Vec<Country>,
    returns: OrderReturns,
}

fn view(page: &OrderPage) -> AnyView {
    let order = &page.order;
    let name = order.shipping_address.as_ref().and_then(|one| one.name.split_whitespace().next());
    let thanks = match (order.status, name) {
        (OrderStatus::Cancelled, _) => "This order was cancelled".to_owned(),
        (_, Some(name)) => format!("Thank you, {name}"),
        (_, None) => "Thank you".to_owned(),
    };
    let (lead, tail) = (format!("{}", order.number), format!(" is placed. We wrote to {}.", order.email));
    let lines = order.lines.iter().map(|line| {
        small_line(SmallLine {
            media: line.media.as_ref(),
            title: &line.product_title,
            options: &line.variant_title,
            quantity: line.quantity,
            total: line.total,
        })
    });
    view! {
        <div class="wrap page">
            <div class="thanks">
                <span class="thanks__mark">
                    {icon(if order.status == OrderStatus::Cancelled { Icon::Close } else { Icon::Check })}
                </span>
                <h1>{thanks}</h1>
                <p class="lede">"Order "<b class="num">{lead}</b>{tail}</p>
            </div>
            <div class="order">
                <div class="stack stack--l">
                    {instructions(order)}
                    <section class="stack"><h2>"Where it is"</h2>{timeline(page)}{parcels(order)}{refunds(order)}{returns::on_order(order, &page.returns)}</section>
                    <section class="stack"><h2>"Details"</h2>{facts(page)}</section>
                </div>
                <aside class="panel stack" aria-label="What you ordered">
                    <h2 class="step__title">"Your order"</h2>
                    <ul class="lines lines--small">{lines.collect::<Vec<_>>()}</ul>
                    {sums(&Sums {
                        subtotal: order.subtotal,
                        discount: order.discount,
                        discount_label: "Discount",
                        shipping: Some(order.shipping),
                        shipping_discount: order.shipping_discount,
                        tax: order.tax,
                        tax_inclusive: order.tax_inclusive,
                        total: order.total,
                    })}
                    <a class="button button--quiet" href="/collections/all">"Keep looking"</a>
                </aside>
            </div>
        </div>
    }
    .into_any()
}

/// What the shopper has to do: transfer the money, or have it ready.
fn instructions(order: &Order) -> AnyView {
    if order.status == OrderStatus::Cancelled || is_paid(order) {
        return ().into_any();
    }
    let told =
        order.payments.iter().rev().find_map(|payment| Some((payment, payment.instructions.as_deref()?)));
    let Some((payment, text)) = told else { return ().into_any() };
    let title = if payment.method == "bank_transfer" { "Please transfer the money" } else { "How you pay" };
    let lines: Vec<AnyView> =
        text.lines().map(|line| view! { <p>{line.to_owned()}</p> }.into_any()).collect();
    alert(Tone::Warn, Some(title.to_owned()), lines.into_any())
}

/// The money came, whatever went back since.
fn is_paid(order: &Order) -> bool {
    order.payment_status.is_paid() || order.payment_status == OrderPaymentStatus::Refunded
}

fn timeline(page: &OrderPage) -> AnyView {
    let order = &page.order;
    // Of an open order the money is held, or comes with the parcel.
    let open = order.status == OrderStatus::Open;
    let (paid, payment) = match order.payment_status {
        _ if is_paid(order) => (true, "Paid"),
        OrderPaymentStatus::None if open => (true, "You pay on delivery"),
        _ if open => (true, "Payment authorised"),
        _ => (false, "Waiting for payment"),
    };
    use FulfillmentStatus as Status;
    let status = order.fulfillment_status;
    let back = matches!(status, Status::PartiallyReturned | Status::Returned);
    let sent = back || matches!(status, Status::Fulfilled | Status::PartiallyDelivered | Status::Delivered);
    let arrived = |parcel: &Fulfillment| {
        matches!(parcel.state, FulfillmentState::Delivered | FulfillmentState::Cancelled)
    };
    let delivered = status == Status::Delivered || back && order.fulfillments.iter().all(arrived);
    let partly = status == Status::PartiallyFulfilled;
    let arrival = order.delivery.as_ref().map(|one| days(one.days_min, one.days_max)).unwrap_or_default();
    let step = |class: &'static str, current: bool, title: &'static str, time: String| {
        view! {
            <li class=format!("timeline__item {class}") aria-current=current.then_some("step")>
                <p class="timeline__title">{title}</p>
                <span class="timeline__time">{time}</span>
            </li>
        }
        .into_any()
    };
    let done = |is: bool| if is { "is-done" } else { "" };
    let mut steps = vec![step("is-done", false, "Ordered", page.placed.clone())];
    if order.status == OrderStatus::Cancelled {
        steps.push(step("is-bad", true, "Cancelled", "Nothing more will be charged".to_owned()));
    } else {
        let awaited = if paid { String::new() } else { page.payment.clone() };
        steps.push(step(done(paid), !paid, payment, awaited));
        let packing = if partly { "A part is on its way, the rest is being packed" } else { "Packing" };
        steps.push(step(done(sent), paid && !sent, packing, String::new()));
        let arrival = if delivered { String::new() } else { arrival };
        steps.push(step(done(delivered), sent && !delivered, "On its way", arrival));
        let last = order.fulfillments.iter().filter_map(|parcel| parcel.delivered_at).max();
        let when = last.filter(|_| delivered).map(day).unwrap_or_default();
        steps.push(step(done(delivered), false, "Delivered", when));
    }
    view! { <ol class="timeline">{steps}</ol> }.into_any()
}

/// What has left, and how to follow it.
fn parcels(order: &Order) -> AnyView {
    let shipped = |parcel: &&Fulfillment| {
        matches!(parcel.state, FulfillmentState::Shipped | FulfillmentState::Delivered)
    };
    let parcels: Vec<AnyView> =
        order.fulfillments.iter().filter(shipped).map(|parcel| view_parcel(order, parcel)).collect();
    if parcels.is_empty() {
        return ().into_any();
    }
    view! { <ul class="parcels" aria-label="Parcels">{parcels}</ul> }.into_any()
}

fn view_parcel(order: &Order, parcel: &Fulfillment) -> AnyView {
    let (title, when) = match (parcel.delivered_at, parcel.shipped_at) {
        (Some(at), _) => ("Delivered", day(at)),
        (None, Some(at)) => ("Sent", day(at)),
        (None, None) => ("Sent", String::new()),
    };
    let things: Vec<String> = parcel
        .lines
        .iter()
        .filter_map(|piece| {
            let line = order.lines.iter().find(|line| line.id == piece.order_line_id)?;
            Some(format!("{} × {}", piece.quantity, line.product_title))
        })
        .collect();
    let tracking = parcel.tracking.as_ref().map(|tracking| {
        let carrier = if tracking.carrier.is_empty() { "Tracking number" } else { &tracking.carrier };
        let number = match tracking.url.clone() {
            Some(url) => view! {
                <a class="num" href=url rel="noopener noreferrer">{tracking.number.clone()}</a>
            }
            .into_any(),
            None => view! { <span class="num">{tracking.number.clone()}</span> }.into_any(),
        };
        view! { <p class="parcel__tracking">{format!("{carrier}: ")}{number}</p> }.into_any()
    });
    view! {
        <li class="parcel">
            <p class="parcel__title"><b>{title}</b>" "<span class="parcel__time">{when}</span></p>
            <p>{things.join(", ")}</p>
            {tracking}
        </li>
    }
    .into_any()
}

/// What went back or is about to, with its credit note.
fn refunds(order: &Order) -> AnyView {
    let row = |refund: &Refund| {
        let (title, when) = match refund.settled_at {
            Some(at) => ("Refunded", day(at)),
            None => ("Refund under way", String::new()),
        };
        let things: Vec<String> = refund
            .lines
            .iter()
            .filter_map(|part| {
                let line = order.lines.iter().find(|line| line.id == part.order_line_id)?;
                Some(format!("{} × {}", part.quantity, line.product_title))
            })
            .collect();
        let href = format!("/orders/{}/papers/credit-note-{}", order.access_token, refund.id);
        let note = (refund.state == RefundState::Succeeded && !refund.amount.is_zero()).then(|| {
            view! { <p><a href=href target="_blank" rel="noopener">"Credit note (PDF)"</a></p> }.into_any()
        });
        view! {
            <li class="parcel">
                <p class="parcel__title">
                    <b>{title}</b>" "<span class="num">{refund.amount.to_string()}</span>" "
                    <span class="parcel__time">{when}</span>
                </p>
                <p>{things.join(", ")}</p>
                {note}
            </li>
        }
        .into_any()
    };
    let shown = order.refunds.iter().filter(|refund| refund.state != RefundState::Failed);
    let rows: Vec<AnyView> = shown.map(row).collect();
    if rows.is_empty() {
        return ().into_any();
    }
    view! { <ul class="parcels" aria-label="Refunds">{rows}</ul> }.into_any()
}

fn facts(page: &OrderPage) -> AnyView {
    let order = &page.order;
    let fact =
        |title: &'static str, body: AnyView| view! { <div><dt>{title}</dt><dd>{body}</dd></div> }.into_any();
    let mut facts = Vec::new();
    if let Some(address) = &order.shipping_address {
        facts.push(fact("Deliver to", address_lines(address, &page.countries)));
    }
    if let Some(delivery) = &order.delivery {
        let text = format!("{}, {}", delivery.name, days(delivery.days_min, delivery.days_max));
        facts.push(fact("Delivery", text.into_any()));
    }
    if let Some(address) = &order.billing_address {
        facts.push(fact("Bill to", address_lines(address, &page.countries)));
    }
    facts.push(fact("Payment", page.payment.clone().into_any()));
    if is_paid(order) {
        let href = format!("/orders/{}/papers/invoice", order.access_token);
        facts.push(fact(
            "Invoice",
            view! { <a href=href target="_blank" rel="noopener">"Invoice (PDF)"</a> }.into_any(),
        ));
    }
    view! { <dl class="order__facts">{facts}</dl> }.into_any()
}

/// As on an envelope.
pub fn address_lines(address: &Address, countries: &[Country]) -> AnyView {
    let town = format!("{} {}", address.postal_code, address.city);
    let country = countries.iter().find(|one| one.code == address.country);
    let country = country.map_or(address.country.as_str(), |one| one.name.as_str());
    let lines = [
        address.name.as_str(),
        &address.company,
        &address.line1,
        &address.line2,
        town.trim(),
        &address.region,
        country,
    ];
    let lines = lines.into_iter().filter(|line| !line.is_empty());
    lines.map(|line| view! { {line.to_owned()}<br/> }.into_any()).collect::<Vec<_>>().into_any()
}

pub async fn load(visit: &Visit, token: &str) -> Result<Found, Stop> {
    let order = visit.services.orders.by_access_token(&visit.ctx, token).await?;
    let title = format!("Order {}", order.number);
    let payment = order.payments.last().map(|payment| payment.method_name.clone()).unwrap_or_default();
    let countries = visit.services.shipping.countries(&visit.ctx).await.unwrap_or_default();
    let returns = match order.fulfillments.is_empty() {
        true => OrderReturns::default(),
        false => visit.services.returns.of_own(&visit.ctx, &OwnOrder::Link(token.to_owned())).await?,
    };
    let page = OrderPage { placed: day(order.placed_at), payment, countries, order, returns };
    Ok(Found { page: Page::Still(Html::draw(|| view(&page))), head: Head::private(&title) })
}

/// `22 November 2026`, in UTC.
pub fn day(moment: Timestamp) -> String {
    moment.datetime().format("%-d %B %Y").to_string()
}
