//! What a level means to a shopper, and how a count by staff changes it. Pure functions.

use souk_contract::{Availability, StockLevel, StockPolicy};

use crate::store::LevelRow;

/// The word for shoppers. `low_at`: this many or fewer are worth a word.
pub(crate) fn availability(tracked: bool, policy: StockPolicy, available: i64, low_at: i64) -> Availability {
    match (tracked, policy, available) {
        (false, _, _) => Availability::InStock,
        (true, StockPolicy::Deny, ..=0) => Availability::SoldOut,
        (true, StockPolicy::Continue, ..=0) => Availability::Backorder,
        (true, _, left) if left <= low_at => Availability::Low,
        _ => Availability::InStock,
    }
}

/// How far a number on the shelf falls short of what was promised already.
pub(crate) fn shortfall(on_hand: i64, promised: i64) -> i64 {
    promised.saturating_sub(on_hand).max(0)
}

pub(crate) fn to_contract(row: &LevelRow) -> StockLevel {
    StockLevel {
        variant_id: row.variant_id,
        tracked: row.tracked,
        policy: row.policy.0,
        on_hand: row.on_hand,
        reserved: row.reserved,
        allocated: row.allocated,
        available: row.available(),
        availability: row.availability.0,
        version: row.version,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_follow_the_number_and_the_policy() {
        let word = |available| availability(true, StockPolicy::Deny, available, 5);
        assert_eq!(word(-1), Availability::SoldOut);
        assert_eq!(word(0), Availability::SoldOut);
        assert_eq!(word(5), Availability::Low);
        assert_eq!(word(6), Availability::InStock);
        assert_eq!(availability(true, StockPolicy::Continue, 0, 5), Availability::Backorder);
        assert_eq!(availability(false, StockPolicy::Deny, 0, 5), Availability::InStock);
    }

    #[test]
    fn a_shortfall_is_never_negative() {
        assert_eq!(shortfall(5, 3), 0);
        assert_eq!(shortfall(1, 3), 2);
        assert_eq!(shortfall(-3, 0), 3);
    }
}
