//! Spreading an amount over shares without losing a minor unit.

/// Splits `amount` in proportion to `weights` by largest remainder: the parts add up to `amount` exactly, and
/// differ from the exact share by less than one unit. Ties go to the earlier share. Without any weight nothing
/// is given out.
///
/// `amount` and the weights must not be negative.
pub fn allocate(amount: i64, weights: &[i64]) -> Vec<i64> {
    let total: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    if total == 0 {
        return vec![0; weights.len()];
    }
    let share = |weight: i64| i128::from(amount) * i128::from(weight);
    // Each part is at most `amount`, so it fits.
    let mut parts: Vec<i64> = weights.iter().map(|weight| (share(*weight) / total) as i64).collect();
    let mut left = amount - parts.iter().sum::<i64>();
    // Fewer units are left than there are shares: picked one by one, without a sort that the browser would have to load.
    let mut remainders: Vec<i128> = weights.iter().map(|weight| share(*weight) % total).collect();
    while left > 0 {
        let mut most = 0;
        for (index, remainder) in remainders.iter().enumerate() {
            if *remainder > remainders[most] {
                most = index;
            }
        }
        parts[most] += 1;
        remainders[most] = -1;
        left -= 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::allocate;

    #[test]
    fn remainders_go_to_the_largest_fraction_first() {
        assert_eq!(allocate(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(allocate(10, &[1, 2, 4]), [1, 3, 6]);
        assert_eq!(allocate(1, &[0, 5, 5]), [0, 1, 0]);
        assert_eq!(allocate(7, &[0, 0]), [0, 0]);
        assert_eq!(allocate(i64::MAX, &[i64::MAX, i64::MAX]), [i64::MAX / 2 + 1, i64::MAX / 2]);
    }
}
