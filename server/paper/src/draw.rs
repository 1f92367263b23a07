//! Drawing: the pages as PDF.

use krilla::{
    Document,
    color::luma,
    geom::{PathBuilder, Point, Rect},
    metadata::Metadata,
    num::NormalizedF32,
    page::PageSettings,
    paint::{Fill, Stroke},
    surface::Surface,
    text::TextDirection,
};

use crate::{NotDrawn, Style, sheet::Item};

/// `size` of each page, in points.
pub(crate) fn pdf(
    pages: &[Vec<Item>],
    size: (f32, f32),
    style: &Style,
    title: &str,
) -> Result<Vec<u8>, NotDrawn> {
    let mut document = Document::new();
    document.set_metadata(
        Metadata::new().title(title.to_owned()).language("en".to_owned()).creator("Souk".to_owned()),
    );
    let (width, height) = size;
    for items in pages {
        let settings = PageSettings::from_wh(width, height);
        let settings = settings.ok_or_else(|| NotDrawn("a page has no size".to_owned()))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for item in items {
            draw(&mut surface, item, style);
        }
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|error| NotDrawn(format!("{error:?}")))
}

fn fill(grey: u8) -> Fill {
    Fill { paint: luma::Color::new(grey).into(), opacity: NormalizedF32::ONE, rule: Default::default() }
}

fn draw(surface: &mut Surface<'_>, item: &Item, style: &Style) {
    match item {
        Item::Text { x, y, size, bold, grey, text } => {
            surface.set_stroke(None);
            surface.set_fill(Some(fill(*grey)));
            let mut x = *x;
            for run in style.fonts.runs(text, *size, *bold) {
                let at = Point::from_xy(x, *y);
                surface.draw_text(at, run.font, *size, run.text, false, TextDirection::Auto);
                x += run.width;
            }
        }
        Item::Rule { x, y, width } => {
            outline(surface, 0.5, 0xbb, &[(*x, *y), (x + width, *y)], false);
        }
        Item::Bar { x, y, width, height } => {
            let Some(bar) = Rect::from_xywh(*x, *y, *width, *height) else { return };
            let mut path = PathBuilder::new();
            path.push_rect(bar);
            surface.set_stroke(None);
            surface.set_fill(Some(fill(0)));
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
        Item::Box { x, y, size } => {
            let (right, bottom) = (x + size, y + size);
            outline(surface, 0.8, 0x55, &[(*x, *y), (right, *y), (right, bottom), (*x, bottom)], true);
        }
    }
}

fn outline(surface: &mut Surface<'_>, width: f32, grey: u8, points: &[(f32, f32)], close: bool) {
    let mut path = PathBuilder::new();
    for (index, (x, y)) in points.iter().enumerate() {
        if index == 0 { path.move_to(*x, *y) } else { path.line_to(*x, *y) }
    }
    if close {
        path.close();
    }
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke { paint: luma::Color::new(grey).into(), width, ..Stroke::default() }));
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}
