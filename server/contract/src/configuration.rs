//! What the program was started with, for people.

use serde::{Deserialize, Serialize};

use crate::{Ctx, Result};

/// A key of the configuration as it is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConfigValue {
    /// `shop.name`
    pub key: String,
    /// As TOML; passwords are left out.
    pub value: String,
    /// `default`, the file, the variable or the flag that it comes from.
    pub source: String,
}

/// Reads only: it is changed where it comes from, and the program started again.
pub trait Configuration: Send + Sync {
    /// Staff. By key.
    ///
    /// # Errors
    /// `Denied` without `settings:read`.
    fn values(&self, ctx: &Ctx) -> Result<Vec<ConfigValue>>;
}
