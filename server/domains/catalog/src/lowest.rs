//! The lowest price before a reduction. Directive 98/6/EC, Article 6a (since 2022): whoever announces that a price was
//! reduced says the lowest one of at least the 30 days before the reduction was applied.

use std::collections::HashMap;

use souk_contract::{ProductId, Timestamp, VariantId};
use souk_kernel::{Conn, DbError};

use crate::store::prices;

const SECONDS: i64 = 30 * 24 * 3600;

/// `prices`: since when which, the oldest first; the last is today's. None where it was never another.
pub(crate) fn before(prices: &[(Timestamp, i64)]) -> Option<i64> {
    let (last, earlier) = prices.split_last()?;
    let from = last.0.plus_seconds(-SECONDS);
    // A price holds until the next one.
    let until = prices.iter().skip(1).map(|(since, _)| *since);
    earlier.iter().zip(until).filter(|(_, until)| *until > from).map(|((_, price), _)| *price).min()
}

/// Of those of these variants that were reduced.
pub(crate) async fn of_variants(
    conn: &mut Conn,
    variants: &[VariantId],
) -> Result<Vec<(VariantId, i64)>, DbError> {
    if variants.is_empty() {
        return Ok(Vec::new());
    }
    let rows = prices::of_variants(conn, variants).await?;
    let of_one = rows.chunk_by(|one, other| one.0 == other.0);
    let lowest = |rows: &[(VariantId, Timestamp, i64)]| {
        let history: Vec<(Timestamp, i64)> = rows.iter().map(|(_, since, price)| (*since, *price)).collect();
        Some((rows.first()?.0, before(&history)?))
    };
    Ok(of_one.filter_map(lowest).collect())
}

/// Of the cheapest variants of these products, where they were reduced; the lower one where two cost the same.
pub(crate) async fn of_cheapest(
    conn: &mut Conn,
    products: &[ProductId],
) -> Result<HashMap<ProductId, i64>, DbError> {
    let cheapest = prices::cheapest(conn, products).await?;
    let variants: Vec<VariantId> = cheapest.iter().map(|(_, variant)| *variant).collect();
    let lowest: HashMap<VariantId, i64> = of_variants(conn, &variants).await?.into_iter().collect();
    let mut found = HashMap::with_capacity(products.len());
    for (product, variant) in cheapest {
        let Some(price) = lowest.get(&variant) else { continue };
        found.entry(product).and_modify(|known: &mut i64| *known = (*known).min(*price)).or_insert(*price);
    }
    Ok(found)
}

/// What a reduction saves, in whole per cent, rounded down: it promises no more than it gives. It is counted from the
/// lowest price of the 30 days before (Court of Justice, C-330/23), and from the price that the merchant names where
/// no other is known.
pub(crate) fn saving(now: i64, was: Option<i64>, lowest_before: Option<i64>) -> Option<i64> {
    let from = was.map(|was| lowest_before.unwrap_or(was)).filter(|from| *from > 0)?;
    let percent = from.checked_sub(now)?.checked_mul(100)? / from;
    (percent > 0).then_some(percent)
}

#[cfg(test)]
mod tests {
    use souk_contract::Timestamp;

    use super::{before, saving};

    fn day(day: i64) -> Timestamp {
        Timestamp::from_micros(1_700_000_000_000_000).expect("a moment").plus_seconds(day * 24 * 3600)
    }

    #[test]
    fn a_saving_promises_no_more_than_it_gives() {
        assert_eq!(saving(4720, Some(5900), None), Some(20));
        // 19.99 % is not 20 %.
        assert_eq!(saving(8001, Some(10_000), None), Some(19));
        assert_eq!(saving(9950, Some(10_000), None), None);
        assert_eq!(saving(100, Some(50), None), None);
        assert_eq!(saving(100, Some(0), None), None);
        assert_eq!(saving(1, Some(i64::MAX), None), None);
        assert_eq!(saving(100, None, Some(200)), None, "nobody says that it is reduced");
        // Whatever was named: it counts from what it cost before.
        assert_eq!(saving(1500, Some(3000), Some(2000)), Some(25));
        assert_eq!(saving(1500, Some(3000), Some(1500)), None);
        assert_eq!(saving(1500, Some(3000), Some(1000)), None);
    }

    #[test]
    fn it_is_the_lowest_of_thirty_days_before_the_reduction() {
        let of = |prices: &[(i64, i64)]| {
            before(&prices.iter().map(|(since, price)| (day(*since), *price)).collect::<Vec<_>>())
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[(0, 2000)]), None, "it was never another");
        assert_eq!(of(&[(0, 2000), (100, 1500)]), Some(2000));
        // Put up just before, to look cheaper.
        assert_eq!(of(&[(0, 1600), (90, 2000), (100, 1500)]), Some(1600));
        // That was long ago.
        assert_eq!(of(&[(0, 1600), (60, 2000), (100, 1500)]), Some(2000));
        assert_eq!(of(&[(0, 1600), (70, 2000), (100, 1500)]), Some(2000), "it ended as the 30 days began");
        // Twice reduced: the second time from the first reduction.
        assert_eq!(of(&[(0, 2000), (90, 1500), (100, 1200)]), Some(1500));
        // A sale before the sale.
        assert_eq!(of(&[(0, 2000), (80, 1000), (85, 2000), (100, 1500)]), Some(1000));
    }
}
