//! What the command line does, one module for each command.

pub mod backup;
pub mod export;
pub mod import;
pub mod migrate;
pub mod openapi;
pub mod restore;
pub mod seed;
pub mod serve;
pub mod staff;
pub mod verify;
