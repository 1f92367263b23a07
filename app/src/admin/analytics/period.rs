//! Which days, and how they are cut: all of it stands in the address.

use leptos::prelude::*;
use souk_contract::{CompareTo, Currency, Interval, ReportQuery, Timestamp};

use crate::{
    admin::{activity, desk::Desk, parts},
    draft::range,
};

const INTERVALS: [(&str, &str); 5] =
    [("", "Automatic"), ("hour", "Hours"), ("day", "Days"), ("week", "Weeks"), ("month", "Months")];
const COMPARED: [(&str, &str); 3] = [("", "The time before"), ("year", "A year before"), ("none", "Nothing")];

fn now() -> Timestamp {
    let start = Timestamp::new(Default::default());
    Timestamp::from_micros((js_sys::Date::now() * 1000.0) as i64).unwrap_or(start)
}

/// What the address asks for.
pub fn query(desk: Desk) -> ReportQuery {
    let param = |name: &str| desk.param(name).unwrap_or_default();
    let (from, until) = range::days(&param("range"), (&param("from"), &param("until")), now());
    let interval = match param("by").as_str() {
        "hour" => Some(Interval::Hour),
        "day" => Some(Interval::Day),
        "week" => Some(Interval::Week),
        "month" => Some(Interval::Month),
        _ => None,
    };
    let compare_to = match param("compare").as_str() {
        "year" => CompareTo::PreviousYear,
        "none" => CompareTo::Nothing,
        _ => CompareTo::PreviousPeriod,
    };
    ReportQuery {
        from,
        until,
        interval,
        compare_to: Some(compare_to),
        currency: desk.param("currency").and_then(|code| code.parse().ok()),
    }
}

/// The last 28 days, whatever the address says.
pub fn usual() -> ReportQuery {
    let (from, until) = range::days("", ("", ""), now());
    ReportQuery { from, until, interval: None, compare_to: None, currency: None }
}

pub fn choose(desk: Desk, currencies: Signal<Vec<Currency>>) -> AnyView {
    let owned = |all: &[(&str, &str)]| {
        all.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned())).collect::<Vec<_>>()
    };
    let own = move || {
        (desk.param("range").as_deref() == Some("own")).then(|| {
            view! { {day(desk, "From", "from")} {day(desk, "Until", "until")} }
        })
    };
    // The shop's own needs no choice.
    let known = Memo::new(move |_| currencies.get());
    let currency = move || {
        let all = known.get();
        (all.len() > 1).then(|| {
            let shown = desk.currency();
            let own = (String::new(), shown.code().to_owned());
            let others = all.iter().filter(|one| **one != shown);
            let options = others.map(|one| (one.code().to_owned(), one.code().to_owned()));
            activity::filter(desk, "Currency", "currency", std::iter::once(own).chain(options).collect())
        })
    };
    view! {
        <div class="box box--list period">
            {parts::tabs(desk, "Period", "range", &range::RANGES)}
            <div class="filters">
                {own} {activity::filter(desk, "Bars", "by", owned(&INTERVALS))}
                {activity::filter(desk, "Compared with", "compare", owned(&COMPARED))} {currency}
            </div>
        </div>
    }
    .into_any()
}

fn day(desk: Desk, label: &'static str, name: &'static str) -> AnyView {
    let value = move || {
        // What is shown is what the report is about, also before anything was chosen.
        let query = query(desk);
        if name == "from" { query.from.to_string() } else { query.until.to_string() }
    };
    let change = move |event| {
        let query = query(desk);
        let typed = event_target_value(&event);
        let (from, until) = (query.from.to_string(), query.until.to_string());
        let (from, until) = if name == "from" { (typed, until) } else { (from, typed) };
        // The one that was not touched follows, so that there is a period.
        let turned = from > until;
        let (from, until) = match (turned, name) {
            (true, "from") => (from.clone(), from),
            (true, _) => (until.clone(), until),
            (false, _) => (from, until),
        };
        desk.set_params(&[("from", &from), ("until", &until)]);
    };
    view! {
        <label class="filter">
            <span>{label}</span><input class="input" type="date" prop:value=value on:change=change/>
        </label>
    }
    .into_any()
}
