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

    async fn staff_change_a_method_as_they_last_saw_it(kit: TestKit) {
        let depot = Depot::new(&kit).await;
        let (shipping, ctx) = (&depot.shipping, &depot.ctx);
        let van = shipping.write_method(ctx, None, method("Van", 490), None).await.expect("written");
        let ship = shipping.write_method(ctx, None, method("Ship", 990), None).await.expect("written");
        let taken = shipping.write_method(ctx, Some(ship.id), method("Van", 990), Some(ship.version)).await;
        assert!(matches!(&taken, Err(Error::Conflict { code, .. }) if code == "name_taken"), "{taken:?}");
        let renamed = shipping.write_method(ctx, Some(van.id), method("Lorry", 590), Some(van.version)).await.expect("renamed");
        assert_eq!((renamed.id, renamed.version), (van.id, van.version + 1));
        assert_eq!(depot.offers(None).await, [("Lorry".to_owned(), 590), ("Ship".to_owned(), 990)]);
        for stale in [
            shipping.write_method(ctx, Some(van.id), method("Van", 1), Some(van.version)).await.map(drop),
            shipping.remove_method(ctx, van.id, Some(van.version)).await,
        ] {
            assert!(matches!(&stale, Err(Error::Conflict { code, .. }) if code == "stale_version"), "{stale:?}");
        }
        shipping.remove_method(ctx, van.id, Some(renamed.version)).await.expect("removed");
        assert_eq!(depot.offers(None).await, [("Ship".to_owned(), 990)], "at once, also where it was remembered");
        let gone = shipping.write_method(ctx, Some(van.id), method("Van", 1), None).await;
        assert!(matches!(gone, Err(Error::NotFound { .. })), "{gone:?}");
        let guest = Ctx::guest("test");
        assert!(shipping.methods(&guest).await.is_err());
        assert!(shipping.remove_method(&guest, ship.id, None).await.is_err());
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
