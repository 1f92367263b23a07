//! Shopify's CSV: in, again, out, and in elsewhere.

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use crate::shop::{TestShop, souk, souk_with, tea, text};

const SMALL: &str = "\
Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Grams,\
Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Fulfillment Service,Variant Price,\
Variant Compare At Price,Variant Requires Shipping,Variant Taxable,Variant Barcode,Image Src,Image Alt Text,\
Gift Card,SEO Title,SEO Description,Google Shopping / Gender,Variant Weight Unit
mug,Mug,<p>A <b>mug</b><script>alert(1)</script></p>,Clay,Cups,\"blue, round\",true,Size,Small,'001,300.5,shopify,4,deny,manual,9.50,12.00,true,true,40123,mug.png,A mug,false,Mug!,Best mug,unisex,g
mug,,,,,,,,Large,'002,450,shopify,-2,continue,manual,11.00,,true,false,,mug-2.png,,,,,,kg
card,Gift card,,Clay,,,false,Title,Default Title,,0,,,deny,manual,25.00,,false,false,,,,true,,,,
";

const BAD: &str = "\
Handle,Title,Variant Price,Variant Grams
good,Good,5.00,10
bad,Bad,ten,10
worse,,5.00,
";

/// The folder of real exports: named by a variable, or where the project keeps it.
fn real() -> Option<PathBuf> {
    let folder = match std::env::var_os("SOUK_SHARED_DATA") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/shopify"),
    };
    folder.is_dir().then_some(folder)
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a path")
}

/// `12` of `12 created, …`
fn count(said: &str, what: &str) -> u64 {
    let before = said.split(&format!(" {what}")).next().unwrap_or_default();
    let digits = before.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().unwrap_or_else(|_| panic!("no number of {what} in: {said}"))
}

/// Imports, imports again, exports, imports elsewhere, and compares.
fn round_trip(file: &Path, products: u64) {
    let data = tempfile::tempdir().expect("a folder");
    let began = Instant::now();
    let output = souk(data.path(), &["import", "shopify", path(file), "--no-images"]);
    let took = began.elapsed();
    let said = text(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    println!("{}: {products} products in {took:?}", file.display());
    assert_eq!(count(&said, "created"), products, "{said}");
    assert_eq!(count(&said, "skipped"), 0, "{said}");

    let again = text(&souk(data.path(), &["import", "shopify", path(file), "--no-images"]));
    assert_eq!(count(&again, "unchanged"), products, "{again}");
    assert_eq!(
        (count(&again, "created"), count(&again, "updated"), count(&again, "new collections")),
        (0, 0, 0),
        "{again}"
    );

    let exported = data.path().join("export.csv");
    let output = souk(data.path(), &["export", "shopify", path(&exported)]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let back = text(&souk(data.path(), &["import", "shopify", path(&exported), "--no-images", "--strict"]));
    assert_eq!(count(&back, "unchanged"), products, "{back}");

    let elsewhere = tempfile::tempdir().expect("a folder");
    let there = text(&souk(elsewhere.path(), &["import", "shopify", path(&exported), "--no-images"]));
    assert_eq!(count(&there, "created"), products, "{there}");
    let second = elsewhere.path().join("export.csv");
    souk(elsewhere.path(), &["export", "shopify", path(&second)]);
    assert!(
        std::fs::read(&exported).expect("a file") == std::fs::read(&second).expect("a file"),
        "exports differ"
    );

    let books = souk(data.path(), &["verify"]);
    assert_eq!(books.status.code(), Some(0), "{}", text(&books));
}

#[test]
fn a_small_file_survives_the_round_trip() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("small.csv");
    std::fs::write(&file, SMALL).expect("written");
    round_trip(&file, 2);
}

#[test]
fn apparel_survives_the_round_trip() {
    if let Some(folder) = real() {
        round_trip(&folder.join("apparel.csv"), 25);
    }
}

#[test]
fn bicycles_survive_the_round_trip() {
    if let Some(folder) = real() {
        round_trip(&folder.join("bicycles.csv"), 284);
    }
}

#[test]
fn fashion_survives_the_round_trip() {
    if let Some(folder) = real() {
        round_trip(&folder.join("fashion.csv"), 997);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_column_arrives() {
    let shop = TestShop::start().await;
    let file = shop.data.path().join("small.csv");
    std::fs::write(&file, SMALL).expect("written");
    // Beside the running shop, as a merchant would.
    let output = souk(shop.data.path(), &["import", "shopify", path(&file), "--no-images"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let ctx = shop.shop.ctx("test");
    let page = souk_contract::PageRequest::default();
    let records = shop.shop.services.catalog.product_records(&ctx, &page).await.expect("records").items;
    let mug = records.iter().find(|record| record.input.handle == "mug").expect("the mug");
    let input = &mug.input;
    assert_eq!(
        (input.title.as_str(), input.vendor.as_str(), input.product_type.as_str()),
        ("Mug", "Clay", "Cups")
    );
    assert_eq!(input.tags, ["blue", "round"]);
    assert!(input.description_html.contains("<b>mug</b>") && !input.description_html.contains("alert"));
    assert_eq!(input.seo.title.as_deref(), Some("Mug!"));
    assert_eq!(input.extra["Google Shopping / Gender"], "unisex");
    assert_eq!(input.media[0].alt, "A mug");
    let [small, large] = input.variants.as_slice() else { panic!("two variants") };
    assert_eq!((small.sku.as_deref(), small.barcode.as_deref()), (Some("001"), Some("40123")));
    assert_eq!((small.price.minor, small.compare_at.map(|money| money.minor)), (950, Some(1200)));
    assert!(small.taxable && !large.taxable);
    let levels = shop.shop.services.inventory.levels(&ctx, &mug.variant_ids).await.expect("levels");
    let level =
        |at: usize| levels.iter().find(|level| level.variant_id == mug.variant_ids[at]).expect("a level");
    assert_eq!((level(0).on_hand, level(0).policy), (4, souk_contract::StockPolicy::Deny));
    assert_eq!((level(1).on_hand, level(1).policy), (0, souk_contract::StockPolicy::Continue));
    let card = records.iter().find(|record| record.input.handle == "card").expect("the card");
    assert_eq!(card.input.status, souk_contract::ProductStatus::Draft);

    // The server notices what the other process wrote.
    let began = Instant::now();
    loop {
        let response = shop.get("/products/mug").send().await.expect("an answer");
        if response.status().is_success() {
            break;
        }
        assert!(
            began.elapsed().as_secs() < 5,
            "the running shop does not see the import: {}",
            response.status()
        );
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_page_that_was_kept_shows_what_another_process_imports() {
    let shop = TestShop::start().await;
    let mut mug = tea("mug");
    mug.title = "Old mug".to_owned();
    shop.put(mug).await;
    let before = shop.get("/products/mug").send().await.expect("an answer").text().await.expect("text");
    assert!(before.contains("Old mug"));
    let file = shop.data.path().join("small.csv");
    std::fs::write(&file, SMALL).expect("written");
    souk(shop.data.path(), &["import", "shopify", path(&file), "--no-images"]);
    let began = Instant::now();
    while shop
        .get("/products/mug")
        .send()
        .await
        .expect("an answer")
        .text()
        .await
        .expect("text")
        .contains("Old mug")
    {
        assert!(began.elapsed().as_secs() < 5, "the kept page stays");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

#[test]
fn bad_rows_are_named_and_the_rest_arrives_unless_strict() {
    let data = tempfile::tempdir().expect("a folder");
    let file = data.path().join("bad.csv");
    std::fs::write(&file, BAD).expect("written");

    let strict = souk(data.path(), &["import", "shopify", path(&file), "--strict"]);
    assert_eq!(strict.status.code(), Some(1));
    let said = text(&strict);
    assert!(said.contains("Nothing was imported"), "{said}");
    assert!(said.contains("line 3, Variant Price \"ten\""), "{said}");
    assert!(said.contains("line 4, Title"), "{said}");

    let dry = souk(data.path(), &["import", "shopify", path(&file), "--dry-run"]);
    assert!(text(&dry).contains("Would create 1 products"), "{}", text(&dry));

    let output = souk(data.path(), &["import", "shopify", path(&file)]);
    let said = text(&output);
    assert_eq!((count(&said, "created"), count(&said, "skipped")), (1, 2), "{said}");

    let missing = souk(data.path(), &["import", "shopify", "/no/such/file.csv"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(text(&missing).contains("/no/such/file.csv"), "{}", text(&missing));
}

/// One picture from a folder, one that is none, one behind an address that must not be asked.
#[test]
fn pictures_come_from_a_folder_and_broken_ones_stop_nothing() {
    let data = tempfile::tempdir().expect("a folder");
    let pictures = tempfile::tempdir().expect("a folder");
    let mut canvas = image::RgbImage::new(640, 480);
    for (x, y, pixel) in canvas.enumerate_pixels_mut() {
        *pixel = image::Rgb([(x % 256) as u8, (y % 256) as u8, 120]);
    }
    canvas.save(pictures.path().join("mug.png")).expect("a picture");
    std::fs::write(pictures.path().join("mug-2.png"), b"this is no picture").expect("written");
    let csv = format!(
        "{SMALL}jug,Jug,,,,,true,Title,Default Title,,0,,,deny,manual,5.00,,true,true,,http://127.0.0.1:9/jug.png,,,,,,\n"
    );
    let file = data.path().join("small.csv");
    std::fs::write(&file, csv).expect("written");
    let arguments = ["import", "shopify", path(&file), "--media-dir", path(pictures.path())];
    let output = souk_with(data.path(), &arguments, &[("SOUK_FETCH__PORTS", "9")]);
    let said = text(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert_eq!((count(&said, "pictures stored"), count(&said, "failed")), (1, 2), "{said}");
    assert!(said.contains("127.0.0.1 is not a public address"), "{said}");
    let stored = files(&data.path().join("media"));
    assert!(stored.iter().all(|file| file.extension().is_some_and(|kind| kind == "webp")), "{stored:?}");
    assert!(!stored.is_empty());
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_file_is_imported_and_taken_back_over_the_api() {
    let shop = TestShop::start().await;
    let ctx = shop.shop.ctx("test");
    let owner = souk_contract::CreateStaff {
        email: "owner@example.com".to_owned(),
        name: "Owner".to_owned(),
        role: souk_contract::Role::Preset(souk_contract::Preset::Owner),
    };
    let token = shop.shop.services.staffing.create_staff(&ctx, owner).await.expect("staff").token;
    let read = async |request: reqwest::RequestBuilder| {
        let answer = request.bearer_auth(&token).send().await.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.json::<serde_json::Value>().await.expect("JSON"))
    };
    let (status, refused) =
        read(shop.post("/api/admin/v1/imports?file=x.csv").body(&b"PK\x03\x04"[..])).await;
    assert_eq!((status, refused["errors"][0]["code"].as_str()), (422, Some("not_csv")), "{refused}");
    // More than what else may be sent in one piece.
    let filler = "x".repeat(3 * 1024 * 1024);
    let file = format!("{BAD}large,Large,5.00,{filler}\n");
    let (status, import) = read(shop.post("/api/admin/v1/imports?file=shop.csv").body(file)).await;
    assert_eq!((status, import["state"].as_str()), (201, Some("uploaded")), "{import}");
    let id = import["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/admin/v1/imports/{id}");
    let step = async |name: &str, version: &serde_json::Value| {
        let request = shop.post(&format!("{path}/{name}")).header("if-match", format!("\"{version}\""));
        let request = if name == "check" { request.json(&serde_json::json!({})) } else { request };
        let (status, begun) = read(request).await;
        assert_eq!(status, 200, "{begun}");
        while shop.shop.local_imports().work().await.expect("work") {}
        read(shop.get(&path)).await.1
    };
    let (status, _) = read(shop.post(&format!("{path}/start"))).await;
    assert_eq!(status, 428, "nobody starts what they have not read");
    let checked = step("check", &import["version"]).await;
    assert_eq!(
        (&checked["would"]["created"], &checked["would"]["skipped"]),
        (&1.into(), &3.into()),
        "{checked}"
    );
    let (_, issues) = read(shop.get(&format!("{path}/issues"))).await;
    assert_eq!(
        (&issues["items"][0]["line"], &issues["items"][0]["column"]),
        (&3.into(), &"Variant Price".into())
    );
    let done = step("start", &checked["version"]).await;
    assert_eq!(done["state"], "completed_with_errors", "{done}");
    let (_, products) = read(shop.get(&format!("{path}/products"))).await;
    let product = products["items"][0]["product_id"].as_str().expect("an id").to_owned();
    let (_, record) = read(shop.get(&format!("/api/admin/v1/products/{product}"))).await;
    assert_eq!(record["input"]["handle"], "good");
    let back = step("revert", &done["version"]).await;
    assert_eq!((&back["state"], &back["reverted"]["archived"]), (&"reverted".into(), &1.into()), "{back}");
    let (_, record) = read(shop.get(&format!("/api/admin/v1/products/{product}"))).await;
    assert_eq!(record["input"]["status"], "archived");
    let (_, list) = read(shop.get("/api/admin/v1/imports")).await;
    assert_eq!(list["items"][0]["id"], id.as_str());
}
