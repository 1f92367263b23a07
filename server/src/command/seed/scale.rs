//! A large made-up shop: products with stock and pictures, customers, and orders that went through the checkout.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use anyhow::Context as _;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use souk_contract::{
    Actor, AddLine, CollectionInput, CollectionKind, CollectionRule, Ctx, CustomerId, Error, PlaceOrder,
    Register, Result, Seo, StoreMedia, UpdateCart, VariantId,
};
use souk_demo::{
    DemoProduct, PictureSpec, Renderer,
    scale::{self, OrderSpec, Scale},
};
use tokio::sync::OnceCell;

use super::demo;
use crate::{compose::Shop, config::Settings, progress::Progress};

const BATCH: usize = 200;
/// A password costs a core for a while.
const SIGN_UPS: usize = 2;
const CHECKOUTS: usize = 16;
const PICTURES: usize = 8;
/// Pixels: they are many and alike.
const PICTURE_HEIGHT: u32 = 600;
/// Everybody's, and nobody's: the accounts are in domains that don't exist.
const PASSWORD: &str = "correct horse battery staple";

pub async fn run(shop: &Shop, settings: &Settings, products: u32, seed: u64) -> anyhow::Result<()> {
    let scale = Scale { seed, products, customers: (products / 10).max(1), orders: products / 5 };
    eprintln!(
        "Making {} products, {} customers and {} orders from seed {seed}",
        scale.products, scale.customers, scale.orders
    );
    let ctx = shop.ctx("seed");
    demo::delivery(shop, &ctx, settings.shop.currency).await?;
    let variants = write_products(shop, &ctx, settings, scale).await?;
    collections(shop, &ctx).await?;
    pictures(shop, &ctx, scale).await?;
    let customers = sign_up(shop, &ctx, scale).await?;
    let (placed, refused) = order(shop, &ctx, scale, &variants, &customers).await?;
    eprintln!("{placed} orders placed; {refused} refused, as their stock was gone");
    Ok(())
}

/// The variants of each product, by its number.
async fn write_products(
    shop: &Shop,
    ctx: &Ctx,
    settings: &Settings,
    scale: Scale,
) -> anyhow::Result<Vec<Vec<VariantId>>> {
    let progress = Progress::new("products", u64::from(scale.products), false);
    let mut variants = Vec::with_capacity(scale.products as usize);
    let mut products = scale.products();
    loop {
        let batch: Vec<DemoProduct> = products.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            break;
        }
        let count = batch.len() as u64;
        variants.extend(demo::write(shop, ctx, &batch, settings.shop.currency).await?);
        progress.add(count);
    }
    progress.finish();
    Ok(variants)
}

async fn collections(shop: &Shop, ctx: &Ctx) -> anyhow::Result<()> {
    for (position, kind) in scale::types().enumerate() {
        let collection = CollectionInput {
            handle: kind.to_lowercase().replace(|c: char| !c.is_alphanumeric(), "-"),
            title: kind.to_owned(),
            description_html: String::new(),
            kind: CollectionKind::Category,
            rule: CollectionRule::Type { equals: kind.to_owned() },
            media: None,
            seo: Seo::default(),
            position: position as i64 + 1,
        };
        shop.services.catalog.put_collection(ctx, collection).await?;
    }
    Ok(())
}

/// Products of a type share a picture: it is drawn once.
async fn pictures(shop: &Shop, ctx: &Ctx, scale: Scale) -> anyhow::Result<()> {
    let specs: HashMap<String, PictureSpec> = scale
        .products()
        .flat_map(|product| product.pictures)
        .map(|spec| (spec.file_name.clone(), spec))
        .collect();
    let drawn: HashMap<String, (PictureSpec, OnceCell<Vec<u8>>)> =
        specs.into_iter().map(|(name, spec)| (name, (spec, OnceCell::new()))).collect();
    let pending = demo::pending(shop, ctx).await?;
    let progress = Progress::new("pictures", pending.len() as u64, false);
    let renderer = Arc::new(Renderer::new(PICTURE_HEIGHT));
    stream::iter(pending)
        .map(Ok::<_, anyhow::Error>)
        .try_for_each_concurrent(PICTURES, |media| {
            let (drawn, progress, renderer) = (&drawn, &progress, &renderer);
            async move {
                if let Some((spec, bytes)) = drawn.get(&media.source) {
                    let bytes = bytes.get_or_try_init(|| demo::draw(renderer, spec.clone())).await?.clone();
                    let request = StoreMedia { id: media.id, bytes };
                    shop.services.catalog.store_media(ctx, request).await.with_context(|| media.source)?;
                }
                progress.add(1);
                Ok(())
            }
        })
        .await?;
    progress.finish();
    Ok(())
}

/// Who was there before is not signed up again, and orders as a guest.
async fn sign_up(shop: &Shop, ctx: &Ctx, scale: Scale) -> anyhow::Result<HashMap<u32, CustomerId>> {
    let progress = Progress::new("customers", u64::from(scale.customers), false);
    let known = Mutex::new(HashMap::new());
    stream::iter(0..scale.customers)
        .map(Ok::<_, anyhow::Error>)
        .try_for_each_concurrent(SIGN_UPS, |index| {
            let (known, progress) = (&known, &progress);
            async move {
                let person = scale.customer(index);
                let request =
                    Register { email: person.email, password: PASSWORD.to_owned(), name: person.name };
                let guest = Ctx { channel: "cli", ..Ctx::guest(ctx.request_id.clone()) };
                match shop.services.identity.register(&guest, request).await {
                    Ok(signed_in) => {
                        known
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .insert(index, signed_in.customer.id);
                    }
                    Err(Error::Conflict { .. }) => {}
                    Err(error) => return Err(error.into()),
                }
                progress.add(1);
                Ok(())
            }
        })
        .await?;
    progress.finish();
    Ok(known.into_inner().unwrap_or_else(PoisonError::into_inner))
}

async fn order(
    shop: &Shop,
    ctx: &Ctx,
    scale: Scale,
    variants: &[Vec<VariantId>],
    customers: &HashMap<u32, CustomerId>,
) -> anyhow::Result<(u64, u64)> {
    let progress = Progress::new("orders", u64::from(scale.orders), false);
    let (placed, refused) = (AtomicU64::new(0), AtomicU64::new(0));
    let progress = Arc::new(progress);
    stream::iter(scale.orders())
        .map(Ok::<_, anyhow::Error>)
        .try_for_each_concurrent(CHECKOUTS, |spec| {
            let (placed, refused, progress) = (&placed, &refused, Arc::clone(&progress));
            async move {
                let actor =
                    customers.get(&spec.customer).map_or(Actor::Guest, |id| Actor::Customer { id: *id });
                let ctx = Ctx { channel: "cli", actor, ..Ctx::guest(ctx.request_id.clone()) };
                match buy(shop, &ctx, scale, &spec, variants).await {
                    Ok(true) => placed.fetch_add(1, Ordering::Relaxed),
                    Ok(false) | Err(Error::Conflict { .. } | Error::Invalid { .. }) => {
                        refused.fetch_add(1, Ordering::Relaxed)
                    }
                    Err(error) => return Err(error.into()),
                };
                progress.add(1);
                Ok(())
            }
        })
        .await?;
    progress.finish();
    Ok((placed.into_inner(), refused.into_inner()))
}

/// As a shopper does. False where nothing of it can be had, or nothing is delivered there.
async fn buy(
    shop: &Shop,
    ctx: &Ctx,
    scale: Scale,
    spec: &OrderSpec,
    variants: &[Vec<VariantId>],
) -> Result<bool> {
    let services = &shop.services;
    let person = scale.customer(spec.customer);
    let token = services.carts.create(ctx).await?.token;
    for line in &spec.lines {
        let of_product = variants.get(line.product as usize).and_then(|ids| ids.get(line.variant));
        let Some(variant_id) = of_product.copied() else { continue };
        let request = AddLine { variant_id, quantity: i64::from(line.quantity) };
        match services.carts.add_line(ctx, &token, request).await {
            Ok(_) | Err(Error::Conflict { .. } | Error::Invalid { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    let details = UpdateCart {
        email: Some(person.email),
        shipping_address: Some(person.address),
        billing_same_as_shipping: true,
        ..UpdateCart::default()
    };
    let cart = services.carts.update(ctx, &token, details).await?;
    if cart.lines.is_empty() {
        return Ok(false);
    }
    let options = services.shipping.options(ctx, &token, None).await?;
    let Some(option) = options.first() else { return Ok(false) };
    services.shipping.select(ctx, &token, option.id).await?;
    let request = PlaceOrder {
        cart_token: token,
        payment_method: "test".to_owned(),
        payment_token: Some("tok_success".to_owned()),
        expected_total: None,
    };
    services.orders.place(ctx, shop.kit.ids.next(), request).await?.order()?;
    Ok(true)
}
