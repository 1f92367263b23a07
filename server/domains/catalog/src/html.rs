//! Merchant HTML, made harmless: an allow-list of tags and attributes, no script, style or form.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use ammonia::{Builder, UrlRelative};

const TAGS: &str = "a abbr b blockquote br caption cite code col colgroup dd del div dl dt em figcaption figure \
                    h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s small span strong sub sup table tbody \
                    td tfoot th thead tr u ul";

const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("a", &["href", "title"]),
    ("abbr", &["title"]),
    ("col", &["span"]),
    ("colgroup", &["span"]),
    ("img", &["src", "alt", "width", "height", "title"]),
    ("ol", &["start", "reversed"]),
    ("td", &["colspan", "rowspan"]),
    ("th", &["colspan", "rowspan", "scope"]),
];

/// Tags whose content is no text for people either.
const DROPPED_WITH_CONTENT: &[&str] = &[
    "script", "style", "template", "noscript", "iframe", "object", "title", "svg", "math", "select",
    "textarea",
];

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let attributes: HashMap<&str, HashSet<&str>> =
        ATTRIBUTES.iter().map(|(tag, names)| (*tag, names.iter().copied().collect())).collect();
    let mut builder = Builder::empty();
    builder
        .tags(TAGS.split_whitespace().collect())
        .clean_content_tags(DROPPED_WITH_CONTENT.iter().copied().collect())
        .tag_attributes(attributes)
        .generic_attributes(["lang", "dir"].into())
        .url_schemes(["http", "https", "mailto", "tel"].into())
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some("noopener noreferrer"))
        .strip_comments(true)
        .attribute_filter(keep);
    builder
});

/// Pictures come from this shop or over https; a page over TLS could show no others.
fn keep<'u>(element: &str, attribute: &str, value: &'u str) -> Option<Cow<'u, str>> {
    let own = value.starts_with('/') && !value.starts_with("//");
    match (element, attribute) {
        // As Shopify's exports name them: over whatever the page itself came.
        ("img", "src") if value.starts_with("//") => Some(format!("https:{value}").into()),
        ("img", "src") if !own && !value.starts_with("https://") => None,
        ("img", "width" | "height") if value.is_empty() || !value.bytes().all(|b| b.is_ascii_digit()) => None,
        _ => Some(value.into()),
    }
}

/// Sanitised HTML; cleaning it again changes nothing.
///
/// A page has one `h1`, its title, so that of a description becomes an `h2`.
pub(crate) fn sanitise(html: &str) -> String {
    if !html.contains(['<', '&', '>', '\0', '\r', '"', '\u{a0}']) {
        return html.trim().to_owned();
    }
    let clean = CLEANER.clean(html).to_string();
    let clean = clean.replace("<h1>", "<h2>").replace("<h1 ", "<h2 ").replace("</h1>", "</h2>");
    clean.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::sanitise;

    #[test]
    fn keeps_what_a_description_needs() {
        let html = "<h3>Fit</h3><ul><li>Runs <strong>large</strong></li></ul>\
                    <table><tbody><tr><th scope=\"row\">Chest</th><td colspan=\"2\">96 cm</td></tr></tbody></table>";
        assert_eq!(sanitise(html), html);
        assert_eq!(sanitise("Plain words."), "Plain words.");
        assert_eq!(sanitise("<h1>Title</h1>"), "<h2>Title</h2>");
    }

    #[test]
    fn pictures_come_over_tls() {
        assert_eq!(
            sanitise("<img src=\"//cdn.example/specs.png?26\" alt=\"\">"),
            "<img src=\"https://cdn.example/specs.png?26\" alt=\"\">"
        );
        assert_eq!(sanitise("<img src=\"http://cdn.example/a.png\" alt=\"a\">"), "<img alt=\"a\">");
    }

    #[test]
    fn links_get_a_rel_and_lose_the_rest() {
        assert_eq!(
            sanitise("<a href=\"https://a.example/\" target=\"_blank\" class=\"x\" onclick=\"y()\">a</a>"),
            "<a href=\"https://a.example/\" rel=\"noopener noreferrer\">a</a>"
        );
    }

    #[test]
    fn nothing_that_runs_survives() {
        for html in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<img src=\"data:text/html,<script>alert(1)</script>\">",
            "<a href=\"javascript:alert(1)\">x</a>",
            "<a href=\" java\nscript:alert(1)\">x</a>",
            "<svg><script>alert(1)</script></svg>",
            "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
            "<p style=\"background:url(javascript:alert(1))\">x</p>",
            "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
            "<form action=\"javascript:alert(1)\"><button>x</button></form>",
            "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
            "<base href=\"https://evil.example/\">",
            "<meta http-equiv=refresh content=\"0;url=https://evil.example\">",
        ] {
            let clean = sanitise(html).to_lowercase();
            for bad in
                ["<script", "onerror", "javascript:", "style=", "srcdoc", "<form", "<base", "<meta", "data:"]
            {
                assert!(!clean.contains(bad), "{html} became {clean}");
            }
        }
    }

    #[test]
    fn cleaning_twice_changes_nothing() {
        for html in [
            "a < b & c > d \u{a0} \"quoted\"",
            "<p>one<p>two<div>three",
            "<ul>\n <li>x\n</ul>\r\n<br/>",
            "<a title='a<h1>b' href='/pages/x?a=1&b=2'>l</a>",
            "<center><font color=red>Sale</font></center>",
        ] {
            let once = sanitise(html);
            assert_eq!(sanitise(&once), once, "{html}");
        }
    }
}
