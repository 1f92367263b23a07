//! `souk staff create`.

use souk_contract::{CreateStaff, Role};

use crate::{cli::Outcome, compose::Shop, config::Settings};

pub async fn create(settings: &Settings, email: String, name: String, role: Role) -> anyhow::Result<Outcome> {
    let shop = Shop::open(settings).await?;
    let created = shop
        .services
        .identity
        .create_staff(&shop.ctx("staff-create"), CreateStaff { email, name, role })
        .await?;
    shop.close().await?;
    eprintln!("{} may now act as {}. The token is shown this once:", created.id, role.as_str());
    println!("{}", created.token);
    Ok(Outcome::Done)
}
