//! The books of payments against themselves and the gateways': what `souk verify` says of them.

use std::{collections::HashMap, sync::Arc};

use souk_contract::{Difference, Money, PaymentId, Result, Timestamp};
use souk_kernel::db::Db;
use uuid::Uuid;

use crate::{
    gateway::{Charge, Gateway},
    store, store_captures, store_refunds,
};

const AT_ONCE: i64 = 500;

pub(crate) async fn all(db: &Db, gateways: &[Arc<dyn Gateway>], now: Timestamp) -> Result<Vec<Difference>> {
    // From the start on, and what a gateway's clock has ahead of ours.
    let (since, until) = (Timestamp::from_micros(0).unwrap_or(now), now.plus_seconds(86_400));
    let mut reader = db.read().await?;
    let mut differences = Vec::new();
    for (journal, currency, rest) in store::unbalanced(&mut reader).await? {
        differences.push(Difference {
            what: format!("ledger journal {journal}"),
            expected: "debits = credits".into(),
            found: format!("{rest} {currency} minor units more debited than credited"),
            explanation: "A row of this journal was changed, added or lost.".into(),
        });
    }
    for (payment, kept, booked) in store::mismatched(&mut reader).await? {
        differences.push(Difference {
            what: format!("payment {payment}"),
            expected: format!("{booked} minor units captured and not refunded, by the ledger"),
            found: format!("{kept} minor units captured and not refunded"),
            explanation: "The payment was changed without its ledger entries, or the other way round.".into(),
        });
    }
    for (payment, refunded, sum) in store_refunds::mismatched(&mut reader).await? {
        differences.push(Difference {
            what: format!("refunds of payment {payment}"),
            expected: format!("{sum} minor units, by its refunds"),
            found: format!("{refunded} minor units"),
            explanation: "The payment was changed without its refunds, or the other way round.".into(),
        });
    }
    for (payment, captured, sum) in store_captures::mismatched(&mut reader).await? {
        differences.push(Difference {
            what: format!("captures of payment {payment}"),
            expected: format!("{sum} minor units, by its captures"),
            found: format!("{captured} minor units"),
            explanation: "The payment was changed without its captures, or the other way round.".into(),
        });
    }
    for gateway in gateways {
        let listed = gateway.charges(since, until).await?;
        let captured = listed.into_iter().filter(|charge| !charge.captured.is_zero());
        let mut charges: HashMap<String, Charge> =
            captured.map(|charge| (charge.reference.clone(), charge)).collect();
        let mut last = PaymentId::new(Uuid::nil());
        loop {
            let rows = store::after(&mut reader, last, AT_ONCE).await?;
            let Some(row) = rows.last() else { break };
            last = row.id;
            for row in rows.iter().filter(|row| row.method == gateway.code() && row.captured_minor > 0) {
                let charge = charges.remove(row.gateway_ref.as_deref().unwrap_or_default());
                let Some(charge) = charge else { continue };
                let money = |minor| Money::new(minor, row.currency);
                let (taken, back) =
                    (charge.captured.minor - row.captured_minor, charge.refunded.minor - row.refunded_minor);
                if taken > 0 && taken == back {
                    // Taken too much, and sent back.
                    continue;
                }
                let sides = [
                    ("captures", money(row.captured_minor), charge.captured, "Money was taken"),
                    ("refunds", money(row.refunded_minor), charge.refunded, "Money went back"),
                ];
                for (part, ours, theirs, what) in
                    sides.into_iter().filter(|(_, ours, theirs, _)| ours != theirs)
                {
                    differences.push(Difference {
                        what: format!("{part} of charge {} of gateway {}", charge.reference, gateway.code()),
                        expected: format!("{ours} by our books"),
                        found: format!("{theirs} by the gateway's"),
                        explanation: format!("{what} and was not written down, or the other way round."),
                    });
                }
            }
        }
        // Others may share the account, and what was sent back is missed by nobody.
        let unknown =
            charges.into_values().filter(|one| one.payment.is_some() && one.captured != one.refunded);
        differences.extend(unknown.map(|charge| Difference {
            what: format!("charge {} of gateway {}", charge.reference, gateway.code()),
            expected: "a captured payment of ours".into(),
            found: format!("{} taken, and no payment that knows of it", charge.captured),
            explanation: "Money was taken and not written down: refund it, or resume its checkout.".into(),
        }));
    }
    Ok(differences)
}
