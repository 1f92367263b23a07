//! Everything that happened to a customer, in one line.

use leptos::prelude::*;
use souk_contract::{Consent, Page, PageRequest, ProfileId, Resource, TimelineEntry, TimelineKind};

use super::detail::Work;
use crate::{
    admin::{
        activity::{self, Names},
        desk::Desk,
        form::{Form, Input},
        parts,
        place::Place,
        time, words,
    },
    api::admin::customers,
    failure::Result,
    ui::{Icon, empty},
};

pub async fn ask(id: ProfileId, after: Option<String>) -> Result<Page<TimelineEntry>> {
    customers::timeline(id, PageRequest { after, limit: Some(30) }).await
}

pub fn view(work: Work) -> AnyView {
    let names = activity::names(work.desk);
    let rows = move |entries: Vec<TimelineEntry>| {
        let all: Vec<AnyView> = entries.into_iter().map(|entry| one(work.desk, entry, names)).collect();
        view! { <ol class="history" aria-label="Timeline">{all}</ol> }.into_any()
    };
    let none = || {
        let text = "Orders, mails, notes and changes stand here as they happen.";
        empty(Icon::Return, "Nothing happened yet", text, None)
    };
    let body = view! { {work.may_write.then(|| note(work))} {work.happened.view(rows, none)} };
    parts::card("Timeline", None, body.into_any())
}

fn note(work: Work) -> AnyView {
    let text = RwSignal::new(String::new());
    let form = Form::new(work.desk);
    let send = move || {
        form.send(customers::note_customer(work.id, text.get_untracked()), move |()| {
            text.set(String::new());
            work.happened.reload();
            work.desk.say("The note stands in the timeline.");
        });
    };
    view! {
        <form class="form" on:submit=form.on_submit(send)>
            {form.general()}
            {Input::new(form, "Note for colleagues", "customer-note", "text", text).rows(2).view()}
            <div class="acts">{form.button("button--quiet button--small", "Add note")}</div>
        </form>
    }
    .into_any()
}

fn what(entry: &TimelineEntry) -> &'static str {
    match entry.kind {
        TimelineKind::Created => "wrote this customer down",
        TimelineKind::Registered => "Made an account",
        TimelineKind::OrderPlaced => "Ordered",
        TimelineKind::OrderPaid => "Paid",
        TimelineKind::OrderShipped => "Parcel left",
        TimelineKind::OrderRefunded => "Refunded",
        TimelineKind::OrderCancelled => "Cancelled",
        TimelineKind::MailSent => "Mail sent",
        TimelineKind::Note => "noted",
        TimelineKind::Tagged => "set the tags",
        TimelineKind::Consent => match entry.consent {
            Some(Consent::Granted) => "Yes to marketing mail",
            _ => "No to marketing mail",
        },
        TimelineKind::Edited => "changed",
        TimelineKind::AddressChanged => "changed an address of the account",
        TimelineKind::Merged => "merged with this customer",
        TimelineKind::Unmerged => "took a merge back with",
    }
}

fn one(desk: Desk, entry: TimelineEntry, names: Names) -> AnyView {
    let who = entry.staff_id.map(|id| {
        let name = move || activity::name(desk, names, id);
        view! { <b>{name}</b> }
    });
    let may = untrack(move || desk.may(Resource::Orders.read()));
    let order = entry.order_id.map(|id| {
        let name = entry.order_number.map(|number| format!("#{number}")).unwrap_or_default();
        if may {
            view! { <a href=Place::Order(id).url()>{name}</a> }.into_any()
        } else {
            view! { <span>{name}</span> }.into_any()
        }
    });
    let other = entry.other.map(|id| {
        let name = entry.text.clone();
        view! { <a href=Place::Customer(id).url()>{name}</a> }
    });
    let amount = entry.amount.map(|amount| view! { <span>{amount.to_string()}</span> });
    let text = match entry.kind {
        TimelineKind::Merged | TimelineKind::Unmerged => String::new(),
        TimelineKind::MailSent => words::plain(&entry.text),
        TimelineKind::Tagged if entry.text.is_empty() => "None are left".to_owned(),
        _ => entry.text.clone(),
    };
    let text = (!text.is_empty()).then(|| view! { <p class="note">{text}</p> });
    view! {
        <li class="event">
            <p class="event__head">
                {who}<span>{what(&entry)}</span>{order}{other}{amount}
                <span class="event__time">{time::time(entry.at)}</span>
            </p>
            {text}
        </li>
    }
    .into_any()
}
