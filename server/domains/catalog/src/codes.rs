//! Variants by what stands on their labels.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use souk_contract::{Result, VariantCodes, VariantId};

use crate::{LocalCatalog, store::variants};

const CHUNK: usize = 1024;

#[async_trait]
impl VariantCodes for LocalCatalog {
    /// A code that is some variant's SKU is nobody's barcode: SKUs are the merchant's own.
    async fn by_codes(&self, codes: &[String]) -> Result<BTreeMap<String, Vec<VariantId>>> {
        let mut conn = self.db.read().await?;
        let mut found: BTreeMap<String, Vec<VariantId>> = BTreeMap::new();
        for part in codes.chunks(CHUNK) {
            for (code, id) in variants::by_sku(&mut conn, part).await? {
                found.entry(code).or_default().push(id);
            }
        }
        let rest: Vec<String> = codes.iter().filter(|code| !found.contains_key(*code)).cloned().collect();
        for part in rest.chunks(CHUNK) {
            for (code, id) in variants::by_barcode(&mut conn, part).await? {
                found.entry(code).or_default().push(id);
            }
        }
        Ok(found)
    }

    async fn known(&self, ids: &[VariantId]) -> Result<BTreeSet<VariantId>> {
        let mut conn = self.db.read().await?;
        let mut known = BTreeSet::new();
        for part in ids.chunks(CHUNK) {
            known.extend(variants::there(&mut conn, part).await?.into_iter().map(|(id,)| id));
        }
        Ok(known)
    }

    async fn of_products(&self, vendor: Option<&str>, product_type: Option<&str>) -> Result<Vec<VariantId>> {
        let mut conn = self.db.read().await?;
        let rows = variants::of_kind(&mut conn, vendor, product_type).await?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }
}
