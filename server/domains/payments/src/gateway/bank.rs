//! The bank of the test gateway: the page that asks a card's holder, and what they answer.

use souk_contract::{Error, Money, PaymentAction, Result};

use super::test::{TestGateway, find};

/// What the bank's page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankPage {
    pub amount: Money,
    /// What will stand on the bank statement.
    pub statement: String,
    /// Where the shopper goes afterwards.
    pub return_url: String,
    /// Nobody answered yet.
    pub is_open: bool,
}

/// The bank's page stands at the origin to which it sends the shopper back.
pub(super) fn action(reference: &str, return_url: Option<&str>) -> Result<PaymentAction> {
    let page = return_url
        .and_then(|url| url::Url::parse(url).ok())
        .and_then(|url| url.join(&format!("/test-bank/{reference}")).ok())
        .ok_or_else(|| Error::internal("a test charge that asks has no address to return to"))?;
    Ok(PaymentAction::Redirect { url: page.into() })
}

impl TestGateway {
    /// # Errors
    /// `NotFound` where nobody is or was asked for this charge.
    pub async fn bank_page(&self, reference: &str) -> Result<BankPage> {
        let charge = find(&mut *self.db.read().await?, reference).await?;
        let charge = charge.ok_or_else(|| Error::not_found("payment"))?;
        let return_url = charge.return_url.ok_or_else(|| Error::not_found("payment"))?;
        Ok(BankPage {
            amount: Money::new(charge.amount_minor, charge.currency),
            statement: charge.statement,
            return_url,
            is_open: charge.state == "requires_action",
        })
    }

    /// What the card's holder says. The first answer counts; where the shop gave the payment up, none does.
    ///
    /// # Errors
    /// As [`bank_page`](Self::bank_page).
    pub async fn answer_bank(&self, reference: &str, approved: bool) -> Result<BankPage> {
        let (state, failure) = match approved {
            true => ("authorized", None),
            false => ("declined", Some("Your bank did not confirm the payment.")),
        };
        let mut tx = self.db.begin().await?;
        tx.query(
            "update test_charge set state = $2, failure = $3 where reference = $1 and state = 'requires_action'",
        )
        .bind(reference)
        .bind(state)
        .bind(failure)
        .execute()
        .await?;
        tx.commit().await?;
        self.bank_page(reference).await
    }
}
