//! What the server answered, for as long as the window is open: shown while the server is out of reach. Nothing of it is
//! written to the disk, where customers' names and addresses would stay behind.

use std::cell::{Cell, RefCell};

use leptos::server_fn::ServerFn;

use super::client::Call;
use crate::api::admin::{access, audit, catalog, customers, inventory, orders, segments, staff, stockroom};

/// Older ones make room.
const MOST: usize = 300;

/// Functions that only read; nothing else is ever answered from memory.
const READS: [&str; 21] = [
    access::Me::PATH,
    audit::Entries::PATH,
    catalog::FindProducts::PATH,
    catalog::ProductRecord::PATH,
    catalog::Pictures::PATH,
    catalog::Variants::PATH,
    customers::Customers::PATH,
    customers::Customer::PATH,
    customers::Timeline::PATH,
    customers::Duplicates::PATH,
    segments::Segments::PATH,
    inventory::Levels::PATH,
    inventory::RunningOut::PATH,
    inventory::Movements::PATH,
    stockroom::Locations::PATH,
    stockroom::PlaceLevels::PATH,
    orders::Orders::PATH,
    orders::Order::PATH,
    orders::Waiting::PATH,
    staff::Colleagues::PATH,
    staff::Roles::PATH,
];
/// Asked with the present moment in the question: the last answer is the one.
const LAST: [&str; 1] = [orders::Sales::PATH];

struct Kept {
    path: String,
    /// Empty for those of [`LAST`].
    body: String,
    text: String,
    /// Milliseconds as JavaScript counts them.
    at: f64,
}

thread_local! {
    static KEPT: RefCell<Vec<Kept>> = const { RefCell::new(Vec::new()) };
    static OLDEST: Cell<Option<f64>> = const { Cell::new(None) };
}

/// Path and question that an answer is found by; none where it is not kept.
fn key(call: &Call) -> Option<(&str, &str)> {
    let path = call.path.as_str();
    if READS.contains(&path) {
        return Some((path, &call.body));
    }
    LAST.contains(&path).then_some((path, ""))
}

pub fn keep(call: &Call, status: u16, text: &str) {
    OLDEST.set(None);
    let Some((path, body)) = key(call).filter(|_| status == 200) else { return };
    KEPT.with_borrow_mut(|kept| {
        kept.retain(|one| one.path != path || one.body != body);
        if kept.len() >= MOST {
            kept.remove(0);
        }
        kept.push(Kept {
            path: path.to_owned(),
            body: body.to_owned(),
            text: text.to_owned(),
            at: js_sys::Date::now(),
        });
    });
}

/// What was answered to this question last.
pub fn seen(call: &Call) -> Option<String> {
    let (path, body) = key(call)?;
    KEPT.with_borrow(|kept| {
        let found = kept.iter().find(|one| one.path == path && one.body == body)?;
        OLDEST.set(Some(OLDEST.get().map_or(found.at, |oldest| oldest.min(found.at))));
        Some(found.text.clone())
    })
}

/// When the oldest answer was given that is shown from memory now; none while the server answers.
pub fn oldest_shown() -> Option<f64> {
    OLDEST.get()
}

pub fn forget() {
    KEPT.with_borrow_mut(Vec::clear);
    OLDEST.set(None);
}
