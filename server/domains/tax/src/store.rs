//! SQL, one function per statement.

use souk_contract::{TaxClassId, TaxZoneId};
use souk_kernel::db::{Conn, DbError};

use crate::{class::ClassRow, settings::SettingsRow, zone::ZoneRow};

/// None: before the first start has filled it.
pub(crate) async fn settings(conn: &mut Conn) -> Result<Option<SettingsRow>, DbError> {
    conn.query("select inclusive, level, rounding, shipping_class, version from tax_settings where id = 1")
        .optional()
        .await
}

pub(crate) async fn put_settings(conn: &mut Conn, row: &SettingsRow) -> Result<(), DbError> {
    conn.query(
        "insert into tax_settings (id, inclusive, level, rounding, shipping_class, version)
         values (1, $1, $2, $3, $4, $5)
         on conflict (id) do update set
           inclusive = excluded.inclusive, level = excluded.level, rounding = excluded.rounding,
           shipping_class = excluded.shipping_class, version = excluded.version",
    )
    .bind(row.inclusive)
    .bind(row.level)
    .bind(row.rounding)
    .bind(row.shipping_class)
    .bind(row.version)
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn classes(conn: &mut Conn) -> Result<Vec<ClassRow>, DbError> {
    conn.query("select id, name, is_default, version from tax_class order by is_default desc, name")
        .all()
        .await
}

/// Writes the row as it is. The caller holds the tables.
pub(crate) async fn put_class(conn: &mut Conn, row: &ClassRow) -> Result<(), DbError> {
    conn.query(
        "insert into tax_class (id, name, is_default, version) values ($1, $2, $3, $4)
         on conflict (id) do update set
           name = excluded.name, is_default = excluded.is_default, version = excluded.version",
    )
    .bind(row.id)
    .bind(&row.name)
    .bind(row.is_default)
    .bind(row.version)
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn remove_class(conn: &mut Conn, id: TaxClassId) -> Result<(), DbError> {
    conn.query("delete from tax_class where id = $1").bind(id).execute().await?;
    Ok(())
}

pub(crate) async fn zones(conn: &mut Conn) -> Result<Vec<ZoneRow>, DbError> {
    conn.query("select id, name, is_home, places, rates, version from tax_zone order by is_home desc, name")
        .all()
        .await
}

/// Writes the row as it is. The caller holds the tables.
pub(crate) async fn put_zone(conn: &mut Conn, row: &ZoneRow) -> Result<(), DbError> {
    conn.query(
        "insert into tax_zone (id, name, is_home, places, rates, version) values ($1, $2, $3, $4, $5, $6)
         on conflict (id) do update set
           name = excluded.name, is_home = excluded.is_home, places = excluded.places, rates = excluded.rates,
           version = excluded.version",
    )
    .bind(row.id)
    .bind(&row.name)
    .bind(row.is_home)
    .bind(row.places.clone())
    .bind(row.rates.clone())
    .bind(row.version)
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn remove_zone(conn: &mut Conn, id: TaxZoneId) -> Result<(), DbError> {
    conn.query("delete from tax_zone where id = $1").bind(id).execute().await?;
    Ok(())
}
