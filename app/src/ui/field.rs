//! Form fields: label, hint, error and control, tied together for screen readers.

use leptos::prelude::*;

use super::icon::{Icon, icon};

/// A line or a text to type. `Field::new("Email", "email").kind("email").autocomplete("email").view()`.
pub struct Field {
    label: String,
    name: String,
    id: String,
    kind: &'static str,
    value: String,
    autocomplete: Option<&'static str>,
    inputmode: Option<&'static str>,
    hint: Option<String>,
    error: Signal<Option<String>>,
    required: bool,
    long: bool,
    maxlength: Option<u32>,
}

impl Field {
    /// A required line of text. Its id is its name.
    pub fn new(label: impl Into<String>, name: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            label: label.into(),
            id: name.clone(),
            name,
            kind: "text",
            value: String::new(),
            autocomplete: None,
            inputmode: None,
            hint: None,
            error: Signal::stored(None),
            required: true,
            long: false,
            maxlength: None,
        }
    }

    /// Where two forms of a page use the same name.
    pub fn id(self, id: impl Into<String>) -> Self {
        Self { id: id.into(), ..self }
    }

    /// HTML's `type`.
    pub fn kind(self, kind: &'static str) -> Self {
        Self { kind, ..self }
    }

    pub fn value(self, value: impl Into<String>) -> Self {
        Self { value: value.into(), ..self }
    }

    /// HTML's `autocomplete`, so that browsers and password stores fill it in.
    pub fn autocomplete(self, token: &'static str) -> Self {
        Self { autocomplete: Some(token), ..self }
    }

    /// HTML's `inputmode`: which keyboard a phone shows.
    pub fn inputmode(self, mode: &'static str) -> Self {
        Self { inputmode: Some(mode), ..self }
    }

    /// Said before anything was typed.
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// What is wrong with it, and how to mend it.
    pub fn error(self, error: Signal<Option<String>>) -> Self {
        Self { error, ..self }
    }

    /// May stay empty, and says so.
    pub fn optional(self) -> Self {
        Self { required: false, ..self }
    }

    /// Several lines.
    pub fn long(self) -> Self {
        Self { long: true, ..self }
    }

    /// In characters.
    pub fn maxlength(self, most: u32) -> Self {
        Self { maxlength: Some(most), ..self }
    }

    pub fn view(self) -> AnyView {
        let error = self.error;
        let described = described_by(&self.id, self.hint.is_some(), error);
        let invalid = move || error.with(Option::is_some).then_some("true");
        let id = self.id.clone();
        let control = if self.long {
            view! {
                <textarea
                    class="input" id=id name=self.name autocomplete=self.autocomplete required=self.required
                    maxlength=self.maxlength aria-invalid=invalid aria-describedby=described
                >
                    {self.value}
                </textarea>
            }
            .into_any()
        } else {
            view! {
                <input
                    class="input" id=id name=self.name type=self.kind value=self.value autocomplete=self.autocomplete
                    inputmode=self.inputmode required=self.required maxlength=self.maxlength aria-invalid=invalid
                    aria-describedby=described
                />
            }
            .into_any()
        };
        frame(self.id, self.label, self.required, self.hint, error, control)
    }
}

/// A list to choose one value from.
pub struct SelectField {
    label: String,
    name: String,
    id: String,
    /// Value and label.
    options: Vec<(String, String)>,
    chosen: String,
    autocomplete: Option<&'static str>,
    error: Signal<Option<String>>,
}

impl SelectField {
    /// `options` are pairs of value and label. The id is the name.
    pub fn new(label: impl Into<String>, name: impl Into<String>, options: Vec<(String, String)>) -> Self {
        let name = name.into();
        Self {
            label: label.into(),
            id: name.clone(),
            name,
            options,
            chosen: String::new(),
            autocomplete: None,
            error: Signal::stored(None),
        }
    }

    pub fn id(self, id: impl Into<String>) -> Self {
        Self { id: id.into(), ..self }
    }

    /// The value to begin with.
    pub fn chosen(self, value: impl Into<String>) -> Self {
        Self { chosen: value.into(), ..self }
    }

    pub fn autocomplete(self, token: &'static str) -> Self {
        Self { autocomplete: Some(token), ..self }
    }

    pub fn error(self, error: Signal<Option<String>>) -> Self {
        Self { error, ..self }
    }

    pub fn view(self) -> AnyView {
        let error = self.error;
        let chosen = self.chosen;
        let options: Vec<AnyView> = self
            .options
            .into_iter()
            .map(|(value, label)| {
                let is = value == chosen;
                view! { <option value=value selected=is prop:selected=is>{label}</option> }.into_any()
            })
            .collect();
        let described = described_by(&self.id, false, error);
        let control = view! {
            <span class="select">
                <select
                    class="input" id=self.id.clone() name=self.name autocomplete=self.autocomplete
                    aria-invalid=move || error.with(Option::is_some).then_some("true") aria-describedby=described
                >
                    {options}
                </select>
                {icon(Icon::Down)}
            </span>
        }
        .into_any();
        frame(self.id, self.label, true, None, error, control)
    }
}

fn described_by(
    id: &str,
    hint: bool,
    error: Signal<Option<String>>,
) -> impl Fn() -> Option<String> + Send + 'static {
    let hint = hint.then(|| format!("{id}-hint"));
    let wrong = format!("{id}-error");
    move || match (&hint, error.with(Option::is_some)) {
        (Some(hint), true) => Some(format!("{hint} {wrong}")),
        (Some(hint), false) => Some(hint.clone()),
        (None, true) => Some(wrong.clone()),
        (None, false) => None,
    }
}

fn frame(
    id: String,
    label: String,
    required: bool,
    hint: Option<String>,
    error: Signal<Option<String>>,
    control: AnyView,
) -> AnyView {
    let error_id = format!("{id}-error");
    let hint_id = format!("{id}-hint");
    view! {
        <div class="field">
            <label class="field__label" for=id>
                {label}
                {(!required).then(|| view! { <span class="field__optional">"Optional"</span> })}
            </label>
            {hint.map(|hint| view! { <p class="field__hint" id=hint_id>{hint}</p> })}
            {control}
            {move || {
                error.get().map(|text| {
                    view! { <p class="field__error" id=error_id.clone()>{icon(Icon::Alert)}<span>{text}</span></p> }
                })
            }}
        </div>
    }
    .into_any()
}
