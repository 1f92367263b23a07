//! The search on a real index, with its database on each engine and a catalogue in memory.

mod filters;
mod finding;
mod keeping_up;
mod over_http;
mod shelf;
mod shop;
mod speed;

#[tokio::test]
async fn schemas_are_alike() {
    souk_kernel::testing::assert_same_schema("search", souk_search::MIGRATIONS, &[]).await;
}
