use leptos::{prelude::*, task::spawn_local};
use souk_contract::{Consent, Currency, CustomerQuery, CustomerSort, CustomerSummary, Resource};

use super::new;
use crate::{
    admin::{
        activity,
        columns::{Column, Columns, Row},
        desk::Desk,
        load::Pages,
        parts,
        place::Place,
        table_file, time, views, words,
    },
    api::admin::customers,
    draft::money,
    ui::{Icon, Tone, badge, empty},
};

/// What stands in the address and narrows the list.
const CONDITIONS: [&str; 8] = ["q", "account", "consent", "tag", "orders", "spent", "since", "sort"];
const COLUMNS: [Column; 10] = [
    ("Customer", true),
    ("Email", false),
    ("Phone", false),
    ("Country", false),
    ("Marketing", true),
    ("Tags", true),
    ("#Orders", true),
    ("#Spent", true),
    ("First order", false),
    ("Last order", true),
];
/// Of those whom a segment finds.
pub const PLAIN: [&str; 6] = ["Customer", "Marketing", "Tags", "#Orders", "#Spent", "Last order"];

pub fn view(desk: Desk) -> AnyView {
    let pages = Pages::new(desk, move |after| {
        customers::customers(CustomerQuery { after, limit: Some(50), ..query(desk) })
    });
    let pages = pages.live().is_main();
    let none = move || {
        if CONDITIONS.iter().any(|name| desk.param(name).is_some()) {
            let text =
                "Nobody fits. Search finds how a mail address, a word of a name or a phone number begins.";
            empty(Icon::Search, "No customer here", text, None)
        } else {
            let text =
                "Whoever makes an account or orders something stands here, with what they bought and spent.";
            empty(Icon::User, "No customers yet", text, None)
        }
    };
    let columns = Columns::new(desk, "customers", &COLUMNS);
    let adding = RwSignal::new(false);
    let add = untrack(move || desk.may(Resource::Customers.write())).then(|| {
        view! { <button type="button" class="button" on:click=move |_| adding.set(true)>"New customer"</button> }
    });
    let acts = view! {
        <button type="button" class="button button--quiet" on:click=move |_| export(query(desk), desk)>"Export CSV"</button>
        <a class="button button--quiet" href=Place::Segments.url()>"Segments"</a>
        <a class="button button--quiet" href=Place::Duplicates.url()>"Duplicates"</a>
        {add}
    };
    view! {
        {parts::head(desk, None, Signal::stored("Customers".to_owned()), acts.into_any())}
        <div class="box box--list">
            {filters(desk)}
            {views::bar(desk, "customers", columns)}
            {pages.view(move |customers| table(customers, columns), none)}
        </div>
        {new::dialog(desk, adding)}
    }
    .into_any()
}

/// The conditions that stand in the address.
fn query(desk: Desk) -> CustomerQuery {
    let number = |name: &str| desk.param(name).and_then(|text| text.trim().parse::<i64>().ok());
    let currency: Currency = desk.currency();
    CustomerQuery {
        text: desk.param("q"),
        has_account: desk.param("account").map(|value| value == "yes"),
        tag: desk.param("tag"),
        consent: desk.param("consent").and_then(|value| Consent::parse(&value)),
        orders_at_least: number("orders"),
        spent_at_least: desk.param("spent").and_then(|text| Some(money::parse(&text, currency)?.minor)),
        no_order_since: desk.param("since").and_then(|text| Some(time::of_day(&text)?.0)),
        sort: desk.param("sort").and_then(|value| CustomerSort::parse(&value)),
        ..CustomerQuery::default()
    }
}

pub fn export(query: CustomerQuery, desk: Desk) {
    spawn_local(async move {
        match customers::export_customers(query).await {
            Ok(text) => table_file::save(desk, "customers.csv", &text, "The file is ready.".to_owned()),
            Err(failure) => desk.complain(&failure.0),
        }
    });
}

fn filters(desk: Desk) -> AnyView {
    let options = |all: &[(&str, &str)]| {
        all.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned())).collect::<Vec<_>>()
    };
    let accounts = options(&[("", "Everybody"), ("yes", "With an account"), ("no", "Guests")]);
    let consents =
        options(&[("", "Any"), ("granted", "Yes"), ("withdrawn", "No"), ("unknown", "Never asked")]);
    let sorts = options(&[("", "Last order"), ("spent", "Spent"), ("name", "Name")]);
    view! {
        <div class="filters filters--many">
            {parts::search(desk, "Search customers", "Name, mail address or phone")}
            {activity::filter(desk, "Account", "account", accounts)}
            {activity::filter(desk, "Marketing", "consent", consents)}
            {typed(desk, "Tag", "tag", "text")}
            {typed(desk, "Orders, at least", "orders", "number")}
            {typed(desk, "Spent, at least", "spent", "text")}
            {typed(desk, "No order since", "since", "date")}
            {activity::filter(desk, "Sort by", "sort", sorts)}
        </div>
    }
    .into_any()
}

/// A value that goes into the address when it is done.
fn typed(desk: Desk, label: &'static str, name: &'static str, kind: &'static str) -> AnyView {
    let value = move || desk.param(name).unwrap_or_default();
    let change = move |event| desk.set_params(&[(name, event_target_value(&event).trim())]);
    view! {
        <label class="filter">
            <span>{label}</span>
            <input class="input" type=kind autocomplete="off" prop:value=value on:change=change/>
        </label>
    }
    .into_any()
}

fn table(customers: Vec<CustomerSummary>, columns: Columns) -> AnyView {
    columns.table("Customers", customers.iter().map(cells).collect())
}

/// Name and address, one over the other.
pub fn named(customer: &CustomerSummary) -> AnyView {
    let (first, second) = if customer.name.is_empty() {
        (customer.email.clone(), String::new())
    } else {
        (customer.name.clone(), customer.email.clone())
    };
    view! { <span class="two"><span>{first}</span><span class="muted">{second}</span></span> }.into_any()
}

/// With the columns in [`PLAIN`].
pub fn row(customer: &CustomerSummary) -> AnyView {
    let (href, name, mut all) = cells(customer);
    all.retain(|(heading, _)| PLAIN.contains(heading));
    parts::row(href, name, all)
}

fn cells(customer: &CustomerSummary) -> Row {
    let last = customer.last_order_at.map_or_else(|| "Never".into_any(), time::time);
    let guest = (!customer.has_account).then(|| badge(Tone::Plain, "Guest"));
    let name = view! { <span class="named">{named(customer)}{guest}</span> };
    let first = customer.first_order_at.map(time::time);
    (
        Some(Place::Customer(customer.id).url()),
        name.into_any(),
        vec![
            ("Email", customer.email.clone().into_any()),
            ("Phone", customer.phone.clone().into_any()),
            ("Country", customer.country.clone().into_any()),
            ("Marketing", words::consent(customer.consent)),
            ("Tags", customer.tags.join(", ").into_any()),
            ("#Orders", customer.orders.into_any()),
            ("#Spent", customer.spent.to_string().into_any()),
            ("First order", first.into_any()),
            ("Last order", last),
        ],
    )
}
