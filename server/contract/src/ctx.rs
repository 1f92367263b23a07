//! Who asks, and in which setting: the first argument of every call across a wall.

use serde::{Deserialize, Serialize};

use crate::{CustomerId, Error, Grants, LocationId, Permission, Reach, Result, SessionId, StaffId};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
        /// Where it allows stock to be changed.
        #[serde(default)]
        reach: Reach,
        /// None: by a key.
        session: Option<SessionId>,
    },
    /// Souk itself: jobs, event handlers, the command line.
    System,
}

impl Actor {
    /// A member by API key, everywhere.
    pub fn staff(id: StaffId, grants: Grants) -> Self {
        Self::Staff { id, grants, reach: Reach::default(), session: None }
    }
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
            Actor::Staff { id, grants, session: Some(session), .. } => Ok((id, grants, session)),
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

    /// Whoever may change stock may do so at this location.
    pub fn require_at(&self, location: LocationId) -> Result<()> {
        match &self.actor {
            Actor::Staff { reach, .. } if !reach.has(location) => {
                Err(Error::denied("Your role does not reach this location."))
            }
            _ => Ok(()),
        }
    }

    /// Nobody hands out more locations than their own.
    pub fn require_reach(&self, others: &Reach) -> Result<()> {
        match &self.actor {
            Actor::Staff { reach, .. } if !reach.cover(others) => {
                Err(Error::denied("Nobody can give locations that their own role does not reach."))
            }
            _ => Ok(()),
        }
    }

    pub fn is_staff_or_system(&self) -> bool {
        matches!(self.actor, Actor::Staff { .. } | Actor::System)
    }
}
