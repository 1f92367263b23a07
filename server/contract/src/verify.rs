//! What `souk verify` says when the books don't match.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Difference {
    /// Which thing: `stock level of variant …`.
    pub what: String,
    pub expected: String,
    pub found: String,
    /// For the person who must mend it.
    pub explanation: String,
}
