use leptos::prelude::*;
use souk_contract::NewCustomer;

use crate::{
    admin::{
        desk::Desk,
        dialogs,
        form::{Form, Input},
        go,
        place::Place,
    },
    api::admin::customers,
};

/// Writes somebody down who has not ordered yet.
pub fn dialog(desk: Desk, open: RwSignal<bool>) -> AnyView {
    dialogs::opened("new-customer", "New customer", open, move || form(desk, open))
}

fn form(desk: Desk, open: RwSignal<bool>) -> AnyView {
    let form = Form::new(desk);
    let text = || RwSignal::new(String::new());
    let (email, name, phone) = (text(), text(), text());
    let send = move || {
        let request = NewCustomer {
            email: email.get_untracked().trim().to_owned(),
            name: name.get_untracked().trim().to_owned(),
            phone: phone.get_untracked().trim().to_owned(),
        };
        form.send(customers::create_customer(request), move |made| {
            open.set(false);
            desk.say("The customer is saved.");
            go::to_place(desk, Place::Customer(made.person.id));
        });
    };
    view! {
        <form class="form" novalidate=true on:submit=form.on_submit(send)>
            {form.general()}
            {Input::new(form, "Mail address", "customer-email", "email", email).kind("email").inputmode("email").autofocus().view()}
            {Input::new(form, "Name", "customer-name", "name", name).optional().view()}
            {Input::new(form, "Phone", "customer-phone", "phone", phone).kind("tel").inputmode("tel").optional().view()}
            <div class="acts">{form.button("", "Save customer")}</div>
        </form>
    }
    .into_any()
}
