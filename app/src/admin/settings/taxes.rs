//! What is taken of which goods, where: zones with their rates, classes, settings, and a calculator.

use leptos::prelude::*;
use souk_contract::{Resource, TaxClass, TaxPlace, TaxSetup, TaxZone, percent};

use super::{tax_settings, tax_trial, tax_zone};
use crate::{
    admin::{
        desk::Desk,
        dialogs::{self, Question},
        form::{Form, Input, check},
        load::Source,
        parts, shell,
    },
    api::admin::taxes,
    draft::tax::shown_place,
    ui::{Icon, Tone, alert, badge, empty},
};

/// All of it, and what is being changed.
#[derive(Clone, Copy)]
pub struct Work {
    pub desk: Desk,
    pub setup: Source<TaxSetup>,
    pub zone_open: RwSignal<bool>,
    /// None: a new one.
    pub zone: RwSignal<Option<TaxZone>>,
    pub class_open: RwSignal<bool>,
    pub class: RwSignal<Option<TaxClass>>,
    /// Those that there are, for the forms.
    pub classes: RwSignal<Vec<TaxClass>>,
    pub may_write: bool,
}

pub fn view(desk: Desk) -> AnyView {
    let title = Signal::stored("Taxes".to_owned());
    if !untrack(move || desk.may(Resource::Settings.read())) {
        desk.ready.set(true);
        let text = "Your role does not allow you to see the taxes.";
        return view! { {parts::head(desk, super::back(), title, ().into_any())} {shell::hidden(text)} }
            .into_any();
    }
    let work = Work {
        desk,
        setup: Source::new(desk, taxes::read_taxes).is_main(),
        zone_open: RwSignal::new(false),
        zone: RwSignal::new(None),
        class_open: RwSignal::new(false),
        class: RwSignal::new(None),
        classes: RwSignal::new(Vec::new()),
        may_write: untrack(move || desk.may(Resource::Settings.write())),
    };
    let new = work.may_write.then(|| {
        let make = move |_| edit_zone(work, None);
        view! { <button type="button" class="button" on:click=make>"New zone"</button> }
    });
    let body = work.setup.view(move |setup| all(work, setup));
    view! {
        {parts::head(desk, super::back(), title, new.into_any())}
        {body}
        {dialogs::opened("tax-zone", "Tax zone", work.zone_open, move || tax_zone::view(work))}
        {dialogs::opened("tax-class", "Tax class", work.class_open, move || class_form(work))}
    }
    .into_any()
}

fn all(work: Work, setup: TaxSetup) -> AnyView {
    work.classes.set(setup.classes.clone());
    let world = setup.zones.iter().any(|zone| zone.input.places.iter().any(|place| place.country == "*"));
    let hint = if world {
        "Every country that no zone names is taxed by the zone with *. Take the * out to sell there without tax."
    } else {
        "Where no zone is, nothing is taken: what goes there is an export, and prices lose the tax that they contain."
    };
    let zones = setup.zones.iter().map(|zone| zone_card(work, zone, &setup.classes));
    view! {
        <div class="stack stack--l">
            {alert(Tone::Plain, None, view! { <p>{hint}</p> }.into_any())}
            <div class="tax-zones">{zones.collect::<Vec<_>>()}</div>
            {classes(work, &setup.classes)}
            <div class="tax-zones">{tax_settings::card(work, &setup)} {tax_trial::card(work, &setup.classes)}</div>
        </div>
    }
    .into_any()
}

fn edit_zone(work: Work, zone: Option<TaxZone>) {
    work.zone.set(zone);
    work.zone_open.set(true);
}

fn edit_class(work: Work, class: Option<TaxClass>) {
    work.class.set(class);
    work.class_open.set(true);
}

fn change(label: String, act: impl Fn() + 'static) -> AnyView {
    view! {
        <button
            type="button" class="button button--small button--quiet" aria-label=label on:click=move |_| act()
        >
            "Change"
        </button>
    }
    .into_any()
}

fn zone_card(work: Work, zone: &TaxZone, classes: &[TaxClass]) -> AnyView {
    let input = &zone.input;
    let acts = {
        let zone = zone.clone();
        let label = format!("Change {}", input.name);
        let home = input.is_home.then(|| badge(Tone::Good, "Home"));
        let button = work.may_write.then(|| change(label, move || edit_zone(work, Some(zone.clone()))));
        view! { <span class="acts">{home}{button}</span> }.into_any()
    };
    let rates_of = |class: &TaxClass| {
        let known = input.rates.iter().find(|rates| rates.class_id == class.id);
        let rate = |rate: &souk_contract::TaxRate| {
            let on_top = if rate.compound { " on top" } else { "" };
            format!("{} {}{on_top}", rate.name, percent(rate.millionths))
        };
        let all: Vec<String> = known.into_iter().flat_map(|rates| &rates.rates).map(rate).collect();
        if all.is_empty() { "No tax".to_owned() } else { all.join(" + ") }
    };
    let fact = |class: &TaxClass| {
        view! { <div><dt>{class.input.name.clone()}</dt><dd>{rates_of(class)}</dd></div> }.into_any()
    };
    let named = |place: &TaxPlace| match place.country.as_str() {
        "*" => "every other country".to_owned(),
        _ => shown_place(place),
    };
    let places: Vec<String> = input.places.iter().map(named).collect();
    let shown = match places.len() {
        0..=12 => places.join(", "),
        many => format!("{} and {} more", places[..11].join(", "), many - 11),
    };
    let body = view! {
        <p class="muted wraps">{shown}</p>
        <dl class="facts">{classes.iter().map(fact).collect::<Vec<_>>()}</dl>
    };
    parts::card(input.name.clone(), Some(acts), body.into_any())
}

fn classes(work: Work, classes: &[TaxClass]) -> AnyView {
    let new = work.may_write.then(|| {
        view! {
            <button type="button" class="button button--small button--quiet" on:click=move |_| edit_class(work, None)>
                "New class"
            </button>
        }
        .into_any()
    });
    let row = |class: &TaxClass| {
        let button = work.may_write.then(|| {
            let edited = class.clone();
            change(format!("Change {}", class.input.name), move || edit_class(work, Some(edited.clone())))
        });
        let default = class.input.is_default.then(|| badge(Tone::Good, "Default"));
        parts::row(
            None,
            class.input.name.clone().into_any(),
            vec![("Used", default.into_any()), ("Change", button.into_any())],
        )
    };
    let table = parts::table("Tax classes", &["Class", "Used", "Change"], classes.iter().map(row).collect());
    let alone = (classes.len() == 1).then(|| {
        let text = "One class taxes all goods alike. Where books or food are taxed less, make a class for them, give it \
                    its rates in each zone, and choose it on the product.";
        empty(Icon::Tag, "Everything is taxed alike", text, None)
    });
    parts::card("Classes: kinds of goods", new, view! { {table} {alone} }.into_any())
}

fn class_form(work: Work) -> AnyView {
    let edited = work.class.get_untracked();
    let form = Form::new(work.desk);
    let name = RwSignal::new(edited.as_ref().map_or_else(String::new, |class| class.input.name.clone()));
    let is_default = edited.as_ref().is_some_and(|class| class.input.is_default);
    let default = RwSignal::new(is_default);
    let (id, version) = (edited.as_ref().map(|class| class.id), edited.as_ref().map(|class| class.version));
    let save = move || {
        let class = souk_contract::TaxClassInput {
            name: name.with_untracked(|name| name.trim().to_owned()),
            is_default: default.get_untracked(),
        };
        form.send(taxes::write_tax_class(id, class, version), move |_| {
            work.class_open.set(false);
            work.setup.reload();
            work.desk.say("The class is saved.");
        });
    };
    let remove = edited.filter(|_| !is_default).map(|class| {
        let ask = move |_| {
            let (id, version) = (class.id, class.version);
            work.desk.ask(Question {
                title: format!("Remove {}?", class.input.name),
                text: "Its products are taxed by the default class, and its rates are gone from every zone."
                    .into(),
                yes: "Remove it".into(),
                no: "Keep it".into(),
                act: Callback::new(move |()| {
                    form.send(taxes::remove_tax_class(id, Some(version)), move |()| {
                        work.class_open.set(false);
                        work.setup.reload();
                        work.desk.say("The class is removed.");
                    });
                }),
            });
        };
        view! { <button type="button" class="button button--quiet" on:click=ask>"Remove"</button> }
    });
    // The default is moved to another class, never taken away.
    let choice = (!is_default).then(|| check("Of goods that name no class", default));
    view! {
        <form class="form" novalidate=true on:submit=form.on_submit(save)>
            {form.general()}
            {Input::new(form, "Name", "tax-class-name", "name", name).hint("Such as Reduced or Books").view()}
            {choice}
            <div class="acts">{form.button("", "Save class")}{remove}</div>
        </form>
    }
    .into_any()
}
