//! Where a customer lives: of an account it can be changed, of a guest it is the latest order's.

use leptos::prelude::*;
use souk_contract::{Address, CustomerAccount, CustomerId, CustomerProfile, PutAddressOf, SavedAddress};

use super::detail::{Work, part};
use crate::{
    admin::{
        dialogs,
        form::{Form, Input, check},
        parts,
    },
    api::admin::customers,
    ui::{Tone, badge},
};

/// Whose address is in the dialog, and which; none: a new one.
type Edited = RwSignal<Option<(CustomerId, Option<SavedAddress>)>>;

pub fn view(work: Work) -> AnyView {
    let (open, edited): (RwSignal<bool>, Edited) = (RwSignal::new(false), RwSignal::new(None));
    view! {
        {part(work, "Addresses", move |profile| shown(work, profile, open, edited))}
        {dialogs::opened("customer-address", "Address", open, move || form(work, open, edited))}
    }
    .into_any()
}

fn shown(work: Work, profile: &CustomerProfile, open: RwSignal<bool>, edited: Edited) -> AnyView {
    let last = profile.last_address.as_ref().map(|address| {
        view! { <div><p class="muted">"Of the latest order"</p>{parts::address(address)}</div> }
    });
    let none = (last.is_none() && profile.accounts.iter().all(|account| account.addresses.is_empty()))
        .then(|| view! { <p class="muted">"None yet"</p> });
    let accounts: Vec<AnyView> =
        profile.accounts.iter().map(|account| of_account(work, account, open, edited)).collect();
    view! { <div class="stack">{none}{last}{accounts}</div> }.into_any()
}

fn of_account(work: Work, account: &CustomerAccount, open: RwSignal<bool>, edited: Edited) -> AnyView {
    let id = account.id;
    let show = move |saved: Option<SavedAddress>| {
        edited.set(Some((id, saved)));
        open.set(true);
    };
    let one = |saved: &SavedAddress| {
        let kept = saved.clone();
        let label = format!("Edit the address in {}", saved.address.city);
        let edit = work.may_write.then(|| {
            view! {
                <button type="button" class="text-button" aria-label=label on:click=move |_| show(Some(kept.clone()))>
                    "Edit"
                </button>
            }
        });
        let first = saved.is_default.then(|| badge(Tone::Plain, "Offered first"));
        view! { <div>{first}{parts::address(&saved.address)}{edit}</div> }.into_any()
    };
    let all: Vec<AnyView> = account.addresses.iter().map(one).collect();
    let add = work.may_write.then(|| {
        view! {
            <div class="acts acts--start">
                <button type="button" class="button button--quiet button--small" on:click=move |_| show(None)>
                    "Add an address"
                </button>
            </div>
        }
    });
    let whose = format!("Of the account {}", account.email);
    view! { <div class="stack"><p class="muted">{whose}</p>{all}{add}</div> }.into_any()
}

fn form(work: Work, open: RwSignal<bool>, edited: Edited) -> AnyView {
    let Some((account, saved)) = edited.get_untracked() else { return ().into_any() };
    let form = Form::new(work.desk);
    let id = saved.as_ref().map(|saved| saved.id);
    let is_default = RwSignal::new(saved.as_ref().is_some_and(|saved| saved.is_default));
    let Address { name, company, line1, line2, city, region, postal_code, country, phone } =
        saved.map(|saved| saved.address).unwrap_or_default();
    let texts = [name, company, line1, line2, city, region, postal_code, country, phone].map(RwSignal::new);
    let [name, company, line1, line2, city, region, postal_code, country, phone] = texts;
    let field = move |label: &'static str, path: &'static str, value| {
        Input::new(form, label, format!("address-{path}"), &format!("address.{path}"), value)
    };
    let send = move || {
        let [name, company, line1, line2, city, region, postal_code, country, phone] =
            texts.map(|text| text.get_untracked().trim().to_owned());
        let country = country.to_uppercase();
        let address = Address { name, company, line1, line2, city, region, postal_code, country, phone };
        let request = PutAddressOf { id, address, is_default: is_default.get_untracked() };
        form.send(customers::save_customer_address(work.id, account, request), move |profile| {
            open.set(false);
            work.done(profile, "The address is saved.");
        });
    };
    view! {
        <form class="form" novalidate=true on:submit=form.on_submit(send)>
            {form.general()}
            {field("Name", "name", name).autofocus().view()}
            {field("Company", "company", company).optional().view()}
            {field("Street and number", "line1", line1).view()}
            {field("More of the address", "line2", line2).optional().view()}
            {field("Postcode", "postal_code", postal_code).optional().view()}
            {field("City", "city", city).view()}
            {field("Region", "region", region).optional().view()}
            {field("Country", "country", country).hint("Two letters, such as DE.").view()}
            {field("Phone", "phone", phone).kind("tel").inputmode("tel").optional().view()}
            {check("Offer it first at checkout", is_default)}
            <div class="acts">{form.button("", "Save address")}</div>
        </form>
    }
    .into_any()
}
