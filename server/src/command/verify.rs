//! `souk verify`: the books recomputed from their ledgers.

use souk_contract::Difference;

use crate::{cli::Outcome, compose::Shop, config::Settings};

pub async fn run(settings: &Settings) -> anyhow::Result<Outcome> {
    let shop = Shop::open(settings).await?;
    let outcome = books(&shop).await;
    shop.close().await?;
    outcome
}

/// Says what each domain found.
pub async fn books(shop: &Shop) -> anyhow::Result<Outcome> {
    let ctx = shop.ctx("verify");
    let services = &shop.services;
    let stock = services.inventory.verify(&ctx).await?;
    let money = services.payments.verify(&ctx).await?;
    let orders = services.orders.verify(&ctx).await?;
    let counted = services.analytics.verify(&ctx).await?;
    let customers = services.crm.verify(&ctx).await?;
    let found = stock.len() + money.len() + orders.len() + counted.len() + customers.len();
    say("Stock is the fold of its ledger", &stock);
    say("Debits equal credits", &money);
    say("Orders match their lines, payments and reservations", &orders);
    say("Reports count what was ordered", &counted);
    say("Customers have the orders that they placed", &customers);
    if found == 0 {
        return Ok(Outcome::Done);
    }
    println!("{found} difference{} found.", if found == 1 { "" } else { "s" });
    Ok(Outcome::Unfinished)
}

fn say(claim: &str, differences: &[Difference]) {
    println!("{} {claim}", if differences.is_empty() { "ok     " } else { "DIFFERS" });
    for Difference { what, expected, found, explanation } in differences {
        println!("        {what}: expected {expected}, found {found}\n          {explanation}");
    }
}
