//! Orders that staff write: a cart in their hands, and what becomes of it.

use std::collections::HashSet;

use async_trait::async_trait;
use souk_contract::{
    AddLine, Cart, ChangeDraft, Check, CheckoutId, Country, Ctx, Currency, Draft, DraftId, DraftLine,
    DraftState, DraftSummary, Drafts, Error, Money, Order, OrderId, Page, PageRequest, PaymentStatus,
    PlaceDraft, PlaceOrder, Resource, Result, Timestamp, UpdateCart,
};
use souk_kernel::{
    audit::{Audited, change},
    db::Text,
    record,
};
use uuid::Uuid;

use crate::{
    agreed, desk,
    service::{LocalOrders, to_its_end},
    store_drafts,
};

/// A cart takes no more.
const MOST_LINES: usize = 100;
const MOST_CODES: usize = 5;

record! {
    #[derive(Debug, Clone)]
    pub(crate) struct DraftRow {
        pub id: DraftId,
        pub cart_token: String,
        pub checkout_id: CheckoutId,
        pub state: Text<DraftState>,
        pub order_id: Option<OrderId>,
        pub name: String,
        pub email: String,
        pub item_count: i64,
        pub total_minor: i64,
        pub currency: Currency,
        pub version: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
    }
}

impl DraftRow {
    /// What a list shows of the cart.
    fn follow(&mut self, cart: &Cart) {
        self.name = cart.shipping_address.as_ref().map_or_else(String::new, |address| address.name.clone());
        self.email = cart.email.clone().unwrap_or_default();
        self.item_count = cart.item_count();
        self.total_minor = cart.totals.total.minor;
    }

    fn must_be_open(&self) -> Result<()> {
        match self.state.0 {
            DraftState::Open => Ok(()),
            DraftState::Placed => Err(Error::conflict("draft_closed", "This draft has become an order.")),
            DraftState::Discarded => {
                Err(Error::conflict("draft_closed", "This draft was put away. Take it up again first."))
            }
        }
    }

    fn must_be_version(&self, wanted: Option<i64>) -> Result<()> {
        if wanted.is_some_and(|version| version != self.version) {
            return Err(stale());
        }
        Ok(())
    }

    /// As people call it: drafts have no number.
    fn label(&self) -> String {
        let who = [&self.name, &self.email].into_iter().find(|text| !text.is_empty());
        who.map_or_else(|| "Draft".to_owned(), |who| format!("Draft for {who}"))
    }
}

fn stale() -> Error {
    Error::conflict("stale_version", "Somebody else changed this draft meanwhile.")
}

fn not_found() -> Error {
    Error::not_found("draft")
}

/// Before anything is changed.
fn check(request: &ChangeDraft) -> Result<()> {
    let mut check = Check::new();
    if let Some(lines) = &request.lines {
        check.that(lines.len() <= MOST_LINES, "lines", "too_many", "At most 100 different items.");
        let mut seen = HashSet::new();
        for (index, line) in lines.iter().enumerate() {
            check
                .that(
                    seen.insert(line.variant_id),
                    &format!("lines[{index}].variant_id"),
                    "twice",
                    "This item is in the list already.",
                )
                .that(
                    (1..=999).contains(&line.quantity),
                    &format!("lines[{index}].quantity"),
                    "out_of_range",
                    "From 1 to 999.",
                );
        }
    }
    agreed::check(&mut check, request.prices.as_deref().unwrap_or_default());
    if let Some(codes) = &request.codes {
        check.that(codes.len() <= MOST_CODES, "codes", "too_many", "At most 5 codes.");
    }
    check.done()
}

/// The audit log's words for what is bought.
fn items(cart: &Cart) -> String {
    let item = |line: &souk_contract::CartLine| match line.variant_title.as_str() {
        "" => format!("{} × {}", line.quantity, line.product_title),
        options => format!("{} × {} ({options})", line.quantity, line.product_title),
    };
    cart.lines.iter().map(item).collect::<Vec<_>>().join(", ")
}

/// Of the lines whose price is another on the other side.
fn prices(cart: &Cart, other: &Cart) -> String {
    let differs = |line: &&souk_contract::CartLine| {
        let same = |one: &&souk_contract::CartLine| one.variant_id == line.variant_id;
        other.lines.iter().find(same).is_some_and(|one| one.unit_price != line.unit_price)
    };
    let told = cart.lines.iter().filter(differs);
    told.map(|line| format!("{}: {}", line.product_title, line.unit_price)).collect::<Vec<_>>().join(", ")
}

fn differences(before: &Cart, after: &Cart) -> Vec<souk_contract::AuditChange> {
    let email = |cart: &Cart| cart.email.clone().unwrap_or_default();
    let address = |cart: &Cart| cart.shipping_address.as_ref().map(|a| format!("{}, {}", a.name, a.city));
    let delivery = |cart: &Cart| cart.delivery.as_ref().map(|delivery| delivery.name.clone());
    let codes = |cart: &Cart| cart.codes.iter().map(|code| code.code.clone()).collect::<Vec<_>>().join(", ");
    let all = [
        change("items", items(before), items(after)),
        change("prices", prices(before, after), prices(after, before)),
        change("email", email(before), email(after)),
        change("address", address(before), address(after)),
        change("delivery", delivery(before), delivery(after)),
        change("codes", codes(before), codes(after)),
        change("note", before.note.clone(), after.note.clone()),
        change("total", before.totals.total.to_string(), after.totals.total.to_string()),
    ];
    all.into_iter().filter(|change| change.before != change.after).collect()
}

impl LocalOrders {
    /// One change at a time per draft in this process; the version keeps other processes apart.
    fn draft_turn(&self, id: DraftId) -> std::sync::Arc<tokio::sync::Mutex<()>> {
        self.turn(CheckoutId::new(id.uuid()))
    }

    async fn find_draft(&self, id: DraftId) -> Result<DraftRow> {
        store_drafts::draft(&mut *self.saga.db.read().await?, id).await?.ok_or_else(not_found)
    }

    async fn show_draft(&self, ctx: &Ctx, row: DraftRow, mut cart: Cart) -> Result<Draft> {
        let open = row.state.0 == DraftState::Open;
        let near = &self.saga.near;
        let delivery_options = if open && cart.shipping_address.is_some() && cart.requires_shipping() {
            near.shipping.options(ctx, &row.cart_token, None).await?
        } else {
            Vec::new()
        };
        let country = cart.shipping_address.as_ref().map(|address| address.country.as_str());
        let mut payment_methods =
            if open { near.payments.methods(ctx, cart.totals.total, country).await? } else { Vec::new() };
        // Whoever is on the phone is not asked for a card.
        payment_methods.retain(|method| method.test_tokens.is_empty() && method.fields.is_none());
        cart.token = String::new();
        let state = if cart.order_id.is_some() { DraftState::Placed } else { row.state.0 };
        Ok(Draft {
            id: row.id,
            state,
            order_id: row.order_id.or(cart.order_id),
            cart,
            delivery_options,
            payment_methods,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }

    /// Writes the row over the version before, with what was done.
    async fn keep_draft(
        &self,
        ctx: &Ctx,
        row: &mut DraftRow,
        action: &str,
        what: Vec<souk_contract::AuditChange>,
    ) -> Result<()> {
        row.version += 1;
        row.updated_at = self.saga.kit.now();
        let mut tx = self.saga.db.begin().await?;
        if !store_drafts::save(&mut tx, row).await? {
            return Err(stale());
        }
        tx.audit(ctx, Audited::new(action, row.id, row.label()), what).await?;
        Ok(tx.commit().await?)
    }

    async fn change_here(
        &self,
        ctx: &Ctx,
        id: DraftId,
        request: ChangeDraft,
        if_version: Option<i64>,
    ) -> Result<Draft> {
        ctx.require(Resource::Orders.write())?;
        check(&request)?;
        let turn = self.draft_turn(id);
        let _turn = turn.lock().await;
        let mut row = self.find_draft(id).await?;
        row.must_be_open()?;
        row.must_be_version(if_version)?;
        let before = self.saga.near.carts.get(ctx, &row.cart_token).await?;
        let changed = self.change_cart(ctx, &row.cart_token, &before, request).await;
        // What was done before a refusal stands in the cart: the row says so too.
        let mut after = self.saga.near.carts.get(ctx, &row.cart_token).await?;
        let what = differences(&before, &after);
        if !what.is_empty() {
            row.follow(&after);
            self.keep_draft(ctx, &mut row, "draft.changed", what).await?;
        }
        after.warnings.extend(changed?);
        self.show_draft(ctx, row, after).await
    }

    /// Answers what could not be done as it was asked.
    async fn change_cart(
        &self,
        ctx: &Ctx,
        token: &str,
        cart: &Cart,
        request: ChangeDraft,
    ) -> Result<Vec<souk_contract::Warning>> {
        let carts = &self.saga.near.carts;
        let mut warnings = Vec::new();
        let contact = UpdateCart {
            email: request.email,
            shipping_address: request.shipping_address,
            billing_address: request.billing_address,
            billing_same_as_shipping: request.billing_same_as_shipping,
            note: request.note,
            ..UpdateCart::default()
        };
        if contact != UpdateCart::default() {
            carts.update(ctx, token, contact).await?;
        }
        if let Some(wanted) = request.lines {
            for line in &cart.lines {
                let quantity = wanted.iter().find(|one| one.variant_id == line.variant_id);
                let quantity = quantity.map_or(0, |one| one.quantity);
                if quantity != line.quantity {
                    warnings.extend(carts.set_quantity(ctx, token, line.id, quantity).await?.warnings);
                }
            }
            let new = |one: &&DraftLine| cart.lines.iter().all(|line| line.variant_id != one.variant_id);
            for DraftLine { variant_id, quantity } in wanted.iter().filter(new).copied() {
                warnings.extend(carts.add_line(ctx, token, AddLine { variant_id, quantity }).await?.warnings);
            }
        }
        if let Some(prices) = request.prices {
            agreed::put(carts.as_ref(), ctx, token, &prices).await?;
        }
        if let Some(codes) = request.codes {
            let codes: Vec<String> = codes.iter().map(|code| code.trim().to_uppercase()).collect();
            for known in cart.codes.iter().filter(|known| !codes.contains(&known.code)) {
                carts.remove_code(ctx, token, &known.code).await?;
            }
            for code in codes.iter().filter(|code| cart.codes.iter().all(|known| known.code != **code)) {
                carts.add_code(ctx, token, code).await?;
            }
        }
        if let Some(method) = request.delivery {
            self.saga.near.shipping.select(ctx, token, method).await?;
        }
        Ok(warnings)
    }

    async fn place_draft_here(
        &self,
        ctx: &Ctx,
        id: DraftId,
        request: PlaceDraft,
        if_version: Option<i64>,
    ) -> Result<Order> {
        ctx.require(Resource::Orders.write())?;
        if request.received {
            ctx.require(Resource::Payments.write())?;
        }
        let turn = self.draft_turn(id);
        let _turn = turn.lock().await;
        let mut row = self.find_draft(id).await?;
        if let Some(order) = row.order_id {
            return self.order_of_draft(ctx, order).await;
        }
        row.must_be_open()?;
        row.must_be_version(if_version)?;
        // A crash came between the order and the row.
        if let Some(order) = self.saga.near.carts.get(ctx, &row.cart_token).await?.order_id {
            self.keep_placed(ctx, row, order).await?;
            return self.order_of_draft(ctx, order).await;
        }
        let place = PlaceOrder {
            cart_token: row.cart_token.clone(),
            payment_method: request.payment_method,
            payment_token: None,
            expected_total: request.expected_total,
        };
        let placed = match self.place_for_staff(ctx, row.checkout_id, place).await {
            Ok(placed) => placed,
            Err(error @ Error::Unavailable { .. }) => return Err(error),
            Err(error) => {
                // That checkout is over: what is mended is placed by another.
                row.checkout_id = self.saga.kit.ids.next();
                self.keep_draft(ctx, &mut row, "draft.refused", Vec::new()).await?;
                return Err(error);
            }
        };
        self.keep_placed(ctx, row, placed.id).await?;
        if request.received {
            let awaited =
                placed.payments.iter().filter(|payment| payment.status == PaymentStatus::Processing);
            for payment in awaited {
                self.saga.near.payments.confirm_transfer(ctx, payment.id, None).await?;
            }
        }
        self.order_of_draft(ctx, placed.id).await
    }

    async fn keep_placed(&self, ctx: &Ctx, mut row: DraftRow, id: OrderId) -> Result<()> {
        let order = self.find(id).await?;
        row.state.0 = DraftState::Placed;
        row.order_id = Some(id);
        row.version += 1;
        row.updated_at = self.saga.kit.now();
        let mut tx = self.saga.db.begin().await?;
        if !store_drafts::save(&mut tx, &row).await? {
            return Err(stale());
        }
        let what = vec![change("draft", (), row.label())];
        tx.audit(ctx, Audited::new("order.placed_by_staff", id, desk::label(&order)), what).await?;
        Ok(tx.commit().await?)
    }

    async fn order_of_draft(&self, ctx: &Ctx, id: OrderId) -> Result<Order> {
        let row = self.find(id).await?;
        self.show(ctx, row).await
    }

    async fn set_draft_state(
        &self,
        ctx: &Ctx,
        id: DraftId,
        to: DraftState,
        if_version: Option<i64>,
    ) -> Result<Draft> {
        ctx.require(Resource::Orders.write())?;
        let turn = self.draft_turn(id);
        let _turn = turn.lock().await;
        let mut row = self.find_draft(id).await?;
        if row.state.0 != to {
            if row.state.0 == DraftState::Placed {
                row.must_be_open()?;
            }
            row.must_be_version(if_version)?;
            let what = vec![change("state", row.state.0, to)];
            row.state.0 = to;
            self.keep_draft(ctx, &mut row, "draft.changed", what).await?;
        }
        let cart = self.saga.near.carts.get(ctx, &row.cart_token).await?;
        self.show_draft(ctx, row, cart).await
    }
}

#[async_trait]
impl Drafts for LocalOrders {
    async fn drafts(&self, ctx: &Ctx, page: &PageRequest) -> Result<Page<DraftSummary>> {
        ctx.require(Resource::Orders.read())?;
        let limit = page.limit();
        let before = page.after_id()?.unwrap_or_else(|| DraftId::new(Uuid::max()));
        let mut reader = self.saga.db.read().await?;
        let mut rows = store_drafts::open_before(&mut reader, before, i64::from(limit) + 1).await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
        let summary = |row: DraftRow| DraftSummary {
            id: row.id,
            name: row.name,
            email: row.email,
            item_count: row.item_count,
            total: Money::new(row.total_minor, row.currency),
            updated_at: row.updated_at,
        };
        Ok(Page { items: rows.into_iter().map(summary).collect(), next })
    }

    async fn draft(&self, ctx: &Ctx, id: DraftId) -> Result<Draft> {
        ctx.require(Resource::Orders.read())?;
        let row = self.find_draft(id).await?;
        let cart = self.saga.near.carts.get(ctx, &row.cart_token).await?;
        self.show_draft(ctx, row, cart).await
    }

    async fn create_draft(&self, ctx: &Ctx) -> Result<Draft> {
        ctx.require(Resource::Orders.write())?;
        let cart = self.saga.near.carts.create(ctx).await?;
        let now = self.saga.kit.now();
        let row = DraftRow {
            id: self.saga.kit.ids.next(),
            cart_token: cart.token.clone(),
            checkout_id: self.saga.kit.ids.next(),
            state: Text(DraftState::Open),
            order_id: None,
            name: String::new(),
            email: String::new(),
            item_count: 0,
            total_minor: 0,
            currency: cart.currency,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let mut tx = self.saga.db.begin().await?;
        store_drafts::add(&mut tx, &row).await?;
        tx.audit(ctx, Audited::new("draft.created", row.id, row.label()), Vec::new()).await?;
        tx.commit().await?;
        self.show_draft(ctx, row, cart).await
    }

    async fn change_draft(
        &self,
        ctx: &Ctx,
        id: DraftId,
        request: ChangeDraft,
        if_version: Option<i64>,
    ) -> Result<Draft> {
        let (orders, ctx) = (self.clone(), ctx.clone());
        to_its_end(async move { orders.change_here(&ctx, id, request, if_version).await }).await
    }

    async fn place_draft(
        &self,
        ctx: &Ctx,
        id: DraftId,
        request: PlaceDraft,
        if_version: Option<i64>,
    ) -> Result<Order> {
        let (orders, ctx) = (self.clone(), ctx.clone());
        to_its_end(async move { orders.place_draft_here(&ctx, id, request, if_version).await }).await
    }

    async fn discard_draft(&self, ctx: &Ctx, id: DraftId, if_version: Option<i64>) -> Result<Draft> {
        self.set_draft_state(ctx, id, DraftState::Discarded, if_version).await
    }

    async fn reopen_draft(&self, ctx: &Ctx, id: DraftId) -> Result<Draft> {
        self.set_draft_state(ctx, id, DraftState::Open, None).await
    }

    async fn draft_countries(&self, ctx: &Ctx) -> Result<Vec<Country>> {
        ctx.require(Resource::Orders.read())?;
        self.saga.near.shipping.countries(ctx).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_change_is_named() {
        let one = souk_contract::VariantId::new(Uuid::from_u128(1));
        let line = |quantity| DraftLine { variant_id: one, quantity };
        let named = |request: ChangeDraft| -> Vec<String> {
            match check(&request) {
                Err(Error::Invalid { fields }) => fields.into_iter().map(|one| one.field).collect(),
                other => panic!("{other:?}"),
            }
        };
        let lines = |lines: Vec<DraftLine>| ChangeDraft { lines: Some(lines), ..ChangeDraft::default() };
        assert_eq!(named(lines(vec![line(0)])), ["lines[0].quantity"]);
        assert_eq!(named(lines(vec![line(1), line(1)])), ["lines[1].variant_id"]);
        assert_eq!(named(lines(vec![line(1_000)])), ["lines[0].quantity"]);
        assert!(check(&lines(vec![line(999)])).is_ok());
        let codes = ChangeDraft { codes: Some(vec![String::new(); 6]), ..ChangeDraft::default() };
        assert_eq!(named(codes), ["codes"]);
    }
}
