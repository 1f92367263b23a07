//! Some of the shop's items, as they are chosen in the form.

use leptos::prelude::*;
use souk_contract::{LineSelection, ProductId, ProductQuery, ProductRow, VariantId};

use crate::{
    admin::{
        desk::Desk,
        form::{Form, Input, check},
        load::Source,
    },
    api::admin::catalog,
};

#[derive(Clone, Copy)]
pub struct Selection {
    desk: Desk,
    form: Form,
    label: RwSignal<String>,
    types: RwSignal<String>,
    vendors: RwSignal<String>,
    tags: RwSignal<String>,
    products: RwSignal<Vec<ProductId>>,
    /// Only the API chooses them; kept as they are.
    variants: RwSignal<Vec<VariantId>>,
    except: RwSignal<bool>,
}

impl Selection {
    pub fn new(desk: Desk, form: Form, of: &LineSelection) -> Self {
        let text = |list: &[String]| RwSignal::new(list.join(", "));
        Self {
            desk,
            form,
            label: RwSignal::new(of.label.clone()),
            types: text(&of.product_types),
            vendors: text(&of.vendors),
            tags: text(&of.tags),
            products: RwSignal::new(of.products.clone()),
            variants: RwSignal::new(of.variants.clone()),
            except: RwSignal::new(of.except),
        }
    }

    /// What is chosen. Tracked.
    pub fn read(self) -> LineSelection {
        LineSelection {
            label: self.label.with(|label| label.trim().to_owned()),
            products: self.products.get(),
            variants: self.variants.get(),
            product_types: self.types.with(|text| listed(text)),
            vendors: self.vendors.with(|text| listed(text)),
            tags: self.tags.with(|text| listed(text)),
            except: self.except.get(),
        }
    }

    /// `id` tells its fields from those of other selections on the page.
    pub fn view(self, id: &str, title: &'static str) -> AnyView {
        let form = self.form;
        let is_open = untrack(move || !self.read().is_all());
        let field = |label: &'static str, name: &str, value| {
            Input::new(form, label, format!("{id}-{name}"), "", value).optional()
        };
        let summary = move || if self.read().is_all() { "every item" } else { "some items" };
        let chosen = move || {
            let count = self.products.with(Vec::len) + self.variants.with(Vec::len);
            (count > 0).then(|| {
                let clear = move |_| {
                    self.products.set(Vec::new());
                    self.variants.set(Vec::new());
                };
                view! {
                    <p class="muted">
                        {crate::admin::words::count(count as i64, "product chosen", "products chosen")} " "
                        <button type="button" class="text-button" on:click=clear>"Clear"</button>
                    </p>
                }
            })
        };
        view! {
            <details open=is_open>
                <summary>{title}": "{summary}</summary>
                <div class="form">
                    <div class="form__row">
                        {field("Of the types", "types", self.types).hint("Commas between them.").view()}
                        {field("Of the vendors", "vendors", self.vendors).view()}
                        {field("With a tag", "tags", self.tags).view()}
                    </div>
                    {chosen}
                    {self.finder(id)}
                    {check("Everything but these", self.except)}
                    {field("What shoppers call them", "label", self.label).hint("Such as \"socks\": add 2 more socks.").view()}
                </div>
            </details>
        }
        .into_any()
    }

    fn finder(self, id: &str) -> AnyView {
        let text = RwSignal::new(String::new());
        let ask = move || {
            let wanted = text.get().trim().to_owned();
            async move {
                if wanted.is_empty() {
                    return Ok(Vec::new());
                }
                let query = ProductQuery { text: Some(wanted), limit: Some(6), ..ProductQuery::default() };
                Ok(catalog::find_products(query).await?.items)
            }
        };
        let found: Source<Vec<ProductRow>> = Source::new(self.desk, ask);
        let hit = move |product: ProductRow| {
            let id = product.id;
            let is_in = move || self.products.with(|products| products.contains(&id));
            let add = move |_| {
                self.products.update(|products| {
                    if !products.contains(&id) {
                        products.push(id);
                    }
                });
            };
            view! {
                <li>
                    <button type="button" class="text-button" disabled=is_in on:click=add>"Add " {product.title}</button>
                </li>
            }
        };
        let list = move |all: Vec<ProductRow>| {
            view! { <ul class="picker__list" aria-label="Products to add">{all.into_iter().map(hit).collect::<Vec<_>>()}</ul> }
                .into_any()
        };
        view! {
            {Input::new(self.form, "Find a product", format!("{id}-find"), "", text).optional().view()}
            {found.view(list)}
        }
        .into_any()
    }
}

/// Commas between them.
pub fn listed(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}
