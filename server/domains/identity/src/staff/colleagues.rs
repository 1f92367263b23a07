//! Who works here, and what the shop's roles allow. Nobody gives what they lack, nor touches whoever may do more.

use souk_contract::{
    AcceptInvitation, Check, Colleague, CreateStaff, Ctx, Error, Grants, Preset, Reach, Resource, Result,
    Role, RoleId, RoleInput, RoleRecord, StaffId, StaffInvited, StaffSignedIn, UpdateStaff,
};
use souk_kernel::{
    Conn, Tx,
    audit::{Audited, change, changes},
    db::{Json, Text},
    http::stale,
};
use uuid::Uuid;

use super::{
    SessionStarted,
    store::{self, StaffRow},
    store_roles::{self, RoleRow},
};
use crate::{
    password,
    service::{LocalIdentity, check_email, check_name, digest, key},
};

const INVITATION_SECONDS: i64 = 7 * 86_400;
const MOST_ROLES: usize = 100;
const MOST_LOCATIONS: usize = 200;
/// What the owners' last one is guarded by: two who leave at once wait for each other.
const OWNERS: Uuid = Uuid::nil();

/// What a role allows now, and where; one that is gone allows nothing.
pub(super) async fn allowed(conn: &mut Conn, role: Role) -> Result<(Grants, Reach)> {
    match role {
        Role::Preset(preset) => Ok((preset.grants(), Reach::default())),
        Role::Custom(id) => {
            let row = store_roles::role(conn, id).await?;
            Ok(row.map(|row| (row.grants.0, row.locations.0)).unwrap_or_default())
        }
    }
}

/// Nobody hands out, or touches, what is more than their own.
fn require_all(ctx: &Ctx, (grants, reach): (Grants, &Reach)) -> Result<()> {
    ctx.require_all(grants)?;
    // Of a role that changes no stock, where it would is nothing to have.
    if grants.allow(Resource::Inventory.write()) { ctx.require_reach(reach) } else { Ok(()) }
}

fn members_with(members: &[(Text<Role>, i64)], role: Role) -> i64 {
    members.iter().find(|(one, _)| one.0 == role).map_or(0, |(_, count)| *count)
}

fn check_version(expected: Option<i64>, found: i64) -> Result<()> {
    if expected.is_some_and(|version| version != found) { Err(stale()) } else { Ok(()) }
}

impl LocalIdentity {
    pub(super) async fn list_colleagues(&self, ctx: &Ctx) -> Result<Vec<Colleague>> {
        ctx.require(Resource::Staff.read())?;
        Ok(store_roles::colleagues(&mut *self.db.read().await?, self.kit.now()).await?)
    }

    pub(super) async fn invite(&self, ctx: &Ctx, request: CreateStaff) -> Result<StaffInvited> {
        ctx.require(Resource::Staff.write())?;
        let mut tx = self.db.begin().await?;
        let row = self.new_staff(ctx, &mut tx, &request).await?;
        let invited = self.write_invitation(&mut tx, row.id).await?;
        let shown = changes(None, Some(&request));
        tx.audit(ctx, Audited::new("staff.invited", row.id, &row.name), shown).await?;
        tx.commit().await?;
        Ok(invited)
    }

    /// A member without a password.
    pub(super) async fn new_staff(&self, ctx: &Ctx, tx: &mut Tx, request: &CreateStaff) -> Result<StaffRow> {
        let mut check = Check::new();
        check_name(check_email(&mut check, &request.email), &request.name).done()?;
        self.check_role(ctx, tx, request.role).await?;
        let row = StaffRow {
            id: self.kit.ids.next(),
            email: request.email.trim().to_owned(),
            name: request.name.trim().to_owned(),
            role: Text(request.role),
            password_hash: None,
            two_factor_generation: 0,
            two_factor_since: None,
            two_factor_step: 0,
            version: 1,
            removed_at: None,
            created_at: self.kit.now(),
        };
        store::add(tx, &row, &key(&request.email)).await.map_err(|error| {
            if error.is_unique("staff_email_key_key") {
                return Error::conflict("email_taken", "There is a staff member with this mail address.");
            }
            error.into()
        })?;
        Ok(row)
    }

    /// There is such a role, and whoever gives it has what it allows.
    pub(super) async fn check_role(&self, ctx: &Ctx, conn: &mut Conn, role: Role) -> Result<()> {
        if let Role::Custom(id) = role
            && store_roles::role(conn, id).await?.is_none()
        {
            return Err(Error::invalid("role", "invalid", "There is no such role."));
        }
        let (grants, reach) = allowed(conn, role).await?;
        require_all(ctx, (grants, &reach))
    }

    async fn write_invitation(&self, tx: &mut Tx, id: StaffId) -> Result<StaffInvited> {
        let token = self.token()?;
        let now = self.kit.now();
        let expires_at = now.plus_seconds(INVITATION_SECONDS);
        store_roles::put_invitation(tx, id, &digest(&token), expires_at).await?;
        let colleague = self.colleague(tx, id).await?;
        Ok(StaffInvited { colleague, token, expires_at })
    }

    async fn colleague(&self, conn: &mut Conn, id: StaffId) -> Result<Colleague> {
        let found = store_roles::colleague(conn, id, self.kit.now()).await?;
        found.ok_or_else(|| Error::not_found("staff member"))
    }

    /// Whom one may change.
    async fn subject(&self, ctx: &Ctx, tx: &mut Tx, id: StaffId) -> Result<StaffRow> {
        ctx.require(Resource::Staff.write())?;
        tx.lock("staff", OWNERS).await?;
        let row = store::by_id(tx, id).await?.ok_or_else(|| Error::not_found("staff member"))?;
        let (grants, reach) = allowed(tx, row.role.0).await?;
        require_all(ctx, (grants, &reach))?;
        Ok(row)
    }

    pub(super) async fn invite_once_more(&self, ctx: &Ctx, id: StaffId) -> Result<StaffInvited> {
        let mut tx = self.db.begin().await?;
        let row = self.subject(ctx, &mut tx, id).await?;
        self.begin_again(&mut tx, &row).await?;
        store_roles::set_removed(&mut tx, id, None).await?;
        let invited = self.write_invitation(&mut tx, id).await?;
        tx.audit(ctx, Audited::new("staff.invited_again", id, &row.name), Vec::new()).await?;
        tx.commit().await?;
        Ok(invited)
    }

    /// Without password, second factor and sessions. The next secret differs from that of a lost phone.
    async fn begin_again(&self, tx: &mut Tx, row: &StaffRow) -> Result<()> {
        store_roles::forget_password(tx, row.id).await?;
        store::set_two_factor(tx, row.id, row.two_factor_generation + 1, None).await?;
        store::remove_recovery_codes(tx, row.id).await?;
        Ok(store::remove_sessions_but(tx, row.id, None).await?)
    }

    pub(super) async fn accept(&self, request: AcceptInvitation, device: &str) -> Result<StaffSignedIn> {
        let mut check = Check::new();
        password::check(&mut check, &request.password, "password");
        check.short(&request.token, "token", 200).done()?;
        let hash = self.hasher.hash(request.password).await?;
        let mut tx = self.db.begin().await?;
        let taken = store_roles::take_invitation(&mut tx, &digest(&request.token), self.kit.now()).await?;
        let Some((id,)) = taken else {
            let message = "This invitation was used, or is older than seven days. Ask for a new one.";
            return Err(Error::invalid("token", "invalid", message));
        };
        store::set_password(&mut tx, id, &hash).await?;
        let SessionStarted { token, row: session } = self.start_staff_session(&mut tx, id, device).await?;
        let row = store::by_id(&mut tx, id).await?.ok_or_else(|| Error::not_found("staff member"))?;
        tx.commit().await?;
        let staff = self.show_staff(row).await?;
        Ok(StaffSignedIn { token, session_id: session.id, expires_at: session.expires_at, staff })
    }

    pub(super) async fn change_staff(
        &self,
        ctx: &Ctx,
        id: StaffId,
        request: UpdateStaff,
        if_version: Option<i64>,
    ) -> Result<Colleague> {
        check_name(&mut Check::new(), &request.name).done()?;
        let mut tx = self.db.begin().await?;
        let row = self.subject(ctx, &mut tx, id).await?;
        check_version(if_version, row.version)?;
        if request.role != row.role.0 {
            self.check_role(ctx, &mut tx, request.role).await?;
            must_stay_owned(&mut tx, &row).await?;
        }
        let name = request.name.trim();
        let mut what = Vec::new();
        if name != row.name {
            what.push(change("name", &row.name, name));
        }
        if request.role != row.role.0 {
            what.push(change("role", row.role.0, request.role));
        }
        if !what.is_empty() {
            store_roles::set_name_and_role(&mut tx, id, name, request.role).await?;
            tx.audit(ctx, Audited::new("staff.updated", id, name), what).await?;
        }
        let colleague = self.colleague(&mut tx, id).await?;
        tx.commit().await?;
        Ok(colleague)
    }

    pub(super) async fn remove(&self, ctx: &Ctx, id: StaffId) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let row = self.subject(ctx, &mut tx, id).await?;
        if row.removed_at.is_some() {
            return Ok(());
        }
        must_stay_owned(&mut tx, &row).await?;
        self.begin_again(&mut tx, &row).await?;
        let now = self.kit.now();
        store_roles::remove_invitation(&mut tx, id).await?;
        store_roles::revoke_keys(&mut tx, id, now).await?;
        store_roles::set_removed(&mut tx, id, Some(now)).await?;
        tx.audit(ctx, Audited::new("staff.removed", id, &row.name), Vec::new()).await?;
        Ok(tx.commit().await?)
    }

    pub(super) async fn list_roles(&self, ctx: &Ctx) -> Result<Vec<RoleRecord>> {
        ctx.require(Resource::Staff.read())?;
        let mut reader = self.db.read().await?;
        let members = store_roles::members(&mut reader).await?;
        let own = store_roles::roles(&mut reader).await?;
        let count = |role: Role| members_with(&members, role);
        let presets = Preset::ALL.iter().map(|preset| RoleRecord {
            role: Role::Preset(*preset),
            name: preset.title().to_owned(),
            grants: preset.grants(),
            locations: Reach::default(),
            version: 0,
            members: count(Role::Preset(*preset)),
        });
        Ok(presets.chain(own.into_iter().map(|row| row.show(count(Role::Custom(row.id))))).collect())
    }

    pub(super) async fn write_role(
        &self,
        ctx: &Ctx,
        id: Option<RoleId>,
        request: RoleInput,
        if_version: Option<i64>,
    ) -> Result<RoleRecord> {
        ctx.require(Resource::Staff.write())?;
        let name = request.name.trim();
        let preset = Preset::ALL.iter().any(|preset| preset.title().eq_ignore_ascii_case(name));
        Check::new()
            .text(name, "name", 60)
            .that(!preset, "name", "taken", "A preset has this name.")
            .that(!request.grants.is_empty(), "grants", "required", "A role allows something.")
            .that(
                request.locations.locations().is_none_or(|all| all.len() <= MOST_LOCATIONS),
                "locations",
                "too_many",
                "At most 200 locations.",
            )
            .done()?;
        require_all(ctx, (request.grants, &request.locations))?;
        let mut tx = self.db.begin().await?;
        tx.lock("roles", OWNERS).await?;
        let old = match id {
            None => None,
            Some(id) => {
                let row = store_roles::role(&mut tx, id).await?.ok_or_else(|| Error::not_found("role"))?;
                check_version(if_version, row.version)?;
                require_all(ctx, (row.grants.0, &row.locations.0))?;
                Some(row)
            }
        };
        if old.is_none() && store_roles::roles(&mut tx).await?.len() >= MOST_ROLES {
            return Err(Error::conflict("too_many_roles", format!("At most {MOST_ROLES} roles.")));
        }
        let row = RoleRow {
            id: old.as_ref().map_or_else(|| self.kit.ids.next(), |old| old.id),
            name: name.to_owned(),
            grants: Json(request.grants),
            locations: Json(request.locations),
            version: old.as_ref().map_or(1, |old| old.version + 1),
            created_at: old.as_ref().map_or_else(|| self.kit.now(), |old| old.created_at),
        };
        store_roles::put_role(&mut tx, &row, &name.to_lowercase()).await.map_err(|error| {
            if error.is_unique("role_name_key_key") {
                return Error::invalid("name", "taken", "Another role has this name.");
            }
            error.into()
        })?;
        let action = if old.is_some() { "role.updated" } else { "role.created" };
        let before =
            old.map(|old| RoleInput { name: old.name, grants: old.grants.0, locations: old.locations.0 });
        let after =
            RoleInput { name: row.name.clone(), grants: row.grants.0, locations: row.locations.0.clone() };
        let what = changes(before.as_ref(), Some(&after));
        tx.audit(ctx, Audited::new(action, row.id, &row.name), what).await?;
        let members = store_roles::members(&mut tx).await?;
        tx.commit().await?;
        Ok(row.show(members_with(&members, Role::Custom(row.id))))
    }

    pub(super) async fn delete_role(&self, ctx: &Ctx, id: RoleId) -> Result<()> {
        ctx.require(Resource::Staff.write())?;
        let mut tx = self.db.begin().await?;
        tx.lock("staff", OWNERS).await?;
        let row = store_roles::role(&mut tx, id).await?.ok_or_else(|| Error::not_found("role"))?;
        require_all(ctx, (row.grants.0, &row.locations.0))?;
        if store_roles::is_used(&mut tx, Role::Custom(id)).await? {
            return Err(Error::conflict("role_in_use", "Somebody, or a key, has this role."));
        }
        store_roles::remove_role(&mut tx, id).await?;
        tx.audit(ctx, Audited::new("role.removed", id, &row.name), Vec::new()).await?;
        Ok(tx.commit().await?)
    }
}

/// An owner may only go while there is another.
async fn must_stay_owned(tx: &mut Tx, row: &StaffRow) -> Result<()> {
    if row.role.0 == Role::Preset(Preset::Owner)
        && row.removed_at.is_none()
        && store_roles::other_owners(tx, row.id).await? == 0
    {
        return Err(Error::conflict("last_owner", "This is the last owner: make somebody else one first."));
    }
    Ok(())
}
