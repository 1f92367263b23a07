//! Pages of text.

use leptos::prelude::*;
use souk_contract::ContentPage;

use super::part::crumbs;
use crate::{
    context::Visit,
    head::{Head, breadcrumbs, plain},
    page::{Found, Html, Link, Page, Stop},
};

fn view(way: &[Link], page: &ContentPage) -> AnyView {
    view! {
        <div class="wrap page">
            {crumbs(way)}
            <div class="page__head"><h1>{page.title.clone()}</h1></div>
            <div class="prose" inner_html=page.body_html.clone()></div>
        </div>
    }
    .into_any()
}

pub async fn load(visit: &Visit, handle: &str) -> Result<Found, Stop> {
    let content = visit.services.catalog.page(&visit.ctx, handle).await?;
    let path = format!("/pages/{}", content.handle);
    let description = content.seo.description.clone().unwrap_or_else(|| plain(&content.body_html));
    let mut head = Head::public(content.seo.title.as_deref().unwrap_or(&content.title), &description, &path);
    let crumbs = [Link::new("Home", "/"), Link::new(&content.title, &path)];
    head.data = vec![breadcrumbs(&visit.shop, &crumbs)];
    let html = Html::draw(|| view(&crumbs, &content));
    Ok(Found { page: Page::Still(html), head })
}
