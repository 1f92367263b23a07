//! What the shop decides for all zones.

use leptos::prelude::*;
use souk_contract::{TaxLevel, TaxRounding, TaxSettings, TaxSettingsInput, TaxSetup};

use super::taxes::Work;
use crate::{
    admin::{
        form::{Form, select, select_about},
        parts,
    },
    api::admin::taxes,
};

const INCLUSIVE: [(&str, &str); 2] = [("true", "Contain the tax"), ("false", "Come without it: it is added")];
const LEVELS: [(TaxLevel, &str, &str); 3] = [
    (TaxLevel::Unit, "unit", "Of each piece"),
    (TaxLevel::Line, "line", "Of each line"),
    (TaxLevel::Total, "total", "Of the whole order, for each rate"),
];
const ROUNDINGS: [(TaxRounding, &str, &str); 2] = [
    (TaxRounding::HalfUp, "half_up", "Up"),
    (TaxRounding::HalfEven, "half_even", "To the even neighbour (bankers)"),
];

fn pair((value, label): (&str, &str)) -> (String, String) {
    (value.to_owned(), label.to_owned())
}

pub fn card(work: Work, setup: &TaxSetup) -> AnyView {
    let TaxSettings { version, input } = setup.settings;
    let form = Form::new(work.desk);
    let level = LEVELS.iter().find(|one| one.0 == input.level).map_or("line", |one| one.1);
    let rounding = ROUNDINGS.iter().find(|one| one.0 == input.rounding).map_or("half_up", |one| one.1);
    let inclusive = RwSignal::new(input.inclusive.to_string());
    let (level, rounding) = (RwSignal::new(level.to_owned()), RwSignal::new(rounding.to_owned()));
    let shipping = RwSignal::new(input.shipping_class.map_or_else(String::new, |id| id.to_string()));
    let save = move || {
        let level = LEVELS.iter().find(|one| level.with_untracked(|text| text == one.1));
        let rounding = ROUNDINGS.iter().find(|one| rounding.with_untracked(|text| text == one.1));
        let input = TaxSettingsInput {
            inclusive: inclusive.with_untracked(|text| text == "true"),
            level: level.map_or(TaxLevel::Line, |one| one.0),
            rounding: rounding.map_or(TaxRounding::HalfUp, |one| one.0),
            shipping_class: shipping.with_untracked(|id| id.parse().ok()),
        };
        form.send(taxes::write_tax_settings(input, Some(version)), move |_| {
            work.setup.reload();
            work.desk.say("The tax settings are saved.");
        });
    };
    let mut of_shipping = vec![pair(("", "As the goods, in proportion"))];
    of_shipping.extend(setup.classes.iter().map(|class| (class.id.to_string(), class.input.name.clone())));
    let levels = LEVELS.map(|(_, value, label)| pair((value, label))).to_vec();
    let roundings = ROUNDINGS.map(|(_, value, label)| pair((value, label))).to_vec();
    let hint = "Prices in the catalogue are not changed by this: it says what they are.";
    let body = view! {
        <form class="form" novalidate=true on:submit=form.on_submit(save)>
            {form.general()}
            {select_about(form, "Prices", "tax-inclusive", "inclusive", INCLUSIVE.map(pair).to_vec(), inclusive,
                (Some(hint.to_owned()), false))}
            {select(form, "Tax is rounded", "tax-level", "level", levels, level)}
            {select(form, "Half a cent goes", "tax-rounding", "rounding", roundings, rounding)}
            {select(form, "Delivery is taxed", "tax-shipping", "shipping_class", of_shipping, shipping)}
            {work.may_write.then(|| view! { <div class="acts">{form.button("", "Save settings")}</div> })}
        </form>
    };
    parts::card("Settings", None, body.into_any())
}
