//! Reads and writes a file and prints how long each took: `cargo run --release --example speed -- FILE.csv`.

use std::{error::Error, fs::File, io, time::Instant};

use souk_contract::Currency;
use souk_shopify_csv::{ProductDocument, Reader, Writer};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("give a CSV file")?;
    let start = Instant::now();
    let mut reader = Reader::new(File::open(path)?, Currency::USD)?;
    let extra = reader.extra_columns();
    let (mut rows, mut issues) = (0, 0);
    let mut products: Vec<ProductDocument> = Vec::new();
    for entry in reader.by_ref() {
        let entry = entry?;
        rows += entry.rows;
        issues += entry.issues.len();
        products.extend(entry.product);
    }
    let read = start.elapsed();
    let mut writer = Writer::new(io::sink(), extra)?;
    for product in &products {
        writer.write(product)?;
    }
    writer.finish()?;
    println!(
        "{rows} rows, {} products, {issues} remarks, {} kB: read in {read:.1?}, written in {:.1?}",
        products.len(),
        reader.bytes_read() / 1000,
        start.elapsed().saturating_sub(read),
    );
    Ok(())
}
