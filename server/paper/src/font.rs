//! Fonts: how wide words are, and which font has which letter.

use std::sync::Arc;

use krilla::text::Font;
use rustybuzz::{Face, UnicodeBuffer};

const REGULAR: &[u8] = include_bytes!("../fonts/NotoSans-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../fonts/NotoSans-Bold.ttf");

/// Noto Sans, and what the shop adds for letters that it lacks.
#[derive(Clone)]
pub struct Fonts(Arc<Inner>);

struct Inner {
    regular: OneFont,
    bold: OneFont,
    others: Vec<OneFont>,
}

struct OneFont {
    /// For measuring; reading a font's tables anew for every word would take longer than drawing.
    face: Face<'static>,
    font: Font,
}

#[derive(Debug, thiserror::Error)]
#[error("not a TrueType or OpenType font")]
pub struct NotAFont;

/// A part of a text that one font has all letters of.
pub(crate) struct Run<'t> {
    pub text: &'t str,
    pub font: Font,
    /// In points.
    pub width: f32,
}

impl OneFont {
    fn new(bytes: &'static [u8]) -> Result<Self, NotAFont> {
        // Both readers must agree that it is one.
        let face = Face::from_slice(bytes, 0).ok_or(NotAFont)?;
        let font = Font::new(bytes.to_vec().into(), 0).ok_or(NotAFont)?;
        Ok(Self { face, font })
    }

    fn has(&self, letter: char) -> bool {
        self.face.glyph_index(letter).is_some()
    }

    fn width(&self, text: &str, size: f32) -> f32 {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        let shaped = rustybuzz::shape(&self.face, &[], buffer);
        let advance: i32 = shaped.glyph_positions().iter().map(|position| position.x_advance).sum();
        advance as f32 * size / self.face.units_per_em() as f32
    }
}

impl Fonts {
    /// With fonts for further scripts, asked in their order. They stay in memory as long as the program runs.
    ///
    /// # Errors
    /// When one of them is no font.
    pub fn new(others: Vec<Vec<u8>>) -> Result<Self, NotAFont> {
        Ok(Self(Arc::new(Inner {
            regular: OneFont::new(REGULAR)?,
            bold: OneFont::new(BOLD)?,
            others: others.into_iter().map(|bytes| OneFont::new(bytes.leak())).collect::<Result<_, _>>()?,
        })))
    }

    /// The text in parts of one font each, from left to right.
    pub(crate) fn runs<'t>(&self, text: &'t str, size: f32, bold: bool) -> Vec<Run<'t>> {
        let Inner { regular, bold: heavy, others } = self.0.as_ref();
        let first = if bold { heavy } else { regular };
        let of = |letter: char| {
            let missing = !letter.is_whitespace() && !first.has(letter);
            missing.then(|| others.iter().position(|font| font.has(letter))).flatten()
        };
        let mut runs = Vec::new();
        let mut begin = 0;
        let mut current = None;
        let mut push = |text: &'t str, other: Option<usize>| {
            let font = other.and_then(|index| others.get(index)).unwrap_or(first);
            if !text.is_empty() {
                runs.push(Run { text, font: font.font.clone(), width: font.width(text, size) });
            }
        };
        for (index, letter) in text.char_indices() {
            let other = of(letter);
            if index > begin && other != current {
                push(&text[begin..index], current);
                begin = index;
            }
            current = other;
        }
        push(&text[begin..], current);
        runs
    }

    /// In points.
    pub(crate) fn width(&self, text: &str, size: f32, bold: bool) -> f32 {
        self.runs(text, size, bold).iter().map(|run| run.width).sum()
    }

    /// Lines no wider than that. What has no blank is broken where it must be.
    pub(crate) fn wrap(&self, text: &str, size: f32, bold: bool, width: f32) -> Vec<String> {
        let mut lines = Vec::new();
        for paragraph in text.lines() {
            let mut line = String::new();
            for word in paragraph.split_whitespace() {
                let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
                if self.width(&longer, size, bold) <= width {
                    line = longer;
                    continue;
                }
                if !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                }
                line = self.broken(word, size, bold, width, &mut lines);
            }
            lines.push(line);
        }
        lines
    }

    /// Whole lines of a word go to `lines`; what is left of it is the next line's beginning.
    fn broken(&self, word: &str, size: f32, bold: bool, width: f32, lines: &mut Vec<String>) -> String {
        if self.width(word, size, bold) <= width {
            return word.to_owned();
        }
        let mut rest = String::new();
        for letter in word.chars() {
            rest.push(letter);
            if rest.chars().count() > 1 && self.width(&rest, size, bold) > width {
                rest.pop();
                lines.push(std::mem::replace(&mut rest, letter.to_string()));
            }
        }
        rest
    }
}
