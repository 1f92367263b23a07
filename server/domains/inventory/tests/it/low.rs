//! How many pieces are few is the shop's to say.

use souk_contract::{Availability, AvailabilityChanged, Event as _, LowStockChanged};
use souk_kernel::{each_engine, testing::TestKit};

use crate::Shelf;

each_engine! {
    async fn another_number_is_said_of_what_lies_there(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 4).await.with(2, 8).await.with(3, 20).await.with(4, 0).await;
        let words = async || [shelf.word(1).await, shelf.word(2).await, shelf.word(3).await, shelf.word(4).await];
        use Availability::{InStock, Low, SoldOut};
        assert_eq!(words().await, [Low, InStock, InStock, SoldOut]);
        let told = shelf.told().await;

        let changed = shelf.shop.change(|shop| shop.low_stock = 10);
        shelf.publish(&LowStockChanged { low_stock: 10, version: changed.version }).await;
        assert_eq!(words().await, [Low, Low, InStock, SoldOut]);
        assert_eq!(shelf.told().await, told + 1, "of the one whose word changed");

        let changed = shelf.shop.change(|shop| shop.low_stock = 0);
        shelf.publish(&LowStockChanged { low_stock: 0, version: changed.version }).await;
        assert_eq!(words().await, [InStock, InStock, InStock, SoldOut]);
        shelf.publish(&LowStockChanged { low_stock: 0, version: changed.version }).await;
        assert_eq!(shelf.told().await, told + 3, "a repeat says nothing");
        shelf.assert_books_agree().await;
    }

    async fn what_was_not_heard_of_here_comes_again(kit: TestKit) {
        let shelf = Shelf::new(&kit).await.with(1, 8).await;
        let next = shelf.shop_version() + 1;
        shelf.publish(&LowStockChanged { low_stock: 10, version: next }).await;
        assert_eq!(shelf.word(1).await, Availability::InStock);
        shelf.shop.change(|shop| shop.low_stock = 10);
        kit.later(5);
        shelf.carry().await;
        assert_eq!(shelf.word(1).await, Availability::Low);
    }
}

impl Shelf {
    async fn word(&self, number: u128) -> Availability {
        self.level(number).await.availability
    }

    /// How often others were told of a new word.
    async fn told(&self) -> i64 {
        let mut conn = self.db.read().await.expect("a connection");
        let query = conn.query("select cast(count(*) as bigint) from outbox where kind = $1");
        let (count,): (i64,) = query.bind(AvailabilityChanged::KIND).one().await.expect("a count");
        count
    }
}
