//! What is asked about a return: which pieces, where to send them, what came, and what goes back.

use leptos::prelude::*;
use souk_contract::{
    CreateReturn, Error, FieldError, Money, MoveReturn, Order, OrderLineId, ReceiveReturn, RefundReturn,
    RefundState, Resource, Return, ReturnArrival, ReturnPieces, ReturnReason, ReturnStep, Returnable,
};

use super::{
    detail,
    fulfil::TrackingFields,
    returns::{Asks, Returning, said, title},
};
use crate::{
    admin::{
        form::{Form, Input, check, select},
        load::Source,
        stock,
    },
    api::admin::{
        returns::{self, Change},
        stockroom,
    },
    draft::money,
};

const IN_THE_MAIL: &str = "It stands in the mail to the customer";

pub fn view(returning: Returning, asks: Asks) -> AnyView {
    match asks {
        Asks::New(left) => {
            let order = returning.work.order.get_untracked();
            order.map(|order| open(returning, &order, left)).into_any()
        }
        Asks::Approve(one) => reply(returning, one, ReturnStep::Approve),
        Asks::Decline(one) => reply(returning, one, ReturnStep::Decline),
        Asks::Send(one) => send(returning, one),
        Asks::Receive(one) => receive(returning, one),
        Asks::Refund(one) => refund(returning, one),
    }
}

fn text(text: impl Into<String>) -> RwSignal<String> {
    RwSignal::new(text.into())
}

fn trimmed(text: RwSignal<String>) -> String {
    text.with_untracked(|text| text.trim().to_owned())
}

fn fault(field: &str, message: &str) -> FieldError {
    FieldError { field: field.into(), code: "invalid".into(), message: message.into() }
}

/// A number of pieces to type.
fn count(label: String, id: String, value: RwSignal<String>, note: String) -> AnyView {
    view! {
        <div class="pieces__row">
            <label for=id.clone()>{label}</label>
            <input
                class="input input--number" id=id type="number" inputmode="numeric" min="0"
                prop:value=move || value.get() on:input=move |event| value.set(event_target_value(&event))
            />
            <span class="muted">{note}</span>
        </div>
    }
    .into_any()
}

fn number(value: RwSignal<String>) -> Result<i64, FieldError> {
    let text = trimmed(value);
    if text.is_empty() {
        return Ok(0);
    }
    text.parse().map_err(|_| fault("lines", "Please give whole numbers of pieces."))
}

/// Compiled once, not once for each form.
fn shell(form: Form, act: Box<dyn Fn()>, body: AnyView, label: &'static str) -> AnyView {
    view! {
        <form class="form" on:submit=form.on_submit(act)>
            {form.general()}
            {body}
            <div class="acts">{form.button("", label)}</div>
        </form>
    }
    .into_any()
}

fn open(returning: Returning, order: &Order, left: Vec<Returnable>) -> AnyView {
    let form = Form::new(returning.work.desk);
    let (id, note, words) = (order.id, text(""), text(""));
    let rows: Vec<(OrderLineId, RwSignal<String>, RwSignal<String>)> = left
        .iter()
        .map(|left| (left.order_line_id, text("0"), text(ReturnReason::ChangedMind.as_str())))
        .collect();
    let name = |line| order.lines.iter().find(|one| one.id == line).map(detail::title).unwrap_or_default();
    let why = || ReturnReason::ALL.map(|one| (one.as_str().to_owned(), one.words().to_owned())).to_vec();
    let shown = rows.iter().zip(&left).map(|((line, quantity, reason), left)| {
        let most = format!("of {}", left.quantity);
        view! {
            {count(name(*line), format!("return-{line}"), *quantity, most)}
            {select(form, "Why", &format!("why-{line}"), "", why(), *reason)}
        }
        .into_any()
    });
    let shown: Vec<AnyView> = shown.collect();
    let act = move || {
        let mut lines = Vec::new();
        for (order_line_id, quantity, reason) in &rows {
            let quantity = match number(*quantity) {
                Ok(0) => continue,
                Ok(quantity) => quantity,
                Err(fault) => return form.refuse(vec![fault]),
            };
            let reason = ReturnReason::parse(&trimmed(*reason)).unwrap_or(ReturnReason::Other);
            lines.push(ReturnPieces { order_line_id: *order_line_id, quantity, reason });
        }
        let request = CreateReturn { id: None, lines, note: trimmed(note), reply: trimmed(words) };
        returning.change(Some(form), Change::Open(id, request), |_| "The return is open.");
    };
    let body = view! {
        <fieldset class="pieces"><legend class="field__label">"What comes back"</legend>{shown}</fieldset>
        {Input::new(form, "What the customer said", "return-note", "note", note).rows(2).optional().view()}
        {Input::new(form, "Where to send it", "return-reply", "reply", words).rows(3).optional()
            .hint(IN_THE_MAIL).view()}
    };
    shell(form, Box::new(act), body.into_any(), "Open the return")
}

fn reply(returning: Returning, one: Return, step: ReturnStep) -> AnyView {
    let form = Form::new(returning.work.desk);
    let words = text("");
    let declines = step == ReturnStep::Decline;
    let (label, button) = if declines { ("Why not", "Decline") } else { ("Where to send it", "Approve") };
    let act = move || {
        let request = MoveReturn { step, reply: trimmed(words), tracking: None };
        returning.change(Some(form), Change::Move(one.id, one.version, request), said);
    };
    let input = Input::new(form, label, "return-reply", "reply", words).rows(4).hint(IN_THE_MAIL);
    let input = if declines { input } else { input.optional() };
    shell(form, Box::new(act), input.view(), button)
}

fn send(returning: Returning, one: Return) -> AnyView {
    let form = Form::new(returning.work.desk);
    let fields = TrackingFields::new();
    fields.fill(one.tracking.as_ref());
    let act = move || {
        let request = MoveReturn { step: ReturnStep::Send, reply: String::new(), tracking: fields.read() };
        returning.change(Some(form), Change::Move(one.id, one.version, request), said);
    };
    shell(form, Box::new(act), fields.view(form, "return"), "Save")
}

/// What was found in the parcel: nothing typed means that all of it is here and fit.
fn receive(returning: Returning, one: Return) -> AnyView {
    struct Row {
        line: OrderLineId,
        /// Here already, and not looked at.
        unsorted: i64,
        counts: [RwSignal<String>; 3],
    }
    let form = Form::new(returning.work.desk);
    let (place, last) = (text(""), RwSignal::new(false));
    let open: Vec<_> =
        one.lines.iter().filter(|line| line.resellable + line.damaged < line.expected).collect();
    let row = |line: &&souk_contract::ReturnLine| {
        let sorted = line.resellable + line.damaged;
        let left = (line.expected - sorted).to_string();
        Row {
            line: line.order_line_id,
            unsorted: line.received - sorted,
            counts: [text(left), text("0"), text("0")],
        }
    };
    let rows: Vec<Row> = open.iter().map(row).collect();
    let shown = rows.iter().zip(&open).map(|(row, line)| {
        let most = format!("of {}", line.expected - line.resellable - line.damaged);
        let inputs = ["Resellable", "Damaged", "Here, to be looked at"].into_iter().zip(row.counts);
        let inputs = inputs.enumerate().map(|(index, (label, value))| {
            count(label.to_owned(), format!("came-{}-{index}", row.line), value, most.clone())
        });
        view! {
            <fieldset class="pieces">
                <legend class="field__label">{title(line)}</legend>{inputs.collect::<Vec<_>>()}
            </fieldset>
        }
        .into_any()
    });
    let shown: Vec<AnyView> = shown.collect();
    let may_choose = untrack(move || returning.work.desk.may(Resource::Inventory.read()));
    let places = may_choose.then(|| Source::new(returning.work.desk, stockroom::locations));
    let places = places.map(|places| {
        places.view(move |all| {
            let mut choice = stock::place_choice(&all);
            if choice.len() < 2 {
                return ().into_any();
            }
            choice.insert(0, (String::new(), "Where they were sent from".into()));
            select(form, "They are put", "return-place", "location_id", choice, place)
        })
    });
    let act = move || {
        let mut lines = Vec::new();
        for row in &rows {
            let (resellable, damaged, later) = match row.counts.map(number) {
                [Ok(resellable), Ok(damaged), Ok(later)] => (resellable, damaged, later),
                _ => return form.refuse(vec![fault("lines", "Please give whole numbers of pieces.")]),
            };
            let received = (resellable + damaged + later - row.unsorted).max(0);
            if received + resellable + damaged > 0 {
                lines.push(ReturnArrival { order_line_id: row.line, received, resellable, damaged });
            }
        }
        let location_id = trimmed(place).parse().ok();
        let request = ReceiveReturn { id: None, location_id, lines, last: last.get_untracked() };
        returning.change(Some(form), Change::Receive(one.id, one.version, request), |_| "It is received.");
    };
    let body = view! { {shown} {places} {check("Nothing more will come", last)} };
    shell(form, Box::new(act), body.into_any(), "Receive")
}

fn refund(returning: Returning, one: Return) -> AnyView {
    let work = returning.work;
    let form = Form::new(work.desk);
    let (id, version) = (one.id, one.version);
    let currency = work.order.get_untracked().map(|order| order.total.currency);
    let (less, shipping, reason) = (text(""), text(""), text(""));
    let amount = move |typed: RwSignal<String>| -> Option<Option<Money>> {
        let text = typed.get();
        if text.trim().is_empty() { Some(None) } else { money::parse(&text, currency?).map(Some) }
    };
    let wish = move || {
        let faulty =
            |field| Error::Invalid { fields: vec![fault(field, "Please give an amount such as 4.90.")] };
        let less = amount(less).ok_or_else(|| faulty("less"))?;
        let shipping = amount(shipping).ok_or_else(|| faulty("shipping"))?;
        Ok(RefundReturn { id: None, shipping, less, reason: trimmed(reason), expected: None })
    };
    // What it comes to follows what is typed.
    let quote = Source::new(work.desk, move || {
        let wish: Result<RefundReturn, Error> = wish();
        async move { returns::quote_return(id, wish?).await }
    });
    let act = move || {
        let wish = match untrack(wish) {
            Ok(wish) => wish,
            Err(error) => return form.error.set(Some(error)),
        };
        // Nothing goes back that nobody has seen.
        let Some(seen) = quote.get_untracked() else { return };
        let request = RefundReturn { expected: Some(seen.amount), ..wish };
        returning.change(Some(form), Change::Refund(id, version, request), |one| {
            match one.refund.map(|refund| refund.state) {
                Some(RefundState::Succeeded) => "The money went back.",
                Some(RefundState::Failed) => "The refund was refused.",
                _ => "The money goes back as soon as the gateway answers.",
            }
        });
    };
    let sum = quote.view(|quote| {
        let less = (!quote.less.is_zero()).then(|| format!(", {} kept back", quote.less));
        view! {
            <p class="refund__sum"><span>"Goes back"</span><b class="num">{quote.amount.to_string()}</b></p>
            <p class="muted">
                {format!("{} for the pieces{}; of it tax {}", quote.goods, less.unwrap_or_default(), quote.tax)}
            </p>
            <p class="muted">{format!("Of the delivery at most {} can go back.", quote.shipping_left)}</p>
        }
        .into_any()
    });
    let body = view! {
        {Input::new(form, "Kept back", "return-less", "less", less)
            .inputmode("decimal").optional().hint("For damage, tax included").view()}
        {Input::new(form, "Delivery", "return-shipping", "shipping", shipping).inputmode("decimal").optional().view()}
        {Input::new(form, "Reason", "return-reason", "reason", reason)
            .rows(2).optional().hint("It stands on the credit note").view()}
        <div class="refund__total" aria-live="polite">{sum}</div>
    };
    shell(form, Box::new(act), body.into_any(), "Refund")
}
