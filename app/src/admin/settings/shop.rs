//! The shop itself: its name, where to write to, what it promises, and who sells.

use leptos::{prelude::*, task::spawn_local};
use souk_contract::{Error, Resource, ShopSettings, ShopSettingsInput};

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
    pub typed: [RwSignal<String>; 13],
    base: RwSignal<ShopSettings>,
    /// What the last save took away.
    before: RwSignal<Option<ShopSettingsInput>>,
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
    let work = Work {
        desk,
        form: Form::new(desk),
        typed: shop_form::texts(found.input.clone()).map(RwSignal::new),
        base: RwSignal::new(found),
        before: RwSignal::new(None),
        sides: RwSignal::new(Vec::new()),
        may_write: untrack(move || desk.may(Resource::Settings.write())),
    };
    Effect::new(move || {
        let texts = shop_form::texts(work.base.with(|base| base.input.clone()));
        // Each is looked at: an effect hears only of what it read.
        let typed = work.typed.map(|typed| typed.get());
        desk.unsaved.set(typed != texts);
    });
    view! { {shop_form::fields(work)} {clash::sides(work.sides)} }.into_any()
}

impl Work {
    fn take(self, found: ShopSettings) {
        for (typed, text) in self.typed.into_iter().zip(shop_form::texts(found.input.clone())) {
            typed.set(text);
        }
        self.base.set(found);
    }

    pub fn save(self) {
        let typed = self.typed.map(|typed| typed.get_untracked());
        match shop_form::read(typed, self.desk.currency()) {
            Ok(input) => self.send(input, "The shop's settings are saved."),
            Err(faults) => self.form.refuse(faults),
        }
    }

    pub fn can_undo(self) -> bool {
        self.before.with(Option::is_some)
    }

    pub fn undo(self) {
        if let Some(before) = self.before.get_untracked() {
            self.send(before, "The shop's settings are as they were before.");
        }
    }

    fn send(self, input: ShopSettingsInput, said: &'static str) {
        let old = self.base.get_untracked();
        let call = settings::write_shop_profile(input, Some(old.version));
        let kept = move |found: ShopSettings| {
            let undone = self.before.with_untracked(|before| before.as_ref() == Some(&found.input));
            self.before.set((!undone && found.version != old.version).then_some(old.input));
            self.desk.shop.update(|shop| shop.name.clone_from(&found.input.name));
            self.desk.set_title("Shop");
            self.take(found);
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
                    let rows = labels.zip(self.typed).zip(shop_form::texts(theirs.input.clone()));
                    let differs =
                        |mine: RwSignal<String>, theirs: &str| mine.with_untracked(|mine| mine != theirs);
                    let sides = rows.filter(|((_, mine), theirs)| differs(*mine, theirs));
                    let sides =
                        sides.map(|((label, mine), theirs)| Side::text(label, mine, theirs)).collect();
                    // What an undo would bring back was theirs to change meanwhile.
                    self.before.set(None);
                    self.base.set(theirs);
                    self.sides.set(sides);
                }
                Err(failure) => self.desk.complain(&failure.0),
            }
        });
    }
}
