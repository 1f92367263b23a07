//! What is kept of accounts, orders and mails.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use souk_contract::{
    CollectionKind, Ctx, Customer, CustomerId, Error, Mail, Order, OrderId, OrderStatus, ProductId,
    ProductLookup, ProfileId, RefundState, Result,
};

use crate::{
    Inner,
    profile::said_by,
    store::{self, Purchase},
    store_profile as profiles,
    tell::Heard,
};

/// A product that was renamed now and then.
const MOST_HOPS: usize = 5;

fn purchase(profile_id: ProfileId, order: &Order) -> Purchase {
    let address = order.shipping_address.as_ref().or(order.billing_address.as_ref());
    let text = |of: fn(&souk_contract::Address) -> &String| {
        address.map(|address| of(address).trim().to_owned()).unwrap_or_default()
    };
    let refunded = order.refunds.iter().filter(|refund| refund.state == RefundState::Succeeded);
    Purchase {
        order_id: order.id,
        profile_id,
        number: order.number,
        version: order.version,
        placed: order.placed_at.micros(),
        currency: order.total.currency,
        cancelled: order.status == OrderStatus::Cancelled,
        // Once the money came it was paid, whatever was given back since.
        paid: order.payments.iter().any(|payment| payment.captured.minor > 0),
        total_minor: order.total.minor,
        refunded_minor: refunded.map(|refund| refund.amount.minor).sum(),
        name: text(|address| &address.name),
        phone: text(|address| &address.phone),
        country: text(|address| &address.country),
        postal_code: text(|address| &address.postal_code).to_uppercase(),
    }
}

impl Inner {
    pub(crate) async fn note_account(&self, ctx: &Ctx, id: CustomerId) -> Result<()> {
        let customer = self.near.identity.customer(ctx, id).await?;
        self.keep_accounts(&[customer]).await
    }

    pub(crate) async fn note_order(&self, ctx: &Ctx, id: OrderId, heard: Heard) -> Result<()> {
        let order = self.near.orders.get(ctx, id).await?;
        self.keep_orders(ctx, &[(order, heard)]).await
    }

    pub(crate) async fn keep_accounts(&self, customers: &[Customer]) -> Result<()> {
        let mut tx = self.db.begin().await?;
        self.lock(&mut tx).await?;
        let mut touched = BTreeSet::new();
        for customer in customers {
            let mut row = self.ensure(&mut tx, &customer.email).await?;
            row.account_id = Some(customer.id);
            row.registered_at = Some(customer.created_at);
            // As its owner writes it.
            row.email = customer.email.clone();
            if row.name_from <= said_by::ACCOUNT && !customer.name.is_empty() {
                row.name = customer.name.clone();
                row.name_from = said_by::ACCOUNT;
            }
            profiles::put(&mut tx, &row).await?;
            let entry = self.of_registration(row.id, customer.created_at);
            store::add_entry(&mut tx, &entry).await?;
            touched.insert(row.id);
        }
        self.refresh_all(&mut tx, touched).await?;
        Ok(tx.commit().await?)
    }

    pub(crate) async fn keep_orders(&self, ctx: &Ctx, orders: &[(Order, Heard)]) -> Result<()> {
        let categories = self.categories_of(ctx, orders).await?;
        let mut tx = self.db.begin().await?;
        self.lock(&mut tx).await?;
        let mut touched = BTreeSet::new();
        for (order, heard) in orders.iter().filter(|(order, _)| !order.email.trim().is_empty()) {
            let profile = self.ensure(&mut tx, &order.email).await?.id;
            store::put_purchase(&mut tx, &purchase(profile, order)).await?;
            for line in &order.lines {
                store::add_item(&mut tx, order.id, "product", &line.product_handle).await?;
                for category in categories.get(&line.product_id).into_iter().flatten() {
                    store::add_item(&mut tx, order.id, "category", category).await?;
                }
            }
            for entry in self.of_order(profile, order, *heard) {
                store::add_entry(&mut tx, &entry).await?;
            }
            touched.insert(profile);
        }
        self.refresh_all(&mut tx, touched).await?;
        Ok(tx.commit().await?)
    }

    /// Mails go to buyers and to owners of accounts: whose other news comes later is made here.
    pub(crate) async fn keep_mails(&self, mails: &[Mail]) -> Result<()> {
        let mut tx = self.db.begin().await?;
        self.lock(&mut tx).await?;
        let mut touched = BTreeSet::new();
        for mail in mails {
            let profile = self.ensure(&mut tx, &mail.to).await?.id;
            store::add_entry(&mut tx, &self.of_mail(profile, mail)).await?;
            touched.insert(profile);
        }
        self.refresh_all(&mut tx, touched).await?;
        Ok(tx.commit().await?)
    }

    /// The categories that the products are in now. What is no longer in the catalogue is in none.
    async fn categories_of(
        &self,
        ctx: &Ctx,
        orders: &[(Order, Heard)],
    ) -> Result<HashMap<ProductId, Vec<String>>> {
        let lines = orders.iter().flat_map(|(order, _)| &order.lines);
        let products: BTreeSet<(ProductId, &str)> =
            lines.map(|line| (line.product_id, line.product_handle.as_str())).collect();
        let epoch = self.near.catalog.epoch();
        let mut found = HashMap::new();
        for (id, handle) in products {
            let categories = match self.of_product.get(&id, epoch) {
                Some(kept) => kept,
                None => self.of_product.put(id, epoch, self.look_up(ctx, id, handle, epoch).await?),
            };
            found.insert(id, (*categories).clone());
        }
        Ok(found)
    }

    async fn look_up(&self, ctx: &Ctx, id: ProductId, handle: &str, epoch: u64) -> Result<Vec<String>> {
        let mut handle = handle.to_owned();
        for _ in 0..MOST_HOPS {
            let product = match self.near.catalog.product(ctx, &handle).await {
                Ok(ProductLookup::Found(product)) => product,
                Ok(ProductLookup::Moved(to)) => {
                    handle = to;
                    continue;
                }
                Err(Error::NotFound { .. }) => break,
                Err(error) => return Err(error),
            };
            // Somebody else's handle by now.
            if product.id != id {
                break;
            }
            let known = self.categories(ctx, epoch).await?;
            let handles = product.collections.into_iter().map(|link| link.handle);
            return Ok(handles.filter(|handle| known.contains(handle)).collect());
        }
        Ok(Vec::new())
    }

    /// Handles of the shop's categories: other collections come and go.
    async fn categories(&self, ctx: &Ctx, epoch: u64) -> Result<Arc<HashSet<String>>> {
        if let Some(kept) = self.all_categories.get(epoch) {
            return Ok(kept);
        }
        let all = self.near.catalog.collections(ctx).await?;
        let categories = all.into_iter().filter(|one| one.kind == CollectionKind::Category);
        Ok(self.all_categories.put(epoch, categories.map(|one| one.handle).collect()))
    }
}
