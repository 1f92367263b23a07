//! The merchant's people, and what they may do.

mod colleagues;
mod matrix;
mod reach;
mod roles;

pub use colleagues::view as colleagues;
pub use roles::view as roles;

use leptos::prelude::*;
use souk_contract::{Grants, RoleRecord};

use super::{desk::Desk, words};

/// Roles that one may give: nobody gives what they lack.
pub fn role_options(desk: Desk, roles: &[RoleRecord]) -> Vec<(String, String)> {
    let own = untrack(move || desk.member()).map_or(Grants::default(), |member| member.grants);
    let may = roles.iter().filter(|record| own.cover(record.grants));
    may.map(|record| (record.role.to_string(), words::role(record.role, roles))).collect()
}
