//! Settings that belong to the kernel. Reading files, variables and flags is the server's work.

use std::path::Path;

use serde::{Deserialize, Serialize};

/// Where the domains keep their data.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DatabaseConfig {
    /// `sqlite:FOLDER`: one file per domain in `FOLDER/db`. `postgres://…`: one schema per domain.
    pub url: String,
    /// SQLite: connections that read, per domain.
    pub readers: u32,
    /// PostgreSQL: connections at most, per domain.
    pub connections: u32,
}

impl Default for DatabaseConfig {
    fn default() -> Self {
        Self { url: "sqlite:data".to_owned(), readers: 4, connections: 8 }
    }
}

impl DatabaseConfig {
    pub fn sqlite(folder: &Path) -> Self {
        Self { url: format!("sqlite:{}", folder.display()), ..Self::default() }
    }

    pub fn postgres(url: impl Into<String>) -> Self {
        Self { url: url.into(), ..Self::default() }
    }
}
