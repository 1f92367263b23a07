//! Every product in one file, in the layout that [`crate::open`] reads: imported again it changes nothing.

use std::{
    collections::{BTreeSet, HashMap},
    io::Write,
};

use souk_contract::{Ctx, Error, MAX_LIMIT, PageRequest, ProductRecord, Result, StockLevel, VariantId};
use souk_shopify_csv::{WriteError, Writer, is_known};

use crate::{
    mapping,
    plan::{Neighbours, levels},
};

/// Shopify's own number of options.
const LEAST_OPTIONS: usize = 3;

/// What became of it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Exported {
    pub products: u64,
    /// Products that the file's format can't tell, each with the reason.
    pub left_out: Vec<String>,
}

/// Twice through the catalogue: the header must name every column before the first row.
///
/// # Errors
/// Where a neighbour can't be asked, or `output` takes no more.
pub async fn export(
    neighbours: Neighbours<'_>,
    ctx: &Ctx,
    output: &mut (impl Write + Send),
) -> Result<Exported> {
    let model = neighbours.attributes.model(ctx).await?;
    let mut columns = BTreeSet::new();
    let mut options = LEAST_OPTIONS;
    let mut pages = Pages::new();
    while let Some(records) = pages.next(neighbours, ctx).await? {
        for record in &records {
            columns.extend(mapping::extra_columns(&record.input, &model));
            options = options.max(record.input.options.len());
        }
    }
    // What somebody kept under the name of a standard column has no place; its product is named below.
    columns.retain(|name| !is_known(name) && !name.is_empty() && name.trim() == name);

    let mut writer = Writer::with_options(&mut *output, columns, options).map_err(Error::internal)?;
    let mut exported = Exported::default();
    let mut pages = Pages::new();
    while let Some(records) = pages.next(neighbours, ctx).await? {
        let ids: Vec<VariantId> =
            records.iter().flat_map(|record| record.variant_ids.iter().copied()).collect();
        let levels: HashMap<VariantId, StockLevel> = levels(neighbours, ctx, &ids).await?;
        for record in &records {
            let own: Vec<_> = record.variant_ids.iter().map(|id| levels.get(id)).collect();
            match writer.write(&mapping::to_document(record, &model, &own)) {
                Ok(()) => exported.products += 1,
                Err(error @ WriteError::Product { .. }) => exported.left_out.push(error.to_string()),
                Err(error) => return Err(Error::internal(error)),
            }
        }
    }
    writer.finish().map_err(Error::internal)?.flush().map_err(Error::internal)?;
    Ok(exported)
}

struct Pages(Option<PageRequest>);

impl Pages {
    fn new() -> Self {
        Self(Some(PageRequest { after: None, limit: Some(MAX_LIMIT) }))
    }

    async fn next(&mut self, neighbours: Neighbours<'_>, ctx: &Ctx) -> Result<Option<Vec<ProductRecord>>> {
        let Some(request) = self.0.take() else { return Ok(None) };
        let page = neighbours.catalog.product_records(ctx, &request).await?;
        self.0 = page.next.map(|next| PageRequest { after: Some(next), ..request });
        Ok(Some(page.items))
    }
}
