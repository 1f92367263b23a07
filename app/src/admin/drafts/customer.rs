//! Who it is for, and where it goes.

use leptos::prelude::*;
use souk_contract::{Address, Cart, ChangeDraft};

use super::editor::Work;
use crate::{
    admin::{
        desk::Desk,
        form::{Form, Input, select},
        load::Source,
        parts,
    },
    api::admin::drafts,
};

/// What is typed; it outlives the draft's being loaded again.
#[derive(Clone, Copy)]
pub struct Filled {
    form: Form,
    email: RwSignal<String>,
    name: RwSignal<String>,
    company: RwSignal<String>,
    line1: RwSignal<String>,
    line2: RwSignal<String>,
    postal_code: RwSignal<String>,
    city: RwSignal<String>,
    region: RwSignal<String>,
    country: RwSignal<String>,
    phone: RwSignal<String>,
    note: RwSignal<String>,
    /// What the server was last seen to have.
    kept: RwSignal<Option<(String, Address, String)>>,
}

impl Filled {
    pub fn new(desk: Desk) -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            form: Form::new(desk),
            email: text(),
            name: text(),
            company: text(),
            line1: text(),
            line2: text(),
            postal_code: text(),
            city: text(),
            region: text(),
            country: text(),
            phone: text(),
            note: text(),
            kept: RwSignal::new(None),
        }
    }

    fn typed(self) -> (String, Address, String) {
        let address = Address {
            name: self.name.get(),
            company: self.company.get(),
            line1: self.line1.get(),
            line2: self.line2.get(),
            city: self.city.get(),
            region: self.region.get(),
            postal_code: self.postal_code.get(),
            country: self.country.get(),
            phone: self.phone.get(),
        };
        (self.email.get(), address, self.note.get())
    }

    /// Fills the fields from the cart, unless something is being typed.
    pub fn follow(self, cart: &Cart) {
        let now = (
            cart.email.clone().unwrap_or_default(),
            cart.shipping_address.clone().unwrap_or_default(),
            cart.note.clone(),
        );
        let untouched = untrack(move || self.kept.get().is_none_or(|kept| kept == self.typed()));
        if untouched {
            let (email, address, note) = now.clone();
            self.email.set(email);
            self.name.set(address.name);
            self.company.set(address.company);
            self.line1.set(address.line1);
            self.line2.set(address.line2);
            self.postal_code.set(address.postal_code);
            self.city.set(address.city);
            self.region.set(address.region);
            self.country.set(address.country);
            self.phone.set(address.phone);
            self.note.set(note);
        }
        self.kept.set(Some(now));
    }
}

pub fn view(work: Work, filled: Filled) -> AnyView {
    let Filled { form, kept, .. } = filled;
    Effect::new(move || work.desk.unsaved.set(kept.get().is_some_and(|kept| kept != filled.typed())));
    let save = move || {
        let (email, address, note) = untrack(move || filled.typed());
        let request = ChangeDraft {
            email: Some(email),
            shipping_address: Some(address),
            note: Some(note),
            ..ChangeDraft::default()
        };
        let done = move |draft: souk_contract::Draft| {
            kept.set(Some(untrack(move || filled.typed())));
            work.done(draft);
            work.desk.say("Saved.");
        };
        let call = drafts::change_draft(work.id, request, work.version());
        form.send_or(call, done, move |error| work.refused(error));
    };
    let countries = Source::new(work.desk, drafts::draft_countries);
    let country = countries.view(move |countries| {
        let mut options: Vec<(String, String)> =
            countries.into_iter().map(|country| (country.code, country.name)).collect();
        options.insert(0, (String::new(), "Choose".to_owned()));
        select(form, "Country", "draft-country", "shipping_address.country", options, filled.country)
    });
    let line = move |label: &'static str, id: &'static str, path: &'static str, value| {
        Input::new(form, label, id, path, value)
    };
    let button = work.may_write.then(|| {
        view! { <div class="acts">{form.button("button--quiet", "Save customer")}</div> }
    });
    let body = view! {
        <form class="form" novalidate=true on:submit=form.on_submit(save)>
            {form.general()}
            {line("E-mail", "draft-email", "email", filled.email).kind("email").inputmode("email").view()}
            {line("Name", "draft-name", "shipping_address.name", filled.name).view()}
            {line("Company", "draft-company", "shipping_address.company", filled.company).optional().view()}
            {line("Street and number", "draft-line1", "shipping_address.line1", filled.line1).view()}
            {line("Second line", "draft-line2", "shipping_address.line2", filled.line2).optional().view()}
            <div class="form__row">
                {line("Postcode", "draft-postcode", "shipping_address.postal_code", filled.postal_code).optional().view()}
                {line("City", "draft-city", "shipping_address.city", filled.city).view()}
            </div>
            {line("Region", "draft-region", "shipping_address.region", filled.region).optional().view()}
            {country}
            {line("Phone", "draft-phone", "shipping_address.phone", filled.phone).kind("tel").optional().view()}
            {line("Note on the order", "draft-note", "note", filled.note).rows(2).optional().view()}
            {button}
        </form>
    };
    parts::card("Customer", None, body.into_any())
}
