//! Some of the shop's items, as they are chosen in the form.

use leptos::prelude::*;
use souk_contract::{
    CollectionId, CollectionRecord, LineSelection, ProductId, ProductQuery, ProductRow, Resource, VariantId,
};

use crate::{
    admin::{
        desk::Desk,
        form::{Form, Input, check, select_about},
        load::Source,
    },
    api::admin::{catalog, collections},
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
    collections: RwSignal<Vec<CollectionId>>,
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
            collections: RwSignal::new(of.collections.clone()),
            variants: RwSignal::new(of.variants.clone()),
            except: RwSignal::new(of.except),
        }
    }

    /// What is chosen. Tracked.
    pub fn read(self) -> LineSelection {
        LineSelection {
            label: self.label.with(|label| label.trim().to_owned()),
            products: self.products.get(),
            collections: self.collections.get(),
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
        let opened = RwSignal::new(is_open);
        let may = untrack(move || self.desk.may(Resource::Catalog.read()));
        let collections = may.then(|| self.holders(id, opened));
        view! {
            <details open=is_open on:toggle=move |_| opened.set(true)>
                <summary>{title}": "{summary}</summary>
                <div class="form">
                    <div class="form__row">
                        {field("Of the types", "types", self.types).hint("Commas between them.").view()}
                        {field("Of the vendors", "vendors", self.vendors).view()}
                        {field("With a tag", "tags", self.tags).view()}
                    </div>
                    {collections}
                    {chosen}
                    {self.finder(id)}
                    {check("Everything but these", self.except)}
                    {field("What shoppers call them", "label", self.label).hint("Such as \"socks\": add 2 more socks.").view()}
                </div>
            </details>
        }
        .into_any()
    }

    /// The collections that it is of. They are asked for once somebody looks.
    fn holders(self, id: &str, opened: RwSignal<bool>) -> AnyView {
        let ask = move || {
            let opened = opened.get();
            async move { if opened { collections::collections().await } else { Ok(Vec::new()) } }
        };
        let all: Source<Vec<CollectionRecord>> = Source::new(self.desk, ask);
        let picked = RwSignal::new(String::new());
        Effect::new(move || {
            if let Ok(id) = picked.get().parse::<CollectionId>() {
                picked.set(String::new());
                self.collections.update(|chosen| {
                    if !chosen.contains(&id) {
                        chosen.push(id);
                    }
                });
            }
        });
        let form = self.form;
        let field = format!("{id}-collections");
        let list = move |all: Vec<CollectionRecord>| {
            let options = all.iter().map(|one| (one.id.to_string(), one.input.title.clone()));
            let options = [(String::new(), "Add one".to_owned())].into_iter().chain(options).collect();
            let chosen = move || {
                let title =
                    |id: CollectionId| all.iter().find(|one| one.id == id).map(|one| one.input.title.clone());
                self.collections.get().into_iter().map(|id| self.holder(id, title(id))).collect::<Vec<_>>()
            };
            view! {
                {select_about(form, "In the collections", &field, "", options, picked, (None, true))}
                <ul class="picker__list" aria-label="Collections chosen">{chosen}</ul>
            }
            .into_any()
        };
        all.view(list)
    }

    fn holder(self, id: CollectionId, title: Option<String>) -> AnyView {
        let title = title.unwrap_or_else(|| "A collection that was removed".to_owned());
        let label = format!("Leave out {title}");
        let leave = move |_| self.collections.update(|chosen| chosen.retain(|one| *one != id));
        view! {
            <li>{title} " " <button type="button" class="text-button" aria-label=label on:click=leave>"Leave out"</button></li>
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
