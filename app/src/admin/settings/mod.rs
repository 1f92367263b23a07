//! How the shop is set up: what it says of itself, delivery, the mails it writes, and what the program was started with.

mod breaks;
mod configuration;
mod mails;
mod notices;
mod payments;
mod payments_form;
mod shipping;
mod shipping_form;
mod shop;
mod shop_form;
mod tax_settings;
mod tax_trial;
mod tax_zone;
mod taxes;
mod wording;

use leptos::prelude::*;
use souk_contract::Resource;

use super::{desk::Desk, parts, place::Place};

pub use breaks::view as breaks;
pub use configuration::view as configuration;
pub use mails::view as mails;
pub use notices::view as notices;
pub use payments::view as payments;
pub use shipping::view as shipping;
pub use shop::view as shop;
pub use taxes::view as taxes;
pub use wording::{list as mail_templates, one as mail_template};

/// Screen, name, what it is for, what it takes.
const ALL: [(Place, &str, &str, Resource); 11] = [
    (
        Place::Shop,
        "Shop",
        "Its name, where to write to, what it promises, and who sells.",
        Resource::Settings,
    ),
    (
        Place::Shipping,
        "Delivery",
        "Ways of delivery: where to, for how much, how long it takes.",
        Resource::Shipping,
    ),
    (
        Place::Taxes,
        "Taxes",
        "What is taken of which goods, where, and how it is rounded.",
        Resource::Settings,
    ),
    (
        Place::Payments,
        "Payments",
        "Ways to pay: for whom, for how much, when the money is taken; and the bank account.",
        Resource::Payments,
    ),
    (
        Place::Breaks,
        "Reconciliation",
        "Our books against the gateways' own, compared each day: what differs, and what mends it.",
        Resource::Payments,
    ),
    (
        Place::Notices,
        "Notices of gateways",
        "What gateways told of payments, as it came, and what became of it.",
        Resource::Payments,
    ),
    (
        Place::Mails,
        "Mails",
        "What was written to customers, whether it arrived, and once more.",
        Resource::Messages,
    ),
    (
        Place::MailTemplates,
        "Mail texts",
        "What each mail says, with the letter that a customer would get.",
        Resource::Messages,
    ),
    (Place::Staff, "Staff and roles", "Who works here, and what they may do.", Resource::Staff),
    (Place::Activity, "Activity", "Who changed what, with what was there before.", Resource::Audit),
    (
        Place::Configuration,
        "Configuration",
        "Address, currency, databases and the rest: what is in force, and where it comes from.",
        Resource::Settings,
    ),
];

pub fn view(desk: Desk) -> AnyView {
    desk.ready.set(true);
    let one = move |(place, name, text, resource): (Place, &'static str, &'static str, Resource)| {
        untrack(move || desk.may(resource.read())).then(|| {
            view! {
                <li class="settings__one">
                    <a class="settings__link" href=place.url()>{name}</a><p class="muted">{text}</p>
                </li>
            }
        })
    };
    view! {
        {parts::head(desk, None, Signal::stored("Settings".to_owned()), ().into_any())}
        <ul class="settings">{ALL.into_iter().map(one).collect::<Vec<_>>()}</ul>
    }
    .into_any()
}

/// The way back, for the screens below.
fn back() -> Option<(String, &'static str)> {
    Some((Place::Settings.url(), "Settings"))
}
