//! Checkouts that wait for their shopper: what came of them, and how they are given up.

use souk_contract::{CheckoutAction, CheckoutId, Ctx, Error, Order, OrderId, PlaceOrder, Placed, Result};

use crate::{
    checkout::{CheckoutRow, Step},
    saga::Reached,
    service::LocalOrders,
    store,
};

/// What is left of a checkout that was to be given up.
#[derive(Debug)]
pub(crate) enum Left {
    /// It was confirmed before.
    Order(Box<Order>),
    /// Nothing: the cart is open.
    Open,
}

impl Left {
    pub(crate) fn order(self) -> Option<Order> {
        match self {
            Self::Order(order) => Some(*order),
            Self::Open => None,
        }
    }
}

impl LocalOrders {
    /// What a caller hears of a run.
    pub(crate) async fn reached(&self, ctx: &Ctx, id: CheckoutId, reached: Reached) -> Result<Placed> {
        match reached {
            Reached::Order(order) => {
                let order = self.show(ctx, self.find(order).await?).await?;
                Ok(Placed::Order { order: Box::new(order) })
            }
            Reached::Waiting => {
                let row = store::checkout(&mut *self.saga.db.read().await?, id).await?;
                let row = row.ok_or_else(|| Error::not_found("checkout"))?;
                let next = self.action(ctx, &row).await?;
                // Answered this very moment: asked again, it goes on.
                let next = next.ok_or_else(|| Error::Unavailable { what: "The payment".to_owned() })?;
                Ok(Placed::RequiresAction { next })
            }
        }
    }

    /// For somebody else: whoever pays can't be sent to their bank.
    pub(crate) async fn place_for_staff(
        &self,
        ctx: &Ctx,
        checkout: CheckoutId,
        request: PlaceOrder,
    ) -> Result<Order> {
        let cart = request.cart_token.clone();
        let placed = self.place_here(ctx, checkout, request).await?;
        if matches!(placed, Placed::RequiresAction { .. })
            && let Some(Left::Order(order)) = self.let_go_of_cart(ctx, &cart).await?
        {
            return Ok(*order);
        }
        placed.order()
    }

    pub(crate) async fn action(&self, ctx: &Ctx, row: &CheckoutRow) -> Result<Option<CheckoutAction>> {
        let Some(until) = row.waits_until.filter(|_| row.state.0 == Step::Waiting) else { return Ok(None) };
        let action = self.saga.near.payments.next_action(ctx, row.payment_id).await?;
        Ok(action.map(|action| CheckoutAction { token: self.saga.token(row.id), action, until }))
    }

    /// The shopper is back, or asks.
    pub(crate) async fn look_at(&self, ctx: &Ctx, id: CheckoutId) -> Result<Placed> {
        let turn = self.turn(id);
        let _turn = turn.lock().await;
        let row = store::checkout(&mut *self.saga.db.read().await?, id).await?;
        let row = row.ok_or_else(|| Error::not_found("checkout"))?;
        let reached = self.saga.run(ctx, row).await?;
        self.reached(ctx, id, reached).await
    }

    /// The gateway told what became of a payment.
    pub(crate) async fn go_on(&self, order: OrderId) -> Result<()> {
        let ctx = Ctx::system("orders.go_on");
        let waits = store::waiting_for_order(&mut *self.saga.db.read().await?, order).await?;
        let Some(row) = waits else { return Ok(()) };
        if let Err(error) = self.look_at(&ctx, row.id).await {
            tracing::info!(%error, checkout = %row.id, "a checkout that waited gave no order");
        }
        Ok(())
    }

    pub(crate) async fn waiting_row(&self, ctx: &Ctx, cart_token: &str) -> Result<Option<CheckoutRow>> {
        let cart = self.saga.near.carts.get(ctx, cart_token).await?;
        Ok(store::waiting_of_cart(&mut *self.saga.db.read().await?, cart.id).await?)
    }

    /// None where the cart waits for nothing.
    pub(crate) async fn let_go_of_cart(&self, ctx: &Ctx, cart_token: &str) -> Result<Option<Left>> {
        let Some(row) = self.waiting_row(ctx, cart_token).await? else { return Ok(None) };
        let turn = self.turn(row.id);
        let _turn = turn.lock().await;
        let row = store::checkout(&mut *self.saga.db.read().await?, row.id).await?;
        match row {
            Some(row) => self.let_go(ctx, row).await.map(Some),
            None => Ok(None),
        }
    }

    /// Gives up what waits, unless it was confirmed. Whoever calls has the checkout's turn.
    pub(crate) async fn let_go(&self, ctx: &Ctx, mut row: CheckoutRow) -> Result<Left> {
        match self.saga.run(ctx, row.clone()).await {
            Ok(Reached::Order(order)) => {
                return Ok(Left::Order(Box::new(self.show(ctx, self.find(order).await?).await?)));
            }
            Ok(Reached::Waiting) => self.saga.give_up(ctx, &mut row).await?,
            // Refused, and taken back already.
            Err(Error::Conflict { .. }) => {}
            Err(error) => return Err(error),
        }
        Ok(Left::Open)
    }
}
