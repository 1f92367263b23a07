//! Days, and the buckets that a report cuts them into. Hours since 1970 are the one measure of time here.

use std::ops::RangeInclusive;

use chrono::{Datelike as _, Days, NaiveDate, NaiveTime};
use souk_contract::{CompareTo, Error, Interval, ReportQuery, Result, Timestamp};

const MOST_DAYS: i64 = 3_660;
const MOST_BUCKETS: usize = 1_200;
const HOURS: i64 = 24;
const HOUR_MICROS: i64 = 3_600_000_000;
/// Nothing was sold before, and later ones are not written with four digits for long.
const YEARS: RangeInclusive<i32> = 1970..=9000;
/// The same weekdays.
const YEAR: i64 = 364;

/// The hour of a moment.
pub(crate) fn hour_of(at: Timestamp) -> i64 {
    at.micros().div_euclid(HOUR_MICROS)
}

/// The day of a moment.
pub(crate) fn day_of(at: Timestamp) -> i64 {
    hour_of(at).div_euclid(HOURS)
}

fn start_of(hour: i64) -> Result<Timestamp> {
    Timestamp::from_micros(hour * HOUR_MICROS).ok_or_else(beyond)
}

fn beyond() -> Error {
    Error::invalid("from", "out_of_range", "This is beyond the calendar.")
}

fn number(date: NaiveDate) -> i64 {
    let start = date.and_time(NaiveTime::MIN).and_utc();
    day_of(Timestamp::new(start))
}

pub(crate) fn date(day: i64) -> Result<NaiveDate> {
    Ok(start_of(day * HOURS)?.datetime().date_naive())
}

/// Days from the first to before the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub from: i64,
    pub until: i64,
}

impl Span {
    /// # Errors
    /// `Invalid` where it ends before it begins, is longer than ten years, or is out of all reason.
    pub fn of(from: NaiveDate, until: NaiveDate) -> Result<Self> {
        if !YEARS.contains(&from.year()) || !YEARS.contains(&until.year()) {
            return Err(beyond());
        }
        let span = Self { from: number(from), until: number(until) + 1 };
        if span.until <= span.from {
            return Err(Error::invalid("until", "too_early", "The last day is before the first."));
        }
        if span.days() > MOST_DAYS {
            return Err(Error::invalid("from", "too_long", "At most ten years at once."));
        }
        Ok(span)
    }

    pub fn days(self) -> i64 {
        self.until - self.from
    }

    /// What it is compared with.
    pub fn before(self, compare: Option<CompareTo>) -> Option<Self> {
        let shift = self.shift(compare.unwrap_or_default())?;
        Some(Self { from: self.from - shift, until: self.until - shift })
    }

    fn shift(self, compare: CompareTo) -> Option<i64> {
        match compare {
            CompareTo::PreviousPeriod => Some(self.days()),
            // A longer period would overlap itself.
            CompareTo::PreviousYear => Some(self.days().max(YEAR)),
            CompareTo::Nothing => None,
        }
    }

    /// The first and the last day.
    pub fn dates(self) -> Result<(NaiveDate, NaiveDate)> {
        Ok((date(self.from)?, date(self.until - 1)?))
    }
}

/// A report's time.
#[derive(Debug, Clone)]
pub(crate) struct Cut {
    pub span: Span,
    pub before: Option<Span>,
    pub interval: Interval,
    /// Where each bucket begins, and where the last one ends.
    bounds: Vec<i64>,
}

impl Cut {
    /// # Errors
    /// `Invalid` for a period that is none, or too many buckets.
    pub fn of(query: &ReportQuery, least: Interval) -> Result<Self> {
        let span = Span::of(query.from, query.until)?;
        let interval = query.interval.unwrap_or(match span.days() {
            ..=2 => Interval::Hour,
            3..=92 => Interval::Day,
            93..=366 => Interval::Week,
            _ => Interval::Month,
        });
        let interval = if interval == Interval::Hour { least } else { interval };
        let bounds = bounds(span, query.from, interval)?;
        if bounds.len() > MOST_BUCKETS {
            return Err(Error::invalid("interval", "too_fine", "Too many bars: choose a longer interval."));
        }
        Ok(Self { span, before: span.before(query.compare_to), interval, bounds })
    }

    pub fn buckets(&self) -> usize {
        self.bounds.len() - 1
    }

    /// The bucket of an hour that lies in the span `of`: the report's own, or the one it is compared with.
    pub fn bucket(&self, of: Span, hour: i64) -> usize {
        let hour = hour + (self.span.from - of.from) * HOURS;
        self.bounds.partition_point(|start| *start <= hour).saturating_sub(1).min(self.buckets() - 1)
    }

    pub fn moments(&self, bucket: usize) -> Result<(Timestamp, Timestamp)> {
        Ok((start_of(self.bounds[bucket])?, start_of(self.bounds[bucket + 1])?))
    }
}

fn bounds(span: Span, from: NaiveDate, interval: Interval) -> Result<Vec<i64>> {
    let (first, end) = (span.from * HOURS, span.until * HOURS);
    let mut bounds = match interval {
        Interval::Hour => (first..end).collect(),
        Interval::Day => (span.from..span.until).map(|day| day * HOURS).collect(),
        Interval::Week => {
            let monday = span.from - i64::from(from.weekday().num_days_from_monday());
            (monday..span.until).step_by(7).map(|day| (day * HOURS).max(first)).collect()
        }
        Interval::Month => {
            let mut bounds = vec![first];
            let mut month = from.with_day(1).ok_or_else(beyond)?;
            loop {
                // 31 days from the first are always in the next month, and never beyond it.
                let next = month.checked_add_days(Days::new(31)).and_then(|date| date.with_day(1));
                month = next.ok_or_else(beyond)?;
                if number(month) >= span.until {
                    break bounds;
                }
                bounds.push(number(month) * HOURS);
            }
        }
    };
    bounds.push(end);
    Ok(bounds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(from: &str, until: &str, interval: Option<Interval>) -> Result<Cut> {
        let query = ReportQuery {
            from: from.parse().expect("a day"),
            until: until.parse().expect("a day"),
            interval,
            compare_to: None,
            currency: None,
        };
        Cut::of(&query, Interval::Hour)
    }

    fn starts(cut: &Cut) -> Vec<String> {
        let start = |bucket| cut.moments(bucket).expect("moments").0.to_rfc3339()[..13].to_owned();
        (0..cut.buckets()).map(start).collect()
    }

    #[test]
    fn each_interval_covers_the_period_without_gaps() {
        let day = cut("2026-05-01", "2026-05-01", None).expect("a day");
        assert_eq!((day.interval, day.buckets()), (Interval::Hour, 24));
        let week = cut("2026-05-01", "2026-05-12", Some(Interval::Week)).expect("weeks");
        assert_eq!(starts(&week), ["2026-05-01T00", "2026-05-04T00", "2026-05-11T00"]);
        let months = cut("2025-12-31", "2026-03-01", Some(Interval::Month)).expect("months");
        assert_eq!(starts(&months), ["2025-12-31T00", "2026-01-01T00", "2026-02-01T00", "2026-03-01T00"]);
        for interval in [Interval::Hour, Interval::Day, Interval::Week, Interval::Month] {
            let cut = cut("2025-12-30", "2026-02-02", Some(interval)).expect("a period");
            for bucket in 1..cut.buckets() {
                assert_eq!(
                    cut.moments(bucket - 1).expect("moments").1,
                    cut.moments(bucket).expect("moments").0
                );
            }
            let hours = cut.span.from * HOURS..cut.span.until * HOURS;
            let of: Vec<usize> = hours.map(|hour| cut.bucket(cut.span, hour)).collect();
            assert!(of.is_sorted() && of[0] == 0 && *of.last().expect("some") == cut.buckets() - 1);
        }
    }

    #[test]
    fn what_is_compared_falls_into_the_same_buckets() {
        let cut = cut("2026-05-08", "2026-05-14", None).expect("a week");
        let before = cut.before.expect("the week before");
        assert_eq!(
            before.dates(),
            Ok(("2026-05-01".parse().expect("a day"), "2026-05-07".parse().expect("a day")))
        );
        for day in 0..7 {
            assert_eq!(cut.bucket(before, (before.from + day) * HOURS + 23), day as usize);
        }
        assert_eq!(
            cut.span.before(Some(CompareTo::PreviousYear)).map(|year| cut.span.from - year.from),
            Some(364)
        );
        assert_eq!(cut.span.before(Some(CompareTo::Nothing)), None);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        assert!(cut("2026-05-02", "2026-05-01", None).is_err());
        assert!(cut("2010-01-01", "2026-05-01", None).is_err());
        assert!(cut("2026-01-01", "2026-05-01", Some(Interval::Hour)).is_err());
        assert!(cut("+262142-01-01", "+262142-12-31", None).is_err());
    }
}
