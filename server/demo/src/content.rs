//! The content files as they are written.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{DemoError, backdrop::Setting};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Store {
    pub name: String,
    pub tagline: String,
    pub description: String,
    pub email: String,
    pub address: String,
    pub hero: HeroText,
    pub promises: Vec<PromiseText>,
    pub story: StoryText,
    /// Colour names of variants and their `#rrggbb`.
    pub colours: BTreeMap<String, String>,
    pub collections: Vec<CrossCollection>,
    pub pages: Vec<PageText>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HeroText {
    pub headline: String,
    pub sub: String,
    pub button: String,
    pub collection: String,
    pub alt: String,
    pub backdrop: String,
    pub things: Vec<HeroThing>,
}

/// An icon of the hero picture, in thousandths of its height.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HeroThing {
    pub icon: String,
    pub x: f32,
    pub base: f32,
    pub size: f32,
    /// Hangs: `base` is its centre.
    #[serde(default)]
    pub hangs: bool,
    #[serde(default)]
    pub turn: f32,
    pub colour: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PromiseText {
    pub title: String,
    pub text: String,
    pub icon: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StoryText {
    pub title: String,
    pub body: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PageText {
    pub handle: String,
    pub title: String,
    pub seo: String,
    pub body: String,
}

/// A collection across the categories.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CrossCollection {
    pub handle: String,
    pub title: String,
    pub summary: String,
    pub icon: String,
    pub icons: Vec<String>,
    pub backdrop: String,
    pub setting: Setting,
    pub rule: Rule,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Rule {
    /// Products with the tag, the newest first.
    Tag(String),
    /// Products with a lowered price, the deepest cut first.
    OnSale,
    /// Products with the tag whose dearest variant costs less than this, in euros.
    TagUnder(String, u32),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Department {
    pub category: Category,
    pub product: Vec<Product>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Category {
    pub handle: String,
    pub title: String,
    pub summary: String,
    pub seo: String,
    /// The icon that stands for it, and those of its picture.
    pub icon: String,
    pub icons: Vec<String>,
    pub setting: Setting,
    pub backdrop: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Product {
    /// The number in its barcodes; unique in the shop.
    pub no: u32,
    pub handle: String,
    pub title: String,
    pub vendor: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub tags: Vec<String>,
    pub sku: String,
    /// In euros: `"39.00"`.
    pub price: String,
    /// The price before, in euros; of every variant, plus its surcharge.
    pub was: Option<String>,
    /// In grams.
    pub weight: i64,
    /// About how many of each variant are on hand.
    pub stock: i64,
    /// How long ago it came into the shop.
    pub age: u32,
    /// Each: its name, then its values.
    #[serde(default)]
    pub options: Vec<Vec<String>>,
    /// By option value: surcharge in euros, and more grams.
    #[serde(default)]
    pub extra: BTreeMap<String, (String, i64)>,
    /// Combinations that aren't made, values joined by ` / `; `*` stands for any value.
    #[serde(default)]
    pub missing: Vec<String>,
    /// Exact stock of some combinations.
    #[serde(default)]
    pub counts: BTreeMap<String, i64>,

    pub icon: String,
    /// What the picture shows: `a round enamel teapot`.
    pub shows: String,
    /// `main`, `greys`, or a hue in degrees: what of the icon takes the variant's colour.
    #[serde(default)]
    pub paint: Option<PaintText>,
    #[serde(default)]
    pub lying: bool,
    pub setting: Option<Setting>,
    pub backdrop: Option<String>,
    /// A second icon and what it shows.
    pub with: Option<(String, String)>,
    /// `detail`, `with`, `pair`, `colours`; the front always comes first.
    pub pictures: Vec<Shot>,
    pub seo: String,
    pub body: String,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum PaintText {
    Word(String),
    Hue(f64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Shot {
    /// Close up.
    Detail,
    /// Beside a second thing.
    With,
    /// Two of it.
    Pair,
    /// Up to three colours together.
    Colours,
}

const STORE: &str = include_str!("../content/store.toml");

/// In the order of the shop's menu.
const DEPARTMENTS: [(&str, &str); 8] = [
    ("kitchen.toml", include_str!("../content/kitchen.toml")),
    ("pantry.toml", include_str!("../content/pantry.toml")),
    ("home.toml", include_str!("../content/home.toml")),
    ("garden.toml", include_str!("../content/garden.toml")),
    ("desk.toml", include_str!("../content/desk.toml")),
    ("wear.toml", include_str!("../content/wear.toml")),
    ("outdoors.toml", include_str!("../content/outdoors.toml")),
    ("play.toml", include_str!("../content/play.toml")),
];

pub(crate) fn store() -> Result<Store, DemoError> {
    toml::from_str(STORE).map_err(|error| DemoError::Toml { file: "store.toml", error: Box::new(error) })
}

pub(crate) fn departments() -> Result<Vec<Department>, DemoError> {
    DEPARTMENTS
        .into_iter()
        .map(|(file, text)| {
            toml::from_str(text).map_err(|error| DemoError::Toml { file, error: Box::new(error) })
        })
        .collect()
}
