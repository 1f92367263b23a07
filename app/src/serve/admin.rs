use super::document::{link, push};
use crate::{
    context::{Shop, ShopFacts},
    head::{escape, script_safe},
};

/// Addresses of the built front's other half. Empty ones are left out.
#[derive(Debug, Clone, Default)]
pub struct AdminAssets {
    pub css: String,
    /// The module that starts the wasm.
    pub boot: String,
    /// The module that draws charts: a screen with one loads it.
    pub chart: String,
    /// The faces of the first screen.
    pub fonts: Vec<String>,
    /// SVG.
    pub icon: String,
}

/// What stands there until the wasm has come: the screens are drawn in the browser. Nobody is signed in as far as this page
/// knows, so it is the same for everyone.
const SKELETON: &str = "<div class=\"desk\" aria-busy=\"true\">\
    <div class=\"side\" aria-hidden=\"true\"><div class=\"side__head\"><span class=\"skeleton skeleton--text\"></span></div></div>\
    <div class=\"desk__work\"><div class=\"top\" aria-hidden=\"true\"></div>\
    <main id=\"main\" class=\"desk__main\"><div class=\"screen\">\
    <h1 class=\"sr-only\">Admin</h1><p class=\"sr-only\" role=\"status\">Loading</p>\
    <noscript><p class=\"alert alert--warn\">The admin needs JavaScript. Please switch it on for this site.</p></noscript>\
    <p id=\"admin-failed\" class=\"alert alert--bad\" role=\"alert\" hidden>The admin did not load. Please check your connection and reload the page.</p>\
    <span class=\"skeleton skeleton--title\"></span><span class=\"skeleton panel-skeleton\"></span>\
    </div></main></div></div>";

/// The document that every address below `/admin` answers with.
pub fn admin_page(shop: &Shop, assets: &AdminAssets) -> String {
    let facts = serde_json::to_string(&ShopFacts::from(shop)).unwrap_or_else(|error| {
        tracing::error!(%error, "the shop's facts can't be written");
        "null".to_owned()
    });
    let mut html = String::with_capacity(4096);
    html.push_str(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1, viewport-fit=cover\">\
         <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"robots\" content=\"noindex\">",
    );
    push(&mut html, format_args!("<title>{} – Admin</title>", escape(&shop.name)));
    for font in &assets.fonts {
        link(&mut html, "preload", font, " as=\"font\" type=\"font/woff2\" crossorigin");
    }
    link(&mut html, "stylesheet", &assets.css, "");
    if !assets.chart.is_empty() {
        push(&mut html, format_args!("<meta name=\"souk-chart\" content=\"{}\">", escape(&assets.chart)));
    }
    link(&mut html, "icon", &assets.icon, " type=\"image/svg+xml\"");
    push(
        &mut html,
        format_args!("<script type=\"application/json\" id=\"souk-admin\">{}</script>", script_safe(&facts)),
    );
    if !assets.boot.is_empty() {
        push(&mut html, format_args!("<script type=\"module\" src=\"{}\"></script>", escape(&assets.boot)));
    }
    html.push_str("</head><body>");
    html.push_str(SKELETON);
    html.push_str("</body></html>");
    html
}

#[cfg(test)]
mod tests {
    use souk_contract::Currency;

    use super::{AdminAssets, admin_page};
    use crate::context::{Shop, ShopFacts};

    #[test]
    fn the_document_brings_the_shops_facts_and_nothing_that_runs_inline() {
        let shop = Shop {
            name: "Tea & </script>Co".into(),
            base_url: "https://shop.example".into(),
            currency: Currency::EUR,
            country: "DE".into(),
            free_shipping_over: None,
            returns_days: 30,
            email: "hello@shop.example".into(),
            phone: String::new(),
        };
        let assets = AdminAssets { boot: "/pkg/admin-boot.1.js".into(), ..AdminAssets::default() };
        let html = admin_page(&shop, &assets);
        assert_eq!(html.matches("<script").count(), 2);
        assert!(html.contains("src=\"/pkg/admin-boot.1.js\"") && !html.contains(" style="));
        let json = html.split("id=\"souk-admin\">").nth(1).and_then(|rest| rest.split("</script>").next());
        let facts: ShopFacts = serde_json::from_str(json.unwrap()).unwrap();
        assert_eq!(facts, ShopFacts::from(&shop));
    }
}
