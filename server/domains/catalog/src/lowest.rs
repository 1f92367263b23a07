//! The lowest price before a reduction. Directive 98/6/EC, Article 6a (since 2022): whoever announces that a price was
//! reduced says the lowest one of at least the 30 days before the reduction was applied.

use souk_contract::{Timestamp, VariantId};
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

#[cfg(test)]
mod tests {
    use souk_contract::Timestamp;

    use super::before;

    fn day(day: i64) -> Timestamp {
        Timestamp::from_micros(1_700_000_000_000_000).expect("a moment").plus_seconds(day * 24 * 3600)
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
