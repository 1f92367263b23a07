//! From which places an order is served.

use souk_contract::LocationId;

/// `offers`: what may be sold from each place, in order of preference. The first place that has all of it serves it alone;
/// else they give what they have in their order. What may be sold beyond that is promised by the preferred place. None
/// where there is too little.
pub(crate) fn allot(
    offers: &[(LocationId, i64)],
    wanted: i64,
    backorders: bool,
) -> Option<Vec<(LocationId, i64)>> {
    if let Some((place, _)) = offers.iter().find(|(_, offer)| *offer >= wanted) {
        return Some(vec![(*place, wanted)]);
    }
    let mut rest = wanted;
    let mut taken: Vec<(LocationId, i64)> = Vec::new();
    for (place, offer) in offers {
        let take = rest.min(*offer).max(0);
        rest -= take;
        taken.push((*place, take));
    }
    if rest > 0 {
        if !backorders {
            return None;
        }
        taken.first_mut()?.1 += rest;
    }
    Some(taken.into_iter().filter(|(_, pieces)| *pieces > 0).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn place(number: u128) -> LocationId {
        LocationId::new(Uuid::from_u128(number))
    }

    fn given(offers: &[i64], wanted: i64, backorders: bool) -> Option<Vec<(u128, i64)>> {
        let offers: Vec<_> = (0..).zip(offers).map(|(number, offer)| (place(number), *offer)).collect();
        let taken = allot(&offers, wanted, backorders)?;
        Some(taken.into_iter().map(|(place, pieces)| (place.uuid().as_u128(), pieces)).collect())
    }

    #[test]
    fn the_first_that_has_all_of_it_serves_it_alone() {
        assert_eq!(given(&[5, 9], 5, false), Some(vec![(0, 5)]));
        assert_eq!(given(&[5, 9, 9], 6, false), Some(vec![(1, 6)]));
    }

    #[test]
    fn else_they_give_in_their_order() {
        assert_eq!(given(&[2, -1, 4, 3], 7, false), Some(vec![(0, 2), (2, 4), (3, 1)]));
        assert_eq!(given(&[2, 4], 7, false), None);
        assert_eq!(given(&[], 1, true), None);
    }

    #[test]
    fn the_preferred_place_promises_what_is_not_there() {
        assert_eq!(given(&[2, 4], 7, true), Some(vec![(0, 3), (1, 4)]));
        assert_eq!(given(&[-2, 0], 5, true), Some(vec![(0, 5)]));
    }
}
