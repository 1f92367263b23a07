//! The icons used, embedded, and their rasters cut to what is visible.

use include_dir::{Dir, include_dir};
use resvg::{
    tiny_skia::{IntRect, Pixmap, Transform},
    usvg::{Options, Tree},
};

use crate::{
    DemoError,
    colour::{Paint, Rgb, repaint},
};

static ICONS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/icons");

pub(crate) fn exists(name: &str) -> bool {
    source(name).is_some()
}

fn source(name: &str) -> Option<&'static str> {
    ICONS.get_file(format!("{name}.svg"))?.contents_utf8()
}

/// An icon and the colour it is painted in, if not its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Icon {
    /// Fluent Emoji's name: the file in `icons/`.
    pub name: String,
    pub paint: Option<(Paint, Rgb)>,
}

impl Icon {
    pub fn plain(name: impl Into<String>) -> Self {
        Self { name: name.into(), paint: None }
    }

    /// Draws the icon so that the longer side of what is visible has about `side` pixels.
    pub(crate) fn raster(&self, side: f32) -> Result<Pixmap, DemoError> {
        let svg = source(&self.name).ok_or_else(|| DemoError::Icon(self.name.clone()))?;
        let painted = self.paint.map(|(paint, colour)| repaint(svg, paint, colour));
        let tree = Tree::from_str(painted.as_deref().unwrap_or(svg), &Options::default())
            .map_err(|error| DemoError::Svg { icon: self.name.clone(), error })?;

        // A small pass finds the visible box; the large one is then drawn in one go at the right scale.
        const PROBE: u32 = 64;
        let probe = draw(&tree, PROBE as f32, PROBE, PROBE, 0.0, 0.0)?;
        let seen = visible(&probe).ok_or_else(|| DemoError::Icon(self.name.clone()))?;
        let longest = seen.width().max(seen.height()) as f32 / PROBE as f32;
        let full = side / longest;
        let margin = full / PROBE as f32;
        let (x, y) = (seen.x() as f32 * margin - margin, seen.y() as f32 * margin - margin);
        let width = (seen.width() as f32 + 2.0) * margin;
        let height = (seen.height() as f32 + 2.0) * margin;
        let drawn = draw(&tree, full, width.ceil() as u32, height.ceil() as u32, x, y)?;
        let seen = visible(&drawn).ok_or_else(|| DemoError::Icon(self.name.clone()))?;
        drawn.clone_rect(seen).ok_or(DemoError::Canvas)
    }
}

fn draw(tree: &Tree, full: f32, width: u32, height: u32, x: f32, y: f32) -> Result<Pixmap, DemoError> {
    let mut pixmap = Pixmap::new(width.max(1), height.max(1)).ok_or(DemoError::Canvas)?;
    let scale = full / tree.size().width();
    resvg::render(tree, Transform::from_translate(-x, -y).pre_scale(scale, scale), &mut pixmap.as_mut());
    Ok(pixmap)
}

/// The smallest box around everything that isn't almost transparent.
fn visible(pixmap: &Pixmap) -> Option<IntRect> {
    const FAINT: u8 = 24;
    let (mut left, mut top, mut right, mut bottom) = (u32::MAX, u32::MAX, 0, 0);
    for (index, pixel) in pixmap.pixels().iter().enumerate() {
        if pixel.alpha() > FAINT {
            let (x, y) = (index as u32 % pixmap.width(), index as u32 / pixmap.width());
            left = left.min(x);
            right = right.max(x + 1);
            top = top.min(y);
            bottom = bottom.max(y + 1);
        }
    }
    (left < right).then(|| IntRect::from_ltrb(left as i32, top as i32, right as i32, bottom as i32)).flatten()
}
