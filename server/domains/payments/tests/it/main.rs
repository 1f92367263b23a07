//! Payments on both engines.

mod books;
mod breaks;
mod captures;
mod money;
mod notices;
mod settings;
mod waiting;

use std::sync::Arc;

use souk_contract::{
    Authorize, BankAccount, Ctx, Currency, Money, OrderId, PaymentId, Payments as _, Timestamp,
};
use souk_kernel::{Db, testing::TestKit};
use souk_payments::{
    BankTransfer, CashOnDelivery, Charge, FirstSettings, Gateway, LocalPayments, MIGRATIONS, Manual,
    TestGateway,
};
use uuid::Uuid;

pub struct Till {
    pub payments: Arc<LocalPayments>,
    pub gateway: Arc<TestGateway>,
    pub db: Db,
    pub ctx: Ctx,
}

impl Till {
    pub async fn new(kit: &TestKit) -> Self {
        Self::over(kit, kit.db("payments", MIGRATIONS).await).await
    }

    /// Another start on the same data.
    pub async fn over(kit: &TestKit, db: Db) -> Self {
        let gateway = Arc::new(TestGateway::new(kit.kit(), db.clone()));
        let bank = BankAccount {
            holder: "Souk".into(),
            iban: "DE02 1203 0000 0000 2020 51".into(),
            bic: "BYLADEM1".into(),
        };
        let gateways: Vec<Arc<dyn Gateway>> = vec![
            gateway.clone(),
            Arc::new(BankTransfer::new(db.clone())),
            Arc::new(CashOnDelivery),
            Arc::new(Manual),
        ];
        let first = FirstSettings {
            offered: vec!["test".into(), "bank_transfer".into()],
            bank,
            currency: Currency::EUR,
        };
        let payments = LocalPayments::new(kit.kit(), db.clone(), gateways, first).await.expect("payments");
        let payments = Arc::new(payments);
        Self { payments, gateway, db, ctx: Ctx::system("test") }
    }

    pub async fn assert_books_agree(&self) {
        assert_eq!(self.payments.verify(&self.ctx).await.expect("an audit"), []);
    }

    /// Changes one row behind everybody's back.
    pub async fn plant(&self, sql: &'static str) {
        let mut tx = self.db.begin().await.expect("a transaction");
        assert_eq!(tx.query(sql).execute().await.expect("planted"), 1);
        tx.commit().await.expect("planted");
    }

    /// What the gateway's own list has.
    pub async fn listed(&self) -> Vec<Charge> {
        let far = Timestamp::from_micros(i64::from(u32::MAX) * 1_000_000).expect("a moment");
        let since = Timestamp::from_micros(0).expect("a moment");
        self.gateway.charges(since, far).await.expect("a list")
    }

    /// Charges whose money the gateway still holds.
    pub async fn held_by_the_gateway(&self) -> i64 {
        self.count("select count(*) from test_charge where state = 'authorized'").await
    }

    pub async fn count(&self, sql: &'static str) -> i64 {
        let (count,) = self.db.read().await.expect("a reader").query(sql).one().await.expect("a count");
        count
    }

    /// Events of that kind so far.
    pub async fn told(&self, kind: &str) -> i64 {
        let mut reader = self.db.read().await.expect("a reader");
        let (count,) = reader
            .query("select count(*) from outbox where kind = $1")
            .bind(kind)
            .one()
            .await
            .expect("a count");
        count
    }
}

pub fn payment(number: u128) -> PaymentId {
    PaymentId::new(Uuid::from_u128(number))
}

pub fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

pub fn request(number: u128, minor: i64, method: &str, token: &str) -> Authorize {
    Authorize {
        payment_id: payment(number),
        order_id: OrderId::new(Uuid::from_u128(1000 + number)),
        reference: format!("SOUK-{number}"),
        amount: eur(minor),
        method: method.into(),
        country: Some("DE".into()),
        token: Some(token.into()),
        return_url: Some("https://shop.example/checkout/paid/x".into()),
    }
}

#[tokio::test]
async fn both_engines_have_the_same_tables_and_columns() {
    souk_kernel::testing::assert_same_schema("payments", MIGRATIONS, &[]).await;
}
