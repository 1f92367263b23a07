//! What is asked about a return: which pieces, where to send them, what came, and what goes back.

use std::sync::Arc;

use leptos::prelude::*;
use souk_contract::{
    CreateRefund, CreateReturn, Error, FieldError, Money, MoveReturn, Order, ReceiveReturn, RefundPieces,
    RefundReturn, Resource, Return, ReturnArrival, ReturnPieces, ReturnReason, ReturnStep,
};
use souk_pricing::refund::{RefundQuote, quote_returned};

use super::{
    detail,
    fulfil::TrackingFields,
    refund::words_of,
    returns::{Asks, Returning, title},
};
use crate::{
    admin::{
        form::{Form, Input, check, select},
        load::Source,
        stock,
    },
    api::admin::{returns::Change, stockroom},
    draft::money,
    ui::following,
};

/// What is asked for, and what it comes to.
type Quote = Arc<dyn Fn() -> Result<(RefundReturn, RefundQuote), Error> + Send + Sync>;

const IN_THE_MAIL: &str = "It stands in the mail to the customer";

pub fn view(returning: Returning, asks: Asks, of: Option<Return>) -> AnyView {
    let Some(order) = returning.work.order.get_untracked() else { return ().into_any() };
    let form = Form::new(returning.work.desk);
    match (asks, of) {
        (Asks::Approve, Some(one)) => reply(returning, form, one, ReturnStep::Approve),
        (Asks::Decline, Some(one)) => reply(returning, form, one, ReturnStep::Decline),
        (Asks::Send, Some(one)) => send(returning, form, one),
        (Asks::Receive, Some(one)) => receive(returning, form, one),
        (Asks::Refund, Some(one)) => refund(returning, form, one, order),
        _ => open(returning, form, &order),
    }
}

fn text(text: &str) -> RwSignal<String> {
    RwSignal::new(text.to_owned())
}

fn trimmed(text: RwSignal<String>) -> String {
    text.with_untracked(|text| text.trim().to_owned())
}

fn fault(field: &str, message: &str) -> FieldError {
    FieldError { field: field.into(), code: "invalid".into(), message: message.into() }
}

/// A number of pieces to type.
fn count(label: String, id: String, value: RwSignal<String>, most: i64) -> AnyView {
    view! {
        <div class="pieces__row">
            <label for=id.clone()>{label}</label>
            <input
                class="input input--number" id=id type="number" inputmode="numeric" min="0" max=most
                prop:value=move || value.get() on:input=move |event| value.set(event_target_value(&event))
            />
            <span class="muted">{format!("of {most}")}</span>
        </div>
    }
    .into_any()
}

/// None, and said so in the form, where one of them is no number.
fn numbers(form: Form, values: &[RwSignal<String>]) -> Option<Vec<i64>> {
    let mut numbers = Vec::new();
    for value in values {
        let text = trimmed(*value);
        let number = if text.is_empty() { Some(0) } else { text.parse().ok() };
        let Some(number) = number else {
            form.refuse(vec![fault("lines", "Please give whole numbers of pieces.")]);
            return None;
        };
        numbers.push(number);
    }
    Some(numbers)
}

/// Compiled once, not once for each form.
fn shell(form: Form, act: Box<dyn Fn()>, body: Vec<AnyView>, label: &'static str) -> AnyView {
    view! {
        <form class="form" on:submit=form.on_submit(act)>
            {form.general()}
            {body}
            <div class="acts">{form.button("", label)}</div>
        </form>
    }
    .into_any()
}

fn pieces(legend: String, rows: Vec<AnyView>) -> AnyView {
    view! { <fieldset class="pieces"><legend class="field__label">{legend}</legend>{rows}</fieldset> }
        .into_any()
}

fn open(returning: Returning, form: Form, order: &Order) -> AnyView {
    let (id, note, words) = (order.id, text(""), text(""));
    let left = untrack(move || returning.work.returns.with(|all| all.returnable.clone())).unwrap_or_default();
    let (mut rows, mut shown) = (Vec::new(), Vec::new());
    for left in left {
        let (line, quantity, reason) = (left.order_line_id, text("0"), text("0"));
        let name = order.lines.iter().find(|one| one.id == line).map(detail::title).unwrap_or_default();
        let why = ReturnReason::ALL.iter().enumerate();
        let why = why.map(|(index, one)| (index.to_string(), one.words().to_owned())).collect();
        shown.push(count(name, format!("return-{line}"), quantity, left.quantity));
        shown.push(select(form, "Why", &format!("why-{line}"), "", why, reason));
        rows.push((line, [quantity, reason]));
    }
    let act = move || {
        let mut lines = Vec::new();
        for (order_line_id, typed) in &rows {
            let Some(typed) = numbers(form, typed) else { return };
            let (quantity, reason) =
                (typed[0], ReturnReason::ALL[typed[1] as usize % ReturnReason::ALL.len()]);
            if quantity > 0 {
                lines.push(ReturnPieces { order_line_id: *order_line_id, quantity, reason });
            }
        }
        let request = CreateReturn { id: None, lines, note: trimmed(note), reply: trimmed(words) };
        returning.change(Some(form), Change::Open(id, request), "The return is open.");
    };
    let body = vec![
        pieces("What comes back".to_owned(), shown),
        Input::new(form, "What the customer said", "return-note", "note", note).rows(2).optional().view(),
        Input::new(form, "Where to send it", "return-reply", "reply", words)
            .rows(3)
            .optional()
            .hint(IN_THE_MAIL)
            .view(),
    ];
    shell(form, Box::new(act), body, "Open the return")
}

fn reply(returning: Returning, form: Form, one: Return, step: ReturnStep) -> AnyView {
    let words = text("");
    let declines = step == ReturnStep::Decline;
    let (label, button, said) = if declines {
        ("Why not", "Decline", "The return is declined.")
    } else {
        ("Where to send it", "Approve", "The return is approved.")
    };
    let act = move || {
        let request = MoveReturn { step, reply: trimmed(words), tracking: None };
        returning.change(Some(form), Change::Move(one.id, one.version, request), said);
    };
    let input = Input::new(form, label, "return-reply", "reply", words).rows(4).hint(IN_THE_MAIL);
    let input = if declines { input } else { input.optional() };
    shell(form, Box::new(act), vec![input.view()], button)
}

fn send(returning: Returning, form: Form, one: Return) -> AnyView {
    let fields = TrackingFields::new();
    fields.fill(one.tracking.as_ref());
    let act = move || {
        let request = MoveReturn { step: ReturnStep::Send, reply: String::new(), tracking: fields.read() };
        let change = Change::Move(one.id, one.version, request);
        returning.change(Some(form), change, "The return is on its way.");
    };
    shell(form, Box::new(act), vec![fields.view(form, "return")], "Save")
}

/// What was found in the parcel: to begin with, all of it is here and fit.
fn receive(returning: Returning, form: Form, one: Return) -> AnyView {
    let (place, last) = (text(""), RwSignal::new(false));
    let (mut rows, mut body) = (Vec::new(), Vec::new());
    for line in &one.lines {
        let left = line.expected - line.resellable - line.damaged;
        if left == 0 {
            continue;
        }
        // Here already, and not looked at.
        let unsorted = line.received - line.resellable - line.damaged;
        let counts = [text(&left.to_string()), text("0"), text("0")];
        let mut shown = Vec::new();
        for (index, label) in ["Resellable", "Damaged", "Here, to be looked at"].into_iter().enumerate() {
            let id = format!("came-{}-{index}", line.order_line_id);
            shown.push(count(label.to_owned(), id, counts[index], left));
        }
        body.push(pieces(title(line), shown));
        rows.push((line.order_line_id, unsorted, counts));
    }
    if untrack(move || returning.work.desk.may(Resource::Inventory.read())) {
        let places = Source::new(returning.work.desk, stockroom::locations);
        body.push(places.view(move |all| {
            let mut choice = stock::place_choice(&all);
            if choice.len() < 2 {
                return ().into_any();
            }
            choice.insert(0, (String::new(), "Where they were sent from".into()));
            select(form, "They are put", "return-place", "location_id", choice, place)
        }));
    }
    body.push(check("Nothing more will come", last));
    let act = move || {
        let mut lines = Vec::new();
        for (line, unsorted, counts) in &rows {
            let Some(counts) = numbers(form, counts) else { return };
            let (resellable, damaged) = (counts[0], counts[1]);
            let received = (resellable + damaged + counts[2] - unsorted).max(0);
            if received + resellable + damaged > 0 {
                lines.push(ReturnArrival { order_line_id: *line, received, resellable, damaged });
            }
        }
        let location_id = trimmed(place).parse().ok();
        let request = ReceiveReturn { id: None, location_id, lines, last: last.get_untracked() };
        returning.change(Some(form), Change::Receive(one.id, one.version, request), "It is received.");
    };
    shell(form, Box::new(act), body, "Receive")
}

/// What it comes to is reckoned here, by the function that the server uses.
fn refund(returning: Returning, form: Form, one: Return, order: Order) -> AnyView {
    let (id, version, currency) = (one.id, one.version, order.total.currency);
    let (less, shipping, reason) = (text(""), text(""), text(""));
    let came = one.lines.iter().filter(|line| line.received > 0);
    let lines: Vec<RefundPieces> = came
        .map(|line| RefundPieces {
            order_line_id: line.order_line_id,
            quantity: line.received,
            restock: false,
        })
        .collect();
    let amount = move |typed: RwSignal<String>, field: &str| -> Result<Option<Money>, Error> {
        let text = typed.get();
        if text.trim().is_empty() {
            return Ok(None);
        }
        let amount = money::parse(&text, currency).map(Some);
        amount.ok_or_else(|| Error::Invalid {
            fields: vec![fault(field, "Please give an amount such as 4.90.")],
        })
    };
    let quote: Quote = Arc::new(move || {
        let (less, shipping) = (amount(less, "less")?, amount(shipping, "shipping")?);
        let reason = reason.get().trim().to_owned();
        let wish = CreateRefund { lines: lines.clone(), shipping, reason, ..CreateRefund::default() };
        let quote = quote_returned(&order, &wish, less.unwrap_or(Money::new(0, currency)))?;
        let expected = Some(quote.amount);
        Ok((RefundReturn { id: None, shipping, less, reason: wish.reason, expected }, quote))
    });
    let sent = quote.clone();
    let act = move || match untrack(|| sent()) {
        Ok((request, _)) => {
            returning.change(Some(form), Change::Refund(id, version, request), "The refund is granted.");
        }
        Err(Error::Invalid { fields }) => form.refuse(fields),
        Err(error) => form.error.set(Some(error)),
    };
    let sum = following(move || match quote() {
        Ok((_, quote)) => view! {
            <p class="refund__sum"><span>"Goes back"</span><b class="num">{quote.amount.to_string()}</b></p>
            <p class="muted">{format!("of which tax {}", quote.tax)}</p>
        }
        .into_any(),
        Err(error) => view! { <p class="muted">{words_of(&error)}</p> }.into_any(),
    });
    let body = vec![
        Input::new(form, "Kept back", "return-less", "less", less)
            .inputmode("decimal")
            .optional()
            .hint("For damage, tax included")
            .view(),
        Input::new(form, "Delivery", "return-shipping", "shipping", shipping)
            .inputmode("decimal")
            .optional()
            .view(),
        Input::new(form, "Reason", "return-reason", "reason", reason)
            .rows(2)
            .optional()
            .hint("It stands on the credit note")
            .view(),
        view! { <div class="refund__total" aria-live="polite">{sum}</div> }.into_any(),
    ];
    shell(form, Box::new(act), body, "Refund")
}
