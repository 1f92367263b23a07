//! Pages of text.

use leptos::prelude::*;
use souk_contract::ContentPage;

use super::part::crumbs;
use crate::page::Link;

pub fn view(page: &ContentPage) -> AnyView {
    let way = [Link::new("Home", "/"), Link::new(&page.title, "")];
    view! {
        <div class="wrap page">
            {crumbs(&way)}
            <div class="page__head"><h1>{page.title.clone()}</h1></div>
            <div class="prose" inner_html=page.body_html.clone()></div>
        </div>
    }
    .into_any()
}

#[cfg(feature = "ssr")]
pub use server::load;

#[cfg(feature = "ssr")]
mod server {
    use crate::{
        context::Visit,
        head::{Head, breadcrumbs, plain},
        page::{Found, Link, Page, Stop},
    };

    pub async fn load(visit: &Visit, handle: &str) -> Result<Found, Stop> {
        let content = visit.services.catalog.page(&visit.ctx, handle).await?;
        let path = format!("/pages/{}", content.handle);
        let description = content.seo.description.clone().unwrap_or_else(|| plain(&content.body_html));
        let mut head =
            Head::public(content.seo.title.as_deref().unwrap_or(&content.title), &description, &path);
        let crumbs = [Link::new("Home", "/"), Link::new(&content.title, &path)];
        head.data = vec![breadcrumbs(&visit.shop, &crumbs)];
        Ok(Found { page: Page::Content(Box::new(content)), head })
    }
}
