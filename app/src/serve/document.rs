use std::fmt::Write;

use leptos::prelude::*;

use crate::{
    Boot,
    api::CartNow,
    app,
    context::{Shop, Visit},
    failure::Refusal,
    head::{Head, escape, script_safe},
    page::{Page, load},
    store::Store,
};

/// Addresses of the built front. Empty ones are left out: the pages also work without.
#[derive(Debug, Clone, Default)]
pub struct Assets {
    pub css: String,
    /// The small module that starts the wasm, once the page has been drawn: neither is preloaded.
    pub boot: String,
    /// The faces of the first screen.
    pub fonts: Vec<String>,
    /// SVG.
    pub icon: String,
    /// The small module for a gateway's own fields: goes with the checkout. Empty where no such gateway is set up.
    pub card_fields: String,
}

/// An answer to a browser.
#[derive(Debug, Clone)]
pub struct Rendered {
    pub status: u16,
    /// Where to go instead; then there is no HTML.
    pub location: Option<String>,
    pub html: String,
    /// The same for everyone without cookies, until the catalogue changes.
    pub cacheable: bool,
    /// It has a place for a gateway's own fields, whose scripts its policy must let in.
    pub has_fields: bool,
}

/// The page at a path with its query, as a whole document. Errors are pages too.
pub async fn page(visit: &Visit, assets: &Assets, url: &str) -> Rendered {
    render(visit, assets, url, None).await
}

pub(super) async fn render(visit: &Visit, assets: &Assets, url: &str, refusal: Option<Refusal>) -> Rendered {
    let refused = refusal.as_ref().map(|refusal| refusal.error.status());
    let (mut loaded, head) = match load(visit, url, true, refusal).await {
        Ok(found) => found,
        Err((status, to)) => {
            return Rendered {
                status,
                location: Some(to),
                html: String::new(),
                cacheable: status == 301,
                has_fields: false,
            };
        }
    };
    if let Some(status) = refused {
        loaded.status = status;
    }
    let frame = visit.frame().await.unwrap_or_else(|error| {
        tracing::error!(%error, "the menu can't be read");
        crate::shop::frame::draw(&visit.shop, &[], &[])
    });
    let cacheable =
        head.index && loaded.status == 200 && matches!(loaded.cart, CartNow::Same | CartNow::Gone);
    let has_fields = !assets.card_fields.is_empty() && matches!(loaded.page, Page::Checkout(_));
    Rendered {
        status: loaded.status,
        location: None,
        has_fields,
        html: document(&visit.shop, assets, Boot { frame, loaded }, &head, has_fields),
        cacheable,
    }
}

/// Sets the HTML around the drawn page.
fn document(shop: &Shop, assets: &Assets, mut boot: Boot, head: &Head, has_fields: bool) -> String {
    let body = draw(boot.clone());
    boot.frame.make_thin();
    boot.loaded.make_thin();
    let data = serde_json::to_string(&boot).unwrap_or_else(|error| {
        tracing::error!(%error, "a page's data can't be written");
        "null".to_owned()
    });
    let mut html = String::with_capacity(body.len() + data.len() + 4096);
    html.push_str(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1, viewport-fit=cover\">\
         <meta name=\"color-scheme\" content=\"light dark\">",
    );
    for font in &assets.fonts {
        link(&mut html, "preload", font, " as=\"font\" type=\"font/woff2\" crossorigin");
    }
    link(&mut html, "stylesheet", &assets.css, "");
    html.push_str(&head.html(shop));
    link(&mut html, "icon", &assets.icon, " type=\"image/svg+xml\"");
    link(&mut html, "search", "/opensearch.xml", " type=\"application/opensearchdescription+xml\"");
    html.push_str("<script type=\"application/json\" id=\"souk\">");
    html.push_str(&script_safe(&data));
    html.push_str("</script>");
    let fields = has_fields.then_some(&assets.card_fields);
    for module in fields.into_iter().chain([&assets.boot]).filter(|module| !module.is_empty()) {
        push(&mut html, format_args!("<script type=\"module\" src=\"{}\"></script>", escape(module)));
    }
    html.push_str("</head><body>");
    html.push_str(&body);
    html.push_str("</body></html>");
    html
}

pub(super) fn link(html: &mut String, rel: &str, href: &str, rest: &str) {
    if !href.is_empty() {
        push(html, format_args!("<link rel=\"{rel}\" href=\"{}\"{rest}>", escape(href)));
    }
}

pub(super) fn push(html: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String can't fail.
    let _ = html.write_fmt(text);
}

/// The body. Signals live as long as the drawing.
fn draw(boot: Boot) -> String {
    let owner = Owner::new();
    let html = owner.with(|| {
        let store = Store::new(boot.frame.into(), boot.loaded);
        app(store).to_html()
    });
    owner.unset_with_forced_cleanup();
    html
}
