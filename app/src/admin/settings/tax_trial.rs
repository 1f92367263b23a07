//! What a customer there would pay for one piece.

use leptos::prelude::*;
use souk_contract::{FieldError, TaxAddress, TaxClass, TaxTrial, TaxTried};

use super::taxes::Work;
use crate::{
    admin::{
        form::{Form, Input, select},
        parts,
    },
    api::admin::taxes,
    draft::{money, tax::of_rate},
};

pub fn card(work: Work, classes: &[TaxClass]) -> AnyView {
    let form = Form::new(work.desk);
    let text = || RwSignal::new(String::new());
    let (price, country, region, postal_code) = (text(), text(), text(), text());
    let class = RwSignal::new(classes.first().map_or_else(String::new, |class| class.id.to_string()));
    let tried = RwSignal::new(None::<TaxTried>);
    let act = move || {
        let Some(price) = price.with_untracked(|text| money::parse(text, work.desk.currency())) else {
            let message = "An amount such as 12.50.".to_owned();
            return form.refuse(vec![FieldError { field: "price".into(), code: "invalid".into(), message }]);
        };
        let trimmed = |text: RwSignal<String>| text.with_untracked(|text| text.trim().to_owned());
        let trial = TaxTrial {
            price,
            class_id: class.with_untracked(|id| id.parse().ok()),
            to: TaxAddress {
                country: trimmed(country).to_uppercase(),
                region: trimmed(region),
                postal_code: trimmed(postal_code),
            },
        };
        form.send(taxes::try_taxes(trial), move |answer| tried.set(Some(answer)));
    };
    let options = classes.iter().map(|class| (class.id.to_string(), class.input.name.clone())).collect();
    let body = view! {
        <form class="form" novalidate=true on:submit=form.on_submit(act)>
            {form.general()}
            <div class="form__row">
                {Input::new(form, "Price", "try-price", "price", price).inputmode("decimal").view()}
                {select(form, "Class", "try-class", "class_id", options, class)}
            </div>
            <div class="form__row">
                {Input::new(form, "Country", "try-country", "to.country", country).hint("DE, CH, US …").view()}
                {Input::new(form, "Region", "try-region", "to.region", region).optional().view()}
                {Input::new(form, "Postal code", "try-code", "to.postal_code", postal_code).optional().view()}
            </div>
            <div class="acts">{form.button("button--quiet", "Work it out")}</div>
        </form>
        <div role="status">{move || tried.get().map(|tried| answer(&tried))}</div>
    };
    parts::card("What would a customer pay?", None, body.into_any())
}

fn answer(tried: &TaxTried) -> AnyView {
    let sum = |label: String, value: String, class: &'static str| {
        view! { <div class=class><dt>{label}</dt><dd>{value}</dd></div> }.into_any()
    };
    let tax = |share: &souk_contract::TaxShare| sum(of_rate(share), share.tax.to_string(), "");
    let zone =
        tried.zone.clone().map_or_else(|| "No zone: an export".to_owned(), |zone| format!("Zone: {zone}"));
    view! {
        <dl class="sums">
            {sum(zone, String::new(), "")}
            {sum("Net".to_owned(), tried.net.to_string(), "")}
            {tried.taxes.iter().map(tax).collect::<Vec<_>>()}
            {sum("The customer pays".to_owned(), tried.gross.to_string(), "sums__total")}
        </dl>
    }
    .into_any()
}
