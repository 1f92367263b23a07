//! A product's attributes, group by group, as its template has them.

use leptos::prelude::*;
use souk_contract::{Attribute, AttributeKind};

use super::editor::Editor;
use crate::{
    admin::{
        form::{Input, select_about},
        parts,
    },
    draft::{TEMPLATE, values},
    ui::{Icon, icon},
};

/// Nothing in a shop that has no attributes.
pub fn card(editor: &Editor) -> AnyView {
    if editor.model.attributes.is_empty() {
        return ().into_any();
    }
    let template = editor.fields[TEMPLATE];
    let mut templates = vec![(String::new(), "No template".to_owned())];
    templates.extend(editor.model.templates.iter().map(|one| (one.id.to_string(), one.name.clone())));
    let choice = select_about(
        editor.form,
        "Template",
        "product-template",
        "template_id",
        templates,
        template,
        (Some("Which attributes it has.".to_owned()), true),
    );
    let groups = {
        let editor = editor.clone();
        move || groups(&editor, &template.get())
    };
    let body = view! { <div class="form">{choice} {groups}</div> };
    parts::card("Attributes", None, body.into_any())
}

fn groups(editor: &Editor, template: &str) -> AnyView {
    let model = &editor.model;
    let of_template = template.parse().map(|id| model.of_template(id)).unwrap_or_default();
    let mut all: Vec<(String, Vec<&Attribute>)> =
        of_template.into_iter().map(|(group, attributes)| (group.name.clone(), attributes)).collect();
    let is_shown = |attribute: &Attribute| {
        all.iter().any(|(_, known)| known.iter().any(|known| known.code == attribute.code))
    };
    let has_value = |attribute: &Attribute| {
        let text = editor.attributes.get(&attribute.code);
        text.is_some_and(|text| text.with_untracked(|text| !text.is_empty()))
    };
    let others: Vec<&Attribute> =
        model.attributes.iter().filter(|one| has_value(one) && !is_shown(one)).collect();
    all.push(("Not in this template: shoppers do not see them".to_owned(), others));
    let shown = all.into_iter().filter(|(_, attributes)| !attributes.is_empty()).map(|(name, attributes)| {
        let fields: Vec<AnyView> =
            attributes.into_iter().filter_map(|attribute| field(editor, attribute)).collect();
        view! {
            <fieldset class="form"><legend class="field__label">{name}</legend>{fields}</fieldset>
        }
        .into_any()
    });
    shown.collect::<Vec<_>>().into_any()
}

/// Also where a link leads that names it.
pub fn id_of(code: &str) -> String {
    format!("attribute-{code}")
}

fn field(editor: &Editor, attribute: &Attribute) -> Option<AnyView> {
    let form = editor.form;
    let value = *editor.attributes.get(&attribute.code)?;
    let (id, path) = (id_of(&attribute.code), format!("attributes.{}", attribute.code));
    let unit = attribute.unit.as_deref().map(|unit| format!(" ({unit})")).unwrap_or_default();
    let label = format!("{}{unit}", attribute.name);
    let hint = (!attribute.help.is_empty()).then(|| attribute.help.clone());
    let optional = !attribute.required;
    let one_of = |options: Vec<(String, String)>| {
        let open = [(String::new(), "Not said".to_owned())];
        let options = open.into_iter().chain(options).collect();
        select_about(form, label.clone(), &id, &path, options, value, (hint.clone(), optional))
    };
    let input = match attribute.kind {
        AttributeKind::Boolean => {
            return Some(one_of(vec![("true".into(), "Yes".into()), ("false".into(), "No".into())]));
        }
        AttributeKind::Select => {
            let options = attribute.options.iter().map(|one| (one.value.clone(), one.label.clone()));
            return Some(one_of(options.collect()));
        }
        AttributeKind::MultiSelect => {
            let fault = form.fault(path);
            return Some(many(attribute, &id, label, value, fault));
        }
        AttributeKind::Text => Input::new(form, label, id, &path, value),
        AttributeKind::LongText => Input::new(form, label, id, &path, value).rows(4),
        AttributeKind::Number => Input::new(form, label, id, &path, value).inputmode("decimal"),
        AttributeKind::Date => Input::new(form, label, id, &path, value).kind("date"),
    };
    let input = if optional { input.optional() } else { input };
    Some(match hint {
        Some(hint) => input.hint(hint).view(),
        None => input.view(),
    })
}

/// Boxes to tick.
fn many(
    attribute: &Attribute,
    id: &str,
    label: String,
    value: RwSignal<String>,
    fault: Signal<Option<String>>,
) -> AnyView {
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let boxes: Vec<AnyView> = attribute
        .options
        .iter()
        .enumerate()
        .map(|(at, option)| {
            let this = option.value.clone();
            let ticked = {
                let this = this.clone();
                move || value.with(|text| values::chosen(text).contains(&this))
            };
            let tick = move |event| {
                let ticked = event_target_checked(&event);
                value.update(|text| {
                    let mut chosen = values::chosen(text);
                    chosen.retain(|one| *one != this);
                    if ticked {
                        chosen.push(this.clone());
                    }
                    *text = chosen.join("\n");
                });
            };
            let id = (at == 0).then(|| id.to_owned());
            view! {
                <label class="check">
                    <input
                        type="checkbox" id=id aria-invalid=move || fault.with(Option::is_some).then_some("true")
                        prop:checked=ticked on:change=tick
                    />
                    <span class="check__label">{option.label.clone()}</span>
                </label>
            }
            .into_any()
        })
        .collect();
    let described = {
        let hint = (!attribute.help.is_empty()).then(|| hint_id.clone());
        let error = error_id.clone();
        move || {
            let error = fault.with(Option::is_some).then(|| error.clone());
            let both: Vec<String> = hint.iter().cloned().chain(error).collect();
            (!both.is_empty()).then(|| both.join(" "))
        }
    };
    let wrong = move || {
        let shown = |text| view! { <p class="field__error" id=error_id.clone()>{icon(Icon::Alert)}<span>{text}</span></p> };
        fault.get().map(shown)
    };
    let hint = (!attribute.help.is_empty())
        .then(|| view! { <p class="field__hint" id=hint_id>{attribute.help.clone()}</p> });
    let optional = (!attribute.required).then(|| view! { <span class="field__optional">"Optional"</span> });
    view! {
        <fieldset class="field" aria-describedby=described>
            <legend class="field__label">{label}{optional}</legend>
            {boxes} {hint} {wrong}
        </fieldset>
    }
    .into_any()
}
