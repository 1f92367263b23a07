//! A gateway for trying the shop out. It keeps books of its own, as a real one would, so that a crash between its
//! answer and our writing it down can be told from one before.

use async_trait::async_trait;
use souk_contract::{Currency, Error, Money, PaymentId, Result, TestToken, Timestamp};
use souk_kernel::{
    Kit,
    db::{Conn, Db, DbError},
    record,
};

use super::{About, Answer, Back, Capture, Charge, Found, Gateway, Notice, Refund, Request, Taken, bank};

/// As long as most cards' banks hold money.
const HELD_DAYS: i64 = 7;

const TOKENS: [(&str, &str); 11] = [
    ("tok_success", "Test card: succeeds"),
    ("tok_3ds", "Test card: its bank asks you to confirm"),
    ("tok_declined", "Test card: is declined"),
    ("tok_insufficient_funds", "Test card: lacks the money"),
    ("tok_unavailable", "Test card: the gateway is down"),
    ("tok_capture_refused", "Test card: its money can't be taken"),
    ("tok_capture_unavailable", "Test card: the first answer to taking its money is lost"),
    ("tok_one_capture", "Test card: its money is taken in one part only"),
    ("tok_refund_declined", "Test card: its refunds are declined"),
    ("tok_refund_slow", "Test card: its refunds take a while"),
    ("tok_refund_unavailable", "Test card: the first answer to a refund is lost"),
];

pub struct TestGateway {
    pub(super) kit: Kit,
    pub(super) db: Db,
}

record! {
    pub(super) struct ChargeRow {
        pub reference: String,
        pub amount_minor: i64,
        pub currency: Currency,
        pub state: String,
        pub failure: Option<String>,
        captured_minor: i64,
        in_parts: bool,
        held_until: Option<Timestamp>,
        captures: String,
        pub return_url: Option<String>,
        pub statement: String,
    }
}

/// What a token makes of the calls that follow.
struct Script {
    state: &'static str,
    failure: Option<&'static str>,
    in_parts: bool,
    captures: &'static str,
    refunds: &'static str,
}

impl Script {
    fn of(token: &str) -> Result<Self> {
        let plain = Self {
            state: "authorized",
            failure: None,
            in_parts: true,
            captures: "succeed",
            refunds: "succeed",
        };
        let declined = |why| Self { state: "declined", failure: Some(why), ..plain };
        Ok(match token {
            "tok_success" => plain,
            "tok_3ds" => Self { state: "requires_action", ..plain },
            "tok_capture_refused" => Self { captures: "refuse", ..plain },
            "tok_capture_unavailable" => Self { captures: "lose_answer", ..plain },
            "tok_one_capture" => Self { in_parts: false, ..plain },
            "tok_refund_declined" => Self { refunds: "decline", ..plain },
            "tok_refund_slow" => Self { refunds: "take_time", ..plain },
            "tok_refund_unavailable" => Self { refunds: "lose_answer", ..plain },
            "tok_declined" => declined("Your card was declined."),
            "tok_insufficient_funds" => declined("Your card has insufficient funds."),
            "tok_unavailable" => return Err(unavailable()),
            _ => {
                let message = "The gateway doesn't know this token.";
                return Err(Error::invalid("payment_token", "invalid", message));
            }
        })
    }
}

fn unavailable() -> Error {
    Error::Unavailable { what: "The payment gateway".into() }
}

impl TestGateway {
    pub fn new(kit: Kit, db: Db) -> Self {
        Self { kit, db }
    }
}

fn reference(payment: PaymentId) -> String {
    format!("test_{}", payment.uuid().simple())
}

pub(super) async fn find(conn: &mut Conn, reference: &str) -> Result<Option<ChargeRow>, DbError> {
    conn.query(
        "select reference, amount_minor, currency, state, failure, captured_minor, in_parts, held_until, captures,
                return_url, statement
         from test_charge where reference = $1",
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

    fn about(&self) -> About {
        About {
            name: "Card (test mode)",
            description: "No real money moves. Choose what the test gateway shall answer.",
        }
    }

    fn holds(&self) -> bool {
        true
    }

    fn test_tokens(&self) -> Vec<TestToken> {
        let token =
            |(token, label): &(&str, &str)| TestToken { token: (*token).into(), label: (*label).into() };
        TOKENS.iter().map(token).collect()
    }

    async fn authorize(&self, request: Request<'_>) -> Result<Answer> {
        let mut script = Script::of(request.token.unwrap_or("tok_success"))?;
        if script.state == "requires_action" && request.return_url.is_none() {
            (script.state, script.failure) =
                ("declined", Some("This card asks for its holder, and nobody can be sent there."));
        }
        let reference = reference(request.payment);
        let mut tx = self.db.begin().await?;
        tx.query(
            "insert into test_charge (reference, amount_minor, currency, state, failure, at, refunds, captures, in_parts,
                                      held_until, return_url, statement)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict (reference) do nothing",
        )
        .bind(&reference)
        .bind(request.amount.minor)
        .bind(request.amount.currency)
        .bind(script.state)
        .bind(script.failure)
        .bind(self.kit.now())
        .bind(script.refunds)
        .bind(script.captures)
        .bind(script.in_parts)
        .bind(self.kit.now().plus_seconds(HELD_DAYS * 24 * 3600))
        .bind(request.return_url.filter(|_| script.state == "requires_action"))
        .bind(request.reference)
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
            "requires_action" => {
                let action = bank::action(&reference, charge.return_url.as_deref())?;
                Answer::RequiresAction { reference, action }
            }
            _ => Answer::Authorized { reference, until: charge.held_until, in_parts: charge.in_parts },
        })
    }

    async fn look(&self, payment: PaymentId, _reference: Option<&str>) -> Result<Found> {
        let gone = |message: &str| Found::Gone { message: message.to_owned() };
        let reference = reference(payment);
        let Some(charge) = find(&mut *self.db.read().await?, &reference).await? else {
            return Ok(gone("The gateway knows of no such payment."));
        };
        Ok(match charge.state.as_str() {
            "requires_action" => Found::Waits,
            "authorized" => Found::Held {
                amount: Money::new(charge.amount_minor, charge.currency),
                until: charge.held_until,
                in_parts: charge.in_parts,
            },
            _ => gone(charge.failure.as_deref().unwrap_or("The payment was cancelled.")),
        })
    }

    async fn capture(&self, capture: Capture<'_>) -> Result<Taken> {
        let reference = format!("test_capture_{}", capture.id.uuid().simple());
        let mut tx = self.db.begin().await?;
        // Two at once would each find nothing of the other, and room for both.
        tx.lock("test_charge", capture.payment.uuid()).await?;
        let known: Option<(i64,)> = tx
            .query("select amount_minor from test_capture where reference = $1")
            .bind(&reference)
            .optional()
            .await?;
        if known.is_some() {
            tx.commit().await?;
            return Ok(Taken::Done { reference });
        }
        let refused =
            |message: &str| Taken::Refused { reference: reference.clone(), message: message.into() };
        let charge = find(&mut tx, capture.reference).await?.filter(|charge| charge.state == "authorized");
        let Some(charge) = charge else { return Ok(refused("The gateway holds nothing for this payment.")) };
        if charge.held_until.is_some_and(|until| until <= self.kit.now()) {
            return Ok(refused("What was held has run out."));
        }
        if charge.captures == "refuse" {
            return Ok(refused("The card's bank gives the money no more."));
        }
        let captured = charge.captured_minor + capture.amount.minor;
        if captured > charge.amount_minor {
            return Ok(refused("More than is held can't be taken."));
        }
        let done = captured == charge.amount_minor || !charge.in_parts;
        tx.query("update test_charge set captured_minor = $2, state = $3 where reference = $1")
            .bind(capture.reference)
            .bind(captured)
            .bind(if done { "captured" } else { "authorized" })
            .execute()
            .await?;
        tx.query("insert into test_capture (reference, charge, amount_minor, at) values ($1, $2, $3, $4)")
            .bind(&reference)
            .bind(capture.reference)
            .bind(capture.amount.minor)
            .bind(self.kit.now())
            .execute()
            .await?;
        tx.commit().await?;
        if charge.captures == "lose_answer" { Err(unavailable()) } else { Ok(Taken::Done { reference }) }
    }

    async fn void(&self, payment: PaymentId, _reference: Option<&str>) -> Result<()> {
        let mut tx = self.db.begin().await?;
        tx.lock("test_charge", payment.uuid()).await?;
        let reference = reference(payment);
        let Some(charge) = find(&mut tx, &reference).await? else { return Ok(tx.commit().await?) };
        if charge.state == "captured" && charge.captured_minor == charge.amount_minor {
            return Err(Error::conflict(
                "payment_captured",
                "The money was taken already: refund it instead.",
            ));
        }
        tx.query("update test_charge set state = $2 where reference = $1 and state in ('requires_action', 'authorized')")
            .bind(&reference)
            .bind(if charge.captured_minor > 0 { "captured" } else { "voided" })
            .execute()
            .await?;
        Ok(tx.commit().await?)
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
                "select charge.captured_minor, charge.refunds, cast(coalesce((
                   select sum(back.amount_minor) from test_refund back where back.charge = charge.reference), 0) as bigint)
                 from test_charge charge where charge.reference = $1 and charge.captured_minor > 0",
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
        match refunds.as_str() {
            "lose_answer" => Err(unavailable()),
            "take_time" => Ok(Back::Pending),
            _ => Ok(Back::Sent { reference }),
        }
    }

    fn read_notice(&self, signature: &str, body: &[u8], now: Timestamp) -> Result<Notice, String> {
        self.read(signature, body, now)
    }

    async fn charges(&self, since: Timestamp, until: Timestamp) -> Result<Vec<Charge>> {
        let rows: Vec<ListedRow> = self
            .db
            .read()
            .await?
            .query(
                "select charge.reference, charge.at, charge.amount_minor, charge.captured_minor, charge.currency, charge.state,
                        charge.held_until, cast(coalesce(sum(back.amount_minor), 0) as bigint) as refunded_minor
                 from test_charge charge left join test_refund back on back.charge = charge.reference
                 where charge.at >= $1 and charge.at < $2 and charge.state in ('authorized', 'captured')
                 group by charge.reference, charge.at, charge.amount_minor, charge.captured_minor, charge.currency,
                          charge.state, charge.held_until",
            )
            .bind(since)
            .bind(until)
            .all()
            .await?;
        let now = self.kit.now();
        Ok(rows.into_iter().map(|row| row.listed(now)).collect())
    }
}

record! {
    struct ListedRow {
        reference: String,
        at: Timestamp,
        amount_minor: i64,
        captured_minor: i64,
        currency: Currency,
        state: String,
        held_until: Option<Timestamp>,
        refunded_minor: i64,
    }
}

impl ListedRow {
    fn listed(self, now: Timestamp) -> Charge {
        let money = |minor| Money::new(minor, self.currency);
        let holds = self.state == "authorized" && self.held_until.is_none_or(|until| until > now);
        let uuid = self.reference.strip_prefix("test_").and_then(|text| text.parse().ok());
        Charge {
            payment: uuid.map(PaymentId::new),
            created_at: self.at,
            held: money(if holds { self.amount_minor - self.captured_minor } else { 0 }),
            captured: money(self.captured_minor),
            refunded: money(self.refunded_minor),
            reference: self.reference,
        }
    }
}
