//! A gateway for trying the shop out. It keeps books of its own, as a real one would, so that a crash between its
//! answer and our writing it down can be told from one before.

use async_trait::async_trait;
use souk_contract::{Currency, Error, Money, PaymentId, PaymentMethod, Result, TestToken};
use souk_kernel::{
    Kit,
    db::{Conn, Db, DbError},
    record,
};

use super::{Answer, Back, Charge, Gateway, Refund, Request};

const TOKENS: [(&str, &str); 6] = [
    ("tok_success", "Test card: succeeds"),
    ("tok_declined", "Test card: is declined"),
    ("tok_insufficient_funds", "Test card: lacks the money"),
    ("tok_unavailable", "Test card: the gateway is down"),
    ("tok_refund_declined", "Test card: its refunds are declined"),
    ("tok_refund_unavailable", "Test card: the first answer to a refund is lost"),
];

pub struct TestGateway {
    kit: Kit,
    db: Db,
}

record! {
    struct ChargeRow {
        reference: String,
        amount_minor: i64,
        currency: Currency,
        state: String,
        failure: Option<String>,
    }
}

impl TestGateway {
    pub fn new(kit: Kit, db: Db) -> Self {
        Self { kit, db }
    }

    /// Moves the charge on; a repeat or another state is no error here, the caller looks at what stands.
    async fn set_state(&self, reference: &str, to: &'static str) -> Result<()> {
        let mut tx = self.db.begin().await?;
        tx.query("update test_charge set state = $2 where reference = $1 and state = 'authorized'")
            .bind(reference)
            .bind(to)
            .execute()
            .await?;
        Ok(tx.commit().await?)
    }
}

fn reference(payment: PaymentId) -> String {
    format!("test_{}", payment.uuid().simple())
}

async fn find(conn: &mut Conn, reference: &str) -> Result<Option<ChargeRow>, DbError> {
    conn.query(
        "select reference, amount_minor, currency, state, failure from test_charge where reference = $1",
    )
    .bind(reference)
    .optional()
    .await
}

#[async_trait]
impl Gateway for TestGateway {
    fn code(&self) -> &'static str {
        "test"
    }

    fn offer(&self, _amount: Money) -> Option<PaymentMethod> {
        let test_tokens = TOKENS
            .iter()
            .map(|(token, label)| TestToken { token: (*token).into(), label: (*label).into() })
            .collect();
        Some(PaymentMethod {
            code: self.code().into(),
            name: "Card (test mode)".into(),
            description: "No real money moves. Choose what the test gateway shall answer.".into(),
            test_tokens,
        })
    }

    async fn authorize(&self, request: Request<'_>) -> Result<Answer> {
        let (state, refunds, failure) = match request.token.unwrap_or("tok_success") {
            "tok_success" => ("authorized", "succeed", None),
            "tok_refund_declined" => ("authorized", "decline", None),
            "tok_refund_unavailable" => ("authorized", "lose_answer", None),
            "tok_declined" => ("declined", "succeed", Some("Your card was declined.")),
            "tok_insufficient_funds" => ("declined", "succeed", Some("Your card has insufficient funds.")),
            "tok_unavailable" => return Err(Error::Unavailable { what: "The payment gateway".into() }),
            _ => {
                return Err(Error::invalid(
                    "payment_token",
                    "invalid",
                    "The gateway doesn't know this token.",
                ));
            }
        };
        let reference = reference(request.payment);
        let mut tx = self.db.begin().await?;
        tx.query(
            "insert into test_charge (reference, amount_minor, currency, state, failure, at, refunds)
             values ($1, $2, $3, $4, $5, $6, $7) on conflict (reference) do nothing",
        )
        .bind(&reference)
        .bind(request.amount.minor)
        .bind(request.amount.currency)
        .bind(state)
        .bind(failure)
        .bind(self.kit.now())
        .bind(refunds)
        .execute()
        .await?;
        let charge =
            find(&mut tx, &reference).await?.ok_or_else(|| Error::internal("a test charge is gone"))?;
        tx.commit().await?;
        if charge.amount_minor != request.amount.minor || charge.currency != request.amount.currency {
            return Err(Error::conflict("payment_reused", "This payment was made for another amount."));
        }
        Ok(match charge.state.as_str() {
            "declined" | "voided" => Answer::Declined {
                reference,
                message: charge.failure.unwrap_or_else(|| "The payment was cancelled.".to_owned()),
            },
            _ => Answer::Authorized { reference },
        })
    }

    async fn capture(&self, _payment: PaymentId, reference: &str, amount: Money) -> Result<()> {
        self.set_state(reference, "captured").await?;
        match find(&mut *self.db.read().await?, reference).await? {
            Some(charge) if charge.state == "captured" && charge.amount_minor == amount.minor => Ok(()),
            _ => Err(Error::conflict("capture_refused", "The gateway refused to take the money.")),
        }
    }

    async fn void(&self, payment: PaymentId) -> Result<()> {
        self.set_state(&reference(payment), "voided").await
    }

    async fn refund(&self, refund: Refund<'_>) -> Result<Back> {
        let reference = format!("test_refund_{}", refund.id.uuid().simple());
        let mut tx = self.db.begin().await?;
        // Two at once would each find nothing of the other, and room for both.
        tx.lock("test_charge", refund.payment.uuid()).await?;
        let known: Option<(i64,)> = tx
            .query("select amount_minor from test_refund where reference = $1")
            .bind(&reference)
            .optional()
            .await?;
        if known.is_some() {
            tx.commit().await?;
            return Ok(Back::Sent { reference });
        }
        let charge: Option<(i64, String, i64)> = tx
            .query(
                "select charge.amount_minor, charge.refunds, cast(coalesce((
                   select sum(back.amount_minor) from test_refund back where back.charge = charge.reference), 0) as bigint)
                 from test_charge charge where charge.reference = $1 and charge.state = 'captured'",
            )
            .bind(refund.reference)
            .optional()
            .await?;
        let declined =
            |message: &str| Back::Declined { reference: reference.clone(), message: message.into() };
        let Some((amount, refunds, back)) = charge else {
            return Ok(declined("The gateway took no money for this payment."));
        };
        if refunds == "decline" {
            return Ok(declined("The card's bank takes no refunds."));
        }
        if refund.amount.minor > amount - back {
            return Ok(declined("More than was taken can't go back."));
        }
        tx.query("insert into test_refund (reference, charge, amount_minor, at) values ($1, $2, $3, $4)")
            .bind(&reference)
            .bind(refund.reference)
            .bind(refund.amount.minor)
            .bind(self.kit.now())
            .execute()
            .await?;
        tx.commit().await?;
        if refunds == "lose_answer" {
            return Err(Error::Unavailable { what: "The payment gateway".into() });
        }
        Ok(Back::Sent { reference })
    }

    async fn charges(&self) -> Result<Vec<Charge>> {
        let rows: Vec<(String, i64, Currency, String, i64)> = self
            .db
            .read()
            .await?
            .query(
                "select charge.reference, charge.amount_minor, charge.currency, charge.state,
                        cast(coalesce(sum(back.amount_minor), 0) as bigint)
                 from test_charge charge left join test_refund back on back.charge = charge.reference
                 where charge.state in ('authorized', 'captured')
                 group by charge.reference, charge.amount_minor, charge.currency, charge.state
                 order by charge.reference",
            )
            .all()
            .await?;
        let charges = rows.into_iter().map(|(reference, amount, currency, state, refunded)| Charge {
            captured: state == "captured",
            amount: Money::new(amount, currency),
            refunded: Money::new(refunded, currency),
            reference,
        });
        Ok(charges.collect())
    }
}
