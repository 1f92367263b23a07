//! Prints random carts, one a line: the cart with its promotions, a tab, and what this engine makes of it. Equal for an
//! equal seed.
//!
//! `cargo run -p souk-pricing --example carts -- 1000 42`

#[path = "../tests/it/any.rs"]
mod any;
mod case;

use std::{
    env,
    io::{self, BufWriter, Write},
};

use case::{Case, Facts};
use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use souk_contract::{Id, Money};
use uuid::Uuid;

fn main() -> io::Result<()> {
    let mut args = env::args().skip(1).map(|arg| arg.parse::<u64>());
    let (Some(Ok(count)), Some(Ok(seed)), None) = (args.next(), args.next(), args.next()) else {
        return Err(io::Error::other("say how many carts, and the seed"));
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let quantities = proptest::collection::vec(0_i64..99, 12);
    let cases = (any::any_cart(), quantities, proptest::bool::weighted(0.3));
    let mut out = BufWriter::new(io::stdout().lock());
    for _ in 0..count {
        let tree = cases.new_tree(&mut runner).map_err(|reason| io::Error::other(reason.to_string()))?;
        let ((currency, lines, mut promotions, delivery, tax), quantities, plain) = tree.current();
        for (number, rule) in promotions.iter_mut().enumerate() {
            // Of one promotion there is one rule.
            rule.id = Id::new(Uuid::from_u128(number as u128));
        }
        if plain {
            any::plainer(currency, &mut promotions);
        }
        let delivery = delivery.map(|minor| Money::new(minor, currency));
        let facts = any::facts(&lines).into_iter().map(|facts| Facts {
            variant_id: facts.variant_id,
            product_id: facts.product_id,
            product_type: facts.product_type.to_owned(),
            vendor: facts.vendor.to_owned(),
            collections: facts.collections.to_vec(),
        });
        let cart = any::cart(currency, &lines, delivery, tax);
        let case = Case { facts: facts.collect(), cart, promotions, delivery, quantities };
        let case = serde_json::to_string(&case)?;
        writeln!(out, "{case}\t{}", case::answer(&case))?;
    }
    out.flush()
}
