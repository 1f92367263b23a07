//! What the stock is worth, and how long it lasts.

use leptos::prelude::*;
use souk_contract::{StockReport, StockRow};

use crate::{
    admin::{parts, place::Place, time, words},
    draft::range,
    ui::{Icon, Tone, badge, empty},
};

const SHOWN: usize = 8;

pub fn view(report: &StockReport) -> AnyView {
    if report.variants == 0 {
        let text = "As soon as stock of something is tracked, its value and how long it lasts stand here.";
        return empty(Icon::Box, "No stock is tracked", text, None);
    }
    let figure = |label: &'static str, value: String, note: String| {
        view! {
            <div class="figure">
                <dt>{label}</dt><dd class="figure__value">{value}</dd><dd class="figure__before">{note}</dd>
            </div>
        }
        .into_any()
    };
    let unknown = match report.on_hand_without_cost {
        0 => "All costs are known".to_owned(),
        pieces if pieces == report.on_hand => "No cost is known".to_owned(),
        pieces => format!("Without {}, whose cost is not known", words::count(pieces, "piece", "pieces")),
    };
    let cost = if report.on_hand_without_cost == report.on_hand {
        "–".to_owned()
    } else {
        report.cost.to_string()
    };
    let cover = report.cover_days.map_or_else(|| "–".to_owned(), days);
    view! {
        <dl class="figures">
            {figure("At prices", report.retail.to_string(), words::count(report.variants, "variant", "variants"))}
            {figure("At cost", cost, unknown)}
            {figure("Pieces on hand", range::grouped(report.on_hand), format!("{} sold in 28 days", range::grouped(report.sold)))}
            {figure("Lasts", cover, "At the pace of the last 28 days".to_owned())}
        </dl>
        <div class="halves after">
            {list("Runs out first", &report.shortest)} {list("Worth most", &report.dearest)}
        </div>
        <p class="muted after">"Counted "{time::time(report.at)}"."</p>
    }
    .into_any()
}

fn lasts(row: &StockRow) -> AnyView {
    match row.cover_days {
        Some(_) if row.on_hand <= 0 => badge(Tone::Out, "Sold out"),
        Some(cover) => days(cover).into_any(),
        None => "–".into_any(),
    }
}

fn days(days: i64) -> String {
    words::count(days, "day", "days")
}

fn list(title: &'static str, all: &[StockRow]) -> AnyView {
    let columns = ["Variant", "#On hand", "#Worth", "#Lasts"];
    let row = |row: &StockRow| {
        parts::row(
            Some(Place::Stock(row.product_id).url()),
            row.title.clone().into_any(),
            vec![
                ("#On hand", row.on_hand.into_any()),
                ("#Worth", row.retail.to_string().into_any()),
                ("#Lasts", lasts(row)),
            ],
        )
    };
    let rows: Vec<AnyView> = all.iter().take(SHOWN).map(row).collect();
    let table = if rows.is_empty() {
        view! { <p class="muted">"Nothing was sold in the last 28 days."</p> }.into_any()
    } else {
        parts::table(title, &columns, rows)
    };
    view! { <section class="lean"><h3 class="subhead">{title}</h3>{table}</section> }.into_any()
}
