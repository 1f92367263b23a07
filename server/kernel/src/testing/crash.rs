//! For simulations, on their thread only: where a process ends (before a transaction begins, before it is committed, and
//! after), and that a run depends on nothing but its seed.

use std::{
    cell::{Cell, RefCell},
    future::pending,
    sync::Arc,
};

use tokio::sync::Notify;

thread_local! {
    static REPLAYED: Cell<bool> = const { Cell::new(false) };
    static BUT: Cell<&'static [&'static str]> = const { Cell::new(&[]) };
    static LEFT: Cell<Option<u32>> = const { Cell::new(None) };
    static CRASHED: RefCell<Arc<Notify>> = RefCell::new(Arc::default());
}

/// From now on SQLite's commits are made on this thread too: elsewhere, two of them may end in either order.
pub fn replay() {
    REPLAYED.set(true);
}

pub(crate) fn is_replayed() -> bool {
    REPLAYED.get()
}

/// After so many more points nothing goes on: whoever comes to one waits for ever. Answers when that has happened. Points
/// of domains `but` are not counted: what works on threads of its own comes to them at any time.
pub fn arm(points: u32, but: &'static [&'static str]) -> Arc<Notify> {
    let crashed = Arc::new(Notify::new());
    CRASHED.set(Arc::clone(&crashed));
    LEFT.set(Some(points));
    BUT.set(but);
    crashed
}

/// Whether it had not happened yet.
pub fn disarm() -> bool {
    LEFT.take().is_some_and(|left| left > 0)
}

pub(crate) async fn point(domain: &str) {
    let Some(left) = LEFT.get().filter(|_| !BUT.get().contains(&domain)) else { return };
    if left > 0 {
        LEFT.set(Some(left - 1));
        return;
    }
    CRASHED.with_borrow(|crashed| crashed.notify_one());
    pending::<()>().await;
}
