use leptos::prelude::*;
use souk_contract::ChangeStaffPassword;

use crate::{
    admin::{
        desk::Desk,
        form::{Form, Input},
        parts,
    },
    api::admin::account,
};

pub fn view(desk: Desk) -> AnyView {
    let form = Form::new(desk);
    let [current, new] = [(); 2].map(|()| RwSignal::new(String::new()));
    let send = move || {
        let request = ChangeStaffPassword { current: current.get_untracked(), new: new.get_untracked() };
        form.send(account::change_password(request), move |()| {
            current.set(String::new());
            new.set(String::new());
            desk.say("Your password is changed. Other devices are signed out.");
        });
    };
    let body = view! {
        <form class="form" on:submit=form.on_submit(send)>
            {form.general()}
            {Input::new(form, "Current password", "password-current", "current", current)
                .kind("password").autocomplete("current-password").view()}
            {Input::new(form, "New password", "password-new", "new", new)
                .kind("password").autocomplete("new-password").hint("At least 8 characters.").view()}
            <div class="acts">{form.button("", "Change password")}</div>
        </form>
    };
    parts::card("Password", None, body.into_any())
}
