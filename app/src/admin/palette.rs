//! Search anything: screens, orders, products, customers.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use souk_contract::{CustomerQuery, OrderQuery, ProductQuery, Resource};

use super::{desk::Desk, dialogs, go, place::Place};
use crate::api::admin::{catalog, customers, orders};

#[derive(Debug, Clone, PartialEq)]
struct Hit {
    kind: &'static str,
    name: String,
    note: String,
    url: String,
}

const SCREENS: [(&str, Place, Option<Resource>); 41] = [
    ("Home", Place::Home, None),
    ("Orders", Place::Orders, Some(Resource::Orders)),
    ("Drafts of orders", Place::Drafts, Some(Resource::Orders)),
    ("Returns", Place::Returns, Some(Resource::Orders)),
    ("Products", Place::Products, Some(Resource::Catalog)),
    ("New product", Place::NewProduct, Some(Resource::Catalog)),
    ("Edit many products", Place::BulkEdit, Some(Resource::Catalog)),
    ("Attributes and templates", Place::Attributes, Some(Resource::Catalog)),
    ("Import products", Place::Imports, Some(Resource::Catalog)),
    ("Inventory", Place::Inventory, Some(Resource::Inventory)),
    ("Locations", Place::Locations, Some(Resource::Inventory)),
    ("Transfers and purchase orders", Place::Supplies, Some(Resource::Inventory)),
    ("New transfer", Place::NewTransfer, Some(Resource::Inventory)),
    ("New purchase order", Place::NewPurchase, Some(Resource::Inventory)),
    ("Order again", Place::Reorder, Some(Resource::Inventory)),
    ("Counts", Place::Counts, Some(Resource::Inventory)),
    ("Stock sources", Place::StockSources, Some(Resource::Inventory)),
    ("New stock source", Place::NewStockSource, Some(Resource::Inventory)),
    ("Stock from a file", Place::StockFile, Some(Resource::Inventory)),
    ("Collections", Place::Collections, Some(Resource::Catalog)),
    ("New collection", Place::NewCollection, Some(Resource::Catalog)),
    ("Promotions", Place::Promotions, Some(Resource::Promotions)),
    ("New promotion", Place::NewPromotion, Some(Resource::Promotions)),
    ("Customers", Place::Customers, Some(Resource::Customers)),
    ("Segments", Place::Segments, Some(Resource::Customers)),
    ("Duplicate customers", Place::Duplicates, Some(Resource::Customers)),
    ("Analytics", Place::Analytics, Some(Resource::Analytics)),
    ("Activity", Place::Activity, Some(Resource::Audit)),
    ("Staff", Place::Staff, Some(Resource::Staff)),
    ("Roles", Place::Roles, Some(Resource::Staff)),
    ("Settings", Place::Settings, None),
    ("Shop", Place::Shop, Some(Resource::Settings)),
    ("Delivery", Place::Shipping, Some(Resource::Shipping)),
    ("Taxes", Place::Taxes, Some(Resource::Settings)),
    ("Payments", Place::Payments, Some(Resource::Payments)),
    ("Reconciliation of payments", Place::Breaks, Some(Resource::Payments)),
    ("Notices of gateways", Place::Notices, Some(Resource::Payments)),
    ("Mails", Place::Mails, Some(Resource::Messages)),
    ("Mail texts", Place::MailTemplates, Some(Resource::Messages)),
    ("Configuration", Place::Configuration, Some(Resource::Settings)),
    ("Account", Place::Account, None),
];

pub fn view(desk: Desk) -> AnyView {
    dialogs::opened("palette", "Search anything", desk.palette, move || search(desk))
}

fn search(desk: Desk) -> AnyView {
    let text = RwSignal::new(String::new());
    let found = RwSignal::new(Vec::<Hit>::new());
    let chosen = RwSignal::new(0_usize);
    let hits = Memo::new(move |_| {
        text.with(|text| screens(desk, text)).into_iter().chain(found.get()).collect::<Vec<_>>()
    });
    let ask = StoredValue::new_local(debounce(Duration::from_millis(180), move |asked: String| {
        look(desk, asked, text, found)
    }));
    let typed = move |event| {
        let typed = event_target_value(&event);
        chosen.set(0);
        found.set(Vec::new());
        text.set(typed.clone());
        ask.update_value(|ask| ask(typed));
    };
    let open = move |index: usize| {
        if let Some(hit) = hits.with_untracked(|hits| hits.get(index).cloned()) {
            desk.palette.set(false);
            go::leave(desk, hit.url);
        }
    };
    let key = move |event: web_sys::KeyboardEvent| {
        let count = hits.with_untracked(Vec::len).max(1);
        match event.key().as_str() {
            "ArrowDown" => chosen.update(|chosen| *chosen = (*chosen + 1) % count),
            "ArrowUp" => chosen.update(|chosen| *chosen = (*chosen + count - 1) % count),
            "Enter" => open(chosen.get_untracked()),
            _ => return,
        }
        event.prevent_default();
    };
    let row = move |(index, hit): (usize, Hit)| {
        view! {
            <li
                id=format!("hit-{index}") class="hit" role="option"
                aria-selected=move || (chosen.get() == index).to_string() on:click=move |_| open(index)
            >
                <span class="hit__kind">{hit.kind}</span>
                <span class="hit__name">{hit.name}</span>
                <span class="hit__note">{hit.note}</span>
            </li>
        }
        .into_any()
    };
    let active = move || (!hits.with(Vec::is_empty)).then(|| format!("hit-{}", chosen.get()));
    Effect::new(move || show_hit(chosen.get()));
    let rows = move || hits.get().into_iter().enumerate().map(row).collect::<Vec<_>>();
    let nothing = move || {
        hits.with(Vec::is_empty).then(|| view! { <p class="muted">"Nothing found. Try an order's number, a part of a title or SKU, or a customer's name."</p> })
    };
    view! {
        <div class="palette">
            <input
                class="input" type="text" role="combobox" aria-label="Search anything" aria-expanded="true"
                aria-controls="hits" aria-activedescendant=active autofocus=true
                autocomplete="off" spellcheck="false" placeholder="A screen, order number, product, customer"
                on:input=typed on:keydown=key
            />
            <ul id="hits" class="hits" role="listbox" aria-label="Found">{rows}</ul>
            <div role="status">{nothing}</div>
        </div>
    }
    .into_any()
}

fn show_hit(index: usize) {
    if let Some(hit) = go::first(&format!("#hit-{index}")) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        hit.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

fn screens(desk: Desk, text: &str) -> Vec<Hit> {
    let text = text.trim().to_lowercase();
    let fits = |name: &str| name.to_lowercase().contains(&text);
    SCREENS
        .into_iter()
        .filter(|(name, place, resource)| {
            let write = matches!(*place, Place::NewProduct | Place::BulkEdit);
            let wanted = resource.map(|resource| if write { resource.write() } else { resource.read() });
            fits(name) && wanted.is_none_or(|permission| desk.may(permission))
        })
        .map(|(name, place, _)| Hit {
            kind: "Go to",
            name: name.into(),
            note: String::new(),
            url: place.url(),
        })
        .collect()
}

/// Asks the server; an answer to what is no longer typed is dropped.
fn look(desk: Desk, asked: String, text: RwSignal<String>, found: RwSignal<Vec<Hit>>) {
    let wanted = asked.trim().to_owned();
    if wanted.is_empty() {
        return;
    }
    let may = move |resource: Resource| untrack(move || desk.may(resource.read()));
    let (of_orders, of_products) = (may(Resource::Orders), may(Resource::Catalog));
    let of_customers = may(Resource::Customers);
    spawn_local(async move {
        let mut hits = Vec::new();
        if of_orders {
            let query = OrderQuery { text: Some(wanted.clone()), limit: Some(5), ..OrderQuery::default() };
            // What can't be found now is only missing from a list of suggestions.
            let page = orders::orders(query).await;
            hits.extend(page.into_iter().flat_map(|page| page.items).map(|order| Hit {
                kind: "Order",
                name: format!("#{}", order.number),
                note: format!("{} · {}", order.name, order.total),
                url: Place::Order(order.id).url(),
            }));
        }
        if of_products {
            let query =
                ProductQuery { text: Some(wanted.clone()), limit: Some(6), ..ProductQuery::default() };
            let page = catalog::find_products(query).await;
            hits.extend(page.into_iter().flat_map(|page| page.items).map(|product| Hit {
                kind: "Product",
                name: product.title,
                note: product.vendor,
                url: Place::Product(product.id).url(),
            }));
        }
        if of_customers {
            let query = CustomerQuery { text: Some(wanted), limit: Some(5), ..CustomerQuery::default() };
            let page = customers::customers(query).await;
            hits.extend(page.into_iter().flat_map(|page| page.items).map(|customer| Hit {
                kind: "Customer",
                name: if customer.name.is_empty() { customer.email.clone() } else { customer.name },
                note: customer.email,
                url: Place::Customer(customer.id).url(),
            }));
        }
        if text.try_get_untracked().as_ref() == Some(&asked) {
            found.set(hits);
        }
    });
}
