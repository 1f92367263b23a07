//! SQL, one function per statement.

use souk_contract::ShippingMethodId;
use souk_kernel::db::{Conn, DbError};

use crate::rate::MethodRow;

pub(crate) async fn methods(conn: &mut Conn) -> Result<Vec<MethodRow>, DbError> {
    conn.query(
        "select id, name, description, countries, rates, days_min, days_max, position, version
         from method order by position, id",
    )
    .all()
    .await
}

/// Writes the row as it is. The caller holds the table.
pub(crate) async fn put(conn: &mut Conn, row: &MethodRow) -> Result<(), DbError> {
    conn.query(
        "insert into method (id, name, description, countries, rates, days_min, days_max, position, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (id) do update set
           name = excluded.name, description = excluded.description, countries = excluded.countries,
           rates = excluded.rates, days_min = excluded.days_min, days_max = excluded.days_max,
           position = excluded.position, version = excluded.version",
    )
    .bind(row.id)
    .bind(&row.name)
    .bind(&row.description)
    .bind(row.countries.clone())
    .bind(row.rates.clone())
    .bind(row.days_min)
    .bind(row.days_max)
    .bind(row.position)
    .bind(row.version)
    .execute()
    .await?;
    Ok(())
}

pub(crate) async fn remove(conn: &mut Conn, id: ShippingMethodId) -> Result<(), DbError> {
    conn.query("delete from method where id = $1").bind(id).execute().await?;
    Ok(())
}
