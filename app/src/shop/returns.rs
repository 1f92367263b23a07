//! Sending something of an order back, under the order's own secret address.

use std::collections::BTreeMap;

use leptos::prelude::*;
use souk_contract::{
    CreateReturn, Order, OrderLine, OrderLineId, OrderReturns, OwnOrder, RefundState, Return, ReturnId,
    ReturnPieces, ReturnReason, ReturnState,
};

use super::{
    bag::{SmallLine, small_line},
    form::fault,
    order::day,
};
use crate::{
    api,
    context::{Shop, Visit},
    failure::Refusal,
    head::Head,
    page::{Asked, Found, Html, Page, Stop},
    ui::{Field, SelectField, Tone, alert, badge},
};

/// More of one line are asked for in two goes.
const MOST_PIECES: i64 = 50;

pub fn path(token: &str) -> String {
    format!("/orders/{token}/returns")
}

/// What a form calls a line: what begins with a digit would be a place in a list.
pub fn key(line: OrderLineId) -> String {
    format!("line-{line}")
}

/// What a form says: lines without pieces are not meant.
pub fn request(
    id: ReturnId,
    pieces: &BTreeMap<String, i64>,
    reasons: &BTreeMap<String, ReturnReason>,
    note: String,
) -> CreateReturn {
    let lines = pieces.iter().filter(|(_, quantity)| **quantity != 0).filter_map(|(key, quantity)| {
        Some(ReturnPieces {
            order_line_id: key.strip_prefix("line-")?.parse().ok()?,
            quantity: *quantity,
            reason: reasons.get(key).copied().unwrap_or(ReturnReason::Other),
        })
    });
    CreateReturn { id: Some(id), lines: lines.collect(), note, reply: String::new() }
}

/// Nothing where nothing was sent yet.
pub fn on_order(order: &Order, returns: &OrderReturns) -> AnyView {
    if returns.returns.is_empty() && returns.returnable.is_empty() {
        return ().into_any();
    }
    let label = if returns.returnable.is_empty() { "Your returns" } else { "Send something back" };
    view! {
        {list(&order.access_token, &returns.returns, false)}
        <p><a class="button button--quiet" href=path(&order.access_token)>{label}</a></p>
    }
    .into_any()
}

fn said(one: &Return) -> (Tone, &'static str) {
    match one.state {
        ReturnState::Requested => (Tone::Warn, "We look at it"),
        ReturnState::Approved => (Tone::Good, "You can send it"),
        ReturnState::InTransit => (Tone::Plain, "On its way to us"),
        ReturnState::Received => (Tone::Plain, "It is here"),
        ReturnState::Inspected => (Tone::Plain, "It is here, your money follows"),
        ReturnState::Refunded => (Tone::Good, "Refunded"),
        ReturnState::Closed => (Tone::Plain, "Done"),
        ReturnState::Declined => (Tone::Bad, "Declined"),
        ReturnState::Cancelled => (Tone::Plain, "Cancelled"),
    }
}

/// `acts`: with what can be done about them.
fn list(token: &str, returns: &[Return], acts: bool) -> AnyView {
    let row = |one: &Return| {
        let things: Vec<String> =
            one.lines.iter().map(|line| format!("{} × {}", line.expected, line.product_title)).collect();
        let (tone, state) = said(one);
        let money = one.refund.filter(|refund| refund.state == RefundState::Succeeded);
        let money = money.map(|refund| {
            view! { <p>"Sent back to you: "<b class="num">{refund.amount.to_string()}</b></p> }
        });
        // Where to send it is no news once it is here.
        let told = !matches!(
            one.state,
            ReturnState::Received | ReturnState::Inspected | ReturnState::Refunded | ReturnState::Closed
        );
        let reply = one.reply.lines().filter(|_| told).map(str::trim).filter(|line| !line.is_empty());
        let reply: Vec<AnyView> = reply.map(|line| view! { <p>{line.to_owned()}</p> }.into_any()).collect();
        let may_stop = acts && matches!(one.state, ReturnState::Requested | ReturnState::Approved);
        let stop = may_stop.then(|| {
            view! {
                <form method="post" action=api::CANCEL_RETURN>
                    <input type="hidden" name="token" value=token.to_owned()/>
                    <input type="hidden" name="id" value=one.id.to_string()/>
                    <button class="text-button" type="submit">{format!("Cancel return {}", one.name)}</button>
                </form>
            }
        });
        view! {
            <li class="parcel">
                <p class="parcel__title">
                    <b>{format!("Return {}", one.name)}</b>" "{badge(tone, state)}" "
                    <span class="parcel__time">{day(one.created_at)}</span>
                </p>
                <p>{things.join(", ")}</p>
                {reply}
                {money}
                {stop}
            </li>
        }
        .into_any()
    };
    if returns.is_empty() {
        return ().into_any();
    }
    view! { <ul class="parcels" aria-label="Returns">{returns.iter().map(row).collect::<Vec<_>>()}</ul> }
        .into_any()
}

fn view(
    order: &Order,
    returns: &OrderReturns,
    refusal: Option<&Refusal>,
    id: ReturnId,
    shop: &Shop,
) -> AnyView {
    let token = &order.access_token;
    let back = format!("/orders/{token}");
    let form = if returns.returnable.is_empty() { nothing(shop) } else { ask(order, returns, refusal, id) };
    view! {
        <div class="wrap wrap--narrow page">
            <div class="stack stack--l">
                <div class="stack">
                    <p><a href=back>{format!("Order {}", order.number)}</a></p>
                    <h1>"Send something back"</h1>
                </div>
                {fault(refusal, api::CANCEL_RETURN, &[])}
                {list(token, &returns.returns, true)}
                {form}
            </div>
        </div>
    }
    .into_any()
}

fn nothing(shop: &Shop) -> AnyView {
    let days = match shop.returns_days {
        0 => String::new(),
        days => format!("What was delivered can be sent back for {days} days. "),
    };
    let text = format!("{days}Nothing of this order can be sent back here at the moment.");
    let mail = format!("mailto:{}", shop.email);
    let body = view! {
        <p>{text}</p>
        <p>"Is something wrong with it? Write to "<a href=mail>{shop.email.clone()}</a>"."</p>
    };
    alert(Tone::Plain, None, body.into_any())
}

fn ask(order: &Order, returns: &OrderReturns, refusal: Option<&Refusal>, id: ReturnId) -> AnyView {
    let refusal = refusal.filter(|one| one.action == api::ASK_RETURN);
    let typed = |name: &str| refusal.and_then(|one| one.entered(name)).unwrap_or_default().to_owned();
    let line = |line: &OrderLine, most: i64| {
        let (pieces, reason) = (format!("pieces[{}]", key(line.id)), format!("reasons[{}]", key(line.id)));
        let counts = (0..=most.min(MOST_PIECES)).map(|count| match count {
            0 => ("0".to_owned(), "Keep it".to_owned()),
            count => (count.to_string(), format!("{count} of {most}")),
        });
        let why = ReturnReason::ALL.map(|one| (one.as_str().to_owned(), one.words().to_owned()));
        let small = SmallLine {
            media: line.media.as_ref(),
            title: &line.product_title,
            options: &line.variant_title,
            quantity: most,
            total: line.unit_price,
        };
        view! {
            <div class="stack">
                <ul class="lines lines--small">{small_line(small)}</ul>
                <div class="form__row">
                    {SelectField::new(format!("How many of {}", line.product_title), pieces.clone(), counts.collect())
                        .id(format!("pieces-{}", line.id)).chosen(typed(&pieces)).view()}
                    {SelectField::new("Why", reason.clone(), why.to_vec())
                        .id(format!("reason-{}", line.id)).chosen(typed(&reason)).view()}
                </div>
            </div>
        }
        .into_any()
    };
    let rows = order.lines.iter().filter_map(|one| {
        let left = returns.returnable.iter().find(|left| left.order_line_id == one.id)?;
        Some(line(one, left.quantity))
    });
    let until = returns.until.map(|until| {
        view! { <p class="muted">{format!("You can ask until {}. Send nothing before we wrote to you.", day(until))}</p> }
    });
    view! {
        <form class="form" method="post" action=api::ASK_RETURN>
            {fault(refusal, api::ASK_RETURN, &[])}
            <input type="hidden" name="token" value=order.access_token.clone()/>
            <input type="hidden" name="id" value=id.to_string()/>
            {until}
            {rows.collect::<Vec<_>>()}
            {Field::new("Anything we should know", "note").value(typed("note")).maxlength(500).long().optional().view()}
            <button class="button button--big" type="submit">"Ask to send it back"</button>
        </form>
    }
    .into_any()
}

pub async fn load(visit: &Visit, asked: &Asked, token: &str) -> Result<Found, Stop> {
    let order = visit.services.orders.by_access_token(&visit.ctx, token).await?;
    let returns = visit.services.returns.of_own(&visit.ctx, &OwnOrder::Link(token.to_owned())).await?;
    let title = format!("Returns of order {}", order.number);
    // Sent twice it is one return.
    let id = ReturnId::new((visit.new_checkout)().uuid());
    let page = || view(&order, &returns, asked.refusal.as_ref(), id, &visit.shop);
    Ok(Found { page: Page::Still(Html::draw(page)), head: Head::private(&title) })
}
