//! A way of delivery and its table of rates.

use leptos::prelude::*;
use souk_contract::{FieldError, Money, ShippingMethodInput, ShippingRate};

use super::shipping::Work;
use crate::{
    admin::{
        dialogs::Question,
        form::{Form, Input},
    },
    api::admin::settings,
    draft::{list, money},
};

/// A row of the table, as it is typed.
#[derive(Clone, Copy)]
struct Row {
    from: RwSignal<String>,
    weight: RwSignal<String>,
    price: RwSignal<String>,
}

impl Row {
    fn new(rate: Option<&ShippingRate>) -> Self {
        let money = |money: Option<Money>| money.map_or_else(String::new, |money| money.amount());
        Self {
            from: RwSignal::new(money(rate.and_then(|rate| rate.subtotal_from))),
            weight: RwSignal::new(
                rate.and_then(|rate| rate.weight_to_grams)
                    .map_or_else(String::new, |grams| grams.to_string()),
            ),
            price: RwSignal::new(money(rate.map(|rate| rate.price))),
        }
    }
}

#[derive(Clone, Copy)]
struct Filled {
    name: RwSignal<String>,
    description: RwSignal<String>,
    countries: RwSignal<String>,
    days_min: RwSignal<String>,
    days_max: RwSignal<String>,
    position: RwSignal<String>,
    rows: RwSignal<Vec<Row>>,
}

impl Filled {
    fn new(input: Option<&ShippingMethodInput>) -> Self {
        let text = |read: fn(&ShippingMethodInput) -> String, otherwise: &str| {
            RwSignal::new(input.map_or_else(|| otherwise.to_owned(), read))
        };
        let rows = input.map_or_else(
            || vec![Row::new(None)],
            |input| input.rates.iter().map(|rate| Row::new(Some(rate))).collect(),
        );
        Self {
            name: text(|input| input.name.clone(), ""),
            description: text(|input| input.description.clone(), ""),
            countries: text(|input| input.countries.join(", "), ""),
            days_min: text(|input| input.days_min.to_string(), "1"),
            days_max: text(|input| input.days_max.to_string(), "3"),
            position: text(|input| input.position.to_string(), "0"),
            rows: RwSignal::new(rows),
        }
    }

    fn read(self, work: Work) -> Result<ShippingMethodInput, Vec<FieldError>> {
        let mut faults = Vec::new();
        let mut fault = |field: String, message: &str| {
            faults.push(FieldError { field, code: "invalid".into(), message: message.into() });
        };
        let currency = work.desk.currency();
        let mut rates = Vec::new();
        for (index, row) in self.rows.get_untracked().into_iter().enumerate() {
            let (from, weight, price) =
                (row.from.get_untracked(), row.weight.get_untracked(), row.price.get_untracked());
            let subtotal_from = money::parse(&from, currency);
            if subtotal_from.is_none() && !from.trim().is_empty() {
                fault(format!("rates[{index}].subtotal_from"), "An amount such as 60.00, or nothing.");
            }
            let weight_to_grams = weight.trim().parse::<i64>().ok();
            if weight_to_grams.is_none() && !weight.trim().is_empty() {
                fault(format!("rates[{index}].weight_to_grams"), "Whole grams such as 2000, or nothing.");
            }
            match money::parse(&price, currency) {
                Some(price) => rates.push(ShippingRate { subtotal_from, weight_to_grams, price }),
                None => fault(format!("rates[{index}].price"), "An amount such as 4.90; 0 is free."),
            }
        }
        let mut number = |field: &str, text: RwSignal<String>| {
            let number = text.with_untracked(|text| text.trim().parse::<u32>().ok());
            if number.is_none() {
                fault(field.to_owned(), "A whole number.");
            }
            number.unwrap_or_default()
        };
        let (days_min, days_max) = (number("days_min", self.days_min), number("days_max", self.days_max));
        let position = i64::from(number("position", self.position));
        if !faults.is_empty() {
            return Err(faults);
        }
        let countries = list(&self.countries.get_untracked()).into_iter().map(|code| code.to_uppercase());
        Ok(ShippingMethodInput {
            name: self.name.with_untracked(|name| name.trim().to_owned()),
            description: self.description.with_untracked(|text| text.trim().to_owned()),
            countries: countries.collect(),
            rates,
            days_min,
            days_max,
            position,
        })
    }
}

pub fn view(work: Work) -> AnyView {
    let edited = work.edited.get_untracked();
    let filled = Filled::new(edited.as_ref().map(|method| &method.input));
    let form = Form::new(work.desk);
    let (id, version) =
        (edited.as_ref().map(|method| method.id), edited.as_ref().map(|method| method.version));
    let save = move || {
        let method = match filled.read(work) {
            Ok(method) => method,
            Err(faults) => return form.refuse(faults),
        };
        form.send(settings::write_shipping_method(id, method, version), move |_| {
            work.open.set(false);
            work.methods.reload();
            work.desk.say("The delivery is saved.");
        });
    };
    let remove = edited.map(|method| remove(work, form, method.id, method.version, method.input.name));
    view! {
        <form class="form" novalidate=true on:submit=form.on_submit(save)>
            {form.general()}
            {Input::new(form, "Name", "delivery-name", "name", filled.name).hint("As customers see it").view()}
            {Input::new(form, "Description", "delivery-description", "description", filled.description).optional().view()}
            {Input::new(form, "Countries", "delivery-countries", "countries", filled.countries)
                .optional().hint("Codes with commas: DE, AT, CH. Empty: everywhere.").view()}
            <div class="form__row">
                {Input::new(form, "Days at least", "delivery-min", "days_min", filled.days_min).inputmode("numeric").view()}
                {Input::new(form, "Days at most", "delivery-max", "days_max", filled.days_max).inputmode("numeric").view()}
                {Input::new(form, "Position", "delivery-position", "position", filled.position).inputmode("numeric").view()}
            </div>
            {rates(form, filled)}
            <div class="acts">{form.button("", "Save delivery")}{remove}</div>
        </form>
    }
    .into_any()
}

fn rates(form: Form, filled: Filled) -> AnyView {
    let row = move |(index, row): (usize, Row)| {
        let out = move |_| {
            filled.rows.update(|rows| {
                rows.remove(index);
            });
        };
        let path = |field: &str| format!("rates[{index}].{field}");
        let only = filled.rows.with(|rows| rows.len() == 1);
        view! {
            <div class="form__row">
                {Input::new(form, "From a sum of", format!("rate-from-{index}"), &path("subtotal_from"), row.from)
                    .inputmode("decimal").optional().view()}
                {Input::new(form, "Up to grams", format!("rate-weight-{index}"), &path("weight_to_grams"), row.weight)
                    .inputmode("numeric").optional().view()}
                {Input::new(form, "Price", format!("rate-price-{index}"), &path("price"), row.price)
                    .inputmode("decimal").view()}
            </div>
            {(!only).then(|| view! {
                <button type="button" class="text-button" aria-label=format!("Remove rate {}", index + 1) on:click=out>
                    "Remove this rate"
                </button>
            })}
        }
        .into_any()
    };
    let rows = move || filled.rows.get().into_iter().enumerate().map(row).collect::<Vec<_>>();
    let more = move |_| filled.rows.update(|rows| rows.push(Row::new(None)));
    view! {
        <fieldset class="form">
            <legend class="field__label">"Rates: the first that fits is taken"</legend>
            {rows}
            <p><button type="button" class="text-button" on:click=more>"Add a rate"</button></p>
        </fieldset>
    }
    .into_any()
}

fn remove(
    work: Work,
    form: Form,
    id: souk_contract::ShippingMethodId,
    version: i64,
    name: String,
) -> AnyView {
    let ask = move |_| {
        work.desk.ask(Question {
            title: format!("Remove {name}?"),
            text: "Customers who chose it and have not paid are asked to choose again. Orders keep it."
                .into(),
            yes: "Remove it".into(),
            no: "Keep it".into(),
            act: Callback::new(move |()| {
                form.send(settings::remove_shipping_method(id, Some(version)), move |()| {
                    work.open.set(false);
                    work.methods.reload();
                    work.desk.say("The delivery is removed.");
                });
            }),
        });
    };
    view! { <button type="button" class="button button--quiet" on:click=ask>"Remove"</button> }.into_any()
}
