//! How many.

use leptos::{html::Input, prelude::*};

use super::{
    button::join,
    icon::{Icon, icon},
};

/// A number input between `least` and `most` with buttons beside it. Without scripts the buttons hide and the browser's
/// own arrows remain. A press sends the input's `change` event, as typing does, so whoever listens to the form hears it.
/// `class` is `""` or `stepper--small`; `label` names what is counted.
pub fn stepper(
    name: &'static str,
    label: impl Into<String>,
    value: Signal<i64>,
    least: i64,
    most: i64,
    class: &'static str,
) -> AnyView {
    let input = NodeRef::<Input>::new();
    let press = move |sign: Icon, label: &'static str, at_end: Signal<bool>| {
        view! {
            <button
                type="button" class="stepper__button js-only" aria-label=label disabled=move || at_end.get()
                on:click=move |_| step(input, sign == Icon::Plus, least, most)
            >
                {icon(sign)}
            </button>
        }
        .into_any()
    };
    view! {
        <div class=join("stepper", class)>
            {press(Icon::Minus, "One less", Signal::derive(move || value.get() <= least))}
            <input
                node_ref=input class="stepper__input" type="number" inputmode="numeric" name=name min=least max=most
                value=value.get_untracked() prop:value=move || value.get().to_string() aria-label=label.into()
                autocomplete="off"
            />
            {press(Icon::Plus, "One more", Signal::derive(move || value.get() >= most))}
        </div>
    }
    .into_any()
}

fn step(input: NodeRef<Input>, up: bool, least: i64, most: i64) {
    let Some(input) = input.get_untracked() else { return };
    // What can't be read counts as nothing yet.
    let now: i64 = input.value().trim().parse().unwrap_or_default();
    let then = now.saturating_add(if up { 1 } else { -1 }).clamp(least, most.max(least));
    input.set_value(&then.to_string());
    let init = web_sys::EventInit::new();
    init.set_bubbles(true);
    if let Ok(event) = web_sys::Event::new_with_event_init_dict("change", &init) {
        // Only fails for an event that is already on its way.
        let _ = input.dispatch_event(&event);
    }
}
