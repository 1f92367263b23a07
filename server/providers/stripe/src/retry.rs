//! When to ask again, and after how long.
//!
//! Source: docs.stripe.com/error-low-level ("Idempotency", "The Stripe-Should-Retry header") and
//! docs.stripe.com/rate-limits ("Object lock timeouts").

use std::time::Duration;

use sha2::{Digest, Sha256};

/// How long a call may take, all its tries together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Tries, the first one too.
    pub tries: u32,
    /// For one try.
    pub each: Duration,
    /// For all of them, with the pauses between them.
    pub whole: Duration,
    /// Before the second try; doubled for each one after it.
    pub pause: Duration,
    pub longest_pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            tries: 4,
            each: Duration::from_secs(15),
            whole: Duration::from_secs(25),
            pause: Duration::from_millis(400),
            longest_pause: Duration::from_secs(4),
        }
    }
}

impl Patience {
    /// Before the next try, after so many. Between half of it and the whole, by what is asked: so callers that were
    /// turned away together don't come back together, and a run can be replayed.
    pub(crate) fn pause_after(&self, tries: u32, seed: &str) -> Duration {
        let doubled = self.pause.saturating_mul(2_u32.saturating_pow(tries.saturating_sub(1)));
        let most = doubled.min(self.longest_pause);
        let hash = Sha256::new().chain_update(seed).chain_update(tries.to_be_bytes()).finalize();
        let share = f64::from(u16::from_be_bytes([hash[0], hash[1]])) / f64::from(u16::MAX);
        most.mul_f64(0.5 + share / 2.0)
    }
}

/// Whether the same request may fare better. What Stripe says of it in `Stripe-Should-Retry` stands above its status.
pub(crate) fn may_fare_better(status: u16, should_retry: Option<bool>) -> bool {
    // 409: another request holds the object's lock, or the same one is still under way.
    should_retry.unwrap_or(matches!(status, 409 | 429 | 500..))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_limit_and_differ_by_what_is_asked() {
        let patience = Patience::default();
        let mut seen = std::collections::BTreeSet::new();
        for key in 0..200 {
            for tries in 1..10 {
                let pause = patience.pause_after(tries, &format!("key-{key}"));
                let most = Duration::from_millis(400 << (tries - 1)).min(Duration::from_secs(4));
                assert!(pause >= most / 2 && pause <= most, "{key} {tries}: {pause:?}");
                if tries == 1 {
                    seen.insert(pause);
                }
            }
        }
        assert!(seen.len() > 190, "only {} different pauses", seen.len());
        assert_eq!(patience.pause_after(3, "same"), patience.pause_after(3, "same"));
    }

    #[test]
    fn what_stripe_says_stands_above_the_status() {
        for (status, alone) in
            [(200, false), (400, false), (402, false), (409, true), (429, true), (503, true)]
        {
            assert_eq!(may_fare_better(status, None), alone, "{status}");
            assert!(may_fare_better(status, Some(true)), "{status}");
            assert!(!may_fare_better(status, Some(false)), "{status}");
        }
    }
}
