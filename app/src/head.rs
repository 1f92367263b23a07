//! What a page tells browsers and search engines in its head. Made on the server only.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::{context::Shop, page::Link};

/// The head of one page. Paths are without the host.
#[derive(Debug, Clone, Default)]
pub struct Head {
    /// Without the shop's name; empty on the home page.
    pub title: String,
    pub description: String,
    /// The address under which the page is to be found; none for pages that are nobody else's business.
    pub canonical: Option<String>,
    /// False for filtered lists, search results and private pages.
    pub index: bool,
    /// For previews in other places.
    pub image: Option<String>,
    /// Open Graph's word: `website`, `product`.
    pub kind: &'static str,
    /// JSON-LD blocks.
    pub data: Vec<Value>,
}

impl Head {
    /// A public page under its own address.
    pub fn public(title: &str, description: &str, canonical: impl Into<String>) -> Self {
        Self {
            title: title.to_owned(),
            description: shorten(description, 160),
            canonical: Some(canonical.into()),
            index: true,
            image: None,
            kind: "website",
            data: Vec::new(),
        }
    }

    /// A page that search engines shall not keep.
    pub fn private(title: &str) -> Self {
        Self { title: title.to_owned(), kind: "website", ..Self::default() }
    }

    /// With the shop's name, unless the merchant wrote it in already.
    pub fn full_title(&self, shop: &str) -> String {
        match self.title.as_str() {
            "" => shop.to_owned(),
            title if title.contains(shop) => title.to_owned(),
            title => format!("{title} – {shop}"),
        }
    }

    pub fn html(&self, shop: &Shop) -> String {
        let mut html = String::with_capacity(2048);
        let title = self.full_title(&shop.name);
        let base = &shop.base_url;
        push(&mut html, format_args!("<title>{}</title>", escape(&title)));
        let mut meta = |key: &str, name: &str, content: &str| {
            if !content.is_empty() {
                push(&mut html, format_args!("<meta {key}=\"{name}\" content=\"{}\">", escape(content)));
            }
        };
        meta("name", "description", &self.description);
        if !self.index {
            meta("name", "robots", "noindex, follow");
        }
        meta("property", "og:site_name", &shop.name);
        meta("property", "og:type", self.kind);
        meta("property", "og:title", &title);
        meta("property", "og:description", &self.description);
        if let Some(path) = &self.canonical {
            meta("property", "og:url", &format!("{base}{path}"));
        }
        if let Some(path) = &self.image {
            meta("property", "og:image", &format!("{base}{path}"));
            meta("name", "twitter:card", "summary_large_image");
        }
        if let Some(path) = &self.canonical {
            push(
                &mut html,
                format_args!("<link rel=\"canonical\" href=\"{}\">", escape(&format!("{base}{path}"))),
            );
        }
        for block in &self.data {
            push(
                &mut html,
                format_args!(
                    "<script type=\"application/ld+json\">{}</script>",
                    script_safe(&block.to_string())
                ),
            );
        }
        html
    }
}

fn push(html: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String can't fail.
    let _ = html.write_fmt(text);
}

/// For text and for attributes in double quotes.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c => safe.push(c),
        }
    }
    safe
}

/// JSON that no text in it can break out of a script element with.
pub fn script_safe(json: &str) -> String {
    json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

/// The text of a piece of sanitised HTML.
pub fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            c if !inside => text.push(c),
            _ => {}
        }
    }
    let text = text.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&#39;", "'").replace("&amp;", "&").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// At most `max` characters, cut at a word.
pub fn shorten(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let cut: String = text.chars().take(max).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{}…", cut[..end].trim_end_matches([',', '.', ';', ':', ' ']))
}

pub fn breadcrumbs(shop: &Shop, crumbs: &[Link]) -> Value {
    let items: Vec<Value> = crumbs
        .iter()
        .enumerate()
        .map(|(index, crumb)| {
            json!({
                "@type": "ListItem",
                "position": index + 1,
                "name": crumb.label,
                "item": format!("{}{}", shop.base_url, crumb.href),
            })
        })
        .collect();
    json!({"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items})
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Head, plain, shorten};
    use crate::context::Shop;

    #[test]
    fn nothing_breaks_out_of_the_head() {
        let shop = Shop {
            name: "Tea & <Co>".into(),
            base_url: "https://shop.example".into(),
            currency: souk_contract::Currency::EUR,
            country: "DE".into(),
            free_shipping_over: None,
            returns_days: 30,
            email: String::new(),
            phone: String::new(),
        };
        let mut head = Head::public("\"Cup\"", "</title><script>", "/products/cup");
        head.data.push(json!({"name": "</script><b>"}));
        let html = head.html(&shop);
        assert!(html.starts_with("<title>&quot;Cup&quot; – Tea &amp; &lt;Co&gt;</title>"));
        assert!(!html.contains("<script>") && !html.contains("<b>"));
        assert!(html.contains("href=\"https://shop.example/products/cup\""));
    }

    #[test]
    fn text_of_html() {
        assert_eq!(plain("<p>Warm &amp; <b>dry</b></p><ul><li>Wool</li></ul>"), "Warm & dry Wool");
        assert_eq!(shorten("one two three", 9), "one two…");
    }
}
