//! Pictures as descriptions (a backdrop and the things on it), and how they are drawn.

use std::collections::HashMap;

use resvg::{
    tiny_skia::{
        BlendMode, Color, FillRule, FilterQuality, GradientStop, Paint as Brush, PathBuilder, Pixmap, PixmapPaint,
        Point, PremultipliedColorU8, RadialGradient, Rect, SpreadMode, Transform,
    },
    usvg::{Options, Tree},
};

use crate::{
    DemoError,
    backdrop::Backdrop,
    colour::Rgb,
    icon::Icon,
};

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

/// Draws a picture `height` pixels high.
pub fn render(picture: &PictureSpec, height: u32) -> Result<Picture, DemoError> {
    let scene = &picture.scene;
    let unit = height as f32 / 1000.0;
    let width = (height as f32 * scene.ratio).round() as u32;
    let mut canvas = Pixmap::new(width, height).ok_or(DemoError::Canvas)?;

    let backdrop = scene.backdrop.svg(1000.0 * scene.ratio);
    let tree = Tree::from_str(&backdrop, &Options::default())
        .map_err(|error| DemoError::Svg { icon: "backdrop".to_owned(), error })?;
    resvg::render(&tree, Transform::from_scale(unit, unit), &mut canvas.as_mut());

    let shade = scene.backdrop.shadow();
    let mut rasters: HashMap<String, Pixmap> = HashMap::new();
    for thing in &scene.things {
        let key = format!("{:?} {}", thing.icon, thing.size);
        let raster = match rasters.entry(key) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(free) => free.insert(thing.icon.raster(thing.size * unit)?),
        };
        thing.draw(raster, shade, unit, &mut canvas);
    }
    // Backdrops cover the whole canvas, so the premultiplied pixels are the plain ones.
    Ok(Picture { width, height, rgba: canvas.take() })
}

impl Thing {
    fn draw(&self, raster: &Pixmap, shade: Rgb, unit: f32, canvas: &mut Pixmap) {
        let (width, height) = (raster.width() as f32, raster.height() as f32);
        let (x, y, lift) = match self.at {
            Place::Standing { x, base } => (x * unit - width / 2.0, base * unit - height, 0.022),
            Place::Lying { x, y } => (x * unit - width / 2.0, y * unit - height / 2.0, 0.045),
        };
        let placed = Transform::from_rotate_at(self.turn, x + width / 2.0, y + height / 2.0).pre_translate(x, y);

        if let Place::Standing { base, .. } = self.at {
            let (from, to) = foot(raster);
            let foot_middle = x + (from + to) / 2.0;
            let foot_half = ((to - from) / 2.0).max(width * 0.12);
            let ground = base * unit;
            let long = width.min(foot_half * 2.6);
            pool(canvas, shade, 0.30, foot_middle + foot_half * 0.16, ground - 0.004 * height, long * 0.66, long * 0.12);
            pool(canvas, shade, 0.42, foot_middle, ground - 0.006 * height, foot_half * 1.12, foot_half * 0.15);
        }
        let (shadow, step) = silhouette(raster, shade, if lift > 0.03 { 0.34 } else { 0.16 });
        let reach = width.max(height) * lift;
        let pad = step * PAD as f32;
        let shadow_at = Transform::from_translate(reach * 0.55, reach)
            .pre_concat(placed)
            .pre_translate(-pad, -pad)
            .pre_scale(step, step);
        let smooth = PixmapPaint { quality: FilterQuality::Bicubic, ..PixmapPaint::default() };
        canvas.draw_pixmap(0, 0, shadow.as_ref(), &smooth, shadow_at, None);
        if self.turn == 0.0 {
            let plain = PixmapPaint { quality: FilterQuality::Nearest, ..PixmapPaint::default() };
            canvas.draw_pixmap(x.round() as i32, y.round() as i32, raster.as_ref(), &plain, Transform::identity(), None);
        } else {
            canvas.draw_pixmap(0, 0, raster.as_ref(), &smooth, placed, None);
        }
    }
}

/// Left and right end of what touches the ground: the lowest rows of the thing.
fn foot(raster: &Pixmap) -> (f32, f32) {
    let (width, height) = (raster.width() as usize, raster.height() as usize);
    let rows = (height / 14).max(1);
    let lowest = &raster.pixels()[(height - rows) * width..];
    let (mut from, mut to) = (width, 0);
    for (index, pixel) in lowest.iter().enumerate() {
        if pixel.alpha() > 100 {
            from = from.min(index % width);
            to = to.max(index % width + 1);
        }
    }
    if from < to { (from as f32, to as f32) } else { (0.0, width as f32) }
}

/// A soft elliptic shadow on the ground.
fn pool(canvas: &mut Pixmap, shade: Rgb, strength: f32, x: f32, y: f32, rx: f32, ry: f32) {
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
    let brush = Brush { shader, blend_mode: BlendMode::SourceOver, anti_alias: true, force_hq_pipeline: false };
    canvas.fill_path(&PathBuilder::from_rect(unit), &brush, FillRule::Winding, shape, None);
}

/// Empty cells around a silhouette, so that its blur has room.
const PAD: u32 = 6;

/// The thing's outline as a blurred shadow, at 1/`step` of its size: a blur on few cells is cheap.
fn silhouette(raster: &Pixmap, shade: Rgb, strength: f32) -> (Pixmap, f32) {
    let step = (raster.width().max(raster.height()) / 56).max(1);
    let columns = raster.width().div_ceil(step) + 2 * PAD;
    let rows = raster.height().div_ceil(step) + 2 * PAD;
    let mut cells = vec![0.0_f32; (columns * rows) as usize];
    for (index, pixel) in raster.pixels().iter().enumerate() {
        let (x, y) = (index as u32 % raster.width() / step, index as u32 / raster.width() / step);
        cells[((y + PAD) * columns + x + PAD) as usize] += f32::from(pixel.alpha());
    }
    let full = 255.0 * (step * step) as f32;
    for _ in 0..2 {
        cells = blurred(&cells, 1);
        cells = blurred(&cells, columns as usize);
    }
    let mut shadow = match Pixmap::new(columns, rows) {
        Some(pixmap) => pixmap,
        None => return (raster.clone(), 1.0),
    };
    for (pixel, cell) in shadow.pixels_mut().iter_mut().zip(&cells) {
        let alpha = (cell / full).min(1.0) * strength;
        let channel = |value: u8| (f32::from(value) * alpha).round() as u8;
        let alpha = (alpha * 255.0).round() as u8;
        let (r, g, b) = (channel(shade.0).min(alpha), channel(shade.1).min(alpha), channel(shade.2).min(alpha));
        *pixel = PremultipliedColorU8::from_rgba(r, g, b, alpha).unwrap_or(PremultipliedColorU8::TRANSPARENT);
    }
    (shadow, step as f32)
}

/// Five cells' mean along rows (`stride` 1) or columns (`stride` = columns).
fn blurred(cells: &[f32], stride: usize) -> Vec<f32> {
    (0..cells.len())
        .map(|at| {
            let near = |offset: isize| {
                at.checked_add_signed(offset * stride as isize).and_then(|i| cells.get(i)).copied().unwrap_or(0.0)
            };
            (near(-2) + near(-1) + near(0) + near(1) + near(2)) / 5.0
        })
        .collect()
}
