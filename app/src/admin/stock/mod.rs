//! Stock: find a product, see what is there of each variant, change it, and read the ledger.

mod adjust;
mod by_place;
mod counts;
mod file;
mod ledger;
mod locations;
mod names;
mod picker;
mod reorder;
mod scanned;
mod sources;
mod supplies;

use std::collections::HashMap;

use leptos::prelude::*;
use souk_contract::{
    ProductId, ProductQuery, ProductRecord, ProductRow, ProductStatus, Resource, StockLevel, StockPolicy,
    VariantId,
};

pub use self::{
    adjust::Adjusting,
    counts::{detail as count, list as counts},
    file::view as file,
    locations::view as locations,
    names::{choice as place_choice, variants as variant_names},
    reorder::view as reorder,
    sources::{detail as source, list as sources, new as new_source, warning as source_warning},
    supplies::{detail as supply, list as supplies, new as new_supply},
};
use super::{
    columns::{Column, Columns, Row},
    desk::Desk,
    labels::Labels,
    load::{Pages, Source},
    parts,
    place::Place,
    views, words,
};
use crate::{
    api::admin::{catalog, inventory},
    ui::{Icon, empty},
};

/// The levels of some variants, anew whenever one was adjusted.
pub fn levels(
    desk: Desk,
    ids: Vec<VariantId>,
    adjusting: Adjusting,
) -> Source<HashMap<VariantId, StockLevel>> {
    Source::new(desk, move || {
        adjusting.changes.track();
        let ids = ids.clone();
        async move {
            let levels = inventory::levels(ids).await?;
            Ok(levels.into_iter().map(|level| (level.variant_id, level)).collect())
        }
    })
}

const COLUMNS: [Column; 6] = [
    ("Product", true),
    ("Status", true),
    ("Stock", true),
    ("#Variants", true),
    ("Vendor", false),
    ("Type", false),
];

pub fn list(desk: Desk) -> AnyView {
    if !may_name(desk) {
        return unnamed(desk);
    }
    let columns = Columns::new(desk, "inventory", &COLUMNS);
    let pages = Pages::new(desk, move |after| {
        catalog::find_products(ProductQuery {
            text: desk.param("q"),
            after,
            limit: Some(50),
            ..ProductQuery::default()
        })
    })
    .is_main();
    let none = move || match desk.param("q") {
        Some(_) => {
            let text = "Nothing fits. Search finds parts of a title, and how a SKU or barcode begins.";
            empty(Icon::Search, "No product here", text, None)
        }
        None => empty(Icon::Box, "Nothing on the shelf", "Products stand here once there are some.", None),
    };
    view! {
        {parts::head(desk, None, Signal::stored("Inventory".to_owned()), ways())}
        {source_warning(desk)}
        <div class="box box--list">
            {parts::search(desk, "Search inventory", "Title, SKU or barcode: a scanner works too")}
            {views::bar(desk, "inventory", columns)}
            {pages.view(move |products| {
                columns.table("Products by title", products.iter().map(product).collect())
            }, none)}
        </div>
    }
    .into_any()
}

/// What else there is about stock.
fn ways() -> AnyView {
    view! {
        <a class="button button--quiet" href=Place::Reorder.url()>"Order again"</a>
        <a class="button button--quiet" href=Place::Supplies.url()>"Transfers and orders"</a>
        <a class="button button--quiet" href=Place::Counts.url()>"Counts"</a>
        <a class="button button--quiet" href=Place::StockSources.url()>"Stock sources"</a>
        <a class="button button--quiet" href=Place::Locations.url()>"Locations"</a>
    }
    .into_any()
}

fn product(product: &ProductRow) -> Row {
    let name = view! {
        <span class="named">
            {parts::thumb(product.picture.as_ref(), &product.title)}<span>{product.title.clone()}</span>
        </span>
    };
    (
        Some(Place::Stock(product.id).url()),
        name.into_any(),
        vec![
            ("Status", words::product(product.status)),
            ("Stock", words::stock(product.availability)),
            ("#Variants", product.variant_count.into_any()),
            ("Vendor", product.vendor.clone().into_any()),
            ("Type", product.product_type.clone().into_any()),
        ],
    )
}

pub fn detail(desk: Desk, id: ProductId) -> AnyView {
    if !may_name(desk) {
        return unnamed(desk);
    }
    let record = Source::new(desk, move || catalog::product_record(id)).is_main();
    let adjusting = Adjusting::new(desk);
    let ledger = ledger::Ledger::new(desk);
    let labels = Labels::new(desk);
    let title = move || record.get().map_or("Inventory".to_owned(), |record| record.input.title);
    let named = move || record.get().map(|record| names::variants(&record)).unwrap_or_default();
    let link = view! {
        {labels.button(named)}
        <a class="button button--quiet" href=Place::Product(id).url()>"Open product"</a>
    };
    view! {
        {parts::head(desk, Some((Place::Inventory.url(), "Inventory")), Signal::derive(title), link.into_any())}
        {record.view(move |record| variants(desk, &record, adjusting, ledger))}
        {adjusting.dialog()}
        {labels.dialog()}
        {ledger.view()}
    }
    .into_any()
}

fn variants(desk: Desk, record: &ProductRecord, adjusting: Adjusting, ledger: ledger::Ledger) -> AnyView {
    let named = names::variants(record);
    let skus = record.input.variants.iter().map(|variant| variant.sku.clone().unwrap_or_default());
    let names: Vec<(VariantId, String, String)> =
        named.iter().zip(skus).map(|((id, name), sku)| (*id, name.clone(), sku)).collect();
    let levels = levels(desk, record.variant_ids.clone(), adjusting);
    scanned::listen(desk, adjusting, levels, named.clone());
    let hint = (record.input.status != ProductStatus::Published)
        .then(|| view! { <p class="muted">"Shoppers don't see this product now."</p> });
    let table = levels.view(move |levels| {
        let row = |(id, name, sku): &(VariantId, String, String)| {
            variant(levels.get(id), name, sku, adjusting, ledger)
        };
        let columns = [
            "Variant",
            "SKU",
            "Stock",
            "#On hand",
            "#Reserved",
            "#Allocated",
            "#Available",
            "#Damaged",
            "Change",
        ];
        parts::table("Stock by variant", &columns, names.iter().map(row).collect())
    });
    view! {
        <div class="stack stack--l">
            {hint} {parts::card("Variants", None, table)} {by_place::card(desk, named, adjusting)}
        </div>
    }
    .into_any()
}

fn variant(
    level: Option<&StockLevel>,
    name: &str,
    sku: &str,
    adjusting: Adjusting,
    ledger: ledger::Ledger,
) -> AnyView {
    let Some(level) = level.cloned() else {
        return parts::row(None, name.to_owned().into_any(), vec![("SKU", sku.to_owned().into_any())]);
    };
    let number = |count: i64| if level.tracked { count.to_string() } else { "–".to_owned() }.into_any();
    let stock = match (level.tracked, level.policy) {
        (false, _) => crate::ui::badge(crate::ui::Tone::Plain, "Not counted"),
        (true, StockPolicy::Continue) if level.available <= 0 => {
            words::stock(souk_contract::Availability::Backorder)
        }
        (true, _) => words::stock(level.availability),
    };
    let numbers =
        [level.on_hand, level.reserved, level.allocated, level.available, level.damaged].map(number);
    let [on_hand, reserved, allocated, available, damaged] = numbers;
    let id = level.variant_id;
    let (named, shown, adjust_label, ledger_label) =
        (name.to_owned(), name.to_owned(), format!("Adjust {name}"), format!("Ledger of {name}"));
    let adjust = adjusting.may.then(|| {
        view! {
            <button
                type="button" class="button button--small button--quiet" aria-label=adjust_label
                on:click=move |_| adjusting.open(&level, &named)
            >
                "Adjust"
            </button>
        }
    });
    let acts = view! {
        <span class="acts acts--start">
            {adjust}
            <button
                type="button" class="text-button" aria-label=ledger_label on:click=move |_| ledger.open(id, &shown)
            >
                "Ledger"
            </button>
        </span>
    };
    let name = view! { <span data-variant=id.to_string()>{name.to_owned()}</span> };
    parts::row(
        None,
        name.into_any(),
        vec![
            ("SKU", sku.to_owned().into_any()),
            ("Stock", stock),
            ("#On hand", on_hand),
            ("#Reserved", reserved),
            ("#Allocated", allocated),
            ("#Available", available),
            ("#Damaged", damaged),
            ("Change", acts.into_any()),
        ],
    )
}

/// Stock without the names of what it is of is of no use.
fn may_name(desk: Desk) -> bool {
    untrack(move || desk.may(Resource::Catalog.read()))
}

fn unnamed(desk: Desk) -> AnyView {
    let text = "Your role allows stock but not products, and stock is found by product. Whoever runs the shop can change that.";
    parts::nothing_here(desk, "Inventory", text)
}
