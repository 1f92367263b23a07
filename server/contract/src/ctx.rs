//! Who asks, and in which setting: the first argument of every call across a wall.

use serde::{Deserialize, Serialize};

use crate::{CustomerId, Error, Grants, Permission, Result, SessionId, StaffId};

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
        /// What the role, or the key, allows now.
        grants: Grants,
        /// None: by a key.
        session: Option<SessionId>,
    },
    /// Souk itself: jobs, event handlers, the command line.
    System,
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
    pub fn require_staff_session(&self) -> Result<(StaffId, Grants, SessionId)> {
        match self.actor {
            Actor::Staff { id, grants, session: Some(session) } => Ok((id, grants, session)),
            Actor::Staff { .. } => Err(Error::denied("An API key can't do this: please sign in.")),
            _ => Err(Error::Unauthenticated { message: "Please sign in first.".to_owned() }),
        }
    }

    /// Souk itself may do everything; staff what they were granted; shoppers nothing.
    pub fn require(&self, permission: Permission) -> Result<()> {
        match self.actor {
            Actor::System => Ok(()),
            Actor::Staff { grants, .. } if grants.allow(permission) => Ok(()),
            Actor::Staff { .. } => {
                Err(Error::denied(format!("Your role does not allow this: it takes {permission}.")))
            }
            Actor::Guest | Actor::Customer { .. } => {
                Err(Error::Unauthenticated { message: "A staff token is needed.".to_owned() })
            }
        }
    }

    /// Nobody hands out what they lack.
    pub fn require_all(&self, grants: Grants) -> Result<()> {
        match self.actor {
            Actor::System => Ok(()),
            Actor::Staff { grants: own, .. } => match grants.iter().find(|one| !own.allow(*one)) {
                None => Ok(()),
                Some(lacking) => {
                    Err(Error::denied(format!("Nobody can give what they don't have: {lacking}.")))
                }
            },
            Actor::Guest | Actor::Customer { .. } => {
                Err(Error::Unauthenticated { message: "A staff token is needed.".to_owned() })
            }
        }
    }

    pub fn is_staff_or_system(&self) -> bool {
        matches!(self.actor, Actor::Staff { .. } | Actor::System)
    }
}
