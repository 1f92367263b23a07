//! Fetching from addresses that somebody wrote down, behind the guard that keeps it out of private networks.

use std::fmt;

use async_trait::async_trait;

use crate::Timestamp;

#[derive(Clone, PartialEq, Eq)]
pub struct Wanted {
    pub url: String,
    /// Name and value. It goes to the host of `url` and to no other.
    pub header: Option<(String, String)>,
    /// The `etag` of an earlier answer: the same contents are not sent again.
    pub etag: Option<String>,
}

impl fmt::Debug for Wanted {
    /// Without the header's value, which is a secret as a rule.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wanted").field("url", &self.url).field("etag", &self.etag).finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// As it was at that `etag`.
    Same,
    New {
        bytes: Vec<u8>,
        etag: Option<String>,
        /// As its server says.
        modified_at: Option<Timestamp>,
    },
}

/// Why nothing came, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotFetched(pub String);

impl fmt::Display for NotFetched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[async_trait]
pub trait Outbound: Send + Sync {
    async fn fetch(&self, wanted: &Wanted) -> Result<Fetched, NotFetched>;
    /// Scheme, host and port of an address that may be asked, as far as that shows before it is asked.
    fn origin(&self, url: &str) -> Result<String, NotFetched>;
    /// Where a link leads that stands in what came from `from`.
    fn join(&self, from: &str, link: &str) -> Result<String, NotFetched>;
}
