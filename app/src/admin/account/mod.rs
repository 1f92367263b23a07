//! A member's own access.

mod factor;
mod key;
mod password;
mod sessions;

use leptos::prelude::*;

use super::{desk::Desk, parts, words};

pub fn view(desk: Desk) -> AnyView {
    desk.ready.set(true);
    let facts = move || {
        desk.member().map(|member| {
            parts::facts(vec![
                ("Name", member.name.clone().into_any()),
                ("Email", member.email.clone().into_any()),
                ("Role", words::role(member.role, &[]).into_any()),
            ])
        })
    };
    view! {
        {parts::head(desk, None, Signal::stored("Account".to_owned()), ().into_any())}
        <div class="stack stack--l narrow">
            {parts::card("You", None, facts.into_any())}
            {password::view(desk)}
            {factor::view(desk)}
            {sessions::view(desk)}
            {key::view(desk)}
        </div>
    }
    .into_any()
}
