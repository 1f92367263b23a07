//! Two people saved: field by field, whose it shall be.

use std::sync::Arc;

use leptos::prelude::*;
use souk_contract::{ProductModel, ProductRecord};

use crate::{
    admin::dialogs,
    draft::{Clash, Merged, Spot, TEMPLATE, values},
};

/// What is to be decided.
#[derive(Clone)]
pub struct Clashing {
    pub theirs: ProductRecord,
    pub merged: Merged,
    pub model: Arc<ProductModel>,
}

impl Clashing {
    fn label(&self, spot: &Spot) -> String {
        match spot {
            Spot::Attribute(code) => {
                self.model.attribute(code).map_or_else(|| code.clone(), |attribute| attribute.name.clone())
            }
            other => other.label(),
        }
    }

    /// As people read it.
    fn words(&self, spot: &Spot, text: &str) -> String {
        let words = match spot {
            Spot::Field(TEMPLATE) => text
                .parse()
                .ok()
                .and_then(|id| self.model.template(id))
                .map_or_else(String::new, |template| template.name.clone()),
            Spot::Attribute(code) if !text.is_empty() => self
                .model
                .attribute(code)
                .and_then(|attribute| Some(attribute.shown(&values::parse(attribute.kind, text).ok()?)))
                .unwrap_or_else(|| text.to_owned()),
            _ => text.to_owned(),
        };
        if words.is_empty() { "(empty)".to_owned() } else { words }
    }
}

/// Gives the decided product to `decided`.
pub fn view(
    open: RwSignal<bool>,
    clashing: RwSignal<Option<Clashing>>,
    decided: Callback<Clashing>,
) -> AnyView {
    dialogs::opened("clash", "Changed by somebody else meanwhile", open, move || {
        clashing.get().map_or_else(|| ().into_any(), |clashing| choices(open, clashing, decided))
    })
}

fn choices(open: RwSignal<bool>, clashing: Clashing, decided: Callback<Clashing>) -> AnyView {
    let Merged { clashes, taken, .. } = clashing.merged.clone();
    let mine: Vec<RwSignal<bool>> = clashes.iter().map(|_| RwSignal::new(true)).collect();
    let rows: Vec<AnyView> = clashes
        .iter()
        .zip(&mine)
        .enumerate()
        .map(|(index, (clash, mine))| choice(index, &clashing, clash, *mine))
        .collect();
    let accept = move |_| {
        let mut decision = clashing.clone();
        for (clash, mine) in clashes.iter().zip(&mine) {
            if !mine.get_untracked() {
                decision.merged.draft.set(&clash.spot, clash.theirs.clone());
            }
        }
        open.set(false);
        decided.run(decision);
    };
    let also = (!taken.is_empty()).then(|| {
        view! {
            <p class="muted">{format!("What only they changed is taken over: {}.", taken.join(", "))}</p>
        }
    });
    view! {
        <div class="stack">
            <p>
                "You both changed the same. Choose for each whose stands; nothing is saved until you save again."
            </p>
            {rows}
            {also}
            <div class="acts">
                <button type="button" class="button" on:click=accept>"Go on with these"</button>
            </div>
        </div>
    }
    .into_any()
}

fn choice(index: usize, clashing: &Clashing, clash: &Clash, mine: RwSignal<bool>) -> AnyView {
    let name = format!("clash-{index}");
    let side = |label: &'static str, text: &str, is_mine: bool| {
        let text = clashing.words(&clash.spot, text);
        view! {
            <label class="clash__side">
                <input
                    type="radio" name=name.clone() checked=is_mine prop:checked=move || mine.get() == is_mine
                    on:change=move |_| mine.set(is_mine)
                />
                <span><b>{label}</b><span class="clash__text">{text}</span></span>
            </label>
        }
        .into_any()
    };
    view! {
        <fieldset class="clash">
            <legend class="field__label">{clashing.label(&clash.spot)}</legend>
            {side("Mine", &clash.mine, true)}
            {side("Theirs", &clash.theirs, false)}
        </fieldset>
    }
    .into_any()
}
