//! Where the shop is, as far as clocks are concerned.

use jiff::tz::TimeZone;
use souk_contract::Timestamp;

/// A time zone of the IANA database, which is part of the program. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Zone(TimeZone);

impl Zone {
    pub const UTC: Self = Self(TimeZone::UTC);

    /// `Europe/Berlin`; none where there is no such zone.
    pub fn parse(name: &str) -> Option<Self> {
        TimeZone::get(name).ok().map(Self)
    }

    /// Of a name that was checked: UTC where this program's database has lost it.
    pub fn of(name: &str) -> Self {
        Self::parse(name).unwrap_or(Self::UTC)
    }

    /// The day of the week, 1 to 7 from Monday, and minutes after midnight.
    pub fn local(&self, moment: Timestamp) -> (u8, u16) {
        // Beyond the calendar's range, which no clock of ours reaches, it is the first moment of 1970.
        let moment = jiff::Timestamp::from_microsecond(moment.micros()).unwrap_or_default();
        let local = self.0.to_datetime(moment);
        (
            local.weekday().to_monday_one_offset() as u8,
            (i16::from(local.hour()) * 60 + i16::from(local.minute())) as u16,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Zone;
    use souk_contract::Timestamp;

    #[test]
    fn hours_follow_the_seasons() {
        let at = |text: &str, zone: &Zone| zone.local(Timestamp::parse(text).expect("a moment"));
        let berlin = Zone::parse("Europe/Berlin").expect("a zone");
        assert_eq!(at("2026-01-05T16:30:00Z", &berlin), (1, 17 * 60 + 30));
        assert_eq!(at("2026-07-06T16:30:00Z", &berlin), (1, 18 * 60 + 30));
        assert_eq!(at("2026-07-05T22:05:00Z", &berlin), (1, 5));
        assert_eq!(at("2026-07-05T22:05:00Z", &Zone::UTC), (7, 22 * 60 + 5));
        assert!(Zone::parse("Europe/Atlantis").is_none());
    }
}
