//! Pages of text, the home page's words, and the list of everything for search engines.

use std::sync::Arc;

use souk_contract::{
    Change, Check, ContentPage, Ctx, Error, HomeContent, Page, Result, SitemapEntry, Timestamp,
};
use souk_kernel::{
    Conn,
    audit::{self, Audited},
};
use uuid::Uuid;

use crate::{
    LocalCatalog,
    fresh::Marks,
    html,
    product::{check_html, check_seo},
    store,
    text::{check_handle, check_plain},
};

const MAX_PROMISES: usize = 12;
const MAX_RAILS: usize = 24;
const SITEMAP_LIMIT: u32 = 10_000;

/// Sections of the sitemap, in the order of their paths.
const SECTIONS: [&str; 3] = ["/collections/", "/pages/", "/products/"];

impl LocalCatalog {
    /// All pages, by handle.
    pub(crate) async fn read_pages(&self) -> Result<Arc<Vec<ContentPage>>> {
        let epoch = self.fresh.epoch();
        if let Some(pages) = self.cache.pages.get(epoch) {
            return Ok(pages);
        }
        let pages = store::content::pages(&mut *self.db.read().await?).await?;
        Ok(self.cache.pages.put(epoch, pages))
    }

    pub(crate) async fn write_page(&self, ctx: &Ctx, mut page: ContentPage) -> Result<Change> {
        let mut check = Check::new();
        check_handle(&mut check, &page.handle, "handle");
        check.that(!page.title.trim().is_empty(), "title", "required", "Please fill this in.");
        check_plain(&mut check, &page.title, "title", 255);
        check_html(&mut check, &page.body_html, "body_html");
        check_seo(&mut check, &page.seo);
        check.done()?;
        page.body_html = html::sanitise(&page.body_html);
        let _turn = self.writing.lock().await;
        let mut tx = self.db.begin().await?;
        let known = store::content::page(&mut tx, &page.handle).await?;
        let change = match &known {
            Some(known) if *known == page => return Ok(Change::Unchanged),
            Some(_) => Change::Updated,
            None => Change::Created,
        };
        store::content::put_page(&mut tx, &page, self.kit.now()).await?;
        let what = audit::changes(known.as_ref(), Some(&page));
        tx.audit(ctx, Audited::new("page.written", Uuid::nil(), &page.title), what).await?;
        self.commit(tx, Marks::looks()).await?;
        Ok(change)
    }

    /// A shop that has not said anything yet greets plainly and leads to its products.
    pub(crate) async fn read_home(&self) -> Result<Arc<HomeContent>> {
        let epoch = self.fresh.epoch();
        if let Some(home) = self.cache.home.get(epoch) {
            return Ok(home);
        }
        let home = store::content::home(&mut *self.db.read().await?).await?.unwrap_or_else(|| HomeContent {
            tagline: String::new(),
            hero_title: "Welcome".to_owned(),
            hero_text: String::new(),
            hero_link: "/collections/all".to_owned(),
            hero_label: "Shop all products".to_owned(),
            hero_media: None,
            promises: Vec::new(),
            story_title: String::new(),
            story_html: String::new(),
            rails: vec!["all".to_owned()],
        });
        Ok(self.cache.home.put(epoch, home))
    }

    pub(crate) async fn write_home(&self, ctx: &Ctx, mut home: HomeContent) -> Result<Change> {
        check_home(&home)?;
        home.story_html = html::sanitise(&home.story_html);
        let _turn = self.writing.lock().await;
        let mut tx = self.db.begin().await?;
        let known = store::content::home(&mut tx).await?;
        let change = match &known {
            Some(known) if *known == home => return Ok(Change::Unchanged),
            Some(_) => Change::Updated,
            None => Change::Created,
        };
        store::content::put_home(&mut tx, &home, self.kit.now()).await?;
        let what = audit::changes(known.as_ref(), Some(&home));
        tx.audit(ctx, Audited::new("page.written", Uuid::nil(), "Home"), what).await?;
        self.commit(tx, Marks::looks()).await?;
        Ok(change)
    }

    /// By path; a cursor is the last path of the page before.
    pub(crate) async fn read_sitemap(&self, after: Option<&str>, limit: u32) -> Result<Page<SitemapEntry>> {
        let limit = limit.clamp(1, SITEMAP_LIMIT);
        let after = after.unwrap_or_default();
        let mut conn = self.db.read().await?;
        let mut items: Vec<SitemapEntry> = Vec::new();
        for section in SECTIONS {
            let missing = limit + 1 - u32::try_from(items.len()).unwrap_or(u32::MAX).min(limit);
            let begin = match after.strip_prefix(section) {
                Some(handle) => handle,
                None if after < section => "",
                None => continue,
            };
            let entry = |(handle, updated_at): (String, Timestamp)| SitemapEntry {
                path: format!("{section}{handle}"),
                updated_at,
            };
            items.extend(section_paths(&mut conn, section, begin, missing).await?.into_iter().map(entry));
        }
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let next = if more { items.last().map(|entry| entry.path.clone()) } else { None };
        Ok(Page { items, next })
    }
}

async fn section_paths(
    conn: &mut Conn,
    section: &str,
    after: &str,
    limit: u32,
) -> Result<Vec<(String, Timestamp)>> {
    Ok(match section {
        "/collections/" => store::collections::paths(conn, after, limit).await?,
        "/pages/" => store::content::paths(conn, after, limit).await?,
        _ => store::products::published_paths(conn, after, limit).await?,
    })
}

fn check_home(home: &HomeContent) -> Result<()> {
    let mut check = Check::new();
    for (text, field, max) in [
        (&home.tagline, "tagline", 500),
        (&home.hero_title, "hero_title", 255),
        (&home.hero_text, "hero_text", 2000),
        (&home.hero_link, "hero_link", 2000),
        (&home.hero_label, "hero_label", 255),
        (&home.story_title, "story_title", 255),
    ] {
        check_plain(&mut check, text, field, max);
    }
    let own = home.hero_link.starts_with('/') && !home.hero_link.starts_with("//");
    let link = own || home.hero_link.starts_with("https://") || home.hero_link.is_empty();
    check.that(link, "hero_link", "invalid", "A path of this shop or an https address.");
    check.that(home.promises.len() <= MAX_PROMISES, "promises", "too_many", "At most 12 promises.");
    for (index, (title, text)) in home.promises.iter().enumerate() {
        check_plain(&mut check, title, &format!("promises[{index}][0]"), 255);
        check_plain(&mut check, text, &format!("promises[{index}][1]"), 2000);
    }
    check_html(&mut check, &home.story_html, "story_html");
    check.that(home.rails.len() <= MAX_RAILS, "rails", "too_many", "At most 24 rails.");
    for (index, handle) in home.rails.iter().enumerate() {
        check_handle(&mut check, handle, &format!("rails[{index}]"));
    }
    check.done()
}

/// For callers that ask for one.
pub(crate) fn find_page(pages: &[ContentPage], handle: &str) -> Result<ContentPage> {
    pages.iter().find(|page| page.handle == handle).cloned().ok_or_else(|| Error::not_found("page"))
}
