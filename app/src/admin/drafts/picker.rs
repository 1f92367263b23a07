//! Finding what somebody wants to buy: by title, SKU or barcode. A scanner is a keyboard that ends with Enter.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use souk_contract::{ProductId, ProductQuery, ProductRow, ProductStatus, VariantId};

use crate::{
    admin::{desk::Desk, parts},
    api::admin::catalog,
    ui::{Icon, icon},
};

/// A variant that can be put into the order.
#[derive(Clone)]
struct Choice {
    id: VariantId,
    name: String,
    note: String,
}

#[derive(Clone, Copy)]
struct Picker {
    desk: Desk,
    text: RwSignal<String>,
    found: RwSignal<Vec<ProductRow>>,
    /// Of the product that was chosen.
    choices: RwSignal<Vec<Choice>>,
    add: Callback<VariantId>,
}

pub fn view(desk: Desk, add: Callback<VariantId>) -> AnyView {
    let picker = Picker {
        desk,
        text: RwSignal::new(String::new()),
        found: RwSignal::new(Vec::new()),
        choices: RwSignal::new(Vec::new()),
        add,
    };
    let look =
        StoredValue::new_local(debounce(Duration::from_millis(200), move |text| picker.look(text, false)));
    let typed = move |event| {
        let text = event_target_value(&event);
        picker.text.set(text.clone());
        picker.choices.set(Vec::new());
        look.update_value(|look| look(text));
    };
    let enter = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            picker.look(picker.text.get_untracked(), true);
        }
    };
    let rows = move || {
        let choices = picker.choices.get();
        if !choices.is_empty() {
            return choices.into_iter().map(|choice| picker.choice(choice)).collect::<Vec<_>>();
        }
        picker.found.get().into_iter().map(|product| picker.product(product)).collect()
    };
    view! {
        <div class="picker">
            <div class="search" role="search">
                {icon(Icon::Search)}
                <input
                    class="search__input" type="search" aria-label="Add an item" autocomplete="off" data-search=""
                    placeholder="Add an item: title, SKU or barcode" prop:value=move || picker.text.get()
                    on:input=typed on:keydown=enter
                />
            </div>
            <ul class="picker__list" aria-label="Items to add">{rows}</ul>
        </div>
    }
    .into_any()
}

impl Picker {
    /// `at_once`: what fits exactly goes into the order without being chosen.
    fn look(self, text: String, at_once: bool) {
        let wanted = text.trim().to_owned();
        if wanted.is_empty() {
            self.found.set(Vec::new());
            return;
        }
        let query = ProductQuery {
            text: Some(wanted.clone()),
            status: Some(ProductStatus::Published),
            incomplete: None,
            after: None,
            limit: Some(8),
        };
        spawn_local(async move {
            match catalog::find_products(query).await {
                // What was typed since asks anew.
                Ok(page) if self.text.try_get_untracked().as_ref() == Some(&text) => {
                    let only = (page.items.len() == 1).then(|| page.items[0].id);
                    self.found.set(page.items);
                    if let (true, Some(only)) = (at_once, only) {
                        self.open(only);
                    }
                }
                Ok(_) => {}
                Err(failure) => self.desk.complain(&failure.0),
            }
        });
    }

    /// Its variants; the only one, or the one whose SKU or barcode was typed, is put in.
    fn open(self, id: ProductId) {
        spawn_local(async move {
            let record = match catalog::product_record(id).await {
                Ok(record) => record,
                Err(failure) => return self.desk.complain(&failure.0),
            };
            let typed = self.text.try_get_untracked().unwrap_or_default().trim().to_owned();
            let is_typed =
                |code: &Option<String>| code.as_ref().is_some_and(|code| code.eq_ignore_ascii_case(&typed));
            let variants = record.input.variants.iter().zip(&record.variant_ids);
            let exact = variants.clone().find(|(one, _)| is_typed(&one.sku) || is_typed(&one.barcode));
            if let Some((_, id)) =
                exact.or_else(|| variants.clone().next().filter(|_| record.variant_ids.len() == 1))
            {
                return self.take(*id);
            }
            let choice = |(variant, id): (&souk_contract::VariantInput, &VariantId)| Choice {
                id: *id,
                name: format!("{} – {}", record.input.title, variant.options.join(" / ")),
                note: format!("{} {}", variant.sku.as_deref().unwrap_or_default(), variant.price),
            };
            self.choices.try_set(variants.map(choice).collect());
        });
    }

    fn take(self, id: VariantId) {
        self.add.run(id);
        self.text.set(String::new());
        self.found.set(Vec::new());
        self.choices.set(Vec::new());
        parts::focus_later(".picker input");
    }

    fn product(self, product: ProductRow) -> AnyView {
        let id = product.id;
        view! {
            <li>
                <button type="button" class="picker__one" on:click=move |_| self.open(id)>
                    {parts::thumb(product.picture.as_ref(), &product.title)}
                    <span>{product.title.clone()}</span>
                    <span class="muted">{crate::admin::words::count(product.variant_count, "variant", "variants")}</span>
                </button>
            </li>
        }
        .into_any()
    }

    fn choice(self, choice: Choice) -> AnyView {
        let id = choice.id;
        view! {
            <li>
                <button type="button" class="picker__one" on:click=move |_| self.take(id)>
                    <span>{choice.name}</span><span class="muted">{choice.note}</span>
                </button>
            </li>
        }
        .into_any()
    }
}
