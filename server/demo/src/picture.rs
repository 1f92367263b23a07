//! Pictures as descriptions (a backdrop and the things on it), and how they are drawn.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use resvg::{
    tiny_skia::{
        BlendMode, Color, FillRule, FilterQuality, GradientStop, Paint as Brush, PathBuilder, Pixmap,
        PixmapPaint, Point, PremultipliedColorU8, RadialGradient, Rect, SpreadMode, Transform,
    },
    usvg::{Options, Tree},
};

use crate::{DemoError, backdrop::Backdrop, colour::Rgb, icon::Icon};

/// One picture still to be drawn: small, and the same in every run.
#[derive(Debug, Clone, PartialEq)]
pub struct PictureSpec {
    /// Unique in the shop, ends in `.png`.
    pub file_name: String,
    /// What it shows, for people who don't see it.
    pub alt: String,
    pub scene: Scene,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    pub backdrop: Backdrop,
    /// Width over height.
    pub ratio: f32,
    /// From back to front.
    pub things: Vec<Thing>,
}

/// An icon at a place. Lengths are thousandths of the picture's height.
#[derive(Debug, Clone, PartialEq)]
pub struct Thing {
    pub icon: Icon,
    pub at: Place,
    /// Longer side of what is visible.
    pub size: f32,
    /// Clockwise, in degrees.
    pub turn: f32,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Place {
    /// On the floor: middle of the thing and the line it stands on.
    Standing { x: f32, base: f32 },
    /// Lying on the surface seen from above, or hanging: the thing's centre.
    Lying { x: f32, y: f32 },
}

/// Pixels of a drawn picture: 8-bit RGBA, opaque, row by row.
#[derive(Debug, Clone)]
pub struct Picture {
    pub width: u32,
    pub height: u32,
    pub rgba: Vec<u8>,
}

impl Picture {
    /// The picture as a PNG file, for where a file is needed; the media pipeline takes the pixels.
    pub fn png(&self) -> Result<Vec<u8>, DemoError> {
        use image::{ExtendedColorType, ImageEncoder as _, codecs::png};
        let mut bytes = Vec::new();
        png::PngEncoder::new_with_quality(&mut bytes, png::CompressionType::Fast, png::FilterType::Up)
            .write_image(&self.rgba, self.width, self.height, ExtendedColorType::Rgba8)
            .map_err(DemoError::Png)?;
        Ok(bytes)
    }
}

/// Draws one picture `height` pixels high. For many, share a [`Renderer`]: it is several times faster.
pub fn render(picture: &PictureSpec, height: u32) -> Result<Picture, DemoError> {
    Renderer::new(height).render(picture)
}

/// Longer sides, in units, at which icons are drawn from their SVG; pictures scale from there. An icon's
/// filters cost far more than scaling, and the icons are smooth enough for the close-ups.
const SMALL: f32 = 300.0;
const LARGE: f32 = 600.0;

/// Pixels that a product page needs; what the tests draw every icon at.
pub const HEIGHT: u32 = 1000;

/// So many icons and backdrops are kept: those of two or three products.
const KEPT: usize = 24;

/// Draws pictures and keeps what the next ones may need again, for any number of threads: best given the
/// pictures of one product after another. Holds up to 150 MB at [`HEIGHT`]; drop it when done.
pub struct Renderer {
    height: u32,
    sprites: Shelf<Sprite>,
    backdrops: Shelf<Pixmap>,
}

impl Renderer {
    /// For pictures `height` pixels high; [`HEIGHT`] where nothing else is known.
    pub fn new(height: u32) -> Self {
        Self { height, sprites: Shelf::default(), backdrops: Shelf::default() }
    }

    pub fn render(&self, picture: &PictureSpec) -> Result<Picture, DemoError> {
        let scene = &picture.scene;
        let unit = self.height as f32 / 1000.0;
        let key = format!("{:?} {}", scene.backdrop, scene.ratio);
        let backdrop = self.backdrops.get(key, || draw_backdrop(scene, self.height))?;
        let mut canvas = Pixmap::clone(&backdrop);
        let shade = scene.backdrop.shadow();
        for thing in &scene.things {
            let side = if thing.size <= SMALL { SMALL } else { LARGE } * unit;
            let key = format!("{:?} {side}", thing.icon);
            let sprite = self.sprites.get(key, || Ok(Sprite::new(thing.icon.raster(side)?)))?;
            sprite.draw(thing, shade, unit, &mut canvas);
        }
        let (width, height) = (canvas.width(), canvas.height());
        // Backdrops cover the whole canvas, so the premultiplied pixels are the plain ones.
        Ok(Picture { width, height, rgba: canvas.take() })
    }
}

/// What was made lately. Two threads that want the same thing make it once; others don't wait for them.
struct Shelf<T>(Mutex<VecDeque<(String, Slot<T>)>>);

type Slot<T> = Arc<Mutex<Option<Arc<T>>>>;

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Shelf<T> {
    fn get(&self, key: String, make: impl FnOnce() -> Result<T, DemoError>) -> Result<Arc<T>, DemoError> {
        let slot = {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let known = kept.iter().find(|(known, _)| *known == key).map(|(_, slot)| Arc::clone(slot));
            known.unwrap_or_else(|| {
                if kept.len() >= KEPT {
                    kept.pop_front();
                }
                let slot = Slot::default();
                kept.push_back((key, Arc::clone(&slot)));
                slot
            })
        };
        let mut content = slot.lock().unwrap_or_else(PoisonError::into_inner);
        match &*content {
            Some(made) => Ok(Arc::clone(made)),
            None => {
                let made = Arc::new(make()?);
                *content = Some(Arc::clone(&made));
                Ok(made)
            }
        }
    }
}

fn draw_backdrop(scene: &Scene, height: u32) -> Result<Pixmap, DemoError> {
    let unit = height as f32 / 1000.0;
    let width = (height as f32 * scene.ratio).round() as u32;
    let mut canvas = Pixmap::new(width, height).ok_or(DemoError::Canvas)?;
    // A thousandth wider, so that rounding can't leave a seam at the right.
    let svg = scene.backdrop.svg(1000.0 * scene.ratio + 1.0);
    let tree = Tree::from_str(&svg, &Options::default())
        .map_err(|error| DemoError::Svg { icon: "backdrop".to_owned(), error })?;
    resvg::render(&tree, Transform::from_scale(unit, unit), &mut canvas.as_mut());
    Ok(canvas)
}

/// An icon's pixels and what its shadows need to know of them.
struct Sprite {
    pixels: Pixmap,
    /// Left and right end of what touches the ground.
    foot: (f32, f32),
    outline: Outline,
}

impl Sprite {
    fn new(pixels: Pixmap) -> Self {
        Self { foot: foot(&pixels), outline: Outline::new(&pixels), pixels }
    }

    fn draw(&self, thing: &Thing, shade: Rgb, unit: f32, canvas: &mut Pixmap) {
        let longest = self.pixels.width().max(self.pixels.height()) as f32;
        let scale = thing.size * unit / longest;
        let (width, height) = (self.pixels.width() as f32 * scale, self.pixels.height() as f32 * scale);
        // Standing things throw little on the wall and much on the ground, lying ones all around.
        let (x, y, lift, strength) = match thing.at {
            Place::Standing { x, base } => (x * unit - width / 2.0, base * unit - height, 0.022, 0.16),
            Place::Lying { x, y } => (x * unit - width / 2.0, y * unit - height / 2.0, 0.045, 0.34),
        };
        let placed = Transform::from_rotate_at(thing.turn, x + width / 2.0, y + height / 2.0)
            .pre_translate(x, y)
            .pre_scale(scale, scale);

        if let Place::Standing { base, .. } = thing.at {
            let (from, to) = self.foot;
            let middle = x + (from + to) / 2.0 * scale;
            let half = ((to - from) / 2.0 * scale).max(width * 0.12);
            let ground = base * unit;
            let long = width.min(half * 2.6);
            pool(
                canvas,
                shade,
                0.30,
                (middle + half * 0.16, ground - 0.004 * height),
                (long * 0.66, long * 0.12),
            );
            pool(canvas, shade, 0.42, (middle, ground - 0.006 * height), (half * 1.12, half * 0.15));
        }
        let with = |quality| PixmapPaint { quality, ..PixmapPaint::default() };
        if let Some(shadow) = self.outline.shadow(shade, strength) {
            let reach = width.max(height) * lift;
            let pad = self.outline.step * PAD as f32;
            let at = Transform::from_translate(reach * 0.55, reach)
                .pre_concat(placed)
                .pre_translate(-pad, -pad)
                .pre_scale(self.outline.step, self.outline.step);
            canvas.draw_pixmap(0, 0, shadow.as_ref(), &with(FilterQuality::Bilinear), at, None);
        }
        if thing.turn == 0.0 && (scale - 1.0).abs() * longest < 2.0 {
            let (x, y) = (x.round() as i32, y.round() as i32);
            canvas.draw_pixmap(
                x,
                y,
                self.pixels.as_ref(),
                &with(FilterQuality::Nearest),
                Transform::identity(),
                None,
            );
        } else {
            let quality = if scale <= 1.0 { FilterQuality::Bilinear } else { FilterQuality::Bicubic };
            canvas.draw_pixmap(0, 0, self.pixels.as_ref(), &with(quality), placed, None);
        }
    }
}

/// Left and right end of the lowest rows.
fn foot(pixels: &Pixmap) -> (f32, f32) {
    let (width, height) = (pixels.width() as usize, pixels.height() as usize);
    let rows = (height / 14).max(1);
    let lowest = &pixels.pixels()[(height - rows) * width..];
    let (mut from, mut to) = (width, 0);
    for row in lowest.chunks(width) {
        from = from.min(row.iter().position(|pixel| pixel.alpha() > 100).unwrap_or(width));
        to = to.max(row.iter().rposition(|pixel| pixel.alpha() > 100).map_or(0, |last| last + 1));
    }
    if from < to { (from as f32, to as f32) } else { (0.0, width as f32) }
}

/// A soft elliptic shadow on the ground.
fn pool(canvas: &mut Pixmap, shade: Rgb, strength: f32, (x, y): (f32, f32), (rx, ry): (f32, f32)) {
    let at = |alpha: f32| Color::from_rgba8(shade.0, shade.1, shade.2, (alpha * 255.0) as u8);
    let stops = vec![
        GradientStop::new(0.0, at(strength)),
        GradientStop::new(0.55, at(strength * 0.62)),
        GradientStop::new(0.8, at(strength * 0.2)),
        GradientStop::new(1.0, at(0.0)),
    ];
    let shape = Transform::from_translate(x, y).pre_scale(rx, ry);
    let middle = Point::from_xy(0.0, 0.0);
    let (Some(shader), Some(unit)) = (
        RadialGradient::new(middle, middle, 1.0, stops, SpreadMode::Pad, Transform::identity()),
        Rect::from_xywh(-1.0, -1.0, 2.0, 2.0),
    ) else {
        return;
    };
    let brush =
        Brush { shader, blend_mode: BlendMode::SourceOver, anti_alias: true, force_hq_pipeline: false };
    canvas.fill_path(&PathBuilder::from_rect(unit), &brush, FillRule::Winding, shape, None);
}

/// Empty cells around an outline, so that its blur has room.
const PAD: u32 = 6;

/// How much of each cell the thing covers, blurred. A blur on few cells is cheap.
struct Outline {
    columns: u32,
    rows: u32,
    /// 0 to 1.
    cells: Vec<f32>,
    /// Pixels along the side of a cell.
    step: f32,
}

impl Outline {
    fn new(pixels: &Pixmap) -> Self {
        let step = (pixels.width().max(pixels.height()) / 56).max(1);
        let columns = pixels.width().div_ceil(step) + 2 * PAD;
        let rows = pixels.height().div_ceil(step) + 2 * PAD;
        let mut cells = vec![0.0_f32; (columns * rows) as usize];
        let full = 255.0 * (step * step) as f32;
        for (y, line) in pixels.pixels().chunks(pixels.width() as usize).enumerate() {
            let first = (y as u32 / step + PAD) * columns + PAD;
            for (cell, some) in cells[first as usize..].iter_mut().zip(line.chunks(step as usize)) {
                *cell += some.iter().map(|pixel| u32::from(pixel.alpha())).sum::<u32>() as f32 / full;
            }
        }
        for _ in 0..2 {
            cells = blurred(&cells, 1);
            cells = blurred(&cells, columns as usize);
        }
        Self { columns, rows, cells, step: step as f32 }
    }

    fn shadow(&self, shade: Rgb, strength: f32) -> Option<Pixmap> {
        let mut shadow = Pixmap::new(self.columns, self.rows)?;
        for (pixel, cell) in shadow.pixels_mut().iter_mut().zip(&self.cells) {
            let share = cell.min(1.0) * strength;
            let alpha = (share * 255.0).round() as u8;
            let channel = |value: u8| ((f32::from(value) * share).round() as u8).min(alpha);
            *pixel =
                PremultipliedColorU8::from_rgba(channel(shade.0), channel(shade.1), channel(shade.2), alpha)?;
        }
        Some(shadow)
    }
}

/// Five cells' mean along rows (`stride` 1) or columns (`stride` = cells in a row).
fn blurred(cells: &[f32], stride: usize) -> Vec<f32> {
    let at = |index: Option<usize>| index.and_then(|index| cells.get(index)).copied().unwrap_or(0.0);
    (0..cells.len())
        .map(|i| {
            let before = at(i.checked_sub(stride)) + at(i.checked_sub(2 * stride));
            (before + cells[i] + at(Some(i + stride)) + at(Some(i + 2 * stride))) / 5.0
        })
        .collect()
}
