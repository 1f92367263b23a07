//! Tags and notes: what staff say of an order among themselves.

use std::collections::HashSet;

use souk_contract::{Actor, Check, Ctx, Error, Order, OrderId, Resource, Result};
use souk_kernel::audit::{Audited, change};

use crate::{desk::label, order, service::LocalOrders, store_tags};

const MOST_TAGS: usize = 20;
const LONGEST_TAG: usize = 40;
const LONGEST_NOTE: usize = 2_000;

/// As they were typed, without blanks around and each once.
fn tidy(tags: &[String]) -> Result<Vec<String>> {
    let mut check = Check::new();
    check.that(tags.len() <= MOST_TAGS, "tags", "too_many", "At most 20 tags.");
    let mut seen = HashSet::new();
    let mut tidy = Vec::with_capacity(tags.len());
    for (index, tag) in tags.iter().enumerate() {
        let tag = tag.trim();
        let field = format!("tags[{index}]");
        let plain = !tag.chars().any(|c| c.is_control() || c == ',');
        check.text(tag, &field, LONGEST_TAG).that(
            plain,
            &field,
            "invalid",
            "No commas or control characters.",
        );
        if seen.insert(tag.to_lowercase()) {
            tidy.push(tag.to_owned());
        }
    }
    check.done()?;
    Ok(tidy)
}

impl LocalOrders {
    pub(crate) async fn tag_here(
        &self,
        ctx: &Ctx,
        id: OrderId,
        tags: Vec<String>,
        if_version: Option<i64>,
    ) -> Result<Order> {
        ctx.require(Resource::Orders.write())?;
        let tags = tidy(&tags)?;
        let mut tx = self.saga.db.begin().await?;
        let held = self.hold(&mut tx, id).await?;
        let before = store_tags::tags(&mut tx, id).await?;
        if before == tags {
            tx.commit().await?;
            return self.show(ctx, held.order).await;
        }
        if if_version.is_some_and(|version| version != held.order.version) {
            return Err(order::stale());
        }
        store_tags::set(&mut tx, id, &tags, self.saga.kit.now()).await?;
        let what = vec![change("tags", before.join(", "), tags.join(", "))];
        tx.audit(ctx, Audited::new("order.tagged", id, label(&held.order)), what).await?;
        tx.commit().await?;
        let order = self.find(id).await?;
        self.show(ctx, order).await
    }

    /// It stands in the order's history, with who wrote it and when.
    pub(crate) async fn note_here(&self, ctx: &Ctx, id: OrderId, text: &str) -> Result<()> {
        ctx.require(Resource::Orders.write())?;
        let text = text.trim();
        Check::new().text(text, "text", LONGEST_NOTE).done()?;
        if !matches!(ctx.actor, Actor::Staff { .. }) {
            return Err(Error::denied("Only a member of staff writes notes."));
        }
        let order = self.find(id).await?;
        let mut tx = self.saga.db.begin().await?;
        let what = vec![change("note", (), text)];
        tx.audit(ctx, Audited::new("order.noted", id, label(&order)), what).await?;
        Ok(tx.commit().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_told_apart_by_their_letters_alone() {
        let tags = |tags: &[&str]| tidy(&tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>());
        assert_eq!(tags(&[" VIP ", "vip", "gift"]).unwrap(), ["VIP", "gift"]);
        for wrong in [&["a,b"][..], &[""], &["\u{7}"], &[&"x".repeat(41)]] {
            assert!(matches!(tags(wrong), Err(Error::Invalid { .. })), "{wrong:?}");
        }
        let many: Vec<String> = (0..21).map(|n| n.to_string()).collect();
        assert!(tidy(&many).is_err());
    }
}
