//! Periods as people choose them, and how figures over time are said. Days are UTC, as in the reports.

use souk_contract::{FunnelSteps, Interval, NaiveDate, Timestamp};

const DAY_SECONDS: i64 = 86_400;
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// What the address says, and what people read.
pub const RANGES: [(&str, &str); 6] = [
    ("today", "Today"),
    ("7", "7 days"),
    ("", "28 days"),
    ("90", "90 days"),
    ("year", "This year"),
    ("own", "Own dates"),
];

/// The day of a moment.
pub fn day(at: Timestamp) -> NaiveDate {
    at.datetime().date_naive()
}

/// The first and the last day of a range that is named by a word of [`RANGES`]; own dates where both are days in their
/// order, else the last 28 days.
pub fn days(name: &str, own: (&str, &str), now: Timestamp) -> (NaiveDate, NaiveDate) {
    let today = day(now);
    let last = |count: i64| (day(now.plus_seconds(-(count - 1) * DAY_SECONDS)), today);
    match name {
        "today" => (today, today),
        "7" => last(7),
        "90" => last(90),
        "year" => {
            let first = format!("{}-01-01", today.format("%Y")).parse();
            (first.unwrap_or(today), today)
        }
        "own" => match (own.0.parse(), own.1.parse()) {
            (Ok(from), Ok(until)) if from <= until => (from, until),
            _ => last(28),
        },
        _ => last(28),
    }
}

fn short(date: NaiveDate) -> String {
    let text = date.format("%Y %m %d").to_string();
    let mut parts = text.split(' ').map(|part| part.trim_start_matches('0').to_owned());
    let (_, month, day) = (parts.next(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let month = month.parse::<usize>().ok().and_then(|month| MONTHS.get(month.checked_sub(1)?));
    format!("{day} {}", month.copied().unwrap_or_default())
}

/// `1 May – 28 May 2026`
pub fn said((from, until): (NaiveDate, NaiveDate)) -> String {
    let year = |date: NaiveDate| date.format("%Y").to_string();
    if from == until {
        return format!("{} {}", short(from), year(from));
    }
    let first =
        if year(from) == year(until) { short(from) } else { format!("{} {}", short(from), year(from)) };
    format!("{first} – {} {}", short(until), year(until))
}

/// `14:00`, `12 May`, `11 – 17 May`, `May 2026`.
pub fn bucket(from: Timestamp, until: Timestamp, interval: Interval) -> String {
    let (first, last) = (day(from), day(until.plus_seconds(-1)));
    match interval {
        Interval::Hour => {
            let hour = from.datetime().format("%H:%M").to_string();
            if hour == "00:00" { short(first) } else { hour }
        }
        Interval::Day => short(first),
        Interval::Week if first == last => short(first),
        Interval::Week => format!("{} – {}", short(first), short(last)),
        Interval::Month => {
            let month = short(first);
            let name = month.split(' ').nth(1).unwrap_or_default();
            format!("{name} {}", first.format("%Y"))
        }
    }
}

/// `12.3%`
pub fn percent(part: i64, of: i64) -> String {
    if of == 0 {
        return "–".to_owned();
    }
    let thousandths = (i128::from(part) * 1000 + i128::from(of) / 2) / i128::from(of);
    format!("{}.{}%", thousandths / 10, thousandths % 10)
}

/// `12,345`
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = if number < 0 { "−".to_owned() } else { String::new() };
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// How much more or less than before, `+12%`; none where there was nothing before.
pub fn change(now: i64, before: i64) -> Option<String> {
    if before == 0 {
        return None;
    }
    let (now, before) = (i128::from(now), i128::from(before));
    let percent = ((now - before) * 200 + before * (now - before).signum()) / (2 * before);
    let sign = match percent {
        0 => "±",
        more if more > 0 => "+",
        _ => "−",
    };
    Some(format!("{sign}{}%", percent.unsigned_abs()))
}

/// Names and counts, from looking to paying.
pub fn steps(steps: &FunnelSteps) -> [(&'static str, i64); 5] {
    [
        ("Product views", steps.views),
        ("Carts begun", steps.carts),
        ("Checkouts", steps.checkouts),
        ("Orders", steps.orders),
        ("Paid", steps.paid),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).expect("a moment")
    }

    fn range(name: &str, own: (&str, &str)) -> String {
        let (from, until) = days(name, own, at("2026-03-01T23:30:00Z"));
        format!("{from} {until}")
    }

    #[test]
    fn ranges_end_today() {
        assert_eq!(range("today", ("", "")), "2026-03-01 2026-03-01");
        assert_eq!(range("7", ("", "")), "2026-02-23 2026-03-01");
        assert_eq!(range("", ("", "")), "2026-02-02 2026-03-01");
        assert_eq!(range("90", ("", "")), "2025-12-02 2026-03-01");
        assert_eq!(range("year", ("", "")), "2026-01-01 2026-03-01");
        assert_eq!(range("own", ("2025-01-01", "2025-01-31")), "2025-01-01 2025-01-31");
        for nonsense in [("", ""), ("2025-02-01", "2025-01-01"), ("x", "2025-01-01")] {
            assert_eq!(range("own", nonsense), range("", ("", "")));
        }
    }

    #[test]
    fn buckets_are_said_as_people_say_them() {
        let said = |from, until, interval| bucket(at(from), at(until), interval);
        assert_eq!(said("2026-05-04T14:00:00Z", "2026-05-04T15:00:00Z", Interval::Hour), "14:00");
        assert_eq!(said("2026-05-04T00:00:00Z", "2026-05-04T01:00:00Z", Interval::Hour), "4 May");
        assert_eq!(said("2026-05-10T00:00:00Z", "2026-05-11T00:00:00Z", Interval::Day), "10 May");
        assert_eq!(said("2026-05-25T00:00:00Z", "2026-06-01T00:00:00Z", Interval::Week), "25 May – 31 May");
        assert_eq!(said("2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z", Interval::Month), "Oct 2026");
        let days = |from: &str, until: &str| {
            super::said((from.parse().expect("a day"), until.parse().expect("a day")))
        };
        assert_eq!(days("2026-05-01", "2026-05-28"), "1 May – 28 May 2026");
        assert_eq!(days("2025-12-31", "2026-01-02"), "31 Dec 2025 – 2 Jan 2026");
        assert_eq!(days("2026-05-01", "2026-05-01"), "1 May 2026");
    }

    #[test]
    fn changes_are_rounded() {
        assert_eq!(change(112, 100).as_deref(), Some("+12%"));
        assert_eq!(change(100, 112).as_deref(), Some("−11%"));
        assert_eq!(change(1001, 1000).as_deref(), Some("±0%"));
        assert_eq!(change(5, 0), None);
        assert_eq!([grouped(0), grouped(999), grouped(-1_234_567)], ["0", "999", "−1,234,567"]);
        assert_eq!([percent(1, 3), percent(0, 0), percent(2, 2)], ["33.3%", "–", "100.0%"]);
    }
}
