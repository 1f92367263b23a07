//! Saved addresses belong to one customer (reliability 16).

use souk_contract::{Address, Identity as _};
use souk_kernel::{each_engine, testing::TestKit};

use crate::{People, code};

fn at(line1: &str) -> Address {
    Address {
        name: "Ada Lovelace".into(),
        line1: line1.into(),
        city: "Bern".into(),
        country: "CH".into(),
        ..Address::default()
    }
}

each_engine! {
    async fn nobody_sees_or_changes_another_ones_address(kit: TestKit) {
        let people = People::new(&kit).await;
        let ada = people.as_customer(people.register("ada@example.com").await.expect("an account").customer.id);
        let eve = people.as_customer(people.register("eve@example.com").await.expect("an account").customer.id);
        let saved = people.identity.save_address(&ada, None, at("1 First Street"), false).await.expect("saved");
        assert!(people.identity.addresses(&eve).await.expect("hers").is_empty());
        let stolen = people.identity.save_address(&eve, Some(saved.id), at("9 Elsewhere"), true).await;
        assert_eq!(code(&stolen.expect_err("not hers")), "not_found");
        assert_eq!(code(&people.identity.delete_address(&eve, saved.id).await.expect_err("not hers")), "not_found");
        let guest = people.identity.addresses(&people.guest).await.expect_err("nobody");
        assert_eq!(code(&guest), "unauthenticated");
        assert_eq!(people.identity.addresses(&ada).await.expect("hers"), [saved]);
    }

    async fn there_is_one_default_and_it_comes_first(kit: TestKit) {
        let people = People::new(&kit).await;
        let ada = people.as_customer(people.register("ada@example.com").await.expect("an account").customer.id);
        let first = people.identity.save_address(&ada, None, at("1 First Street"), false).await.expect("saved");
        assert!(first.is_default);
        let second = people.identity.save_address(&ada, None, at("2 Second Street"), true).await.expect("saved");
        let listed = people.identity.addresses(&ada).await.expect("hers");
        assert_eq!(listed.iter().map(|saved| (saved.id, saved.is_default)).collect::<Vec<_>>(),
            [(second.id, true), (first.id, false)]);
        people.identity.delete_address(&ada, second.id).await.expect("removed");
        assert_eq!(people.identity.addresses(&ada).await.expect("hers").len(), 1);
    }
}
