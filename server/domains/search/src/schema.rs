//! What the index holds of a product. A change here is a change of [`VERSION`]: the index is then built anew.

use souk_contract::{
    ProductCard, ProductId, ProductRecord,
    facet::{Attribute, attributes, fold},
};
use tantivy::{
    Index, TantivyDocument, Term,
    schema::{
        BytesOptions, FAST, Field, INDEXED, IndexRecordOption, NumericOptions, STRING, Schema,
        TextFieldIndexing, TextOptions,
    },
};

use crate::text::{code, join_apostrophes, plain_analyzer, stem_analyzer, strip_html};

pub(crate) const VERSION: u32 = 1;

pub(crate) const PRICE: &str = "price";
pub(crate) const CREATED: &str = "created";
pub(crate) const BUYABLE: &str = "buyable";
pub(crate) const ID_HIGH: &str = "id_high";
pub(crate) const ID_LOW: &str = "id_low";
pub(crate) const FACETS: &str = "facets";
pub(crate) const TITLE_KEY: &str = "title_key";

const PLAIN: &str = "souk_plain";
const STEM: &str = "souk_stem";
/// Between the parts of a facet's term.
const SEPARATOR: char = '\u{1f}';

#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    id: Field,
    /// Stems, by weight.
    pub title: Field,
    pub labels: Field,
    pub options: Field,
    pub body: Field,
    /// Words as they are written: for unfinished and misspelt ones.
    pub title_words: Field,
    pub words: Field,
    /// SKUs and barcodes.
    pub codes: Field,
    price: Field,
    created: Field,
    buyable: Field,
    id_high: Field,
    id_low: Field,
    facets: Field,
    title_key: Field,
}

pub(crate) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let stems = || text(STEM, IndexRecordOption::WithFreqs, true);
    let words = || text(PLAIN, IndexRecordOption::Basic, false);
    let column = || TextOptions::default().set_fast("raw");
    let number = || NumericOptions::default() | FAST;
    let fields = Fields {
        id: builder.add_bytes_field("id", BytesOptions::default() | INDEXED),
        title: builder.add_text_field("title", stems()),
        labels: builder.add_text_field("labels", stems()),
        options: builder.add_text_field("options", stems()),
        body: builder.add_text_field("body", stems()),
        title_words: builder.add_text_field("title_words", words()),
        words: builder.add_text_field("words", words()),
        codes: builder.add_text_field("codes", STRING),
        price: builder.add_i64_field(PRICE, number()),
        created: builder.add_i64_field(CREATED, number()),
        buyable: builder.add_bool_field(BUYABLE, number()),
        id_high: builder.add_u64_field(ID_HIGH, number()),
        id_low: builder.add_u64_field(ID_LOW, number()),
        facets: builder.add_text_field(FACETS, column()),
        title_key: builder.add_text_field(TITLE_KEY, column()),
    };
    (builder.build(), fields)
}

fn text(tokenizer: &str, record: IndexRecordOption, norms: bool) -> TextOptions {
    let indexing =
        TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(record).set_fieldnorms(norms);
    TextOptions::default().set_indexing_options(indexing)
}

pub(crate) fn register(index: &Index) {
    index.tokenizers().register(PLAIN, plain_analyzer());
    index.tokenizers().register(STEM, stem_analyzer());
}

impl Fields {
    pub(crate) fn id_term(&self, id: ProductId) -> Term {
        Term::from_field_bytes(self.id, id.uuid().as_bytes())
    }

    pub(crate) fn document(&self, record: &ProductRecord, card: &ProductCard) -> TantivyDocument {
        let input = &record.input;
        let mut document = TantivyDocument::new();
        document.add_bytes(self.id, record.id.uuid().as_bytes());
        let title = join_apostrophes(&input.title);
        document.add_text(self.title, &title);
        document.add_text(self.title_words, &title);
        document.add_text(self.words, &title);
        for label in [&input.vendor, &input.product_type].into_iter().chain(&input.tags) {
            let label = join_apostrophes(label);
            document.add_text(self.labels, &label);
            document.add_text(self.words, &label);
        }
        for value in input.options.iter().flat_map(|option| &option.values) {
            let value = join_apostrophes(&value.name);
            document.add_text(self.options, &value);
            document.add_text(self.words, &value);
        }
        document.add_text(self.body, join_apostrophes(&strip_html(&input.description_html)));
        for variant in &input.variants {
            for written in [&variant.sku, &variant.barcode].into_iter().flatten() {
                let code = code(written);
                if !code.is_empty() {
                    document.add_text(self.codes, code);
                }
            }
        }
        document.add_i64(self.price, card.price.minor);
        document.add_i64(self.created, record.created_at.micros());
        document.add_bool(self.buyable, card.availability.is_buyable());
        let (high, low) = record.id.uuid().as_u64_pair();
        document.add_u64(self.id_high, high);
        document.add_u64(self.id_low, low);
        document.add_text(self.title_key, fold(&input.title));
        for term in facet_terms(record) {
            document.add_text(self.facets, term);
        }
        document
    }
}

/// One per value that the product has; `blue` and `Blue` of one product count once.
fn facet_terms(record: &ProductRecord) -> Vec<String> {
    let input = &record.input;
    let mut terms: Vec<(String, String, String)> = Vec::new();
    for attribute in attributes(&input.product_type, &input.vendor, &input.options) {
        let Attribute { key, label, value, swatch } = attribute;
        let folded = fold(value);
        if terms.iter().all(|(known, known_value, _)| (known, known_value) != (&key, &folded)) {
            let clean = |text: &str| text.trim().replace(SEPARATOR, " ");
            let parts =
                [clean(&key), clean(&folded), clean(label), clean(value), clean(swatch.unwrap_or_default())];
            terms.push((key, folded, parts.join(&SEPARATOR.to_string())));
        }
    }
    terms.into_iter().map(|(.., term)| term).collect()
}

/// A facet's value as one product writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FacetTerm<'a> {
    /// Folded, as is `value`.
    pub key: &'a str,
    pub value: &'a str,
    pub label: &'a str,
    pub spelling: &'a str,
    pub swatch: Option<&'a str>,
}

impl<'a> FacetTerm<'a> {
    pub(crate) fn parse(term: &'a str) -> Option<Self> {
        let mut parts = term.split(SEPARATOR);
        let mut next = || parts.next();
        let (key, value, label, spelling) = (next()?, next()?, next()?, next()?);
        Some(Self { key, value, label, spelling, swatch: next().filter(|swatch| !swatch.is_empty()) })
    }
}
