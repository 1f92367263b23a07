//! The dialog that changes what is on the shelf: by some pieces, or to a number.

use leptos::{prelude::*, task::spawn_local};
use souk_contract::{AdjustStock, Error, FieldError, Resource, SetStock, StockLevel, StockPolicy};

use crate::{
    admin::{
        desk::Desk,
        dialogs,
        form::{Form, Input, check},
    },
    api::admin::inventory,
};

#[derive(Clone, Copy)]
pub struct Adjusting {
    desk: Desk,
    pub may: bool,
    /// Grows with each change.
    pub changes: RwSignal<u32>,
    shown: RwSignal<bool>,
    title: RwSignal<String>,
    level: RwSignal<Option<StockLevel>>,
    form: Form,
    /// To a number, not by some pieces.
    absolute: RwSignal<bool>,
    delta: RwSignal<String>,
    on_hand: RwSignal<String>,
    tracked: RwSignal<bool>,
    backorder: RwSignal<bool>,
    reason: RwSignal<String>,
}

impl Adjusting {
    pub fn new(desk: Desk) -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            desk,
            may: untrack(move || desk.may(Resource::Inventory.write())),
            changes: RwSignal::new(0),
            shown: RwSignal::new(false),
            title: text(),
            level: RwSignal::new(None),
            form: Form::new(desk),
            absolute: RwSignal::new(false),
            delta: text(),
            on_hand: text(),
            tracked: RwSignal::new(true),
            backorder: RwSignal::new(false),
            reason: text(),
        }
    }

    pub fn open(self, level: &StockLevel, name: &str) {
        self.form.error.set(None);
        self.title.set(format!("Stock of {name}"));
        // What isn't counted yet can only be set.
        self.absolute.set(!level.tracked);
        self.delta.set(String::new());
        self.reason.set(String::new());
        self.on_hand.set(level.on_hand.to_string());
        self.tracked.set(true);
        self.backorder.set(level.policy == StockPolicy::Continue);
        self.level.set(Some(level.clone()));
        self.shown.set(true);
    }

    pub fn dialog(self) -> AnyView {
        let body = move || {
            let level = self.level.get().filter(|_| self.shown.get())?;
            Some(self.fields(&level))
        };
        dialogs::modal("adjust", self.title.into(), self.shown, body.into_any())
    }

    fn fields(self, level: &StockLevel) -> AnyView {
        let now = format!("{} on hand, {} available.", level.on_hand, level.available);
        let form = self.form;
        let amount = move || {
            if self.absolute.get() {
                view! {
                    {Input::new(form, "On hand", "adjust-on-hand", "on_hand", self.on_hand)
                        .kind("number").inputmode("numeric").view()}
                    {check("Count this variant", self.tracked)}
                    {check("Sell it also when nothing is left", self.backorder)}
                }
                .into_any()
            } else {
                Input::new(form, "Pieces more or fewer", "adjust-delta", "delta", self.delta)
                    .kind("number")
                    .inputmode("numeric")
                    .hint("5 came in; −2 broke: write -2.")
                    .autofocus()
                    .view()
            }
        };
        let way = move |label: &'static str, absolute: bool| {
            view! {
                <label class="check">
                    <input
                        type="radio" name="adjust-way" prop:checked=move || self.absolute.get() == absolute
                        on:change=move |_| self.absolute.set(absolute)
                    />
                    <span class="check__label">{label}</span>
                </label>
            }
            .into_any()
        };
        view! {
            <form class="form" novalidate=true on:submit=form.on_submit(move || self.send())>
                {form.general()}
                <p class="muted">{now}</p>
                <fieldset class="cluster">
                    <legend class="sr-only">"How"</legend>{way("By some pieces", false)}{way("Set a number", true)}
                </fieldset>
                {amount}
                {Input::new(form, "Reason", "adjust-reason", "reason", self.reason).hint("It stands in the ledger.").view()}
                <div class="acts">{form.button("", "Save stock")}</div>
            </form>
        }
        .into_any()
    }

    fn send(self) {
        let Some(level) = self.level.get_untracked() else { return };
        let (path, text) = match self.absolute.get_untracked() {
            true => ("on_hand", self.on_hand.get_untracked()),
            false => ("delta", self.delta.get_untracked()),
        };
        let Ok(number) = text.trim().parse::<i64>() else {
            let message = "A whole number of pieces.".to_owned();
            return self.form.refuse(vec![FieldError {
                field: path.into(),
                code: "invalid".into(),
                message,
            }]);
        };
        let reason = self.reason.get_untracked().trim().to_owned();
        let done = move || {
            self.shown.set(false);
            self.changes.update(|changes| *changes += 1);
            self.desk.say("The stock is changed.");
        };
        let otherwise = move |error: Error| self.refused(error);
        if self.absolute.get_untracked() {
            let backorder = self.backorder.get_untracked();
            let item = SetStock {
                variant_id: level.variant_id,
                on_hand: number,
                tracked: self.tracked.get_untracked(),
                policy: if backorder { StockPolicy::Continue } else { StockPolicy::Deny },
                if_version: Some(level.version),
            };
            self.form.send_or(inventory::set_stock(vec![item], reason), move |_| done(), otherwise);
        } else {
            // Some pieces more are some pieces more, whatever else happened meanwhile.
            let request =
                AdjustStock { variant_id: level.variant_id, delta: number, reason, if_version: None };
            self.form.send_or(inventory::adjust_stock(request), move |_| done(), otherwise);
        }
    }

    /// What was counted may have been sold since: the numbers are shown anew, what was typed stays.
    fn refused(self, error: Error) -> Option<Error> {
        if matches!(&error, Error::Conflict { code, .. } if code == "stale_version")
            && let Some(level) = self.level.get_untracked()
        {
            self.changes.update(|changes| *changes += 1);
            spawn_local(async move {
                match inventory::levels(vec![level.variant_id]).await {
                    Ok(levels) => self.level.set(levels.into_iter().next()),
                    Err(failure) => self.desk.complain(&failure.0),
                }
            });
        }
        Some(error)
    }
}
