use rand::{Rng as _, rngs::StdRng, seq::IndexedRandom as _};

use super::{
    pick,
    words::{COLOURS, Choice, SERIES, TAGS, TYPES, Type, VENDORS},
};
use crate::{
    barcode::ean13,
    scenes,
    shop::{DemoOption, DemoProduct, DemoVariant},
};

const SIZES: [&str; 6] = ["XS", "S", "M", "L", "XL", "2XL"];
const MOST_VARIANTS: usize = 12;

pub(super) fn product(rng: &mut StdRng, index: u32) -> DemoProduct {
    let kind = &TYPES[rng.random_range(0..TYPES.len())];
    let material = pick(rng, kind.materials);
    let noun = pick(rng, kind.nouns);
    let series = pick(rng, &SERIES);
    let vendor = pick(rng, &VENDORS);
    let title = format!("{series} {material} {noun}");
    let handle = format!("{}-{index}", slug(&title));
    let options = options(rng, kind.choice);
    let tags = {
        let count = rng.random_range(0..=4);
        TAGS.choose_multiple(rng, count).map(|tag| (*tag).to_owned()).collect()
    };

    let price = price(rng, kind);
    let on_sale = rng.random_bool(0.18);
    let cut = rng.random_range(10..=40);
    let weight = rng.random_range(kind.weight.0..=kind.weight.1);
    // One product in 25 is sold out as a whole.
    let in_stock = !rng.random_bool(0.04);
    let mut combinations = vec![Vec::new()];
    for option in &options {
        combinations = combinations
            .iter()
            .flat_map(|start: &Vec<String>| {
                option.values.iter().map(move |value| start.iter().cloned().chain([value.clone()]).collect())
            })
            .collect();
    }
    combinations.truncate(MOST_VARIANTS);
    let grows = matches!(kind.choice, Choice::Volume | Choice::Pack | Choice::Length);
    let variants = combinations
        .into_iter()
        .enumerate()
        .map(|(place, values)| {
            let price = if grows { tidy(price * (10 + 7 * place as i64) / 10) } else { price };
            DemoVariant {
                sku: format!("S{index:06}-{place:02}"),
                barcode: barcode(index, place as u32),
                values,
                price,
                compare_at: on_sale.then(|| tidy(price * 100 / (100 - cut)).max(price + 100)),
                weight_grams: if grows { weight * (1 + place as i64) } else { weight },
                stock: stock(rng, in_stock),
                picture: 0,
            }
        })
        .collect();

    DemoProduct {
        body_html: body(rng, kind, material, noun, vendor),
        seo_title: title.clone(),
        seo_description: format!("{title} by {vendor}, from our {} shelf.", kind.name.to_lowercase()),
        category: slug(kind.name),
        product_type: kind.name.to_owned(),
        vendor: vendor.to_owned(),
        pictures: vec![scenes::shared(kind.icon, kind.name)],
        age_days: rng.random_range(0..900),
        handle,
        title,
        tags,
        options,
        variants,
    }
}

/// Unique to ten million products, and apart from the demo shop's numbers, which stay below 1000.
fn barcode(index: u32, variant: u32) -> String {
    let number = index.saturating_add(1000);
    ean13(number % 100_000, variant + 100 * (number / 100_000))
}

fn options(rng: &mut StdRng, choice: Choice) -> Vec<DemoOption> {
    let plain = |name: &str, values: &[&str]| DemoOption {
        name: name.to_owned(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
        swatches: Vec::new(),
    };
    let mut colours = |most: usize| {
        let count = rng.random_range(1..=most);
        let chosen: Vec<_> = COLOURS.choose_multiple(rng, count).collect();
        DemoOption {
            name: "Colour".to_owned(),
            values: chosen.iter().map(|(name, _)| (*name).to_owned()).collect(),
            swatches: chosen.iter().map(|(_, hex)| (*hex).to_owned()).collect(),
        }
    };
    match choice {
        Choice::Nothing => Vec::new(),
        Choice::Colour => vec![colours(6)],
        Choice::ColourAndSize => {
            let colour = colours(3);
            // Whole rows only: colours × sizes stay within the limit.
            let sizes = if colour.values.len() <= 2 { &SIZES[..] } else { &SIZES[1..5] };
            vec![colour, plain("Size", sizes)]
        }
        Choice::Size => vec![plain("Size", &SIZES[1..rng.random_range(3..=5)])],
        Choice::ShoeSize => {
            let sizes = ["36", "37", "38", "39", "40", "41", "42", "43", "44", "45", "46", "47"];
            vec![plain("EU size", &sizes[rng.random_range(0..4)..rng.random_range(8..=12)])]
        }
        Choice::Volume => vec![plain("Size", &["Small", "Medium", "Large"][..rng.random_range(1..=3)])],
        Choice::Pack => {
            vec![plain("Pack", &["Single", "Pack of 2", "Pack of 4", "Pack of 6"][..rng.random_range(1..=4)])]
        }
        Choice::Length => {
            vec![plain("Blade", &["9 cm", "16 cm", "20 cm", "24 cm"][..rng.random_range(1..=4)])]
        }
    }
}

/// Euro cents, cheap ones likelier than dear ones, ending as prices do.
fn price(rng: &mut StdRng, kind: &Type) -> i64 {
    let (low, high) = (kind.price.0 * 100, kind.price.1 * 100);
    let share: f64 = rng.random::<f64>().powi(2);
    tidy(low + ((high - low) as f64 * share) as i64)
}

/// The nearest price that ends in .90 (below 20 euros) or .00.
fn tidy(cents: i64) -> i64 {
    if cents < 2000 { cents / 100 * 100 + 90 } else { (cents + 50) / 100 * 100 }
}

fn stock(rng: &mut StdRng, in_stock: bool) -> i64 {
    match rng.random_range(0..100) {
        _ if !in_stock => 0,
        0..7 => 0,
        7..15 => rng.random_range(1..=3),
        15..90 => rng.random_range(4..=80),
        _ => rng.random_range(81..=600),
    }
}

fn body(rng: &mut StdRng, kind: &Type, material: &str, noun: &str, vendor: &str) -> String {
    let opening = pick(
        rng,
        &[
            "Made in small runs, and better with use.",
            "A plain thing, done properly.",
            "Drawn once, corrected for years, now left alone.",
            "The one we reach for ourselves.",
            "Made to be used daily and mended when needed.",
        ],
    );
    let care = pick(
        rng,
        &[
            "A damp cloth is enough.",
            "Wash by hand, dry in the shade.",
            "Keep dry and out of the sun.",
            "Wipe, air, repeat.",
        ],
    );
    let (noun, material, shelf) = (noun.to_lowercase(), material.to_lowercase(), kind.name.to_lowercase());
    format!(
        "<p>{opening} {vendor} makes this {noun} ({material}) for our {shelf} shelf.</p>\
         <ul><li><strong>Material:</strong> {material}</li><li><strong>Care:</strong> {care}</li></ul>"
    )
}

fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            'a'..='z' | '0'..='9' => slug.push(letter),
            'A'..='Z' => slug.push(letter.to_ascii_lowercase()),
            '\'' => {}
            _ if slug.ends_with('-') || slug.is_empty() => {}
            _ => slug.push('-'),
        }
    }
    slug
}
