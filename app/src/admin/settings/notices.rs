//! What gateways told unasked, what became of it, and once more.

use leptos::prelude::*;
use souk_contract::{NoticeQuery, NoticeState, PaymentNotice, Resource};

use crate::{
    admin::{desk::Desk, dialogs, form::Form, load::Pages, parts, shell, time},
    api::admin::payments,
    ui::{Icon, Tone, badge, empty},
};

const TABS: [(&str, &str); 6] = [
    ("", "All"),
    ("done", "Acted on"),
    ("verified", "Under way"),
    ("failed", "Failed"),
    ("ignored", "Not about us"),
    ("refused", "Refused"),
];

#[derive(Clone, Copy)]
struct Work {
    desk: Desk,
    pages: Pages<PaymentNotice>,
    shown: RwSignal<Option<PaymentNotice>>,
    open: RwSignal<bool>,
    may_write: bool,
}

pub fn view(desk: Desk) -> AnyView {
    let head =
        parts::head(desk, super::back(), Signal::stored("Notices of gateways".to_owned()), ().into_any());
    if !untrack(move || desk.may(Resource::Payments.read())) {
        desk.ready.set(true);
        let text = "Your role does not allow you to see what gateways told.";
        return view! { {head} {shell::hidden(text)} }.into_any();
    }
    let ask = move |after| {
        let state = desk.param("state").and_then(|state| NoticeState::parse(&state));
        payments::payment_notices(NoticeQuery { state, after, limit: Some(50) })
    };
    let work = Work {
        desk,
        pages: Pages::new(desk, ask).is_main(),
        shown: RwSignal::new(None),
        open: RwSignal::new(false),
        may_write: untrack(move || desk.may(Resource::Payments.write())),
    };
    let none = || {
        let text =
            "Gateways tell here when something becomes of a payment. Each is kept as it came, for 90 days.";
        empty(Icon::Bag, "No notices", text, None)
    };
    let title = move || work.shown.get().map(|one| name(&one)).unwrap_or_default();
    view! {
        {head}
        <div class="box box--list">
            {parts::tabs(desk, "Notices by state", "state", &TABS)}
            {work.pages.view(move |all| {
                let columns = ["Notice", "Gateway", "State", "Came"];
                parts::table("Notices, newest first", &columns, all.iter().map(|one| row(work, one)).collect())
            }, none)}
        </div>
        {dialogs::drawer("notice", Signal::derive(title), work.open, move || detail(work))}
    }
    .into_any()
}

fn name(notice: &PaymentNotice) -> String {
    notice.kind.clone().unwrap_or_else(|| "Not read".to_owned())
}

fn state(notice: &PaymentNotice) -> AnyView {
    match notice.state {
        NoticeState::Received | NoticeState::Verified => badge(Tone::Plain, "Under way"),
        NoticeState::Done => badge(Tone::Good, "Acted on"),
        NoticeState::Ignored => badge(Tone::Plain, "Not about us"),
        NoticeState::Refused => badge(Tone::Bad, "Refused"),
        NoticeState::Failed => badge(Tone::Bad, "Failed"),
    }
}

fn row(work: Work, notice: &PaymentNotice) -> AnyView {
    let shown = notice.clone();
    let read = move |_| {
        work.shown.set(Some(shown.clone()));
        work.open.set(true);
    };
    let label = format!("{}, {}", name(notice), time::said(notice.received_at));
    let link = view! { <button type="button" class="text-button" aria-label=label on:click=read>{name(notice)}</button> };
    parts::row(
        None,
        link.into_any(),
        vec![
            ("Gateway", notice.gateway.clone().into_any()),
            ("State", state(notice)),
            ("Came", time::time(notice.received_at)),
        ],
    )
}

fn detail(work: Work) -> AnyView {
    let body = move || {
        work.shown.get().map(|notice| {
            let why = notice.failure.clone().map(|text| view! { <p>{text}</p> });
            let may = work.may_write && !matches!(notice.state, NoticeState::Refused | NoticeState::Received);
            view! {
                <div class="stack">
                    {parts::facts(vec![
                        ("State", state(&notice)),
                        ("Name at the gateway", notice.event.clone().unwrap_or_else(|| "None".to_owned()).into_any()),
                        ("Tried", notice.attempts.into_any()),
                    ])}
                    {why}
                    <pre class="letter">{notice.body.clone()}</pre>
                    {may.then(|| again(work, &notice))}
                </div>
            }
        })
    };
    body.into_any()
}

fn again(work: Work, notice: &PaymentNotice) -> AnyView {
    let (id, version) = (notice.id, notice.version);
    let form = Form::new(work.desk);
    let send = move |_| {
        form.send(payments::replay_payment_notice(id, Some(version)), move |_| {
            work.open.set(false);
            work.pages.reload();
            work.desk.say("The gateway was asked what became of the payment.");
        });
    };
    view! {
        {form.general()}
        <div class="acts">
            <button type="button" class="button button--quiet" aria-busy=move || form.busy.get().then_some("true") on:click=send>
                "Act on it again"
            </button>
        </div>
    }
    .into_any()
}
