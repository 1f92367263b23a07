//! The `content_page` and `home` tables.

use souk_contract::{ContentPage, HomeContent, Seo, Timestamp};
use souk_kernel::{Conn, DbError, db::Json, record};

record! {
    struct PageRow {
        handle: String,
        title: String,
        body_html: String,
        seo: Json<Seo>,
    }
}

impl From<PageRow> for ContentPage {
    fn from(row: PageRow) -> Self {
        Self { handle: row.handle, title: row.title, body_html: row.body_html, seo: row.seo.0 }
    }
}

pub(crate) async fn page(conn: &mut Conn, handle: &str) -> Result<Option<ContentPage>, DbError> {
    let row: Option<PageRow> = conn
        .query("select handle, title, body_html, seo from content_page where handle = $1")
        .bind(handle)
        .optional()
        .await?;
    Ok(row.map(Into::into))
}

pub(crate) async fn pages(conn: &mut Conn) -> Result<Vec<ContentPage>, DbError> {
    let rows: Vec<PageRow> =
        conn.query("select handle, title, body_html, seo from content_page order by handle").all().await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

pub(crate) async fn put_page(conn: &mut Conn, page: &ContentPage, now: Timestamp) -> Result<(), DbError> {
    conn.query(
        "insert into content_page (handle, title, body_html, seo, updated_at) values ($1, $2, $3, $4, $5)
         on conflict (handle) do update set title = excluded.title, body_html = excluded.body_html,
           seo = excluded.seo, updated_at = excluded.updated_at",
    )
    .bind(&page.handle)
    .bind(&page.title)
    .bind(&page.body_html)
    .bind(Json(&page.seo))
    .bind(now)
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn paths(
    conn: &mut Conn,
    after: &str,
    limit: u32,
) -> Result<Vec<(String, Timestamp)>, DbError> {
    conn.query("select handle, updated_at from content_page where handle > $1 order by handle limit $2")
        .bind(after)
        .bind(limit)
        .all()
        .await
}

pub(crate) async fn home(conn: &mut Conn) -> Result<Option<HomeContent>, DbError> {
    let row: Option<(Json<HomeContent>,)> =
        conn.query("select content from home where id = 1").optional().await?;
    Ok(row.map(|(content,)| content.0))
}

pub(crate) async fn put_home(conn: &mut Conn, home: &HomeContent, now: Timestamp) -> Result<(), DbError> {
    conn.query(
        "insert into home (id, content, updated_at) values (1, $1, $2)
         on conflict (id) do update set content = excluded.content, updated_at = excluded.updated_at",
    )
    .bind(Json(home))
    .bind(now)
    .execute()
    .await?;
    Ok(())
}
