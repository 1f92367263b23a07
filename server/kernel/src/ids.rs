//! UUIDv7: made before the row is written, so that a repeat finds its own work.

use std::sync::{Arc, Mutex, PoisonError};

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use souk_contract::Id;
use uuid::Uuid;

use crate::Clock;

/// Makes ids that sort by the time of their making, and never twice the same. Cheap to clone.
#[derive(Clone)]
pub struct Ids(Arc<Mutex<State>>);

struct State {
    clock: Clock,
    random: StdRng,
    /// Milliseconds since 1970 of the last id.
    millis: u64,
    /// 12 bits that grow within one millisecond.
    count: u16,
}

const LAST_COUNT: u16 = 0xfff;

impl Ids {
    /// Random bits from the operating system.
    pub fn new(clock: Clock) -> Self {
        Self::with(clock, StdRng::from_os_rng())
    }

    /// The same ids each time, for tests and simulations.
    pub fn seeded(clock: Clock, seed: u64) -> Self {
        Self::with(clock, StdRng::seed_from_u64(seed))
    }

    fn with(clock: Clock, random: StdRng) -> Self {
        Self(Arc::new(Mutex::new(State { clock, random, millis: 0, count: 0 })))
    }

    /// A new id of any kind: `let order: OrderId = ids.next();`
    pub fn next<K>(&self) -> Id<K> {
        Id::new(self.uuid())
    }

    pub fn uuid(&self) -> Uuid {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = u64::try_from(state.clock.now().micros() / 1000).unwrap_or_default();
        if now > state.millis {
            state.millis = now;
            state.count = state.random.random_range(0..=LAST_COUNT / 4);
        } else if state.count < LAST_COUNT {
            state.count += 1;
        } else {
            state.millis += 1;
            state.count = 0;
        }
        let mut bytes = [0; 10];
        state.random.fill(&mut bytes);
        bytes[..2].copy_from_slice(&state.count.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(state.millis, &bytes).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TestClock;
    use souk_contract::Timestamp;

    #[test]
    fn ids_grow_and_never_repeat_even_when_the_clock_stands_still() {
        let clock = TestClock::at(Timestamp::parse("2026-01-01T00:00:00Z").expect("a time"));
        let ids = Ids::seeded(clock.clock(), 7);
        let made: Vec<Uuid> = (0..10_000).map(|_| ids.uuid()).collect();
        assert!(made.is_sorted_by(|a, b| a < b));
        assert!(
            made.iter().all(|id| id.get_version_num() == 7 && id.get_variant() == uuid::Variant::RFC4122)
        );
    }

    #[test]
    fn a_seed_gives_the_same_ids_again() {
        let clock = TestClock::at(Timestamp::parse("2026-01-01T00:00:00Z").expect("a time"));
        let make = |seed| Ids::seeded(clock.clock(), seed).uuid();
        assert_eq!(make(1), make(1));
        assert_ne!(make(1), make(2));
    }
}
