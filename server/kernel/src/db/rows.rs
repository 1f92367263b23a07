//! Many rows in one statement.

/// Few different statements are prepared where lengths are powers of two, and none has too many values.
const MOST: usize = 256;

/// `($1, $2), ($3, $4)`: what stands after `values` for that many rows.
pub fn placeholders(rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let numbers: Vec<String> =
            (1..=columns).map(|column| format!("${}", row * columns + column)).collect();
        format!("({})", numbers.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

/// All of them in their order, cut into lengths that are powers of two, at most 256.
pub fn parts<T>(all: &[T]) -> impl Iterator<Item = &[T]> {
    let mut rest = all;
    std::iter::from_fn(move || {
        let length = (rest.len() + 1).next_power_of_two() / 2;
        if length == 0 {
            return None;
        }
        let (part, after) = rest.split_at(length.min(MOST));
        rest = after;
        Some(part)
    })
}

#[cfg(test)]
mod tests {
    use super::{parts, placeholders};

    #[test]
    fn each_value_has_a_number() {
        assert_eq!(placeholders(2, 3), "($1, $2, $3), ($4, $5, $6)");
        assert_eq!(placeholders(0, 3), "");
    }

    #[test]
    fn parts_are_powers_of_two_and_lose_nothing() {
        let lengths = |count: usize| parts(&vec![(); count]).map(<[()]>::len).collect::<Vec<_>>();
        assert_eq!(lengths(0), [0; 0]);
        assert_eq!(lengths(1), [1]);
        assert_eq!(lengths(7), [4, 2, 1]);
        assert_eq!(lengths(600), [256, 256, 64, 16, 8]);
    }
}
