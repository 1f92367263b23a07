//! The promises of a whole shop, on both engines: the domains composed as the program composes them, and the program
//! itself, killed and asked for what isn't the caller's.

mod analytics;
mod buyers;
mod captures;
mod checkout;
mod confirming;
mod crash;
mod customers;
mod customers_speed;
mod desk;
mod doors;
mod drafts;
mod promotions;
mod reconcile;
mod refunds;
mod returns;
mod server;
mod settings;
mod shop;
mod simulation;
mod stripe;
mod taxes;
mod verify;
