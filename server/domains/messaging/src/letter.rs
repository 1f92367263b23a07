//! From what happened to text and HTML. Pure functions.

use askama::Template;
use souk_contract::{
    Currency, Customer, Error, FulfillmentId, FulfillmentStatus, MailKind, MailPreview, MailWords, Money,
    Order, OrderLineId, OrderPaymentStatus, RefundId, ResetLetter, Result, Return, ReturnState,
};

use crate::words;

/// How the shop signs.
#[derive(Debug, Clone)]
pub(crate) struct Sender {
    pub name: String,
    /// Where answers go to.
    pub email: String,
    /// Scheme and host without a slash at the end: every link in a mail starts with it.
    pub base_url: String,
    /// Of the sample that staff look at.
    pub currency: Currency,
}

/// What a letter is about, before it has words.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Facts {
    pub kind: MailKind,
    pub to: String,
    /// By placeholder.
    pub values: Vec<(&'static str, String)>,
    /// Where the button leads.
    pub link: String,
    /// Its lines and sums follow the words.
    pub order: Option<Box<Order>>,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    shop: &'a Sender,
    subject: &'a str,
    title: &'a str,
    paragraphs: &'a [&'a str],
    order: Option<&'a Order>,
    sums: &'a [(&'static str, String)],
    link: &'a str,
    button: &'a str,
}

#[derive(Template)]
#[template(path = "letter.txt")]
struct Text<'a> {
    shop: &'a Sender,
    title: &'a str,
    paragraphs: &'a [&'a str],
    order: Option<&'a Order>,
    sums: &'a [(&'static str, String)],
    link: &'a str,
    button: &'a str,
}

/// Puts facts and words together.
pub(crate) fn write(shop: &Sender, facts: &Facts, words: &MailWords) -> Result<MailPreview> {
    let mut values = facts.values.clone();
    values.push(("shop", shop.name.clone()));
    let line = |text: &str| words::fill(text, &values).replace(['\r', '\n'], " ").trim().to_owned();
    let (subject, title, button) = (line(&words.subject), line(&words.title), line(&words.button));
    let body = words::fill(&words.body, &values);
    let paragraphs: Vec<&str> = body.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let order = facts.order.as_deref();
    let sums = order.map(sums).unwrap_or_default();
    let (link, sums, paragraphs) = (&facts.link, &sums[..], &paragraphs[..]);
    let text = Text { shop, title: &title, paragraphs, order, sums, link, button: &button };
    let html =
        Html { shop, subject: &subject, title: &title, paragraphs, order, sums, link, button: &button };
    Ok(MailPreview { text: render(&text)?, html: render(&html)?, subject })
}

pub(crate) fn order_confirmation(shop: &Sender, order: Order) -> Facts {
    let is_paid = order.payment_status == OrderPaymentStatus::Paid;
    let mut facts = of_order(shop, MailKind::OrderConfirmation, &order);
    facts.values.push(("paid", if is_paid { " and your payment".to_owned() } else { String::new() }));
    facts.order = Some(Box::new(order));
    facts
}

pub(crate) fn order_cancelled(shop: &Sender, order: &Order) -> Facts {
    of_order(shop, MailKind::OrderCancelled, order)
}

/// None where the order has no such parcel.
pub(crate) fn order_shipped(shop: &Sender, order: &Order, parcel: FulfillmentId) -> Option<Facts> {
    let parcel = order.fulfillments.iter().find(|one| one.id == parcel)?;
    let kind = match order.fulfillment_status {
        FulfillmentStatus::PartiallyFulfilled => MailKind::OrderShippedInPart,
        _ => MailKind::OrderShipped,
    };
    let mut facts = of_order(shop, kind, order);
    let pieces = parcel.lines.iter().map(|line| (line.order_line_id, line.quantity));
    facts.values.push(("items", items(order, pieces)));
    let tracking = parcel.tracking.as_ref().map(|tracking| {
        let carrier = if tracking.carrier.is_empty() { "Tracking number" } else { &tracking.carrier };
        format!("{}: {}", one_line(carrier), one_line(&tracking.number))
    });
    facts.values.push(("tracking", tracking.unwrap_or_default()));
    if let Some(url) = parcel.tracking.as_ref().and_then(|tracking| tracking.url.clone()) {
        facts.link = url;
    }
    Some(facts)
}

/// None where the order has no such refund, or no money went back.
pub(crate) fn order_refunded(shop: &Sender, order: &Order, refund: RefundId) -> Option<Facts> {
    let refund = order.refunds.iter().find(|one| one.id == refund && !one.amount.is_zero())?;
    let pieces = refund.lines.iter().map(|line| (line.order_line_id, line.quantity));
    let delivery =
        if refund.shipping.is_zero() { String::new() } else { format!("Delivery: {}", refund.shipping) };
    let mut facts = of_order(shop, MailKind::OrderRefunded, order);
    facts.values.extend([
        ("amount", refund.amount.to_string()),
        ("items", items(order, pieces)),
        ("delivery", delivery),
    ]);
    Some(facts)
}

/// None where its state is nothing to write about.
pub(crate) fn order_return(shop: &Sender, order: &Order, one: &Return, state: ReturnState) -> Option<Facts> {
    let kind = match state {
        ReturnState::Requested => MailKind::ReturnRequested,
        ReturnState::Approved => MailKind::ReturnApproved,
        ReturnState::Declined => MailKind::ReturnDeclined,
        ReturnState::Received => MailKind::ReturnReceived,
        _ => return None,
    };
    let pieces = one.lines.iter().map(|line| {
        (line.order_line_id, if state == ReturnState::Received { line.received } else { line.expected })
    });
    let mut facts = of_order(shop, kind, order);
    facts.values.extend([
        ("return", one.name.clone()),
        ("items", items(order, pieces.filter(|(_, quantity)| *quantity > 0))),
        ("reply", one.reply.clone()),
    ]);
    facts.link.push_str("/returns");
    Some(facts)
}

pub(crate) fn welcome(shop: &Sender, customer: &Customer) -> Facts {
    Facts {
        kind: MailKind::Welcome,
        to: customer.email.clone(),
        values: vec![("name", one_line(&customer.name))],
        link: format!("{}/account", shop.base_url),
        order: None,
    }
}

pub(crate) fn password_reset(shop: &Sender, reset: &ResetLetter) -> Facts {
    Facts {
        kind: MailKind::PasswordReset,
        to: reset.email.clone(),
        values: vec![("name", one_line(&reset.name))],
        link: format!("{}/account/reset/{}", shop.base_url, reset.token),
        order: None,
    }
}

fn of_order(shop: &Sender, kind: MailKind, order: &Order) -> Facts {
    let address = order.shipping_address.as_ref().or(order.billing_address.as_ref());
    let name = address.map(|address| one_line(&address.name)).filter(|name| !name.is_empty());
    Facts {
        kind,
        to: order.email.clone(),
        values: vec![
            ("name", name.unwrap_or_else(|| "customer".to_owned())),
            ("number", order.number.to_string()),
            ("total", order.total.to_string()),
        ],
        link: format!("{}/orders/{}", shop.base_url, order.access_token),
        order: None,
    }
}

/// One line a product.
fn items(order: &Order, pieces: impl Iterator<Item = (OrderLineId, i64)>) -> String {
    let items = pieces.filter_map(|(id, quantity)| {
        let line = order.lines.iter().find(|line| line.id == id)?;
        let options =
            if line.variant_title.is_empty() { String::new() } else { format!(", {}", line.variant_title) };
        Some(one_line(&format!("{quantity} × {}{options}", line.product_title)))
    });
    items.collect::<Vec<_>>().join("\n")
}

/// What people typed makes no paragraph of its own.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The lines between the goods and the total, as far as they say something.
fn sums(order: &Order) -> Vec<(&'static str, String)> {
    let mut sums = vec![("Subtotal", order.subtotal.to_string())];
    let minus = |money: Money| Money::new(-money.minor, money.currency).to_string();
    if !order.discount.is_zero() {
        sums.push(("Discount", minus(order.discount)));
    }
    if order.delivery.is_some() {
        sums.push(("Delivery", order.shipping.to_string()));
    }
    if !order.shipping_discount.is_zero() {
        sums.push(("Delivery discount", minus(order.shipping_discount)));
    }
    sums.push((if order.tax_inclusive { "Of which tax" } else { "Tax" }, order.tax.to_string()));
    sums
}

fn render(template: &impl Template) -> Result<String> {
    template.render().map_err(Error::internal)
}
