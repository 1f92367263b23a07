//! Tags of an order or a customer, each a way to all that have it.

use leptos::prelude::*;

/// `list`: the screen that they filter. A field below says by itself that there are none.
pub fn shown(tags: &[String], list: &str, has_field: bool) -> AnyView {
    if tags.is_empty() {
        return (!has_field).then(|| view! { <p class="muted">"None"</p> }).into_any();
    }
    let chip = |tag: &String| {
        let href = format!("{list}?tag={}", js_sys::encode_uri_component(tag));
        view! { <li><a class="tags__one" href=href>{tag.clone()}</a></li> }.into_any()
    };
    let chips: Vec<AnyView> = tags.iter().map(chip).collect();
    view! { <ul class="tags" aria-label="Tags">{chips}</ul> }.into_any()
}
