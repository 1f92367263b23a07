//! Laying out: words and lines at their places, page after page.

use crate::{NotDrawn, Style, draw};

pub(crate) const MARGIN: f32 = 48.0;
/// Left free for the page's number.
const FOOT: f32 = 64.0;

pub(crate) const BLACK: u8 = 0x1a;
pub(crate) const GREY: u8 = 0x66;

/// One thing on a page. Places are in points from the upper left corner; a text's is its base line's beginning.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Item {
    Text {
        x: f32,
        y: f32,
        size: f32,
        bold: bool,
        grey: u8,
        text: String,
    },
    /// From left to right.
    Rule {
        x: f32,
        y: f32,
        width: f32,
    },
    /// Of a barcode; `x` and `y` are its upper left corner.
    Bar {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
    },
    /// To be ticked by hand.
    Box {
        x: f32,
        y: f32,
        size: f32,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// A table's column: where it begins and how wide it is.
#[derive(Clone, Copy)]
pub(crate) struct Column {
    pub title: &'static str,
    pub x: f32,
    pub width: f32,
    pub align: Align,
}

/// What stands in a cell: words, and smaller ones below them.
#[derive(Clone, Default)]
pub(crate) struct Cell {
    pub text: String,
    pub below: String,
    pub tick: bool,
}

impl Cell {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub(crate) fn with(self, below: impl Into<String>) -> Self {
        Self { below: below.into(), ..self }
    }

    pub(crate) fn tick() -> Self {
        Self { tick: true, ..Self::default() }
    }
}

pub(crate) struct Sheet<'s> {
    pub style: &'s Style,
    pages: Vec<Vec<Item>>,
    /// Where the next thing goes.
    pub y: f32,
    pub width: f32,
    height: f32,
}

impl<'s> Sheet<'s> {
    pub(crate) fn new(style: &'s Style) -> Self {
        let (width, height) = style.size.points();
        Self { style, pages: vec![Vec::new()], y: MARGIN, width: width - 2.0 * MARGIN, height }
    }

    fn put(&mut self, item: Item) {
        if let Some(page) = self.pages.last_mut() {
            page.push(item);
        }
    }

    pub(crate) fn new_page(&mut self) {
        self.pages.push(Vec::new());
        self.y = MARGIN;
    }

    pub(crate) fn is_room_for(&self, height: f32) -> bool {
        self.y + height <= self.height - FOOT
    }

    /// One line at a place of its own; `x` from the margin. `y` is its base line.
    pub(crate) fn line_at(&mut self, x: f32, y: f32, size: f32, bold: bool, grey: u8, text: &str) {
        self.put(Item::Text { x: MARGIN + x, y, size, bold, grey, text: text.to_owned() });
    }

    /// The same, ending at `right`.
    pub(crate) fn line_until(&mut self, right: f32, y: f32, size: f32, bold: bool, grey: u8, text: &str) {
        let width = self.style.fonts.width(text, size, bold);
        self.line_at(right - width, y, size, bold, grey, text);
    }

    /// Words that wrap; goes on below them.
    pub(crate) fn words(&mut self, x: f32, width: f32, size: f32, bold: bool, grey: u8, text: &str) {
        for line in self.style.fonts.wrap(text, size, bold, width) {
            if !self.is_room_for(size * 1.4) {
                self.new_page();
            }
            self.y += size * 1.4;
            self.line_at(x, self.y, size, bold, grey, &line);
        }
    }

    pub(crate) fn rule(&mut self) {
        self.put(Item::Rule { x: MARGIN, y: self.y, width: self.width });
    }

    pub(crate) fn table_head(&mut self, columns: &[Column]) {
        self.y += 14.0;
        let y = self.y;
        for column in columns {
            match column.align {
                Align::Left => self.line_at(column.x, y, 8.5, true, GREY, column.title),
                Align::Right => self.line_until(column.x + column.width, y, 8.5, true, GREY, column.title),
            }
        }
        self.y += 6.0;
        self.rule();
    }

    /// A row is never torn apart unless it is longer than a page.
    pub(crate) fn row(&mut self, columns: &[Column], cells: &[Cell]) {
        const SIZE: f32 = 9.5;
        const SMALL: f32 = 8.0;
        let fonts = self.style.fonts.clone();
        let wrapped: Vec<(Vec<String>, Vec<String>)> = columns
            .iter()
            .zip(cells)
            .map(|(column, cell)| {
                let room = column.width - 6.0;
                (fonts.wrap(&cell.text, SIZE, false, room), fonts.wrap(&cell.below, SMALL, false, room))
            })
            .collect();
        let height_of = |(text, below): &(Vec<String>, Vec<String>)| {
            text.len().max(1) as f32 * SIZE * 1.35 + below.len() as f32 * SMALL * 1.35
        };
        let height = wrapped.iter().map(height_of).fold(0.0, f32::max) + 8.0;
        if !self.is_room_for(height) {
            self.new_page();
            self.table_head(columns);
        }
        let top = self.y + 4.0;
        for ((column, cell), (text, below)) in columns.iter().zip(cells).zip(&wrapped) {
            let mut y = top;
            if cell.tick {
                self.put(Item::Box { x: MARGIN + column.x, y: top + 3.0, size: 9.0 });
            }
            let lines = text.iter().map(|line| (line, SIZE, BLACK));
            for (line, size, grey) in lines.chain(below.iter().map(|line| (line, SMALL, GREY))) {
                y += size * 1.35;
                match column.align {
                    Align::Left => self.line_at(column.x, y, size, false, grey, line),
                    Align::Right => self.line_until(column.x + column.width, y, size, false, grey, line),
                }
            }
        }
        self.y += height;
        self.rule();
    }

    /// With the foot on each page: what it is, and which page of how many.
    pub(crate) fn finish(mut self, title: &str, foot: &str) -> Result<Vec<u8>, NotDrawn> {
        let (count, y) = (self.pages.len(), self.height - 32.0);
        let pages = std::mem::take(&mut self.pages);
        for (index, page) in pages.into_iter().enumerate() {
            self.pages.push(page);
            self.line_at(0.0, y, 8.0, false, GREY, foot);
            self.line_until(self.width, y, 8.0, false, GREY, &format!("Page {} of {count}", index + 1));
        }
        draw::pdf(&self.pages, self.style.size.points(), self.style, title)
    }

    #[cfg(test)]
    pub(crate) fn texts(&self) -> Vec<Vec<String>> {
        let mut pages = Vec::new();
        for page in &self.pages {
            let texts = page.iter().filter_map(|item| match item {
                Item::Text { text, .. } => Some(text.clone()),
                _ => None,
            });
            pages.push(texts.collect());
        }
        pages
    }
}
