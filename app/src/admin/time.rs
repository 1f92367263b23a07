//! Moments as the one who looks would say them: in the browser's own time zone.

use js_sys::Date;
use leptos::prelude::*;
use souk_contract::{Period, Timestamp};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn date(moment: Timestamp) -> Date {
    Date::new(&(moment.micros() as f64 / 1000.0).into())
}

fn timestamp(date: &Date) -> Option<Timestamp> {
    Timestamp::from_micros((date.get_time() * 1000.0) as i64)
}

/// The same time of day, some days before or after.
fn days_from(date: &Date, days: i32) -> Date {
    // Over the calendar, so that a day of 23 or 25 hours is one day too; the 0th is the last of the month before.
    let part = |part: u32| part as i32;
    Date::new_with_year_month_day_hr_min_sec_milli(
        date.get_full_year(),
        part(date.get_month()),
        part(date.get_date()) + days,
        part(date.get_hours()),
        part(date.get_minutes()),
        part(date.get_seconds()),
        part(date.get_milliseconds()),
    )
}

fn midnight(date: &Date) -> Date {
    let start = Date::new(date);
    start.set_hours(0);
    start.set_minutes(0);
    start.set_seconds(0);
    start.set_milliseconds(0);
    start
}

fn is_day(one: &Date, other: &Date) -> bool {
    midnight(one).get_time() == midnight(other).get_time()
}

/// `12 May 2025`; without the year where it is this one.
fn day_of(date: &Date, now: &Date) -> String {
    let month = MONTHS.get(date.get_month() as usize).copied().unwrap_or_default();
    let day = format!("{} {month}", date.get_date());
    if date.get_full_year() == now.get_full_year() { day } else { format!("{day} {}", date.get_full_year()) }
}

/// `Today, 14:30`, `12 May, 14:30`.
pub fn said(moment: Timestamp) -> String {
    let (date, now) = (date(moment), Date::new_0());
    let day = if is_day(&date, &now) {
        "Today".to_owned()
    } else if is_day(&date, &days_from(&now, -1)) {
        "Yesterday".to_owned()
    } else {
        day_of(&date, &now)
    };
    format!("{day}, {:02}:{:02}", date.get_hours(), date.get_minutes())
}

/// `12 May`
pub fn day(moment: Timestamp) -> String {
    day_of(&date(moment), &Date::new_0())
}

pub fn time(moment: Timestamp) -> AnyView {
    view! { <time datetime=moment.to_rfc3339()>{said(moment)}</time> }.into_any()
}

/// As fields of day and time write it, `2025-05-12T09:30`, in the browser's time zone.
pub fn field(moment: Timestamp) -> String {
    let date = date(moment);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}",
        date.get_full_year(),
        date.get_month() + 1,
        date.get_date(),
        date.get_hours(),
        date.get_minutes()
    )
}

/// What such a field holds; none where it is no moment.
pub fn of_field(text: &str) -> Option<Timestamp> {
    let date = Date::new(&text.into());
    if date.get_time().is_nan() { None } else { timestamp(&date) }
}

/// Today so far, yesterday until the same time, and the same of this weekday last week.
pub fn so_far() -> Vec<Period> {
    let now = Date::new_0();
    let period = |days| {
        let until = days_from(&now, days);
        Some(Period { from: timestamp(&midnight(&until))?, until: timestamp(&until)? })
    };
    [0, -1, -7].into_iter().filter_map(period).collect()
}

/// The first moment of a day as date fields write it, `2025-05-12`, and of the day after.
pub fn of_day(text: &str) -> Option<(Timestamp, Timestamp)> {
    let mut parts = text.split('-').map(str::parse::<u32>);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    let start = Date::new_with_year_month_day(year, month.checked_sub(1)? as i32, day as i32);
    Some((timestamp(&start)?, timestamp(&days_from(&start, 1))?))
}
