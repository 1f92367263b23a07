//! The catalogue on a real database of each engine.

mod attributes;
mod availability;
mod bulk;
mod collections;
mod listing;
mod lowest;
mod media;
mod processes;
mod products;
mod rest;
mod shop;
mod speed;
mod versions;
