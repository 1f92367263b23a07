//! The orders behind a figure, in a drawer.

use leptos::prelude::*;
use souk_contract::{FunnelReport, OrderFact, Resource, RowsQuery, SalesBucket, SalesReport};

use super::sales;
use crate::{
    admin::{desk::Desk, dialogs, load::Pages, parts, place::Place, time},
    api::admin::analytics,
    draft::range,
    ui::{Icon, Tone, badge, empty},
};

#[derive(Clone, Copy)]
pub struct Rows {
    desk: Desk,
    shown: RwSignal<bool>,
    title: RwSignal<String>,
    asked: RwSignal<Option<RowsQuery>>,
}

impl Rows {
    pub fn new(desk: Desk) -> Self {
        Self {
            desk,
            shown: RwSignal::new(false),
            title: RwSignal::new(String::new()),
            asked: RwSignal::new(None),
        }
    }

    pub fn open(self, title: String, query: RowsQuery) {
        self.title.set(title);
        self.asked.set(Some(query));
        self.shown.set(true);
    }

    pub fn open_bucket(self, report: &SalesReport, bucket: &SalesBucket) {
        let query = RowsQuery {
            from: bucket.from,
            until: bucket.until,
            currency: Some(report.currency),
            product_id: None,
            category: None,
            buyers: None,
            after: None,
            limit: None,
        };
        self.open(format!("Orders: {}", sales::name(bucket, report.interval)), query);
    }

    /// Those of a whole report, in the currency that the address asks for.
    pub fn open_days(self, desk: Desk, report: &FunnelReport) {
        let ends = report.series.first().zip(report.series.last());
        let Some((from, until)) = ends.map(|(first, last)| (first.from, last.until)) else { return };
        let currency = untrack(move || desk.param("currency")).and_then(|code| code.parse().ok());
        let query = RowsQuery {
            from,
            until,
            currency,
            product_id: None,
            category: None,
            buyers: None,
            after: None,
            limit: None,
        };
        self.open(format!("Orders: {}", range::said((report.from, report.until))), query);
    }

    pub fn view(self) -> AnyView {
        let body = move || self.asked.get().map_or_else(|| ().into_any(), |query| list(self.desk, query));
        dialogs::drawer("orders-behind", self.title.into(), self.shown, body)
    }
}

fn list(desk: Desk, query: RowsQuery) -> AnyView {
    let some = query.product_id.is_some() || query.category.is_some();
    let pages =
        Pages::new(desk, move |after| analytics::rows(RowsQuery { after, limit: Some(50), ..query.clone() }));
    let none = || empty(Icon::Bag, "No orders", "Nothing was bought then.", None);
    let table = move |orders: Vec<OrderFact>| {
        let columns: &[&str] = if some {
            &["Order", "Placed", "#Of it", "#Total"]
        } else {
            &["Order", "Placed", "#Pieces", "#Total"]
        };
        let rows = orders.iter().map(|order| row(desk, order, some)).collect();
        parts::table("Orders, newest first", columns, rows)
    };
    pages.view(table, none)
}

fn row(desk: Desk, order: &OrderFact, some: bool) -> AnyView {
    let may = untrack(move || desk.may(Resource::Orders.read()));
    let placed = view! {
        <span class="two">
            {time::time(order.placed_at)}
            <span class="tags">
                {order.new_buyer.then(|| badge(Tone::Plain, "New buyer"))}
                {(!order.paid).then(|| badge(Tone::Warn, "Not paid"))}
            </span>
        </span>
    };
    let third = if some {
        ("#Of it", order.amount.to_string().into_any())
    } else {
        ("#Pieces", order.pieces.into_any())
    };
    parts::row(
        may.then(|| Place::Order(order.id).url()),
        format!("#{}", order.number).into_any(),
        vec![("Placed", placed.into_any()), third, ("#Total", order.total.to_string().into_any())],
    )
}
