//! Lists as members of staff like to see them: the use cases and their SQL.

use async_trait::async_trait;
use souk_contract::{Check, Ctx, Error, Result, SaveView, SavedView, SavedViewId, StaffId, Timestamp, Views};
use souk_kernel::{
    db::{Conn, DbError, Json},
    record,
};

use crate::service::LocalIdentity;

const MOST: usize = 30;
const MOST_COLUMNS: usize = 40;

record! {
    #[derive(Debug, Clone)]
    struct ViewRow {
        id: SavedViewId,
        screen: String,
        name: String,
        query: String,
    }
}

impl From<ViewRow> for SavedView {
    fn from(row: ViewRow) -> Self {
        Self { id: row.id, screen: row.screen, name: row.name, query: row.query }
    }
}

async fn of(conn: &mut Conn, staff: StaffId, screen: &str) -> std::result::Result<Vec<ViewRow>, DbError> {
    conn.query(
        "select id, screen, name, query from saved_view where staff_id = $1 and screen = $2 order by name_key",
    )
    .bind(staff)
    .bind(screen)
    .all()
    .await
}

async fn put(
    conn: &mut Conn,
    staff: StaffId,
    view: &SavedView,
    now: Timestamp,
) -> std::result::Result<SavedViewId, DbError> {
    let (id,) = conn
        .query(
            "insert into saved_view (id, staff_id, screen, name, name_key, query, created_at)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (staff_id, screen, name_key)
               do update set name = excluded.name, query = excluded.query
             returning id",
        )
        .bind(view.id)
        .bind(staff)
        .bind(&view.screen)
        .bind(&view.name)
        .bind(view.name.to_lowercase())
        .bind(&view.query)
        .bind(now)
        .one()
        .await?;
    Ok(id)
}

async fn remove(conn: &mut Conn, staff: StaffId, id: SavedViewId) -> std::result::Result<bool, DbError> {
    let gone = conn.query("delete from saved_view where id = $1 and staff_id = $2").bind(id).bind(staff);
    Ok(gone.execute().await? == 1)
}

async fn columns_of(
    conn: &mut Conn,
    staff: StaffId,
    screen: &str,
) -> std::result::Result<Option<Vec<String>>, DbError> {
    let found: Option<(Json<Vec<String>>,)> = conn
        .query("select shown from list_columns where staff_id = $1 and screen = $2")
        .bind(staff)
        .bind(screen)
        .optional()
        .await?;
    Ok(found.map(|(shown,)| shown.0))
}

async fn put_columns(
    conn: &mut Conn,
    staff: StaffId,
    screen: &str,
    columns: Option<Vec<String>>,
) -> std::result::Result<(), DbError> {
    let query = match columns {
        None => conn
            .query("delete from list_columns where staff_id = $1 and screen = $2")
            .bind(staff)
            .bind(screen),
        Some(columns) => conn
            .query(
                "insert into list_columns (staff_id, screen, shown) values ($1, $2, $3)
                 on conflict (staff_id, screen) do update set shown = excluded.shown",
            )
            .bind(staff)
            .bind(screen)
            .bind(Json(columns)),
    };
    query.execute().await?;
    Ok(())
}

fn is_word(text: &str) -> bool {
    (1..=40).contains(&text.len()) && text.chars().all(|c| c.is_ascii_lowercase() || c == '-')
}

fn check_columns(screen: &str, columns: Option<&Vec<String>>) -> Result<()> {
    let fits = columns.is_none_or(|all| all.len() <= MOST_COLUMNS && all.iter().all(|name| is_word(name)));
    Check::new()
        .that(is_word(screen), "screen", "invalid", "Up to 40 lower-case letters and hyphens.")
        .that(fits, "columns", "invalid", "At most 40 names of lower-case letters and hyphens.")
        .done()
}

fn check(request: &SaveView) -> Result<()> {
    let plain = |text: &str| !text.chars().any(char::is_control);
    Check::new()
        .that(is_word(&request.screen), "screen", "invalid", "Up to 40 lower-case letters and hyphens.")
        .text(request.name.trim(), "name", 60)
        .that(plain(&request.name), "name", "invalid", "No control characters.")
        .short(&request.query, "query", 1_000)
        .that(plain(&request.query), "query", "invalid", "No control characters.")
        .done()
}

#[async_trait]
impl Views for LocalIdentity {
    async fn views(&self, ctx: &Ctx, screen: &str) -> Result<Vec<SavedView>> {
        let (staff, ..) = ctx.require_staff_session()?;
        let rows = of(&mut *self.db.read().await?, staff, screen).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    async fn save_view(&self, ctx: &Ctx, request: SaveView) -> Result<SavedView> {
        let (staff, ..) = ctx.require_staff_session()?;
        check(&request)?;
        let mut view = SavedView {
            id: self.kit.ids.next(),
            screen: request.screen,
            name: request.name.trim().to_owned(),
            query: request.query,
        };
        let mut tx = self.db.begin().await?;
        tx.lock("saved_views", staff.uuid()).await?;
        view.id = put(&mut tx, staff, &view, self.kit.now()).await?;
        if of(&mut tx, staff, &view.screen).await?.len() > MOST {
            return Err(Error::conflict(
                "too_many_views",
                format!("Nobody keeps more than {MOST} views of a list."),
            ));
        }
        tx.commit().await?;
        Ok(view)
    }

    async fn remove_view(&self, ctx: &Ctx, id: SavedViewId) -> Result<()> {
        let (staff, ..) = ctx.require_staff_session()?;
        let mut tx = self.db.begin().await?;
        if !remove(&mut tx, staff, id).await? {
            return Err(Error::not_found("view"));
        }
        Ok(tx.commit().await?)
    }

    async fn columns(&self, ctx: &Ctx, screen: &str) -> Result<Option<Vec<String>>> {
        let (staff, ..) = ctx.require_staff_session()?;
        Ok(columns_of(&mut *self.db.read().await?, staff, screen).await?)
    }

    async fn set_columns(&self, ctx: &Ctx, screen: &str, columns: Option<Vec<String>>) -> Result<()> {
        let (staff, ..) = ctx.require_staff_session()?;
        check_columns(screen, columns.as_ref())?;
        let mut tx = self.db.begin().await?;
        put_columns(&mut tx, staff, screen, columns).await?;
        Ok(tx.commit().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_view_is_named() {
        let view = |screen: &str, name: &str, query: &str| SaveView {
            screen: screen.to_owned(),
            name: name.to_owned(),
            query: query.to_owned(),
        };
        assert!(check(&view("orders", "Gifts", "tag=gift")).is_ok());
        for (wrong, field) in [
            (view("Orders", "Gifts", ""), "screen"),
            (view("", "Gifts", ""), "screen"),
            (view("orders", " ", ""), "name"),
            (view("orders", "a\u{7}b", ""), "name"),
            (view("orders", "Gifts", &"q".repeat(1_001)), "query"),
        ] {
            match check(&wrong) {
                Err(Error::Invalid { fields }) => assert_eq!(fields[0].field, field, "{wrong:?}"),
                other => panic!("{wrong:?}: {other:?}"),
            }
        }
    }
}
