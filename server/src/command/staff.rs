//! `souk staff create` and `souk staff password`.

use std::io::{IsTerminal as _, Read as _};

use anyhow::Context as _;
use souk_contract::{CreateStaff, Role};

use crate::{cli::Outcome, compose::Shop, config::Settings};

pub async fn create(settings: &Settings, email: String, name: String, role: Role) -> anyhow::Result<Outcome> {
    let shop = Shop::open(settings).await?;
    let created = shop
        .services
        .staffing
        .create_staff(&shop.ctx("staff-create"), CreateStaff { email, name, role })
        .await?;
    shop.close().await?;
    eprintln!("{} may now act as {}. The token is shown this once:", created.id, role);
    println!("{}", created.token);
    Ok(Outcome::Done)
}

/// The password is asked for, or read from standard input: an argument would stand in the list of processes.
pub async fn password(settings: &Settings, email: String) -> anyhow::Result<Outcome> {
    let password = if std::io::stdin().is_terminal() {
        rpassword::prompt_password("New password: ").context("the password")?
    } else {
        let mut text = String::new();
        std::io::stdin().take(1_000).read_to_string(&mut text).context("the password")?;
        text.trim_end_matches(['\r', '\n']).to_owned()
    };
    let shop = Shop::open(settings).await?;
    let set =
        shop.services.staffing.reset_staff_password(&shop.ctx("staff-password"), &email, &password).await;
    shop.close().await?;
    set?;
    eprintln!("{email} signs in with it now. Sessions were ended and the second factor is off.");
    Ok(Outcome::Done)
}
