//! What comes back of an order: its returns and their steps.

use leptos::prelude::*;
use souk_contract::{MoveReturn, OrderReturns, Resource, Return, ReturnLine, ReturnState, ReturnStep};

use super::{detail::Work, return_forms};
use crate::{
    admin::{
        dialogs::{self, Question},
        form::Form,
        parts, time, words,
    },
    api::admin::returns::{self, Change},
    ui::following,
};

/// What is asked in the drawer; its title.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    New,
    Approve,
    Decline,
    Send,
    Receive,
    Refund,
}

/// The drawer beside the returns.
#[derive(Clone, Copy)]
pub struct Returning {
    pub work: Work,
    shown: RwSignal<bool>,
    asks: RwSignal<Asks>,
    /// None: a new one.
    of: RwSignal<Option<Return>>,
    form: Form,
    may_refund: bool,
}

impl Returning {
    fn button(self, class: &'static str, label: &'static str, asks: Asks, of: Option<&Return>) -> AnyView {
        let of = of.cloned();
        let open = move |_| {
            self.of.set(of.clone());
            self.asks.set(asks);
            self.shown.set(true);
        };
        view! {
            <button type="button" class=class aria-haspopup="dialog" on:click=open>{label}</button>
        }
        .into_any()
    }

    /// Does it, and shows all of it anew. What went wrong is said in the form, or where none is open on the screen.
    pub fn change(self, form: Option<Form>, change: Change, said: &'static str) {
        let done = move |()| {
            self.shown.set(false);
            self.work.reload();
            self.work.desk.say(said);
        };
        form.unwrap_or(self.form).send_or(returns::change_return(change), done, move |error| {
            let error = self.work.refused(error)?;
            if form.is_none() {
                self.work.desk.complain(&error);
            }
            form.map(|_| error)
        });
    }

    /// A step that asks nothing more.
    fn take(self, of: &Return, step: ReturnStep, said: &'static str) {
        let request = MoveReturn { step, reply: String::new(), tracking: None };
        self.change(None, Change::Move(of.id, of.version, request), said);
    }
}

pub fn view(work: Work) -> AnyView {
    let returning = Returning {
        work,
        shown: RwSignal::new(false),
        asks: RwSignal::new(Asks::New),
        of: RwSignal::new(None),
        form: Form::new(work.desk),
        may_refund: untrack(move || work.desk.may(Resource::Payments.write())),
    };
    let title = Signal::derive(move || {
        let title = match returning.asks.get() {
            Asks::New => "New return",
            Asks::Approve => "Approve the return",
            Asks::Decline => "Decline the return",
            Asks::Send => "Tracking of the return",
            Asks::Receive => "Receive the return",
            Asks::Refund => "Refund the return",
        };
        title.to_owned()
    });
    let drawer = dialogs::drawer("return", title, returning.shown, move || {
        return_forms::view(returning, returning.asks.get(), returning.of.get())
    });
    let shown = following(move || match work.returns.get() {
        Some(all) => card(returning, &all),
        None => ().into_any(),
    });
    view! { {shown} {drawer} }.into_any()
}

/// Nothing where nothing was sent.
fn card(returning: Returning, all: &OrderReturns) -> AnyView {
    let may_open = returning.work.may_write && !all.returnable.is_empty();
    if all.returns.is_empty() && !may_open {
        return ().into_any();
    }
    let mut body = Vec::new();
    if !all.returns.is_empty() {
        let rows: Vec<AnyView> = all.returns.iter().map(|one| row(returning, one)).collect();
        body.push(view! { <ul class="parcels" aria-label="Returns">{rows}</ul> }.into_any());
    }
    if may_open {
        let button = returning.button("button button--quiet", "New return", Asks::New, None);
        body.push(view! { <div class="acts">{button}</div> }.into_any());
    }
    parts::card("Returns", None, view! { <div class="stack">{body}</div> }.into_any())
}

/// `Tea towel – Écru`
pub fn title(line: &ReturnLine) -> String {
    match line.variant_title.as_str() {
        "" => line.product_title.clone(),
        options => [line.product_title.as_str(), " – ", options].concat(),
    }
}

fn line(line: &ReturnLine) -> AnyView {
    let mut text = format!("{} × {} · {}", line.expected, title(line), line.reason.words());
    let unsorted = line.received - line.resellable - line.damaged;
    for (count, what) in
        [(line.resellable, "resellable"), (line.damaged, "damaged"), (unsorted, "to be looked at")]
    {
        if count > 0 {
            text += &format!(" · {count} {what}");
        }
    }
    view! { <li>{text}</li> }.into_any()
}

fn row(returning: Returning, one: &Return) -> AnyView {
    let mut told = Vec::new();
    let mut tell = |class: &'static str, text: String| {
        told.push(view! { <p class=class>{text}</p> }.into_any());
    };
    if let Some(tracking) = &one.tracking {
        tell("parcel__tracking", format!("Tracking: {} {}", tracking.carrier, tracking.number));
    }
    if !one.note.is_empty() {
        tell("note", format!("The customer: {}", one.note));
    }
    if !one.reply.is_empty() {
        tell("note", format!("The shop: {}", one.reply));
    }
    let refund = one.refund.map(|refund| {
        view! { <div class="parcel__head">"Refund "{refund.amount.to_string()}{words::refund(refund.state)}</div> }
            .into_any()
    });
    view! {
        <li class="parcel">
            <div class="parcel__head">
                <h3 class="parcel__name">{format!("Return {}", one.name)}</h3>
                {words::returned(one.state)}<span class="muted">{time::time(one.created_at)}</span>
            </div>
            <ul class="parcel__lines">{one.lines.iter().map(line).collect::<Vec<_>>()}</ul>
            {told}
            {refund}
            {steps(returning, one)}
        </li>
    }
    .into_any()
}

fn steps(returning: Returning, one: &Return) -> AnyView {
    const FIRST: &str = "button button--small";
    const QUIET: &str = "button button--small button--quiet";
    const TEXT: &str = "text-button";
    let mut buttons = Vec::new();
    let mut ask = |may: bool, class: &'static str, label: &'static str, asks: Asks| {
        if may {
            buttons.push(returning.button(class, label, asks, Some(one)));
        }
    };
    let (may_write, may_refund) = (returning.work.may_write, returning.may_refund);
    let mut may_cancel = may_write;
    let mut may_close = false;
    match one.state {
        ReturnState::Requested => {
            ask(may_write, FIRST, "Approve", Asks::Approve);
            ask(may_write, QUIET, "Decline", Asks::Decline);
        }
        ReturnState::Approved => {
            ask(may_write, FIRST, "Receive", Asks::Receive);
            ask(may_write, QUIET, "On its way", Asks::Send);
        }
        ReturnState::InTransit => {
            ask(may_write, FIRST, "Receive", Asks::Receive);
            ask(may_write, TEXT, "Change tracking", Asks::Send);
        }
        state => {
            may_cancel = false;
            may_close = may_write && matches!(state, ReturnState::Inspected | ReturnState::Refunded);
            ask(may_write && state == ReturnState::Received, FIRST, "Receive", Asks::Receive);
            ask(may_refund && state == ReturnState::Inspected, FIRST, "Refund", Asks::Refund);
            let unpaid = state == ReturnState::Closed && one.refund.is_none();
            ask(may_refund && unpaid, QUIET, "Refund", Asks::Refund);
        }
    }
    let of = one.clone();
    let act = move |_| {
        if may_close {
            return returning.take(&of, ReturnStep::Close, "The return is closed.");
        }
        let name = of.name.clone();
        let of = of.clone();
        let cancel = move |()| returning.take(&of, ReturnStep::Cancel, "The return is cancelled.");
        returning.work.desk.ask(Question {
            title: format!("Cancel return {name}?"),
            text: "Its pieces may be returned another time. Nobody is written to.".into(),
            yes: "Cancel it".into(),
            no: "Keep it".into(),
            act: Callback::new(cancel),
        });
    };
    if may_cancel || may_close {
        let label = if may_close { "Close" } else { "Cancel" };
        buttons.push(view! { <button type="button" class=TEXT on:click=act>{label}</button> }.into_any());
    }
    if buttons.is_empty() {
        return ().into_any();
    }
    view! { <div class="acts acts--start">{buttons}</div> }.into_any()
}
