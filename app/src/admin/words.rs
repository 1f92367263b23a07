//! What states are called, as badges.

use leptos::prelude::*;
use souk_contract::{
    Availability, Consent, FulfillmentState, FulfillmentStatus, OrderPaymentStatus, OrderStatus, Permission,
    ProductStatus, RefundState, Resource, ReturnState, Role, RoleRecord,
};

use crate::ui::{Tone, badge};

pub fn order_status(status: OrderStatus) -> AnyView {
    match status {
        OrderStatus::Pending => badge(Tone::Warn, "Pending"),
        OrderStatus::Open => badge(Tone::Plain, "Open"),
        OrderStatus::Completed => badge(Tone::Good, "Completed"),
        OrderStatus::Cancelled => badge(Tone::Bad, "Cancelled"),
    }
}

pub fn payment(status: OrderPaymentStatus) -> AnyView {
    match status {
        OrderPaymentStatus::None => badge(Tone::Warn, "Awaiting payment"),
        OrderPaymentStatus::Authorized => badge(Tone::Plain, "Authorised"),
        OrderPaymentStatus::PartiallyPaid => badge(Tone::Warn, "Partly paid"),
        OrderPaymentStatus::Paid => badge(Tone::Good, "Paid"),
        OrderPaymentStatus::PartiallyRefunded => badge(Tone::Plain, "Partly refunded"),
        OrderPaymentStatus::Refunded => badge(Tone::Plain, "Refunded"),
        OrderPaymentStatus::Voided => badge(Tone::Plain, "Voided"),
    }
}

pub fn fulfillment(status: FulfillmentStatus) -> AnyView {
    match status {
        FulfillmentStatus::Unfulfilled => badge(Tone::Warn, "To fulfil"),
        FulfillmentStatus::PartiallyFulfilled => badge(Tone::Warn, "Partly shipped"),
        FulfillmentStatus::Fulfilled => badge(Tone::Good, "Shipped"),
        FulfillmentStatus::PartiallyDelivered => badge(Tone::Good, "Partly delivered"),
        FulfillmentStatus::Delivered => badge(Tone::Good, "Delivered"),
        FulfillmentStatus::PartiallyReturned => badge(Tone::Plain, "Partly returned"),
        FulfillmentStatus::Returned => badge(Tone::Plain, "Returned"),
        FulfillmentStatus::Cancelled => badge(Tone::Plain, "Cancelled"),
    }
}

pub fn returned(state: ReturnState) -> AnyView {
    let (tone, text) = match state {
        ReturnState::Requested => (Tone::Warn, "Requested"),
        ReturnState::Approved => (Tone::Plain, "Approved"),
        ReturnState::InTransit => (Tone::Plain, "On its way"),
        ReturnState::Received => (Tone::Warn, "Received"),
        ReturnState::Inspected => (Tone::Warn, "To refund"),
        ReturnState::Refunded => (Tone::Good, "Refunded"),
        ReturnState::Closed => (Tone::Plain, "Closed"),
        ReturnState::Declined => (Tone::Plain, "Declined"),
        ReturnState::Cancelled => (Tone::Plain, "Cancelled"),
    };
    badge(tone, text)
}

pub fn refund(state: RefundState) -> AnyView {
    match state {
        RefundState::Pending => badge(Tone::Warn, "Under way"),
        RefundState::Succeeded => badge(Tone::Good, "Refunded"),
        RefundState::Failed => badge(Tone::Bad, "Failed"),
    }
}

pub fn parcel(state: FulfillmentState) -> AnyView {
    match state {
        FulfillmentState::Pending => badge(Tone::Warn, "To pick"),
        FulfillmentState::Processing => badge(Tone::Warn, "Packed"),
        FulfillmentState::Shipped => badge(Tone::Good, "Shipped"),
        FulfillmentState::Delivered => badge(Tone::Good, "Delivered"),
        FulfillmentState::Cancelled => badge(Tone::Plain, "Given up"),
    }
}

/// Whether somebody wants marketing mail.
pub fn consent(consent: Consent) -> AnyView {
    match consent {
        Consent::Unknown => badge(Tone::Plain, "Never asked"),
        Consent::Granted => badge(Tone::Good, "Yes"),
        Consent::Withdrawn => badge(Tone::Warn, "No"),
    }
}

pub fn product_name(status: ProductStatus) -> &'static str {
    match status {
        ProductStatus::Draft => "Draft",
        ProductStatus::Ready => "Ready",
        ProductStatus::Published => "Published",
        ProductStatus::Archived => "Archived",
    }
}

pub fn product(status: ProductStatus) -> AnyView {
    let tone = match status {
        ProductStatus::Draft | ProductStatus::Archived => Tone::Plain,
        ProductStatus::Ready => Tone::Warn,
        ProductStatus::Published => Tone::Good,
    };
    badge(tone, product_name(status))
}

pub fn stock(availability: Availability) -> AnyView {
    match availability {
        Availability::SoldOut => badge(Tone::Bad, "Sold out"),
        Availability::Backorder => badge(Tone::Warn, "Backorder"),
        Availability::Low => badge(Tone::Warn, "Low"),
        Availability::InStock => badge(Tone::Plain, "In stock"),
    }
}

/// `order_shipped` and `two_factor` as people write them.
pub fn plain(word: &str) -> String {
    let text = word.replace(['_', '.'], " ");
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}

pub fn role(role: Role, known: &[RoleRecord]) -> String {
    match role {
        Role::Preset(preset) => preset.title().to_owned(),
        Role::Custom(_) => known
            .iter()
            .find(|record| record.role == role)
            .map_or_else(|| "Own role".to_owned(), |record| record.name.clone()),
    }
}

pub fn resource(resource: Resource) -> &'static str {
    match resource {
        Resource::Catalog => "Products and pages",
        Resource::Inventory => "Inventory",
        Resource::Orders => "Orders",
        Resource::Payments => "Payments",
        Resource::Customers => "Customers",
        Resource::Promotions => "Promotions",
        Resource::Shipping => "Delivery rates",
        Resource::Messages => "Messages",
        Resource::Settings => "Settings",
        Resource::Staff => "Staff and roles",
        Resource::Audit => "Activity",
        Resource::Analytics => "Analytics",
    }
}

pub fn permission(permission: Permission) -> String {
    let act = if permission == permission.resource.write() { "change" } else { "see" };
    format!("{act} {}", resource(permission.resource).to_lowercase())
}

/// `1 item`, `3 items`.
pub fn count(number: i64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
