//! Granting a refund: pieces, delivery, an amount. What it comes to is reckoned here by the function that the server uses.

use std::collections::BTreeMap;

use leptos::prelude::*;
use souk_contract::{
    CreateRefund, Error, FieldError, MANUAL_PAYMENT, Money, Order, OrderLine, OrderLineId, Refund,
    RefundPieces, RefundState,
};
use souk_pricing::refund::{self, RefundQuote};

use super::{
    detail::{Work, title},
    papers,
};
use crate::{
    admin::{
        dialogs,
        form::{Form, Input, check},
        parts, time, words,
    },
    api::admin::refunds,
    draft::money,
    ui::{Tone, alert},
};

/// What was typed.
#[derive(Clone, Copy)]
struct Typed {
    quantities: RwSignal<BTreeMap<OrderLineId, String>>,
    restock: RwSignal<bool>,
    shipping: RwSignal<String>,
    other: RwSignal<String>,
    reason: RwSignal<String>,
}

impl Typed {
    fn new() -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            quantities: RwSignal::new(BTreeMap::new()),
            restock: RwSignal::new(true),
            shipping: text(),
            other: text(),
            reason: text(),
        }
    }

    fn clear(self) {
        self.quantities.set(BTreeMap::new());
        self.restock.set(true);
        for text in [self.shipping, self.other, self.reason] {
            text.set(String::new());
        }
    }

    /// What is wished for; tracks what was typed.
    fn wish(self, order: &Order) -> Result<CreateRefund, Error> {
        let mut fields = Vec::new();
        let mut amount = |text: String, field: &str| {
            if text.trim().is_empty() {
                return None;
            }
            let money = money::parse(&text, order.total.currency);
            if money.is_none() {
                fields.push(FieldError {
                    field: field.into(),
                    code: "invalid".into(),
                    message: "Please give an amount such as 4.90.".into(),
                });
            }
            money
        };
        let (shipping, other) = (amount(self.shipping.get(), "shipping"), amount(self.other.get(), "other"));
        let restock = self.restock.get();
        let mut lines = Vec::new();
        self.quantities.with(|typed| {
            for (index, line) in order.lines.iter().enumerate() {
                let Some(text) = typed.get(&line.id).filter(|text| !text.trim().is_empty()) else { continue };
                match text.trim().parse::<i64>() {
                    Ok(0) => {}
                    Ok(quantity) => {
                        lines.push(RefundPieces { order_line_id: line.id, quantity, restock });
                    }
                    Err(_) => fields.push(FieldError {
                        field: format!("lines[{index}].quantity"),
                        code: "invalid".into(),
                        message: "Please give whole numbers of pieces.".into(),
                    }),
                }
            }
        });
        if !fields.is_empty() {
            return Err(Error::Invalid { fields });
        }
        let reason = self.reason.get().trim().to_owned();
        Ok(CreateRefund { id: None, lines, shipping, other, reason, expected: None })
    }

    fn quote(self, order: &Order) -> Result<(CreateRefund, RefundQuote), Error> {
        let wish = self.wish(order)?;
        let quote = refund::quote(order, &wish)?;
        Ok((wish, quote))
    }
}

/// What went back so far, and the button for more.
pub fn view(work: Work, may_refund: bool) -> AnyView {
    let open = RwSignal::new(false);
    let typed = Typed::new();
    let shown = move || {
        let order = work.order.get()?;
        let rows: Vec<AnyView> = order.refunds.iter().map(|one| row(work, &order, one)).collect();
        let left = refund::refundable(&order).total;
        let button = (may_refund && left.minor > 0).then(|| {
            view! {
                <div class="acts">
                    <button type="button" class="button button--quiet" on:click=move |_| open.set(true)>"Refund"</button>
                </div>
            }
        });
        let empty = rows.is_empty() && button.is_none();
        let body = view! {
            {(!rows.is_empty()).then(|| view! { <ul class="parcels" aria-label="Refunds">{rows}</ul> })}
            {button}
        };
        (!empty).then(|| parts::card("Refunds", None, body.into_any()))
    };
    let body = move || {
        let order = work.order.get_untracked();
        order.map_or_else(|| ().into_any(), |order| form(work, typed, open, &order))
    };
    let dialog = dialogs::drawer("refund", Signal::stored("Refund".to_owned()), open, body);
    view! { {shown} {dialog} }.into_any()
}

fn row(work: Work, order: &Order, refund: &Refund) -> AnyView {
    let parts = refund.lines.iter().map(|part| {
        let name =
            order.lines.iter().find(|line| line.id == part.order_line_id).map(title).unwrap_or_default();
        let back = match (part.removed == part.quantity, part.restock) {
            (true, true) => "was not sent",
            (true, false) => "was not sent, written off",
            (false, true) => "back on the shelf",
            (false, false) => "not restocked",
        };
        view! { <li>{format!("{} × {name}: {} ({back})", part.quantity, part.amount)}</li> }.into_any()
    });
    let mut parts: Vec<AnyView> = parts.collect();
    for (label, amount) in [("Delivery", refund.shipping), ("Other", refund.other)] {
        if !amount.is_zero() {
            parts.push(view! { <li>{format!("{label}: {amount}")}</li> }.into_any());
        }
    }
    let note = (refund.state == RefundState::Succeeded && !refund.amount.is_zero())
        .then(|| papers::link(work.desk, work.id, &format!("credit-note-{}", refund.id), "Credit note"));
    let failure =
        refund.failure.clone().map(|text| alert(Tone::Bad, None, view! { <p>{text}</p> }.into_any()));
    let waits = (refund.state == RefundState::Pending).then(|| {
        view! { <p class="muted">"The gateway has not answered yet. It is asked again every minute."</p> }
    });
    view! {
        <li class="parcel">
            <div class="parcel__head">
                <h3 class="parcel__name">{format!("Refund {}", refund.name)}</h3>
                {words::refund(refund.state)}
                <span class="strong num">{refund.amount.to_string()}</span>
                <span class="muted">{time::time(refund.created_at)}</span>
            </div>
            <ul class="parcel__lines">{parts}</ul>
            {(!refund.reason.is_empty()).then(|| view! { <p class="note">{refund.reason.clone()}</p> })}
            {failure}
            {waits}
            {note}
        </li>
    }
    .into_any()
}

fn form(work: Work, typed: Typed, open: RwSignal<bool>, order: &Order) -> AnyView {
    let form = Form::new(work.desk);
    let left = refund::refundable(order);
    let rows: Vec<AnyView> = order
        .lines
        .iter()
        .filter(|line| line.quantity > line.refunded)
        .map(|line| line_row(typed, line))
        .collect();
    let (shown, sent) = (order.clone(), order.clone());
    let sum = move || match typed.quote(&shown) {
        Ok((_, quote)) => view! {
            <p class="refund__sum"><span>"Goes back"</span><b class="num">{quote.amount.to_string()}</b></p>
            <p class="muted">{format!("of which tax {}", quote.tax)}</p>
        }
        .into_any(),
        Err(error) => view! { <p class="muted">{words_of(&error)}</p> }.into_any(),
    };
    let send = move || {
        let (wish, quote) = match untrack(|| typed.quote(&sent)) {
            Ok(quoted) => quoted,
            Err(Error::Invalid { fields }) => return form.refuse(fields),
            Err(error) => return form.error.set(Some(error)),
        };
        let request = CreateRefund { expected: Some(quote.amount), ..wish };
        let call = refunds::refund(work.id, request, Some(sent.version));
        let done = move |order: Order| {
            typed.clear();
            open.set(false);
            let said = match order.refunds.last().map(|refund| (refund.state, refund.amount)) {
                Some((RefundState::Failed, _)) => "The refund was refused.".to_owned(),
                Some((RefundState::Pending, amount)) => {
                    format!("{amount} go back as soon as the gateway answers.")
                }
                Some((RefundState::Succeeded, amount)) => format!("{amount} went back."),
                None => "Done.".to_owned(),
            };
            work.done(order, &said);
        };
        form.send_or(call, done, move |error| work.refused(error));
    };
    let by_hand = ["bank_transfer", MANUAL_PAYMENT];
    let transfer = order.payments.iter().any(|payment| by_hand.contains(&payment.method.as_str())).then(|| {
        let text = "The money of this order came by hand or by bank: please send it back yourself. Souk writes it down and makes the credit note.";
        alert(Tone::Plain, None, view! { <p>{text}</p> }.into_any())
    });
    let shipping_hint = format!("At most {}", left.shipping);
    view! {
        <form class="form" on:submit=form.on_submit(send)>
            {transfer}
            {form.general()}
            <fieldset class="pieces"><legend class="field__label">"Pieces"</legend>{rows}</fieldset>
            {check("They can be sold again", typed.restock)}
            {(!left.shipping.is_zero()).then(|| {
                Input::new(form, "Delivery", "refund-shipping", "shipping", typed.shipping)
                    .inputmode("decimal").optional().hint(shipping_hint).view()
            })}
            {Input::new(form, "Another amount", "refund-other", "other", typed.other)
                .inputmode("decimal").optional().hint("A gesture, tax included").view()}
            {Input::new(form, "Reason", "refund-reason", "reason", typed.reason)
                .rows(2).optional().hint("It stands on the credit note").view()}
            <div class="refund__total" aria-live="polite">{sum}</div>
            <p class="muted">{format!("At most {} can go back.", left.total)}</p>
            <div class="acts">{form.button("", "Refund")}</div>
        </form>
    }
    .into_any()
}

/// The first thing that keeps it from being sent.
pub fn words_of(error: &Error) -> String {
    match error {
        Error::Invalid { fields } => fields.first().map(|one| one.message.clone()).unwrap_or_default(),
        other => other.public_message(),
    }
}

fn line_row(typed: Typed, line: &OrderLine) -> AnyView {
    let (id, most) = (line.id, line.quantity - line.refunded);
    let value =
        move || typed.quantities.with(|typed| typed.get(&id).cloned()).unwrap_or_else(|| "0".to_owned());
    let changed = move |event| {
        let text = event_target_value(&event);
        typed.quantities.update(|typed| drop(typed.insert(id, text)));
    };
    let each =
        Money::new(refund::share(line.total.minor, line.quantity, line.refunded, 1), line.total.currency);
    let input_id = format!("refund-{id}");
    view! {
        <div class="pieces__row">
            <label for=input_id.clone()>{title(line)}<span class="muted">{format!(" · {each}")}</span></label>
            <input
                class="input input--number" id=input_id type="number" inputmode="numeric" min="0" max=most
                prop:value=value on:input=changed
            />
            <span class="muted">{format!("of {most}")}</span>
        </div>
    }
    .into_any()
}
