//! SQL that adds facts up, one function per statement.

use souk_contract::{Buyers, Currency, OrderId, ProductId, Timestamp};
use souk_kernel::{
    db::{Conn, DbError},
    record,
};

use crate::period::Span;

record! {
    /// Sums of the orders of one hour or day; `at` is the hour, or the first one of the day.
    #[derive(Debug, Clone, Copy, Default, PartialEq)]
    pub(crate) struct Sums {
        pub at: i64,
        pub cancelled: bool,
        pub orders: i64,
        pub pieces: i64,
        pub subtotal: i64,
        pub discount: i64,
        pub shipping: i64,
        pub tax: i64,
        pub total: i64,
        pub refunded: i64,
        pub new_orders: i64,
        pub new_total: i64,
    }
}

/// Whether nobody with the same address bought before, orders that were cancelled aside.
macro_rules! is_new {
    () => {
        "not exists (select 1 from sale e
                     where e.buyer = s.buyer and e.cancelled = false and (e.placed_at, e.id) < (s.placed_at, s.id))"
    };
}

macro_rules! sums_by {
    ($at:literal) => {
        concat!(
            "with counted as (
                select ",
            $at,
            " as at, s.cancelled, s.pieces, s.subtotal_minor, s.discount_minor, s.shipping_minor, s.tax_minor,
                       s.total_minor, s.refunded_minor, case when ",
            is_new!(),
            " then 1 else 0 end as fresh
                from sale s where s.currency = $1 and s.day >= $2 and s.day < $3
             )
             select at, cancelled, count(*) as orders, cast(sum(pieces) as bigint) as pieces,
                    cast(sum(subtotal_minor) as bigint) as subtotal, cast(sum(discount_minor) as bigint) as discount,
                    cast(sum(shipping_minor) as bigint) as shipping, cast(sum(tax_minor) as bigint) as tax,
                    cast(sum(total_minor) as bigint) as total, cast(sum(refunded_minor) as bigint) as refunded,
                    cast(sum(fresh) as bigint) as new_orders,
                    cast(sum(fresh * total_minor) as bigint) as new_total
             from counted group by at, cancelled order by at"
        )
    };
}

pub(crate) async fn sums_by_day(
    conn: &mut Conn,
    currency: Currency,
    span: Span,
) -> Result<Vec<Sums>, DbError> {
    conn.query(sums_by!("s.day * 24")).bind(currency).bind(span.from).bind(span.until).all().await
}

pub(crate) async fn sums_by_hour(
    conn: &mut Conn,
    currency: Currency,
    span: Span,
) -> Result<Vec<Sums>, DbError> {
    conn.query(sums_by!("s.hour")).bind(currency).bind(span.from).bind(span.until).all().await
}

record! {
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct ProductSums {
        pub product_id: ProductId,
        pub title: String,
        pub orders: i64,
        pub pieces: i64,
        pub total: i64,
    }
}

/// Those after `(total, product)` in the order of what they sold for.
pub(crate) async fn top_products(
    conn: &mut Conn,
    currency: Currency,
    span: Span,
    (total, product): (i64, ProductId),
    limit: i64,
) -> Result<Vec<ProductSums>, DbError> {
    conn.query(
        "with top as (
            select l.product_id, max(l.title) as title, count(distinct l.sale_id) as orders,
                   cast(sum(l.quantity) as bigint) as pieces, cast(sum(l.total_minor) as bigint) as total
            from sale s join sale_line l on l.sale_id = s.id
            where s.currency = $1 and s.day >= $2 and s.day < $3 and s.cancelled = false
            group by l.product_id
         )
         select product_id, title, orders, pieces, total from top where (total, product_id) < ($4, $5)
         order by total desc, product_id desc limit $6",
    )
    .bind(currency)
    .bind(span.from)
    .bind(span.until)
    .bind(total)
    .bind(product)
    .bind(limit)
    .all()
    .await
}

/// What some products sold for in another period.
pub(crate) async fn product_totals(
    conn: &mut Conn,
    currency: Currency,
    span: Span,
    products: &[ProductId],
) -> Result<Vec<(ProductId, i64)>, DbError> {
    conn.query(
        "select l.product_id, cast(sum(l.total_minor) as bigint)
         from sale s join sale_line l on l.sale_id = s.id
         where s.currency = $1 and s.day >= $2 and s.day < $3 and s.cancelled = false and l.product_id in ($4..)
         group by l.product_id",
    )
    .bind(currency)
    .bind(span.from)
    .bind(span.until)
    .bind_list(products)
    .all()
    .await
}

record! {
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct CategorySums {
        pub handle: String,
        pub title: String,
        pub orders: i64,
        pub pieces: i64,
        pub total: i64,
    }
}

/// All of them: a shop has few. The empty handle stands for lines that were in none.
pub(crate) async fn categories(
    conn: &mut Conn,
    currency: Currency,
    span: Span,
) -> Result<Vec<CategorySums>, DbError> {
    conn.query(
        "select coalesce(c.handle, '') as handle, coalesce(max(c.title), '') as title,
                count(distinct l.sale_id) as orders, cast(sum(l.quantity) as bigint) as pieces,
                cast(sum(l.total_minor) as bigint) as total
         from sale s join sale_line l on l.sale_id = s.id left join sale_line_category c on c.line_id = l.id
         where s.currency = $1 and s.day >= $2 and s.day < $3 and s.cancelled = false
         group by coalesce(c.handle, '')",
    )
    .bind(currency)
    .bind(span.from)
    .bind(span.until)
    .all()
    .await
}

record! {
    #[derive(Debug, Clone, Copy, Default, PartialEq)]
    pub(crate) struct DayVisits {
        pub day: i64,
        pub views: i64,
        pub visitors: i64,
        pub carts: i64,
        pub checkouts: i64,
    }
}

pub(crate) async fn visits(conn: &mut Conn, span: Span) -> Result<Vec<DayVisits>, DbError> {
    conn.query(
        "select day, views, visitors, carts, checkouts from visit_day where day >= $1 and day < $2 order by day",
    )
    .bind(span.from)
    .bind(span.until)
    .all()
    .await
}

/// Day, orders that stand, and how many of them are paid; of all currencies: nothing is added up but orders.
pub(crate) async fn orders_by_day(conn: &mut Conn, span: Span) -> Result<Vec<(i64, i64, i64)>, DbError> {
    conn.query(
        "select day, count(*), cast(sum(case when paid then 1 else 0 end) as bigint)
         from sale where day >= $1 and day < $2 and cancelled = false group by day order by day",
    )
    .bind(span.from)
    .bind(span.until)
    .all()
    .await
}

/// Which orders.
#[derive(Debug, Clone)]
pub(crate) struct Rows {
    pub currency: Currency,
    pub from: Timestamp,
    pub until: Timestamp,
    pub product: Option<ProductId>,
    pub category: Option<String>,
    pub buyers: Option<Buyers>,
    /// Those that were placed before this one.
    pub before: (Timestamp, OrderId),
}

record! {
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct FoundSale {
        pub id: OrderId,
        pub number: i64,
        pub placed_at: Timestamp,
        pub pieces: i64,
        pub total: i64,
        pub amount: i64,
        pub refunded: i64,
        pub paid: bool,
        pub fresh: i64,
    }
}

/// Of its lines, those that are meant.
const PRODUCT_LINES: &str =
    "select l.total_minor from sale_line l where l.sale_id = s.id and l.product_id = $5";
const CATEGORY_LINES: &str =
    "select l.total_minor from sale_line l join sale_line_category c on c.line_id = l.id
     where l.sale_id = s.id and c.handle = $5";
const OTHER_LINES: &str = "select l.total_minor from sale_line l
     where l.sale_id = s.id and not exists (select 1 from sale_line_category c where c.line_id = l.id)";

/// Newest first.
pub(crate) async fn rows(conn: &mut Conn, rows: &Rows, limit: i64) -> Result<Vec<FoundSale>, DbError> {
    let meant = match (&rows.product, rows.category.as_deref()) {
        (Some(_), _) => Some(PRODUCT_LINES),
        (None, Some("")) => Some(OTHER_LINES),
        (None, Some(_)) => Some(CATEGORY_LINES),
        (None, None) => None,
    };
    let (amount, lines) = match meant {
        Some(lines) => (
            format!("(select cast(sum(m.total_minor) as bigint) from ({lines}) m)"),
            format!(" and exists ({lines})"),
        ),
        None => ("s.total_minor".to_owned(), String::new()),
    };
    let buyers = match rows.buyers {
        Some(Buyers::New) => concat!(" and ", is_new!()),
        Some(Buyers::Returning) => concat!(" and not (", is_new!(), ")"),
        None => "",
    };
    // PostgreSQL wants to know the type of every number, so none is left unused.
    let named = meant.is_some_and(|lines| lines.contains("$5"));
    let (moment, id, most) = if named { ("$6", "$7", "$8") } else { ("$5", "$6", "$7") };
    let sql = format!(
        "select s.id, s.number, s.placed_at, s.pieces, s.total_minor as total, {amount} as amount,
                s.refunded_minor as refunded, s.paid, case when {new} then 1 else 0 end as fresh
         from sale s
         where s.currency = $1 and s.placed_at >= $2 and s.placed_at < $3 and s.cancelled = $4{lines}{buyers}
           and (s.placed_at, s.id) < ({moment}, {id})
         order by s.placed_at desc, s.id desc limit {most}",
        new = is_new!(),
    );
    let query = conn.query_dynamic(sql).bind(rows.currency).bind(rows.from).bind(rows.until).bind(false);
    let query = match (rows.product, rows.category.as_deref()) {
        (Some(product), _) => query.bind(product),
        (None, Some(category)) if !category.is_empty() => query.bind(category),
        _ => query,
    };
    query.bind(rows.before.0).bind(rows.before.1).bind(limit).all().await
}
