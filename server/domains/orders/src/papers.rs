//! Issuing invoices and credit notes: once each, numbered in the transaction that writes them down.

use souk_contract::{Ctx, Document, DocumentKind, Error, OrderId, OrderPaymentStatus, Result, TaxRule};
use souk_kernel::Tx;

use crate::{
    desk::Held,
    document::{self, Issue},
    order::{OrderRow, Taxes},
    refund::RefundRow,
    service::LocalOrders,
    store, store_documents,
};

impl LocalOrders {
    pub(crate) async fn invoice_here(&self, ctx: &Ctx, id: OrderId) -> Result<Document> {
        let order = self.find_for(ctx, id).await?;
        let issued = store_documents::of_order(&mut *self.saga.db.read().await?, id).await?;
        if let Some(invoice) = issued.into_iter().find(|one| one.kind == DocumentKind::Invoice) {
            return Ok(invoice);
        }
        let paid_with = self.paid_with(ctx, &order).await?;
        let mut tx = self.saga.db.begin().await?;
        let held = self.hold(&mut tx, id).await?;
        let paid = held.order.payment_status.0.is_paid()
            || held.order.payment_status.0 == OrderPaymentStatus::Refunded;
        if !paid {
            return Err(Error::conflict("not_paid", "An invoice is made once the order is paid."));
        }
        let invoice = self.issue_invoice(&mut tx, &held, &paid_with).await?;
        tx.commit().await?;
        Ok(invoice)
    }

    pub(crate) async fn documents_here(&self, ctx: &Ctx, id: OrderId) -> Result<Vec<Document>> {
        self.find_for(ctx, id).await?;
        Ok(store_documents::of_order(&mut *self.saga.db.read().await?, id).await?)
    }

    /// The way it was paid, as shoppers know it.
    pub(crate) async fn paid_with(&self, ctx: &Ctx, order: &OrderRow) -> Result<String> {
        Ok(self.saga.near.payments.get(ctx, order.payment_id).await?.method_name)
    }

    /// What was taken of the order. Of one from before rates were kept, the cart that was bought knows.
    async fn taxes(&self, tx: &mut Tx, order: &OrderRow) -> Result<Taxes> {
        if let Some(taxes) = &order.content.0.taxes {
            return Ok(taxes.clone());
        }
        let checkout = store::checkout(tx, order.checkout_id).await?;
        let Some(mut cart) = checkout.and_then(|checkout| checkout.cart).map(|cart| cart.0) else {
            return Ok(Taxes::default());
        };
        if let Some(points) = store::rate_before(tx, order.checkout_id).await? {
            cart.rules.tax = TaxRule::flat(points.saturating_mul(100), order.tax_inclusive);
        }
        Ok(Taxes::of(&cart).unwrap_or_default())
    }

    /// The order's invoice, made now where there is none.
    async fn issue_invoice(&self, tx: &mut Tx, held: &Held, paid_with: &str) -> Result<Document> {
        let issued = store_documents::of_order(tx, held.order.id).await?;
        if let Some(invoice) = issued.into_iter().find(|one| one.kind == DocumentKind::Invoice) {
            return Ok(invoice);
        }
        let taxes = self.taxes(tx, &held.order).await?;
        let issue = self.number(tx, DocumentKind::Invoice).await?;
        let invoice = document::invoice(held, &taxes, &issue, paid_with);
        store_documents::add(tx, &invoice).await?;
        Ok(invoice)
    }

    pub(crate) async fn issue_credit_note(
        &self,
        tx: &mut Tx,
        held: &Held,
        row: &RefundRow,
        paid_with: &str,
    ) -> Result<()> {
        let invoice = self.issue_invoice(tx, held, paid_with).await?;
        let taxes = self.taxes(tx, &held.order).await?;
        let issue = self.number(tx, DocumentKind::CreditNote).await?;
        let note = document::credit_note(held, &taxes, row, &invoice, &issue);
        Ok(store_documents::add(tx, &note).await?)
    }

    async fn number(&self, tx: &mut Tx, kind: DocumentKind) -> Result<Issue> {
        Ok(Issue {
            shop: self.saga.near.shop.current(),
            number: store_documents::next_number(tx, kind).await?,
            id: self.saga.kit.ids.next(),
            now: self.saga.kit.now(),
        })
    }
}
