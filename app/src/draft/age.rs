//! How long ago something was, as one says it.

/// `a moment ago`, `12 minutes ago`, `3 hours ago`, `2 days ago`.
pub fn ago(seconds: u64) -> String {
    let (count, unit) = match seconds {
        0..60 => return "a moment ago".to_owned(),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural} ago")
}

#[cfg(test)]
mod tests {
    use super::ago;

    #[test]
    fn an_age_is_said_in_its_largest_unit() {
        let said = [0, 59, 60, 3_599, 3_600, 7_200, 86_399, 86_400, 200_000].map(ago);
        let expected = [
            "a moment ago",
            "a moment ago",
            "1 minute ago",
            "59 minutes ago",
            "1 hour ago",
            "2 hours ago",
            "23 hours ago",
            "1 day ago",
            "2 days ago",
        ];
        assert_eq!(said, expected);
    }
}
