//! A new product: what it is called, what it costs, and what it comes in.

use leptos::prelude::*;
use souk_contract::{
    FieldError, OptionValue, ProductInput, ProductOption, ProductStatus, PutProduct, Resource, VariantInput,
};

use crate::{
    admin::{
        desk::Desk,
        form::{Form, Input, select},
        go, parts,
        place::Place,
    },
    api::admin::catalog,
    draft::{combinations, handle_of, list, money},
};

const MOST_OPTIONS: usize = 3;

#[derive(Clone, Copy)]
struct Filled {
    title: RwSignal<String>,
    price: RwSignal<String>,
    status: RwSignal<String>,
    /// Name and values of each.
    options: [(RwSignal<String>, RwSignal<String>); MOST_OPTIONS],
    /// How many of them are shown.
    shown: RwSignal<usize>,
}

impl Filled {
    fn new() -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            title: text(),
            price: text(),
            status: RwSignal::new(ProductStatus::Draft.as_str().to_owned()),
            options: [(); MOST_OPTIONS].map(|()| (text(), text())),
            shown: RwSignal::new(0),
        }
    }

    /// Those with a name and values. Tracked.
    fn options(self) -> Vec<(String, Vec<String>)> {
        let option = |(name, values): (RwSignal<String>, RwSignal<String>)| {
            (name.with(|name| name.trim().to_owned()), values.with(|values| list(values)))
        };
        let all = self.options.into_iter().take(self.shown.get()).map(option);
        all.filter(|(name, values)| !name.is_empty() && !values.is_empty()).collect()
    }

    fn product(self, desk: Desk) -> Result<ProductInput, Vec<FieldError>> {
        let title = self.title.get_untracked().trim().to_owned();
        let price = self.price.with_untracked(|price| money::parse(price, desk.currency()));
        let Some(price) = price else {
            let message = "An amount such as 12.50.".to_owned();
            return Err(vec![FieldError { field: "price".into(), code: "invalid".into(), message }]);
        };
        let options = untrack(move || self.options());
        let values: Vec<Vec<String>> = options.iter().map(|(_, values)| values.clone()).collect();
        let variant = |options| VariantInput { options, ..VariantInput::new(price) };
        let option = |(name, values): (String, Vec<String>)| ProductOption {
            name,
            values: values.into_iter().map(|name| OptionValue { name, swatch: None }).collect(),
        };
        let status = self.status.with_untracked(|status| ProductStatus::parse(status));
        Ok(ProductInput {
            status: status.unwrap_or(ProductStatus::Draft),
            variants: combinations(&values).into_iter().map(variant).collect(),
            options: options.into_iter().map(option).collect(),
            ..ProductInput::new(handle_of(&title), title, VariantInput::new(price))
        })
    }
}

pub fn view(desk: Desk) -> AnyView {
    if !untrack(move || desk.may(Resource::Catalog.write())) {
        return parts::nothing_here(
            desk,
            "New product",
            "Your role lets you look at products, not make new ones.",
        );
    }
    desk.ready.set(true);
    let form = Form::new(desk);
    let filled = Filled::new();
    Effect::new(move || {
        let begun =
            filled.title.with(|title| !title.is_empty()) || filled.price.with(|price| !price.is_empty());
        desk.unsaved.set(begun);
    });
    let create = move || {
        let product = match filled.product(desk) {
            Ok(product) => product,
            Err(faults) => return form.refuse(faults),
        };
        // Only if it is new: nobody's product is written over because it has the same name.
        let request = PutProduct { id: None, product, if_version: Some(0) };
        form.send(catalog::put_product(request), move |written| {
            desk.unsaved.set(false);
            desk.say("The product is made. Now the details.");
            go::to_place(desk, Place::Product(written.id));
        });
    };
    let statuses =
        [("draft", "Draft"), ("published", "Published")].map(|(value, label)| (value.into(), label.into()));
    let price = format!("Price in {}", desk.currency());
    let body = view! {
        <form class="form" novalidate=true on:submit=form.on_submit(create)>
            {form.general()}
            {Input::new(form, "Title", "new-title", "title", filled.title).autofocus().view()}
            <div class="form__row">
                {Input::new(form, price, "new-price", "price", filled.price).inputmode("decimal")
                    .hint("Of every variant; each can have its own afterwards.").view()}
                {select(form, "Status", "new-status", "status", statuses.to_vec(), filled.status)}
            </div>
            {options(form, filled)}
            <div class="acts">{form.button("", "Create product")}</div>
        </form>
    };
    view! {
        {parts::head(desk, Some((Place::Products.url(), "Products")), Signal::stored("New product".to_owned()), ().into_any())}
        <div class="narrow">{parts::card("What it is", None, body.into_any())}</div>
    }
    .into_any()
}

fn options(form: Form, filled: Filled) -> AnyView {
    let rows = move || {
        let row = |index: usize| {
            let (name, values) = filled.options[index];
            view! {
                <div class="form__row">
                    {Input::new(form, format!("Option {}", index + 1), format!("option-{index}"), &format!("options[{index}].name"), name)
                        .optional().hint("Size, colour, material").view()}
                    {Input::new(form, format!("Values of option {}", index + 1), format!("values-{index}"), &format!("options[{index}].values"), values)
                        .optional().hint("With commas: S, M, L").view()}
                </div>
            }
            .into_any()
        };
        (0..filled.shown.get()).map(row).collect::<Vec<_>>()
    };
    let more = move || {
        let add = move |_| filled.shown.update(|shown| *shown += 1);
        (filled.shown.get() < MOST_OPTIONS).then(
            || view! { <button type="button" class="text-button" on:click=add>"Add an option"</button> },
        )
    };
    let made = move || {
        let options = filled.options();
        let values: Vec<Vec<String>> = options.into_iter().map(|(_, values)| values).collect();
        let names = combinations(&values);
        (!values.is_empty()).then(|| {
            let list: Vec<String> = names.iter().take(6).map(|one| one.join(" / ")).collect();
            let rest = if names.len() > list.len() { " …" } else { "" };
            let variants = crate::admin::words::count(names.len() as i64, "variant", "variants");
            view! { <p class="muted" role="status">{format!("{variants}: {}{rest}", list.join(", "))}</p> }
        })
    };
    view! {
        <fieldset class="form">
            <legend class="field__label">"What it comes in"</legend>
            {rows} <p>{more}</p> {made}
        </fieldset>
    }
    .into_any()
}
