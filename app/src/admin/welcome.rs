//! An invitation: a password, and one is in.

use leptos::prelude::*;
use souk_contract::AcceptInvitation;

use super::{
    desk::Desk,
    form::{Form, Input},
    go,
    place::Place,
    shell,
};
use crate::{
    api::admin::access,
    ui::{Tone, alert},
};

pub fn view(desk: Desk) -> AnyView {
    desk.set_title("Welcome");
    // In the fragment: it reaches neither the server's log nor another site.
    let token = window().location().hash().unwrap_or_default().trim_start_matches('#').to_owned();
    let shop = desk.shop.with_untracked(|shop| shop.name.clone());
    let content = if token.is_empty() {
        let text = "This link is not complete. Please open it as it was sent to you, or ask for another one.";
        alert(Tone::Warn, None, view! { <p>{text}</p> }.into_any())
    } else {
        form(desk, token)
    };
    view! {
        <div class="gate__box">
            <p class="gate__shop">{shop}</p>
            <h1 class="gate__title">"Welcome"</h1>
            <p class="muted">"Choose a password for your account. It is for you alone."</p>
            {content}
        </div>
    }
    .into_any()
}

fn form(desk: Desk, token: String) -> AnyView {
    let form = Form::new(desk);
    let password = RwSignal::new(String::new());
    let send = move || {
        let request = AcceptInvitation { token: token.clone(), password: password.get_untracked() };
        form.send(access::accept_invitation(request), move |member| {
            go::replace(desk, &Place::Home.url());
            shell::enter(desk, member);
        });
    };
    view! {
        <form class="form" on:submit=form.on_submit(send)>
            {form.general()}
            {Input::new(form, "Password", "welcome-password", "password", password)
                .kind("password").autocomplete("new-password").hint("At least 8 characters.").autofocus().view()}
            {form.button("button--wide", "Set password and sign in")}
        </form>
    }
    .into_any()
}
