//! Generated catalogues, customers and orders of any number, for tests and benchmarks.
//!
//! Everything is a function of the seed and an index, so nothing is held in memory, parts can be made on
//! several threads, and an order can look at the products it names. The same seed gives the same shop with the
//! same version of `rand`.

mod customer;
mod order;
mod places;
mod product;
mod words;

use rand::{SeedableRng as _, rngs::StdRng};

pub use customer::ScaleCustomer;
pub use order::{OrderSpec, OrderSpecLine};

use crate::shop::DemoProduct;

/// The product types that occur: a collection of each makes a menu.
pub fn types() -> impl Iterator<Item = &'static str> {
    words::TYPES.iter().map(|kind| kind.name)
}

/// The size of a generated shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    pub seed: u64,
    pub products: u32,
    pub customers: u32,
    pub orders: u32,
}

impl Scale {
    /// So many products, a fifth as many customers again, and as many orders.
    pub fn of(products: u32, seed: u64) -> Self {
        Self { seed, products, customers: products.saturating_mul(6) / 5, orders: products }
    }

    pub fn products(self) -> impl Iterator<Item = DemoProduct> + Send {
        (0..self.products).map(move |index| self.product(index))
    }

    pub fn customers(self) -> impl Iterator<Item = ScaleCustomer> + Send {
        (0..self.customers).map(move |index| self.customer(index))
    }

    /// In the order they were placed. Empty where there is nobody to buy or nothing to sell.
    pub fn orders(self) -> impl Iterator<Item = OrderSpec> + Send {
        let count = if self.products == 0 || self.customers == 0 { 0 } else { self.orders };
        (0..count).map(move |index| self.order(index))
    }

    /// Product number `index`: unique handle, SKUs and barcodes; 1 to 12 variants.
    pub fn product(self, index: u32) -> DemoProduct {
        product::product(&mut self.rng(Kind::Product, index), index)
    }

    /// Customer number `index`: unique e-mail in a domain kept for examples.
    pub fn customer(self, index: u32) -> ScaleCustomer {
        customer::customer(&mut self.rng(Kind::Customer, index), index)
    }

    /// Order number `index`, of `orders`; needs at least one product and one customer.
    pub fn order(self, index: u32) -> OrderSpec {
        order::order(&mut self.rng(Kind::Order, index), index, self)
    }

    fn rng(self, kind: Kind, index: u32) -> StdRng {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.seed.to_le_bytes());
        seed[8..12].copy_from_slice(&index.to_le_bytes());
        seed[12] = kind as u8;
        StdRng::from_seed(seed)
    }
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Product = 1,
    Customer,
    Order,
}

/// One of a list that isn't empty.
fn pick<'a, T: ?Sized>(rng: &mut StdRng, list: &[&'a T]) -> &'a T {
    use rand::Rng as _;
    list[rng.random_range(0..list.len())]
}
