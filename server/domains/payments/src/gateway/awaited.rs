//! Money that comes by another way and is awaited: nothing is held, and staff say when it is there.

use async_trait::async_trait;
use souk_contract::{CASH_ON_DELIVERY, Error, MANUAL_PAYMENT, PaymentId, Result, Timestamp};
use souk_kernel::db::Db;

use super::{About, Answer, Back, Capture, Charge, Found, Gateway, Refund, Request, Taken};
use crate::store_settings;

/// Payment in advance: the shopper is told the account.
pub struct BankTransfer {
    db: Db,
}

/// Whoever brings the parcel takes the money.
pub struct CashOnDelivery;

/// Cash, a card terminal, an invoice. Only staff choose it.
pub struct Manual;

impl BankTransfer {
    /// The account is the settings', in payments' own database.
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    async fn instructions(&self, request: &Request<'_>) -> Result<String> {
        let settings = store_settings::settings(&mut *self.db.read().await?).await?;
        let bank = settings.map(|row| row.content.0.bank).unwrap_or_default();
        let bic = if bank.bic.is_empty() { String::new() } else { format!(", BIC {}", bank.bic) };
        Ok(format!(
            "Please transfer {} to {}, IBAN {}{bic}, with the reference {}.",
            request.amount,
            bank.holder,
            bank.iban_in_groups(),
            request.reference
        ))
    }
}

impl CashOnDelivery {
    async fn instructions(&self, request: &Request<'_>) -> Result<String> {
        Ok(format!("Please have {} ready when your parcel arrives.", request.amount))
    }
}

impl Manual {
    async fn instructions(&self, request: &Request<'_>) -> Result<String> {
        Ok(format!("Please pay {} as we agreed; the reference is {}.", request.amount, request.reference))
    }
}

macro_rules! awaited {
    ($gateway:ident, $code:expr, $for_staff:literal, $name:literal, $description:literal) => {
        #[async_trait]
        impl Gateway for $gateway {
            fn code(&self) -> &'static str {
                $code
            }

            fn about(&self) -> About {
                About { name: $name, description: $description }
            }

            fn is_for_staff(&self) -> bool {
                $for_staff
            }

            async fn authorize(&self, request: Request<'_>) -> Result<Answer> {
                let instructions = self.instructions(&request).await?;
                Ok(Answer::Awaited { reference: request.payment.to_string(), instructions })
            }

            async fn look(&self, _payment: PaymentId, _reference: Option<&str>) -> Result<Found> {
                Err(Error::internal("a payment that is awaited waits for no bank's answer"))
            }

            /// Nothing to take: it is sent, or handed over.
            async fn capture(&self, capture: Capture<'_>) -> Result<Taken> {
                Ok(Taken::Done { reference: capture.id.to_string() })
            }

            async fn void(&self, _payment: PaymentId, _reference: Option<&str>) -> Result<()> {
                Ok(())
            }

            /// Whoever grants it sends it or hands it over.
            async fn refund(&self, refund: Refund<'_>) -> Result<Back> {
                Ok(Back::Sent { reference: refund.id.to_string() })
            }

            /// A bank's list comes with statements, which Souk does not read yet; a till has none.
            async fn charges(&self, _since: Timestamp, _until: Timestamp) -> Result<Vec<Charge>> {
                Ok(Vec::new())
            }
        }
    };
}

awaited!(
    BankTransfer,
    "bank_transfer",
    false,
    "Bank transfer",
    "We send your order as soon as the money is here."
);
awaited!(CashOnDelivery, CASH_ON_DELIVERY, false, "Cash on delivery", "You pay whoever brings your parcel.");
awaited!(Manual, MANUAL_PAYMENT, true, "Outside the shop", "Cash, a card terminal, an invoice.");
