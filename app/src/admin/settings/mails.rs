use leptos::prelude::*;
use souk_contract::{Mail, MailId, MailState, PageRequest, Resource};

use crate::{
    admin::{desk::Desk, dialogs, form::Form, load::Pages, parts, shell, time, words},
    api::admin::settings,
    ui::{Icon, Tone, badge, empty},
};

#[derive(Clone, Copy)]
struct Work {
    desk: Desk,
    pages: Pages<Mail>,
    shown: RwSignal<Option<Mail>>,
    open: RwSignal<bool>,
    may_write: bool,
}

pub fn view(desk: Desk) -> AnyView {
    let head = parts::head(desk, super::back(), Signal::stored("Mails".to_owned()), ().into_any());
    if !untrack(move || desk.may(Resource::Messages.read())) {
        desk.ready.set(true);
        return view! { {head} {shell::hidden("Your role does not allow you to see mails.")} }.into_any();
    }
    let ask = |after| settings::mails(PageRequest { after, limit: Some(50) });
    let work = Work {
        desk,
        pages: Pages::new(desk, ask).is_main(),
        shown: RwSignal::new(None),
        open: RwSignal::new(false),
        may_write: untrack(move || desk.may(Resource::Messages.write())),
    };
    let none = || empty(Icon::Bag, "No mails yet", "What customers are written stands here.", None);
    let table = move |mails: Vec<Mail>| {
        let rows = mails.into_iter().map(|mail| row(work, mail)).collect();
        parts::table("Mails, newest first", &["To", "Subject", "Kind", "State", "Written"], rows)
    };
    let title = move || work.shown.get().map(|mail| mail.subject).unwrap_or_default();
    view! {
        {head}
        <div class="box box--list">{work.pages.view(table, none)}</div>
        {dialogs::drawer("mail", Signal::derive(title), work.open, move || letter(work))}
    }
    .into_any()
}

fn row(work: Work, mail: Mail) -> AnyView {
    let shown = mail.clone();
    let label = format!("Read the mail to {}: {}", mail.to, mail.subject);
    let read = move |_| {
        work.shown.set(Some(shown.clone()));
        work.open.set(true);
    };
    let subject = view! {
        <button type="button" class="text-button" aria-label=label on:click=read>{mail.subject.clone()}</button>
    };
    parts::row(
        None,
        mail.to.clone().into_any(),
        vec![
            ("Subject", subject.into_any()),
            ("Kind", words::plain(&mail.template).into_any()),
            ("State", state(&mail)),
            ("Written", time::time(mail.created_at)),
        ],
    )
}

fn state(mail: &Mail) -> AnyView {
    match mail.state {
        MailState::Queued if mail.attempts > 0 => badge(Tone::Warn, "Tried, not sent yet"),
        MailState::Queued => badge(Tone::Plain, "Waiting"),
        MailState::Sent => badge(Tone::Good, "Sent"),
        MailState::Dead => badge(Tone::Bad, "Given up"),
    }
}

fn letter(work: Work) -> AnyView {
    let body = move || {
        work.shown.get().map(|mail| {
            let error = mail.last_error.clone().map(|text| view! { <p class="muted">{text}</p> });
            view! {
                <div class="stack">
                    <p>"To " <b>{mail.to.clone()}</b></p>
                    {error}
                    <pre class="letter">{mail.text.clone()}</pre>
                    {work.may_write.then(|| again(work, mail.id))}
                </div>
            }
        })
    };
    body.into_any()
}

fn again(work: Work, id: MailId) -> AnyView {
    let form = Form::new(work.desk);
    let send = move |_| {
        form.send(settings::send_mail_again(id), move |_| {
            work.open.set(false);
            work.pages.reload();
            work.desk.say("The mail goes out once more.");
        });
    };
    view! {
        {form.general()}
        <div class="acts">
            <button type="button" class="button button--quiet" aria-busy=move || form.busy.get().then_some("true") on:click=send>
                "Send again"
            </button>
        </div>
    }
    .into_any()
}
