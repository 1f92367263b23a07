//! Each product type gets a place in the menu, unless it has one; the largest first.

use std::collections::{BTreeMap, BTreeSet};

use souk_contract::{Catalog, CollectionInput, CollectionKind, CollectionRule, Ctx, Result, Seo};

use crate::Teller;

/// `types`: product types, and how many products have each. How many collections are new.
///
/// # Errors
/// Where the catalogue can't be read.
pub async fn make(
    catalog: &dyn Catalog,
    ctx: &Ctx,
    types: &BTreeMap<String, u64>,
    teller: &dyn Teller,
) -> Result<u64> {
    let present = catalog.collections(ctx).await?;
    let mut handles: BTreeSet<String> = present.iter().map(|one| one.handle.clone()).collect();
    let mut position = present.iter().map(|one| one.position).max().unwrap_or_default();
    let mut types: Vec<(&String, &u64)> = types.iter().collect();
    types.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let mut made = 0;
    for (kind, _) in types {
        let has_one = present.iter().any(
            |one| matches!(&one.rule, CollectionRule::Type { equals } if equals.eq_ignore_ascii_case(kind)),
        );
        let handle = slug(kind);
        if has_one || handle.is_empty() || !handles.insert(handle.clone()) {
            continue;
        }
        position += 1;
        let collection = CollectionInput {
            handle,
            title: kind.clone(),
            description_html: String::new(),
            kind: CollectionKind::Category,
            rule: CollectionRule::Type { equals: kind.clone() },
            media: None,
            seo: Seo::default(),
            position,
        };
        match catalog.put_collection(ctx, collection).await {
            Ok(_) => made += 1,
            Err(error) => teller.say(&format!("warning: no collection for {kind:?}: {error}")),
        }
    }
    Ok(made)
}

/// Lower case, dashes between words: as a path wants it.
fn slug(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn slugs_are_fit_for_a_path() {
        assert_eq!(slug("T-Shirts & Tops"), "t-shirts-tops");
        assert_eq!(slug("  Überwurf / Schal "), "überwurf-schal");
        assert_eq!(slug("&&"), "");
    }
}
