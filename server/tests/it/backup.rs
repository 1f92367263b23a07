//! A backup taken from a shop in use is a shop again.

use souk_contract::{Ctx, ProductLookup};

use crate::shop::{TestShop, souk, tea, text};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_backed_up_beside_a_running_server_comes_back() {
    let shop = TestShop::start().await;
    shop.put(tea("green")).await;
    let media = shop.data.path().join("media");
    std::fs::create_dir_all(&media).expect("a folder");
    std::fs::write(media.join("abc-400.webp"), b"a picture").expect("written");
    let out = tempfile::tempdir().expect("a folder");

    for name in ["copy", "copy.tar"] {
        let target = out.path().join(name);
        let target = target.to_str().expect("a path");
        let output = souk(shop.data.path(), &["backup", target]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output));
        let again = souk(shop.data.path(), &["backup", target]);
        assert_eq!(again.status.code(), Some(1), "nothing is overwritten: {}", text(&again));

        let fresh = tempfile::tempdir().expect("a folder");
        let output = souk(fresh.path(), &["restore", target]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output));
        let again = souk(fresh.path(), &["restore", target]);
        assert_eq!(again.status.code(), Some(1), "only into an empty folder: {}", text(&again));

        let original = std::fs::read(shop.data.path().join("secret.key")).expect("a key");
        assert_eq!(std::fs::read(fresh.path().join("secret.key")).expect("a key"), original);
        assert_eq!(std::fs::read(fresh.path().join("media/abc-400.webp")).expect("a picture"), b"a picture");
        let restored = TestShop::on(fresh, &[]).await;
        let ctx = Ctx::guest("test");
        let found = restored.shop.services.catalog.product(&ctx, "green").await.expect("an answer");
        assert!(matches!(found, ProductLookup::Found(product) if product.title == "Tea green"));
        restored.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_damaged_backup_is_refused() {
    let shop = TestShop::start().await;
    shop.put(tea("green")).await;
    let data = shop.stop().await;
    let out = tempfile::tempdir().expect("a folder");
    let target = out.path().join("copy");
    let output = souk(data.path(), &["backup", target.to_str().expect("a path")]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));

    let file = target.join("db/catalog.sqlite");
    let mut bytes = std::fs::read(&file).expect("a database");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).expect("written");
    let fresh = out.path().join("fresh");
    let output = souk(&fresh, &["restore", target.to_str().expect("a path")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains("catalog.sqlite is damaged"), "{}", text(&output));
    assert!(!fresh.exists(), "nothing half restored is left");
}
