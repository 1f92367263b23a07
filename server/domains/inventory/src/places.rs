//! Places: made, renamed, ordered, switched off.

use std::collections::BTreeSet;

use souk_contract::{Check, Ctx, Error, Location, LocationId, LocationInput, Reach, Result};
use souk_kernel::{
    audit::{self, Audited},
    db::Tx,
};
use uuid::Uuid;

use crate::{
    service::{LocalInventory, stale},
    store_levels::LevelRow,
    store_places::{self, LocationRow},
    store_supplies,
};

impl LocalInventory {
    pub(crate) async fn put_place(
        &self,
        ctx: &Ctx,
        id: Option<LocationId>,
        input: LocationInput,
        if_version: Option<i64>,
    ) -> Result<Location> {
        let name = input.name.trim().to_owned();
        Check::new().text(&name, "name", 100).short(&input.address, "address", 500).done()?;
        match id {
            Some(id) => ctx.require_at(id)?,
            // Whoever reaches some locations does not reach one that is to be.
            None => ctx.require_reach(&Reach::default())?,
        }
        let mut tx = self.places_alone().await?;
        let all = store_places::all(&mut tx).await?;
        let taken =
            |place: &LocationRow| Some(place.id) != id && place.name.to_lowercase() == name.to_lowercase();
        if all.iter().any(taken) {
            return Err(Error::conflict("name_taken", "There is a location of this name."));
        }
        let address = input.address.trim().to_owned();
        let row = match id {
            None => {
                let position = all.iter().map(|place| place.position).max().unwrap_or(-1) + 1;
                let id = self.kit.ids.next();
                let row = LocationRow { id, name, address, active: input.active, position, version: 1 };
                store_places::add(&mut tx, &row).await?;
                let what = audit::changes(None, Some(&shown(&row)));
                tx.audit(ctx, Audited::new("location.created", row.id, row.name.as_str()), what).await?;
                row
            }
            Some(id) => {
                let old =
                    all.iter().find(|place| place.id == id).ok_or_else(|| Error::not_found("location"))?;
                if if_version.is_some_and(|version| version != old.version) {
                    return Err(stale_place());
                }
                if old.active && !input.active {
                    may_switch_off(&mut tx, old, &all).await?;
                }
                let row = LocationRow { name, address, active: input.active, ..old.clone() };
                if shown(&row) == shown(old) {
                    return Ok(row.into());
                }
                let row = LocationRow { version: old.version + 1, ..row };
                if !store_places::update(&mut tx, &row).await? {
                    return Err(stale_place());
                }
                let what = audit::changes(Some(&shown(old)), Some(&shown(&row)));
                tx.audit(ctx, Audited::new("location.changed", row.id, row.name.as_str()), what).await?;
                row
            }
        };
        tx.commit().await?;
        Ok(row.into())
    }

    pub(crate) async fn order_places(&self, ctx: &Ctx, ids: &[LocationId]) -> Result<Vec<Location>> {
        ctx.require_reach(&Reach::default())?;
        let mut tx = self.places_alone().await?;
        let all = store_places::all(&mut tx).await?;
        let (asked, there): (BTreeSet<_>, BTreeSet<_>) =
            (ids.iter().copied().collect(), all.iter().map(|place| place.id).collect());
        if asked != there || ids.len() != all.len() {
            return Err(Error::invalid("ids", "invalid", "Each location once."));
        }
        for (position, id) in (0..).zip(ids) {
            let Some(old) = all.iter().find(|place| place.id == *id && place.position != position) else {
                continue;
            };
            let row = LocationRow { position, version: old.version + 1, ..old.clone() };
            if !store_places::update(&mut tx, &row).await? {
                return Err(stale_place());
            }
            let what = vec![audit::change("position", old.position, position)];
            tx.audit(ctx, Audited::new("location.changed", row.id, row.name.as_str()), what).await?;
        }
        let all = store_places::all(&mut tx).await?;
        tx.commit().await?;
        Ok(all.into_iter().map(Into::into).collect())
    }

    /// Writes down what staff did to a level that they looked at by place.
    pub(crate) async fn audit_level(
        &self,
        ctx: &Ctx,
        tx: &mut Tx,
        old: &LevelRow,
        new: &LevelRow,
        reason: &str,
    ) -> Result<()> {
        let what = vec![
            audit::change("on_hand", old.on_hand, new.on_hand),
            audit::change("damaged", old.damaged, new.damaged),
        ];
        let what = what.into_iter().filter(|change| change.before != change.after).collect();
        Ok(tx.audit(ctx, Audited::new("variant.stock_changed", new.variant_id, reason), what).await?)
    }

    /// One change of places at a time.
    async fn places_alone(&self) -> Result<Tx> {
        let mut tx = self.db.begin().await?;
        tx.lock("places", Uuid::nil()).await?;
        Ok(tx)
    }
}

async fn may_switch_off(tx: &mut Tx, place: &LocationRow, all: &[LocationRow]) -> Result<()> {
    // Nothing comes in while it is looked at.
    tx.lock("place", place.id.uuid()).await?;
    if store_places::holds_pieces(tx, place.id).await? {
        let message = "Pieces are there, or promised from there. Move or write them off first.";
        return Err(Error::conflict("not_empty", message));
    }
    if store_supplies::touches(tx, place.id).await? {
        let message = "Something is on its way there, or about to leave. Receive or cancel it first.";
        return Err(Error::conflict("not_empty", message));
    }
    if !all.iter().any(|other| other.active && other.id != place.id) {
        return Err(Error::conflict("last_location", "One location has to be on."));
    }
    Ok(())
}

/// For the audit log.
fn shown(row: &LocationRow) -> LocationInput {
    LocationInput { name: row.name.clone(), address: row.address.clone(), active: row.active }
}

fn stale_place() -> Error {
    let Error::Conflict { code, .. } = stale() else { return stale() };
    Error::conflict(code, "Somebody changed this location meanwhile. Please look at it again.")
}
