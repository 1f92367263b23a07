//! One way to pay, and the bank account.

use leptos::prelude::*;
use souk_contract::{
    BankAccount, CaptureMode, FieldError, Money, PaymentMethodInput, PaymentSettings, PaymentSettingsInput,
};

use super::payments::{Work, taken};
use crate::{
    admin::{
        form::{Form, Input, check, select_about},
        parts,
    },
    draft::{list, money},
};

#[derive(Clone, Copy)]
struct Filled {
    offered: RwSignal<bool>,
    name: RwSignal<String>,
    description: RwSignal<String>,
    countries: RwSignal<String>,
    from: RwSignal<String>,
    to: RwSignal<String>,
    capture: RwSignal<String>,
}

impl Filled {
    fn new(method: &PaymentMethodInput) -> Self {
        let money = |money: Option<Money>| money.map_or_else(String::new, |money| money.amount());
        Self {
            offered: RwSignal::new(method.offered),
            name: RwSignal::new(method.name.clone()),
            description: RwSignal::new(method.description.clone()),
            countries: RwSignal::new(method.countries.join(", ")),
            from: RwSignal::new(money(method.amount_from)),
            to: RwSignal::new(money(method.amount_to)),
            capture: RwSignal::new(method.capture.as_str().to_owned()),
        }
    }

    fn read(self, work: Work, index: usize, code: String) -> Result<PaymentMethodInput, Vec<FieldError>> {
        let currency = work.desk.currency();
        let mut faults = Vec::new();
        let mut amount = |field: &str, text: RwSignal<String>| {
            let text = text.get_untracked();
            let read = money::parse(&text, currency);
            if read.is_none() && !text.trim().is_empty() {
                let message = "An amount such as 60.00, or nothing.".to_owned();
                let field = format!("methods[{index}].{field}");
                faults.push(FieldError { field, code: "invalid".into(), message });
            }
            read
        };
        let (amount_from, amount_to) = (amount("amount_from", self.from), amount("amount_to", self.to));
        if !faults.is_empty() {
            return Err(faults);
        }
        let countries = list(&self.countries.get_untracked()).into_iter().map(|code| code.to_uppercase());
        Ok(PaymentMethodInput {
            code,
            offered: self.offered.get_untracked(),
            name: self.name.with_untracked(|name| name.trim().to_owned()),
            description: self.description.with_untracked(|text| text.trim().to_owned()),
            countries: countries.collect(),
            amount_from,
            amount_to,
            capture: self.capture.with_untracked(|mode| CaptureMode::parse(mode)).unwrap_or_default(),
        })
    }
}

pub fn method(work: Work) -> AnyView {
    let index = work.edited.get_untracked();
    let Some(settings) = work.settings.get_untracked() else { return ().into_any() };
    let Some(method) = settings.input.methods.get(index).cloned() else { return ().into_any() };
    let filled = Filled::new(&method);
    let form = Form::new(work.desk);
    let holds = settings.gateways.iter().any(|gateway| gateway.code == method.code && gateway.holds);
    let (input, code) = (settings.input, method.code);
    let save = move || match filled.read(work, index, code.clone()) {
        Ok(method) => {
            let mut input: PaymentSettingsInput = input.clone();
            input.methods[index] = method;
            work.send(form, input, "The way to pay is saved.");
        }
        Err(faults) => form.refuse(faults),
    };
    let path = |field: &str| format!("methods[{index}].{field}");
    let modes = CaptureMode::ALL.map(|mode| (mode.as_str().to_owned(), taken(mode).to_owned())).to_vec();
    let hint =
        Some("A card's bank holds the money for some days: what is not taken until then is gone.".to_owned());
    let capture = holds.then(|| {
        select_about(
            form,
            "Money is taken",
            "method-capture",
            &path("capture"),
            modes,
            filled.capture,
            (hint, false),
        )
    });
    view! {
        <form class="form" novalidate=true on:submit=form.on_submit(save)>
            {form.general()}
            {check("Offered in the checkout", filled.offered)}
            {Input::new(form, "Name", "method-name", &path("name"), filled.name).hint("As customers see it").view()}
            {Input::new(form, "Description", "method-description", &path("description"), filled.description)
                .optional().rows(2).view()}
            {Input::new(form, "Countries", "method-countries", &path("countries"), filled.countries)
                .optional().hint("Where it is delivered to. Codes with commas: DE, AT, CH. Empty: everywhere.").view()}
            <div class="form__row">
                {Input::new(form, "Smallest amount", "method-from", &path("amount_from"), filled.from)
                    .inputmode("decimal").optional().view()}
                {Input::new(form, "Largest amount", "method-to", &path("amount_to"), filled.to)
                    .inputmode("decimal").optional().view()}
            </div>
            {capture}
            <div class="acts">{form.button("", "Save")}</div>
        </form>
    }
    .into_any()
}

pub fn bank(work: Work, settings: &PaymentSettings) -> AnyView {
    let BankAccount { holder, iban, bic } = settings.input.bank.clone();
    if !work.may_write {
        let facts = vec![("Holder", holder.into_any()), ("IBAN", iban.into_any()), ("BIC", bic.into_any())];
        return parts::card("Bank account", None, parts::facts(facts));
    }
    let (holder, iban, bic) = (RwSignal::new(holder), RwSignal::new(iban), RwSignal::new(bic));
    let form = Form::new(work.desk);
    let input = settings.input.clone();
    let save = move || {
        let text = |signal: RwSignal<String>| signal.with_untracked(|text| text.trim().to_owned());
        let bank = BankAccount { holder: text(holder), iban: text(iban), bic: text(bic) };
        work.send(form, PaymentSettingsInput { bank, ..input.clone() }, "The bank account is saved.");
    };
    let body = view! {
        <form class="form" novalidate=true on:submit=form.on_submit(save)>
            <p class="muted">"Customers who pay by bank transfer are told to send the money here."</p>
            {form.general()}
            {Input::new(form, "Account holder", "bank-holder", "bank.holder", holder).view()}
            <div class="form__row">
                {Input::new(form, "IBAN", "bank-iban", "bank.iban", iban).view()}
                {Input::new(form, "BIC", "bank-bic", "bank.bic", bic).optional().view()}
            </div>
            <div class="acts">{form.button("", "Save account")}</div>
        </form>
    };
    parts::card("Bank account", None, body.into_any())
}
