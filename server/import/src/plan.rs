//! From a file's products to what is written, by the browser's import and by `souk import shopify` alike.

use std::collections::HashMap;

use souk_contract::{
    Attributes, Catalog, Change, Ctx, Error, Inventory, ProductInput, ProductModel, ProductRecord,
    ProductWritten, Result, SetStock, StockLevel, VariantId,
};
use souk_shopify_csv::Entry;

use crate::{
    mapping::{self, Stock},
    present::Present,
};

/// Whom an import asks and tells.
#[derive(Clone, Copy)]
pub struct Neighbours<'a> {
    pub catalog: &'a dyn Catalog,
    pub attributes: &'a dyn Attributes,
    pub inventory: &'a dyn Inventory,
}

/// A product of the file that may be written.
#[derive(Debug, Clone)]
pub struct Planned {
    /// In the file, from 0.
    pub number: i64,
    pub line: u64,
    pub product: ProductInput,
    /// In the order of its variants.
    pub stock: Vec<Stock>,
    /// Only where it was looked up.
    pub before: Option<ProductRecord>,
}

/// A product of the file that can't be written.
#[derive(Debug, Clone)]
pub struct Refused {
    pub number: i64,
    pub line: u64,
    pub handle: String,
    /// What its rows' own remarks do not say.
    pub reason: Option<String>,
}

/// Makes products of what was read. `look_up`: what is there already is asked for even where the file has it all.
///
/// # Errors
/// Where the catalogue can't be asked.
pub async fn plan(
    neighbours: Neighbours<'_>,
    ctx: &Ctx,
    present: &Present,
    entries: &[(i64, Entry)],
    look_up: bool,
) -> Result<(Vec<Planned>, Vec<Refused>)> {
    let mut known: HashMap<String, ProductRecord> = HashMap::new();
    if look_up || !present.is_whole() {
        let handles: Vec<String> = entries
            .iter()
            .filter(|(_, entry)| entry.product.is_some() && !entry.handle.is_empty())
            .map(|(_, entry)| entry.handle.clone())
            .collect();
        let records = neighbours.catalog.products_by_handle(ctx, &handles).await?;
        known.extend(records.into_iter().map(|record| (record.input.handle.clone(), record)));
    }
    let model = match present.has_attributes() {
        true => neighbours.attributes.model(ctx).await?,
        false => ProductModel::default(),
    };
    let (mut planned, mut refused) = (Vec::with_capacity(entries.len()), Vec::new());
    for (number, entry) in entries {
        let (number, line) = (*number, entry.line);
        let refuse = |reason| Refused { number, line, handle: entry.handle.clone(), reason };
        let Some(document) = &entry.product else {
            refused.push(refuse(None));
            continue;
        };
        let before = known.remove(&entry.handle);
        let now = before.as_ref().map(|record| &record.input);
        match mapping::from_document(document, present, &model, now) {
            Ok((product, stock)) => planned.push(Planned { number, line, product, stock, before }),
            Err(reason) => refused.push(refuse(Some(reason))),
        }
    }
    Ok((planned, refused))
}

/// Writes products and their stock; one outcome for each.
///
/// # Errors
/// Where nothing can be written at all.
pub async fn write(
    neighbours: Neighbours<'_>,
    ctx: &Ctx,
    planned: &[Planned],
) -> Result<Vec<Result<ProductWritten>>> {
    let products = planned.iter().map(|one| one.product.clone()).collect();
    let outcomes = neighbours.catalog.put_products(ctx, products).await?;
    let mut wanted: Vec<(&Stock, VariantId)> = Vec::new();
    for (one, outcome) in planned.iter().zip(&outcomes) {
        if let Ok(written) = outcome {
            wanted.extend(one.stock.iter().zip(written.variant_ids.iter().copied()));
        }
    }
    // Only what the file leaves open has to be asked for.
    let open: Vec<VariantId> = wanted
        .iter()
        .filter(|(stock, _)| {
            let all = stock.on_hand.is_some() && stock.tracked.is_some() && stock.policy.is_some();
            !all && **stock != Stock::default()
        })
        .map(|(_, id)| *id)
        .collect();
    let levels = levels(neighbours, ctx, &open).await?;
    let items: Vec<SetStock> =
        wanted.into_iter().filter_map(|(stock, id)| stock.of(id, levels.get(&id))).collect();
    if !items.is_empty() {
        neighbours.inventory.set_stock(ctx, items, "import").await?;
    }
    Ok(outcomes)
}

pub(crate) async fn levels(
    neighbours: Neighbours<'_>,
    ctx: &Ctx,
    ids: &[VariantId],
) -> Result<HashMap<VariantId, StockLevel>> {
    let mut all = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(500) {
        let levels = neighbours.inventory.levels(ctx, chunk).await?;
        all.extend(levels.into_iter().map(|level| (level.variant_id, level)));
    }
    Ok(all)
}

/// What is wrong, in one line for the merchant.
pub fn told(error: &Error) -> String {
    match error {
        Error::Invalid { fields } => fields
            .iter()
            .map(|field| format!("{}: {}", field.field, field.message))
            .collect::<Vec<_>>()
            .join("; "),
        other => other.public_message(),
    }
}

/// How a product that is written differs from the one before.
pub fn change(before: Option<&ProductInput>, after: &ProductInput) -> Change {
    match before {
        None => Change::Created,
        Some(before) if before == after => Change::Unchanged,
        Some(_) => Change::Updated,
    }
}
