use souk_import::MIGRATIONS;

#[tokio::test]
async fn both_engines_have_the_same_tables_and_columns() {
    souk_kernel::testing::assert_same_schema("imports", MIGRATIONS, &[]).await;
}
