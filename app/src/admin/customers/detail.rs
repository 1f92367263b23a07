use leptos::{prelude::*, task::spawn_local};
use souk_contract::{CustomerMerge, CustomerProfile, Error, ProfileId, Resource, TimelineEntry};

use super::{address, contact, timeline};
use crate::{
    admin::{
        desk::Desk,
        dialogs::Question,
        go,
        load::{Pages, Source},
        parts,
        place::Place,
        time,
    },
    api::admin::customers,
    ui::{Tone, alert, badge, following},
};

/// A customer on the screen, and what its parts need to change it.
#[derive(Clone, Copy)]
pub struct Work {
    pub desk: Desk,
    pub id: ProfileId,
    pub profile: Source<CustomerProfile>,
    pub happened: Pages<TimelineEntry>,
    /// Somebody else changed it meanwhile.
    stale: RwSignal<bool>,
    pub may_write: bool,
}

impl Work {
    fn new(desk: Desk, id: ProfileId) -> Self {
        Self {
            desk,
            id,
            profile: Source::new(desk, move || customers::customer(id)).is_main(),
            happened: Pages::new(desk, move |after| timeline::ask(id, after)).live(),
            stale: RwSignal::new(false),
            may_write: untrack(move || desk.may(Resource::Customers.write())),
        }
    }

    /// The customer as it is after a change.
    pub fn done(self, profile: CustomerProfile, said: &str) {
        self.stale.set(false);
        self.profile.set(profile);
        self.happened.reload();
        self.desk.say(said);
    }

    /// A change that met another's: the customer is shown anew, and what was typed stays.
    pub fn refused(self, error: Error) -> Option<Error> {
        if let Error::Conflict { code, .. } = &error {
            self.profile.reload();
            self.happened.reload();
            if code == "stale_version" {
                self.stale.set(true);
                return None;
            }
        }
        Some(error)
    }
}

pub fn view(desk: Desk, id: ProfileId) -> AnyView {
    let work = Work::new(desk, id);
    let title = Memo::new(move |_| {
        let name = |profile: CustomerProfile| {
            if profile.person.name.is_empty() { profile.person.email } else { profile.person.name }
        };
        work.profile.get().map_or_else(|| "Customer".to_owned(), name)
    });
    // A merged profile's address leads to the one that it is a part of.
    Effect::new(move || {
        if let Some(profile) = work.profile.get()
            && profile.person.id != id
        {
            go::replace(desk, &Place::Customer(profile.person.id).url());
        }
    });
    let stale = move || {
        work.stale.get().then(|| {
            let text = "Somebody else changed this customer in the meantime. This is how it stands now; what you typed is still there.";
            alert(Tone::Warn, Some("Not done yet".into()), view! { <p>{text}</p> }.into_any())
        })
    };
    view! {
        {parts::head(desk, Some((Place::Customers.url(), "Customers")), title.into(), acts(work))}
        <div role="status">{stale}</div>
        {work.profile.view(summary)}
        <div class="columns">
            <div class="columns__main">
                {part(work, "Figures", figures)}
                {timeline::view(work)}
            </div>
            <div class="columns__side">
                {contact::view(work)}
                {address::view(work)}
                {move || work.profile.get().filter(|profile| !profile.merges.is_empty()).map(|profile| {
                    parts::card("Merged into this customer", None, merged(work, &profile))
                })}
            </div>
        </div>
    }
    .into_any()
}

/// A box that is there once the customer is.
pub fn part(
    work: Work,
    title: &'static str,
    draw: impl Fn(&CustomerProfile) -> AnyView + Send + 'static,
) -> AnyView {
    following(move || work.profile.get().map(|profile| parts::card(title, None, draw(&profile))).into_any())
}

fn acts(work: Work) -> AnyView {
    let shown = move || {
        let profile = work.profile.get()?;
        let merge = format!("{}?keep={}", Place::MergeCustomers.url(), profile.person.id);
        let mail = format!("mailto:{}", profile.person.email);
        Some(view! {
            <a class="button button--quiet" href=mail>"Write a mail"</a>
            {work.may_write.then(|| view! { <a class="button button--quiet" href=merge>"Merge"</a> })}
        })
    };
    shown.into_any()
}

fn summary(profile: CustomerProfile) -> AnyView {
    let account =
        if profile.person.has_account { badge(Tone::Good, "Account") } else { badge(Tone::Plain, "Guest") };
    let country =
        (!profile.person.country.is_empty()).then(|| badge(Tone::Plain, profile.person.country.clone()));
    view! {
        <p class="summary">
            {account}{country}<span class="muted">"Known since "{time::time(profile.created_at)}</span>
        </p>
    }
    .into_any()
}

fn figures(profile: &CustomerProfile) -> AnyView {
    let person = &profile.person;
    let moment = |at: Option<souk_contract::Timestamp>| at.map_or_else(|| "Never".into_any(), time::time);
    parts::facts(vec![
        ("Orders", person.orders.into_any()),
        ("Spent, less refunds", person.spent.to_string().into_any()),
        ("First order", moment(person.first_order_at)),
        ("Last order", moment(person.last_order_at)),
    ])
}

fn merged(work: Work, profile: &CustomerProfile) -> AnyView {
    let one = |merge: &CustomerMerge| {
        let (id, email) = (merge.id, merge.email.clone());
        let undo = move |_| {
            work.desk.ask(Question {
                title: "Take this merge back?".into(),
                text: format!(
                    "{email} becomes a customer of its own again, with its orders, mails and notes. Notes that were written here since the merge stay here, and a no to marketing mail stands for both."
                ),
                yes: "Take it back".into(),
                no: "Leave it".into(),
                act: Callback::new(move |()| {
                    spawn_local(async move {
                        match customers::undo_merge(id).await {
                            Ok(profile) => work.done(profile, "These are two customers again."),
                            Err(failure) => work.desk.complain(&failure.0),
                        }
                    });
                }),
            });
        };
        let button = work.may_write.then(|| {
            view! { <button type="button" class="text-button" on:click=undo>"Take back"</button> }
        });
        view! {
            <li class="event">
                <p class="event__head"><span>{merge.email.clone()}</span><span class="event__time">{time::time(merge.at)}</span></p>
                {button}
            </li>
        }
        .into_any()
    };
    let all: Vec<AnyView> = profile.merges.iter().map(one).collect();
    view! { <ul class="history" aria-label="Merged customers">{all}</ul> }.into_any()
}
