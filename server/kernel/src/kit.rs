//! What a domain is built with.

use std::{io, path::Path};

use souk_contract::Timestamp;

use crate::{Clock, Ids, Secrets};

/// Clock, ids and secrets, passed to every domain so that a run can be replayed. Cheap to clone.
#[derive(Clone)]
pub struct Kit {
    pub clock: Clock,
    pub ids: Ids,
    pub secrets: Secrets,
}

impl Kit {
    /// The machine's clock, real randomness, and the key of this data folder.
    pub fn system(data: &Path) -> io::Result<Self> {
        Self::open(data, Clock::system())
    }

    /// As [`system`](Self::system), by another clock.
    pub fn open(data: &Path, clock: Clock) -> io::Result<Self> {
        Ok(Self { ids: Ids::new(clock.clone()), clock, secrets: Secrets::open(data)? })
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
