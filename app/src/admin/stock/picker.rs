//! Finds variants by what a scanner or a person types.

use leptos::{prelude::*, task::spawn_local};
use souk_contract::{ProductQuery, VariantId, VariantInfo};
use web_sys::SubmitEvent;

use super::names;
use crate::{
    admin::{desk::Desk, scan},
    api::admin::{catalog, supplies},
    failure::Result,
};

/// Products whose variants are offered.
const MOST_PRODUCTS: u32 = 6;

#[derive(Clone, Copy)]
pub struct Picker {
    desk: Desk,
    text: RwSignal<String>,
    offers: RwSignal<Vec<VariantInfo>>,
    said: RwSignal<String>,
    picked: Callback<VariantInfo>,
}

impl Picker {
    pub fn new(desk: Desk, picked: Callback<VariantInfo>) -> Self {
        let text = || RwSignal::new(String::new());
        Self { desk, text: text(), offers: RwSignal::new(Vec::new()), said: text(), picked }
    }

    /// A form of its own: it must stand beside other forms, not within.
    pub fn view(self) -> AnyView {
        scan::take(self.desk, move |code| {
            self.text.set(code);
            self.find();
        });
        let find = move |event: SubmitEvent| {
            event.prevent_default();
            self.find();
        };
        let offers = move || {
            let offers = self.offers.get();
            (!offers.is_empty()).then(|| {
                let offer = |info: VariantInfo| {
                    let label = format!("Add {}", names::variant(Some(&info)));
                    let note = names::sku(Some(&info));
                    view! {
                        <li class="cluster">
                            <button
                                type="button" class="button button--small button--quiet"
                                on:click=move |_| self.pick(info.clone())
                            >
                                {label}
                            </button>
                            <span class="muted">{note}</span>
                        </li>
                    }
                    .into_any()
                };
                let offers: Vec<AnyView> = offers.into_iter().map(offer).collect();
                view! { <ul class="stack" aria-label="Found products">{offers}</ul> }
            })
        };
        view! {
            <form class="stack" role="search" novalidate=true on:submit=find>
                <div class="field">
                    <label class="field__label" for="picker">"Add a product"</label>
                    <input
                        class="input" id="picker" type="text" autocomplete="off" aria-describedby="picker-hint"
                        prop:value=move || self.text.get()
                        on:input=move |event| self.text.set(event_target_value(&event))
                    />
                    <p class="field__hint" id="picker-hint">"SKU, barcode or title, then Enter."</p>
                </div>
                <p role="status" class="muted">{move || self.said.get()}</p>
                {offers}
            </form>
        }
        .into_any()
    }

    fn pick(self, info: VariantInfo) {
        self.said.set(format!("{} is added.", names::variant(Some(&info))));
        self.text.set(String::new());
        self.offers.set(Vec::new());
        self.picked.run(info);
    }

    fn find(self) {
        let text = self.text.get_untracked().trim().to_owned();
        if text.is_empty() {
            return;
        }
        spawn_local(async move {
            match look(&text).await {
                Ok(found) => match found.as_slice() {
                    [] => self.said.set(format!("Nothing is called {text}.")),
                    [one] => self.pick(one.clone()),
                    _ => {
                        self.said.set(String::new());
                        self.offers.set(found);
                    }
                },
                Err(failure) => self.desk.complain(&failure.0),
            }
        });
    }
}

async fn look(text: &str) -> Result<Vec<VariantInfo>> {
    let mut ids: Vec<VariantId> = supplies::by_code(text.to_owned()).await?;
    if ids.is_empty() {
        let query = ProductQuery {
            text: Some(text.to_owned()),
            status: None,
            incomplete: None,
            after: None,
            limit: Some(MOST_PRODUCTS),
        };
        for product in catalog::find_products(query).await?.items {
            ids.extend(catalog::product_record(product.id).await?.variant_ids);
        }
    }
    catalog::variants(ids).await
}
