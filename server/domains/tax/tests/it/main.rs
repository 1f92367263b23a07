//! Taxes on both engines.

mod desk;
mod quotes;

use std::sync::Arc;

use souk_contract::{
    ClassRates, Ctx, TaxAddress, TaxClass, TaxClassId, TaxClassInput, TaxPlace, TaxQuestion, TaxQuote,
    TaxRate, TaxSetup, TaxZone, TaxZoneInput, Taxes as _,
};
use souk_kernel::testing::TestKit;
use souk_tax::{LocalTaxes, MIGRATIONS, Start};

/// A shop in Germany, as its configuration says.
pub struct Office {
    pub taxes: Arc<LocalTaxes>,
    pub ctx: Ctx,
}

impl Office {
    pub async fn new(kit: &TestKit) -> Self {
        Self::with(kit, true).await
    }

    pub async fn with(kit: &TestKit, inclusive: bool) -> Self {
        let db = kit.db("tax", MIGRATIONS).await;
        let start = Start { country: "DE".into(), millionths: 190_000, inclusive };
        let taxes = LocalTaxes::open(kit.kit(), db, &start).await.expect("filled");
        Self { taxes: taxes.into(), ctx: Ctx::system("test") }
    }

    pub async fn setup(&self) -> TaxSetup {
        self.taxes.setup(&self.ctx).await.expect("a setup")
    }

    pub async fn class(&self, name: &str) -> TaxClass {
        let input = TaxClassInput { name: name.into(), is_default: false };
        self.taxes.write_class(&self.ctx, None, input, None).await.expect("a class")
    }

    pub async fn zone(&self, input: TaxZoneInput) -> TaxZone {
        self.taxes.write_zone(&self.ctx, None, input, None).await.expect("a zone")
    }

    /// Writes the zone again as it is with other places and rates.
    pub async fn change(&self, zone: &TaxZone, input: TaxZoneInput) -> TaxZone {
        self.taxes.write_zone(&self.ctx, Some(zone.id), input, Some(zone.version)).await.expect("changed")
    }

    pub async fn quote(&self, to: Option<&str>, classes: &[Option<TaxClassId>]) -> TaxQuote {
        let to = to.map(|country| TaxAddress { country: country.into(), ..TaxAddress::default() });
        let question = TaxQuestion { to, classes: classes.to_vec() };
        self.taxes.quote(&Ctx::guest("test"), question).await.expect("a quote")
    }
}

pub fn zone(name: &str, countries: &[&str], rates: Vec<ClassRates>) -> TaxZoneInput {
    let place = |country: &&str| TaxPlace { country: (*country).to_owned(), ..TaxPlace::default() };
    TaxZoneInput { name: name.into(), is_home: false, places: countries.iter().map(place).collect(), rates }
}

pub fn vat(class_id: TaxClassId, millionths: u32) -> ClassRates {
    ClassRates { class_id, rates: vec![TaxRate::new("VAT", millionths)] }
}

#[tokio::test]
async fn both_engines_have_the_same_tables_and_columns() {
    souk_kernel::testing::assert_same_schema("tax", MIGRATIONS, &[]).await;
}
