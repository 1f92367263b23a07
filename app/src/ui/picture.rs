//! Pictures in boxes that have their shape before the picture has come.

use leptos::prelude::*;
use souk_contract::Media;

/// How large a picture is and how soon it is needed.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// `ratio-square`, `ratio-4x5`, `ratio-3x2` or `ratio-wide`, and what else the box is.
    pub class: &'static str,
    /// HTML's `sizes`.
    pub sizes: &'static str,
    /// Among the first things on the screen.
    pub eager: bool,
}

/// A picture; `second` shows when the mouse is over it. Where there is none, the title's first letter on one of the
/// tones, always the same one for a title.
pub fn picture(media: Option<&Media>, title: &str, shape: Shape, second: Option<&Media>) -> AnyView {
    let Some(media) = media else {
        return view! {
            <span class=format!("media {} {}", shape.class, tone(title)) aria-hidden="true">
                <span class="media__letter"><span>{letter(title)}</span></span>
            </span>
        }
        .into_any();
    };
    view! {
        <span class=format!("media {}", shape.class)>
            {(!media.blur.is_empty()).then(|| view! { <img class="media__blur" src=media.blur.clone() alt=""/> })}
            {image(media, "media__img", media.alt.clone(), shape)}
            {second.map(|second| {
                image(second, "media__img media__img--second", String::new(), Shape { eager: false, ..shape })
            })}
        </span>
    }
    .into_any()
}

fn image(media: &Media, class: &'static str, alt: String, shape: Shape) -> AnyView {
    view! {
        <img
            class=class
            src=at_home(&media.src(640))
            srcset=at_home(&media.srcset())
            sizes=shape.sizes
            width=media.width
            height=media.height
            alt=alt
            loading=if shape.eager { "eager" } else { "lazy" }
            fetchpriority=shape.eager.then_some("high")
            decoding="async"
        />
    }
    .into_any()
}

/// Pictures lie on the shop's server, and the desktop's pages don't.
#[cfg(feature = "csr")]
fn at_home(addresses: &str) -> String {
    let server = leptos::server_fn::client::get_server_url();
    addresses.split(", ").map(|address| format!("{server}{address}")).collect::<Vec<_>>().join(", ")
}

#[cfg(not(feature = "csr"))]
fn at_home(addresses: &str) -> &str {
    addresses
}

/// One of the six tinted backgrounds, by name.
pub fn tone(name: &str) -> &'static str {
    const TONES: [&str; 6] = ["tone-1", "tone-2", "tone-3", "tone-4", "tone-5", "tone-6"];
    let sum: usize = name.bytes().map(usize::from).sum();
    TONES[sum % TONES.len()]
}

fn letter(title: &str) -> String {
    title
        .chars()
        .find(|one| one.is_alphanumeric())
        .map(|one| one.to_uppercase().to_string())
        .unwrap_or_default()
}

/// One point of colour: an SVG, because the content policy forbids `style`. `colour` is any CSS colour.
pub fn swatch(colour: &str) -> AnyView {
    view! {
        <svg class="swatch" viewBox="0 0 1 1" aria-hidden="true">
            <rect width="1" height="1" fill=colour.to_owned()></rect>
        </svg>
    }
    .into_any()
}

/// The colours a product comes in: up to `most` points, then how many more.
pub fn swatches(colours: &[String], most: usize) -> AnyView {
    let more = colours.len().saturating_sub(most);
    view! {
        <span class="swatches">
            <span class="sr-only">{format!("{} colours", colours.len())}</span>
            {colours.iter().take(most).map(|colour| swatch(colour)).collect::<Vec<_>>()}
            {(more > 0).then(|| view! { <span aria-hidden="true">{format!("+{more}")}</span> })}
        </span>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::{letter, tone};

    #[test]
    fn finds_a_letter_to_show() {
        assert_eq!(letter("wicker basket"), "W");
        assert_eq!(letter("“Ünder” shirt"), "Ü");
        assert_eq!(letter("سلة"), "س");
        assert_eq!(letter("…"), "");
    }

    #[test]
    fn keeps_a_titles_tone() {
        assert_eq!(tone("Basket"), tone("Basket"));
        assert_ne!(tone("Basket"), tone("Baskeu"));
    }
}
