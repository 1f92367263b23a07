//! WCAG 2.2 contrast of the colours in `style/tokens.css`, in both themes.

use std::collections::HashMap;

const TOKENS: &str = include_str!("../../../style/tokens.css");

/// Hex colours by token name.
fn colours(css: &str) -> HashMap<&str, [u8; 3]> {
    css.lines()
        .filter_map(|line| {
            let (name, value) = line.trim().strip_prefix("--")?.split_once(':')?;
            let hex = value.trim().strip_prefix('#')?.strip_suffix(';')?;
            let number = u32::from_str_radix(hex, 16).ok().filter(|_| hex.len() == 6)?;
            let [_, red, green, blue] = number.to_be_bytes();
            Some((name, [red, green, blue]))
        })
        .collect()
}

fn luminance(colour: [u8; 3]) -> f64 {
    let [red, green, blue] = colour.map(|channel| {
        let share = f64::from(channel) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn ratio(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    one.max(other) / one.min(other)
}

/// Which colour is written on which.
fn pairs() -> Vec<(&'static str, &'static str, f64)> {
    const TEXT: f64 = 4.5;
    const CONTROL: f64 = 3.0;
    let mut pairs = vec![];
    for ground in ["bg", "surface", "raised", "accent-soft", "danger-soft", "warn-soft", "line"] {
        pairs.extend([("ink", ground, TEXT), ("ink-soft", ground, TEXT)]);
    }
    for ground in ["tone-1", "tone-2", "tone-3", "tone-4", "tone-5", "tone-6"] {
        pairs.push(("ink", ground, TEXT));
    }
    for ground in ["bg", "surface", "raised"] {
        pairs.extend([("accent", ground, TEXT), ("danger", ground, TEXT), ("warn", ground, TEXT)]);
        pairs.push(("line-strong", ground, CONTROL));
    }
    pairs.extend([
        ("accent", "accent-soft", TEXT),
        ("danger", "danger-soft", TEXT),
        ("warn", "warn-soft", TEXT),
        ("accent-ink", "accent", TEXT),
        ("accent-ink", "accent-hover", TEXT),
        ("bg", "danger", TEXT),
        ("bg", "ink", TEXT),
        ("feature-ink", "feature", TEXT),
        ("feature-soft", "feature", TEXT),
    ]);
    pairs
}

#[test]
fn text_and_controls_can_be_seen_in_both_themes() {
    let (light, dark) = TOKENS.split_once("prefers-color-scheme: dark").expect("a dark theme");
    let light = colours(light);
    let mut night = light.clone();
    night.extend(colours(dark));
    assert!(light.len() > 20 && light != night, "the tokens were read");
    for (theme, colours) in [("light", light), ("dark", night)] {
        for (front, ground, least) in pairs() {
            let ratio = ratio(colours[front], colours[ground]);
            assert!(ratio >= least, "{theme}: {front} on {ground} is {ratio:.2}, not {least}");
        }
    }
}

#[test]
fn knows_the_extremes() {
    assert!((ratio([0; 3], [255; 3]) - 21.0).abs() < 1e-9);
    assert!((ratio([118; 3], [255; 3]) - 4.54).abs() < 0.01);
}
