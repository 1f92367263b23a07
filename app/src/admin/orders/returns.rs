//! What comes back of an order: its returns and their steps.

use leptos::prelude::*;
use souk_contract::{
    MoveReturn, OrderReturns, Resource, Return, ReturnId, ReturnLine, ReturnState, ReturnStep, Returnable,
};

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

/// What is asked in the drawer.
#[derive(Clone)]
pub enum Asks {
    /// Pieces for a new one.
    New(Vec<Returnable>),
    Approve(Return),
    Decline(Return),
    Send(Return),
    Receive(Return),
    Refund(Return),
}

/// The drawer beside the returns.
#[derive(Clone, Copy)]
pub struct Returning {
    pub work: Work,
    shown: RwSignal<bool>,
    asks: RwSignal<Option<Asks>>,
    form: Form,
    may_refund: bool,
}

impl Returning {
    fn ask(self, asks: Asks) {
        self.asks.set(Some(asks));
        self.shown.set(true);
    }

    fn button(self, class: &'static str, label: &'static str, asks: Asks) -> AnyView {
        view! {
            <button type="button" class=class aria-haspopup="dialog" on:click=move |_| self.ask(asks.clone())>
                {label}
            </button>
        }
        .into_any()
    }

    /// Does it, and shows all of it anew. What went wrong is said in the form, or where none is open on the screen.
    pub fn change(self, form: Option<Form>, change: Change, say: fn(&Return) -> &'static str) {
        let done = move |one: Return| {
            self.shown.set(false);
            self.work.reload();
            self.work.desk.say(say(&one));
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
    fn take(self, (id, version): (ReturnId, i64), step: ReturnStep) {
        let request = MoveReturn { step, reply: String::new(), tracking: None };
        self.change(None, Change::Move(id, version, request), said);
    }
}

/// After a step.
pub fn said(one: &Return) -> &'static str {
    match one.state {
        ReturnState::Approved => "The return is approved.",
        ReturnState::Declined => "The return is declined.",
        ReturnState::InTransit => "The return is on its way.",
        ReturnState::Cancelled => "The return is cancelled.",
        ReturnState::Closed => "The return is closed.",
        _ => "Saved.",
    }
}

pub fn view(work: Work) -> AnyView {
    let returning = Returning {
        work,
        shown: RwSignal::new(false),
        asks: RwSignal::new(None),
        form: Form::new(work.desk),
        may_refund: untrack(move || work.desk.may(Resource::Payments.write())),
    };
    let title = Signal::derive(move || {
        let title = returning.asks.with(|asks| match asks {
            None | Some(Asks::New(_)) => "New return",
            Some(Asks::Approve(_)) => "Approve the return",
            Some(Asks::Decline(_)) => "Decline the return",
            Some(Asks::Send(_)) => "Tracking of the return",
            Some(Asks::Receive(_)) => "Receive the return",
            Some(Asks::Refund(_)) => "Refund the return",
        });
        title.to_owned()
    });
    let drawer = dialogs::drawer("return", title, returning.shown, move || {
        returning.asks.get().map(|asks| return_forms::view(returning, asks)).into_any()
    });
    let shown = following(move || work.returns.get().and_then(|all| card(returning, all)).into_any());
    view! { {shown} {drawer} }.into_any()
}

/// Nothing where nothing was sent.
fn card(returning: Returning, all: OrderReturns) -> Option<AnyView> {
    let may_open = returning.work.may_write && !all.returnable.is_empty();
    if all.returns.is_empty() && !may_open {
        return None;
    }
    let rows: Vec<AnyView> = all.returns.iter().map(|one| row(returning, one)).collect();
    let list =
        (!rows.is_empty()).then(|| view! { <ul class="parcels" aria-label="Returns">{rows}</ul> }.into_any());
    let open = may_open.then(|| {
        let button = returning.button("button button--quiet", "New return", Asks::New(all.returnable));
        view! { <div class="acts">{button}</div> }.into_any()
    });
    Some(parts::card("Returns", None, vec![list, open].into_any()))
}

/// `Tea towel – Écru`
pub fn title(line: &ReturnLine) -> String {
    match line.variant_title.as_str() {
        "" => line.product_title.clone(),
        options => format!("{} – {options}", line.product_title),
    }
}

fn row(returning: Returning, one: &Return) -> AnyView {
    let line = |line: &ReturnLine| {
        let mut text = format!("{} × {} · {}", line.expected, title(line), line.reason.words());
        let unsorted = line.received - line.resellable - line.damaged;
        for (count, what) in
            [(line.resellable, "resellable"), (line.damaged, "damaged"), (unsorted, "here, to be looked at")]
        {
            if count > 0 {
                text += &format!(" · {count} {what}");
            }
        }
        view! { <li>{text}</li> }.into_any()
    };
    let tracking = one.tracking.as_ref().map(|tracking| format!("{} {}", tracking.carrier, tracking.number));
    let said = [("The customer", &one.note), ("The shop", &one.reply)].into_iter();
    let said = said.filter(|(_, text)| !text.is_empty());
    let said = said.map(|(who, text)| view! { <p class="note">{format!("{who}: {text}")}</p> }.into_any());
    let refund = one.refund.map(|refund| {
        view! {
            <p class="parcel__head">
                "Refund" {words::refund(refund.state)} <span class="num">{refund.amount.to_string()}</span>
            </p>
        }
        .into_any()
    });
    view! {
        <li class="parcel">
            <div class="parcel__head">
                <h3 class="parcel__name">{format!("Return {}", one.name)}</h3>
                {words::returned(one.state)}<span class="muted">{time::time(one.created_at)}</span>
            </div>
            <ul class="parcel__lines">{one.lines.iter().map(line).collect::<Vec<_>>()}</ul>
            {tracking.map(|text| view! { <p class="parcel__tracking">{text}</p> }.into_any())}
            {said.collect::<Vec<_>>()}
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
    let ask = |class, label, asks: fn(Return) -> Asks| returning.button(class, label, asks(one.clone()));
    let of = (one.id, one.version);
    let close = || {
        let act = move |_| returning.take(of, ReturnStep::Close);
        view! { <button type="button" class=TEXT on:click=act>"Close"</button> }.into_any()
    };
    let name = one.name.clone();
    let cancel = || {
        let ask = move |_| {
            let cancelled = move |()| returning.take(of, ReturnStep::Cancel);
            returning.work.desk.ask(Question {
                title: format!("Cancel return {name}?"),
                text: "Its pieces may be returned another time. Nobody is written to.".into(),
                yes: "Cancel it".into(),
                no: "Keep it".into(),
                act: Callback::new(cancelled),
            });
        };
        view! { <button type="button" class=TEXT on:click=ask>"Cancel"</button> }.into_any()
    };
    let (may_write, may_refund) = (returning.work.may_write, returning.may_refund);
    let buttons = match one.state {
        ReturnState::Requested if may_write => {
            vec![ask(FIRST, "Approve", Asks::Approve), ask(QUIET, "Decline", Asks::Decline), cancel()]
        }
        ReturnState::Approved if may_write => {
            vec![ask(FIRST, "Receive", Asks::Receive), ask(QUIET, "On its way", Asks::Send), cancel()]
        }
        ReturnState::InTransit if may_write => {
            vec![ask(FIRST, "Receive", Asks::Receive), ask(TEXT, "Change tracking", Asks::Send), cancel()]
        }
        ReturnState::Received if may_write => vec![ask(FIRST, "Receive", Asks::Receive)],
        ReturnState::Inspected => {
            let refund = may_refund.then(|| ask(FIRST, "Refund", Asks::Refund));
            refund.into_iter().chain(may_write.then(close)).collect()
        }
        ReturnState::Refunded if may_write => vec![close()],
        ReturnState::Closed if may_refund && one.refund.is_none() => {
            vec![ask(QUIET, "Refund", Asks::Refund)]
        }
        _ => return ().into_any(),
    };
    view! { <div class="acts acts--start">{buttons}</div> }.into_any()
}
