use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::{failure::Result, page::Loaded};

/// The page of an address, redirects followed.
#[server(prefix = "/fn", endpoint = "page", input = GetUrl)]
pub async fn page(url: String) -> Result<Loaded> {
    let visit = crate::context::Visit::current()?;
    Ok(crate::serve::follow(&visit, url).await)
}
