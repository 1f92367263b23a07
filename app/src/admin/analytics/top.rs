//! What sold for most.

use leptos::prelude::*;
use souk_contract::{Export, ReportQuery, RowsQuery, Timestamp, TopBy, TopQuery, TopRow};

use super::{csv_button, rows::Rows};
use crate::{
    admin::{desk::Desk, load::Pages, parts},
    api::admin::analytics,
    draft::range,
    ui::{Icon, empty},
};

const SHOWN: u32 = 10;

fn asked(query: &ReportQuery, by: TopBy, after: Option<String>) -> TopQuery {
    TopQuery {
        by,
        from: query.from,
        until: query.until,
        compare_to: query.compare_to,
        currency: query.currency,
        after,
        limit: Some(SHOWN),
    }
}

pub fn card(desk: Desk, query: Memo<ReportQuery>, by: TopBy, rows: Rows) -> AnyView {
    let pages = Pages::new(desk, move |after| analytics::top(asked(&query.get(), by, after)));
    let (title, name) = match by {
        TopBy::Product => ("Top products", "top-products"),
        TopBy::Category => ("Top categories", "top-categories"),
    };
    let csv = csv_button(desk, name, move || Export::Top(asked(&query.get_untracked(), by, None)));
    let none = || empty(Icon::Box, "Nothing sold yet", "What is bought in this time stands here.", None);
    let table = move |found: Vec<TopRow>| {
        let columns = ["What", "#Pieces", "#Sales", "#Change"];
        let most = found.iter().map(|row| row.sales.minor).max().unwrap_or_default();
        let rows = found.into_iter().map(|one| row(one, most, query, rows)).collect();
        parts::table(format!("{title}, by sales"), &columns, rows)
    };
    let list = view! { <div class="lean">{pages.view(table, none)}</div> };
    parts::card(title, Some(csv), list.into_any())
}

fn row(found: TopRow, most: i64, query: Memo<ReportQuery>, rows: Rows) -> AnyView {
    let title = match found.title.as_str() {
        "" => "No category".to_owned(),
        title => title.to_owned(),
    };
    let change = found.sales_before.and_then(|before| range::change(found.sales.minor, before.minor));
    let (sales, pieces) = (found.sales, found.pieces);
    let (name, asked) = (title.clone(), found.clone());
    let open = move |_| {
        if let Some(query) = behind(&query.get_untracked(), &asked) {
            rows.open(format!("Orders: {name}"), query);
        }
    };
    // An element's own attribute, not a style: the policy allows none in the markup.
    let share = view! {
        <meter class="share" aria-hidden="true" min="0" max=most.max(1).to_string() value=sales.minor.max(0).to_string()></meter>
    };
    let link = view! {
        <span class="top-row"><button type="button" class="text-button" on:click=open>{title}</button>{share}</span>
    };
    parts::row(
        None,
        link.into_any(),
        vec![
            ("#Pieces", pieces.into_any()),
            ("#Sales", sales.to_string().into_any()),
            ("#Change", change.unwrap_or_else(|| "–".to_owned()).into_any()),
        ],
    )
}

/// Its orders.
fn behind(query: &ReportQuery, found: &TopRow) -> Option<RowsQuery> {
    let start = |day: souk_contract::NaiveDate| Timestamp::parse(&format!("{day}T00:00:00Z")).ok();
    Some(RowsQuery {
        from: start(query.from)?,
        until: start(query.until)?.plus_seconds(86_400),
        currency: Some(found.sales.currency),
        product_id: found.product_id,
        category: found.product_id.is_none().then(|| found.key.clone()),
        buyers: None,
        after: None,
        limit: None,
    })
}
