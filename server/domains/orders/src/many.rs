//! One step for many orders: each in its own transaction, so that one that can't keeps none of the others.

use std::collections::HashSet;

use souk_contract::{
    CapturePayment, Check, CreateFulfillment, Ctx, Error, FulfillmentState, FulfillmentStep, MoveFulfillment,
    MoveOrders, OrderId, OrderRefused, OrderStatus, OrdersMoved, OrdersStep, PaymentStatus, Resource, Result,
};

use crate::{order, service::LocalOrders, store_parcels};

const MOST: usize = 100;

impl LocalOrders {
    pub(crate) async fn move_many(&self, ctx: &Ctx, request: MoveOrders) -> Result<OrdersMoved> {
        ctx.require(Resource::Orders.write())?;
        if matches!(request.step, OrdersStep::ConfirmPayment | OrdersStep::Capture) {
            ctx.require(Resource::Payments.write())?;
        }
        let count = request.orders.len();
        Check::new()
            .that((1..=MOST).contains(&count), "orders", "out_of_range", "From 1 to 100 orders.")
            .done()?;
        let mut moved = OrdersMoved::default();
        let mut seen = HashSet::new();
        for id in request.orders.into_iter().filter(|id| seen.insert(*id)) {
            let done = match request.step {
                OrdersStep::Ship => self.ship_all(ctx, id).await,
                OrdersStep::ConfirmPayment => self.confirm(ctx, id).await,
                OrdersStep::Capture => self.capture_all(ctx, id).await,
            };
            match done {
                Ok(()) => moved.done.push(id),
                Err(error) => moved.refused.push(self.refusal(id, error).await?),
            }
        }
        Ok(moved)
    }

    async fn ship_all(&self, ctx: &Ctx, id: OrderId) -> Result<()> {
        let order = self.find(id).await?;
        if order.status.0 == OrderStatus::Pending {
            return Err(Error::conflict("not_paid", "The money has not come yet."));
        }
        let parcels = store_parcels::parcels(&mut *self.saga.db.read().await?, id).await?;
        let waiting: Vec<_> = parcels
            .iter()
            .filter(|parcel| {
                matches!(parcel.row.state.0, FulfillmentState::Pending | FulfillmentState::Processing)
            })
            .collect();
        for parcel in &waiting {
            let ship = MoveFulfillment { step: FulfillmentStep::Ship, tracking: None };
            self.move_here(ctx, id, parcel.row.id, ship).await?;
        }
        let rest = CreateFulfillment { ship: true, ..CreateFulfillment::default() };
        match self.fulfil_here(ctx, id, rest, None).await {
            // The parcels were all of it.
            Err(Error::Conflict { code, .. }) if code == "nothing_left" && !waiting.is_empty() => Ok(()),
            done => done.map(drop),
        }
    }

    async fn confirm(&self, ctx: &Ctx, id: OrderId) -> Result<()> {
        self.find(id).await?;
        let payments = self.saga.near.payments.of_order(ctx, id).await?;
        let awaited = payments.iter().find(|payment| payment.status == PaymentStatus::Processing);
        let awaited = awaited
            .ok_or_else(|| Error::conflict("payment_not_awaited", "No money is awaited for this order."))?;
        self.saga.near.payments.confirm_transfer(ctx, awaited.id, None).await.map(drop)
    }

    async fn capture_all(&self, ctx: &Ctx, id: OrderId) -> Result<()> {
        self.find(id).await?;
        let payments = self.saga.near.payments.of_order(ctx, id).await?;
        let held = payments.iter().find(|payment| payment.status.is_held());
        let held = held
            .ok_or_else(|| Error::conflict("payment_not_authorized", "No money is held for this order."))?;
        let all = CapturePayment { capture_id: None, payment_id: held.id, amount: None };
        self.saga.near.payments.capture_by_hand(ctx, all, None).await.map(drop)
    }

    /// # Errors
    /// What no order is to blame for.
    async fn refusal(&self, id: OrderId, error: Error) -> Result<OrderRefused> {
        let code = match &error {
            Error::Conflict { code, .. } => code.clone(),
            Error::NotFound { .. } => "not_found".to_owned(),
            _ => return Err(error),
        };
        let number = match self.find(id).await {
            Ok(order) => Some(order.number),
            Err(Error::NotFound { .. }) => None,
            Err(error) => return Err(error),
        };
        let message =
            if number.is_some() { error.public_message() } else { order::not_found().public_message() };
        Ok(OrderRefused { order_id: id, number, code, message })
    }
}
