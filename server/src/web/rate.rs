//! How often one address may do what costs us or others: sign in, register, ask for a reset, check out.
//! Guessing at one account is limited by identity, whatever the address.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
};

use axum::http::Method;
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};

use crate::config::Limits;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    SignIn,
    Register,
    Reset,
    Checkout,
    Notice,
}

impl Action {
    /// What the request would do; none where it isn't limited.
    pub fn of(method: &Method, path: &str) -> Option<Self> {
        if !matches!(*method, Method::POST | Method::PUT) {
            return None;
        }
        if path.starts_with("/webhooks/") {
            return Some(Self::Notice);
        }
        let known = ["/fn/", "/api/store/", "/api/admin/"].iter().any(|start| path.starts_with(start));
        let last = path.trim_end_matches('/').rsplit('/').next().filter(|_| known)?;
        match last {
            "sign-in" | "password" | "sessions" | "two-factor" | "end" | "accept" | "accept-invitation" => {
                Some(Self::SignIn)
            }
            "register" | "customers" => Some(Self::Register),
            "request-reset" | "reset" | "password-resets" => Some(Self::Reset),
            "place" | "complete" => Some(Self::Checkout),
            _ => None,
        }
    }
}

type Limiter = Option<DefaultKeyedRateLimiter<IpAddr>>;

pub struct Rates {
    sign_in: Limiter,
    register: Limiter,
    reset: Limiter,
    checkout: Limiter,
    notices: Limiter,
    clock: DefaultClock,
}

impl Rates {
    pub fn new(limits: Limits) -> Self {
        let limiter =
            |per_minute| NonZeroU32::new(per_minute).map(|rate| RateLimiter::keyed(Quota::per_minute(rate)));
        Self {
            sign_in: limiter(limits.sign_in),
            register: limiter(limits.register),
            reset: limiter(limits.reset),
            checkout: limiter(limits.checkout),
            notices: limiter(limits.notices),
            clock: DefaultClock::default(),
        }
    }

    /// # Errors
    /// Seconds until the next try may succeed, at least one.
    pub fn check(&self, action: Action, address: IpAddr) -> Result<(), u64> {
        let limiter = match action {
            Action::SignIn => &self.sign_in,
            Action::Register => &self.register,
            Action::Reset => &self.reset,
            Action::Checkout => &self.checkout,
            Action::Notice => &self.notices,
        };
        let Some(limiter) = limiter else { return Ok(()) };
        limiter
            .check_key(&household(address))
            .map_err(|until| until.wait_time_from(self.clock.now()).as_secs() + 1)
    }

    /// Forgets addresses that have been quiet.
    pub fn sweep(&self) {
        let all = [&self.sign_in, &self.register, &self.reset, &self.checkout, &self.notices];
        for limiter in all.into_iter().flatten() {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

/// One customer has a whole /64 of IPv6 addresses.
fn household(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { sign_in: 2, register: 1, reset: 1, checkout: 0, notices: 1 };

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn each_address_has_its_own_allowance_for_each_action() {
        let rates = Rates::new(LIMITS);
        assert!(rates.check(Action::SignIn, ip("1.1.1.1")).is_ok());
        assert!(rates.check(Action::SignIn, ip("1.1.1.1")).is_ok());
        let wait = rates.check(Action::SignIn, ip("1.1.1.1")).expect_err("the third is too many");
        assert!((1..=60).contains(&wait));
        assert!(rates.check(Action::SignIn, ip("1.1.1.2")).is_ok());
        assert!(rates.check(Action::Register, ip("1.1.1.1")).is_ok());
    }

    #[test]
    fn a_household_counts_as_one_and_zero_is_no_limit() {
        let rates = Rates::new(LIMITS);
        assert!(rates.check(Action::Reset, ip("2a00::1:2:3:4")).is_ok());
        assert!(rates.check(Action::Reset, ip("2a00::5:6:7:8")).is_err());
        assert!((0..1000).all(|_| rates.check(Action::Checkout, ip("1.1.1.1")).is_ok()));
    }
}
