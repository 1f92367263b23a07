//! The whole program from outside: over HTTP, and as a command.

mod analytics;
mod backup;
mod cache;
mod cli;
mod desktop;
mod front;
mod guard;
mod import;
mod pages;
mod payments;
mod settings;
mod shop;
mod staff;
mod verify;
