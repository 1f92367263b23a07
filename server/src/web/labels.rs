//! Labels of variants as PDF, over the API and for the screens.

use std::{collections::HashMap, sync::Arc};

use axum::{extract::State, response::Response};
use serde::Deserialize;
use souk_contract::{Ctx, Error, Resource, Result, VariantId, VariantInfo};
use souk_kernel::http::{Caller, Problem, Query};
use souk_paper::Layout;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Web,
    papers::{Paper, Printer},
};

const MOST_VARIANTS: usize = 200;
const MOST_LABELS: usize = 1000;

#[derive(Deserialize)]
pub struct Wanted {
    variants: String,
    #[serde(default)]
    layout: String,
}

/// `{id}:{copies},{id}` in the order of the list; a variant without a number is printed once.
fn parse(text: &str) -> Result<Vec<(VariantId, usize)>> {
    let wrong = || {
        let message = "1 to 200 ids of variants with commas between them, each with `:` and its number of copies; 1000 labels in all.";
        Error::invalid("variants", "invalid", message)
    };
    let one = |part: &str| {
        let (id, copies) = part.trim().split_once(':').unwrap_or((part.trim(), "1"));
        Some((id.parse().ok()?, copies.parse::<usize>().ok().filter(|copies| *copies <= MOST_LABELS)?))
    };
    let wanted = text.split(',').map(one).collect::<Option<Vec<_>>>().ok_or_else(wrong)?;
    let labels: usize = wanted.iter().map(|(_, copies)| copies).sum();
    let fits = wanted.len() <= MOST_VARIANTS && (1..=MOST_LABELS).contains(&labels);
    if fits { Ok(wanted) } else { Err(wrong()) }
}

impl Printer {
    async fn labels(&self, ctx: &Ctx, wanted: &Wanted) -> Result<Paper> {
        ctx.require(Resource::Catalog.read())?;
        let layout = match wanted.layout.as_str() {
            "" => Layout::Roll,
            text => Layout::parse(text)
                .ok_or_else(|| Error::invalid("layout", "invalid", "`roll` or `sheet`."))?,
        };
        let variants = parse(&wanted.variants)?;
        let ids: Vec<VariantId> = variants.iter().map(|(id, _)| *id).collect();
        let infos = self.catalog.variants(ctx, &ids).await?;
        let infos: HashMap<VariantId, VariantInfo> =
            infos.into_iter().map(|info| (info.variant.id, info)).collect();
        let labels = variants
            .into_iter()
            .map(|(id, copies)| {
                let info = infos.get(&id).cloned().ok_or_else(|| Error::not_found("variant"))?;
                Ok((info, copies))
            })
            .collect::<Result<Vec<_>>>()?;
        Paper::new("labels".to_owned(), souk_paper::labels(&labels, layout, &self.style()))
    }
}

/// Relative to `/api/admin/v1`.
pub fn routes(printer: Printer) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(of_variants)).with_state(printer)
}

/// Print labels of variants
///
/// Title, options, price, SKU, and the barcode (or the SKU) as bars: EAN-8, EAN-13 or Code 128. `variants` is a list of ids
/// with commas between them, each with `:` and a number of copies. `layout` is `roll` (57 × 32 mm a label, the usual) or
/// `sheet` (A4: 3 × 8, Letter: 3 × 10).
#[utoipa::path(
    get, path = "/labels", tag = "catalog",
    params(
        ("variants" = String, Query, description = "`{id}:{copies},{id}`"),
        ("layout" = Option<String>, Query, description = "`roll` or `sheet`")
    ),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>), (status = 404), (status = 422))
)]
async fn of_variants(
    State(printer): State<Printer>,
    Caller(ctx): Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    Ok(printer.labels(&ctx, &wanted).await?.response())
}

/// For the screens, as with the papers of an order.
pub async fn for_screens(
    State(web): State<Arc<Web>>,
    Caller(ctx): Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    Ok(web.parts.printer.labels(&ctx, &wanted).await?.response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_says_how_many_of_each() {
        let (one, two) = ("01900000-0000-7000-8000-000000000001", "01900000-0000-7000-8000-000000000002");
        let found = parse(&format!("{one}:3, {two}")).expect("a list");
        assert_eq!(found.iter().map(|(_, copies)| *copies).collect::<Vec<_>>(), [3, 1]);
        for wrong in [
            String::new(),
            "x".to_owned(),
            format!("{one}:"),
            format!("{one}:-1"),
            format!("{one}:0"),
            format!("{one}:1001"),
            format!("{one}:999,{two}:2"),
            vec![one; 201].join(","),
        ] {
            assert!(parse(&wrong).is_err(), "{wrong}");
        }
    }
}
