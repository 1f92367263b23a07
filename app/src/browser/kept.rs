//! What a shopper has opened, scrolled and focused, kept while a page is replaced by itself with other results.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

pub struct Kept {
    /// Of each `<details>` in the page, in their order: its class and whether it is open.
    open: Vec<(String, bool)>,
    /// Of the filters on a phone, in pixels.
    scrolled: i32,
    focused: Option<String>,
}

const PANEL: &str = ".filters__panel";

impl Kept {
    pub fn of_document() -> Self {
        let focused = document().active_element().and_then(|element| selector(&element));
        Self {
            open: details().iter().map(|one| (one.class_name(), one.has_attribute("open"))).collect(),
            scrolled: super::first(PANEL).map_or(0, |panel| panel.scroll_top()),
            focused,
        }
    }

    pub fn restore(self) {
        let now = details();
        // Other filters than before: better their own order than a wrong one.
        if now.len() == self.open.len() {
            for (element, (class, open)) in now.iter().zip(&self.open) {
                if element.class_name() == *class {
                    let _ = if *open {
                        element.set_attribute("open", "")
                    } else {
                        element.remove_attribute("open")
                    };
                }
            }
        }
        if let Some(panel) = super::first(PANEL) {
            panel.set_scroll_top(self.scrolled);
        }
        if let Some(element) = self.focused.and_then(|selector| super::first(&selector)) {
            let options = web_sys::FocusOptions::new();
            options.set_prevent_scroll(true);
            let _ = element.focus_with_options(&options);
        }
    }
}

fn details() -> Vec<HtmlElement> {
    let Ok(found) = document().query_selector_all("main details") else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
}

/// Finds the same field again.
fn selector(element: &Element) -> Option<String> {
    if !element.id().is_empty() {
        return Some(format!("[id=\"{}\"]", element.id()));
    }
    let quoted = |text: String| text.replace('\\', "\\\\").replace('"', "\\\"");
    let name = quoted(element.get_attribute("name")?);
    let value = quoted(element.get_attribute("value").unwrap_or_default());
    Some(format!("main [name=\"{name}\"][value=\"{value}\"]"))
}
