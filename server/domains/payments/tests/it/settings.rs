//! Which ways to pay are offered, and to whom.

use souk_contract::{
    BankAccount, CaptureMode, Ctx, Error, PaymentSettingsInput, PaymentStatus, Payments as _,
};
use souk_kernel::{each_engine, testing::TestKit};

use crate::{Till, eur, payment, request};

async fn offered(till: &Till, minor: i64, country: Option<&str>) -> Vec<String> {
    let offers = till.payments.methods(&Ctx::guest("test"), eur(minor), country).await.expect("offers");
    offers.into_iter().map(|method| method.code).collect()
}

async fn settings(till: &Till) -> PaymentSettingsInput {
    till.payments.settings(&till.ctx).await.expect("settings").input
}

fn fields<T: std::fmt::Debug>(refused: souk_contract::Result<T>) -> Vec<String> {
    match refused {
        Err(Error::Invalid { fields }) => fields.into_iter().map(|fault| fault.field).collect(),
        other => panic!("{other:?}"),
    }
}

each_engine! {
    async fn the_first_start_fills_them_from_the_configuration(kit: TestKit) {
        let till = Till::new(&kit).await;
        assert_eq!(offered(&till, 500, None).await, ["test", "bank_transfer"]);
        let first = till.payments.settings(&till.ctx).await.expect("settings");
        let methods: Vec<(&str, bool)> =
            first.input.methods.iter().map(|method| (method.code.as_str(), method.offered)).collect();
        assert_eq!(methods, [("test", true), ("bank_transfer", true), ("cash_on_delivery", false)]);
        assert_eq!(first.input.methods[0].name, "Card (test mode)");
        let holds: Vec<bool> = first.gateways.iter().map(|gateway| gateway.holds).collect();
        assert_eq!((first.version, holds), (1, vec![true, false, false]));
        // Staff may take cash too, which is nothing to be set.
        let staff = till.payments.methods(&till.ctx, eur(500), None).await.expect("offers");
        assert_eq!(staff.last().map(|method| method.code.as_str()), Some("manual"));
    }

    async fn what_staff_say_stands_and_outlives_a_start(kit: TestKit) {
        let till = Till::new(&kit).await;
        let mut wanted = settings(&till).await;
        wanted.methods.rotate_right(1);
        wanted.methods[0].offered = true;
        wanted.methods[0].name = "Cash at the door".into();
        wanted.methods[0].countries = vec!["DE".into()];
        wanted.methods[1].amount_from = Some(eur(1000));
        wanted.methods[1].amount_to = Some(eur(2000));
        wanted.methods[1].capture = CaptureMode::ByHand;
        let set = till.payments.set_settings(&till.ctx, wanted.clone(), Some(1)).await.expect("set");
        assert_eq!((set.version, &set.input), (2, &wanted));
        let stale = till.payments.set_settings(&till.ctx, settings(&till).await, Some(1)).await;
        assert!(matches!(stale, Err(Error::Conflict { code, .. }) if code == "stale_version"));
        let same = till.payments.set_settings(&till.ctx, wanted.clone(), Some(2)).await.expect("the same");
        assert_eq!(same.version, 2);

        assert_eq!(offered(&till, 1500, Some("DE")).await, ["cash_on_delivery", "test", "bank_transfer"]);
        assert_eq!(offered(&till, 999, Some("DE")).await, ["cash_on_delivery", "bank_transfer"]);
        assert_eq!(offered(&till, 2000, Some("FR")).await, ["test", "bank_transfer"]);
        let shown = till.payments.methods(&Ctx::guest("test"), eur(500), Some("DE")).await.expect("offers");
        assert_eq!(shown[0].name, "Cash at the door");

        // What is not offered is not taken either, whoever names it.
        let small = till.payments.authorize(&till.ctx, request(1, 999, "test", "tok_success")).await;
        assert_eq!(fields(small), ["payment_method"]);
        let abroad = souk_contract::Authorize { country: Some("FR".into()), ..request(2, 1500, "cash_on_delivery", "") };
        assert_eq!(fields(till.payments.authorize(&till.ctx, abroad).await), ["payment_method"]);
        let fits = till.payments.authorize(&till.ctx, request(3, 1500, "test", "tok_success")).await.expect("held");
        assert_eq!(fits.capture, CaptureMode::ByHand);

        let again = Till::over(&kit, till.db.clone()).await;
        assert_eq!(again.payments.settings(&again.ctx).await.expect("settings"), set);
    }

    async fn what_is_wrong_is_refused_by_its_field(kit: TestKit) {
        let till = Till::new(&kit).await;
        let mut wrong = settings(&till).await;
        wrong.bank.iban = "DE02 1203 0000 0000 2020 52".into();
        wrong.methods[1].capture = CaptureMode::AtShipping;
        let refused = till.payments.set_settings(&till.ctx, wrong, Some(1)).await;
        assert_eq!(fields(refused), ["methods[1].capture", "bank.iban"]);
        let guest = till.payments.set_settings(&Ctx::guest("test"), settings(&till).await, Some(1)).await;
        assert!(matches!(guest, Err(Error::Denied { .. } | Error::Unauthenticated { .. })), "{guest:?}");
        assert!(till.payments.settings(&Ctx::guest("test")).await.is_err());
    }

    async fn a_transfer_goes_to_the_account_that_is_set(kit: TestKit) {
        let till = Till::new(&kit).await;
        let mut wanted = settings(&till).await;
        wanted.bank = BankAccount { holder: "Ada".into(), iban: "gb82west12345698765432".into(), bic: String::new() };
        till.payments.set_settings(&till.ctx, wanted, Some(1)).await.expect("set");
        let paid = till.payments.authorize(&till.ctx, request(1, 500, "bank_transfer", "")).await.expect("awaited");
        let told = paid.instructions.expect("instructions");
        assert!(told.contains("Ada, IBAN GB82 WEST 1234 5698 7654 32, with"), "{told}");
    }

    async fn cash_on_delivery_waits_until_staff_confirm_it(kit: TestKit) {
        let till = Till::new(&kit).await;
        let mut wanted = settings(&till).await;
        wanted.methods[2].offered = true;
        till.payments.set_settings(&till.ctx, wanted, Some(1)).await.expect("set");
        let awaited = till.payments.authorize(&till.ctx, request(1, 500, "cash_on_delivery", "")).await.expect("awaited");
        assert_eq!((awaited.status, awaited.method_name.as_str()), (PaymentStatus::Processing, "Cash on delivery"));
        assert!(awaited.instructions.expect("instructions").contains("€5.00"));
        let paid = till.payments.confirm_transfer(&till.ctx, payment(1), Some(1)).await.expect("confirmed");
        assert_eq!((paid.status, paid.captured), (PaymentStatus::Captured, eur(500)));
        till.assert_books_agree().await;
    }
}
