//! What is taken of a cart goes by where it goes and by what is in it.

use std::sync::Mutex;

use async_trait::async_trait;
use souk_contract::{
    Carts as _, ContainedTax, Ctx, Delivery, Id, Result, TaxClass, TaxClassId, TaxClassInput, TaxExemption,
    TaxQuestion, TaxQuote, TaxRate, TaxRule, TaxSettings, TaxSettingsInput, TaxSetup, TaxTrial, TaxTried,
    TaxZone, TaxZoneId, TaxZoneInput, Taxes, UpdateCart,
};
use souk_kernel::{each_engine, testing::TestKit};
use uuid::Uuid;

use crate::{Shop, address, eur, shelf::not_carts, variant};

fn vat(millionths: u32) -> Vec<TaxRate> {
    vec![TaxRate::new("VAT", millionths)]
}

fn reduced() -> TaxClassId {
    Id::new(Uuid::from_u128(7))
}

/// 19 % and 7 % in the price, at home and in Austria 20 % and 10 %; to Japan nothing.
#[derive(Default)]
pub struct Office {
    /// Delivery is taxed as the goods.
    pub as_goods: Mutex<bool>,
    pub asked: Mutex<Vec<TaxQuestion>>,
}

#[async_trait]
impl Taxes for Office {
    async fn quote(&self, _: &Ctx, question: TaxQuestion) -> Result<TaxQuote> {
        self.asked.lock().expect("asked").push(question.clone());
        let as_goods = *self.as_goods.lock().expect("a choice");
        let kind = |class: &Option<TaxClassId>| u32::from(*class == Some(reduced()));
        let of_classes = question.classes.iter().map(kind).collect();
        let country = question.to.map_or_else(|| "DE".to_owned(), |to| to.country);
        let home = [vat(190_000), vat(70_000)];
        let rates = match country.as_str() {
            "AT" => vec![vat(200_000), vat(100_000)],
            "JP" => Vec::new(),
            _ => home.to_vec(),
        };
        let contained = rates.is_empty().then(|| ContainedTax {
            classes: question.classes.iter().map(|class| home[kind(class) as usize].clone()).collect(),
            shipping: (!as_goods).then(|| home[0].clone()),
        });
        let exempt = rates.is_empty().then_some(TaxExemption::Export);
        let shipping = (!as_goods).then_some(0);
        Ok(TaxQuote {
            rule: TaxRule { inclusive: true, rates, shipping, exempt, ..TaxRule::default() },
            of_classes,
            contained,
        })
    }
    async fn classes(&self, _: &Ctx) -> Result<Vec<TaxClass>> {
        not_carts()
    }
    async fn setup(&self, _: &Ctx) -> Result<TaxSetup> {
        not_carts()
    }
    async fn write_settings(&self, _: &Ctx, _: TaxSettingsInput, _: Option<i64>) -> Result<TaxSettings> {
        not_carts()
    }
    async fn write_class(
        &self,
        _: &Ctx,
        _: Option<TaxClassId>,
        _: TaxClassInput,
        _: Option<i64>,
    ) -> Result<TaxClass> {
        not_carts()
    }
    async fn remove_class(&self, _: &Ctx, _: TaxClassId, _: Option<i64>) -> Result<()> {
        not_carts()
    }
    async fn write_zone(
        &self,
        _: &Ctx,
        _: Option<TaxZoneId>,
        _: TaxZoneInput,
        _: Option<i64>,
    ) -> Result<TaxZone> {
        not_carts()
    }
    async fn remove_zone(&self, _: &Ctx, _: TaxZoneId, _: Option<i64>) -> Result<()> {
        not_carts()
    }
    async fn try_out(&self, _: &Ctx, _: TaxTrial) -> Result<TaxTried> {
        not_carts()
    }
}

fn by_van(minor: i64) -> Delivery {
    Delivery {
        method_id: Id::new(Uuid::from_u128(1)),
        name: "Van".into(),
        price: eur(minor),
        days_min: 1,
        days_max: 2,
    }
}

fn to(country: &str) -> UpdateCart {
    UpdateCart { shipping_address: Some(address(country)), ..UpdateCart::default() }
}

each_engine! {
    async fn each_line_has_its_class_s_rate_where_it_goes(kit: TestKit) {
        let shop = Shop::new(&kit).await.with(1, 11_900).with(2, 1_070);
        shop.products.change(variant(2), |info| info.tax_class_id = Some(reduced()));
        let cart = shop.cart().await;
        shop.add(&cart, 1, 1).await;
        let cart = shop.add(&cart, 2, 2).await;
        let taxes = |cart: &souk_contract::Cart| cart.totals.lines.iter().map(|line| line.tax.minor).collect::<Vec<_>>();
        assert_eq!((taxes(&cart), cart.totals.total), (vec![1900, 140], eur(14_040)));
        let austria = shop.carts.update(&shop.ctx, &cart.token, to("AT")).await.expect("updated");
        assert_eq!((taxes(&austria), austria.totals.total), (vec![1983, 195], eur(14_040)), "the price stays");
        assert_eq!(austria, shop.get(&cart).await);
        let asked = shop.office.asked.lock().expect("asked").pop().expect("a question");
        assert_eq!(asked.to.map(|to| to.country), Some("AT".to_owned()));
        assert_eq!(asked.classes, [None, Some(reduced())]);
        shop.products.change(variant(1), |info| info.variant.taxable = false);
        assert_eq!(taxes(&shop.get(&cart).await), [0, 195]);
    }

    async fn an_export_is_sold_without_the_tax_at_home(kit: TestKit) {
        let shop = Shop::new(&kit).await.with(1, 11_900).with(2, 1_070).with(3, 500);
        shop.products.change(variant(2), |info| info.tax_class_id = Some(reduced()));
        shop.products.change(variant(3), |info| info.variant.taxable = false);
        let cart = shop.cart().await;
        shop.add(&cart, 1, 1).await;
        shop.add(&cart, 2, 2).await;
        shop.add(&cart, 3, 1).await;
        shop.carts.update(&shop.ctx, &cart.token, to("JP")).await.expect("updated");
        let japan = shop.carts.set_delivery(&shop.ctx, &cart.token, Some(by_van(595))).await.expect("chosen");
        let prices: Vec<_> = japan.lines.iter().map(|line| line.unit_price).collect();
        assert_eq!(prices, [eur(10_000), eur(1_000), eur(500)]);
        // 5.95 without 19 %
        assert_eq!((japan.totals.shipping, japan.totals.tax, japan.totals.total), (eur(500), eur(0), eur(13_000)));
        assert_eq!(japan.delivery.as_ref().map(|delivery| delivery.price), Some(eur(595)), "as the table has it");
        assert_eq!(japan.rules.tax.exempt, Some(TaxExemption::Export));
        assert!(japan.warnings.is_empty(), "it is no other price: {:?}", japan.warnings);
        assert!(japan.rules.complete);
        let back = shop.carts.update(&shop.ctx, &cart.token, to("DE")).await.expect("updated");
        assert_eq!((back.lines[0].unit_price, back.totals.tax), (eur(11_900), eur(1900 + 140)));
    }

    async fn delivery_goes_with_the_goods_where_the_shop_says_so(kit: TestKit) {
        let shop = Shop::new(&kit).await.with(1, 3_000).with(2, 1_000);
        shop.products.change(variant(2), |info| info.tax_class_id = Some(reduced()));
        *shop.office.as_goods.lock().expect("a choice") = true;
        let cart = shop.cart().await;
        shop.add(&cart, 1, 1).await;
        shop.add(&cart, 2, 1).await;
        shop.carts.update(&shop.ctx, &cart.token, to("JP")).await.expect("updated");
        let japan = shop.carts.set_delivery(&shop.ctx, &cart.token, Some(by_van(400))).await.expect("chosen");
        // 3.00 without 19 % is 2.52, 1.00 without 7 % is 0.93
        assert_eq!(japan.totals.shipping, eur(252 + 93));
        assert!(!japan.rules.complete, "another quantity, another share: the server says");
        let home = shop.carts.update(&shop.ctx, &cart.token, to("DE")).await.expect("updated");
        let home = shop.carts.set_delivery(&shop.ctx, &home.token, Some(by_van(400))).await.expect("chosen");
        let goods: i64 = home.totals.lines.iter().map(|line| line.tax.minor).sum();
        // 3.00 × 19 / 119 = 0.479, 1.00 × 7 / 107 = 0.065
        assert_eq!(home.totals.tax.minor - goods, 48 + 7);
    }
}
