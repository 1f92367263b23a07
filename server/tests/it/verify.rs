//! `souk verify` finds what was changed behind the ledger's back.

use souk_kernel::{Db, Kit, config::DatabaseConfig};

use crate::shop::{TestShop, souk, tea, text};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_planted_difference_is_found_and_explained() {
    let shop = TestShop::start().await;
    let written = shop.put(tea("green")).await;
    let variant = written.variant_ids[0];
    let data = shop.stop().await;

    let output = souk(data.path(), &["verify"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));

    let kit = Kit::system(data.path()).expect("a kit");
    let config = DatabaseConfig::sqlite(data.path());
    let db = Db::open(&config, "inventory", souk_inventory::MIGRATIONS, kit).await.expect("a database");
    let mut tx = db.begin().await.expect("a transaction");
    let changed = tx
        .query("update level set on_hand = on_hand + 3 where variant_id = $1")
        .bind(variant)
        .execute()
        .await
        .expect("planted");
    assert_eq!(changed, 1);
    tx.commit().await.expect("committed");
    db.close().await.expect("closed");

    let output = souk(data.path(), &["verify"]);
    let said = text(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("1 difference found"), "{said}");
    assert!(said.contains(&variant.to_string()), "{said}");
    assert!(said.contains("10") && said.contains("13"), "{said}");
}
