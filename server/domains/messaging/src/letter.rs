//! What mails say. Pure functions from data to text and HTML.

use askama::Template;
use souk_contract::{
    Customer, Error, FulfillmentId, FulfillmentStatus, Money, Order, OrderPaymentStatus, RefundId,
    ResetLetter, Result,
};

/// How the shop signs.
#[derive(Debug, Clone)]
pub struct Sender {
    pub name: String,
    /// Where answers go to.
    pub email: String,
    /// Scheme and host without a slash at the end: every link in a mail starts with it.
    pub base_url: String,
}

/// A mail before it has an id.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Letter {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub template: &'static str,
}

#[derive(Template)]
#[template(path = "order_confirmation.html")]
struct OrderHtml<'a> {
    shop: &'a Sender,
    subject: &'a str,
    order: &'a Order,
    sums: &'a [(&'static str, String)],
    link: &'a str,
}

#[derive(Template)]
#[template(path = "order_confirmation.txt")]
struct OrderText<'a> {
    shop: &'a Sender,
    order: &'a Order,
    sums: &'a [(&'static str, String)],
    link: &'a str,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct LetterHtml<'a> {
    shop: &'a Sender,
    subject: &'a str,
    title: &'a str,
    paragraphs: &'a [String],
    link: &'a str,
    label: &'a str,
}

#[derive(Template)]
#[template(path = "letter.txt")]
struct LetterText<'a> {
    shop: &'a Sender,
    title: &'a str,
    paragraphs: &'a [String],
    link: &'a str,
    label: &'a str,
}

/// The one letter that is not sent again.
pub(crate) const PASSWORD_RESET: &str = "password_reset";

pub(crate) fn order_confirmation(shop: &Sender, order: &Order) -> Result<Letter> {
    let subject = format!("Your order #{} at {}", order.number, shop.name);
    let link = format!("{}/orders/{}", shop.base_url, order.access_token);
    let sums = sums(order);
    Ok(Letter {
        text: render(&OrderText { shop, order, sums: &sums, link: &link })?,
        html: render(&OrderHtml { shop, subject: &subject, order, sums: &sums, link: &link })?,
        to: order.email.clone(),
        subject,
        template: "order_confirmation",
    })
}

pub(crate) fn order_cancelled(shop: &Sender, order: &Order) -> Result<Letter> {
    let link = format!("{}/orders/{}", shop.base_url, order.access_token);
    let paragraphs = [
        format!("Your order #{} was cancelled, and nothing of it will be sent.", order.number),
        "An amount that was held on your card is free again.".to_owned(),
    ];
    plain(
        shop,
        &order.email,
        "Your order was cancelled",
        &paragraphs,
        (&link, "See your order"),
        "order_cancelled",
    )
}

/// None where the order has no such parcel.
pub(crate) fn order_shipped(shop: &Sender, order: &Order, parcel: FulfillmentId) -> Result<Option<Letter>> {
    let Some(parcel) = order.fulfillments.iter().find(|one| one.id == parcel) else { return Ok(None) };
    let all = order.fulfillment_status != FulfillmentStatus::PartiallyFulfilled;
    let mut paragraphs = vec![if all {
        format!("Your order #{} is on its way.", order.number)
    } else {
        format!("A part of your order #{} is on its way; the rest follows.", order.number)
    }];
    let things = parcel.lines.iter().filter_map(|piece| {
        let line = order.lines.iter().find(|line| line.id == piece.order_line_id)?;
        let options =
            if line.variant_title.is_empty() { String::new() } else { format!(", {}", line.variant_title) };
        Some(format!("{} × {}{options}", piece.quantity, line.product_title))
    });
    paragraphs.extend(things);
    let own = format!("{}/orders/{}", shop.base_url, order.access_token);
    let (link, label) = match &parcel.tracking {
        None => (own, "See your order"),
        Some(tracking) => {
            let carrier = if tracking.carrier.is_empty() { "Tracking number" } else { &tracking.carrier };
            paragraphs.push(format!("{carrier}: {}", tracking.number));
            match &tracking.url {
                Some(url) => (url.clone(), "Follow the parcel"),
                None => (own, "See your order"),
            }
        }
    };
    let title = if all { "Your order is on its way" } else { "A part of your order is on its way" };
    plain(shop, &order.email, title, &paragraphs, (&link, label), "order_shipped").map(Some)
}

/// None where the order has no such refund, or no money went back.
pub(crate) fn order_refunded(shop: &Sender, order: &Order, refund: RefundId) -> Result<Option<Letter>> {
    let Some(refund) = order.refunds.iter().find(|one| one.id == refund && !one.amount.is_zero()) else {
        return Ok(None);
    };
    let mut paragraphs =
        vec![format!("We have sent {} of your order #{} back to you.", refund.amount, order.number)];
    let things = refund.lines.iter().filter_map(|part| {
        let line = order.lines.iter().find(|line| line.id == part.order_line_id)?;
        let options =
            if line.variant_title.is_empty() { String::new() } else { format!(", {}", line.variant_title) };
        Some(format!("{} × {}{options}", part.quantity, line.product_title))
    });
    paragraphs.extend(things);
    if !refund.shipping.is_zero() {
        paragraphs.push(format!("Delivery: {}", refund.shipping));
    }
    paragraphs.push(
        "It takes your bank a few days to show it. The credit note is on your order's page.".to_owned(),
    );
    let link = format!("{}/orders/{}", shop.base_url, order.access_token);
    let title = "Your refund";
    plain(shop, &order.email, title, &paragraphs, (&link, "See your order"), "order_refunded").map(Some)
}

pub(crate) fn welcome(shop: &Sender, customer: &Customer) -> Result<Letter> {
    let link = format!("{}/account", shop.base_url);
    let paragraphs = [
        format!("Hello {},", customer.name),
        "your account is ready: it keeps your orders and addresses.".to_owned(),
    ];
    let title = format!("Welcome to {}", shop.name);
    plain(shop, &customer.email, &title, &paragraphs, (&link, "Your account"), "welcome")
}

pub(crate) fn password_reset(shop: &Sender, reset: &ResetLetter) -> Result<Letter> {
    let link = format!("{}/account/reset/{}", shop.base_url, reset.token);
    let paragraphs = [
        format!("Hello {},", reset.name),
        "somebody, hopefully you, asked to set a new password. The link works once, for an hour.".to_owned(),
        "If it wasn't you, there is nothing to do: your password stays as it is.".to_owned(),
    ];
    plain(
        shop,
        &reset.email,
        "Set a new password",
        &paragraphs,
        (&link, "Set a new password"),
        PASSWORD_RESET,
    )
}

fn plain(
    shop: &Sender,
    to: &str,
    title: &str,
    paragraphs: &[String],
    (link, label): (&str, &str),
    template: &'static str,
) -> Result<Letter> {
    Ok(Letter {
        to: to.to_owned(),
        subject: title.to_owned(),
        text: render(&LetterText { shop, title, paragraphs, link, label })?,
        html: render(&LetterHtml { shop, subject: title, title, paragraphs, link, label })?,
        template,
    })
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
