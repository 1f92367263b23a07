//! What should be ordered again, and from which number on.

use leptos::{prelude::*, task::spawn_local};
use souk_contract::{PageRequest, ReorderPoint, ReorderRow, Resource, VariantId};

use super::names;
use crate::{
    admin::{desk::Desk, load::Pages, parts, place::Place},
    api::admin::supplies,
    failure::Result,
    ui::{Icon, empty},
};

/// The row is a signal: whoever types in one keeps the cursor in the next.
#[derive(Clone)]
struct Named {
    row: ArcRwSignal<ReorderRow>,
    name: String,
    sku: String,
}

pub fn view(desk: Desk) -> AnyView {
    let pages = Pages::new(desk, named).is_main();
    let may = untrack(move || desk.may(Resource::Inventory.write()));
    let acts =
        may.then(|| view! { <a class="button" href=Place::NewPurchase.url()>"New purchase order"</a> });
    let none = || {
        let text = "A product stands here once no more of it is left, or on its way, than its reorder point.";
        empty(Icon::Box, "Enough of everything", text, None)
    };
    let hint =
        "Suggested is what was sold in 30 days above the reorder point, less what is there and on its way.";
    view! {
        {parts::head(desk, Some((Place::Inventory.url(), "Inventory")), Signal::stored("Order again".to_owned()), acts.into_any())}
        <p class="muted">{hint}</p>
        <div class="box box--list">
            {pages.view(move |all| {
                let columns =
                    ["Product", "SKU", "#Available", "#Incoming", "#Sold in 30 days", "#Suggested", "#Reorder point"];
                let rows = all.iter().map(|one| row(desk, pages, one, may)).collect();
                parts::table("Products to order again", &columns, rows)
            }, none)}
        </div>
    }
    .into_any()
}

async fn named(after: Option<String>) -> Result<souk_contract::Page<Named>> {
    let page = supplies::reorder(PageRequest { after, limit: Some(50) }).await?;
    let ids: Vec<VariantId> = page.items.iter().map(|row| row.variant_id).collect();
    let names = names::of(&ids).await?;
    let name = |row: ReorderRow| {
        let info = names.get(&row.variant_id);
        Named { name: names::variant(info), sku: names::sku(info), row: ArcRwSignal::new(row) }
    };
    Ok(souk_contract::Page { items: page.items.into_iter().map(name).collect(), next: page.next })
}

fn row(desk: Desk, pages: Pages<Named>, one: &Named, may: bool) -> AnyView {
    let (point, suggested) = (one.row.clone(), one.row.clone());
    let row = one.row.get_untracked();
    let shown =
        move || point.with(|row| row.reorder_point.map(|point| point.to_string()).unwrap_or_default());
    let point = if may {
        let row = one.row.clone();
        let label = format!("Reorder point of {}", one.name);
        let change = move |event| set(desk, pages, row.clone(), &event_target_value(&event));
        view! {
            <input
                class="input num" aria-label=label autocomplete="off" inputmode="numeric" prop:value=shown
                on:change=change
            />
        }
        .into_any()
    } else {
        shown.into_any()
    };
    parts::row(
        None,
        one.name.clone().into_any(),
        vec![
            ("SKU", one.sku.clone().into_any()),
            ("#Available", row.available.into_any()),
            ("#Incoming", row.incoming.into_any()),
            ("#Sold in 30 days", row.sold.into_any()),
            ("#Suggested", (move || suggested.with(|row| row.suggested)).into_any()),
            ("#Reorder point", point),
        ],
    )
}

/// An empty field takes the variant's own point away.
fn set(desk: Desk, pages: Pages<Named>, row: ArcRwSignal<ReorderRow>, typed: &str) {
    let typed = typed.trim();
    let reorder_point = typed.parse::<i64>().ok().filter(|point| *point >= 0);
    if reorder_point.is_none() && !typed.is_empty() {
        return desk.say("A whole number of pieces, from 0.");
    }
    let variant_id = row.with_untracked(|row| row.variant_id);
    spawn_local(async move {
        match supplies::put_reorder_points(vec![ReorderPoint { variant_id, reorder_point }]).await {
            Ok(()) => {
                desk.say("The reorder point is saved.");
                match reorder_point {
                    Some(point) => row.update(|row| {
                        row.reorder_point = Some(point);
                        row.suggested = row.suggestion(point);
                    }),
                    None => pages.reload(),
                }
            }
            Err(failure) => desk.complain(&failure.0),
        }
    });
}
