//! What people do in the shop, counted in memory and written down every few seconds.
//!
//! Who is who is known for one day only: a hash under a key that is made for the day, kept in memory and thrown away with
//! it. Neither leaves this process.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use souk_contract::{Step, Visitor};
use souk_kernel::Kit;

use crate::period::day_of;

/// Beyond so many a day, nobody new is told apart.
const MOST_KNOWN: usize = 200_000;
const HASH_BYTES: usize = 16;

/// Words in the names of programs that no shopper uses.
const BOTS: [&str; 22] = [
    "bot",
    "crawl",
    "spider",
    "slurp",
    "preview",
    "headless",
    "lighthouse",
    "monitor",
    "uptime",
    "curl",
    "wget",
    "python",
    "java/",
    "go-http",
    "okhttp",
    "axios",
    "node-fetch",
    "libwww",
    "scrapy",
    "facebookexternal",
    "embedly",
    "wrk",
];

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub views: i64,
    pub visitors: i64,
    pub carts: i64,
    pub checkouts: i64,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.views += other.views;
        self.visitors += other.visitors;
        self.carts += other.carts;
        self.checkouts += other.checkouts;
    }
}

type Known = HashSet<[u8; HASH_BYTES]>;

#[derive(Default)]
struct Day {
    number: i64,
    /// None where the system gave no randomness: then nobody is told apart.
    key: Option<String>,
    visitors: Known,
    checkouts: Known,
    /// Not written down yet.
    waiting: BTreeMap<i64, Counts>,
}

pub(crate) struct Visits {
    kit: Kit,
    day: Mutex<Day>,
}

impl Visits {
    pub fn new(kit: Kit) -> Self {
        Self { kit, day: Mutex::default() }
    }

    pub fn count(&self, step: Step<'_>, visitor: Option<Visitor<'_>>) {
        if visitor.is_some_and(|visitor| is_bot(visitor.user_agent)) {
            return;
        }
        let mut day = self.today();
        let mut counts = Counts::default();
        match step {
            Step::View => {
                counts.views = 1;
                let hash = visitor.and_then(|visitor| {
                    self.hash(&day, format!("{} {}", visitor.address, visitor.user_agent).as_bytes())
                });
                counts.visitors = i64::from(hash.is_some_and(|hash| is_new(&mut day.visitors, hash)));
            }
            Step::Cart => counts.carts = 1,
            Step::Checkout { cart } => {
                let hash = self.hash(&day, cart.as_bytes());
                counts.checkouts = i64::from(hash.is_some_and(|hash| is_new(&mut day.checkouts, hash)));
            }
        }
        let number = day.number;
        day.waiting.entry(number).or_default().add(counts);
    }

    /// What is to be written down; who takes it and can't, gives it [`back`](Self::back).
    pub fn take(&self) -> BTreeMap<i64, Counts> {
        std::mem::take(&mut self.lock().waiting)
    }

    pub fn back(&self, counts: BTreeMap<i64, Counts>) {
        let mut day = self.lock();
        for (number, counts) in counts {
            day.waiting.entry(number).or_default().add(counts);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Day> {
        self.day.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets everybody at midnight.
    fn today(&self) -> MutexGuard<'_, Day> {
        let number = day_of(self.kit.now());
        let mut day = self.lock();
        if day.number != number || day.key.is_none() {
            let waiting = std::mem::take(&mut day.waiting);
            *day = Day { number, key: self.kit.secrets.random_token().ok(), waiting, ..Day::default() };
        }
        day
    }

    fn hash(&self, day: &Day, what: &[u8]) -> Option<[u8; HASH_BYTES]> {
        let signed = self.kit.secrets.sign(day.key.as_ref()?, what);
        signed.as_bytes().first_chunk().copied()
    }
}

fn is_new(known: &mut Known, hash: [u8; HASH_BYTES]) -> bool {
    known.len() < MOST_KNOWN && known.insert(hash)
}

fn is_bot(user_agent: &str) -> bool {
    let name = user_agent.to_ascii_lowercase();
    name.is_empty() || BOTS.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use souk_contract::Timestamp;
    use souk_kernel::{Ids, Secrets, TestClock};

    use super::*;

    const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    fn visits() -> (Visits, TestClock) {
        let clock = TestClock::at(Timestamp::parse("2026-01-01T23:59:00Z").expect("a time"));
        let kit = Kit {
            clock: clock.clock(),
            ids: Ids::seeded(clock.clock(), 1),
            secrets: Secrets::from_key([1; 32]),
        };
        (Visits::new(kit), clock)
    }

    fn visitor(last: u8, user_agent: &str) -> Option<Visitor<'_>> {
        Some(Visitor { address: [192, 0, 2, last].into(), user_agent })
    }

    #[test]
    fn people_are_told_apart_for_a_day() {
        let (visits, clock) = visits();
        for who in [
            visitor(1, FIREFOX),
            visitor(1, FIREFOX),
            visitor(2, FIREFOX),
            visitor(1, "Mozilla/5.0 other"),
            None,
        ] {
            visits.count(Step::View, who);
        }
        clock.advance(chrono::Duration::minutes(2));
        visits.count(Step::View, visitor(1, FIREFOX));
        let counted: Vec<Counts> = visits.take().into_values().collect();
        let views = |views, visitors| Counts { views, visitors, ..Counts::default() };
        assert_eq!(counted, [views(5, 3), views(1, 1)]);
        assert!(visits.take().is_empty(), "nothing is written down twice");
    }

    #[test]
    fn a_cart_comes_to_the_checkout_once_and_bots_count_for_nothing() {
        let (visits, _) = visits();
        for cart in ["one", "one", "two"] {
            visits.count(Step::Checkout { cart }, None);
        }
        visits.count(Step::Cart, visitor(1, FIREFOX));
        for name in ["", "Googlebot/2.1", "curl/8.0", "Mozilla/5.0 HeadlessChrome/140"] {
            visits.count(Step::View, visitor(1, name));
            visits.count(Step::Cart, visitor(1, name));
        }
        let taken = visits.take();
        let expected = Counts { checkouts: 2, carts: 1, ..Counts::default() };
        assert_eq!(taken.values().copied().collect::<Vec<_>>(), [expected]);
        visits.back(taken.clone());
        visits.count(Step::Cart, None);
        assert_eq!(visits.take().into_values().map(|counts| counts.carts).sum::<i64>(), 2, "nothing is lost");
    }

    #[test]
    fn memory_is_bounded() {
        let mut known = Known::new();
        for number in 0..=MOST_KNOWN as u128 {
            let is_new = is_new(&mut known, number.to_be_bytes());
            assert_eq!(is_new, number < MOST_KNOWN as u128);
        }
    }
}
