//! Staff: how they get in, and the keys they give to programs.

mod colleagues;
pub(crate) mod rest;
mod store;
mod store_roles;
mod two_factor;
mod views;

use async_trait::async_trait;
use souk_contract::{
    AcceptInvitation, Actor, ApiKey, ApiKeyCreated, ApiTokenId, ChangeStaffPassword, Check, Colleague,
    CreateApiKey, CreateStaff, Ctx, Error, RecoveryCodes, Resource, Result, RoleId, RoleInput, RoleRecord,
    SessionId, StaffCreated, StaffId, StaffInvited, StaffMember, StaffSession, StaffSignIn, StaffSignedIn,
    Staffing, Timestamp, TwoFactorSecret, UpdateStaff,
};
use souk_kernel::{
    Tx,
    audit::{Audited, change},
    db::Text,
};

use crate::{
    password,
    service::{LocalIdentity, check_name, digest, key, wrong},
};
use colleagues::allowed;
use store::{KeyRow, SessionRow, StaffRow};
use two_factor::App;

const SESSION_SECONDS: i64 = 14 * 86_400;
/// A session's last use is written down no more often.
const SEEN_SECONDS: i64 = 10 * 60;
const MOST_KEYS: usize = 100;
const DEVICE_LENGTH: usize = 200;

impl LocalIdentity {
    async fn must_find_staff(&self, ctx: &Ctx) -> Result<StaffRow> {
        let (id, ..) = ctx.require_staff_session()?;
        let found = store::by_id(&mut *self.db.read().await?, id).await?;
        found.ok_or_else(|| Error::not_found("staff member"))
    }

    async fn show_staff(&self, row: StaffRow) -> Result<StaffMember> {
        let mut reader = self.db.read().await?;
        let recovery_codes = store::recovery_codes(&mut reader, row.id).await?;
        let (grants, locations) = allowed(&mut reader, row.role.0).await?;
        Ok(StaffMember {
            id: row.id,
            email: row.email,
            name: row.name,
            role: row.role.0,
            grants,
            locations,
            two_factor_since: row.two_factor_since,
            recovery_codes,
            created_at: row.created_at,
        })
    }

    fn app(&self, row: &StaffRow, generation: i64) -> Result<App> {
        App::new(&self.kit.secrets, row.id, generation, &self.shop.current().input.name, &row.email)
    }

    /// Takes the app's code or a recovery code; neither is good twice.
    async fn take_code(&self, tx: &mut Tx, row: &StaffRow, code: &str) -> Result<bool> {
        match self.app(row, row.two_factor_generation)?.step_of(code, self.kit.now()) {
            Some(step) => Ok(store::take_step(tx, row.id, step).await?),
            None => Ok(store::take_recovery_code(tx, row.id, &two_factor::recovery_digest(code)).await?),
        }
    }

    async fn start_staff_session(&self, tx: &mut Tx, staff: StaffId, device: &str) -> Result<SessionStarted> {
        let token = self.token()?;
        let now = self.kit.now();
        let row = SessionRow {
            id: self.kit.ids.next(),
            token_hash: digest(&token).to_vec(),
            staff_id: staff,
            device: device.chars().filter(|c| !c.is_control()).take(DEVICE_LENGTH).collect(),
            created_at: now,
            seen_at: now,
            expires_at: now.plus_seconds(SESSION_SECONDS),
        };
        store::add_session(tx, &row).await?;
        Ok(SessionStarted { token, row })
    }

    /// A session that was used for a while is marked as seen now.
    async fn saw_session(&self, id: SessionId, seen_at: Timestamp) -> Result<()> {
        let now = self.kit.now();
        if seen_at.plus_seconds(SEEN_SECONDS) > now {
            return Ok(());
        }
        let mut tx = self.db.begin().await?;
        store::see_session(&mut tx, id, now).await?;
        Ok(tx.commit().await?)
    }
}

struct SessionStarted {
    token: String,
    row: SessionRow,
}

fn staff_key(email: &str) -> String {
    // Guesses at staff are counted apart from those at a customer of the same address.
    format!("staff:{}", key(email))
}

fn wrong_code() -> Error {
    Error::invalid("code", "wrong_code", "This code is wrong or was used before.")
}

fn hint(token: &str) -> String {
    token.chars().skip(token.len().saturating_sub(4)).collect()
}

#[async_trait]
impl Staffing for LocalIdentity {
    async fn create_staff(&self, ctx: &Ctx, request: CreateStaff) -> Result<StaffCreated> {
        ctx.require(Resource::Staff.write())?;
        let token = self.token()?;
        let mut tx = self.db.begin().await?;
        let row = self.new_staff(ctx, &mut tx, &request).await?;
        let api_key = KeyRow {
            id: self.kit.ids.next(),
            name: "first key".to_owned(),
            role: None,
            hint: hint(&token),
            created_at: row.created_at,
            expires_at: None,
        };
        store::add_key(&mut tx, &api_key, row.id, &digest(&token)).await?;
        tx.commit().await?;
        Ok(StaffCreated { id: row.id, token_id: api_key.id, token })
    }

    async fn reset_staff_password(&self, ctx: &Ctx, email: &str, new: &str) -> Result<StaffId> {
        if ctx.actor != Actor::System {
            return Err(Error::denied("Only the shop's own command line may do this."));
        }
        let mut check = Check::new();
        password::check(&mut check, new, "password");
        check.done()?;
        let hash = self.hasher.hash(new.to_owned()).await?;
        let mut tx = self.db.begin().await?;
        let row = store::by_email(&mut tx, &key(email)).await?;
        let row = row.ok_or_else(|| Error::not_found("staff member"))?;
        store::set_password(&mut tx, row.id, &hash).await?;
        // The next secret differs from that of a lost phone.
        store::set_two_factor(&mut tx, row.id, row.two_factor_generation + 1, None).await?;
        store::remove_recovery_codes(&mut tx, row.id).await?;
        store::remove_sessions_but(&mut tx, row.id, None).await?;
        self.forget_guesses(&mut tx, &staff_key(email)).await?;
        tx.commit().await?;
        Ok(row.id)
    }

    async fn authenticate_staff(&self, _ctx: &Ctx, token: &str) -> Result<Option<Actor>> {
        let (hash, now) = (digest(token), self.kit.now());
        let mut reader = self.db.read().await?;
        if let Some((id, owner, own)) = store::by_key(&mut reader, &hash, now).await? {
            let (mut grants, mut reach) = allowed(&mut reader, owner.0).await?;
            // Whoever lost a right since the key was made has lost it for the key too.
            if let Some(own) = own {
                let (own, its_reach) = allowed(&mut reader, own.0).await?;
                (grants, reach) = (grants.within(own), reach.within(&its_reach));
            }
            return Ok(Some(Actor::Staff { id, grants, reach, session: None }));
        }
        let Some((id, role, session, seen_at)) = store::by_session(&mut reader, &hash, now).await? else {
            return Ok(None);
        };
        let (grants, reach) = allowed(&mut reader, role.0).await?;
        drop(reader);
        self.saw_session(session, seen_at).await?;
        Ok(Some(Actor::Staff { id, grants, reach, session: Some(session) }))
    }

    async fn sign_in_staff(&self, _ctx: &Ctx, request: StaffSignIn, device: &str) -> Result<StaffSignedIn> {
        let mut check = Check::new();
        check.short(&request.email, "email", 254).short(&request.password, "password", 200);
        check.short(request.code.as_deref().unwrap_or_default(), "code", 40).done()?;
        let guesses = staff_key(&request.email);
        self.count_guess(&guesses).await?;
        let found = store::by_email(&mut *self.db.read().await?, &key(&request.email)).await?;
        let hash = found.as_ref().and_then(|row| row.password_hash.clone());
        let right = self.hasher.verify(request.password, hash).await?;
        let Some(row) = found.filter(|row| right && row.removed_at.is_none()) else { return Err(wrong()) };
        let mut tx = self.db.begin().await?;
        if row.two_factor_since.is_some() {
            let Some(code) = request.code.filter(|code| !code.trim().is_empty()) else {
                let message = "Please enter the code of your authenticator app.";
                return Err(Error::conflict("two_factor_required", message));
            };
            if !self.take_code(&mut tx, &row, &code).await? {
                return Err(wrong_code());
            }
        }
        self.forget_guesses(&mut tx, &guesses).await?;
        let started = self.start_staff_session(&mut tx, row.id, device).await?;
        tx.commit().await?;
        let SessionStarted { token, row: session } = started;
        let staff = self.show_staff(row).await?;
        Ok(StaffSignedIn { token, session_id: session.id, expires_at: session.expires_at, staff })
    }

    async fn sign_out_staff(&self, ctx: &Ctx) -> Result<()> {
        let (staff, _, session) = ctx.require_staff_session()?;
        let mut tx = self.db.begin().await?;
        store::remove_session(&mut tx, staff, session).await?;
        Ok(tx.commit().await?)
    }

    async fn staff_member(&self, ctx: &Ctx) -> Result<StaffMember> {
        let row = self.must_find_staff(ctx).await?;
        self.show_staff(row).await
    }

    async fn staff_sessions(&self, ctx: &Ctx) -> Result<Vec<StaffSession>> {
        let (id, _, asking) = ctx.require_staff_session()?;
        let rows = store::sessions(&mut *self.db.read().await?, id, self.kit.now()).await?;
        Ok(rows.into_iter().map(|row| row.show(asking)).collect())
    }

    async fn end_staff_session(&self, ctx: &Ctx, id: SessionId) -> Result<()> {
        let (staff, ..) = ctx.require_staff_session()?;
        let mut tx = self.db.begin().await?;
        if !store::remove_session(&mut tx, staff, id).await? {
            return Err(Error::not_found("session"));
        }
        Ok(tx.commit().await?)
    }

    async fn change_staff_password(&self, ctx: &Ctx, request: ChangeStaffPassword) -> Result<()> {
        let (_, _, session) = ctx.require_staff_session()?;
        let row = self.must_find_staff(ctx).await?;
        let mut check = Check::new();
        password::check(&mut check, &request.new, "new");
        check.short(&request.current, "current", 200).done()?;
        let guesses = staff_key(&row.email);
        self.count_guess(&guesses).await?;
        if !self.hasher.verify(request.current, row.password_hash).await? {
            return Err(Error::invalid("current", "wrong_credentials", "This is not your current password."));
        }
        let hash = self.hasher.hash(request.new).await?;
        let mut tx = self.db.begin().await?;
        store::set_password(&mut tx, row.id, &hash).await?;
        store::remove_sessions_but(&mut tx, row.id, Some(session)).await?;
        tx.audit(ctx, Audited::new("staff.password_changed", row.id, &row.name), Vec::new()).await?;
        self.forget_guesses(&mut tx, &guesses).await?;
        Ok(tx.commit().await?)
    }

    async fn begin_two_factor(&self, ctx: &Ctx) -> Result<TwoFactorSecret> {
        let row = self.must_find_staff(ctx).await?;
        must_be_off(&row)?;
        // The same one each time it is asked for, until it is in force.
        Ok(self.app(&row, row.two_factor_generation + 1)?.secret())
    }

    async fn confirm_two_factor(&self, ctx: &Ctx, code: &str) -> Result<RecoveryCodes> {
        let row = self.must_find_staff(ctx).await?;
        must_be_off(&row)?;
        let guesses = staff_key(&row.email);
        self.count_guess(&guesses).await?;
        let next = row.two_factor_generation + 1;
        let now = self.kit.now();
        let Some(step) = self.app(&row, next)?.step_of(code, now) else { return Err(wrong_code()) };
        let codes = two_factor::recovery_codes(&self.kit.secrets)?;
        let mut tx = self.db.begin().await?;
        if !store::take_step(&mut tx, row.id, step).await? {
            return Err(wrong_code());
        }
        store::set_two_factor(&mut tx, row.id, next, Some(now)).await?;
        store::remove_recovery_codes(&mut tx, row.id).await?;
        tx.audit(ctx, Audited::new("staff.two_factor_on", row.id, &row.name), Vec::new()).await?;
        for code in &codes {
            let hash = two_factor::recovery_digest(code);
            store::add_recovery_code(&mut tx, self.kit.ids.uuid(), row.id, &hash).await?;
        }
        self.forget_guesses(&mut tx, &guesses).await?;
        tx.commit().await?;
        Ok(RecoveryCodes { codes })
    }

    async fn end_two_factor(&self, ctx: &Ctx, code: &str) -> Result<()> {
        let row = self.must_find_staff(ctx).await?;
        if row.two_factor_since.is_none() {
            return Ok(());
        }
        let guesses = staff_key(&row.email);
        self.count_guess(&guesses).await?;
        let mut tx = self.db.begin().await?;
        if !self.take_code(&mut tx, &row, code).await? {
            return Err(wrong_code());
        }
        store::set_two_factor(&mut tx, row.id, row.two_factor_generation, None).await?;
        tx.audit(ctx, Audited::new("staff.two_factor_off", row.id, &row.name), Vec::new()).await?;
        store::remove_recovery_codes(&mut tx, row.id).await?;
        self.forget_guesses(&mut tx, &guesses).await?;
        Ok(tx.commit().await?)
    }

    async fn colleagues(&self, ctx: &Ctx) -> Result<Vec<Colleague>> {
        self.list_colleagues(ctx).await
    }

    async fn invite_staff(&self, ctx: &Ctx, request: CreateStaff) -> Result<StaffInvited> {
        self.invite(ctx, request).await
    }

    async fn invite_again(&self, ctx: &Ctx, id: StaffId) -> Result<StaffInvited> {
        self.invite_once_more(ctx, id).await
    }

    async fn accept_invitation(
        &self,
        _ctx: &Ctx,
        request: AcceptInvitation,
        device: &str,
    ) -> Result<StaffSignedIn> {
        self.accept(request, device).await
    }

    async fn update_staff(
        &self,
        ctx: &Ctx,
        id: StaffId,
        request: UpdateStaff,
        if_version: Option<i64>,
    ) -> Result<Colleague> {
        self.change_staff(ctx, id, request, if_version).await
    }

    async fn remove_staff(&self, ctx: &Ctx, id: StaffId) -> Result<()> {
        self.remove(ctx, id).await
    }

    async fn roles(&self, ctx: &Ctx) -> Result<Vec<RoleRecord>> {
        self.list_roles(ctx).await
    }

    async fn put_role(
        &self,
        ctx: &Ctx,
        id: Option<RoleId>,
        request: RoleInput,
        if_version: Option<i64>,
    ) -> Result<RoleRecord> {
        self.write_role(ctx, id, request, if_version).await
    }

    async fn remove_role(&self, ctx: &Ctx, id: RoleId) -> Result<()> {
        self.delete_role(ctx, id).await
    }

    async fn api_keys(&self, ctx: &Ctx) -> Result<Vec<ApiKey>> {
        let row = self.must_find_staff(ctx).await?;
        let keys = store::keys(&mut *self.db.read().await?, row.id, self.kit.now()).await?;
        Ok(keys.iter().map(|key| key.to_contract(row.role.0)).collect())
    }

    async fn create_api_key(&self, ctx: &Ctx, request: CreateApiKey) -> Result<ApiKeyCreated> {
        let row = self.must_find_staff(ctx).await?;
        let now = self.kit.now();
        let mut check = Check::new();
        let past = request.expires_at.is_some_and(|at| at <= now);
        check_name(&mut check, &request.name)
            .that(!past, "expires_at", "out_of_range", "A key can't end in the past.")
            .done()?;
        let token = self.token()?;
        let key = KeyRow {
            id: self.kit.ids.next(),
            name: request.name.trim().to_owned(),
            role: Some(Text(request.role)),
            hint: hint(&token),
            created_at: now,
            expires_at: request.expires_at,
        };
        let mut tx = self.db.begin().await?;
        tx.lock("api_keys", row.id.uuid()).await?;
        self.check_role(ctx, &mut tx, request.role).await?;
        if store::keys(&mut tx, row.id, now).await?.len() >= MOST_KEYS {
            return Err(Error::conflict(
                "too_many_keys",
                format!("Nobody keeps more than {MOST_KEYS} keys."),
            ));
        }
        store::add_key(&mut tx, &key, row.id, &digest(&token)).await?;
        let what = vec![change("role", (), request.role), change("expires_at", (), request.expires_at)];
        tx.audit(ctx, Audited::new("api_key.created", key.id, &key.name), what).await?;
        tx.commit().await?;
        Ok(ApiKeyCreated { token, key: key.to_contract(row.role.0) })
    }

    async fn rotate_api_key(&self, ctx: &Ctx, id: ApiTokenId) -> Result<ApiKeyCreated> {
        let owner = self.must_find_staff(ctx).await?;
        let token = self.token()?;
        let mut tx = self.db.begin().await?;
        let row = store::key(&mut tx, owner.id, id, self.kit.now()).await?;
        let mut row = row.ok_or_else(|| Error::not_found("API key"))?;
        row.hint = hint(&token);
        store::set_key_token(&mut tx, id, &digest(&token), &row.hint).await?;
        tx.audit(ctx, Audited::new("api_key.rotated", id, &row.name), Vec::new()).await?;
        tx.commit().await?;
        Ok(ApiKeyCreated { token, key: row.to_contract(owner.role.0) })
    }

    async fn revoke_api_key(&self, ctx: &Ctx, id: ApiTokenId) -> Result<()> {
        let (staff, ..) = ctx.require_staff_session()?;
        let mut tx = self.db.begin().await?;
        let row = store::key(&mut tx, staff, id, self.kit.now()).await?;
        let row = row.ok_or_else(|| Error::not_found("API key"))?;
        store::revoke_key(&mut tx, staff, id, self.kit.now()).await?;
        tx.audit(ctx, Audited::new("api_key.revoked", id, &row.name), Vec::new()).await?;
        Ok(tx.commit().await?)
    }
}

/// Whoever finds a session open can't put their own phone in the place of its owner's.
fn must_be_off(row: &StaffRow) -> Result<()> {
    match row.two_factor_since {
        Some(_) => {
            Err(Error::conflict("two_factor_on", "Take the second factor off first, with a code of it."))
        }
        None => Ok(()),
    }
}
