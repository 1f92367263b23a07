//! Two customers side by side, and what stays of each.

use leptos::prelude::*;
use souk_contract::{CustomerProfile, CustomerQuery, CustomerSummary, MergeCustomers, Page, Pick, ProfileId};

use super::list;
use crate::{
    admin::{
        desk::Desk,
        form::Form,
        go,
        load::{Pages, Source},
        parts,
        place::Place,
        time, words,
    },
    api::admin::customers,
    ui::{Icon, Tone, alert, empty},
};

fn given(desk: Desk, name: &str) -> Option<ProfileId> {
    desk.param(name)?.parse().ok()
}

pub fn view(desk: Desk) -> AnyView {
    let kept = Memo::new(move |_| given(desk, "keep"));
    let merged = Memo::new(move |_| given(desk, "merge"));
    let back = move || kept.get_untracked().map_or(Place::Customers, Place::Customer).url();
    let body = move || match (kept.get(), merged.get()) {
        (Some(kept), Some(merged)) => both(desk, kept, merged),
        (Some(kept), None) => choose(desk, kept),
        (None, _) => {
            desk.ready.set(true);
            empty(Icon::User, "Which customers?", "Open one of the two, and choose Merge there.", None)
        }
    };
    view! {
        {parts::head(desk, Some((back(), "Back")), Signal::stored("Merge customers".to_owned()), ().into_any())}
        {body}
    }
    .into_any()
}

/// Looks for the other one.
fn choose(desk: Desk, kept: ProfileId) -> AnyView {
    let ask = move |after| {
        let text = desk.param("q");
        async move {
            if text.is_none() {
                return Ok(Page { items: Vec::new(), next: None });
            }
            let query = CustomerQuery { text, after, limit: Some(20), ..CustomerQuery::default() };
            customers::customers(query).await
        }
    };
    let pages = Pages::new(desk, ask).is_main();
    let none = move || {
        if desk.param("q").is_some() {
            empty(
                Icon::Search,
                "Nobody found",
                "Try how the name, mail address or phone number begins.",
                None,
            )
        } else {
            let text = "Look for the other customer who is the same person.";
            empty(Icon::Search, "With whom?", text, None)
        }
    };
    let table = move |found: Vec<CustomerSummary>| {
        let others = found.iter().filter(|one| one.id != kept);
        let row = |one: &CustomerSummary| {
            let href = format!("{}?keep={kept}&merge={}", Place::MergeCustomers.url(), one.id);
            parts::row(
                Some(href),
                list::named(one),
                vec![("Phone", one.phone.clone().into_any()), ("#Orders", one.orders.into_any())],
            )
        };
        parts::table("Customers found", &["Customer", "Phone", "#Orders"], others.map(row).collect())
    };
    view! {
        <div class="box box--list">
            {parts::search(desk, "Search the other customer", "Name, mail address or phone")}
            {pages.view(table, none)}
        </div>
    }
    .into_any()
}

type Both = (CustomerProfile, CustomerProfile);

fn both(desk: Desk, kept: ProfileId, merged: ProfileId) -> AnyView {
    let ask =
        move || async move { Ok((customers::customer(kept).await?, customers::customer(merged).await?)) };
    let both: Source<Both> = Source::new(desk, ask).is_main();
    // What is picked outlives the two being loaded again.
    let picks = [Pick::Kept; 3].map(RwSignal::new);
    let form = Form::new(desk);
    both.view(move |(one, other)| {
        if one.person.id == other.person.id {
            let done = view! { <p>"These are one customer already."</p> };
            return alert(Tone::Plain, None, done.into_any());
        }
        compare(desk, form, picks, both, &one, &other)
    })
}

fn compare(
    desk: Desk,
    form: Form,
    picks: [RwSignal<Pick>; 3],
    both: Source<Both>,
    one: &CustomerProfile,
    other: &CustomerProfile,
) -> AnyView {
    let (keep, merge, version) = (one.person.id, other.person.id, one.person.version);
    let send = move || {
        let [email, name, phone] = picks.map(|pick| pick.get_untracked());
        let request = MergeCustomers { keep, merge, email, name, phone };
        form.send_or(
            customers::merge_customers(request, Some(version)),
            move |profile| {
                desk.say("They are one customer now. It can be taken back on this screen.");
                go::to_place(desk, Place::Customer(profile.person.id));
            },
            move |error| {
                both.reload();
                Some(error)
            },
        );
    };
    let swap = format!("{}?keep={merge}&merge={keep}", Place::MergeCustomers.url());
    let [email, name, phone] = picks;
    let (a, b) = (&one.person, &other.person);
    let choice = |label: &'static str, word: &'static str, pick, first: &str, second: &str| {
        let cells = vec![
            ("Kept", option(label, word, pick, Pick::Kept, first)),
            ("Merged into it", option(label, word, pick, Pick::Merged, second)),
        ];
        parts::row(None, label.into_any(), cells)
    };
    let fact = |label: &'static str, first: AnyView, second: AnyView| {
        parts::row(None, label.into_any(), vec![("Kept", first), ("Merged into it", second)])
    };
    let last = |person: &CustomerSummary| person.last_order_at.map_or_else(|| "Never".into_any(), time::time);
    let account = |person: &CustomerSummary| if person.has_account { "Yes" } else { "No" }.into_any();
    let rows = vec![
        choice("Mail address", "email", email, &a.email, &b.email),
        choice("Name", "name", name, &a.name, &b.name),
        choice("Phone", "phone", phone, &a.phone, &b.phone),
        fact("Account", account(a), account(b)),
        fact("Orders", a.orders.into_any(), b.orders.into_any()),
        fact("Spent", a.spent.to_string().into_any(), b.spent.to_string().into_any()),
        fact("Last order", last(a), last(b)),
        fact("Marketing", words::consent(a.consent), words::consent(b.consent)),
        fact("Tags", a.tags.join(", ").into_any(), b.tags.join(", ").into_any()),
    ];
    let text = "The kept customer has the orders, mails, notes and tags of both afterwards; a no of either to marketing mail stands. The other's address leads to it. It can be taken back: then notes written meanwhile stay with the kept one.";
    view! {
        <div class="box box--list">
            {parts::table("The two customers", &["What", "Kept", "Merged into it"], rows)}
        </div>
        <form class="form" on:submit=form.on_submit(send)>
            <p class="muted">{text}</p>
            {form.general()}
            <div class="acts">
                <a class="button button--quiet" href=swap>"Keep the other one"</a>
                {form.button("", "Merge them")}
            </div>
        </form>
    }
    .into_any()
}

/// One of two values, to be picked.
fn option(
    label: &'static str,
    word: &'static str,
    picked: RwSignal<Pick>,
    this: Pick,
    value: &str,
) -> AnyView {
    let shown = if value.is_empty() { "Nothing".to_owned() } else { value.to_owned() };
    let whose = if this == Pick::Kept { "of the kept one" } else { "of the other" };
    view! {
        <label class="check">
            <input
                type="radio" name=format!("merge-{word}") prop:checked=move || picked.get() == this
                aria-label=format!("{label} {whose}: {shown}") on:change=move |_| picked.set(this)
            />
            <span class="check__label">{shown.clone()}</span>
        </label>
    }
    .into_any()
}
