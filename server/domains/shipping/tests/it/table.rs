//! What the merchant may write into the rate table.

use souk_contract::{Change, Ctx, Currency, Error, Money, Shipping as _, ShippingMethodInput, ShippingRate};
use souk_kernel::{each_engine, testing::TestKit};

use crate::{Depot, method, rate};

each_engine! {
    async fn a_method_is_named_by_its_name_and_written_once(kit: TestKit) {
        let depot = Depot::new(&kit).await;
        let put = async |method: &ShippingMethodInput| {
            depot.shipping.put_method(&depot.ctx, method.clone()).await.expect("written")
        };
        let van = method("Van", 490);
        assert_eq!(put(&van).await, Change::Created);
        assert_eq!(depot.offers(None).await, [("Van".to_owned(), 490)]);
        assert_eq!(put(&van).await, Change::Unchanged);
        assert_eq!(put(&method("Van", 590)).await, Change::Updated);
        assert_eq!(depot.offers(None).await, [("Van".to_owned(), 590)], "at once, also where it was remembered");
    }

    async fn each_wrong_field_is_named(kit: TestKit) {
        let depot = Depot::new(&kit).await;
        let dollars = ShippingRate { price: Money::new(1, Currency::USD), ..rate(Some(-1), Some(0), 0) };
        let wrong = ShippingMethodInput {
            countries: vec!["DE".into(), "Germany".into(), "de".into()],
            rates: vec![rate(None, None, 1), dollars],
            days_min: 4,
            ..method("", 0)
        };
        let refused = depot.shipping.put_method(&depot.ctx, wrong).await;
        let Err(Error::Invalid { fields }) = refused else { panic!("{refused:?}") };
        let named: Vec<&str> = fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(named, [
            "name", "days_max", "rates[1].price", "rates[1].subtotal_from", "rates[1].weight_to_grams", "countries[1]",
            "countries[2]",
        ]);
        let empty = ShippingMethodInput { rates: Vec::new(), ..method("Nothing", 0) };
        assert!(matches!(depot.shipping.put_method(&depot.ctx, empty).await, Err(Error::Invalid { .. })));
        assert_eq!(depot.offers(None).await, []);
    }

    async fn shoppers_write_no_methods(kit: TestKit) {
        let depot = Depot::new(&kit).await;
        let refused = depot.shipping.put_method(&Ctx::guest("test"), method("Free", 0)).await;
        assert!(matches!(refused, Err(Error::Unauthenticated { .. })), "{refused:?}");
    }

    async fn countries_are_those_that_some_method_serves(kit: TestKit) {
        let to = |name: &str, countries: &[&str]| ShippingMethodInput {
            countries: countries.iter().map(|code| (*code).to_owned()).collect(), ..method(name, 100)
        };
        let depot = Depot::new(&kit).await.with(to("Near", &["DE", "AT"])).await.with(to("Far", &["JP", "DE"])).await;
        let countries = depot.shipping.countries(&Ctx::guest("test")).await.expect("countries");
        let codes: Vec<&str> = countries.iter().map(|country| country.code.as_str()).collect();
        assert_eq!(codes, ["AT", "DE", "JP"], "by name: Austria, Germany, Japan");
        let depot = depot.with(method("Everywhere", 9900)).await;
        assert!(depot.shipping.countries(&depot.ctx).await.expect("countries").len() > 200);
    }
}
