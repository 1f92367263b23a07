//! Payment in advance by bank transfer: the shopper is told the account, staff confirm the money.

use async_trait::async_trait;
use souk_contract::{Money, PaymentId, PaymentMethod, Result};

use super::{Answer, Back, Charge, Gateway, Refund, Request};

/// Where the money goes to.
#[derive(Debug, Clone)]
pub struct BankAccount {
    pub holder: String,
    pub iban: String,
    pub bic: String,
}

pub struct BankTransfer {
    account: BankAccount,
}

impl BankTransfer {
    pub fn new(account: BankAccount) -> Self {
        Self { account }
    }
}

#[async_trait]
impl Gateway for BankTransfer {
    fn code(&self) -> &'static str {
        "bank_transfer"
    }

    fn offer(&self, _amount: Money) -> Option<PaymentMethod> {
        Some(PaymentMethod {
            code: self.code().into(),
            name: "Bank transfer".into(),
            description: "We send your order as soon as the money is here.".into(),
            test_tokens: Vec::new(),
        })
    }

    async fn authorize(&self, request: Request<'_>) -> Result<Answer> {
        let BankAccount { holder, iban, bic } = &self.account;
        let instructions = format!(
            "Please transfer {} to {holder}, IBAN {iban}, BIC {bic}, with the reference {}.",
            request.amount, request.reference
        );
        Ok(Answer::Awaited { reference: request.payment.to_string(), instructions })
    }

    /// Nothing to take: the shopper sends it.
    async fn capture(&self, _payment: PaymentId, _reference: &str, _amount: Money) -> Result<()> {
        Ok(())
    }

    async fn void(&self, _payment: PaymentId) -> Result<()> {
        Ok(())
    }

    /// Whoever grants it sends it from the shop's account; a bank can't be told to.
    async fn refund(&self, refund: Refund<'_>) -> Result<Back> {
        Ok(Back::Sent { reference: refund.id.to_string() })
    }

    /// A bank's list comes with statements, which Souk does not read yet.
    async fn charges(&self) -> Result<Vec<Charge>> {
        Ok(Vec::new())
    }
}
