//! How a customer is reached, whether they want mail, and what staff call them.

use leptos::prelude::*;
use souk_contract::{Consent, CustomerProfile, EditCustomer, SetConsent};

use super::detail::{Work, part};
use crate::{
    admin::{
        dialogs,
        form::{Form, Input, select},
        place::Place,
        tags, words,
    },
    api::admin::customers,
    draft::list,
    ui::{Tone, alert},
};

pub fn view(work: Work) -> AnyView {
    let (editing, asking) = (RwSignal::new(false), RwSignal::new(false));
    view! {
        {part(work, "Contact", move |profile| contact(work, profile, editing))}
        {part(work, "Marketing mail", move |profile| consent(work, profile, asking))}
        {part(work, "Tags", move |profile| tagged(work, profile))}
        {dialogs::opened("edit-customer", "Name and phone", editing, move || edit(work, editing))}
        {dialogs::opened("consent", "Marketing mail", asking, move || record(work, asking))}
    }
    .into_any()
}

fn contact(work: Work, profile: &CustomerProfile, editing: RwSignal<bool>) -> AnyView {
    let mail =
        |email: &String| view! { <li><a href=format!("mailto:{email}")>{email.clone()}</a></li> }.into_any();
    let mails: Vec<AnyView> = profile.emails.iter().map(mail).collect();
    let phone = profile.person.phone.clone();
    let phone =
        (!phone.is_empty()).then(|| view! { <p><a href=format!("tel:{phone}")>{phone.clone()}</a></p> });
    let name = profile.person.name.clone();
    let name = (!name.is_empty()).then(|| view! { <p class="strong">{name}</p> });
    let edit = work.may_write.then(|| {
        view! {
            <button type="button" class="button button--quiet button--small" on:click=move |_| editing.set(true)>
                "Edit name and phone"
            </button>
        }
    });
    view! { <div class="stack">{name}<ul class="mails" aria-label="Mail addresses">{mails}</ul>{phone}<div class="acts acts--start">{edit}</div></div> }
        .into_any()
}

fn edit(work: Work, open: RwSignal<bool>) -> AnyView {
    let form = Form::new(work.desk);
    let Some(profile) = work.profile.get_untracked() else { return ().into_any() };
    let name = RwSignal::new(profile.person.name);
    let phone = RwSignal::new(profile.person.phone);
    let send = move || {
        let request = EditCustomer { name: name.get_untracked(), phone: phone.get_untracked() };
        // What stands now: a colleague's change in between is shown first.
        let version = work.profile.get_untracked().map(|profile| profile.person.version);
        form.send_or(
            customers::edit_customer(work.id, request, version),
            move |profile| {
                open.set(false);
                work.done(profile, "The customer is saved.");
            },
            move |error| work.refused(error),
        );
    };
    view! {
        <form class="form" novalidate=true on:submit=form.on_submit(send)>
            {form.general()}
            {Input::new(form, "Name", "customer-edit-name", "name", name)
                .hint("Left empty, it is the account's or the latest order's.").optional().autofocus().view()}
            {Input::new(form, "Phone", "customer-edit-phone", "phone", phone).kind("tel").inputmode("tel").optional().view()}
            <div class="acts">{form.button("", "Save customer")}</div>
        </form>
    }
    .into_any()
}

fn consent(work: Work, profile: &CustomerProfile, asking: RwSignal<bool>) -> AnyView {
    let own = profile.refused_in_person.then(|| {
        view! { <p class="muted">"They said no in their account. Only they can change that."</p> }
    });
    let record = (work.may_write && !profile.refused_in_person).then(|| {
        view! {
            <button type="button" class="button button--quiet button--small" on:click=move |_| asking.set(true)>
                "Record a choice"
            </button>
        }
    });
    view! { <div class="stack"><p>{words::consent(profile.person.consent)}</p>{own}<div class="acts acts--start">{record}</div></div> }
        .into_any()
}

fn record(work: Work, open: RwSignal<bool>) -> AnyView {
    let form = Form::new(work.desk);
    let Some(profile) = work.profile.get_untracked() else { return ().into_any() };
    let now = if profile.person.consent == Consent::Granted { "no" } else { "yes" };
    let (choice, how) = (RwSignal::new(now.to_owned()), RwSignal::new(String::new()));
    let options = [("yes", "Yes, please"), ("no", "No")];
    let options = options.map(|(value, label)| (value.to_owned(), label.to_owned())).to_vec();
    let send = move || {
        let granted = choice.get_untracked() == "yes";
        let request = SetConsent { granted, how: how.get_untracked().trim().to_owned() };
        let version = work.profile.get_untracked().map(|profile| profile.person.version);
        form.send_or(
            customers::set_consent(work.id, request, version),
            move |profile| {
                open.set(false);
                work.done(profile, "The choice stands in the timeline.");
            },
            move |error| work.refused(error),
        );
    };
    let text =
        view! { <p>"Record only what the customer told you. It stands in the timeline with your name."</p> };
    view! {
        <form class="form" novalidate=true on:submit=form.on_submit(send)>
            {alert(Tone::Plain, None, text.into_any())}
            {form.general()}
            {select(form, "Marketing mail is welcome", "consent-choice", "granted", options, choice)}
            {Input::new(form, "How they said so", "consent-how", "how", how).hint("On the phone, on a form at the fair …").view()}
            <div class="acts">{form.button("", "Record")}</div>
        </form>
    }
    .into_any()
}

fn tagged(work: Work, profile: &CustomerProfile) -> AnyView {
    let shown = tags::shown(&profile.person.tags, &Place::Customers.url(), work.may_write);
    if !work.may_write {
        return shown;
    }
    let form = Form::new(work.desk);
    let typed = RwSignal::new(profile.person.tags.join(", "));
    let version = profile.person.version;
    let save = move || {
        let call = customers::tag_customer(work.id, list(&typed.get_untracked()), Some(version));
        form.send_or(
            call,
            move |profile| work.done(profile, "The tags are saved."),
            move |error| work.refused(error),
        );
    };
    view! {
        {shown}
        <form class="form" on:submit=form.on_submit(save)>
            {form.general()}
            {Input::new(form, "Tags, with commas between them", "customer-tags", "tags", typed).optional().view()}
            <div class="acts">{form.button("button--quiet button--small", "Save tags")}</div>
        </form>
    }
    .into_any()
}
