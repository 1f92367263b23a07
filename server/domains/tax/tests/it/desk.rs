//! What staff may write.

use souk_contract::{
    ClassRates, Ctx, Error, Id, TaxClassInput, TaxPlace, TaxRate, TaxSettingsInput, TaxZoneInput, Taxes as _,
};
use souk_kernel::{each_engine, testing::TestKit};
use uuid::Uuid;

use crate::{Office, vat, zone};

fn code<T: std::fmt::Debug>(result: souk_contract::Result<T>) -> String {
    match result {
        Err(Error::Conflict { code, .. }) => code,
        other => panic!("{other:?}"),
    }
}

fn fields<T: std::fmt::Debug>(result: souk_contract::Result<T>) -> Vec<String> {
    match result {
        Err(Error::Invalid { fields }) => fields.into_iter().map(|field| field.field).collect(),
        other => panic!("{other:?}"),
    }
}

each_engine! {
    async fn there_is_one_default_and_one_home(kit: TestKit) {
        let office = Office::new(&kit).await;
        let (taxes, ctx) = (&office.taxes, &office.ctx);
        let setup = office.setup().await;
        let (standard, home) = (&setup.classes[0], &setup.zones[0]);
        let not_default = TaxClassInput { is_default: false, ..standard.input.clone() };
        assert_eq!(code(taxes.write_class(ctx, Some(standard.id), not_default, None).await), "default_needed");
        assert_eq!(code(taxes.remove_class(ctx, standard.id, None).await), "default_needed");
        let not_home = TaxZoneInput { is_home: false, ..home.input.clone() };
        assert_eq!(code(taxes.write_zone(ctx, Some(home.id), not_home, None).await), "home_needed");
        assert_eq!(code(taxes.remove_zone(ctx, home.id, None).await), "home_needed");

        let reduced = TaxClassInput { name: "Reduced".into(), is_default: true };
        let reduced = taxes.write_class(ctx, None, reduced, None).await.expect("made");
        let austria = TaxZoneInput { is_home: true, ..zone("Austria", &["AT"], vec![vat(reduced.id, 100_000)]) };
        taxes.write_zone(ctx, None, austria, None).await.expect("made");
        let after = office.setup().await;
        let defaults: Vec<_> = after.classes.iter().map(|class| (class.input.name.as_str(), class.input.is_default, class.version)).collect();
        assert_eq!(defaults, [("Reduced", true, 1), ("Standard", false, 2)]);
        let homes: Vec<_> = after.zones.iter().map(|zone| (zone.input.name.as_str(), zone.input.is_home, zone.version)).collect();
        assert_eq!(homes, [("Austria", true, 1), ("Home", false, 2)]);
        assert_eq!(office.quote(None, &[None]).await.rule.rates[0], [TaxRate::new("VAT", 100_000)], "at once");
    }

    async fn a_class_that_goes_takes_its_rates_along(kit: TestKit) {
        let office = Office::new(&kit).await;
        let (taxes, ctx) = (&office.taxes, &office.ctx);
        let setup = office.setup().await;
        let reduced = office.class("Reduced").await;
        let rates = vec![vat(setup.classes[0].id, 200_000), vat(reduced.id, 100_000)];
        let austria = office.zone(zone("Austria", &["AT"], rates)).await;
        let of_shipping = TaxSettingsInput { shipping_class: Some(reduced.id), ..setup.settings.input };
        let settings = taxes.write_settings(ctx, of_shipping, Some(1)).await.expect("written");
        assert_eq!(code(taxes.remove_class(ctx, reduced.id, Some(1)).await), "class_of_shipping");
        taxes.write_settings(ctx, setup.settings.input, Some(settings.version)).await.expect("written");
        taxes.remove_class(ctx, reduced.id, Some(1)).await.expect("removed");
        let after = office.setup().await;
        let left = after.zones.iter().find(|zone| zone.id == austria.id).expect("still there");
        assert_eq!((left.version, left.input.rates.len()), (2, 1));
        let quote = office.quote(Some("AT"), &[Some(reduced.id)]).await;
        assert_eq!(quote.rule.rates, [vec![TaxRate::new("VAT", 200_000)]], "by the default");
    }

    async fn each_wrong_field_is_named(kit: TestKit) {
        let office = Office::new(&kit).await;
        let (taxes, ctx) = (&office.taxes, &office.ctx);
        let standard = office.setup().await.classes[0].id;
        let place = |country: &str, region: &str| TaxPlace { country: country.into(), region: region.into(), ..TaxPlace::default() };
        let compound = TaxRate { compound: true, ..TaxRate::new("", 1_000_001) };
        let wrong = TaxZoneInput {
            name: String::new(),
            is_home: false,
            places: vec![place("Germany", ""), place("*", "BY"), place("AT", ""), place("AT", ""), place("DE", "")],
            rates: vec![
                ClassRates { class_id: standard, rates: vec![compound] },
                ClassRates { class_id: standard, rates: Vec::new() },
                ClassRates { class_id: Id::new(Uuid::from_u128(9)), rates: vec![TaxRate::new("VAT", 0); 6] },
            ],
        };
        assert_eq!(fields(taxes.write_zone(ctx, None, wrong, None).await), [
            "name", "places[0].country", "places[1].region", "places[3].country", "places[4].country",
            "rates[0].rates[0].name", "rates[0].rates[0].millionths", "rates[0].rates[0].compound",
            "rates[1].class_id", "rates[2].class_id", "rates[2].rates",
        ]);
        assert_eq!(fields(taxes.write_zone(ctx, None, zone("Nowhere", &[], vec![]), None).await), ["places"]);
        assert_eq!(fields(taxes.write_zone(ctx, None, zone("All", &["*"], vec![]), None).await), ["places[0].country"]);
        assert_eq!(code(taxes.write_zone(ctx, None, zone("Home", &["FR"], vec![]), None).await), "name_taken");
        let unnamed = TaxClassInput { name: " ".into(), is_default: false };
        assert_eq!(fields(taxes.write_class(ctx, None, unnamed, None).await), ["name"]);
        let twice = TaxClassInput { name: " Standard ".into(), is_default: false };
        assert_eq!(code(taxes.write_class(ctx, None, twice, None).await), "name_taken");
        let settings = office.setup().await.settings;
        let unknown = TaxSettingsInput { shipping_class: Some(Id::new(Uuid::from_u128(9))), ..settings.input };
        assert_eq!(fields(taxes.write_settings(ctx, unknown, None).await), ["shipping_class"]);
    }

    async fn what_was_read_before_is_not_written_over(kit: TestKit) {
        let office = Office::new(&kit).await;
        let (taxes, ctx) = (&office.taxes, &office.ctx);
        let setup = office.setup().await;
        let (class, home, settings) = (&setup.classes[0], &setup.zones[0], setup.settings);
        taxes.write_class(ctx, Some(class.id), class.input.clone(), Some(1)).await.expect("written");
        taxes.write_zone(ctx, Some(home.id), home.input.clone(), Some(1)).await.expect("written");
        taxes.write_settings(ctx, settings.input, Some(1)).await.expect("written");
        let austria = office.zone(zone("Austria", &["AT"], vec![])).await;
        let reduced = office.class("Reduced").await;
        for refused in [
            taxes.write_class(ctx, Some(class.id), class.input.clone(), Some(1)).await.map(drop),
            taxes.write_zone(ctx, Some(home.id), home.input.clone(), Some(1)).await.map(drop),
            taxes.write_settings(ctx, settings.input, Some(1)).await.map(drop),
            taxes.remove_zone(ctx, austria.id, Some(7)).await,
            taxes.remove_class(ctx, reduced.id, Some(7)).await,
        ] {
            assert_eq!(code(refused), "stale_version");
        }
        taxes.remove_zone(ctx, austria.id, Some(1)).await.expect("removed");
        assert!(matches!(taxes.remove_zone(ctx, austria.id, None).await, Err(Error::NotFound { .. })));
    }

    async fn only_who_may_sees_and_writes(kit: TestKit) {
        let office = Office::new(&kit).await;
        let guest = Ctx::guest("test");
        let setup = office.setup().await;
        let (class, home) = (&setup.classes[0], &setup.zones[0]);
        assert!(office.taxes.setup(&guest).await.is_err());
        assert!(office.taxes.classes(&guest).await.is_err());
        assert!(office.taxes.write_settings(&guest, setup.settings.input, None).await.is_err());
        assert!(office.taxes.write_class(&guest, None, class.input.clone(), None).await.is_err());
        assert!(office.taxes.remove_class(&guest, class.id, None).await.is_err());
        assert!(office.taxes.write_zone(&guest, Some(home.id), home.input.clone(), None).await.is_err());
        assert!(office.taxes.remove_zone(&guest, home.id, None).await.is_err());
        assert_eq!(office.setup().await, setup);
    }
}
