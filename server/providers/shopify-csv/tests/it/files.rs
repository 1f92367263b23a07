//! Whole exports. Three real ones where they are at hand (`SOUK_SHARED_DATA`, or `shared/data` beside the
//! workspace), and one of our own that has their odd cases. The figures were counted with Python's csv module.

use std::{fs, path::PathBuf};

use csv::StringRecord;
use rust_decimal::Decimal;
use souk_contract::{Currency, Money};
use souk_shopify_csv::{Entry, ProductDocument, Reader, Writer};

use crate::remarks;

struct Figures {
    products: usize,
    variants: usize,
    images: usize,
    skus: usize,
    tags: usize,
    prices: i64,
    compare_at: i64,
    quantity: i64,
    grams: i64,
    /// A SKU a second time in one product.
    repeated_skus: usize,
}

const LAMPS: Figures = Figures {
    products: 4,
    variants: 7,
    images: 6,
    skus: 4,
    tags: 4,
    prices: 52_630,
    compare_at: 14_900,
    quantity: 121,
    grams: 8_145,
    repeated_skus: 1,
};
const APPAREL: Figures = Figures {
    products: 25,
    variants: 96,
    images: 55,
    skus: 95,
    tags: 15,
    prices: 1_038_800,
    compare_at: 190_900,
    quantity: 458,
    grams: 19_513,
    repeated_skus: 0,
};
const BICYCLES: Figures = Figures {
    products: 284,
    variants: 1_121,
    images: 1_034,
    skus: 1_118,
    tags: 2_337,
    prices: 13_529_129,
    compare_at: 1_824_683,
    quantity: 48_060,
    grams: 6_794_233,
    repeated_skus: 21,
};
const FASHION: Figures = Figures {
    products: 997,
    variants: 3_684,
    images: 4_742,
    skus: 3_684,
    tags: 13_253,
    prices: 130_337_330,
    compare_at: 880_500,
    quantity: 3_171,
    grams: 2_724,
    repeated_skus: 1,
};

/// `None` in a clone that has not got the real files.
fn real_file(name: &str) -> Option<Vec<u8>> {
    let folder = std::env::var_os("SOUK_SHARED_DATA")
        .map(PathBuf::from)
        .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data"));
    fs::read(folder.join("shopify").join(name)).ok()
}

fn read(csv: &[u8]) -> (Vec<ProductDocument>, Vec<Entry>, Vec<String>) {
    let mut reader = Reader::new(csv, Currency::USD).unwrap();
    assert!(reader.header_issues().is_empty());
    let extra = reader.extra_columns();
    let entries: Vec<Entry> = reader.by_ref().map(|entry| entry.unwrap()).collect();
    assert_eq!(reader.bytes_read(), csv.len() as u64);
    let products = entries.iter().map(|entry| entry.product.clone().expect("no errors")).collect();
    (products, entries, extra)
}

fn write(products: &[ProductDocument], extra: Vec<String>) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), extra).unwrap();
    products.iter().for_each(|product| writer.write(product).unwrap());
    writer.finish().unwrap()
}

fn table(csv: &[u8]) -> (StringRecord, Vec<StringRecord>) {
    let mut reader = csv::Reader::from_reader(csv);
    let header = reader.headers().unwrap().clone();
    (header, reader.records().map(|row| row.unwrap()).collect())
}

fn check(csv: &[u8], figures: &Figures) {
    let (products, entries, extra) = read(csv);
    let variants: Vec<_> = products.iter().flat_map(|product| &product.variants).collect();
    let sum =
        |amounts: Vec<Option<Money>>| amounts.into_iter().flatten().map(|money| money.minor).sum::<i64>();
    assert_eq!(products.len(), figures.products);
    assert_eq!(variants.len(), figures.variants);
    assert_eq!(products.iter().map(|product| product.images.len()).sum::<usize>(), figures.images);
    assert_eq!(variants.iter().filter(|variant| variant.sku.is_some()).count(), figures.skus);
    assert_eq!(products.iter().map(|product| product.tags.len()).sum::<usize>(), figures.tags);
    assert_eq!(sum(variants.iter().map(|variant| variant.price).collect()), figures.prices);
    assert_eq!(sum(variants.iter().map(|variant| variant.compare_at).collect()), figures.compare_at);
    assert_eq!(variants.iter().filter_map(|variant| variant.quantity).sum::<i64>(), figures.quantity);
    assert_eq!(
        variants.iter().filter_map(|variant| variant.grams).sum::<Decimal>(),
        Decimal::from(figures.grams)
    );
    let remarks = remarks(&entries);
    assert_eq!(remarks.len(), figures.repeated_skus, "{remarks:#?}");
    assert!(remarks.iter().all(|remark| remark.contains("the same SKU")), "{remarks:#?}");

    let written = write(&products, extra);
    let (again, _, _) = read(&written);
    assert!(again == products, "reading what was written gives other products");
    // Cell by cell: an export of an import is the file it came from, with columns more.
    let ((names, before), (columns, after)) = (table(csv), table(&written));
    assert_eq!(before.len(), after.len());
    for (at, name) in names.iter().enumerate() {
        let to = columns.iter().position(|column| column == name).expect(name);
        for (row, (before, after)) in before.iter().zip(&after).enumerate() {
            assert_eq!(before.get(at), after.get(to), "row {row}, {name}");
        }
    }
}

fn check_real(name: &str, figures: &Figures) {
    match real_file(name) {
        Some(csv) => check(&csv, figures),
        None => eprintln!("{name} is not at hand; `a_file_of_our_own` has its odd cases"),
    }
}

#[test]
fn a_file_of_our_own() {
    check(include_bytes!("../fixtures/lamps.csv"), &LAMPS);
}

#[test]
fn the_same_file_from_a_spreadsheet() {
    let text = include_str!("../fixtures/lamps.csv");
    let (products, ..) = read(text.as_bytes());
    let (crlf, ..) = read(format!("\u{feff}{}", text.replace('\n', "\r\n")).as_bytes());
    // Line breaks inside the description are the merchant's; those between rows are not.
    assert_eq!(crlf[1..], products[1..]);
    assert_eq!(crlf[0].body_html, products[0].body_html.replace('\n', "\r\n"));
    for delimiter in [b';', b'\t'] {
        let mut other = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        let mut rows = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        rows.records().for_each(|row| other.write_record(&row.unwrap()).unwrap());
        assert_eq!(read(&other.into_inner().unwrap()).0, products);
    }
}

#[test]
fn apparel() {
    check_real("apparel.csv", &APPAREL);
}

#[test]
fn bicycles() {
    check_real("bicycles.csv", &BICYCLES);
}

#[test]
fn fashion() {
    check_real("fashion.csv", &FASHION);
}
