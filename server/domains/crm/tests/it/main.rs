//! The schema on both engines. Figures are held against the real books in `server/tests/reliability/customers.rs`: a domain
//! knows no other, and here the others are the point.

use souk_crm::MIGRATIONS;

#[tokio::test]
async fn both_engines_have_the_same_tables_and_columns() {
    souk_kernel::testing::assert_same_schema("crm", MIGRATIONS, &[]).await;
}
