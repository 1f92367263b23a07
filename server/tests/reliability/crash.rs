//! Reliability 8: `kill -9` at any moment loses nothing that was acknowledged and leaves nothing half done.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures::future::join_all;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use souk_contract::{OrderId, ShippingMethodId, VariantId};
use souk_kernel::{db::Engine, each_engine, testing::TestKit};

use crate::{
    server::{Server, answer, said, souk},
    shop::{Dice, TestShop, address},
};

const CLIENTS: u64 = 8;
/// `SOUK_TEST_KILLS` and `SOUK_TEST_SEED` make another run.
const KILLS: (u64, u64) = (50, 10);
const SEED: u64 = 20_260_101;

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[derive(Clone)]
struct Shopper {
    url: String,
    client: Client,
    variant: VariantId,
    delivery: ShippingMethodId,
    closing: Arc<AtomicBool>,
    bought: Arc<AtomicUsize>,
}

impl Shopper {
    /// None where the server is away, or was while it worked.
    async fn ask(
        &self,
        method: Method,
        path: &str,
        key: Option<&str>,
        body: &Value,
    ) -> Option<(StatusCode, Value)> {
        let mut request = self.client.request(method, format!("{}/api/store/v1{path}", self.url)).json(body);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        match answer(request).await {
            Ok((status, _)) if status.is_server_error() => None,
            Ok(answered) => Some(answered),
            Err(_) => None,
        }
    }

    async fn fill_cart(&self) -> Option<String> {
        let (status, cart) = self.ask(Method::POST, "/carts", None, &json!({})).await?;
        assert_eq!(status, StatusCode::CREATED, "{cart}");
        let token = cart["token"].as_str().expect("a token").to_owned();
        let line = json!({ "variant_id": self.variant, "quantity": 1 });
        let whom = json!({ "email": "ada@example.com", "shipping_address": address() });
        let how = json!({ "method_id": self.delivery });
        for (method, part, body) in
            [(Method::POST, "/lines", line), (Method::PATCH, "", whom), (Method::PUT, "/delivery", how)]
        {
            let (status, cart) = self.ask(method, &format!("/carts/{token}{part}"), None, &body).await?;
            assert_eq!(status, StatusCode::OK, "{cart}");
        }
        Some(token)
    }

    /// Buys until the shop closes. Every fifth shopper walks away when the answer doesn't come; the others ask again
    /// with the same key. The orders that were acknowledged.
    async fn buy(self, mut dice: Dice) -> Vec<OrderId> {
        let mut acknowledged: Vec<OrderId> = Vec::new();
        let mut round = 0;
        while !self.closing.load(Ordering::SeqCst) {
            let Some(token) = self.fill_cart().await else {
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            };
            round += 1;
            let key = format!("checkout-{}-{round:08}", dice.below(u64::MAX));
            let walks_away = dice.below(5) == 0;
            let payment = json!({ "payment_method": "test", "payment_token": "tok_success" });
            loop {
                let path = format!("/carts/{token}/complete");
                match self.ask(Method::POST, &path, Some(&key), &payment).await {
                    Some((StatusCode::CREATED, order)) => {
                        acknowledged
                            .push(order["id"].as_str().and_then(|id| id.parse().ok()).expect("an id"));
                        self.bought.fetch_add(1, Ordering::SeqCst);
                        break;
                    }
                    Some((status, problem)) => panic!("{status}: {problem}"),
                    None if walks_away => break,
                    None => tokio::time::sleep(Duration::from_millis(20)).await,
                }
            }
        }
        acknowledged
    }
}

each_engine! {
    async fn kills_at_random_moments_lose_no_acknowledged_order_and_leave_no_half_one(kit: TestKit) {
        let kills = number("SOUK_TEST_KILLS", if kit.engine() == Engine::Sqlite { KILLS.0 } else { KILLS.1 });
        let seed = number("SOUK_TEST_SEED", SEED);
        println!("{kills} kills, seed {seed}");
        let shop = TestShop::open(&kit).await;
        let (variant, delivery) = (shop.sell("lamp", 4900, 1_000_000).await, shop.delivery);
        shop.close().await;

        let mut server = Server::start(&kit).await;
        let (closing, bought) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
        let shopper = Shopper {
            url: server.url(), client: server.client.clone(), variant, delivery, closing: Arc::clone(&closing),
            bought: Arc::clone(&bought),
        };
        let shoppers: Vec<_> = (0..CLIENTS)
            .map(|number| tokio::spawn(shopper.clone().buy(Dice(seed.wrapping_mul(31).wrapping_add(number)))))
            .collect();
        let mut dice = Dice(seed);
        let mut slowest = Duration::ZERO;
        for kill in 0..kills {
            // Every other life lasts until something was bought in it; the rest end when the dice say, also at the start.
            let before = bought.load(Ordering::SeqCst);
            let patience = Instant::now() + Duration::from_secs(20);
            while kill % 2 == 0 && bought.load(Ordering::SeqCst) == before {
                assert!(Instant::now() < patience, "nothing can be bought\n{}", server.said());
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            tokio::time::sleep(Duration::from_millis(dice.below(300))).await;
            server.kill();
            slowest = slowest.max(server.start_again(&kit).await);
        }
        closing.store(true, Ordering::SeqCst);
        let mut acknowledged = Vec::new();
        for orders in join_all(shoppers).await {
            acknowledged.extend(orders.expect("no panic"));
        }
        println!("{} orders acknowledged, ready again within {slowest:?}", acknowledged.len());
        assert!(acknowledged.len() as u64 >= kills.div_ceil(2), "too few orders: {}", acknowledged.len());
        assert_eq!(bought.load(Ordering::SeqCst), acknowledged.len());

        // What shoppers walked away from is taken up by the server itself.
        let shop = TestShop::open(&kit).await;
        let left = "select count(*) from checkout where state not in ('done', 'failed')";
        let mut waited = 0;
        while shop.count("orders", left).await > 0 {
            assert!(waited < 600, "checkouts are left unfinished\n{}", server.said());
            waited += 1;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        server.kill();
        let output = souk(&kit, &["verify"]);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));

        shop.assert_books_agree().await;
        shop.assert_nothing_is_left_halfway().await;
        let mut distinct = acknowledged.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), acknowledged.len(), "one order was acknowledged to two carts");
        for id in &acknowledged {
            let order = shop.services.orders.get(&shop.system, *id).await;
            assert!(order.is_ok(), "order {id} was acknowledged and is gone: {order:?}");
        }
        let orders = shop.orders().await;
        assert!(orders >= acknowledged.len() as i64, "{orders}");
        assert_eq!(shop.charges().await, (orders, 0));
        assert_eq!(shop.available(variant).await, 1_000_000 - orders);
        shop.close().await;
    }
}
