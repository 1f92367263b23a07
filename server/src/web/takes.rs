//! What each server function of the merchant's screens takes. It is refused before anything of a request is read, and a
//! test holds this list against the functions that there are. The domains check again.

use souk_contract::{
    Ctx, Error, Permission,
    Resource::{
        Analytics, Catalog, Customers, Inventory, Messages, Orders, Payments, Promotions, Settings, Shipping,
        Staff,
    },
    Result,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// Nobody has to be signed in.
    Nothing,
    /// Somebody who is signed in; what they see or change is their own, or is decided by what they ask for.
    Session,
    This(Permission),
}

use Takes::{Nothing, Session, This};

/// Where they are.
pub const BELOW: &str = "/fn/admin/";

const FUNCTIONS: &[(&str, Takes)] = &[
    ("sign-in", Nothing),
    ("accept-invitation", Nothing),
    ("shop", Nothing),
    ("desktop/sign-in", Nothing),
    ("sign-out", Session),
    ("me", Session),
    ("live", Session),
    ("account/password", Session),
    ("account/sessions", Session),
    ("account/sessions/end", Session),
    ("account/two-factor/begin", Session),
    ("account/two-factor/confirm", Session),
    ("account/two-factor/end", Session),
    ("account/keys", Session),
    ("account/keys/create", Session),
    ("account/keys/rotate", Session),
    ("account/keys/revoke", Session),
    ("views", Session),
    ("views/save", Session),
    ("views/remove", Session),
    ("views/columns", Session),
    ("views/columns/set", Session),
    ("audit", Session),
    ("orders", This(Orders.read())),
    ("orders/get", This(Orders.read())),
    ("orders/taxes", This(Orders.read())),
    ("orders/sales", This(Orders.read())),
    ("orders/waiting", This(Orders.read())),
    ("orders/documents", This(Orders.read())),
    ("orders/tags", This(Orders.write())),
    ("orders/note", This(Orders.write())),
    ("orders/refund", This(Payments.write())),
    ("returns", This(Orders.read())),
    ("returns/of-order", This(Orders.read())),
    // What it takes besides is said by what is done: orders:write, or payments:write where money goes back.
    ("returns/change", This(Orders.read())),
    ("orders/fulfil", This(Orders.write())),
    ("orders/fulfillments/move", This(Orders.write())),
    ("orders/move", This(Orders.write())),
    ("orders/cancel", This(Orders.write())),
    ("drafts", This(Orders.read())),
    ("drafts/get", This(Orders.read())),
    ("drafts/countries", This(Orders.read())),
    ("drafts/create", This(Orders.write())),
    ("drafts/change", This(Orders.write())),
    ("drafts/place", This(Orders.write())),
    ("drafts/discard", This(Orders.write())),
    ("drafts/reopen", This(Orders.write())),
    ("payments/confirm-transfer", This(Payments.write())),
    ("promotions", This(Promotions.read())),
    ("promotions/get", This(Promotions.read())),
    ("promotions/write", This(Promotions.write())),
    ("promotions/move", This(Promotions.write())),
    ("promotions/codes", This(Promotions.read())),
    ("promotions/codes/make", This(Promotions.write())),
    ("promotions/codes/export", This(Promotions.read())),
    ("promotions/codes/revoke", This(Promotions.write())),
    ("promotions/simulate", This(Promotions.write())),
    ("customers", This(Customers.read())),
    ("customers/export", This(Customers.read())),
    ("customers/get", This(Customers.read())),
    ("customers/of-order", This(Customers.read())),
    ("customers/timeline", This(Customers.read())),
    ("customers/create", This(Customers.write())),
    ("customers/edit", This(Customers.write())),
    ("customers/tags", This(Customers.write())),
    ("customers/note", This(Customers.write())),
    ("customers/consent", This(Customers.write())),
    ("customers/address", This(Customers.write())),
    ("customers/merge", This(Customers.write())),
    ("customers/merge/undo", This(Customers.write())),
    ("customers/duplicates", This(Customers.read())),
    ("customers/not-the-same", This(Customers.write())),
    ("segments", This(Customers.read())),
    ("segments/count", This(Customers.read())),
    ("segments/put", This(Customers.write())),
    ("segments/remove", This(Customers.write())),
    ("attributes", This(Catalog.read())),
    ("attributes/put", This(Catalog.write())),
    ("attributes/remove", This(Catalog.write())),
    ("attributes/groups/put", This(Catalog.write())),
    ("attributes/groups/remove", This(Catalog.write())),
    ("attributes/templates/put", This(Catalog.write())),
    ("attributes/templates/remove", This(Catalog.write())),
    ("products", This(Catalog.read())),
    ("products/get", This(Catalog.read())),
    ("products/pictures", This(Catalog.read())),
    ("products/put", This(Catalog.write())),
    ("products/archive", This(Catalog.write())),
    ("products/bulk", This(Catalog.read())),
    ("products/bulk/plan", This(Catalog.write())),
    ("products/bulk/plan/cancel", This(Catalog.write())),
    ("products/bulk/plans", This(Catalog.read())),
    ("products/bulk/preview", This(Catalog.read())),
    ("products/bulk/run", This(Catalog.write())),
    ("products/bulk/undo", This(Catalog.write())),
    ("products/options", This(Catalog.write())),
    ("products/versions", This(Catalog.read())),
    ("products/versions/compare", This(Catalog.read())),
    ("products/versions/restore", This(Catalog.write())),
    ("products/schedule", This(Catalog.read())),
    ("products/schedule/set", This(Catalog.write())),
    ("collections", This(Catalog.read())),
    ("collections/write", This(Catalog.write())),
    ("collections/remove", This(Catalog.write())),
    ("collections/titles", This(Catalog.read())),
    ("products/export", This(Catalog.read())),
    ("products/imports", This(Catalog.read())),
    ("products/imports/get", This(Catalog.read())),
    ("products/imports/issues", This(Catalog.read())),
    ("products/imports/products", This(Catalog.read())),
    ("products/imports/map", This(Catalog.write())),
    ("products/imports/start", This(Catalog.write())),
    ("products/imports/revert", This(Catalog.write())),
    ("variants", This(Catalog.read())),
    ("inventory/levels", This(Inventory.read())),
    ("inventory/running-out", This(Inventory.read())),
    ("inventory/movements", This(Inventory.read())),
    ("inventory/adjust", This(Inventory.write())),
    ("inventory/set", This(Inventory.write())),
    ("inventory/locations", This(Inventory.read())),
    ("inventory/locations/put", This(Inventory.write())),
    ("inventory/locations/order", This(Inventory.write())),
    ("inventory/places", This(Inventory.read())),
    ("inventory/damaged", This(Inventory.write())),
    ("inventory/by-code", This(Inventory.read())),
    ("inventory/supplies", This(Inventory.read())),
    ("inventory/supplies/get", This(Inventory.read())),
    ("inventory/supplies/put", This(Inventory.write())),
    ("inventory/supplies/move", This(Inventory.write())),
    ("inventory/supplies/receive", This(Inventory.write())),
    ("inventory/reorder", This(Inventory.read())),
    ("inventory/reorder/points", This(Inventory.write())),
    ("inventory/counts", This(Inventory.read())),
    ("inventory/counts/get", This(Inventory.read())),
    ("inventory/counts/lines", This(Inventory.read())),
    ("inventory/counts/open", This(Inventory.write())),
    ("inventory/counts/enter", This(Inventory.write())),
    ("inventory/counts/end", This(Inventory.write())),
    ("inventory/sources", This(Inventory.read())),
    ("inventory/sources/get", This(Inventory.read())),
    ("inventory/sources/put", This(Inventory.write())),
    ("inventory/sources/remove", This(Inventory.write())),
    ("inventory/sources/run", This(Inventory.write())),
    ("inventory/sources/runs", This(Inventory.read())),
    ("inventory/sources/findings", This(Inventory.read())),
    ("inventory/file", This(Inventory.write())),
    ("analytics/sales", This(Analytics.read())),
    ("analytics/top", This(Analytics.read())),
    ("analytics/funnel", This(Analytics.read())),
    ("analytics/stock", This(Analytics.read())),
    ("analytics/orders", This(Analytics.read())),
    ("analytics/export", This(Analytics.read())),
    ("settings", This(Settings.read())),
    ("shop-settings", This(Settings.read())),
    ("shop-settings/write", This(Settings.write())),
    ("shipping", This(Shipping.read())),
    ("shipping/write", This(Shipping.write())),
    ("shipping/remove", This(Shipping.write())),
    ("taxes", This(Settings.read())),
    ("taxes/classes", This(Catalog.read())),
    ("taxes/settings", This(Settings.write())),
    ("taxes/class", This(Settings.write())),
    ("taxes/class/remove", This(Settings.write())),
    ("taxes/zone", This(Settings.write())),
    ("taxes/zone/remove", This(Settings.write())),
    ("taxes/trial", This(Settings.read())),
    ("payments/settings", This(Payments.read())),
    ("payments/settings/set", This(Payments.write())),
    ("payments/capture", This(Payments.write())),
    ("payments/release", This(Payments.write())),
    ("payments/reconciliations", This(Payments.read())),
    ("payments/reconcile", This(Payments.write())),
    ("payments/breaks", This(Payments.read())),
    ("payments/breaks/fix", This(Payments.write())),
    ("payments/breaks/set-aside", This(Payments.write())),
    ("payments/notices", This(Payments.read())),
    ("payments/notices/replay", This(Payments.write())),
    ("mails", This(Messages.read())),
    ("mails/get", This(Messages.read())),
    ("mails/again", This(Messages.write())),
    ("mails/templates", This(Messages.read())),
    ("mails/templates/set", This(Messages.write())),
    ("mails/templates/preview", This(Messages.read())),
    ("staff", This(Staff.read())),
    ("staff/invite", This(Staff.write())),
    ("staff/invite-again", This(Staff.write())),
    ("staff/update", This(Staff.write())),
    ("staff/remove", This(Staff.write())),
    ("roles", This(Staff.read())),
    ("roles/put", This(Staff.write())),
    ("roles/remove", This(Staff.write())),
];

/// Papers, which a browser opens in a window of its own.
pub const PAPER: &str = "/fn/admin/orders/paper";
pub const PICK_LIST: &str = "/fn/admin/orders/pick-list";
pub const LABELS: &str = "/fn/admin/products/labels";
/// A picture, as the bytes of its file.
pub const PICTURE: &str = "/fn/admin/products/add-picture";
pub const COLLECTION_PICTURE: &str = "/fn/admin/collections/picture";

/// A file of products, as it is.
pub const IMPORT: &str = "/fn/admin/products/import-file";

/// Files beside the functions.
const FILES: &[(&str, Takes)] = &[
    ("orders/paper", This(Orders.read())),
    ("orders/pick-list", This(Orders.read())),
    ("products/labels", This(Catalog.read())),
    ("products/add-picture", This(Catalog.write())),
    ("collections/picture", This(Catalog.write())),
    ("products/import-file", This(Catalog.write())),
];

/// Of a path; none where there is no such function.
fn takes(path: &str) -> Option<Takes> {
    let name = path.strip_prefix(BELOW)?;
    FUNCTIONS.iter().chain(FILES).find(|(known, _)| *known == name).map(|(_, takes)| *takes)
}

/// Whether the caller may call it. A path that is none is answered as such, whoever asks.
pub fn check(path: &str, ctx: &Ctx) -> Result<()> {
    match takes(path) {
        None => Err(Error::not_found("function")),
        Some(Nothing | Session) => Ok(()),
        Some(This(permission)) => ctx.require(permission),
    }
}

#[cfg(test)]
mod tests {
    use leptos::server_fn::axum::server_fn_paths;
    use souk_app::api::admin::OPEN;
    use souk_contract::{Actor, Preset, StaffId};

    use super::*;

    #[test]
    fn each_function_says_what_it_takes() {
        let mut there: Vec<&str> =
            server_fn_paths().map(|(path, _)| path).filter(|path| path.starts_with(BELOW)).collect();
        there.sort_unstable();
        let mut listed: Vec<String> = FUNCTIONS.iter().map(|(name, _)| format!("{BELOW}{name}")).collect();
        listed.sort_unstable();
        assert_eq!(there, listed);
        let open: Vec<String> = FUNCTIONS
            .iter()
            .filter(|(_, takes)| *takes == Nothing)
            .map(|(name, _)| format!("{BELOW}{name}"))
            .collect();
        assert_eq!(open, OPEN);
    }

    #[test]
    fn each_role_calls_what_it_allows_and_nothing_else() {
        let somebody: StaffId = "01900000-0000-7000-8000-000000000000".parse().expect("an id");
        let (mut opened, mut refused) = (0, 0);
        for preset in Preset::ALL {
            let actor = Actor::staff(somebody, preset.grants());
            let ctx = Ctx::guest("test").with_actor(actor);
            for (name, takes) in FUNCTIONS.iter().chain(FILES) {
                let allowed = match takes {
                    Nothing | Session => true,
                    This(permission) => preset.grants().allow(*permission),
                };
                assert_eq!(check(&format!("{BELOW}{name}"), &ctx).is_ok(), allowed, "{preset:?} {name}");
                if allowed { opened += 1 } else { refused += 1 }
            }
            assert!(check("/fn/admin/nothing", &ctx).is_err());
        }
        assert!(opened > 100 && refused > 40, "{opened} opened, {refused} refused");
    }
}
