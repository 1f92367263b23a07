//! A barcode scanner is a keyboard that types fast: a burst of characters, then Enter.

/// Milliseconds between two characters. Nobody types several in a row as fast; scanners over the air take up to 30.
const GAP: f64 = 50.0;
/// A machine with much to do may hear one later, and Enter too, once it is clear who types.
const HICCUP: f64 = 200.0;
const SHORTEST: usize = 3;
/// Of the longest code that a variant may have.
const LONGEST: usize = 255;

/// What was typed fast, so far.
#[derive(Debug, Clone, Default)]
pub struct Burst {
    text: String,
    last: f64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A character that may be a burst's first.
    First,
    /// A character of a burst.
    Next,
    /// A whole burst.
    Code(String),
    Nothing,
}

impl Burst {
    /// `key` as the browser names it, `at` in milliseconds.
    pub fn key(&mut self, key: &str, at: f64) -> Heard {
        let mut letters = key.chars();
        let since = at - self.last;
        match (letters.next(), letters.next()) {
            (Some(letter), None) => {
                let gap = if self.text.len() >= SHORTEST { HICCUP } else { GAP };
                let goes_on = !self.text.is_empty() && since <= gap && self.text.len() < LONGEST;
                if !goes_on {
                    self.text.clear();
                }
                self.text.push(letter);
                self.last = at;
                if goes_on { Heard::Next } else { Heard::First }
            }
            // Held down for a capital.
            _ if key == "Shift" => Heard::Nothing,
            _ => {
                let text = std::mem::take(&mut self.text);
                let code = text.trim();
                let whole = key == "Enter" && since <= HICCUP && code.chars().count() >= SHORTEST;
                if whole { Heard::Code(code.to_owned()) } else { Heard::Nothing }
            }
        }
    }

    pub fn forget(&mut self) {
        self.text.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Types the keys with this many milliseconds between them.
    fn typed(keys: &[&str], gap: f64) -> Vec<Heard> {
        let mut burst = Burst::default();
        keys.iter().enumerate().map(|(index, key)| burst.key(key, 1000.0 + index as f64 * gap)).collect()
    }

    #[test]
    fn a_burst_and_enter_is_a_code() {
        let keys = ["Shift", "T", "4", "Shift", "L", "-", "1", "Enter"];
        let heard = typed(&keys, 8.0);
        assert_eq!(heard.last(), Some(&Heard::Code("T4L-1".to_owned())));
        assert_eq!(heard.iter().filter(|one| **one == Heard::First).count(), 1);
        assert_eq!(typed(&keys, 24.0).last(), heard.last(), "over the air");
    }

    #[test]
    fn one_late_key_does_not_cut_a_code() {
        let mut burst = Burst::default();
        let at = [0.0, 10.0, 20.0, 170.0, 180.0];
        let heard: Vec<Heard> = at.iter().map(|at| burst.key("4", *at)).collect();
        assert_eq!(heard.iter().filter(|one| **one == Heard::Next).count(), 4);
        assert_eq!(burst.key("Enter", 350.0), Heard::Code("44444".to_owned()));
    }

    #[test]
    fn what_a_person_types_is_none() {
        for (keys, gap) in [
            (vec!["4", "0", "0", "6", "Enter"], 90.0),
            (vec!["g", "i", "Enter"], 10.0),
            (vec!["j", "j", "j", "j", "Escape", "Enter"], 30.0),
            (vec!["Enter"], 10.0),
        ] {
            let heard = typed(&keys, gap);
            assert!(!heard.iter().any(|one| matches!(one, Heard::Code(_))), "{keys:?} {heard:?}");
        }
        assert!(typed(&["a", "b", "c"], 60.0).iter().all(|one| *one == Heard::First));
    }

    #[test]
    fn the_first_of_a_burst_is_what_came_after_a_pause() {
        let mut burst = Burst::default();
        assert_eq!(burst.key("g", 0.0), Heard::First);
        assert_eq!(burst.key("4", 300.0), Heard::First);
        assert_eq!(burst.key("0", 310.0), Heard::Next);
        assert_eq!(burst.key("0", 320.0), Heard::Next);
        assert_eq!(burst.key("Enter", 380.0), Heard::Code("400".to_owned()));
        assert_eq!(burst.key("Enter", 390.0), Heard::Nothing);
    }
}
