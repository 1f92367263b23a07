use leptos::prelude::*;
use souk_contract::StaffSession;

use crate::{
    admin::{desk::Desk, form::Form, load::Source, parts, time},
    api::admin::account,
    ui::{Tone, badge},
};

pub fn view(desk: Desk) -> AnyView {
    let sessions = Source::new(desk, account::sessions);
    let form = Form::new(desk);
    let list = sessions.view(move |all| {
        let row = |session: &StaffSession| row(desk, form, sessions, session);
        let columns = ["Device", "Signed in", "Last seen", "Ends", "Change"];
        parts::table("Where you are signed in", &columns, all.iter().map(row).collect())
    });
    let body = view! { {form.general()} {list} };
    parts::card("Where you are signed in", None, body.into_any())
}

fn row(desk: Desk, form: Form, sessions: Source<Vec<StaffSession>>, session: &StaffSession) -> AnyView {
    let id = session.id;
    let end = move |_| {
        form.send(account::end_session(id), move |()| {
            sessions.reload();
            desk.say("That device is signed out.");
        });
    };
    let change = if session.current {
        badge(Tone::Good, "This one")
    } else {
        let label = format!("Sign out {}", device(&session.device));
        view! { <button type="button" class="text-button" aria-label=label on:click=end>"Sign out"</button> }
            .into_any()
    };
    let name = view! { <span title=session.device.clone()>{device(&session.device)}</span> };
    parts::row(
        None,
        name.into_any(),
        vec![
            ("Signed in", time::time(session.created_at)),
            ("Last seen", time::time(session.seen_at)),
            ("Ends", time::time(session.expires_at)),
            ("Change", change),
        ],
    )
}

/// `Firefox on Linux`, as far as a browser's long word for itself tells.
fn device(agent: &str) -> String {
    const BROWSERS: [(&str, &str); 5] = [
        ("Firefox/", "Firefox"),
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];
    let find = |all: &[(&str, &'static str)]| {
        all.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) if agent.is_empty() => "Unknown device".to_owned(),
        (None, None) => agent.chars().take(40).collect(),
    }
}
