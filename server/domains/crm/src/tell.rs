//! What happened, as the timeline tells it.

use souk_contract::{
    Actor, Ctx, Mail, Order, OrderId, ProfileId, RefundState, StaffId, TimelineKind, Timestamp,
};
use souk_kernel::db::{Json, Text};

use crate::{
    Inner,
    store::{EntryRow, Told},
};

/// Why an order is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    /// It is from before; what is not written in it is not told.
    Old,
    Paid(Timestamp),
    Cancelled(Timestamp),
    Other,
}

pub(crate) fn staff(ctx: &Ctx) -> Option<StaffId> {
    match ctx.actor {
        Actor::Staff { id, .. } => Some(id),
        _ => None,
    }
}

impl Inner {
    fn entry(
        &self,
        profile_id: ProfileId,
        at: Timestamp,
        kind: TimelineKind,
        source: String,
        told: Told,
    ) -> EntryRow {
        EntryRow {
            id: self.kit.ids.next(),
            profile_id,
            at,
            kind: Text(kind),
            source,
            order_id: None,
            mail_id: None,
            staff_id: None,
            content: Json(told),
        }
    }

    pub(crate) fn of_order(&self, profile: ProfileId, order: &Order, heard: Heard) -> Vec<EntryRow> {
        let id: OrderId = order.id;
        let tell = |kind, at, source: String, amount, text: String| EntryRow {
            order_id: Some(id),
            ..self.entry(
                profile,
                at,
                kind,
                source,
                Told { number: Some(order.number), amount, text, ..Told::default() },
            )
        };
        let none = String::new;
        let total = Some(order.total);
        let mut entries =
            vec![tell(TimelineKind::OrderPlaced, order.placed_at, format!("placed:{id}"), total, none())];
        let captured = order.payments.iter().find(|payment| payment.captured.minor > 0);
        let paid_at = match heard {
            Heard::Paid(at) => Some(at),
            Heard::Old => captured.map(|payment| payment.created_at),
            Heard::Cancelled(_) | Heard::Other => None,
        };
        entries
            .extend(paid_at.map(|at| tell(TimelineKind::OrderPaid, at, format!("paid:{id}"), total, none())));
        if let Heard::Cancelled(at) = heard {
            entries.push(tell(TimelineKind::OrderCancelled, at, format!("cancelled:{id}"), None, none()));
        }
        for parcel in &order.fulfillments {
            let shipped = parcel.shipped_at.map(|at| {
                let source = format!("shipped:{}", parcel.id);
                tell(TimelineKind::OrderShipped, at, source, None, parcel.name.clone())
            });
            entries.extend(shipped);
        }
        for refund in order.refunds.iter().filter(|refund| refund.state == RefundState::Succeeded) {
            let at = refund.settled_at.unwrap_or(refund.created_at);
            let source = format!("refunded:{}", refund.id);
            entries.push(tell(
                TimelineKind::OrderRefunded,
                at,
                source,
                Some(refund.amount),
                refund.reason.clone(),
            ));
        }
        entries
    }

    pub(crate) fn of_registration(&self, profile: ProfileId, at: Timestamp) -> EntryRow {
        self.entry(profile, at, TimelineKind::Registered, format!("registered:{profile}"), Told::default())
    }

    pub(crate) fn of_mail(&self, profile: ProfileId, mail: &Mail) -> EntryRow {
        let told = Told { text: mail.template.clone(), ..Told::default() };
        let entry =
            self.entry(profile, mail.created_at, TimelineKind::MailSent, format!("mail:{}", mail.id), told);
        EntryRow { mail_id: Some(mail.id), ..entry }
    }

    /// What somebody does to a profile now.
    pub(crate) fn of_act(&self, ctx: &Ctx, profile: ProfileId, kind: TimelineKind, told: Told) -> EntryRow {
        let mut entry = self.entry(profile, self.kit.now(), kind, String::new(), told);
        entry.source = format!("act:{}", entry.id);
        EntryRow { staff_id: staff(ctx), ..entry }
    }
}
