//! SQL about places.

use souk_contract::{Location, LocationId};
use souk_kernel::{
    db::{Conn, DbError},
    record,
};

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct LocationRow {
        pub id: LocationId,
        pub name: String,
        pub address: String,
        pub active: bool,
        pub position: i64,
        pub version: i64,
    }
}

impl From<LocationRow> for Location {
    fn from(row: LocationRow) -> Self {
        let LocationRow { id, name, address, active, position, version } = row;
        Self { id, name, address, active, position, version }
    }
}

/// A shop has a shelf from its first start on.
pub(crate) async fn first(conn: &mut Conn, id: LocationId) -> Result<(), DbError> {
    conn.query(
        "insert into location (id, name) select $1, 'Main' where not exists (select 1 from location)
         on conflict (name) do nothing",
    )
    .bind(id)
    .execute()
    .await?;
    Ok(())
}

/// In order of preference.
pub(crate) async fn all(conn: &mut Conn) -> Result<Vec<LocationRow>, DbError> {
    conn.query("select id, name, address, active, position, version from location order by position, id")
        .all()
        .await
}

pub(crate) async fn add(conn: &mut Conn, row: &LocationRow) -> Result<(), DbError> {
    conn.query(
        "insert into location (id, name, address, active, position, version) values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(row.id)
    .bind(&row.name)
    .bind(&row.address)
    .bind(row.active)
    .bind(row.position)
    .bind(row.version)
    .execute()
    .await?;
    Ok(())
}

/// False where somebody was faster.
pub(crate) async fn update(conn: &mut Conn, row: &LocationRow) -> Result<bool, DbError> {
    let updated = conn
        .query(
            "update location set name = $2, address = $3, active = $4, position = $5, version = $6
             where id = $1 and version = $6 - 1",
        )
        .bind(row.id)
        .bind(&row.name)
        .bind(&row.address)
        .bind(row.active)
        .bind(row.position)
        .bind(row.version)
        .execute()
        .await?;
    Ok(updated == 1)
}

/// Whether pieces are there, on the shelf or damaged, or promised from there.
pub(crate) async fn holds_pieces(conn: &mut Conn, id: LocationId) -> Result<bool, DbError> {
    let found: Option<(i64,)> = conn
        .query(
            "select 1 from level where location_id = $1
               and (on_hand <> 0 or reserved <> 0 or allocated <> 0 or damaged <> 0) limit 1",
        )
        .bind(id)
        .optional()
        .await?;
    Ok(found.is_some())
}
