use leptos::prelude::*;
use souk_contract::{CollectionKind, CollectionRecord, CollectionRule, Resource};

use super::rule;
use crate::{
    admin::{desk::Desk, load::Source, parts, place::Place},
    api::admin::collections,
    ui::{Icon, empty, link_button},
};

const COLUMNS: [&str; 5] = ["Collection", "Holds", "Kind", "#Products", "#Position"];

pub fn view(desk: Desk) -> AnyView {
    let all = Source::new(desk, collections::collections).is_main();
    let may_write = untrack(move || desk.may(Resource::Catalog.write()));
    let new = move || link_button("", Place::NewCollection.url(), "New collection");
    let table = move |all: Vec<CollectionRecord>| {
        if all.is_empty() {
            let text = "Categories stand in the shop's menu; collections are lists such as a sale or a season. Either is chosen by hand or by a rule.";
            return empty(Icon::Box, "No collections yet", text, may_write.then(new));
        }
        parts::table(
            "Collections in the shop's order",
            &COLUMNS,
            all.iter().map(|one| row(desk, one)).collect(),
        )
    };
    let back = Some((Place::Products.url(), "Products"));
    view! {
        {parts::head(desk, back, Signal::stored("Collections".to_owned()), may_write.then(new).into_any())}
        <div class="box box--list">{all.view(table)}</div>
    }
    .into_any()
}

fn row(desk: Desk, record: &CollectionRecord) -> AnyView {
    let kind = match record.input.kind {
        CollectionKind::Category => "Category",
        CollectionKind::Collection => "Collection",
    };
    let title = view! {
        <span class="named">
            {parts::thumb(record.media.as_ref(), &record.input.title)} <span>{record.input.title.clone()}</span>
        </span>
    };
    let holds = match &record.input.rule {
        CollectionRule::Manual { handles } => format!("{} chosen by hand", handles.len()),
        other => rule::told(other, desk.currency()),
    };
    parts::row(
        Some(Place::Collection(record.id).url()),
        title.into_any(),
        vec![
            ("Holds", holds.into_any()),
            ("Kind", kind.into_any()),
            ("#Products", record.product_count.into_any()),
            ("#Position", record.input.position.into_any()),
        ],
    )
}
