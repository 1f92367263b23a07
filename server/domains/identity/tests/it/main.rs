//! Accounts on both engines (reliability 20).

mod accounts;
mod addresses;
mod colleagues;
mod resets;
mod staff;

use std::sync::Arc;

use souk_contract::{Actor, Ctx, CustomerId, Error, Identity as _, Register, Result, SignIn, SignedIn};
use souk_identity::{LocalIdentity, MIGRATIONS};
use souk_kernel::{
    Db,
    testing::{TestKit, TestShop},
};

pub const PASSWORD: &str = "correct horse battery";

pub struct People {
    pub identity: Arc<LocalIdentity>,
    pub db: Db,
    pub guest: Ctx,
}

impl People {
    pub async fn new(kit: &TestKit) -> Self {
        let db = kit.db("identity", MIGRATIONS).await;
        let identity = LocalIdentity::new(kit.kit(), db.clone(), TestShop::open()).expect("an identity");
        Self { identity: Arc::new(identity), db, guest: Ctx::guest("test") }
    }

    pub async fn register(&self, email: &str) -> Result<SignedIn> {
        let request = Register { email: email.into(), password: PASSWORD.into(), name: "Ada".into() };
        self.identity.register(&self.guest, request).await
    }

    pub async fn sign_in(&self, email: &str, password: &str) -> Result<SignedIn> {
        let request = SignIn { email: email.into(), password: password.into() };
        self.identity.sign_in(&self.guest, request).await
    }

    pub fn as_customer(&self, id: CustomerId) -> Ctx {
        self.guest.clone().with_actor(Actor::Customer { id })
    }

    pub async fn knows(&self, token: &str) -> bool {
        self.identity.authenticate(&self.guest, token).await.expect("an answer").is_some()
    }
}

pub fn code(error: &Error) -> &str {
    match error {
        Error::Conflict { code, .. } => code,
        Error::Invalid { fields } => &fields[0].code,
        Error::Limited { .. } => "limited",
        Error::NotFound { .. } => "not_found",
        Error::Unauthenticated { .. } => "unauthenticated",
        Error::Denied { .. } => "denied",
        Error::Unavailable { .. } | Error::Internal { .. } => "broken",
    }
}

#[tokio::test]
async fn both_engines_have_the_same_tables_and_columns() {
    souk_kernel::testing::assert_same_schema("identity", MIGRATIONS, &[]).await;
}
