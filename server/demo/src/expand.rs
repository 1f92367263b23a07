//! From the written content to the whole shop: every combination of options, with price, codes and stock.

use std::collections::BTreeMap;

use crate::{
    DemoError,
    barcode::ean13,
    colour::Rgb,
    content::{self, Category, Product, Rule, Store},
    scenes::{self, Studio},
    shop::{DemoCollection, DemoOption, DemoPage, DemoProduct, DemoVariant, Hero, Promise, Shop},
};

pub(crate) fn shop() -> Result<Shop, DemoError> {
    let store = content::store()?;
    let departments = content::departments()?;
    let colours = palette(&store)?;

    let mut collections = Vec::new();
    let mut products: Vec<DemoProduct> = Vec::new();
    for department in &departments {
        let category = &department.category;
        collections.push(DemoCollection {
            handle: category.handle.clone(),
            title: category.title.clone(),
            summary: category.summary.clone(),
            seo_title: format!("{} – {}", category.title, store.name),
            seo_description: category.seo.clone(),
            icon: category.icon.clone(),
            picture: scenes::collection(
                &category.handle,
                &category.title,
                &category.icons,
                category.setting,
                hex(&category.handle, &category.backdrop)?,
            ),
            is_category: true,
            products: department.product.iter().map(|product| product.handle.clone()).collect(),
        });
        for product in &department.product {
            products.push(expand(product, category, &store, &colours)?);
        }
    }
    for cross in &store.collections {
        collections.push(DemoCollection {
            handle: cross.handle.clone(),
            title: cross.title.clone(),
            summary: cross.summary.clone(),
            seo_title: format!("{} – {}", cross.title, store.name),
            seo_description: cross.summary.clone(),
            icon: cross.icon.clone(),
            picture: scenes::collection(
                &cross.handle,
                &cross.title,
                &cross.icons,
                cross.setting,
                hex(&cross.handle, &cross.backdrop)?,
            ),
            is_category: false,
            products: members(&cross.rule, &products),
        });
    }

    let hero = Hero {
        headline: store.hero.headline.clone(),
        sub: store.hero.sub.clone(),
        button: store.hero.button.clone(),
        collection: store.hero.collection.clone(),
        picture: scenes::hero(&store.hero, hex("hero", &store.hero.backdrop)?, &colours)?,
    };
    Ok(Shop {
        hero,
        promises: store
            .promises
            .into_iter()
            .map(|promise| Promise { title: promise.title, text: promise.text, icon: promise.icon })
            .collect(),
        story_title: store.story.title,
        story_html: store.story.body.trim().to_owned(),
        pages: store
            .pages
            .into_iter()
            .map(|page| DemoPage {
                handle: page.handle,
                title: page.title,
                body_html: page.body.trim().to_owned(),
                seo_description: page.seo,
            })
            .collect(),
        name: store.name,
        tagline: store.tagline,
        description: store.description,
        currency: "EUR",
        email: store.email,
        address: store.address,
        collections,
        products,
    })
}

fn palette(store: &Store) -> Result<BTreeMap<String, Rgb>, DemoError> {
    store.colours.iter().map(|(name, value)| Ok((name.clone(), hex(name, value)?))).collect()
}

fn hex(of: &str, value: &str) -> Result<Rgb, DemoError> {
    Rgb::parse(value).ok_or_else(|| DemoError::content(of, format!("{value:?} is not a colour")))
}

fn members(rule: &Rule, products: &[DemoProduct]) -> Vec<String> {
    let cut = |product: &DemoProduct| -> i64 {
        let per_mille = |variant: &DemoVariant| {
            variant.compare_at.map_or(0, |before| (before - variant.price) * 1000 / before.max(1))
        };
        product.variants.iter().map(per_mille).max().unwrap_or_default()
    };
    let tagged = |product: &DemoProduct, tag: &str| product.tags.iter().any(|own| own == tag);
    let mut found: Vec<&DemoProduct> = products
        .iter()
        .filter(|product| match rule {
            Rule::Tag(tag) => tagged(product, tag),
            Rule::OnSale => cut(product) > 0,
            Rule::TagUnder(tag, euros) => {
                let limit = i64::from(*euros) * 100;
                tagged(product, tag) && product.variants.iter().all(|variant| variant.price < limit)
            }
        })
        .collect();
    match rule {
        Rule::Tag(_) => found.sort_by_key(|product| product.age_days),
        Rule::OnSale => found.sort_by_key(|product| std::cmp::Reverse(cut(product))),
        Rule::TagUnder(..) => {
            found.sort_by_key(|product| product.variants.first().map(|variant| variant.price))
        }
    }
    found.into_iter().map(|product| product.handle.clone()).collect()
}

fn expand(
    product: &Product,
    category: &Category,
    store: &Store,
    colours: &BTreeMap<String, Rgb>,
) -> Result<DemoProduct, DemoError> {
    let wrong = |what: String| DemoError::content(&product.handle, what);
    let options = product
        .options
        .iter()
        .map(|option| match option.split_first() {
            Some((name, values)) if !values.is_empty() => {
                let swatches: Vec<_> =
                    values.iter().filter_map(|value| colours.get(value)).map(|colour| colour.hex()).collect();
                let swatches = if swatches.len() == values.len() { swatches } else { Vec::new() };
                Ok(DemoOption { name: name.clone(), values: values.to_vec(), swatches })
            }
            _ => Err(wrong("an option without values".to_owned())),
        })
        .collect::<Result<Vec<_>, _>>()?;

    let studio = Studio::new(product, category, &options, colours)?;
    let pictures = studio.pictures();
    let price = cents(&product.price).ok_or_else(|| wrong(format!("price {:?}", product.price)))?;
    let was = match &product.was {
        Some(was) => Some(cents(was).ok_or_else(|| wrong(format!("was {was:?}")))?),
        None => None,
    };

    let mut variants = Vec::new();
    let mut used = 0;
    for (index, values) in combinations(&options).into_iter().enumerate() {
        if product.missing.iter().any(|pattern| matches(pattern, &values)) {
            used += 1;
            continue;
        }
        let mut more = 0;
        let mut grams = product.weight;
        for value in &values {
            if let Some((surcharge, weight)) = product.extra.get(value) {
                more += cents(surcharge).ok_or_else(|| wrong(format!("extra {surcharge:?}")))?;
                grams += weight;
            }
        }
        let joined = values.join(" / ");
        let stock =
            product.counts.get(&joined).copied().unwrap_or_else(|| spread(product.stock, product.no, index));
        variants.push(DemoVariant {
            sku: sku(&product.sku, &values),
            barcode: ean13(product.no, index as u32),
            price: price + more,
            compare_at: was.map(|was| was + more),
            weight_grams: grams,
            stock,
            picture: studio.picture_of(&values),
            values,
        });
    }
    let known =
        product.counts.keys().filter(|key| variants.iter().any(|v| v.values.join(" / ") == **key)).count();
    if known != product.counts.len() {
        return Err(wrong("counts name a variant that doesn't exist".to_owned()));
    }
    if !product.missing.is_empty() && used == 0 {
        return Err(wrong("missing names no combination".to_owned()));
    }
    Ok(DemoProduct {
        handle: product.handle.clone(),
        title: product.title.clone(),
        body_html: product.body.trim().to_owned(),
        vendor: product.vendor.clone(),
        product_type: product.kind.clone(),
        tags: product.tags.clone(),
        seo_title: format!("{} – {}", product.title, store.name),
        seo_description: product.seo.clone(),
        category: category.handle.clone(),
        options,
        variants,
        pictures,
        age_days: product.age,
    })
}

/// All combinations, the last option running fastest; one empty one where there are no options.
fn combinations(options: &[DemoOption]) -> Vec<Vec<String>> {
    options.iter().fold(vec![Vec::new()], |before, option| {
        before
            .iter()
            .flat_map(|start| {
                option.values.iter().map(move |value| {
                    let mut longer = start.clone();
                    longer.push(value.clone());
                    longer
                })
            })
            .collect()
    })
}

fn matches(pattern: &str, values: &[String]) -> bool {
    let parts: Vec<_> = pattern.split(" / ").collect();
    parts.len() == values.len() && parts.iter().zip(values).all(|(part, value)| *part == "*" || part == value)
}

/// `39.00` → 3900.
fn cents(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.')?;
    if part.len() != 2 {
        return None;
    }
    Some(whole.parse::<i64>().ok()? * 100 + part.parse::<i64>().ok()?)
}

/// Uneven stock around a mean, the same in every run. A mean of 0 means sold out.
fn spread(mean: i64, product: u32, variant: usize) -> i64 {
    if mean == 0 {
        return 0;
    }
    let mixed = (u64::from(product) * 7919 + variant as u64 * 104_729).wrapping_mul(2_654_435_761) >> 16;
    (mean * (60 + (mixed % 81) as i64) / 100).max(1)
}

/// `KK-TEAP` and `Tomato`, `1.2 L` → `KK-TEAP-TOMA-12L`.
fn sku(base: &str, values: &[String]) -> String {
    values.iter().fold(base.to_owned(), |sku, value| {
        let words: Vec<String> = value
            .split(|c: char| !c.is_alphanumeric() && c != '.' && c != ',')
            .map(|word| word.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase())
            .filter(|word| !word.is_empty())
            .collect();
        let each = if words.len() > 1 { 3 } else { 4 };
        let short: String =
            words.iter().take(3).map(|word| word.chars().take(each).collect::<String>()).collect();
        format!("{sku}-{short}")
    })
}
