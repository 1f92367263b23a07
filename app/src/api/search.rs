use leptos::{prelude::*, server_fn::codec::GetUrl};
use souk_contract::Suggestions;

use crate::failure::Result;

/// A few best matches while typing.
#[server(prefix = "/fn", endpoint = "suggest", input = GetUrl)]
pub async fn suggest(q: String) -> Result<Suggestions> {
    let visit = crate::context::Visit::current()?;
    Ok(visit.services.search.suggest(&visit.ctx, &q).await?)
}
