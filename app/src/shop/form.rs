//! Fields of forms, drawn on the server: where a form was refused they show what is wrong, and what was typed.

use leptos::prelude::*;
use souk_contract::{Address, Country};

use super::bad;
use crate::{failure::Refusal, ui};

/// One line of text to be typed.
#[derive(Clone)]
pub struct Field {
    /// Path of the server function that the form goes to.
    pub action: &'static str,
    /// Tells the same field of two forms on one page apart.
    pub prefix: &'static str,
    pub name: &'static str,
    pub label: &'static str,
    /// HTML's `type`.
    pub kind: &'static str,
    pub autocomplete: &'static str,
    pub value: String,
    pub required: bool,
    pub max: u32,
    pub hint: &'static str,
}

impl Field {
    pub fn new(
        action: &'static str,
        name: &'static str,
        label: &'static str,
        autocomplete: &'static str,
    ) -> Self {
        Self {
            action,
            prefix: "",
            name,
            label,
            kind: "text",
            autocomplete,
            value: String::new(),
            required: true,
            max: 200,
            hint: "",
        }
    }

    pub fn email(action: &'static str, value: String) -> Self {
        Self { kind: "email", max: 254, value, ..Self::new(action, "email", "E-mail", "email") }
    }

    pub fn password(action: &'static str, name: &'static str, label: &'static str, new: bool) -> Self {
        Self {
            kind: "password",
            hint: if new { "At least 8 characters." } else { "" },
            ..Self::new(action, name, label, if new { "new-password" } else { "current-password" })
        }
    }
}

pub fn field(refusal: Option<&Refusal>, field: Field) -> AnyView {
    let Field { action, name, kind, .. } = field;
    let refusal = refusal.filter(|one| one.action == action);
    let entered = refusal.and_then(|one| one.entered(name)).map(str::to_owned);
    let mut line = ui::Field::new(field.label, name)
        .id(id(field.prefix, name))
        .kind(kind)
        .value(entered.unwrap_or(field.value))
        .autocomplete(field.autocomplete)
        .maxlength(field.max)
        .error(Signal::stored(refusal.and_then(|one| one.field(name)).map(str::to_owned)));
    if let "email" | "tel" = kind {
        line = line.inputmode(kind);
    }
    if !field.hint.is_empty() {
        line = line.hint(field.hint);
    }
    if field.required { line.view() } else { line.optional().view() }
}

/// `address[name]` is no handsome id.
fn id(prefix: &str, name: &str) -> String {
    format!("{prefix}{}", name.replace('[', "-").replace(']', ""))
}

/// What is wrong with a form as a whole. `shown`: names of fields, which show it themselves.
pub fn fault(refusal: Option<&Refusal>, action: &'static str, shown: &[&str]) -> AnyView {
    let refusal = refusal.filter(|one| one.action == action);
    refusal.and_then(|one| one.general(shown)).map(bad).into_any()
}

/// Names of an address in a form.
#[derive(Clone, Copy)]
pub struct AddressNames {
    pub action: &'static str,
    pub prefix: &'static str,
    /// In the order of [`Address`]'s fields.
    pub names: [&'static str; 9],
    /// Autofill's section: `shipping`, `billing`.
    pub section: Section,
    pub required: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Shipping,
    Billing,
}

pub const ADDRESS: [&str; 9] = [
    "address[name]",
    "address[company]",
    "address[line1]",
    "address[line2]",
    "address[city]",
    "address[region]",
    "address[postal_code]",
    "address[country]",
    "address[phone]",
];
pub const BILLING: [&str; 9] = [
    "billing[name]",
    "billing[company]",
    "billing[line1]",
    "billing[line2]",
    "billing[city]",
    "billing[region]",
    "billing[postal_code]",
    "billing[country]",
    "billing[phone]",
];

/// Where parcels go.
pub struct Countries {
    pub served: Vec<Country>,
    /// The shop's own: most of its parcels stay there.
    pub home: String,
}

pub fn address(
    refusal: Option<&Refusal>,
    names: AddressNames,
    known: Option<&Address>,
    countries: &Countries,
) -> AnyView {
    let empty = Address::default();
    let known = known.unwrap_or(&empty);
    let line = |index: usize, label: &'static str, complete: [&'static str; 2], value: &str, needed: bool| {
        field(
            refusal,
            Field {
                prefix: names.prefix,
                value: value.to_owned(),
                required: needed && names.required,
                ..Field::new(
                    names.action,
                    names.names[index],
                    label,
                    complete[usize::from(names.section == Section::Billing)],
                )
            },
        )
    };
    let phone = Field {
        prefix: names.prefix,
        value: known.phone.clone(),
        required: false,
        kind: "tel",
        max: 40,
        ..Field::new(
            names.action,
            names.names[8],
            "Phone, for the courier",
            if names.section == Section::Billing { "billing tel" } else { "shipping tel" },
        )
    };
    view! {
        {line(0, "Full name", ["shipping name", "billing name"], &known.name, true)}
        {line(
            1,
            "Company",
            ["shipping organization", "billing organization"],
            &known.company,
            false,
        )}
        {line(
            2,
            "Street and number",
            ["shipping address-line1", "billing address-line1"],
            &known.line1,
            true,
        )}
        {line(
            3,
            "Apartment, floor",
            ["shipping address-line2", "billing address-line2"],
            &known.line2,
            false,
        )}
        <div class="form__row">
            {line(
                6,
                "Postcode",
                ["shipping postal-code", "billing postal-code"],
                &known.postal_code,
                true,
            )}
            {line(
                4,
                "City",
                ["shipping address-level2", "billing address-level2"],
                &known.city,
                true,
            )}
        </div>
        {line(
            5,
            "State or county",
            ["shipping address-level1", "billing address-level1"],
            &known.region,
            false,
        )}
        {country(refusal, names, &known.country, countries)}
        {field(refusal, phone)}
    }
    .into_any()
}

fn country(refusal: Option<&Refusal>, names: AddressNames, known: &str, countries: &Countries) -> AnyView {
    let name = names.names[7];
    let refusal = refusal.filter(|one| one.action == names.action);
    let chosen = refusal.and_then(|one| one.entered(name)).unwrap_or(known).to_owned();
    let Countries { served, home } = countries;
    let chosen = match served.as_slice() {
        _ if !chosen.is_empty() => chosen,
        // Where there is only one country there is nothing to choose.
        [only] => only.code.clone(),
        // A billing address may stay empty as a whole.
        many if names.section == Section::Shipping && many.iter().any(|one| one.code == *home) => {
            home.clone()
        }
        _ => chosen,
    };
    let none = (String::new(), "Please choose".to_owned());
    let all = served.iter().map(|one| (one.code.clone(), one.name.clone()));
    ui::SelectField::new("Country", name, std::iter::once(none).chain(all).collect())
        .id(id(names.prefix, name))
        .chosen(chosen)
        .autocomplete(if names.section == Section::Billing { "billing country" } else { "shipping country" })
        .error(Signal::stored(refusal.and_then(|one| one.field(name)).map(str::to_owned)))
        .view()
}
