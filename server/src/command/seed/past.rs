//! Orders of the last weeks for the demo shop: the same services that shoppers and staff use, with the clock set back and
//! moved on from one thing to the next. Nothing is written behind their backs.

use std::collections::BTreeMap;

use souk_contract::{
    AddLine, CreateFulfillment, Ctx, Error, FulfillmentId, FulfillmentStep, MoveFulfillment, OrderId,
    OrderPaymentStatus, PageRequest, PlaceOrder, Result, Timestamp, UpdateCart, VariantId,
};
use souk_demo::scale::{OrderSpec, Scale};
use souk_kernel::TestClock;

use crate::{compose::Shop, progress::Progress};

/// How far back they go.
pub const DAYS: i64 = 60;
const DAY: i64 = 86_400;
/// Of so many orders one is by bank transfer, and of so many of these one is given up.
const TRANSFERS: u32 = 8;
const GIVEN_UP: u32 = 3;
const SHIPPED_AFTER: i64 = 20 * 3_600;
const DELIVERED_AFTER: i64 = 2 * DAY + 5 * 3_600;

enum Act {
    Place(u32, OrderSpec),
    Ship(OrderId),
    Deliver(OrderId, FulfillmentId),
}

/// What happens, by when; the number keeps those of one moment apart.
type Plan = BTreeMap<(i64, usize), Act>;

pub async fn orders(
    shop: &Shop,
    clock: &TestClock,
    now: Timestamp,
    count: u32,
    seed: u64,
) -> anyhow::Result<()> {
    let ctx = shop.ctx("seed");
    let products = variants(shop, &ctx).await?;
    let scale =
        Scale { seed, products: products.len() as u32, customers: (count * 3 / 5).max(1), orders: count };
    let mut plan = Plan::new();
    for (index, spec) in (0..).zip(scale.orders()) {
        let at = moment(&spec, index, count, now);
        plan.insert((at.micros(), plan.len()), Act::Place(index, spec));
    }
    let progress = Progress::new("orders", u64::from(count), false);
    let mut step = plan.len();
    while let Some(((micros, _), act)) = plan.pop_first() {
        let Some(at) = Timestamp::from_micros(micros).filter(|at| *at < now) else { continue };
        clock.set(at);
        step += 1;
        let mut then =
            |seconds: i64, act: Act| drop(plan.insert((at.plus_seconds(seconds).micros(), step), act));
        match act {
            Act::Place(index, spec) => {
                progress.add(1);
                match place(shop, &ctx, scale, &spec, index, &products).await {
                    Ok(Some(id)) => then(SHIPPED_AFTER, Act::Ship(id)),
                    Ok(None) | Err(Error::Conflict { .. } | Error::Invalid { .. }) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Act::Ship(id) => {
                let all = CreateFulfillment { ship: true, ..CreateFulfillment::default() };
                let order = shop.services.orders.fulfil(&ctx, id, all, None).await?;
                if let Some(parcel) = order.fulfillments.last() {
                    then(DELIVERED_AFTER, Act::Deliver(id, parcel.id));
                }
            }
            Act::Deliver(id, parcel) => {
                let request = MoveFulfillment { step: FulfillmentStep::Deliver, tracking: None };
                shop.services.orders.move_fulfillment(&ctx, id, parcel, request).await?;
            }
        }
        shop.carry_orders().await?;
    }
    progress.finish();
    Ok(())
}

/// More of them lately, some days better than others.
fn moment(spec: &OrderSpec, index: u32, count: u32, now: Timestamp) -> Timestamp {
    let passed = (f64::from(index) / f64::from(count.max(1))).powf(0.8);
    let back = DAYS - (DAYS as f64 * passed) as i64 - i64::from(spec.age_days % 4);
    let midnight = now.micros().div_euclid(DAY * 1_000_000) * DAY;
    let seconds = midnight - back.max(0) * DAY + i64::from(spec.second_of_day);
    Timestamp::from_micros(seconds * 1_000_000).unwrap_or(now)
}

async fn variants(shop: &Shop, ctx: &Ctx) -> Result<Vec<Vec<VariantId>>> {
    let mut page = PageRequest { after: None, limit: Some(100) };
    let mut all = Vec::new();
    loop {
        let records = shop.services.catalog.product_records(ctx, &page).await?;
        all.extend(records.items.into_iter().map(|record| record.variant_ids));
        match records.next {
            Some(next) => page.after = Some(next),
            None => return Ok(all),
        }
    }
}

/// As a shopper does. The order where its money is there.
async fn place(
    shop: &Shop,
    ctx: &Ctx,
    scale: Scale,
    spec: &OrderSpec,
    index: u32,
    products: &[Vec<VariantId>],
) -> Result<Option<OrderId>> {
    let services = &shop.services;
    let guest = Ctx { channel: "cli", ..Ctx::guest(ctx.request_id.clone()) };
    let person = scale.customer(spec.customer);
    let token = services.carts.create(&guest).await?.token;
    for line in &spec.lines {
        let Some(ids) = products.get(line.product as usize).filter(|ids| !ids.is_empty()) else { continue };
        let request =
            AddLine { variant_id: ids[line.variant % ids.len()], quantity: i64::from(line.quantity) };
        match services.carts.add_line(&guest, &token, request).await {
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
    if services.carts.update(&guest, &token, details).await?.lines.is_empty() {
        return Ok(None);
    }
    let options = services.shipping.options(&guest, &token, None).await?;
    let Some(option) = options.first() else { return Ok(None) };
    services.shipping.select(&guest, &token, option.id).await?;
    let transfer = index.is_multiple_of(TRANSFERS);
    let request = PlaceOrder {
        cart_token: token,
        payment_method: if transfer { "bank_transfer" } else { "test" }.to_owned(),
        payment_token: (!transfer).then(|| "tok_success".to_owned()),
        expected_total: None,
    };
    let order = services.orders.place(&guest, shop.kit.ids.next(), request).await?.order()?;
    if transfer && (index / TRANSFERS).is_multiple_of(GIVEN_UP) {
        services.orders.cancel(ctx, order.id, None).await?;
    }
    Ok((order.payment_status == OrderPaymentStatus::Paid).then_some(order.id))
}
