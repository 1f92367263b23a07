//! Which ways to pay are offered. The configuration says the first values; from then on it is this table.

use serde::Serialize;
use souk_contract::{
    BankAccount, Ctx, Currency, Error, Money, PaymentGateway, PaymentMethod, PaymentMethodInput,
    PaymentSettings, PaymentSettingsInput, Resource, Result,
};
use souk_kernel::audit::{Audited, change, changes};
use uuid::Uuid;

use crate::{gateway::Gateway, service::LocalPayments, store_settings};

/// What the program was started with.
#[derive(Debug, Clone)]
pub struct FirstSettings {
    /// Codes, in the order in which they are offered.
    pub offered: Vec<String>,
    pub bank: BankAccount,
    /// The shop's.
    pub currency: Currency,
}

impl FirstSettings {
    pub(crate) fn input(&self) -> PaymentSettingsInput {
        let methods = self.offered.iter().map(|code| PaymentMethodInput {
            code: code.clone(),
            offered: true,
            // Filled in from the gateway.
            name: String::new(),
            description: String::new(),
            countries: Vec::new(),
            amount_from: None,
            amount_to: None,
            capture: souk_contract::CaptureMode::AtOnce,
        });
        PaymentSettingsInput { methods: methods.collect(), bank: self.bank.clone() }
    }
}

fn untold(gateway: &dyn Gateway) -> PaymentMethodInput {
    let about = gateway.about();
    PaymentMethodInput {
        code: gateway.code().to_owned(),
        offered: false,
        name: about.name.to_owned(),
        description: about.description.to_owned(),
        countries: Vec::new(),
        amount_from: None,
        amount_to: None,
        capture: souk_contract::CaptureMode::AtOnce,
    }
}

/// What the audit log says of one method.
#[derive(Serialize)]
struct Logged<'a> {
    offered: bool,
    position: usize,
    name: &'a str,
    description: &'a str,
    countries: String,
    amount_from: Option<String>,
    amount_to: Option<String>,
    capture: &'static str,
}

fn logged(input: &PaymentSettingsInput, code: &str) -> Option<impl Serialize> {
    let position = input.methods.iter().position(|method| method.code == code)?;
    let method = input.methods.get(position)?;
    let text = |amount: Option<Money>| amount.map(|amount| amount.to_string());
    Some(Logged {
        offered: method.offered,
        position: position + 1,
        name: &method.name,
        description: &method.description,
        countries: method.countries.join(", "),
        amount_from: text(method.amount_from),
        amount_to: text(method.amount_to),
        capture: method.capture.as_str(),
    })
}

fn differences(old: &PaymentSettingsInput, new: &PaymentSettingsInput) -> Vec<souk_contract::AuditChange> {
    let mut all = Vec::new();
    for method in &new.methods {
        let changed = changes(logged(old, &method.code).as_ref(), logged(new, &method.code).as_ref());
        all.extend(changed.into_iter().map(|mut one| {
            one.field = format!("{}.{}", method.code, one.field);
            one
        }));
    }
    let (from, to) = (&old.bank, &new.bank);
    let bank = [
        ("bank.holder", &from.holder, &to.holder),
        ("bank.iban", &from.iban, &to.iban),
        ("bank.bic", &from.bic, &to.bic),
    ];
    all.extend(
        bank.into_iter().filter(|(_, from, to)| from != to).map(|(field, from, to)| change(field, from, to)),
    );
    all
}

impl LocalPayments {
    /// What stands in the table, and every method that it does not name, which is then not offered.
    pub(crate) async fn settings_here(&self) -> Result<PaymentSettings> {
        let row = store_settings::settings(&mut *self.db.read().await?).await?;
        let (mut input, version) = match row {
            Some(row) => (row.content.0, row.version),
            None => (self.first.input(), 1),
        };
        let for_shoppers = || self.gateways.iter().filter(|gateway| !gateway.is_for_staff());
        // A gateway that this program does not have can't be offered.
        input.methods.retain(|method| for_shoppers().any(|gateway| gateway.code() == method.code));
        for gateway in for_shoppers() {
            let untold = untold(gateway.as_ref());
            match input.methods.iter_mut().find(|method| method.code == untold.code) {
                Some(known) if known.name.is_empty() => {
                    (known.name, known.description) = (untold.name, untold.description);
                }
                Some(_) => {}
                None => input.methods.push(untold),
            }
        }
        let gateways = for_shoppers().map(|gateway| PaymentGateway {
            code: gateway.code().to_owned(),
            holds: gateway.holds(),
            is_test: !gateway.test_tokens().is_empty(),
        });
        Ok(PaymentSettings { gateways: gateways.collect(), input, version })
    }

    pub(crate) async fn offers(
        &self,
        ctx: &Ctx,
        amount: Money,
        country: Option<&str>,
    ) -> Result<Vec<PaymentMethod>> {
        let settings = self.settings_here().await?;
        let fitting = settings.input.methods.into_iter().filter(|method| method.fits(amount, country));
        let shown = |code: String, name: String, description: String| {
            let gateway = self.gateway(&code)?;
            let test_tokens = gateway.test_tokens();
            // For nothing nobody enters a card.
            let fields = gateway.fields().filter(|_| !amount.is_zero());
            Ok(PaymentMethod { code, name, description, test_tokens, fields })
        };
        let mut offers = fitting
            .map(|method| shown(method.code, method.name, method.description))
            .collect::<Result<Vec<_>>>()?;
        if ctx.is_staff_or_system() {
            for gateway in self.gateways.iter().filter(|gateway| gateway.is_for_staff()) {
                let about = gateway.about();
                offers.push(shown(gateway.code().into(), about.name.into(), about.description.into())?);
            }
        }
        Ok(offers)
    }

    pub(crate) async fn set_settings_here(
        &self,
        ctx: &Ctx,
        settings: PaymentSettingsInput,
        if_version: Option<i64>,
    ) -> Result<PaymentSettings> {
        ctx.require(Resource::Payments.write())?;
        let known = self.settings_here().await?;
        settings.check(&known.gateways, self.first.currency)?;
        if if_version.is_some_and(|version| version != known.version) {
            return Err(stale());
        }
        let mut wanted = settings;
        wanted.bank.iban = wanted.bank.iban_in_groups();
        wanted.bank.bic = wanted.bank.bic.trim().to_uppercase();
        let what = differences(&known.input, &wanted);
        if what.is_empty() {
            return Ok(known);
        }
        let mut tx = self.db.begin().await?;
        if !store_settings::set(&mut tx, &wanted, known.version, self.kit.now()).await? {
            return Err(stale());
        }
        let done = Audited::new("payment_settings.updated", Uuid::nil(), "Payments");
        tx.audit(ctx, done, what).await?;
        tx.commit().await?;
        self.settings_here().await
    }
}

fn stale() -> Error {
    Error::conflict("stale_version", "Somebody else changed the payment settings meanwhile.")
}
