//! SQL, one function per statement.

use souk_kernel::db::{Conn, DbError};

use crate::rate::MethodRow;

pub(crate) async fn methods(conn: &mut Conn) -> Result<Vec<MethodRow>, DbError> {
    conn.query(
        "select id, name, description, countries, rates, days_min, days_max, position
         from method order by position, id",
    )
    .all()
    .await
}

pub(crate) async fn put(conn: &mut Conn, row: &MethodRow) -> Result<(), DbError> {
    conn.query(
        "insert into method (id, name, description, countries, rates, days_min, days_max, position)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (name) do update set
           description = excluded.description, countries = excluded.countries, rates = excluded.rates,
           days_min = excluded.days_min, days_max = excluded.days_max, position = excluded.position",
    )
    .bind(row.id)
    .bind(&row.name)
    .bind(&row.description)
    .bind(row.countries.clone())
    .bind(row.rates.clone())
    .bind(row.days_min)
    .bind(row.days_max)
    .bind(row.position)
    .execute()
    .await?;
    Ok(())
}
