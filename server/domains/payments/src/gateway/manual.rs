//! Money that the shop takes itself: cash, a card terminal, an invoice. Only staff choose it.

use async_trait::async_trait;
use souk_contract::{MANUAL_PAYMENT, Money, PaymentId, PaymentMethod, Result};

use super::{Answer, Back, Charge, Gateway, Refund, Request};

pub struct Manual;

#[async_trait]
impl Gateway for Manual {
    fn code(&self) -> &'static str {
        MANUAL_PAYMENT
    }

    fn is_for_staff(&self) -> bool {
        true
    }

    fn offer(&self, _amount: Money) -> Option<PaymentMethod> {
        Some(PaymentMethod {
            code: self.code().into(),
            name: "Outside the shop".into(),
            description: "Cash, a card terminal, an invoice.".into(),
            test_tokens: Vec::new(),
        })
    }

    async fn authorize(&self, request: Request<'_>) -> Result<Answer> {
        let instructions =
            format!("Please pay {} as we agreed; the reference is {}.", request.amount, request.reference);
        Ok(Answer::Awaited { reference: request.payment.to_string(), instructions })
    }

    /// Nothing to take: staff say when it is there.
    async fn capture(&self, _payment: PaymentId, _reference: &str, _amount: Money) -> Result<()> {
        Ok(())
    }

    async fn void(&self, _payment: PaymentId) -> Result<()> {
        Ok(())
    }

    /// Whoever grants it hands it over.
    async fn refund(&self, refund: Refund<'_>) -> Result<Back> {
        Ok(Back::Sent { reference: refund.id.to_string() })
    }

    async fn charges(&self) -> Result<Vec<Charge>> {
        Ok(Vec::new())
    }
}
