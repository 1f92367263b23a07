//! Files of the front, as xtask builds them.

use std::fs;

use crate::shop::{TestShop, header};

/// The variable is the process's: one test for all that depends on it (nextest gives each test a process).
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn files_are_immutable_and_come_packed() {
    let Some(folder) = std::env::var_os("SOUK_SITE_DIR").map(std::path::PathBuf::from) else {
        let shop = TestShop::start().await;
        let html = shop.get("/").send().await.expect("an answer").text().await.expect("text");
        assert!(!html.contains("/pkg/"), "without a front pages name no files of it");
        return;
    };
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.join("manifest.json")).expect("a manifest")).expect("JSON");
    let shop = TestShop::start().await;
    let html = shop.get("/").send().await.expect("an answer").text().await.expect("text");
    for (name, asset) in manifest["files"].as_object().expect("files") {
        let path = asset["path"].as_str().expect("a path");
        if matches!(name.as_str(), "boot.js" | "main.css") {
            assert!(html.contains(&format!("/pkg/{path}")), "the page names {name}");
        }
        let plain = shop.get(&format!("/pkg/{path}")).send().await.expect("an answer");
        assert_eq!(header(&plain, "content-type"), asset["mime"].as_str().expect("a type"));
        assert_eq!(header(&plain, "cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(plain.bytes().await.expect("bytes").len() as u64, asset["size"].as_u64().expect("a size"));
        if let Some(size) = asset["brotli"].as_u64() {
            let request = shop.get(&format!("/pkg/{path}")).header("accept-encoding", "gzip, br");
            let packed = request.send().await.expect("an answer");
            assert_eq!(header(&packed, "content-encoding"), "br");
            assert_eq!(packed.bytes().await.expect("bytes").len() as u64, size);
        }
    }
}
