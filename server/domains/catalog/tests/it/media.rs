use std::io::Cursor;

use image::{ImageFormat, RgbImage};
use souk_contract::{
    Catalog, CollectionInput, CollectionKind, CollectionRule, Error, MediaInput, Seo, StoreMedia,
};
use souk_kernel::testing::TestKit;

use crate::shop::{Shop, picture, product};

fn jpeg(shade: u8) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    RgbImage::from_pixel(400, 300, image::Rgb([shade, 80, 80]))
        .write_to(&mut bytes, ImageFormat::Jpeg)
        .expect("a JPEG");
    bytes.into_inner()
}

souk_kernel::each_engine! {
    async fn pictures_arrive_one_by_one(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let mut input = product("shirt");
        input.media = vec![picture("a.jpg"), picture("b.jpg"), picture("c.jpg")];
        input.variants[0].media_source = Some("b.jpg".into());
        let written = shop.put(input.clone()).await;
        let pending = shop.catalog.pending_media(&shop.system, None, 10).await.expect("pending");
        assert_eq!(pending.len(), 3);
        let rest = shop.catalog.pending_media(&shop.system, Some(pending[0].id), 10).await.expect("pending");
        assert_eq!(rest, pending[1..]);
        shop.heard().await;

        let store = |id, bytes| shop.catalog.store_media(&shop.system, StoreMedia { id, bytes });
        let b = store(pending[1].id, jpeg(1)).await.expect("stored");
        assert_eq!((b.width, b.height, b.widths.as_slice()), (400, 300, [160, 320, 400].as_slice()));
        assert_eq!(shop.heard().await, ["catalog.product_changed"]);
        let shown = shop.product("shirt").await;
        assert_eq!(shown.media.first(), Some(&b));
        assert_eq!(shown.media.len(), 1);
        assert_eq!(shown.variants[0].media_id, Some(b.id));
        let file = souk_catalog::media_path(kit.folder(), b.src(320).strip_prefix("/media/").expect("a name"));
        assert!(file.is_some_and(|file| file.is_file()));

        let a = store(pending[0].id, jpeg(2)).await.expect("stored");
        let card = shop.list(Default::default()).await.cards.remove(0);
        assert_eq!((card.media, card.media_alt), (Some(a.clone()), Some(b.clone())));
        let info = shop.catalog.variants(&shop.guest, &written.variant_ids).await.expect("variants").remove(0);
        assert_eq!(info.media.map(|media| media.id), Some(b.id));

        // The same file again: one set of files, and nothing new to tell.
        shop.heard().await;
        let same = store(pending[0].id, jpeg(2)).await.expect("stored");
        assert_eq!(same, a);
        assert!(shop.heard().await.is_empty());
        let twin = store(pending[2].id, jpeg(2)).await.expect("stored");
        assert_eq!(twin.key, a.key);
        assert!(shop.catalog.pending_media(&shop.system, None, 10).await.expect("pending").is_empty());

        // Order and texts follow the merchant; a removed picture is gone, the others stay stored.
        input.media = vec![MediaInput { source: "b.jpg".into(), alt: "Back".into() }, picture("a.jpg")];
        shop.put(input).await;
        let card = shop.list(Default::default()).await.cards.remove(0);
        assert_eq!(card.media.map(|media| (media.id, media.alt)), Some((b.id, "Back".to_owned())));
        assert_eq!(card.media_alt.map(|media| media.id), Some(a.id));
        assert!(shop.catalog.pending_media(&shop.system, None, 10).await.expect("pending").is_empty());
    }

    async fn bad_pictures_fail_with_a_reason_and_may_be_tried_again(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let mut input = product("shirt");
        input.media = vec![picture("a.jpg")];
        shop.put(input.clone()).await;
        let id = shop.catalog.pending_media(&shop.system, None, 10).await.expect("pending")[0].id;
        let bytes = b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec();
        let refused = shop.catalog.store_media(&shop.system, StoreMedia { id, bytes }).await;
        assert!(matches!(refused, Err(Error::Invalid { .. })));
        shop.catalog.fail_media(&shop.system, id, "404 not found").await.expect("noted");
        assert!(shop.catalog.pending_media(&shop.system, None, 10).await.expect("pending").is_empty());
        input.title = "Changed".into();
        shop.put(input).await;
        assert_eq!(shop.catalog.pending_media(&shop.system, None, 10).await.expect("pending")[0].id, id);
        let unknown = souk_contract::MediaId::new(Default::default());
        assert!(matches!(shop.catalog.fail_media(&shop.system, unknown, "x").await, Err(Error::NotFound { .. })));
    }

    async fn a_collection_has_a_picture_too(kit: TestKit) {
        let shop = Shop::open(&kit).await;
        let mut input = CollectionInput {
            handle: "new".into(),
            title: "New".into(),
            description_html: String::new(),
            kind: CollectionKind::Category,
            rule: CollectionRule::Newest { count: 5 },
            media: Some(picture("new.jpg")),
            seo: Seo::default(),
            position: 1,
        };
        shop.catalog.put_collection(&shop.system, input.clone()).await.expect("stored");
        let id = shop.catalog.pending_media(&shop.system, None, 10).await.expect("pending")[0].id;
        let media = shop.catalog.store_media(&shop.system, StoreMedia { id, bytes: jpeg(3) }).await.expect("stored");
        let shown = shop.catalog.collection(&shop.guest, "new").await.expect("the collection");
        assert_eq!(shown.media, Some(media));
        input.media = None;
        shop.catalog.put_collection(&shop.system, input).await.expect("stored");
        assert_eq!(shop.catalog.collection(&shop.guest, "new").await.expect("the collection").media, None);
    }
}
