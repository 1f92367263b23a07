//! The `souk` binary: command line, configuration, which domain runs where, and the web server in front of them.

pub mod cli;
pub mod command;
pub mod compose;
pub mod config;
mod log;
mod progress;
mod stripe;
pub mod web;
