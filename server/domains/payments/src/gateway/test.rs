//! A gateway for trying the shop out. It keeps books of its own, as a real one would, so that a crash between its
//! answer and our writing it down can be told from one before.

use async_trait::async_trait;
use souk_contract::{Currency, Error, Money, PaymentId, PaymentMethod, Result, TestToken};
use souk_kernel::{
    Kit,
    db::{Conn, Db, DbError},
    record,
};

use super::{Answer, Charge, Gateway, Request};

const TOKENS: [(&str, &str); 4] = [
    ("tok_success", "Test card: succeeds"),
    ("tok_declined", "Test card: is declined"),
    ("tok_insufficient_funds", "Test card: lacks the money"),
    ("tok_unavailable", "Test card: the gateway is down"),
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
        let (state, failure) = match request.token.unwrap_or("tok_success") {
            "tok_success" => ("authorized", None),
            "tok_declined" => ("declined", Some("Your card was declined.")),
            "tok_insufficient_funds" => ("declined", Some("Your card has insufficient funds.")),
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
            "insert into test_charge (reference, amount_minor, currency, state, failure, at)
             values ($1, $2, $3, $4, $5, $6) on conflict (reference) do nothing",
        )
        .bind(&reference)
        .bind(request.amount.minor)
        .bind(request.amount.currency)
        .bind(state)
        .bind(failure)
        .bind(self.kit.now())
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

    async fn charges(&self) -> Result<Vec<Charge>> {
        let rows: Vec<ChargeRow> = self
            .db
            .read()
            .await?
            .query(
                "select reference, amount_minor, currency, state, failure from test_charge
                 where state in ('authorized', 'captured') order by reference",
            )
            .all()
            .await?;
        Ok(rows
            .into_iter()
            .map(|row| Charge {
                captured: row.state == "captured",
                amount: Money::new(row.amount_minor, row.currency),
                reference: row.reference,
            })
            .collect())
    }
}
