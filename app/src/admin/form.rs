//! Forms: fields that know their text, and errors beside the field that they name.

use std::{collections::BTreeSet, future::Future, pin::Pin};

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use souk_contract::{Error, FieldError};

use super::{
    desk::{Desk, Who},
    go, live,
};
use crate::{
    failure::{Result, SHOP},
    ui::{Icon, Tone, alert, icon},
};

/// Ends with what is to be done with the answer.
type Call = Pin<Box<dyn Future<Output = Result<Box<dyn FnOnce()>>>>>;

/// What was answered to one form.
#[derive(Clone, Copy)]
pub struct Form {
    desk: Desk,
    pub error: RwSignal<Option<Error>>,
    pub busy: RwSignal<bool>,
    /// Paths that a field of the form shows the faults of.
    shown: StoredValue<BTreeSet<String>>,
}

impl Form {
    pub fn new(desk: Desk) -> Self {
        Self {
            desk,
            error: RwSignal::new(None),
            busy: RwSignal::new(false),
            shown: StoredValue::new(BTreeSet::new()),
        }
    }

    /// What is wrong with one field.
    pub fn fault(self, path: impl Into<String>) -> Signal<Option<String>> {
        let path = path.into();
        self.shown.update_value(|shown| {
            shown.insert(path.clone());
        });
        Signal::derive(move || {
            self.error.with(|error| match error {
                Some(Error::Invalid { fields }) => {
                    fields.iter().find(|one| one.field == path).map(|one| one.message.clone())
                }
                _ => None,
            })
        })
    }

    /// What no field shows.
    pub fn general(self) -> AnyView {
        let text = move || self.error.with(|error| error.as_ref().and_then(|error| self.unshown(error)));
        let shown = move || text().map(|text| alert(Tone::Bad, None, view! { <p>{text}</p> }.into_any()));
        shown.into_any()
    }

    fn unshown(self, error: &Error) -> Option<String> {
        let fields = match error {
            Error::Unauthenticated { .. } if self.desk.ended.get_untracked() => {
                return Some("Please sign in, then send it again.".to_owned());
            }
            Error::Invalid { fields } => fields,
            other => return Some(other.public_message()),
        };
        let rest: Vec<String> = self.shown.with_value(|shown| {
            fields.iter().filter(|one| !shown.contains(&one.field)).map(|one| one.message.clone()).collect()
        });
        (!rest.is_empty()).then(|| rest.join(" "))
    }

    pub fn refuse(self, fields: Vec<FieldError>) {
        self.error.set(Some(Error::Invalid { fields }));
        focus_fault();
    }

    /// Sends once at a time. What went wrong shows in the form.
    pub fn send<T: 'static>(
        self,
        call: impl Future<Output = Result<T>> + 'static,
        then: impl FnOnce(T) + 'static,
    ) {
        self.send_or(call, then, Some);
    }

    /// As [`Form::send`]; `otherwise` may answer an error itself.
    pub fn send_or<T: 'static>(
        self,
        call: impl Future<Output = Result<T>> + 'static,
        then: impl FnOnce(T) + 'static,
        otherwise: impl FnOnce(Error) -> Option<Error> + 'static,
    ) {
        let call = async move {
            let value = call.await?;
            Ok(Box::new(move || then(value)) as Box<dyn FnOnce()>)
        };
        self.carry_out(Box::pin(call), Box::new(otherwise));
    }

    /// Compiled once, not once for each form.
    fn carry_out(self, call: Call, otherwise: Box<dyn FnOnce(Error) -> Option<Error>>) {
        if self.busy.get_untracked() {
            return;
        }
        // Whoever signs in finds out by trying.
        let working = self.desk.who.with_untracked(|who| matches!(who, Who::Member(_)));
        if working && live::is_down(self.desk) {
            self.error.set(Some(Error::Unavailable { what: SHOP.to_owned() }));
            return;
        }
        self.busy.set(true);
        self.error.set(None);
        spawn_local(async move {
            let answer = call.await;
            // The form is gone with its screen: nobody waits for the answer.
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(then) => then(),
                Err(failure) => {
                    self.desk.noticed(&failure.0);
                    if let Some(error) = otherwise(failure.0) {
                        self.error.set(Some(error));
                        focus_fault();
                    }
                }
            }
        });
    }

    /// For `on:submit`.
    pub fn on_submit(self, act: impl Fn() + 'static) -> impl Fn(SubmitEvent) + 'static {
        move |event: SubmitEvent| {
            event.prevent_default();
            act();
        }
    }

    pub fn button(self, class: &'static str, label: &'static str) -> AnyView {
        crate::ui::button(class, label, self.busy.into())
    }
}

fn focus_fault() {
    request_animation_frame(|| {
        if let Some(field) = go::first("[aria-invalid=true]") {
            let _ = field.focus();
        }
    });
}

/// A line or a text to type, bound to a signal.
pub struct Input {
    label: String,
    id: String,
    value: RwSignal<String>,
    error: Signal<Option<String>>,
    kind: &'static str,
    autocomplete: &'static str,
    inputmode: Option<&'static str>,
    hint: Option<String>,
    rows: Option<u32>,
    optional: bool,
    autofocus: bool,
    scan: bool,
}

impl Input {
    /// `path` is what the server calls the field; with `id` it names it on the page.
    pub fn new(
        form: Form,
        label: impl Into<String>,
        id: impl Into<String>,
        path: &str,
        value: RwSignal<String>,
    ) -> Self {
        Self {
            label: label.into(),
            id: id.into(),
            value,
            error: form.fault(path),
            kind: "text",
            autocomplete: "off",
            inputmode: None,
            hint: None,
            rows: None,
            optional: false,
            autofocus: false,
            scan: false,
        }
    }

    pub fn kind(self, kind: &'static str) -> Self {
        Self { kind, ..self }
    }

    pub fn autocomplete(self, autocomplete: &'static str) -> Self {
        Self { autocomplete, ..self }
    }

    pub fn inputmode(self, mode: &'static str) -> Self {
        Self { inputmode: Some(mode), ..self }
    }

    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    pub fn rows(self, rows: u32) -> Self {
        Self { rows: Some(rows), ..self }
    }

    pub fn optional(self) -> Self {
        Self { optional: true, ..self }
    }

    pub fn autofocus(self) -> Self {
        Self { autofocus: true, ..self }
    }

    /// A scanner that is used here does not type into it: see `scan`.
    pub fn scan(self) -> Self {
        Self { scan: true, ..self }
    }

    pub fn view(self) -> AnyView {
        let Self { value, error, .. } = self;
        let described = described_by(&self.id, self.hint.is_some(), error);
        let invalid = move || error.with(Option::is_some).then_some("true");
        let typed = move |event| value.set(event_target_value(&event));
        let place = NodeRef::<leptos::html::Input>::new();
        let (is_number, first) = (self.kind == "number", value.get_untracked());
        if is_number {
            // A lone minus has no value yet: writing that back would take it away.
            Effect::new(move || {
                let now = value.get();
                if let Some(input) = place.get().filter(|input| input.value() != now) {
                    input.set_value(&now);
                }
            });
        }
        let shown = move || if is_number { first.clone() } else { value.get() };
        let control = match self.rows {
            Some(rows) => view! {
                <textarea
                    class="input" id=self.id.clone() rows=rows required=!self.optional aria-invalid=invalid
                    aria-describedby=described prop:value=move || value.get() on:input=typed
                ></textarea>
            }
            .into_any(),
            None => view! {
                <input
                    class="input" id=self.id.clone() type=self.kind autocomplete=self.autocomplete
                    inputmode=self.inputmode required=!self.optional autofocus=self.autofocus aria-invalid=invalid
                    aria-describedby=described data-scan=self.scan.then_some("") node_ref=place
                    prop:value=shown on:input=typed
                />
            }
            .into_any(),
        };
        frame(&self.id, self.label, self.optional, self.hint, error, control)
    }
}

/// A choice of few; `options` are pairs of value and label.
pub fn select(
    form: Form,
    label: impl Into<String>,
    id: &str,
    path: &str,
    options: Vec<(String, String)>,
    value: RwSignal<String>,
) -> AnyView {
    select_about(form, label, id, path, options, value, (None, false))
}

/// As [`select`], with a hint, and whether it may be left open.
pub fn select_about(
    form: Form,
    label: impl Into<String>,
    id: &str,
    path: &str,
    options: Vec<(String, String)>,
    value: RwSignal<String>,
    (hint, optional): (Option<String>, bool),
) -> AnyView {
    let error = form.fault(path);
    let described = described_by(id, hint.is_some(), error);
    let options: Vec<AnyView> = options
        .into_iter()
        .map(|(option, label)| {
            let is = value.with_untracked(|value| *value == option);
            view! { <option value=option selected=is>{label}</option> }.into_any()
        })
        .collect();
    let control = view! {
        <span class="select">
            <select
                class="input" id=id.to_owned() aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=described prop:value=move || value.get()
                on:change=move |event| value.set(event_target_value(&event))
            >
                {options}
            </select>
            {icon(Icon::Down)}
        </span>
    };
    frame(id, label.into(), optional, hint, error, control.into_any())
}

/// A check box.
pub fn check(label: impl Into<String>, value: RwSignal<bool>) -> AnyView {
    view! {
        <label class="check">
            <input
                type="checkbox" prop:checked=move || value.get()
                on:change=move |event| value.set(event_target_checked(&event))
            />
            <span class="check__label">{label.into()}</span>
        </label>
    }
    .into_any()
}

fn described_by(
    id: &str,
    hint: bool,
    error: Signal<Option<String>>,
) -> impl Fn() -> Option<String> + Send + 'static {
    let hint = hint.then(|| format!("{id}-hint"));
    let wrong = format!("{id}-error");
    move || {
        let wrong = error.with(Option::is_some).then(|| wrong.clone());
        let both: Vec<String> = hint.iter().cloned().chain(wrong).collect();
        (!both.is_empty()).then(|| both.join(" "))
    }
}

fn frame(
    id: &str,
    label: String,
    optional: bool,
    hint: Option<String>,
    error: Signal<Option<String>>,
    control: AnyView,
) -> AnyView {
    let (error_id, hint_id) = (format!("{id}-error"), format!("{id}-hint"));
    let fault = move || {
        let shown = |text| view! { <p class="field__error" id=error_id.clone()>{icon(Icon::Alert)}<span>{text}</span></p> };
        error.get().map(shown)
    };
    view! {
        <div class="field">
            <label class="field__label" for=id.to_owned()>
                {label}
                {optional.then(|| view! { <span class="field__optional">"Optional"</span> })}
            </label>
            {control}
            {hint.map(|hint| view! { <p class="field__hint" id=hint_id>{hint}</p> })}
            {fault}
        </div>
    }
    .into_any()
}
