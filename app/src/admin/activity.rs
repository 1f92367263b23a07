//! Who changed what.

use std::collections::HashMap;

use leptos::prelude::*;
use souk_contract::{AuditChange, AuditEntry, AuditQuery, Page, Resource, StaffId};

use super::{
    desk::Desk,
    load::{Pages, Source},
    parts,
    place::Place,
    time, words,
};
use crate::{
    api::admin::{audit, staff},
    ui::{Icon, empty, icon},
};

/// Of one entry, before somebody asks for all.
const MOST_CHANGES: usize = 30;

/// Names of colleagues, for those who may know them.
pub type Names = Option<Source<HashMap<StaffId, String>>>;

pub fn names(desk: Desk) -> Names {
    let ask = || async {
        let all = staff::colleagues().await?;
        Ok(all.into_iter().map(|colleague| (colleague.id, colleague.name)).collect())
    };
    untrack(move || desk.may(Resource::Staff.read())).then(|| Source::new(desk, ask))
}

pub fn view(desk: Desk) -> AnyView {
    let names = names(desk);
    let pages = Pages::new(desk, move |after| audit::entries(query(desk, after))).is_main();
    let none = move || {
        let filtered =
            ["who", "object", "q", "from", "until"].into_iter().any(|name| desk.param(name).is_some());
        if filtered {
            empty(Icon::Search, "Nothing like that happened", "Try fewer conditions.", None)
        } else {
            empty(
                Icon::Return,
                "Nothing happened yet",
                "Every change by staff stands here, with what was there before.",
                None,
            )
        }
    };
    view! {
        {parts::head(desk, None, Signal::stored("Activity".to_owned()), ().into_any())}
        <div class="box box--list">
            {filters(desk, names)}
            {pages.view(move |entries| rows(desk, entries, names), none)}
        </div>
    }
    .into_any()
}

fn query(desk: Desk, after: Option<String>) -> AuditQuery {
    let day = |name: &str| desk.param(name).and_then(|text| time::of_day(&text));
    AuditQuery {
        staff_id: desk.param("who").and_then(|id| id.parse().ok()),
        object: desk.param("object"),
        text: desk.param("q"),
        from: day("from").map(|(start, _)| start),
        until: day("until").map(|(_, end)| end),
        after,
        limit: Some(50),
        ..AuditQuery::default()
    }
}

fn filters(desk: Desk, names: Names) -> AnyView {
    const OBJECTS: [(&str, &str); 31] = [
        ("", "Everything"),
        ("order", "Orders"),
        ("draft", "Drafts of orders"),
        ("product", "Products"),
        ("attribute", "Attributes"),
        ("attribute_group", "Attribute groups"),
        ("product_template", "Product templates"),
        ("variant", "Stock"),
        ("supply", "Transfers and purchase orders"),
        ("count", "Counts"),
        ("location", "Locations"),
        ("stock_source", "Stock sources"),
        ("customer", "Customers"),
        ("segment", "Segments"),
        ("promotion", "Promotions"),
        ("staff", "Staff"),
        ("role", "Roles"),
        ("api_key", "API keys"),
        ("import", "Imports"),
        ("collection", "Collections"),
        ("page", "Pages"),
        ("shop_settings", "Shop"),
        ("shipping_method", "Delivery"),
        ("tax_zone", "Tax zones"),
        ("tax_class", "Tax classes"),
        ("tax_settings", "Tax settings"),
        ("payment_settings", "Payments"),
        ("payment_notice", "Notices of gateways"),
        ("payment_break", "Reconciliation"),
        ("mail_template", "Mail texts"),
        ("bulk_plan", "Planned edits of products"),
    ];
    let objects = OBJECTS.map(|(value, label)| (value.to_owned(), label.to_owned())).to_vec();
    let who = move || {
        let mut known: Vec<(String, String)> =
            names?.get()?.into_iter().map(|(id, name)| (id.to_string(), name)).collect();
        known.sort_by(|one, other| one.1.cmp(&other.1));
        known.insert(0, (String::new(), "Everybody".to_owned()));
        Some(filter(desk, "By", "who", known))
    };
    let day = move |label: &'static str, name: &'static str| {
        let value = move || desk.param(name).unwrap_or_default();
        let change = move |event| desk.set_params(&[(name, &event_target_value(&event))]);
        view! {
            <label class="filter">
                <span>{label}</span><input class="input" type="date" prop:value=value on:change=change/>
            </label>
        }
        .into_any()
    };
    view! {
        <div class="filters">
            {parts::search(desk, "Search activity", "Number, title, name or value")}
            {filter(desk, "About", "object", objects)} {who} {day("From", "from")} {day("Until", "until")}
        </div>
    }
    .into_any()
}

/// A choice that stands in the address.
pub fn filter(
    desk: Desk,
    label: &'static str,
    name: &'static str,
    options: Vec<(String, String)>,
) -> AnyView {
    let now = desk.address.with_untracked(|address| address.param(name)).unwrap_or_default();
    let options = options.into_iter().map(|(value, label)| {
        let is = value == now;
        view! { <option value=value selected=is>{label}</option> }.into_any()
    });
    let value = move || desk.param(name).unwrap_or_default();
    let change = move |event| desk.set_params(&[(name, &event_target_value(&event))]);
    view! {
        <label class="filter">
            <span>{label}</span>
            <span class="select">
                <select class="input" prop:value=value on:change=change>{options.collect::<Vec<_>>()}</select>{icon(Icon::Down)}
            </span>
        </label>
    }
    .into_any()
}

/// Of one thing: whoever may see it may see what was done to it.
pub fn history(desk: Desk, of: AuditQuery) -> Source<Page<AuditEntry>> {
    Source::new(desk, move || audit::entries(AuditQuery { limit: Some(50), ..of.clone() }))
}

pub fn card(desk: Desk, history: Source<Page<AuditEntry>>) -> AnyView {
    let names = names(desk);
    let shown = move |page: Page<AuditEntry>| {
        if page.items.is_empty() {
            return view! { <p class="muted">"Nothing was changed by staff yet."</p> }.into_any();
        }
        rows(desk, page.items, names)
    };
    parts::card("History", None, history.view(shown))
}

fn rows(desk: Desk, entries: Vec<AuditEntry>, names: Names) -> AnyView {
    let row = |entry: AuditEntry| one(desk, entry, names);
    view! { <ol class="history">{entries.into_iter().map(row).collect::<Vec<_>>()}</ol> }.into_any()
}

/// None: the shop itself.
pub fn who(desk: Desk, id: Option<StaffId>, names: Names) -> AnyView {
    match id {
        Some(id) => (move || name(desk, names, id)).into_any(),
        None => "The shop".into_any(),
    }
}

fn one(desk: Desk, entry: AuditEntry, names: Names) -> AnyView {
    let who = who(desk, Some(entry.staff_id), names);
    let place = match entry.object.as_str() {
        "order" => Some(Place::Order(entry.object_id.into())),
        "draft" => Some(Place::Draft(entry.object_id.into())),
        "product" => Some(Place::Product(entry.object_id.into())),
        "attribute" | "attribute_group" | "product_template" => Some(Place::Attributes),
        "customer" => Some(Place::Customer(entry.object_id.into())),
        "segment" => Some(Place::Segment(entry.object_id.into())),
        "import" => Some(Place::Import(entry.object_id.into())),
        "collection" => Some(Place::Collection(entry.object_id.into())),
        "staff" => Some(Place::Staff),
        "role" => Some(Place::Roles),
        "shipping_method" => Some(Place::Shipping),
        "tax_zone" | "tax_class" | "tax_settings" => Some(Place::Taxes),
        "shop_settings" => Some(Place::Shop),
        "payment_settings" => Some(Place::Payments),
        "payment_break" => Some(Place::Breaks),
        "payment_notice" => Some(Place::Notices),
        "mail_template" => Some(Place::MailTemplates),
        "bulk_plan" => Some(Place::BulkEdit),
        "supply" => Some(Place::Supply(entry.object_id.into())),
        "count" => Some(Place::Count(entry.object_id.into())),
        "location" => Some(Place::Locations),
        "stock_source" => Some(Place::StockSource(entry.object_id.into())),
        _ => None,
    };
    let label = match place {
        Some(place) => view! { <a href=place.url()>{entry.label}</a> }.into_any(),
        None => view! { <span>{entry.label}</span> }.into_any(),
    };
    let request = format!("Request {}", entry.request_id);
    view! {
        <li class="event">
            <p class="event__head">
                <b>{who}</b>{entry.by_key.then_some(" (by an API key)")}
                <span>{words::plain(&entry.action)}</span>{label}
                <span class="event__time" title=request>{time::time(entry.at)}</span>
            </p>
            {(!entry.changes.is_empty()).then(|| changes(&entry.changes))}
        </li>
    }
    .into_any()
}

/// What a member of staff is called, by those who may know it.
pub fn name(desk: Desk, names: Names, id: StaffId) -> String {
    let own = desk.member().is_some_and(|member| member.id == id).then(|| "You".to_owned());
    let known = || names.and_then(|names| names.get()).and_then(|names| names.get(&id).cloned());
    own.or_else(known).unwrap_or_else(|| "A colleague".to_owned())
}

pub fn changes(all: &[AuditChange]) -> AnyView {
    let value = |value: &Option<String>| match value.as_deref() {
        None | Some("") => view! { <span class="muted">"nothing"</span> }.into_any(),
        Some(text) => view! { <span class="change__value">{text.to_owned()}</span> }.into_any(),
    };
    let change = move |change: &AuditChange| {
        view! {
            <div class="change">
                <dt>{words::plain(&change.field)}</dt>
                <dd>
                    <span class="sr-only">
                        "Before: "</span>{value(&change.before)}<span aria-hidden="true">" → "
                    </span>
                    <span class="sr-only">"After: "</span>{value(&change.after)}
                </dd>
            </div>
        }
        .into_any()
    };
    let list = move |all: &[AuditChange]| {
        view! { <dl class="changes">{all.iter().map(change).collect::<Vec<_>>()}</dl> }.into_any()
    };
    // A product that was made with thousands of variants has as many: nobody reads them on the way to something else.
    if all.len() <= MOST_CHANGES {
        return list(all);
    }
    let (whole, kept) = (RwSignal::new(false), all.to_vec());
    let shown = move || list(if whole.get() { &kept } else { kept.get(..MOST_CHANGES).unwrap_or_default() });
    let label = format!("Show all {}", all.len());
    let more = move || {
        let label = label.clone();
        (!whole.get()).then(|| {
            view! { <button type="button" class="text-button" on:click=move |_| whole.set(true)>{label}</button> }
        })
    };
    view! { {shown} {more} }.into_any()
}
