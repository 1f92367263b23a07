//! Reports as charts, made with charming. No colour is one of its own: each is a name of the stylesheet, which the browser
//! looks up, so that one drawing serves both themes.

use charming::{
    Chart,
    component::{Axis, Grid},
    element::{
        AxisLabel, AxisLine, AxisPointer, AxisPointerType, AxisTick, AxisType, BoundaryGap, Color, ItemStyle,
        LineStyle, LineStyleType, SplitLine, Symbol, Tooltip, Trigger,
    },
    series::{Bar, Line},
};
use souk_contract::{
    Currency, FunnelReport, Interval, Money, SalesBucket, SalesFigures, SalesReport, Timestamp,
};

use crate::{
    api::admin::analytics::{Drawing, DrawnSales},
    draft::range,
};

const NOW: &str = "--accent";
const BEFORE: &str = "--line-strong";
const OTHER: &str = "--chart-second";
const WORDS: &str = "--ink-soft";
const LINES: &str = "--line";
const PANEL: &str = "--raised";
const RADIUS: f64 = 3.0;
/// Beyond so many bars, drawing them one by one takes longer than it looks good.
const MOST_MOVING: usize = 120;

fn colour(name: &str) -> Color {
    Color::from(name)
}

/// Major units: what an axis shows. Sums of money are never computed from it.
fn major(money: Money) -> f64 {
    money.minor as f64 / 10_f64.powi(i32::try_from(money.currency.digits()).unwrap_or_default())
}

/// A frame with the buckets' names below and a scale at the side.
fn frame(names: Vec<String>, unit: &str) -> Chart {
    let moving = names.len() <= MOST_MOVING;
    let words = || AxisLabel::new().color(colour(WORDS)).font_size(11);
    let bottom = Axis::new()
        .type_(AxisType::Category)
        .axis_label(words())
        .axis_tick(AxisTick::new().show(false))
        .axis_line(AxisLine::new().show(false))
        .boundary_gap(BoundaryGap::CategoryAxis(true))
        .data(names);
    let side = Axis::new()
        .type_(AxisType::Value)
        .min_interval(if unit.is_empty() { 1.0 } else { 0.01 })
        .split_number(4)
        .axis_label(words().formatter(format!("{unit}{{value}}").as_str()))
        .split_line(SplitLine::new().line_style(LineStyle::new().color(colour(LINES))));
    Chart::new()
        .animation(moving)
        .grid(Grid::new().left(4).right(8).top(12).bottom(4).contain_label(true))
        .x_axis(bottom)
        .y_axis(side)
        .tooltip(
            Tooltip::new()
                .trigger(Trigger::Axis)
                .axis_pointer(AxisPointer::new().type_(AxisPointerType::Shadow))
                .background_color(colour(PANEL))
                .border_color(colour(LINES)),
        )
}

fn bar(name: &str, colour_name: &str, values: Vec<f64>) -> Bar {
    Bar::new()
        .name(name)
        .item_style(ItemStyle::new().color(colour(colour_name)).border_radius(RADIUS))
        .data(values)
}

fn before_line(values: Vec<f64>) -> Line {
    let style = LineStyle::new().color(colour(BEFORE)).width(1.5).type_(LineStyleType::Dashed);
    Line::new()
        .name("Before")
        .symbol(Symbol::None)
        .line_style(style)
        .item_style(ItemStyle::new().color(colour(BEFORE)))
        .silent(true)
        .data(values)
}

fn drawing(chart: &Chart, tips: Vec<String>) -> Drawing {
    let chart = serde_json::to_string(chart).unwrap_or_else(|error| {
        tracing::error!(%error, "a chart can't be written");
        "{}".to_owned()
    });
    Drawing { chart, tips }
}

fn names<'b>(
    starts: impl Iterator<Item = (&'b Timestamp, &'b Timestamp)>,
    interval: Interval,
) -> Vec<String> {
    starts.map(|(from, until)| range::bucket(*from, *until, interval)).collect()
}

/// What a symbol stands before a number of an axis; an own code needs a blank.
fn unit(currency: Currency) -> String {
    let symbol = currency.symbol();
    if symbol.len() == 3 && symbol.is_ascii() { format!("{symbol} ") } else { symbol.to_owned() }
}

pub fn sales(report: SalesReport) -> DrawnSales {
    let money = unit(report.currency);
    let over_time =
        |what: &str, unit: &str, value: fn(&SalesFigures) -> f64, said: fn(&SalesFigures) -> String| {
            let all = || report.series.iter();
            let names = names(all().map(|bucket| (&bucket.from, &bucket.until)), report.interval);
            let mut chart = frame(names.clone(), unit).series(bar(
                what,
                NOW,
                all().map(|bucket| value(&bucket.now)).collect(),
            ));
            if report.before.is_some() {
                chart = chart.series(before_line(
                    all().map(|bucket| bucket.before.as_ref().map_or(0.0, value)).collect(),
                ));
            }
            let tip = |(bucket, name): (&SalesBucket, String)| {
                let before = bucket.before.as_ref().map(|before| format!("\nBefore: {}", said(before)));
                format!("{name}\n{what}: {}{}", said(&bucket.now), before.unwrap_or_default())
            };
            let tips = report.series.iter().zip(names).map(tip).collect();
            drawing(&chart, tips)
        };
    DrawnSales {
        sales: over_time("Sales", &money, |one| major(one.sales), |one| one.sales.to_string()),
        orders: over_time("Orders", "", |one| one.orders as f64, |one| one.orders.to_string()),
        average: over_time(
            "Average order",
            &money,
            |one| one.average.map_or(0.0, major),
            |one| one.average.map_or_else(|| "no orders".to_owned(), |average| average.to_string()),
        ),
        buyers: buyers(&report),
        report,
    }
}

/// Orders of new and of returning buyers, one on the other.
fn buyers(report: &SalesReport) -> Drawing {
    let all = || report.series.iter();
    let names = names(all().map(|bucket| (&bucket.from, &bucket.until)), report.interval);
    let returning = |one: &SalesFigures| one.orders - one.new_orders;
    let chart = frame(names.clone(), "")
        .series(bar("New", NOW, all().map(|bucket| bucket.now.new_orders as f64).collect()).stack("buyers"))
        .series(
            bar("Returning", OTHER, all().map(|bucket| returning(&bucket.now) as f64).collect())
                .stack("buyers"),
        );
    let tip = |(bucket, name): (&SalesBucket, String)| {
        format!("{name}\nNew: {}\nReturning: {}", bucket.now.new_orders, returning(&bucket.now))
    };
    drawing(&chart, report.series.iter().zip(names).map(tip).collect())
}

/// The steps of the whole period, one bar each.
pub fn funnel(report: &FunnelReport) -> Drawing {
    let steps = range::steps(&report.total);
    let before = report.total_before.as_ref().map(range::steps);
    let names: Vec<String> = steps.iter().map(|(name, _)| (*name).to_owned()).collect();
    let values = |steps: &[(&str, i64)]| steps.iter().map(|(_, count)| *count as f64).collect::<Vec<_>>();
    let mut chart = frame(names, "").series(bar("Now", NOW, values(&steps)).bar_gap("8%"));
    if let Some(before) = &before {
        // Steps are no line in time.
        chart = chart.series(bar("Before", BEFORE, values(before)));
    }
    let tip = |(at, (name, count)): (usize, &(&'static str, i64))| {
        let share = (at > 0 && report.total.views > 0)
            .then(|| format!("\n{} of views", range::percent(*count, report.total.views)));
        let before =
            before.as_ref().and_then(|all| all.get(at)).map(|(_, count)| format!("\nBefore: {count}"));
        format!("{name}: {count}{}{}", share.unwrap_or_default(), before.unwrap_or_default())
    };
    drawing(&chart, steps.iter().enumerate().map(tip).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use souk_contract::{FunnelSteps, NaiveDate};

    use super::*;

    fn report() -> SalesReport {
        let money = |minor| Money::new(minor, Currency::EUR);
        let figures = |sales: i64, orders: i64| SalesFigures {
            orders,
            sales: money(sales),
            refunded: money(0),
            average: (orders > 0).then(|| money(sales / orders.max(1))),
            pieces: orders,
            subtotal: money(sales),
            discount: money(0),
            shipping: money(0),
            tax: money(0),
            new_orders: orders.min(1),
            new_sales: money(0),
            cancelled: 0,
        };
        let at = |text: &str| Timestamp::parse(text).expect("a moment");
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let bucket = |from: &str, until: &str, sales, orders, before| SalesBucket {
            from: at(from),
            until: at(until),
            now: figures(sales, orders),
            before: Some(before),
        };
        SalesReport {
            from: day("2026-05-01"),
            until: day("2026-05-02"),
            before: Some((day("2026-04-29"), day("2026-04-30"))),
            interval: Interval::Day,
            currency: Currency::EUR,
            currencies: vec![Currency::EUR],
            total: figures(1250, 3),
            total_before: Some(figures(500, 1)),
            series: vec![
                bucket("2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z", 0, 0, figures(500, 1)),
                bucket("2026-05-02T00:00:00Z", "2026-05-03T00:00:00Z", 1250, 3, figures(0, 0)),
            ],
            complete: true,
        }
    }

    #[test]
    fn each_bar_is_a_bucket_and_colours_are_names() {
        let drawn = sales(report());
        let chart: Value = serde_json::from_str(&drawn.sales.chart).expect("JSON");
        assert_eq!(chart["series"][0]["data"], serde_json::json!([0.0, 12.5]));
        assert_eq!(chart["series"][1]["data"], serde_json::json!([5.0, 0.0]));
        assert_eq!(chart["xAxis"]["data"], serde_json::json!(["1 May", "2 May"]));
        assert_eq!(drawn.sales.tips[1], "2 May\nSales: €12.50\nBefore: €0.00");
        assert_eq!(drawn.average.tips[0], "1 May\nAverage order: no orders\nBefore: €5.00");
        let buyers: Value = serde_json::from_str(&drawn.buyers.chart).expect("JSON");
        assert_eq!(buyers["series"][1]["data"], serde_json::json!([0.0, 2.0]));
        for drawing in [&drawn.sales, &drawn.orders, &drawn.average, &drawn.buyers] {
            assert!(
                !drawing.chart.contains("\"#") && !drawing.chart.contains("function"),
                "{}",
                drawing.chart
            );
        }
    }

    #[test]
    fn the_funnel_has_a_bar_for_each_step() {
        let total = FunnelSteps { views: 200, visitors: 80, carts: 20, checkouts: 10, orders: 5, paid: 4 };
        let report = FunnelReport {
            from: "2026-05-01".parse().expect("a day"),
            until: "2026-05-01".parse().expect("a day"),
            before: None,
            interval: Interval::Day,
            total,
            total_before: None,
            series: Vec::new(),
            counted_since: None,
        };
        let drawn = funnel(&report);
        let chart: Value = serde_json::from_str(&drawn.chart).expect("JSON");
        assert_eq!(chart["series"][0]["data"], serde_json::json!([200.0, 20.0, 10.0, 5.0, 4.0]));
        assert_eq!(drawn.tips[1], "Carts begun: 20\n10.0% of views");
    }
}
