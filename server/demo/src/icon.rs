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

        // A small pass finds the visible box, so that the large one is drawn once at the right scale. It is drawn
        // whole and cut afterwards: resvg 0.45 can panic where a filter's region reaches beyond the canvas.
        const PROBE: u32 = 64;
        let seen = visible(&draw(&tree, PROBE)?).ok_or_else(|| DemoError::Icon(self.name.clone()))?;
        let longest = seen.width().max(seen.height()) as f32 / PROBE as f32;
        let drawn = draw(&tree, (side / longest).round() as u32)?;
        let seen = visible(&drawn).ok_or_else(|| DemoError::Icon(self.name.clone()))?;
        drawn.clone_rect(seen).ok_or(DemoError::Canvas)
    }
}

fn draw(tree: &Tree, side: u32) -> Result<Pixmap, DemoError> {
    let mut pixmap = Pixmap::new(side, side).ok_or(DemoError::Canvas)?;
    let scale = side as f32 / tree.size().width();
    resvg::render(tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
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
