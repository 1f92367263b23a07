//! Draws every picture of the demo shop in small, many to a sheet: `cargo run --example contact_sheet -- DIR [PART] [PIXELS]`.
//! PART keeps pictures whose file name contains it.

use std::{error::Error, time::Instant};

use image::{RgbaImage, imageops};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("a folder to write to is needed")?;
    let part = arguments.next().unwrap_or_default();
    let pixels: u32 = arguments.next().map_or(Ok(1200), |text| text.parse())?;
    std::fs::create_dir_all(&folder)?;

    let shop = souk_demo::shop()?;
    let pictures: Vec<_> = std::iter::once(&shop.hero.picture)
        .chain(shop.collections.iter().map(|collection| &collection.picture))
        .chain(shop.products.iter().flat_map(|product| &product.pictures))
        .filter(|picture| picture.file_name.contains(&part))
        .collect();

    const CELL: u32 = 190;
    const COLUMNS: u32 = 10;
    const ROWS: u32 = 9;
    let renderer = souk_demo::Renderer::new(pixels);
    let mut drawing = std::time::Duration::ZERO;
    for (sheet_number, some) in pictures.chunks((COLUMNS * ROWS) as usize).enumerate() {
        let rows = (some.len() as u32).div_ceil(COLUMNS);
        let mut sheet = RgbaImage::from_pixel(COLUMNS * CELL, rows * CELL, image::Rgba([255; 4]));
        for (index, spec) in some.iter().enumerate() {
            let start = Instant::now();
            let picture = renderer.render(spec)?;
            drawing += start.elapsed();
            if pictures.len() <= 4 {
                std::fs::write(format!("{folder}/{}", spec.file_name), picture.png()?)?;
            }
            let side = CELL - 6;
            let full = RgbaImage::from_raw(picture.width, picture.height, picture.rgba).ok_or("pixels")?;
            let height = side * full.height() / full.width();
            let small = imageops::thumbnail(&full, side, height);
            let (x, y) = (index as u32 % COLUMNS * CELL, index as u32 / COLUMNS * CELL);
            imageops::replace(&mut sheet, &small, i64::from(x) + 3, i64::from(y) + 3);
        }
        sheet.save(format!("{folder}/sheet-{sheet_number}.png"))?;
    }
    println!("{} pictures at {pixels} px: {drawing:.1?} of drawing on one core", pictures.len());
    Ok(())
}
