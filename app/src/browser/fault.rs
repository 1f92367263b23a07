//! Says in the document what is wrong with a form: beside the fields it names, else above the form.

use leptos::prelude::*;
use souk_contract::{Error, FieldError};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlFormElement};

const MARK: &str = "data-fault";

/// Takes away what an earlier try left, on the whole page: only the latest one counts.
pub fn clear() {
    let Ok(marked) = document().query_selector_all("[data-fault], .input[aria-invalid]") else { return };
    for index in 0..marked.length() {
        let Some(element) = marked.item(index).and_then(|node| node.dyn_into::<Element>().ok()) else {
            continue;
        };
        if element.has_attribute(MARK) {
            element.remove();
        } else {
            // Failing leaves a mark that the next answer takes away.
            let _ = element.remove_attribute("aria-invalid");
            let _ = element.remove_attribute("aria-describedby");
        }
    }
}

/// Shows the error in the form; false where the form is no longer on the page.
pub fn show(form: &HtmlFormElement, error: &Error) -> bool {
    if !form.is_connected() {
        return false;
    }
    let fields: &[FieldError] = match error {
        Error::Invalid { fields } => fields,
        _ => &[],
    };
    let mut first = None;
    let mut rest = Vec::new();
    for one in fields {
        match control(form, &one.field) {
            Some((field, place)) => {
                beside(&field, &place, &one.message);
                first.get_or_insert(field);
            }
            None => rest.push(one.message.as_str()),
        }
    }
    let general = if fields.is_empty() { error.public_message() } else { rest.join(" ") };
    if !general.is_empty() {
        above(form, &general);
    }
    if let Some(field) = first {
        // In a closed <details> it couldn't be seen.
        if let Ok(Some(details)) = field.closest("details") {
            let _ = details.set_attribute("open", "");
        }
        let _ = field.focus();
    }
    true
}

/// A field and the place that has room for a word about it.
fn control(form: &HtmlFormElement, name: &str) -> Option<(HtmlElement, Element)> {
    let elements = form.elements();
    let field = (0..elements.length())
        .filter_map(|index| elements.item(index))
        .find(|element| element.get_attribute("name").as_deref() == Some(name))?;
    let place = field.closest(".field").ok().flatten()?;
    Some((field.dyn_into().ok()?, place))
}

fn note(tag: &str, class: &str, text: &str) -> Option<Element> {
    let note = document().create_element(tag).ok()?;
    note.set_class_name(class);
    note.set_attribute(MARK, "").ok()?;
    note.set_text_content(Some(text));
    Some(note)
}

fn beside(field: &HtmlElement, place: &Element, text: &str) {
    let Some(note) = note("p", "field__error", text) else { return };
    let id = format!("{}-fault", field.id());
    note.set_id(&id);
    let _ = field.set_attribute("aria-invalid", "true");
    let _ = field.set_attribute("aria-describedby", &id);
    let _ = place.append_with_node_1(&note);
}

fn above(form: &HtmlFormElement, text: &str) {
    let Some(note) = note("div", "alert alert--bad", text) else { return };
    let _ = note.set_attribute("role", "alert");
    let _ = form.before_with_node_1(&note);
    note.scroll_into_view_with_bool(false);
}
