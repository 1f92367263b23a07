//! An attribute and its options, as they are typed.

use leptos::prelude::*;
use souk_contract::{Attribute, AttributeInput, AttributeKind, AttributeOption};

use super::{One, Work, kind_name, remove_button};
use crate::{
    admin::form::{Form, Input, check, select},
    api::admin::attributes,
    draft::handle_of,
};

#[derive(Clone, Copy)]
struct Row {
    value: RwSignal<String>,
    label: RwSignal<String>,
    swatch: RwSignal<String>,
}

impl Row {
    fn new(option: Option<&AttributeOption>) -> Self {
        let text =
            |read: fn(&AttributeOption) -> String| RwSignal::new(option.map_or_else(String::new, read));
        Self {
            value: text(|option| option.value.clone()),
            label: text(|option| option.label.clone()),
            swatch: text(|option| option.swatch.clone().unwrap_or_default()),
        }
    }

    fn read(self) -> AttributeOption {
        let filled = |text: RwSignal<String>| {
            let text = text.get_untracked().trim().to_owned();
            (!text.is_empty()).then_some(text)
        };
        let label = filled(self.label).unwrap_or_default();
        let value = filled(self.value).unwrap_or_else(|| handle_of(&label));
        AttributeOption { value, label, swatch: filled(self.swatch) }
    }
}

#[derive(Clone, Copy)]
struct Filled {
    name: RwSignal<String>,
    code: RwSignal<String>,
    kind: RwSignal<String>,
    unit: RwSignal<String>,
    help: RwSignal<String>,
    required: RwSignal<bool>,
    rows: RwSignal<Vec<Row>>,
}

impl Filled {
    fn new(one: Option<&Attribute>) -> Self {
        let text = |read: fn(&Attribute) -> String| RwSignal::new(one.map_or_else(String::new, read));
        let rows = one.map(|one| one.options.iter().map(|option| Row::new(Some(option))).collect());
        let rows = rows.filter(|rows: &Vec<Row>| !rows.is_empty());
        Self {
            name: text(|one| one.name.clone()),
            code: text(|one| one.code.clone()),
            kind: RwSignal::new(one.map_or(AttributeKind::Text, |one| one.kind).as_str().to_owned()),
            unit: text(|one| one.unit.clone().unwrap_or_default()),
            help: text(|one| one.help.clone()),
            required: RwSignal::new(one.is_some_and(|one| one.required)),
            rows: RwSignal::new(rows.unwrap_or_else(|| vec![Row::new(None)])),
        }
    }

    /// Tracked.
    fn kind(self) -> AttributeKind {
        self.kind.with(|kind| AttributeKind::parse(kind)).unwrap_or(AttributeKind::Text)
    }

    fn read(self) -> AttributeInput {
        let kind = untrack(move || self.kind());
        let trimmed = |text: RwSignal<String>| text.get_untracked().trim().to_owned();
        let (name, code, unit) = (trimmed(self.name), trimmed(self.code), trimmed(self.unit));
        let rows = if kind.has_options() { self.rows.get_untracked() } else { Vec::new() };
        AttributeInput {
            code: if code.is_empty() { handle_of(&name) } else { code },
            name,
            kind,
            unit: (kind == AttributeKind::Number && !unit.is_empty()).then_some(unit),
            options: rows.into_iter().map(Row::read).collect(),
            required: self.required.get_untracked(),
            help: trimmed(self.help),
        }
    }
}

pub fn form(work: Work, one: Option<Attribute>) -> AnyView {
    let filled = Filled::new(one.as_ref());
    let form = Form::new(work.desk);
    let known = one.as_ref().map(|one| (one.id, one.version));
    let save = move || {
        let call = attributes::put_attribute(
            known.map(|(id, _)| id),
            filled.read(),
            known.map(|(_, version)| version),
        );
        form.send(call, move |_| work.saved());
    };
    let kinds = AttributeKind::ALL.map(|kind| (kind.as_str().to_owned(), kind_name(kind).to_owned()));
    let code = match &one {
        Some(one) => view! { <p class="muted">"Code: "<code>{one.code.clone()}</code></p> }.into_any(),
        None => Input::new(form, "Code", "attribute-code", "code", filled.code)
            .optional()
            .hint("Names it in the API and never changes. Empty: made from the name.")
            .view(),
    };
    let by_kind = move || match filled.kind() {
        AttributeKind::Number => {
            Input::new(form, "Unit", "attribute-unit", "unit", filled.unit).optional().view()
        }
        kind if kind.has_options() => options(form, filled),
        _ => ().into_any(),
    };
    let remove = one.map(|one| remove_button(work, One::Attribute(Some(one))));
    view! {
        <form class="form" novalidate=true on:submit=form.on_submit(save)>
            {form.general()}
            {Input::new(form, "Name", "attribute-name", "name", filled.name).autofocus().view()}
            {code}
            {select(form, "Kind", "attribute-kind", "kind", kinds.to_vec(), filled.kind)}
            {by_kind}
            {check("A product is not complete without it", filled.required)}
            {Input::new(form, "Help", "attribute-help", "help", filled.help)
                .optional().hint("Stands below the field in the product.").view()}
            <div class="acts">{form.button("", "Save attribute")}{remove}</div>
        </form>
    }
    .into_any()
}

fn options(form: Form, filled: Filled) -> AnyView {
    // Of the whole list, where an option that products use would go.
    let fault = form.fault("options");
    let wrong = move || fault.get().map(|text| view! { <p class="field__error" role="alert">{text}</p> });
    let row = move |(index, row): (usize, Row)| {
        let number = index + 1;
        let path = |field: &str| format!("options[{index}].{field}");
        let out = move |_| {
            filled.rows.update(|rows| {
                rows.remove(index);
            });
        };
        let up = move |_| filled.rows.update(|rows| rows.swap(index - 1, index));
        let only = filled.rows.with(|rows| rows.len() == 1);
        view! {
            <fieldset class="form">
                <legend class="sr-only">{format!("Option {number}")}</legend>
                <div class="form__row">
                    {Input::new(form, format!("Option {number}"), format!("option-label-{index}"), &path("label"), row.label).view()}
                    {Input::new(form, "Value", format!("option-value-{index}"), &path("value"), row.value).optional().view()}
                    {Input::new(form, "Colour", format!("option-swatch-{index}"), &path("swatch"), row.swatch)
                        .optional().view()}
                </div>
                <div class="acts">
                    {(index > 0).then(|| view! {
                        <button type="button" class="text-button" aria-label=format!("Put option {number} further up") on:click=up>"Up"</button>
                    })}
                    {(!only).then(|| view! {
                        <button type="button" class="text-button" aria-label=format!("Take option {number} away") on:click=out>"Take away"</button>
                    })}
                </div>
            </fieldset>
        }
        .into_any()
    };
    let rows = move || filled.rows.get().into_iter().enumerate().map(row).collect::<Vec<_>>();
    let more = move |_| filled.rows.update(|rows| rows.push(Row::new(None)));
    view! {
        <fieldset class="form">
            <legend class="field__label">"Options"</legend>
            <p class="field__hint">"What products keep is the value; empty, it is made from the option. Colours are #rrggbb."</p>
            {wrong} {rows}
            <p><button type="button" class="text-button" on:click=more>"Add an option"</button></p>
        </fieldset>
    }
    .into_any()
}
