//! Mail on both engines: neighbours in memory, events through the kernel's own relay.

mod letters;
mod neighbours;
mod sending;
mod wording;

use std::sync::Arc;

use souk_contract::{Ctx, Currency, Event, Mail, Messaging as _, PageRequest};
use souk_kernel::{
    Bus, Db, Relay, drain_all,
    testing::{TestKit, TestShop},
};
use souk_messaging::{LocalMessaging, MIGRATIONS, Neighbours, Settings};

use neighbours::{Accounts, Books, Postman};

pub const BASE_URL: &str = "https://shop.example";

pub struct Office {
    pub messaging: Arc<LocalMessaging>,
    pub accounts: Arc<Accounts>,
    pub books: Arc<Books>,
    pub postman: Arc<Postman>,
    pub shop: Arc<TestShop>,
    /// Where the events come from: any domain's database will do.
    elsewhere: Db,
    relays: [Relay; 2],
    pub ctx: Ctx,
}

impl Office {
    pub async fn new(kit: &TestKit) -> Self {
        let (db, elsewhere) = (kit.db("messaging", MIGRATIONS).await, kit.db("elsewhere", &[]).await);
        let (accounts, books, postman) =
            (Arc::<Accounts>::default(), Arc::<Books>::default(), Arc::<Postman>::default());
        let shop = TestShop::open();
        shop.change(|shop| shop.name = "Tea & <Sons>".into());
        let settings = Settings { base_url: BASE_URL.into(), currency: Currency::EUR };
        let messaging = Arc::new(LocalMessaging::new(
            kit.kit(),
            db.clone(),
            Neighbours { identity: accounts.clone(), orders: books.clone(), returns: books.clone() },
            postman.clone(),
            shop.clone(),
            settings,
        ));
        let bus = Bus::new();
        messaging.listen(&bus);
        let relays = [Relay::new(elsewhere.clone(), bus.clone()), Relay::new(db, bus)];
        Self { messaging, accounts, books, postman, shop, elsewhere, relays, ctx: Ctx::system("test") }
    }

    pub async fn publish<E: Event>(&self, event: &E) {
        let mut tx = self.elsewhere.begin().await.expect("a transaction");
        tx.publish(event).await.expect("published");
        tx.commit().await.expect("committed");
    }

    /// Carries every event that is due, and the jobs that follow from it.
    pub async fn carry(&self) {
        drain_all(&self.relays).await.expect("carried");
    }

    /// As after a crash between the handlers' commits and the relay's own note: every event comes again.
    pub async fn carry_all_again(&self) {
        let mut tx = self.elsewhere.begin().await.expect("a transaction");
        let again = tx.query("update outbox set dispatched_at = null").execute().await.expect("undone");
        assert!(again > 0, "nothing was carried yet");
        tx.commit().await.expect("committed");
        self.carry().await;
    }

    /// Oldest first.
    pub async fn mails(&self) -> Vec<Mail> {
        let page = PageRequest { limit: Some(100), ..PageRequest::default() };
        let mut mails = self.messaging.mails(&self.ctx, &page).await.expect("mails").items;
        mails.reverse();
        mails
    }

    pub async fn only_mail(&self) -> Mail {
        let mut mails = self.mails().await;
        assert_eq!(mails.len(), 1, "{mails:?}");
        mails.remove(0)
    }
}

#[tokio::test]
async fn both_engines_have_the_same_tables_and_columns() {
    souk_kernel::testing::assert_same_schema("messaging", MIGRATIONS, &[]).await;
}
