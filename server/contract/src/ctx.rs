//! Who asks, and in which setting: the first argument of every call across a wall.

use serde::{Deserialize, Serialize};

use crate::{CustomerId, Error, Result, SessionId, StaffId};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Actor {
    /// A shopper who isn't signed in.
    Guest,
    Customer {
        id: CustomerId,
    },
    /// A person of the merchant's, by session or API key.
    Staff {
        id: StaffId,
        role: Role,
        /// None: by a key.
        session: Option<SessionId>,
    },
    /// Souk itself: jobs, event handlers, the command line.
    System,
}

/// Presets of what staff may do. Finer scopes come with the admin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Owner,
    Manager,
    Fulfilment,
    ReadOnly,
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Manager => "manager",
            Self::Fulfilment => "fulfilment",
            Self::ReadOnly => "read_only",
        }
    }

    pub fn allows(self, permission: Permission) -> bool {
        match self {
            Self::Owner => true,
            Self::Manager => permission != Permission::WriteSettings,
            Self::Fulfilment => {
                matches!(permission, Permission::Read | Permission::WriteStock | Permission::WriteOrders)
            }
            Self::ReadOnly => permission == Permission::Read,
        }
    }

    /// Whether whoever has this role has all that the other would give.
    pub fn covers(self, other: Self) -> bool {
        Permission::ALL.into_iter().all(|permission| self.allows(permission) || !other.allows(permission))
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Owner, Self::Manager, Self::Fulfilment, Self::ReadOnly]
            .into_iter()
            .find(|role| role.as_str() == text)
    }
}

/// What staff may be allowed to do; each admin call names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    Read,
    WriteCatalog,
    WriteStock,
    WriteOrders,
    WriteSettings,
}

impl Permission {
    pub const ALL: [Self; 5] =
        [Self::Read, Self::WriteCatalog, Self::WriteStock, Self::WriteOrders, Self::WriteSettings];
}

#[derive(Debug, Clone)]
pub struct Ctx {
    pub actor: Actor,
    /// BCP 47 tag: `en`, `de-CH`.
    pub locale: String,
    /// Sales channel: `web`, `api`, `admin`, `cli`.
    pub channel: &'static str,
    /// Also in the answer's `x-request-id` and on every log line of the request.
    pub request_id: String,
    /// The caller's address where there is one, for rate limits.
    pub client_ip: Option<std::net::IpAddr>,
}

impl Ctx {
    pub fn guest(request_id: impl Into<String>) -> Self {
        Self {
            actor: Actor::Guest,
            locale: "en".into(),
            channel: "web",
            request_id: request_id.into(),
            client_ip: None,
        }
    }

    /// For jobs, event handlers and the command line.
    pub fn system(request_id: impl Into<String>) -> Self {
        Self { actor: Actor::System, channel: "system", ..Self::guest(request_id) }
    }

    pub fn with_actor(self, actor: Actor) -> Self {
        Self { actor, ..self }
    }

    pub fn customer(&self) -> Option<CustomerId> {
        match self.actor {
            Actor::Customer { id } => Some(id),
            _ => None,
        }
    }

    /// The signed-in customer, or `Unauthenticated`.
    pub fn require_customer(&self) -> Result<CustomerId> {
        self.customer().ok_or_else(|| Error::Unauthenticated { message: "Please sign in first.".to_owned() })
    }

    /// The member of staff who asks in person, or `Unauthenticated`. What concerns a member's own access is for
    /// them alone: a key that a program has must not be able to lock its owner out.
    pub fn require_staff_session(&self) -> Result<(StaffId, Role, SessionId)> {
        match self.actor {
            Actor::Staff { id, role, session: Some(session) } => Ok((id, role, session)),
            Actor::Staff { .. } => Err(Error::denied("An API key can't do this: please sign in.")),
            _ => Err(Error::Unauthenticated { message: "Please sign in first.".to_owned() }),
        }
    }

    /// Souk itself may do everything; staff what the role allows; shoppers nothing.
    pub fn require(&self, permission: Permission) -> Result<()> {
        let allowed = match self.actor {
            Actor::System => true,
            Actor::Staff { role, .. } => role.allows(permission),
            Actor::Guest | Actor::Customer { .. } => {
                return Err(Error::Unauthenticated { message: "A staff token is needed.".to_owned() });
            }
        };
        if allowed { Ok(()) } else { Err(Error::denied("Your role does not allow this.")) }
    }

    pub fn is_staff_or_system(&self) -> bool {
        matches!(self.actor, Actor::Staff { .. } | Actor::System)
    }
}
