//! The merchant's people: how they get in, and what they let programs do.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{Actor, ApiTokenId, Ctx, Grants, Reach, Result, Role, RoleId, SessionId, StaffId, Timestamp};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateStaff {
    pub email: String,
    pub name: String,
    pub role: Role,
}

/// The token is shown once and stored only as a hash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaffCreated {
    pub id: StaffId,
    pub token_id: ApiTokenId,
    pub token: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StaffSignIn {
    pub email: String,
    pub password: String,
    /// Of the authenticator app, six digits, or one of the recovery codes; wanted where the account has a second factor.
    #[serde(default)]
    pub code: Option<String>,
}

/// A fresh session; the token is shown once and stored only as a hash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaffSignedIn {
    pub token: String,
    pub session_id: SessionId,
    pub expires_at: Timestamp,
    pub staff: StaffMember,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaffMember {
    pub id: StaffId,
    pub email: String,
    pub name: String,
    pub role: Role,
    /// What the role allows now.
    pub grants: Grants,
    /// Where it allows stock to be changed; null: everywhere.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<crate::LocationId>>))]
    pub locations: Reach,
    /// Since when signing in takes a second factor.
    pub two_factor_since: Option<Timestamp>,
    /// Recovery codes that were not used yet.
    pub recovery_codes: i64,
    pub created_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaffSession {
    pub id: SessionId,
    /// What the browser or program said of itself.
    pub device: String,
    pub created_at: Timestamp,
    /// Last use, to within ten minutes.
    pub seen_at: Timestamp,
    pub expires_at: Timestamp,
    /// The one that asks.
    pub current: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeStaffPassword {
    pub current: String,
    /// 8 to 200 characters.
    pub new: String,
}

/// For an authenticator app (RFC 6238: SHA-1, six digits, 30 seconds). In force once a code of it was sent back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TwoFactorSecret {
    /// Base32, to type in.
    pub secret: String,
    /// `otpauth://`, to show as a QR code.
    pub url: String,
}

/// Each lets its owner in once, in place of the app's code. Shown this once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryCodes {
    pub codes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateApiKey {
    /// What it is for, to tell it from others.
    pub name: String,
    /// At most what its maker may do.
    pub role: Role,
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiKey {
    pub id: ApiTokenId,
    pub name: String,
    pub role: Role,
    /// The token's last four characters.
    pub hint: String,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
}

/// The token is shown once and stored only as a hash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiKeyCreated {
    pub token: String,
    pub key: ApiKey,
}

/// One of the merchant's people, as their colleagues see them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Colleague {
    pub id: StaffId,
    pub email: String,
    pub name: String,
    pub role: Role,
    pub two_factor: bool,
    pub state: ColleagueState,
    pub version: i64,
    pub created_at: Timestamp,
    /// Last use of a session that is not over, to within ten minutes.
    pub seen_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ColleagueState {
    /// Has no password yet.
    Invited,
    Active,
    /// Can't sign in, and their keys are worth nothing. Kept for what they did.
    Removed,
}

/// Whoever has the token sets the account's password with it, once, within seven days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaffInvited {
    pub colleague: Colleague,
    /// For `/admin/welcome#…`; shown once and stored only as a hash.
    pub token: String,
    pub expires_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AcceptInvitation {
    pub token: String,
    /// 8 to 200 characters.
    pub password: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateStaff {
    pub name: String,
    pub role: Role,
}

/// A preset or a role of the shop's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoleRecord {
    pub role: Role,
    pub name: String,
    pub grants: Grants,
    /// Where it allows stock to be changed; null: everywhere.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<crate::LocationId>>))]
    pub locations: Reach,
    /// 0 for presets, which can't be changed.
    pub version: i64,
    /// Who has it.
    pub members: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RoleInput {
    /// Up to 60 characters; no two roles have the same.
    pub name: String,
    pub grants: Grants,
    /// Where it allows stock to be changed: at most 200; null: everywhere. Seeing is not limited.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<crate::LocationId>>))]
    pub locations: Reach,
}

/// The identity domain's other side: apart from [`Identity`](crate::Identity), because nobody needs both. What a member does
/// about their own access takes a session: an API key can't.
#[async_trait]
pub trait Staffing: Send + Sync {
    async fn create_staff(&self, ctx: &Ctx, request: CreateStaff) -> Result<StaffCreated>;
    /// Sets anybody's password and takes the second factor off; for Souk itself, that is its command line.
    async fn reset_staff_password(&self, ctx: &Ctx, email: &str, new: &str) -> Result<StaffId>;
    /// Who a session's token or an API key speaks for.
    async fn authenticate_staff(&self, ctx: &Ctx, token: &str) -> Result<Option<Actor>>;

    /// Same answer and time whether the address or the password is wrong; `Limited` after 10 tries in 15 minutes;
    /// `Conflict two_factor_required` where only the code is missing.
    async fn sign_in_staff(&self, ctx: &Ctx, request: StaffSignIn, device: &str) -> Result<StaffSignedIn>;
    async fn sign_out_staff(&self, ctx: &Ctx) -> Result<()>;
    async fn staff_member(&self, ctx: &Ctx) -> Result<StaffMember>;
    /// Those that are not over, newest first.
    async fn staff_sessions(&self, ctx: &Ctx) -> Result<Vec<StaffSession>>;
    async fn end_staff_session(&self, ctx: &Ctx, id: SessionId) -> Result<()>;
    /// Ends every session but the one that asks.
    async fn change_staff_password(&self, ctx: &Ctx, request: ChangeStaffPassword) -> Result<()>;

    /// The secret, for a first code to be made with it. `Conflict two_factor_on` where one is in force.
    async fn begin_two_factor(&self, ctx: &Ctx) -> Result<TwoFactorSecret>;
    /// Puts the secret in force with a code of it.
    async fn confirm_two_factor(&self, ctx: &Ctx, code: &str) -> Result<RecoveryCodes>;
    /// Takes a code of the app or a recovery code.
    async fn end_two_factor(&self, ctx: &Ctx, code: &str) -> Result<()>;

    // Colleagues. Nobody gives what they lack, nor touches whoever may do more than they.
    /// By name; those who were removed last.
    async fn colleagues(&self, ctx: &Ctx) -> Result<Vec<Colleague>>;
    /// `Conflict email_taken`.
    async fn invite_staff(&self, ctx: &Ctx, request: CreateStaff) -> Result<StaffInvited>;
    /// A new token for whoever lost theirs, or their password or phone: they begin again with both. Ends their sessions.
    async fn invite_again(&self, ctx: &Ctx, id: StaffId) -> Result<StaffInvited>;
    async fn accept_invitation(
        &self,
        ctx: &Ctx,
        request: AcceptInvitation,
        device: &str,
    ) -> Result<StaffSignedIn>;
    /// `Conflict last_owner` where nobody would be left who may do everything.
    async fn update_staff(
        &self,
        ctx: &Ctx,
        id: StaffId,
        request: UpdateStaff,
        if_version: Option<i64>,
    ) -> Result<Colleague>;
    /// Ends their sessions and keys. `Conflict last_owner`.
    async fn remove_staff(&self, ctx: &Ctx, id: StaffId) -> Result<()>;

    /// Presets first.
    async fn roles(&self, ctx: &Ctx) -> Result<Vec<RoleRecord>>;
    /// None: a new one. What it allows changes at once for everybody who has it.
    async fn put_role(
        &self,
        ctx: &Ctx,
        id: Option<RoleId>,
        request: RoleInput,
        if_version: Option<i64>,
    ) -> Result<RoleRecord>;
    /// `Conflict role_in_use` where somebody, or a key, has it.
    async fn remove_role(&self, ctx: &Ctx, id: RoleId) -> Result<()>;

    /// Those that are in force, newest first.
    async fn api_keys(&self, ctx: &Ctx) -> Result<Vec<ApiKey>>;
    async fn create_api_key(&self, ctx: &Ctx, request: CreateApiKey) -> Result<ApiKeyCreated>;
    /// The same key with another token; the one before is worth nothing from now on.
    async fn rotate_api_key(&self, ctx: &Ctx, id: ApiTokenId) -> Result<ApiKeyCreated>;
    async fn revoke_api_key(&self, ctx: &Ctx, id: ApiTokenId) -> Result<()>;
}
