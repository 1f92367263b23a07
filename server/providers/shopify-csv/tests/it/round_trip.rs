//! Any product, written and read, is the same product.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{collection, option, prelude::*, sample::select};
use rust_decimal::Decimal;
use souk_contract::{Currency, Money};
use souk_shopify_csv::{
    Extra, Image, InventoryPolicy, ProductDocument, ProductOption, Reader, Status, Variant, WeightUnit,
    Writer,
};

const PRODUCT_EXTRA: [&str; 2] = ["Google Shopping / Gender", "Colour (product.metafields.custom.colour)"];
const VARIANT_EXTRA: [&str; 2] = ["Price / International", "Care (variant.metafields.custom.care)"];

/// One line, as a merchant types it: no white space around it, anything within.
fn line() -> impl Strategy<Value = String> {
    "[ -~¡-ɏ一-三😀\"',;\t\n\r]{1,12}"
        .prop_map(|text| text.trim().to_owned())
        .prop_filter("empty", |text| !text.is_empty())
}

/// Kept to the letter, whatever it is.
fn verbatim() -> impl Strategy<Value = Option<String>> {
    option::of(any::<String>()).prop_map(|text| text.filter(|text| !text.is_empty()))
}

/// What a SKU looks like, with what spreadsheets do to it.
fn code() -> impl Strategy<Value = String> {
    prop_oneof![line(), "'{0,2}[0-9]{0,14}'?".prop_filter("empty", |text| !text.is_empty())]
}

fn money() -> impl Strategy<Value = Option<Money>> {
    option::of((0..=i64::MAX).prop_map(|minor| Money::new(minor, Currency::KWD)))
}

fn extra(columns: &'static [&'static str]) -> impl Strategy<Value = Extra> {
    collection::btree_map(select(columns).prop_map(str::to_owned), line(), 0..=columns.len())
}

prop_compose! {
    fn variant()(
        codes in (option::of(code()), option::of(code())),
        amounts in (money(), money(), money()),
        grams in option::of((0..i64::MAX, 0..6_u32).prop_map(|(value, scale)| Decimal::new(value, scale))),
        weight_unit in option::of(select(WeightUnit::ALL.to_vec())),
        texts in (option::of(line()), option::of(line()), option::of(line()), option::of(line())),
        quantity in option::of(any::<i64>()),
        policy in option::of(select(vec![InventoryPolicy::Deny, InventoryPolicy::Continue])),
        flags in (any::<Option<bool>>(), any::<Option<bool>>()),
        extra in extra(&VARIANT_EXTRA),
        later_extra in extra(&PRODUCT_EXTRA),
    ) -> (Variant, Extra) {
        let variant = Variant {
            option_values: Vec::new(),
            sku: codes.0,
            barcode: codes.1,
            price: amounts.0,
            compare_at: amounts.1,
            cost: amounts.2,
            grams,
            weight_unit,
            tracker: texts.0,
            quantity,
            policy,
            fulfillment_service: texts.1,
            requires_shipping: flags.0,
            taxable: flags.1,
            tax_code: texts.2,
            image: texts.3,
            extra,
        };
        (variant, later_extra)
    }
}

/// Options with distinct names and variants with distinct values for them.
fn options_and_variants() -> impl Strategy<Value = (Vec<ProductOption>, Vec<Variant>)> {
    (0..=4_usize)
        .prop_flat_map(|count| {
            let names =
                collection::btree_map("[a-zé][ -~]{0,8}[a-z]", (any::<bool>(), option::of(line())), count);
            let values =
                collection::btree_set(collection::vec(line(), count), 1..=if count == 0 { 1 } else { 6 });
            (names, values, collection::vec(variant(), 6))
        })
        .prop_map(|(names, values, variants)| {
            // `Title` alone with `Default Title` would mean no options; the names here end differently from that
            // only by chance, so one letter is put before them.
            let names: BTreeMap<String, _> =
                names.into_iter().map(|(name, rest)| (format!("o{}", name.to_lowercase()), rest)).collect();
            let count = names.len();
            let options = names
                .into_iter()
                .map(|(name, (shout, linked_to))| ProductOption {
                    name: if shout { name.to_uppercase() } else { name },
                    linked_to,
                })
                .collect();
            let values: BTreeSet<Vec<String>> =
                values.into_iter().map(|values| values.into_iter().take(count).collect()).collect();
            let variants = values
                .into_iter()
                .zip(variants)
                .enumerate()
                .map(|(at, (option_values, (mut variant, later)))| {
                    if at > 0 {
                        variant.extra.extend(later);
                    }
                    Variant { option_values, ..variant }
                })
                .collect();
            (options, variants)
        })
}

fn images() -> impl Strategy<Value = Vec<Image>> {
    let parts = (option::of(1..u32::MAX), verbatim(), option::weighted(0.2, extra(&PRODUCT_EXTRA)));
    collection::btree_map(line(), parts, 0..8).prop_map(|images| {
        images
            .into_iter()
            .map(|(src, (position, alt, extra))| Image {
                src,
                position,
                alt,
                extra: extra.unwrap_or_default(),
            })
            .collect()
    })
}

prop_compose! {
    fn document()(
        handle in "[a-z0-9é][a-z0-9-]{0,20}",
        texts in (line(), any::<String>(), verbatim(), verbatim()),
        names in (option::of(line()), option::of(line()), option::of(line())),
        tags in collection::btree_set("[a-zA-Z0-9é;\"']([ -+.-~]{0,6}[a-z0-9])?", 0..5),
        flags in (any::<Option<bool>>(), any::<Option<bool>>()),
        status in option::of(select(Status::ALL.to_vec())),
        (options, variants) in options_and_variants(),
        images in images(),
        extra in extra(&PRODUCT_EXTRA),
    ) -> ProductDocument {
        ProductDocument {
            handle,
            title: texts.0,
            body_html: texts.1,
            vendor: names.0,
            product_type: names.1,
            category: names.2,
            tags: tags.into_iter().collect(),
            published: flags.0,
            status,
            gift_card: flags.1,
            options,
            variants,
            images,
            seo_title: texts.2,
            seo_description: texts.3,
            extra,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_reads_back(documents in collection::vec(document(), 1..4)) {
        let handles: BTreeSet<&str> = documents.iter().map(|document| document.handle.as_str()).collect();
        prop_assume!(handles.len() == documents.len());
        let extra = PRODUCT_EXTRA.iter().chain(&VARIANT_EXTRA).map(|name| (*name).to_owned());
        let mut writer = Writer::with_options(Vec::new(), extra, 4).unwrap();
        for document in &documents {
            writer.write(document).unwrap();
        }
        let csv = writer.finish().unwrap();
        let entries: Vec<_> =
            Reader::new(csv.as_slice(), Currency::KWD).unwrap().map(|entry| entry.unwrap()).collect();
        prop_assert_eq!(entries.len(), documents.len());
        for (entry, document) in entries.into_iter().zip(&documents) {
            let read = entry.into_result();
            prop_assert_eq!(read.as_ref().ok(), Some(document), "{:?}", read.as_ref().err());
        }
    }

    /// Nothing a file may hold makes the reader panic or give half a product.
    #[test]
    fn any_bytes_are_read_to_the_end(
        tail in collection::vec(prop_oneof![any::<u8>(), select(b"a,\"\n\r;".to_vec())], 0..200),
    ) {
        let mut csv = b"Handle,Title,Option1 Name,Option1 Value,Price,Image Src\na,A,Size,S,1,x\n".to_vec();
        csv.extend(tail);
        let newlines = csv.iter().filter(|byte| matches!(**byte, b'\n' | b'\r')).count() as u64;
        for entry in Reader::new(csv.as_slice(), Currency::EUR).unwrap() {
            let entry = entry.unwrap();
            prop_assert!(entry.line >= 2 && entry.line <= newlines + 1);
            prop_assert_eq!(entry.product.is_none(), entry.issues.iter().any(|issue| issue.is_error()));
        }
    }
}
