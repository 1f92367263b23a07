//! The shop itself: its name, where to write to, what it promises, and who sells.

use leptos::{prelude::*, task::spawn_local};
use souk_contract::{Error, Resource, ShopSettings};

use super::shop_form;
use crate::{
    admin::{
        desk::Desk,
        form::Form,
        load::Source,
        parts,
        products::clash::{self, Side},
        shell,
    },
    api::admin::settings,
};

#[derive(Clone, Copy)]
pub struct Work {
    pub desk: Desk,
    pub form: Form,
    /// In the order of `shop_form`.
    pub typed: StoredValue<Vec<RwSignal<String>>>,
    /// What is saved, as it is typed, and its version.
    base: RwSignal<Vec<String>>,
    version: StoredValue<i64>,
    /// What the last save took away; empty: nothing to undo.
    before: RwSignal<Vec<String>>,
    sides: RwSignal<Vec<Side>>,
    pub may_write: bool,
}

pub fn view(desk: Desk) -> AnyView {
    let head = parts::head(desk, super::back(), Signal::stored("Shop".to_owned()), ().into_any());
    if !untrack(move || desk.may(Resource::Settings.read())) {
        desk.ready.set(true);
        return view! { {head} {shell::hidden("Your role does not allow you to see the shop's settings.")} }
            .into_any();
    }
    let found = Source::new(desk, settings::shop_profile).is_main();
    view! { {head} {found.view(move |found| screen(desk, found))} }.into_any()
}

fn screen(desk: Desk, found: ShopSettings) -> AnyView {
    let texts = shop_form::texts(found.input);
    let work = Work {
        desk,
        form: Form::new(desk),
        typed: StoredValue::new(texts.iter().cloned().map(RwSignal::new).collect()),
        base: RwSignal::new(texts),
        version: StoredValue::new(found.version),
        before: RwSignal::new(Vec::new()),
        sides: RwSignal::new(Vec::new()),
        may_write: untrack(move || desk.may(Resource::Settings.write())),
    };
    // Each is looked at: an effect hears only of what it read.
    Effect::new(move || desk.unsaved.set(work.base.get() != work.texts()));
    view! { {shop_form::fields(work)} {clash::sides(work.sides)} }.into_any()
}

impl Work {
    /// What is typed. Tracked.
    fn texts(self) -> Vec<String> {
        self.typed.with_value(|typed| typed.iter().map(|typed| typed.get()).collect())
    }

    pub fn save(self) {
        self.send(untrack(move || self.texts()), "The shop's settings are saved.");
    }

    pub fn can_undo(self) -> bool {
        !self.before.with(Vec::is_empty)
    }

    pub fn undo(self) {
        self.send(self.before.get_untracked(), "The shop's settings are as they were before.");
    }

    fn send(self, texts: Vec<String>, said: &'static str) {
        let input = match shop_form::read(texts, self.desk.currency()) {
            Ok(input) => input,
            Err(faults) => return self.form.refuse(faults),
        };
        let call = settings::write_shop_profile(input, Some(self.version.get_value()));
        let kept = move |found: ShopSettings| {
            self.desk.shop.update(|shop| shop.name.clone_from(&found.input.name));
            self.desk.set_title("Shop");
            let texts = shop_form::texts(found.input);
            let undone = self.before.with_untracked(|before| *before == texts);
            if self.version.get_value() != found.version {
                self.before.set(if undone { Vec::new() } else { self.base.get_untracked() });
            }
            self.version.set_value(found.version);
            for (typed, text) in self.typed.get_value().into_iter().zip(&texts) {
                typed.set(text.clone());
            }
            self.base.set(texts);
            self.desk.say(said);
        };
        self.form.send_or(call, kept, move |error| match error {
            Error::Conflict { code, .. } if code == "stale_version" => {
                self.compare();
                None
            }
            other => Some(other),
        });
    }

    /// Somebody else saved: field by field, whose it shall be.
    fn compare(self) {
        spawn_local(async move {
            match settings::shop_profile().await {
                Ok(theirs) => {
                    let labels = shop_form::all().map(|field| field.label).chain([shop_form::PAPER]);
                    let texts = shop_form::texts(theirs.input);
                    let rows = labels.zip(self.typed.get_value()).zip(texts.clone());
                    let sides =
                        rows.filter_map(|((label, mine), theirs)| Side::differing(label, mine, theirs));
                    let sides = sides.collect();
                    // What an undo would bring back was theirs to change meanwhile.
                    self.before.set(Vec::new());
                    self.version.set_value(theirs.version);
                    self.base.set(texts);
                    self.sides.set(sides);
                }
                Err(failure) => self.desk.complain(&failure.0),
            }
        });
    }
}
