use std::collections::{BTreeSet, HashSet};

use souk_demo::{HEIGHT, Picture, PictureSpec, Renderer, Scene, Shop, render, shop};

fn all(shop: &Shop) -> Vec<&PictureSpec> {
    let collections = shop.collections.iter().map(|collection| &collection.picture);
    let products = shop.products.iter().flat_map(|product| &product.pictures);
    std::iter::once(&shop.hero.picture).chain(collections).chain(products).collect()
}

/// How many different colours there are, in steps of 16 a channel.
fn variety(picture: &Picture) -> usize {
    picture
        .rgba
        .chunks_exact(4)
        .map(|pixel| [pixel[0] / 16, pixel[1] / 16, pixel[2] / 16])
        .collect::<HashSet<_>>()
        .len()
}

#[test]
fn every_picture_is_described() {
    let shop = shop().unwrap();
    let mut names = HashSet::new();
    for spec in all(&shop) {
        assert!(names.insert(&spec.file_name), "{} twice", spec.file_name);
        assert!((10..=160).contains(&spec.alt.chars().count()), "{}: {}", spec.file_name, spec.alt);
        assert!(!spec.scene.things.is_empty(), "{}", spec.file_name);
    }
    for product in &shop.products {
        assert!(product.pictures.len() >= 2, "{}", product.handle);
    }
}

#[test]
fn every_icon_has_a_file_and_none_is_left_over() {
    let shop = shop().unwrap();
    let mut used: BTreeSet<&str> = shop.promises.iter().map(|promise| promise.icon.as_str()).collect();
    used.extend(shop.collections.iter().map(|collection| collection.icon.as_str()));
    let things = all(&shop).into_iter().flat_map(|spec| &spec.scene.things);
    used.extend(things.map(|thing| thing.icon.name.as_str()));
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/icons");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "svg") {
            let name = path.file_stem().unwrap().to_string_lossy();
            assert!(used.remove(name.as_ref()), "{name} is used by nothing");
        }
    }
    assert!(used.is_empty(), "no files for {used:?}");
}

/// At the size that the seed draws: resvg's filters panic at some sizes, so small ones prove nothing.
#[test]
fn every_icon_can_be_drawn() {
    let shop = shop().unwrap();
    let mut known = HashSet::new();
    let mut specs = Vec::new();
    for spec in all(&shop) {
        for thing in &spec.scene.things {
            if known.insert((&thing.icon.name, thing.size <= 300.0)) {
                let scene = Scene { things: vec![thing.clone()], ..spec.scene.clone() };
                specs.push(PictureSpec { scene, ..spec.clone() });
            }
        }
    }
    assert!(specs.len() > 100);
    let renderer = Renderer::new(HEIGHT);
    let empty = |spec: &PictureSpec| PictureSpec {
        scene: Scene { things: vec![], ..spec.scene.clone() },
        ..spec.clone()
    };
    std::thread::scope(|scope| {
        for half in specs.chunks(specs.len().div_ceil(2)) {
            let renderer = &renderer;
            scope.spawn(move || {
                for spec in half {
                    let (bare, full) =
                        (renderer.render(&empty(spec)).unwrap(), renderer.render(spec).unwrap());
                    // One pixel in 97 is enough to see whether the icon is there.
                    let differs = |at: &usize| bare.rgba[at * 4..at * 4 + 4] != full.rgba[at * 4..at * 4 + 4];
                    let changed = (0..full.rgba.len() / 4).step_by(97).filter(differs).count();
                    assert!(changed > 100, "{}: the icon changes {changed} pixels", spec.file_name);
                }
            });
        }
    });
}

#[test]
fn a_picture_has_the_size_asked_for_and_shows_something() {
    let shop = shop().unwrap();
    let front = &shop.products[0].pictures[0];
    let picture = render(front, 400).unwrap();
    assert_eq!((picture.width, picture.height, picture.rgba.len()), (400, 400, 400 * 400 * 4));
    assert!(picture.rgba.chunks_exact(4).all(|pixel| pixel[3] == 255), "opaque");
    assert!(variety(&picture) > 40);
    let png = image::load_from_memory(&picture.png().unwrap()).unwrap().to_rgba8();
    assert_eq!(png.dimensions(), (400, 400));
    assert_eq!(png.into_raw(), picture.rgba);

    let hero = render(&shop.hero.picture, 300).unwrap();
    assert_eq!((hero.width, hero.height), (500, 300));
}

#[test]
fn a_colour_variant_looks_like_its_colour() {
    let shop = shop().unwrap();
    let teapot = shop.products.iter().find(|product| product.handle == "enamel-teapot").unwrap();
    let middle = |colour: &str| {
        let variant = teapot.variants.iter().find(|variant| variant.values[0] == colour).unwrap();
        let picture = render(&teapot.pictures[variant.picture], 200).unwrap();
        let at = (120 * 200 + 100) * 4;
        [picture.rgba[at], picture.rgba[at + 1], picture.rgba[at + 2]]
    };
    let [red, green, blue] = [middle("Tomato"), middle("Fern"), middle("Sea")];
    assert!(red[0] > red[1] + 40 && red[0] > red[2] + 40, "{red:?}");
    assert!(green[1] > green[0] + 30 && green[1] > green[2] + 30, "{green:?}");
    assert!(blue[2] > blue[0] + 60, "{blue:?}");
}

#[test]
fn a_shared_renderer_draws_the_same_as_a_fresh_one() {
    let shop = shop().unwrap();
    let renderer = Renderer::new(120);
    let specs = &shop.products[1].pictures;
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for spec in specs {
                    assert_eq!(renderer.render(spec).unwrap().rgba, render(spec, 120).unwrap().rgba);
                }
            });
        }
    });
}
