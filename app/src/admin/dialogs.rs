//! What opens above the screens. The dialogs are the browser's own: focus stays inside and returns to where it was.

use leptos::prelude::*;

use super::desk::Desk;
use crate::ui::{self, DialogKind, following};

/// Yes or no.
#[derive(Clone)]
pub struct Question {
    pub title: String,
    pub text: String,
    /// The button that does it.
    pub yes: String,
    pub no: String,
    pub act: Callback<()>,
}

/// The one dialog that asks.
pub fn question(desk: Desk) -> AnyView {
    let open = RwSignal::new(false);
    Effect::new(move || open.set(desk.question.with(Option::is_some)));
    Effect::new(move || {
        if !open.get() && desk.question.with_untracked(Option::is_some) {
            desk.question.set(None);
        }
    });
    let title = move || {
        desk.question.with(|asked| asked.as_ref().map(|asked| asked.title.clone())).unwrap_or_default()
    };
    let body = move || {
        desk.question.get().map(|asked| {
            let act = move |_| {
                desk.question.set(None);
                // What asked may have been drawn anew since.
                if asked.act.try_run(()).is_none() {
                    desk.say("This changed meanwhile. Please look again.");
                }
            };
            view! {
                <div class="stack">
                    <p>{asked.text}</p>
                    <div class="acts">
                        <button type="button" class="button button--quiet" autofocus=true on:click=move |_| desk.question.set(None)>
                            {asked.no}
                        </button>
                        <button type="button" class="button button--danger" on:click=act>{asked.yes}</button>
                    </div>
                </div>
            }
        })
    };
    modal("question", Signal::derive(title), open, body.into_any())
}

pub fn modal(id: &'static str, title: Signal<String>, open: RwSignal<bool>, body: AnyView) -> AnyView {
    ui::dialog(DialogKind::Modal, id, title, open, body, None)
}

/// A modal whose body is made when it opens, and gone when it is closed.
pub fn opened(
    id: &'static str,
    title: &'static str,
    open: RwSignal<bool>,
    body: impl Fn() -> AnyView + Send + 'static,
) -> AnyView {
    modal(id, Signal::stored(title.to_owned()), open, following(move || open.get().then(&body).into_any()))
}

/// A drawer at the side, made when it opens.
pub fn drawer(
    id: &'static str,
    title: Signal<String>,
    open: RwSignal<bool>,
    body: impl Fn() -> AnyView + Send + 'static,
) -> AnyView {
    let body = following(move || open.get().then(&body).into_any());
    ui::dialog(DialogKind::Drawer, id, title, open, body, None)
}

/// The list of keys.
pub fn shortcuts(desk: Desk) -> AnyView {
    const KEYS: [(&str, &str); 14] = [
        ("Ctrl K", "Search anything"),
        ("?", "This list"),
        ("/", "Search in a list"),
        ("j  k", "Down and up in a list"),
        ("Enter", "Open what is chosen"),
        ("g h", "Home"),
        ("g o", "Orders"),
        ("g p", "Products"),
        ("g i", "Inventory"),
        ("g c", "Customers"),
        ("g r", "Analytics (reports)"),
        ("g a", "Activity"),
        ("g s", "Staff"),
        ("Esc", "Close what is open"),
    ];
    let key = |(keys, does): &(&'static str, &'static str)| {
        let caps: Vec<AnyView> =
            keys.split_whitespace().map(|key| view! { <kbd>{key.to_owned()}</kbd> }.into_any()).collect();
        view! { <div><dt>{caps}</dt><dd>{*does}</dd></div> }.into_any()
    };
    opened("shortcuts", "Keyboard shortcuts", desk.shortcuts, move || {
        view! { <dl class="keys">{KEYS.iter().map(key).collect::<Vec<_>>()}</dl> }.into_any()
    })
}
