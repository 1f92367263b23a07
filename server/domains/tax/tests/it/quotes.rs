//! What carts are told.

use souk_contract::{
    Currency, Money, TaxAddress, TaxExemption, TaxLevel, TaxRate, TaxRounding, TaxRule, TaxSettingsInput,
    TaxTrial, Taxes as _,
};
use souk_kernel::{each_engine, testing::TestKit};

use crate::{Office, vat, zone};

each_engine! {
    async fn the_first_start_charges_what_the_configuration_says_everywhere(kit: TestKit) {
        let office = Office::new(&kit).await;
        for to in [None, Some("DE"), Some("JP")] {
            let quote = office.quote(to, &[None, None]).await;
            assert_eq!((quote.rule, quote.of_classes), (TaxRule::flat(190_000, true), vec![0, 0]), "{to:?}");
            assert_eq!(quote.contained, None);
        }
        let setup = office.setup().await;
        assert_eq!((setup.classes.len(), setup.zones.len(), setup.settings.version), (1, 1, 1));
        // What staff changed stays, whatever the configuration says on the next start.
        let zone_input = souk_contract::TaxZoneInput { name: "Germany".into(), ..setup.zones[0].input.clone() };
        office.change(&setup.zones[0], zone_input).await;
        let again = Office::with(&kit, false).await;
        let after = again.setup().await;
        assert_eq!((after.zones[0].input.name.as_str(), after.settings), ("Germany", setup.settings));
        assert_eq!(after.zones.len(), 1);
    }

    async fn each_class_has_the_rates_of_the_zone(kit: TestKit) {
        let office = Office::new(&kit).await;
        let setup = office.setup().await;
        let (standard, home) = (setup.classes[0].id, &setup.zones[0]);
        let (reduced, books) = (office.class("Reduced").await.id, office.class("Books").await.id);
        let rates = vec![vat(standard, 190_000), vat(reduced, 70_000), vat(books, 70_000)];
        office.change(home, souk_contract::TaxZoneInput { is_home: true, ..zone("Home", &["DE"], rates) }).await;
        office.zone(zone("Austria", &["AT"], vec![vat(standard, 200_000), vat(reduced, 100_000)])).await;

        let gone = souk_contract::Id::new(uuid::Uuid::from_u128(1));
        let quote = office.quote(Some("DE"), &[Some(reduced), None, Some(books), Some(gone)]).await;
        assert_eq!(quote.of_classes, [0, 1, 0, 1], "books are rounded with what is taxed alike");
        assert_eq!(quote.rule.rates, [vec![TaxRate::new("VAT", 70_000)], vec![TaxRate::new("VAT", 190_000)]]);
        assert_eq!(quote.rule.shipping, Some(1));
        let austria = office.quote(Some("AT"), &[Some(books), Some(reduced)]).await;
        assert_eq!(austria.rule.rates[0], [], "no rate, no tax");
        assert_eq!(austria.rule.rates[1], [TaxRate::new("VAT", 100_000)]);
        assert_eq!(austria.contained, None, "and the price stays");

        let japan = office.quote(Some("JP"), &[Some(reduced), None]).await;
        assert_eq!((japan.rule.rates.len(), japan.rule.exempt), (0, Some(TaxExemption::Export)));
        let contained = japan.contained.expect("prices contain the tax at home");
        assert_eq!(contained.classes, [vec![TaxRate::new("VAT", 70_000)], vec![TaxRate::new("VAT", 190_000)]]);
        assert_eq!(contained.shipping, Some(vec![TaxRate::new("VAT", 190_000)]));
    }

    async fn settings_say_what_is_rounded_and_how_delivery_is_taxed(kit: TestKit) {
        let office = Office::new(&kit).await;
        let setup = office.setup().await;
        let input = TaxSettingsInput {
            inclusive: false, level: TaxLevel::Total, rounding: TaxRounding::HalfEven, shipping_class: None,
        };
        let written = office.taxes.write_settings(&office.ctx, input, Some(setup.settings.version)).await.expect("written");
        assert_eq!((written.version, written.input), (2, input));
        let rule = office.quote(None, &[None]).await.rule;
        assert_eq!((rule.inclusive, rule.level, rule.rounding, rule.shipping), (false, TaxLevel::Total, TaxRounding::HalfEven, None));
        office.change(&setup.zones[0], souk_contract::TaxZoneInput { is_home: true, ..zone("Home", &["DE"], Vec::new()) }).await;
        assert_eq!(office.quote(Some("JP"), &[None]).await.contained, None, "nothing is in the price");
    }

    async fn the_calculator_says_what_a_cart_would(kit: TestKit) {
        let office = Office::new(&kit).await;
        let setup = office.setup().await;
        let standard = setup.classes[0].id;
        let home = souk_contract::TaxZoneInput { is_home: true, ..zone("Home", &["DE"], vec![vat(standard, 190_000)]) };
        office.change(&setup.zones[0], home).await;
        let gst_qst = souk_contract::ClassRates {
            class_id: standard,
            rates: vec![TaxRate::new("GST", 50_000), TaxRate { compound: true, ..TaxRate::new("QST", 75_000) }],
        };
        office.zone(zone("Quebec in 2010", &["CA"], vec![gst_qst])).await;
        let tried = async |minor, country: &str| {
            let to = TaxAddress { country: country.into(), ..TaxAddress::default() };
            let trial = TaxTrial { price: Money::new(minor, Currency::EUR), class_id: None, to };
            office.taxes.try_out(&office.ctx, trial).await
        };
        let germany = tried(11_900, "DE").await.expect("tried");
        assert_eq!((germany.zone.as_deref(), germany.net.minor, germany.gross.minor), (Some("Home"), 10_000, 11_900));
        assert_eq!((germany.taxes[0].name.as_str(), germany.taxes[0].base.minor, germany.taxes[0].tax.minor), ("VAT", 10_000, 1_900));
        let japan = tried(11_900, "JP").await.expect("tried");
        assert_eq!((japan.zone, japan.net.minor, japan.taxes, japan.gross.minor), (None, 10_000, vec![], 10_000));
        let version = office.setup().await.settings.version;
        let input = TaxSettingsInput { inclusive: false, ..setup.settings.input };
        office.taxes.write_settings(&office.ctx, input, Some(version)).await.expect("written");
        let canada = tried(10_000, "CA").await.expect("tried");
        let taxes: Vec<_> = canada.taxes.iter().map(|share| (share.base.minor, share.tax.minor)).collect();
        assert_eq!((taxes, canada.gross.minor), (vec![(10_000, 500), (10_500, 788)], 11_288));
        assert!(tried(-1, "Canada").await.is_err());
    }
}
