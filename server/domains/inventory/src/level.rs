//! What a level means to a shopper, and how a count by staff changes it. Pure functions.

use souk_contract::{Availability, StockLevel, StockPolicy};

use crate::store_levels::TotalRow;

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

pub(crate) fn to_contract(row: &TotalRow) -> StockLevel {
    StockLevel {
        variant_id: row.variant_id,
        tracked: row.tracked,
        policy: row.policy.0,
        on_hand: row.on_hand,
        reserved: row.reserved,
        allocated: row.allocated,
        available: row.on_hand - row.reserved - row.allocated,
        damaged: row.damaged,
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
}
