//! What the sums of a payment say of it. Pure functions.

use souk_contract::PaymentStatus;

use crate::store::PaymentRow;

/// Of a payment whose money was held at some time. `ended`: what it is where nothing of it was taken.
pub(crate) fn status(row: &PaymentRow, ended: PaymentStatus) -> PaymentStatus {
    let (captured, refunded) = (row.captured_minor, row.refunded_minor);
    match captured {
        0 if captured + row.released_minor < row.amount_minor => PaymentStatus::Authorized,
        captured if captured + row.released_minor < row.amount_minor => PaymentStatus::PartiallyCaptured,
        0 if row.amount_minor > 0 => ended,
        _ if refunded == 0 => PaymentStatus::Captured,
        captured if refunded < captured => PaymentStatus::PartiallyRefunded,
        _ => PaymentStatus::Refunded,
    }
}

/// What of the hold nobody has asked for yet. `pending`: what the gateway was asked for and has not answered.
pub(crate) fn left(row: &PaymentRow, pending: i64) -> i64 {
    // Once something was let go, nothing is held.
    if row.released_minor > 0 || !row.status.0.is_held() {
        return 0;
    }
    row.amount_minor - row.captured_minor - pending
}

#[cfg(test)]
mod tests {
    use souk_contract::{CaptureMode, Currency, Id, Timestamp};
    use souk_kernel::db::Text;
    use uuid::Uuid;

    use super::*;

    fn row(amount: i64, captured: i64, released: i64, refunded: i64) -> PaymentRow {
        PaymentRow {
            id: Id::new(Uuid::nil()),
            order_id: Id::new(Uuid::nil()),
            method: "test".into(),
            method_name: "Card".into(),
            status: Text(PaymentStatus::Authorized),
            amount_minor: amount,
            currency: Currency::EUR,
            captured_minor: captured,
            refunded_minor: refunded,
            released_minor: released,
            capture: Text(CaptureMode::ByHand),
            in_parts: true,
            held_until: None,
            gateway_ref: None,
            failure: None,
            instructions: None,
            action: None,
            version: 1,
            created_at: Timestamp::from_micros(0).unwrap(),
        }
    }

    #[test]
    fn the_status_follows_from_the_sums() {
        use PaymentStatus::*;
        for (amount, captured, released, refunded, wanted) in [
            (100, 0, 0, 0, Authorized),
            (100, 1, 0, 0, PartiallyCaptured),
            // What is still held can still come, whatever went back.
            (100, 60, 0, 60, PartiallyCaptured),
            (100, 100, 0, 0, Captured),
            (100, 60, 40, 0, Captured),
            (100, 60, 40, 59, PartiallyRefunded),
            (100, 60, 40, 60, Refunded),
            (100, 0, 100, 0, Voided),
            (0, 0, 0, 0, Captured),
        ] {
            let row = row(amount, captured, released, refunded);
            assert_eq!(status(&row, Voided), wanted, "{captured} {released} {refunded}");
        }
    }

    #[test]
    fn nothing_is_left_of_what_was_asked_for_or_let_go() {
        assert_eq!(left(&row(100, 30, 0, 0), 20), 50);
        assert_eq!(left(&row(100, 30, 70, 0), 0), 0);
        assert_eq!(left(&row(100, 30, 50, 0), 20), 0);
    }
}
