//! What one payment is in our books and in the gateway's. Pure functions.

use souk_contract::{BooksSide, BreakFix, BreakKind, Money, PaymentStatus};

use crate::{gateway::Charge, store_breaks::Ours};

pub(crate) fn our_side(ours: &Ours) -> BooksSide {
    let money = |minor| Money::new(minor, ours.currency);
    let held = if ours.status.0.is_held() {
        ours.amount_minor - ours.captured_minor - ours.released_minor
    } else {
        0
    };
    BooksSide {
        held: money(held),
        captured: money(ours.captured_minor),
        refunded: money(ours.refunded_minor),
    }
}

pub(crate) fn their_side(charge: &Charge) -> BooksSide {
    BooksSide { held: charge.held, captured: charge.captured, refunded: charge.refunded }
}

/// Nothing of it is anywhere: whether it is known makes no difference.
fn came_to_nothing(side: &BooksSide) -> bool {
    side.held.is_zero() && side.captured == side.refunded
}

/// A charge that no payment of ours belongs to.
pub(crate) fn unknown(theirs: &BooksSide) -> Option<(BreakKind, Option<BreakFix>)> {
    let fix = if theirs.captured == theirs.refunded { BreakFix::Release } else { BreakFix::SendBack };
    (!came_to_nothing(theirs)).then_some((BreakKind::UnknownCharge, Some(fix)))
}

/// A payment of ours that the gateway's list has not: it may leave out what came to nothing.
pub(crate) fn missing(ours: &Ours) -> Option<(BreakKind, Option<BreakFix>)> {
    let side = our_side(ours);
    if side.captured.is_zero() {
        let zero = Money::new(0, ours.currency);
        return compare(ours, &BooksSide { held: zero, captured: zero, refunded: zero });
    }
    (!came_to_nothing(&side)).then_some((BreakKind::ChargeMissing, None))
}

/// The first thing in which both sides of a payment differ, and what mends it.
pub(crate) fn compare(ours: &Ours, theirs: &BooksSide) -> Option<(BreakKind, Option<BreakFix>)> {
    use BreakKind as Kind;

    let side = our_side(ours);
    if side.captured.currency != theirs.captured.currency {
        return Some((Kind::AmountDiffers, None));
    }
    let more = |theirs: Money, ours: Money| theirs.minor - ours.minor;
    let captured = more(theirs.captured, side.captured);
    let refunded = more(theirs.refunded, side.refunded);
    // An answer that was lost explains any difference.
    let or_ask = |fix: Option<BreakFix>| if ours.is_asked() { Some(BreakFix::AskAgain) } else { fix };
    if captured > 0 && captured == refunded {
        // Taken too much, and sent back.
        return None;
    }
    if captured > 0 {
        let held = captured <= side.held.minor;
        return Some((
            Kind::CaptureUnwritten,
            or_ask(Some(if held { BreakFix::WriteDown } else { BreakFix::SendBack })),
        ));
    }
    if captured < 0 {
        return Some((Kind::CaptureMissing, or_ask(None)));
    }
    if refunded > 0 {
        return Some((Kind::RefundUnwritten, or_ask(Some(BreakFix::WriteDown))));
    }
    if refunded < 0 {
        return Some((Kind::RefundMissing, or_ask(None)));
    }
    match (side.held.minor, theirs.held.minor) {
        (ours, theirs) if ours == theirs => None,
        (0, _) if ours.status.0 == PaymentStatus::RequiresAction => {
            Some((Kind::HeldForNothing, Some(BreakFix::AskAgain)))
        }
        (0, _) => Some((Kind::HeldForNothing, Some(BreakFix::Release))),
        (_, 0) => Some((Kind::HoldGone, or_ask(Some(BreakFix::WriteDown)))),
        _ => Some((Kind::AmountDiffers, None)),
    }
}

#[cfg(test)]
mod tests {
    use souk_contract::{Currency, Id, Timestamp};
    use souk_kernel::db::Text;
    use uuid::Uuid;

    use super::*;

    const NOW: i64 = 1_800_000_000_000_000;

    fn ours(status: PaymentStatus, captured: i64, refunded: i64, released: i64) -> Ours {
        let now = Timestamp::from_micros(NOW).unwrap();
        Ours {
            id: Id::new(Uuid::nil()),
            order_id: Id::new(Uuid::nil()),
            gateway_ref: Some("a".into()),
            status: Text(status),
            amount_minor: 100,
            currency: Currency::EUR,
            captured_minor: captured,
            refunded_minor: refunded,
            released_minor: released,
            created_at: now,
            updated_at: now,
            capture_asked_at: None,
            refund_asked_at: None,
        }
    }

    fn theirs(held: i64, captured: i64, refunded: i64) -> BooksSide {
        let money = |minor| Money::new(minor, Currency::EUR);
        BooksSide { held: money(held), captured: money(captured), refunded: money(refunded) }
    }

    #[test]
    fn every_difference_has_its_name_and_what_mends_it() {
        use BreakFix::*;
        use BreakKind::*;
        use PaymentStatus as Status;
        let held = || ours(Status::Authorized, 0, 0, 0);
        let taken = || ours(Status::Captured, 100, 0, 0);
        let voided = || ours(Status::Voided, 0, 0, 100);
        let waits = || ours(Status::RequiresAction, 0, 0, 0);
        for (ours, theirs, wanted) in [
            (held(), theirs(100, 0, 0), None),
            (held(), theirs(0, 100, 0), Some((CaptureUnwritten, Some(WriteDown)))),
            (held(), theirs(60, 40, 0), Some((CaptureUnwritten, Some(WriteDown)))),
            (held(), theirs(0, 0, 0), Some((HoldGone, Some(WriteDown)))),
            (held(), theirs(90, 0, 0), Some((AmountDiffers, None))),
            (taken(), theirs(0, 100, 0), None),
            (taken(), theirs(100, 0, 0), Some((CaptureMissing, None))),
            (taken(), theirs(0, 100, 30), Some((RefundUnwritten, Some(WriteDown)))),
            (ours(Status::Refunded, 100, 100, 0), theirs(0, 100, 30), Some((RefundMissing, None))),
            (ours(Status::Captured, 60, 0, 40), theirs(40, 60, 0), Some((HeldForNothing, Some(Release)))),
            (ours(Status::PartiallyCaptured, 60, 0, 0), theirs(40, 60, 0), None),
            (voided(), theirs(0, 0, 0), None),
            (voided(), theirs(100, 0, 0), Some((HeldForNothing, Some(Release)))),
            (voided(), theirs(0, 100, 0), Some((CaptureUnwritten, Some(SendBack)))),
            (voided(), theirs(0, 100, 100), None),
            (waits(), theirs(0, 0, 0), None),
            (waits(), theirs(100, 0, 0), Some((HeldForNothing, Some(AskAgain)))),
        ] {
            assert_eq!(compare(&ours, &theirs), wanted, "{ours:?} {theirs:?}");
        }
        let other = Money::new(100, Currency::USD);
        let dollars = BooksSide { held: other, captured: other, refunded: other };
        assert_eq!(compare(&held(), &dollars), Some((AmountDiffers, None)));
    }

    #[test]
    fn an_answer_that_is_awaited_is_asked_for_again() {
        let asked = Timestamp::from_micros(NOW);
        let capture = Ours { capture_asked_at: asked, ..ours(PaymentStatus::Authorized, 0, 0, 0) };
        let wanted = Some((BreakKind::CaptureUnwritten, Some(BreakFix::AskAgain)));
        assert_eq!(compare(&capture, &theirs(0, 100, 0)), wanted);
        let refund = Ours { refund_asked_at: asked, ..ours(PaymentStatus::Captured, 100, 0, 0) };
        let wanted = Some((BreakKind::RefundUnwritten, Some(BreakFix::AskAgain)));
        assert_eq!(compare(&refund, &theirs(0, 100, 100)), wanted);
    }

    #[test]
    fn what_came_to_nothing_is_no_break() {
        assert_eq!(unknown(&theirs(0, 0, 0)), None);
        assert_eq!(unknown(&theirs(0, 70, 70)), None);
        assert_eq!(unknown(&theirs(70, 0, 0)), Some((BreakKind::UnknownCharge, Some(BreakFix::Release))));
        assert_eq!(unknown(&theirs(0, 70, 20)), Some((BreakKind::UnknownCharge, Some(BreakFix::SendBack))));
        assert_eq!(missing(&ours(PaymentStatus::Voided, 0, 0, 100)), None);
        assert_eq!(missing(&ours(PaymentStatus::Refunded, 100, 100, 0)), None);
        assert_eq!(
            missing(&ours(PaymentStatus::Captured, 100, 0, 0)),
            Some((BreakKind::ChargeMissing, None))
        );
        let gone = Some((BreakKind::HoldGone, Some(BreakFix::WriteDown)));
        assert_eq!(missing(&ours(PaymentStatus::Authorized, 0, 0, 0)), gone);
    }
}
