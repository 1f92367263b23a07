//! Where our books and the gateways' differ, and what mends it.

use leptos::prelude::*;
use souk_contract::{
    BooksSide, BreakFix, BreakKind, BreakQuery, BreakState, Money, PaymentBreak, Reconcile, Reconciliation,
    Resource,
};

use crate::{
    admin::{
        desk::Desk,
        dialogs,
        form::{Form, Input},
        load::{Pages, Source},
        parts,
        place::Place,
        shell, time, words,
    },
    api::admin::payments,
    ui::{Icon, Tone, alert, badge, empty},
};

const TABS: [(&str, &str); 4] =
    [("", "Open"), ("set_aside", "Set aside"), ("fixed", "Mended here"), ("settled", "Settled elsewhere")];

#[derive(Clone, Copy)]
struct Work {
    desk: Desk,
    pages: Pages<PaymentBreak>,
    runs: Source<Vec<Reconciliation>>,
    shown: RwSignal<Option<PaymentBreak>>,
    open: RwSignal<bool>,
    may_write: bool,
}

impl Work {
    fn done(self, said: &'static str) {
        self.open.set(false);
        self.pages.reload();
        self.desk.say(said);
    }
}

pub fn view(desk: Desk) -> AnyView {
    let title = Signal::stored("Reconciliation".to_owned());
    if !untrack(move || desk.may(Resource::Payments.read())) {
        desk.ready.set(true);
        let text = "Your role does not allow you to see what gateways took.";
        return view! { {parts::head(desk, super::back(), title, ().into_any())} {shell::hidden(text)} }
            .into_any();
    }
    let ask = move |after| {
        let state = desk.param("state").and_then(|state| BreakState::parse(&state));
        let state = Some(state.unwrap_or(BreakState::Open));
        payments::payment_breaks(BreakQuery { state, after, limit: Some(50) })
    };
    let work = Work {
        desk,
        pages: Pages::new(desk, ask).is_main(),
        runs: Source::new(desk, payments::reconciliations),
        shown: RwSignal::new(None),
        open: RwSignal::new(false),
        may_write: untrack(move || desk.may(Resource::Payments.write())),
    };
    let form = Form::new(desk);
    let compare = move |_| {
        form.send(payments::reconcile_payments(Reconcile::default()), move |run| {
            work.runs.reload();
            work.pages.reload();
            desk.say(match run.breaks {
                0 if run.failure.is_none() => "Both sides agree.",
                0 => "Not every gateway could be asked.",
                _ => "Both sides were compared.",
            });
        });
    };
    let acts = work.may_write.then(|| {
        view! {
            <button type="button" class="button" aria-busy=move || form.busy.get().then_some("true") on:click=compare>
                "Compare now"
            </button>
        }
    });
    let none = move || match desk.param("state") {
        None => {
            let text = "Each payment is here what it is at its gateway, as far as both were compared.";
            empty(Icon::Check, "No open differences", text, None)
        }
        Some(_) => empty(Icon::Check, "None of these", "Try another tab.", None),
    };
    let heading = move || work.shown.get().map(|one| said(one.kind).0.to_owned()).unwrap_or_default();
    view! {
        {parts::head(desk, super::back(), title, acts.into_any())}
        <div class="stack">
        {form.general()}
        {work.runs.view(move |runs| runs.first().map(last).into_any())}
        <div class="box box--list">
            {parts::tabs(desk, "Differences by state", "state", &TABS)}
            {work.pages.view(move |all| {
                let columns = ["Payment", "What differs", "Here", "At the gateway", "Found"];
                parts::table("Differences, newest first", &columns, all.iter().map(|one| row(work, one)).collect())
            }, none)}
        </div>
        </div>
        {dialogs::drawer("break", Signal::derive(heading), work.open, move || detail(work))}
    }
    .into_any()
}

fn last(run: &Reconciliation) -> AnyView {
    let payments = words::count(run.payments, "payment", "payments");
    let text = match run.finished_at {
        Some(_) => format!("Last comparison: {}, {payments}.", time::said(run.started_at)),
        None => format!("Being compared since: {}.", time::said(run.started_at)),
    };
    let foreign = (run.foreign > 0).then(|| {
        let charges = words::count(run.foreign, "charge", "charges");
        format!(" {charges} at the gateway are not this shop's.")
    });
    let failure = run
        .failure
        .clone()
        .map(|why| alert(Tone::Bad, Some("Not everything was compared".to_owned()), why.into_any()));
    view! { <p class="muted">{text}{foreign}</p> {failure} }.into_any()
}

/// Its name, and what it means.
fn said(kind: BreakKind) -> (&'static str, &'static str) {
    match kind {
        BreakKind::UnknownCharge => {
            ("Payment without an order", "The gateway has money for this shop, and no order belongs to it.")
        }
        BreakKind::ChargeMissing => {
            ("Not at the gateway", "We know of this payment, and the gateway's list does not have it.")
        }
        BreakKind::AmountDiffers => {
            ("Another amount", "The gateway holds another amount, or another currency, than we know of.")
        }
        BreakKind::CaptureUnwritten => {
            ("Taken, not written down", "The gateway took more of this payment than is written down here.")
        }
        BreakKind::CaptureMissing => {
            ("Written down, not taken", "More is written down here than the gateway took.")
        }
        BreakKind::RefundUnwritten => {
            ("Refunded at the gateway", "Money went back to the customer, and nobody granted it here.")
        }
        BreakKind::RefundMissing => {
            ("Refund not sent", "A refund is written down here, and the gateway did not send it.")
        }
        BreakKind::HeldForNothing => {
            ("Held for nothing", "We let this payment go, and the gateway still holds the money.")
        }
        BreakKind::HoldGone => {
            ("No longer held", "We count on this money, and the gateway does not hold it any more.")
        }
    }
}

fn row(work: Work, one: &PaymentBreak) -> AnyView {
    let shown = one.clone();
    let read = move |_| {
        work.shown.set(Some(shown.clone()));
        work.open.set(true);
    };
    let (name, _) = said(one.kind);
    let label = format!("{name}: {}", one.gateway_ref);
    let name =
        view! { <button type="button" class="text-button" aria-label=label on:click=read>{name}</button> };
    let payment = view! { <span class="cut">{one.gateway_ref.clone()}</span> };
    parts::row(
        None,
        payment.into_any(),
        vec![
            ("What differs", name.into_any()),
            ("Here", short(one.ours.as_ref()).into_any()),
            ("At the gateway", short(one.theirs.as_ref()).into_any()),
            ("Found", time::time(one.found_at)),
        ],
    )
}

/// "€40.00 taken, €5.00 back".
fn short(side: Option<&BooksSide>) -> String {
    let Some(side) = side else { return "Unknown".to_owned() };
    let all = [(side.held, "held"), (side.captured, "taken"), (side.refunded, "back")];
    let parts: Vec<String> = all
        .into_iter()
        .filter(|(money, _)| !money.is_zero())
        .map(|(money, what)| format!("{money} {what}"))
        .collect();
    if parts.is_empty() { "Nothing".to_owned() } else { parts.join(", ") }
}

fn detail(work: Work) -> AnyView {
    let body = move || work.shown.get().map(|one| shown(work, &one));
    body.into_any()
}

fn shown(work: Work, one: &PaymentBreak) -> AnyView {
    let state = match one.state {
        BreakState::Open => badge(Tone::Warn, "Open"),
        BreakState::Fixed => badge(Tone::Good, "Mended here"),
        BreakState::Settled => badge(Tone::Good, "Settled elsewhere"),
        BreakState::SetAside => badge(Tone::Plain, "Set aside"),
    };
    let order = one.order_id.map(|id| view! { <a href=Place::Order(id).url()>"Open the order"</a> });
    let is_over = matches!(one.state, BreakState::Fixed | BreakState::Settled);
    let note = (!one.note.is_empty()).then(|| view! { <p>"Set aside: " {one.note.clone()}</p> });
    let facts = vec![
        ("State", state),
        ("Payment", one.gateway_ref.clone().into_any()),
        ("Order", order.map_or_else(|| "None".into_any(), IntoAny::into_any)),
        ("Begun", time::time(one.begun_at)),
        ("Here", short(one.ours.as_ref()).into_any()),
        ("At the gateway", short(one.theirs.as_ref()).into_any()),
    ];
    view! {
        <div class="stack">
            <p>{said(one.kind).1}</p>
            {parts::facts(facts)}
            {note}
            {(work.may_write && !is_over).then(|| acts(work, one))}
        </div>
    }
    .into_any()
}

/// What its button says, and what it does.
fn fix(one: &PaymentBreak) -> Option<(String, &'static str)> {
    let of = |side: Option<BooksSide>, part: fn(&BooksSide) -> Money| {
        side.as_ref().map_or(0, |side| part(side).minor)
    };
    let more = |part: fn(&BooksSide) -> Money| of(one.theirs, part) - of(one.ours, part);
    let currency = one.theirs.or(one.ours)?.captured.currency;
    Some(match one.fix? {
        BreakFix::Release => {
            ("Let go of it".to_owned(), "The gateway gives the money that it holds free again.")
        }
        BreakFix::SendBack => {
            let amount = Money::new(more(|side| side.captured) - more(|side| side.refunded), currency);
            (format!("Send {amount} back"), "The gateway sends what was taken too much to the customer.")
        }
        BreakFix::WriteDown => (
            "Write it down here".to_owned(),
            "No money moves. Our books and the order follow what happened at the gateway.",
        ),
        BreakFix::AskAgain => (
            "Ask the gateway again".to_owned(),
            "An answer was lost on the way. Asking again finds what came of it.",
        ),
    })
}

fn acts(work: Work, one: &PaymentBreak) -> AnyView {
    let (id, version) = (one.id, one.version);
    let (mending, leaving) = (Form::new(work.desk), Form::new(work.desk));
    let mend = move |_| {
        mending.send(payments::fix_payment_break(id, Some(version)), move |mended| {
            work.done(match mended.state {
                BreakState::Open => "It is under way at the gateway; the next comparison tells.",
                _ => "It is mended: both sides agree.",
            });
        });
    };
    let mend = match fix(one) {
        Some((label, text)) => view! {
            <p class="muted">{text}</p>
            {mending.general()}
            <div class="acts">
                <button
                    type="button" class="button" aria-busy=move || mending.busy.get().then_some("true") on:click=mend
                >
                    {label}
                </button>
            </div>
        }
        .into_any(),
        None => {
            let text = "Nothing here mends this. Look at the gateway's own pages, and set it aside once it is clear.";
            view! { <p class="muted">{text}</p> }.into_any()
        }
    };
    let note = RwSignal::new(String::new());
    let leave = leaving.on_submit(move || {
        let request = souk_contract::SetBreakAside { note: note.get_untracked() };
        leaving.send(payments::set_payment_break_aside(id, request, Some(version)), move |_| {
            work.done("It is set aside, until its figures change.");
        });
    });
    let hint = "Whoever looks next reads it. It opens again when its figures change.";
    let aside = (one.state == BreakState::Open).then(|| {
        view! {
            <form class="stack" on:submit=leave novalidate>
                {Input::new(leaving, "Why it may stay", "break-note", "note", note).hint(hint).view()}
                {leaving.general()}
                <div class="acts">{leaving.button("button button--quiet", "Set aside")}</div>
            </form>
        }
    });
    view! { {mend} {aside} }.into_any()
}
