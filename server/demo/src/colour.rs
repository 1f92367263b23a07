//! Colours in OKLCH (even steps look even), and the repainting of an icon in a variant's colour.

use std::f64::consts::TAU;

/// sRGB, 0 to 255 a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// Lightness 0 to 1, chroma 0 to about 0.37, hue in turns 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Lch {
    pub l: f64,
    pub c: f64,
    pub h: f64,
}

impl Rgb {
    /// Reads `#rgb` or `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        let nibble = |at: usize| digits.get(at..=at).and_then(|d| u8::from_str_radix(d, 16).ok());
        match digits.len() {
            3 => Some(Self(nibble(0)? * 17, nibble(1)? * 17, nibble(2)? * 17)),
            6 => Some(Self(
                nibble(0)? * 16 + nibble(1)?,
                nibble(2)? * 16 + nibble(3)?,
                nibble(4)? * 16 + nibble(5)?,
            )),
            _ => None,
        }
    }

    pub fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }

    // The matrices are Björn Ottosson's OKLab, https://bottosson.github.io/posts/oklab/.
    pub(crate) fn lch(self) -> Lch {
        let linear = |channel: u8| {
            let v = f64::from(channel) / 255.0;
            if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        };
        let (r, g, b) = (linear(self.0), linear(self.1), linear(self.2));
        let l = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b).cbrt();
        let m = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b).cbrt();
        let s = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b).cbrt();
        let a = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s;
        let bb = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s;
        Lch {
            l: 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            c: a.hypot(bb),
            h: (bb.atan2(a) / TAU).rem_euclid(1.0),
        }
    }
}

impl Lch {
    pub(crate) fn new(l: f64, c: f64, h: f64) -> Self {
        Self { l, c, h }
    }

    /// The nearest sRGB colour: chroma shrinks until all channels fit.
    pub(crate) fn rgb(self) -> Rgb {
        let mut c = self.c;
        loop {
            let (r, g, b) = Self { c, ..self }.linear();
            let fits = [r, g, b].iter().all(|v| (-0.0005..=1.0005).contains(v));
            if fits || c < 0.002 {
                return Rgb(encode(r), encode(g), encode(b));
            }
            c *= 0.96;
        }
    }

    fn linear(self) -> (f64, f64, f64) {
        let (sin, cos) = (self.h * TAU).sin_cos();
        let (a, b) = (self.c * cos, self.c * sin);
        let l = (self.l + 0.3963377774 * a + 0.2158037573 * b).powi(3);
        let m = (self.l - 0.1055613458 * a - 0.0638541728 * b).powi(3);
        let s = (self.l - 0.0894841775 * a - 1.2914855480 * b).powi(3);
        (
            4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
            -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
            -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
        )
    }
}

fn encode(linear: f64) -> u8 {
    let v = linear.clamp(0.0, 1.0);
    let v = if v <= 0.0031308 { v * 12.92 } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 };
    (v * 255.0).round() as u8
}

/// Distance of two hues, in turns: 0 to 0.5.
fn apart(a: f64, b: f64) -> f64 {
    let d = (a - b).rem_euclid(1.0);
    d.min(1.0 - d)
}

/// Which of an icon's colours a variant's colour replaces.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Paint {
    /// The hue that covers most of the icon.
    Main,
    /// Hues around this one, in degrees of OKLCH.
    Hue(f64),
    /// The greys: for things of metal or white plastic.
    Greys,
}

const SPREAD: f64 = 50.0 / 360.0;
const GREY_BELOW: f64 = 0.045;

/// Repaints an icon: colours that `paint` picks move to `target`, keeping their light and shade.
pub(crate) fn repaint(svg: &str, paint: Paint, target: Rgb) -> String {
    let found = colours(svg);
    let hue = match paint {
        Paint::Main => main_hue(&found),
        Paint::Hue(degrees) => (degrees / 360.0).rem_euclid(1.0),
        Paint::Greys => 0.0,
    };
    let picked = |colour: Lch| match paint {
        Paint::Greys => colour.c < GREY_BELOW && colour.l < 0.995,
        Paint::Main | Paint::Hue(_) => colour.c >= GREY_BELOW && apart(colour.h, hue) <= SPREAD,
    };
    let chosen: Vec<Lch> = found.iter().map(|(_, colour)| *colour).filter(|colour| picked(*colour)).collect();
    if chosen.is_empty() {
        return svg.to_owned();
    }
    let count = chosen.len() as f64;
    let mean_l = chosen.iter().map(|colour| colour.l).sum::<f64>() / count;
    let mean_c = chosen.iter().map(|colour| colour.c).sum::<f64>() / count;
    let goal = target.lch();
    let moved = |colour: Lch| {
        let l = (goal.l + (colour.l - mean_l) * 0.9).clamp(0.08, 0.985);
        let c = if paint == Paint::Greys { goal.c * 0.9 } else { (colour.c / mean_c).min(1.25) * goal.c };
        Lch::new(l, c, goal.h + (colour.h - hue_of(colour, hue, paint)) * 0.35).rgb()
    };

    let mut out = String::with_capacity(svg.len());
    let mut from = 0;
    for (span, colour) in found {
        out.push_str(&svg[from..span.start]);
        from = span.end;
        if !picked(colour) {
            out.push_str(&svg[span]);
        } else if span.shape == Shape::Hex {
            out.push_str(&moved(colour).hex());
        } else {
            let Rgb(r, g, b) = moved(colour);
            let unit = |v: u8| f64::from(v) / 255.0;
            out.push_str(&format!("0 0 0 0 {:.4} 0 0 0 0 {:.4} 0 0 0 0 {:.4} ", unit(r), unit(g), unit(b)));
        }
    }
    out.push_str(&svg[from..]);
    out
}

fn hue_of(colour: Lch, hue: f64, paint: Paint) -> f64 {
    if paint == Paint::Greys {
        return colour.h;
    }
    // Brings the two hues to the same side of the wheel.
    if colour.h - hue > 0.5 {
        hue + 1.0
    } else if hue - colour.h > 0.5 {
        hue - 1.0
    } else {
        hue
    }
}

fn main_hue(found: &[(Span, Lch)]) -> f64 {
    const BINS: usize = 36;
    let weight = |centre: f64| -> f64 {
        found
            .iter()
            .filter(|(_, colour)| colour.c >= GREY_BELOW && apart(colour.h, centre) < 0.08)
            .map(|(_, colour)| colour.c)
            .sum()
    };
    (0..BINS)
        .map(|bin| bin as f64 / BINS as f64)
        .max_by(|a, b| weight(*a).total_cmp(&weight(*b)))
        .unwrap_or_default()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Hex,
    /// The constant columns of a `feColorMatrix` that tints an inner shadow.
    Matrix,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    start: usize,
    end: usize,
    shape: Shape,
}

impl std::ops::Index<Span> for str {
    type Output = str;
    fn index(&self, span: Span) -> &str {
        &self[span.start..span.end]
    }
}

/// Every colour of an icon and where it stands, in order.
fn colours(svg: &str) -> Vec<(Span, Lch)> {
    let mut found = Vec::new();
    for attribute in ["fill=\"", "stroke=\"", "stop-color=\"", "flood-color=\""] {
        for (at, _) in svg.match_indices(attribute) {
            let start = at + attribute.len();
            let Some(length) = svg[start..].find('"') else { continue };
            if let Some(colour) = Rgb::parse(&svg[start..start + length]) {
                found.push((Span { start, end: start + length, shape: Shape::Hex }, colour.lch()));
            }
        }
    }
    for (at, attribute) in svg.match_indices("values=\"") {
        let start = at + attribute.len();
        let Some(length) = svg[start..].find('"') else { continue };
        if let Some((colour, used)) = matrix_colour(&svg[start..start + length]) {
            found.push((Span { start, end: start + used, shape: Shape::Matrix }, colour.lch()));
        }
    }
    found.sort_by_key(|(span, _)| span.start);
    found
}

/// The colour of `0 0 0 0 r 0 0 0 0 g 0 0 0 0 b …` and the length up to what follows `b`.
fn matrix_colour(values: &str) -> Option<(Rgb, usize)> {
    let mut numbers = [0.0_f64; 15];
    let mut end = 0;
    let mut rest = values;
    for number in &mut numbers {
        let trimmed = rest.trim_start();
        let length = trimmed.find(' ')?;
        *number = trimmed[..length].parse().ok()?;
        end = values.len() - trimmed.len() + length + 1;
        rest = &trimmed[length..];
    }
    let constant = |row: usize| numbers[row * 5..row * 5 + 4].iter().all(|v| *v == 0.0);
    if !(constant(0) && constant(1) && constant(2)) {
        return None;
    }
    let byte = |v: f64| (v.clamp(0.0, 1.0) * 255.0).round() as u8;
    Some((Rgb(byte(numbers[4]), byte(numbers[9]), byte(numbers[14])), end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_survives_the_way_through_oklch() {
        for hex in ["#e2432e", "#f1ede4", "#26324f", "#000000", "#ffffff"] {
            let colour = Rgb::parse(hex).unwrap();
            assert_eq!(colour.lch().rgb().hex(), hex);
        }
    }

    #[test]
    fn repainting_moves_the_main_hue_and_leaves_the_rest() {
        let svg =
            r##"<path fill="#e02050"/><path fill="#F03060"/><path fill="#30a040"/><path fill="url(#a)"/>"##;
        let blue = repaint(svg, Paint::Main, Rgb(40, 90, 200));
        assert!(blue.contains("#30a040") && blue.contains("url(#a)"));
        assert!(!blue.contains("#e02050") && !blue.contains("#F03060"));
        let first = Rgb::parse(&blue[12..19]).unwrap();
        assert!(first.2 > first.0, "{blue}");
    }

    #[test]
    fn an_inner_shadow_is_repainted_too() {
        let svg = r#"<feColorMatrix values="0 0 0 0 0.88 0 0 0 0 0.1 0 0 0 0 0.3 0 0 0 1 0"/>"#;
        let green = repaint(svg, Paint::Main, Rgb(30, 160, 60));
        assert!(green.ends_with("0 0 0 1 0\"/>") && !green.contains("0.88"), "{green}");
    }
}
