//! A tax zone: where it is, and what each class is taxed there.

use leptos::prelude::*;
use souk_contract::{ClassRates, FieldError, TaxClass, TaxRate, TaxZone, TaxZoneInput};

use super::taxes::Work;
use crate::{
    admin::{
        dialogs::Question,
        form::{Form, Input, check},
    },
    api::admin::taxes,
    draft::tax::{places, rate, shown_place, shown_rate},
};

/// A rate, as it is typed.
#[derive(Clone, Copy)]
struct Row {
    name: RwSignal<String>,
    percent: RwSignal<String>,
    compound: RwSignal<bool>,
}

impl Row {
    fn new(rate: Option<&TaxRate>) -> Self {
        Self {
            name: RwSignal::new(rate.map_or_else(|| "VAT".to_owned(), |rate| rate.name.clone())),
            percent: RwSignal::new(rate.map_or_else(String::new, |rate| shown_rate(rate.millionths))),
            compound: RwSignal::new(rate.is_some_and(|rate| rate.compound)),
        }
    }
}

#[derive(Clone)]
struct Filled {
    name: RwSignal<String>,
    places: RwSignal<String>,
    home: RwSignal<bool>,
    /// Of each class.
    classes: Vec<(TaxClass, RwSignal<Vec<Row>>)>,
}

impl Filled {
    fn new(zone: Option<&TaxZone>, classes: Vec<TaxClass>) -> Self {
        let input = zone.map(|zone| &zone.input);
        let rows = |class: &TaxClass| {
            let known = input.and_then(|input| input.rates.iter().find(|rates| rates.class_id == class.id));
            let rates = known.map(|known| known.rates.iter().map(|rate| Row::new(Some(rate))).collect());
            // The class of most goods is begun with one rate to fill in.
            RwSignal::new(rates.unwrap_or_else(|| match class.input.is_default && input.is_none() {
                true => vec![Row::new(None)],
                false => Vec::new(),
            }))
        };
        let lines = |input: &TaxZoneInput| {
            let sep = if input.places.len() > 8 { ", " } else { "\n" };
            input.places.iter().map(shown_place).collect::<Vec<_>>().join(sep)
        };
        Self {
            name: RwSignal::new(input.map_or_else(String::new, |input| input.name.clone())),
            places: RwSignal::new(input.map_or_else(String::new, lines)),
            home: RwSignal::new(input.is_some_and(|input| input.is_home)),
            classes: classes.into_iter().map(|class| (class.clone(), rows(&class))).collect(),
        }
    }

    fn read(&self) -> Result<TaxZoneInput, Vec<FieldError>> {
        let mut faults = Vec::new();
        let mut rates = Vec::with_capacity(self.classes.len());
        for (index, (class, rows)) in self.classes.iter().enumerate() {
            let mut of_class = Vec::new();
            for (number, row) in rows.get_untracked().into_iter().enumerate() {
                match row.percent.with_untracked(|text| rate(text)) {
                    Some(millionths) => of_class.push(TaxRate {
                        name: row.name.with_untracked(|name| name.trim().to_owned()),
                        millionths,
                        compound: number > 0 && row.compound.get_untracked(),
                    }),
                    None => faults.push(FieldError {
                        field: format!("rates[{index}].rates[{number}].millionths"),
                        code: "invalid".into(),
                        message: "A percentage such as 19 or 9.975.".into(),
                    }),
                }
            }
            rates.push(ClassRates { class_id: class.id, rates: of_class });
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(TaxZoneInput {
            name: self.name.with_untracked(|name| name.trim().to_owned()),
            is_home: self.home.get_untracked(),
            places: self.places.with_untracked(|text| places(text)),
            rates,
        })
    }
}

pub fn view(work: Work) -> AnyView {
    let edited = work.zone.get_untracked();
    let filled = Filled::new(edited.as_ref(), work.classes.get_untracked());
    let form = Form::new(work.desk);
    let (id, version) = (edited.as_ref().map(|zone| zone.id), edited.as_ref().map(|zone| zone.version));
    let is_home = edited.as_ref().is_some_and(|zone| zone.input.is_home);
    let read = filled.clone();
    let save = move || {
        let zone = match read.read() {
            Ok(zone) => zone,
            Err(faults) => return form.refuse(faults),
        };
        form.send(taxes::write_tax_zone(id, zone, version), move |_| {
            work.zone_open.set(false);
            work.setup.reload();
            work.desk.say("The zone is saved.");
        });
    };
    let remove = edited.filter(|_| !is_home).map(|zone| remove(work, form, zone));
    // Home is moved to another zone, never taken away.
    let home = match is_home {
        true => {
            view! { <p class="muted">"This is the home zone: prices that contain tax contain its tax."</p> }
                .into_any()
        }
        false => check("Home: prices that contain tax contain this zone's", filled.home),
    };
    let classes = filled.classes.iter().enumerate();
    let classes: Vec<AnyView> =
        classes.map(|(index, (class, rows))| rates(form, index, &class.input.name, *rows)).collect();
    view! {
        <form class="form" novalidate=true on:submit=form.on_submit(save)>
            {form.general()}
            {Input::new(form, "Name", "zone-name", "name", filled.name).hint("Such as Germany or European Union").view()}
            {Input::new(form, "Places", "zone-places", "places", filled.places).rows(4)
                .hint("One a line: DE for a country, CA-QC for a region, ES:35 for postal codes that begin so, * for \
                       every country that no zone names.").view()}
            {home}
            {classes}
            <div class="acts">{form.button("", "Save zone")}{remove}</div>
        </form>
    }
    .into_any()
}

fn rates(form: Form, index: usize, class: &str, rows: RwSignal<Vec<Row>>) -> AnyView {
    let name = class.to_owned();
    let row = move |(number, row): (usize, Row)| {
        let out = move |_| {
            rows.update(|rows| {
                rows.remove(number);
            });
        };
        let path = |field: &str| format!("rates[{index}].rates[{number}].{field}");
        let compound = (number > 0).then(|| check("On the price with the taxes above", row.compound));
        view! {
            <div class="form__row">
                {Input::new(form, "Tax", format!("tax-name-{index}-{number}"), &path("name"), row.name).view()}
                {Input::new(form, "Percent", format!("tax-percent-{index}-{number}"), &path("millionths"), row.percent)
                    .inputmode("decimal").view()}
            </div>
            {compound}
            <p>
                <button
                    type="button" class="text-button" aria-label=format!("Remove tax {} of {name}", number + 1)
                    on:click=out
                >
                    "Remove this tax"
                </button>
            </p>
        }
        .into_any()
    };
    let shown = move || rows.get().into_iter().enumerate().map(row.clone()).collect::<Vec<_>>();
    let none = move || rows.with(Vec::is_empty).then(|| view! { <p class="muted">"No tax here."</p> });
    let more = move |_| rows.update(|rows| rows.push(Row::new(None)));
    let label = format!("Add a tax to {class}");
    view! {
        <fieldset class="form tax-class">
            <legend class="field__label">{class.to_owned()}</legend>
            {none} {shown}
            <p><button type="button" class="text-button" aria-label=label on:click=more>"Add a tax"</button></p>
        </fieldset>
    }
    .into_any()
}

fn remove(work: Work, form: Form, zone: TaxZone) -> AnyView {
    let ask = move |_| {
        let (id, version) = (zone.id, zone.version);
        work.desk.ask(Question {
            title: format!("Remove {}?", zone.input.name),
            text: "What goes there is an export from then on, unless another zone has it. Orders keep what they paid."
                .into(),
            yes: "Remove it".into(),
            no: "Keep it".into(),
            act: Callback::new(move |()| {
                form.send(taxes::remove_tax_zone(id, Some(version)), move |()| {
                    work.zone_open.set(false);
                    work.setup.reload();
                    work.desk.say("The zone is removed.");
                });
            }),
        });
    };
    view! { <button type="button" class="button button--quiet" on:click=ask>"Remove"</button> }.into_any()
}
