use leptos::{prelude::*, task::spawn_local};
use souk_contract::{ProductQuery, ProductRow, ProductStatus, Resource};

use crate::{
    admin::{
        columns::{Column, Columns, Row},
        desk::Desk,
        load::Pages,
        parts,
        place::Place,
        table_file, time, views, words,
    },
    api::admin::{catalog, imports},
    ui::{Icon, empty, link_button},
};

const TABS: [(&str, &str); 6] = [
    ("", "All"),
    ("published", "Published"),
    ("draft", "Drafts"),
    ("ready", "Ready"),
    ("archived", "Archived"),
    (INCOMPLETE, "Incomplete"),
];

/// Stands in the query where a status would.
const INCOMPLETE: &str = "incomplete";

const COLUMNS: [Column; 10] = [
    ("Product", true),
    ("Status", true),
    ("Stock", true),
    ("#Variants", true),
    ("#Price", true),
    ("Vendor", true),
    ("Type", false),
    ("Handle", false),
    ("#Complete", true),
    ("Changed", true),
];

pub fn view(desk: Desk) -> AnyView {
    let pages = Pages::new(desk, move |after| catalog::find_products(query(desk, after))).is_main();
    let columns = Columns::new(desk, "products", &COLUMNS);
    let may_write = untrack(move || desk.may(Resource::Catalog.write()));
    let new = move || link_button("", Place::NewProduct.url(), "New product");
    let collections =
        || view! { <a class="button button--quiet" href=Place::Collections.url()>"Collections"</a> };
    let attributes =
        || view! { <a class="button button--quiet" href=Place::Attributes.url()>"Attributes"</a> };
    let import = || view! { <a class="button button--quiet" href=Place::Imports.url()>"Import"</a> };
    let may_export = untrack(move || desk.may(Resource::Inventory.read()));
    let export = may_export.then(|| {
        view! { <button type="button" class="button button--quiet" on:click=move |_| export(desk)>"Export CSV"</button> }
    });
    let none = move || {
        if desk.param("q").is_some() || desk.param("status").is_some() {
            let text = "Nothing fits. Search finds parts of a title, and how a SKU or barcode begins.";
            empty(Icon::Search, "No product here", text, None)
        } else {
            let text = "A product has a title, a price, and as many variants as it comes in.";
            empty(
                Icon::Box,
                "No products yet",
                text,
                may_write.then(|| view! { {new()} {import()} }.into_any()),
            )
        }
    };
    let many = move || {
        let (text, status) = (desk.param("q").unwrap_or_default(), desk.param("status").unwrap_or_default());
        let here = crate::admin::place::Address { path: Place::BulkEdit.url(), search: String::new() };
        let href = here.with_params(&[("q", &text), ("status", &status)]);
        // An edit can't choose by what is missing: it would be of all.
        (status != INCOMPLETE).then(|| view! { <a class="button button--quiet" href=href>"Edit many"</a> })
    };
    let acts = may_write.then(|| view! { {import()} {many} {new()} });
    let acts = view! { {collections()} {attributes()} {export} {acts} }.into_any();
    view! {
        {parts::head(desk, None, Signal::stored("Products".to_owned()), acts)}
        <div class="box box--list">
            {parts::tabs(desk, "Products by status", "status", &TABS)}
            {views::bar(desk, "products", columns)}
            {parts::search(desk, "Search products", "Title, handle, SKU or barcode")}
            {pages.view(move |products| table(products, columns), none)}
        </div>
    }
    .into_any()
}

fn query(desk: Desk, after: Option<String>) -> ProductQuery {
    let status = desk.param("status").and_then(|status| ProductStatus::parse(&status));
    let incomplete = desk.param("status").is_some_and(|status| status == INCOMPLETE).then_some(true);
    ProductQuery { text: desk.param("q"), status, incomplete, after, limit: Some(50) }
}

fn export(desk: Desk) {
    spawn_local(async move {
        match imports::export().await {
            Ok(file) => {
                let said = match file.left_out.as_slice() {
                    [] => format!("The file is ready: {} products.", file.products),
                    [only] => format!("The file is ready, without one product: {only}"),
                    [first, more @ ..] => {
                        format!("The file is ready, without {} products: {first}, and others", more.len() + 1)
                    }
                };
                table_file::save(desk, "products.csv", &file.csv, said);
            }
            Err(failure) => desk.complain(&failure.0),
        }
    });
}

fn table(products: Vec<ProductRow>, columns: Columns) -> AnyView {
    columns.table("Products by title", products.iter().map(row).collect())
}

fn row(product: &ProductRow) -> Row {
    let name = view! {
        <span class="named">
            {parts::thumb(product.picture.as_ref(), &product.title)}<span>{product.title.clone()}</span>
        </span>
    };
    let range = &product.price;
    let price = if range.min == range.max {
        range.min.to_string()
    } else {
        format!("{} – {}", range.min, range.max)
    };
    (
        Some(Place::Product(product.id).url()),
        name.into_any(),
        vec![
            ("Status", words::product(product.status)),
            ("Stock", words::stock(product.availability)),
            ("#Variants", product.variant_count.into_any()),
            ("#Price", price.into_any()),
            ("Vendor", product.vendor.clone().into_any()),
            ("Type", product.product_type.clone().into_any()),
            ("Handle", product.handle.clone().into_any()),
            ("#Complete", product.completeness.map(|percent| format!("{percent} %")).into_any()),
            ("Changed", time::time(product.updated_at)),
        ],
    )
}
