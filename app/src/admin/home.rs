//! The first screen: what waits, how today goes, what runs out.

use leptos::prelude::*;
use souk_contract::{
    ImportState, Money, OrdersWaiting, PageRequest, Resource, Sales, StockLevel, VariantInfo,
};

use super::{analytics, desk::Desk, load::Source, parts, place::Place, shell, stock, time, words};
use crate::{
    api::admin::{catalog, imports, inventory, orders},
    ui::{Icon, empty},
};

/// Imports that are looked at, and how long one with errors is mentioned.
const IMPORTS: u32 = 20;
const IMPORT_DAYS: f64 = 3.0;
/// Rows of the list of what runs out.
const SHOWN: u32 = 12;

pub fn view(desk: Desk) -> AnyView {
    let may = move |resource: Resource| untrack(move || desk.may(resource.read()));
    let (sells, stocks) = (may(Resource::Orders), may(Resource::Inventory) && may(Resource::Catalog));
    let running_out = stocks.then(|| Source::new(desk, running_out).live());
    let broken = may(Resource::Catalog).then(|| Source::new(desk, broken_imports).live());
    let cards = sells.then(|| {
        let waiting = Source::new(desk, orders::waiting).live().is_main();
        let sales = Source::new(desk, || orders::sales(time::so_far())).live();
        let blocks = view! {
            {parts::card("Waiting for you", None, waiting.view(move |waiting| tasks(waiting, running_out, broken)))}
            {parts::card("Today so far", None, sales.view(move |sales| today(desk, &sales)))}
        };
        blocks.into_any()
    });
    if !sells {
        match running_out {
            Some(running_out) => drop(running_out.is_main()),
            None => desk.ready.set(true),
        }
    }
    let list =
        running_out.map(|source| parts::card("Running out", None, source.view(|found| shortages(&found))));
    let month = may(Resource::Analytics).then(|| analytics::small(desk));
    let nothing = (!sells && !stocks).then(|| {
        shell::hidden("Your role shows neither orders nor stock. The menu leads to what you may see.")
    });
    let not_fetched = may(Resource::Inventory).then(|| stock::source_warning(desk));
    view! {
        {parts::head(desk, None, Signal::stored("Home".to_owned()), ().into_any())}
        <div class="stack stack--l">{not_fetched} {nothing} {cards} {month} {list}</div>
    }
    .into_any()
}

/// Those that left products out, lately.
async fn broken_imports() -> crate::failure::Result<usize> {
    let page = imports::imports(PageRequest { after: None, limit: Some(IMPORTS) }).await?;
    let since = js_sys::Date::now() - IMPORT_DAYS * 86_400_000.0;
    let broken = page.items.into_iter().filter(|import| {
        let lately = import.ended_at.is_some_and(|at| at.micros() as f64 / 1000.0 > since);
        import.state == ImportState::CompletedWithErrors && lately
    });
    Ok(broken.count())
}

type Shortage = (StockLevel, Option<VariantInfo>);

async fn running_out() -> crate::failure::Result<Vec<Shortage>> {
    let levels = inventory::running_out(SHOWN).await?;
    let infos = catalog::variants(levels.iter().map(|level| level.variant_id).collect()).await?;
    let named = |level: StockLevel| {
        let info = infos.iter().find(|info| info.variant.id == level.variant_id).cloned();
        (level, info)
    };
    Ok(levels.into_iter().map(named).collect())
}

fn tasks(
    waiting: OrdersWaiting,
    running_out: Option<Source<Vec<Shortage>>>,
    broken: Option<Source<usize>>,
) -> AnyView {
    let many = |count: i64| if count >= 1000 { "1,000+".to_owned() } else { count.to_string() };
    let task = |count: String, label: &'static str, href: String| {
        view! { <li><a class="task" href=href><span class="task__count">{count}</span><span>{label}</span></a></li> }
            .into_any()
    };
    let short = move || {
        let count = running_out?.get()?.len();
        let count = if count >= SHOWN as usize { format!("{count}+") } else { count.to_string() };
        Some(task(count, "Running out", Place::Inventory.url()))
    };
    let broken = move || {
        let count = broken?.get().filter(|count| *count > 0)?;
        Some(task(count.to_string(), "Imports with errors", Place::Imports.url()))
    };
    view! {
        <ul class="tasks">
            {task(many(waiting.to_fulfil), "Orders to fulfil", format!("{}?tab=unfulfilled", Place::Orders.url()))}
            {task(many(waiting.to_pay), "Orders awaiting payment", format!("{}?tab=unpaid", Place::Orders.url()))}
            {short}
            {broken}
        </ul>
    }
    .into_any()
}

fn today(desk: Desk, sales: &[Sales]) -> AnyView {
    let total = |sales: Option<&Sales>| {
        let own = desk.currency();
        let found = sales.and_then(|sales| sales.totals.iter().find(|total| total.currency == own));
        found.copied().unwrap_or(Money::zero(own))
    };
    let [now, yesterday, last_week] = [0, 1, 2].map(|index| sales.get(index));
    let orders = |sales: Option<&Sales>| sales.map_or(0, |sales| sales.orders);
    let figure = |label: &'static str, value: String, before: String, week: String| {
        view! {
            <div class="figure">
                <dt>{label}</dt>
                <dd class="figure__value">{value}</dd>
                <dd class="figure__before">{format!("{before} yesterday until now")}</dd>
                <dd class="figure__before">{format!("{week} a week ago until now")}</dd>
            </div>
        }
        .into_any()
    };
    view! {
        <dl class="figures">
            {figure("Orders", orders(now).to_string(), orders(yesterday).to_string(), orders(last_week).to_string())}
            {figure("Sales", total(now).to_string(), total(yesterday).to_string(), total(last_week).to_string())}
        </dl>
    }
    .into_any()
}

fn shortages(found: &[Shortage]) -> AnyView {
    if found.is_empty() {
        return empty(Icon::Check, "Nothing runs out", "Whatever is tracked has enough on the shelf.", None);
    }
    let row = |(level, info): &Shortage| {
        let (title, href) = match info {
            Some(info) => (name(info), Some(Place::Stock(info.product_id).url())),
            None => ("A variant that is gone".to_owned(), None),
        };
        let sku = info.as_ref().and_then(|info| info.variant.sku.clone()).unwrap_or_default();
        parts::row(
            href,
            title.into_any(),
            vec![
                ("SKU", sku.into_any()),
                ("Stock", words::stock(level.availability)),
                ("#Available", level.available.into_any()),
                ("#On hand", level.on_hand.into_any()),
            ],
        )
    };
    let columns = ["Variant", "SKU", "Stock", "#Available", "#On hand"];
    parts::table("What runs out, fewest pieces first", &columns, found.iter().map(row).collect())
}

fn name(info: &VariantInfo) -> String {
    if info.variant.title.is_empty() {
        info.product_title.clone()
    } else {
        format!("{} – {}", info.product_title, info.variant.title)
    }
}
