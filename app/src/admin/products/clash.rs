//! Two people saved: field by field, whose it shall be.

use std::sync::Arc;

use leptos::prelude::*;
use souk_contract::{ProductModel, ProductRecord};

use crate::{
    admin::dialogs,
    draft::{Merged, Spot, TEMPLATE, values},
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
        match spot {
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
        }
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
        .map(|(index, (clash, mine))| {
            let words = |text: &str| clashing.words(&clash.spot, text);
            let (own, theirs) = (words(&clash.mine), words(&clash.theirs));
            choice(index, &clashing.label(&clash.spot), &own, &theirs, *mine)
        })
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

/// One thing that both changed.
pub fn choice(index: usize, label: &str, own: &str, theirs: &str, mine: RwSignal<bool>) -> AnyView {
    let name = format!("clash-{index}");
    let side = |label: &'static str, text: &str, is_mine: bool| {
        let text = if text.is_empty() { "(empty)".to_owned() } else { text.to_owned() };
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
            <legend class="field__label">{label.to_owned()}</legend>
            {side("Mine", own, true)}
            {side("Theirs", theirs, false)}
        </fieldset>
    }
    .into_any()
}

/// One field of a form that somebody else changed meanwhile.
#[derive(Clone)]
pub struct Side {
    pub label: &'static str,
    pub mine: String,
    pub theirs: String,
    /// Puts theirs into the form.
    pub take: Callback<()>,
}

impl Side {
    pub fn text(label: &'static str, mine: RwSignal<String>, theirs: String) -> Self {
        let text = theirs.clone();
        Self {
            label,
            mine: mine.get_untracked(),
            theirs,
            take: Callback::new(move |()| mine.set(text.clone())),
        }
    }

    /// None where both are the same.
    pub fn differing(label: &'static str, mine: RwSignal<String>, theirs: String) -> Option<Self> {
        mine.with_untracked(|mine| *mine != theirs).then(|| Self::text(label, mine, theirs))
    }
}

/// Asks once there is something to decide; saving is a step of its own.
pub fn sides(asked: RwSignal<Vec<Side>>) -> AnyView {
    let open = RwSignal::new(false);
    Effect::new(move || {
        if asked.with(|asked| !asked.is_empty()) {
            open.set(true);
        }
    });
    dialogs::opened("sides", "Changed by somebody else meanwhile", open, move || {
        let sides = asked.get_untracked();
        let mine: Vec<RwSignal<bool>> = sides.iter().map(|_| RwSignal::new(true)).collect();
        let rows: Vec<AnyView> = sides
            .iter()
            .zip(&mine)
            .enumerate()
            .map(|(index, (side, mine))| choice(index, side.label, &side.mine, &side.theirs, *mine))
            .collect();
        let accept = move |_| {
            for (side, mine) in sides.iter().zip(&mine) {
                if !mine.get_untracked() {
                    side.take.run(());
                }
            }
            asked.set(Vec::new());
            open.set(false);
        };
        view! {
            <div class="stack">
                <p>"Choose for each whose stands; nothing is saved until you save again."</p>
                {rows}
                <div class="acts"><button type="button" class="button" on:click=accept>"Go on with these"</button></div>
            </div>
        }
        .into_any()
    })
}
