//! What comes from the server, or why it doesn't. A late answer for a screen that is gone, or for a question that was asked
//! anew, is dropped.
//!
//! What was answered is held as `dyn Any`: all but the outermost calls are compiled once, not once for each of the many
//! types that screens show.

use std::{any::Any, future::Future, marker::PhantomData, pin::Pin, rc::Rc, sync::Arc};

use leptos::{prelude::*, task::spawn_local};
use souk_contract::{Error, Page};

use super::{desk::Desk, live};
use crate::{
    failure::Result,
    ui::{Tone, alert, following, skeleton},
};

type Held = Arc<dyn Any + Send + Sync>;
type Draw = Box<dyn Fn(Held) -> AnyView + Send>;
type Answer<T> = Pin<Box<dyn Future<Output = Result<T>>>>;
type Ask = Rc<dyn Fn() -> Answer<Held>>;
/// It is given where to go on.
type AskPart = Rc<dyn Fn(Option<String>) -> Answer<Part>>;

#[derive(Clone)]
enum Loaded {
    Loading,
    Ready(Held),
    Failed(Error),
}

/// What was put in as this type.
fn taken<T: Send + Sync + 'static>(held: Held) -> Arc<T> {
    held.downcast().expect("what is held has the type of its source")
}

fn own<T: Clone + Send + Sync + 'static>(held: Held) -> T {
    Arc::unwrap_or_clone(taken(held))
}

/// What is shown, and which of the questions is the latest.
#[derive(Clone, Copy)]
struct State {
    desk: Desk,
    shown: RwSignal<Loaded>,
    latest: StoredValue<u32>,
}

impl State {
    fn new(desk: Desk) -> Self {
        Self { desk, shown: RwSignal::new(Loaded::Loading), latest: StoredValue::new(0) }
    }

    /// Answers to earlier questions are dropped. None where the screen is gone.
    fn begin(self) -> Option<u32> {
        self.latest.try_update_value(|latest| {
            *latest += 1;
            *latest
        })
    }

    fn is_latest(self, number: u32) -> bool {
        self.latest.try_get_value() == Some(number)
    }

    /// Tracked.
    fn held(self) -> Option<Held> {
        self.shown.with(|shown| if let Loaded::Ready(held) = shown { Some(held.clone()) } else { None })
    }

    fn is_ready(self) -> bool {
        self.shown.with_untracked(|shown| matches!(shown, Loaded::Ready(_)))
    }

    /// Tracked.
    fn is_settled(self) -> bool {
        self.shown.with(|shown| !matches!(shown, Loaded::Loading))
    }

    fn is_main(self) {
        Effect::new(move || {
            if self.is_settled() {
                self.desk.ready.set(true);
            }
        });
    }

    fn view(self, draw: Draw, again: Callback<()>) -> AnyView {
        following(move || match self.shown.get() {
            Loaded::Loading => waiting(),
            Loaded::Ready(held) => draw(held),
            Loaded::Failed(error) => failed(&error, again),
        })
    }
}

/// One thing to show.
pub struct Source<T> {
    asked: Asked,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Source<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Source<T> {}

impl<T: Clone + Send + Sync + 'static> Source<T> {
    /// Asks now, and again whenever a signal changes that `ask` reads.
    pub fn new<F>(desk: Desk, ask: impl Fn() -> F + 'static) -> Self
    where
        F: Future<Output = Result<T>> + 'static,
    {
        let ask = move || -> Answer<Held> {
            let answer = ask();
            Box::pin(async move { answer.await.map(|value| Arc::new(value) as Held) })
        };
        Self { asked: Asked::new(desk, Rc::new(ask)), of: PhantomData }
    }

    /// Asks again with every news.
    pub fn live(self) -> Self {
        live::follow(self.asked.state.desk, move || self.reload());
        self
    }

    /// Asks again; what is shown stays until the answer is there.
    pub fn reload(self) {
        self.asked.reload();
    }

    pub fn set(self, value: T) {
        self.asked.set(Arc::new(value));
    }

    pub fn get(self) -> Option<T> {
        self.asked.state.held().map(own)
    }

    /// Without a copy of it. Tracked.
    pub fn with<R>(self, look: impl FnOnce(&T) -> R) -> Option<R> {
        self.asked.state.held().map(|held| look(&taken(held)))
    }

    pub fn get_untracked(self) -> Option<T> {
        untrack(move || self.get())
    }

    /// The first answer is there, or why there is none. Tracked.
    pub fn is_settled(self) -> bool {
        self.asked.state.is_settled()
    }

    /// With a skeleton before, and the reason with a button where it failed.
    pub fn view(self, draw: impl Fn(T) -> AnyView + Send + 'static) -> AnyView {
        let again = Callback::new(move |()| self.asked.reload());
        self.asked.state.view(Box::new(move |held| draw(own(held))), again)
    }

    /// What a screen is about: with it, the screen is ready.
    pub fn is_main(self) -> Self {
        self.asked.state.is_main();
        self
    }
}

/// What a [`Source`] is, whatever it shows.
#[derive(Clone, Copy)]
struct Asked {
    state: State,
    ask: StoredValue<Ask, LocalStorage>,
    /// What is shown was answered, or kept, while the shop was out of reach.
    stale: StoredValue<bool>,
}

impl Asked {
    fn new(desk: Desk, ask: Ask) -> Self {
        let asked = Self {
            state: State::new(desk),
            ask: StoredValue::new_local(ask),
            stale: StoredValue::new(false),
        };
        Effect::new(move |_| asked.run());
        Effect::new(move |before: Option<()>| {
            desk.returned.track();
            if before.is_none() {
                return;
            }
            let failed = asked.state.shown.with_untracked(|shown| matches!(shown, Loaded::Failed(_)));
            let old = asked.stale.get_value() && !desk.unsaved.get_untracked();
            if failed || old {
                asked.reload();
            }
        });
        asked
    }

    fn reload(self) {
        untrack(move || self.run());
    }

    fn set(self, held: Held) {
        // An answer that is under way is older than this.
        self.state.begin();
        self.state.shown.set(Loaded::Ready(held));
    }

    fn run(self) {
        let State { desk, shown, .. } = self.state;
        let Some(number) = self.state.begin() else { return };
        let Some(answer) = self.ask.try_with_value(|ask| ask()) else { return };
        spawn_local(async move {
            let answer = answer.await;
            if !self.state.is_latest(number) {
                return;
            }
            match answer {
                Ok(held) => {
                    self.stale.set_value(live::is_down(desk));
                    live::with_focus_kept(|| shown.set(Loaded::Ready(held)));
                }
                Err(failure) => {
                    desk.noticed(&failure.0);
                    if self.state.is_ready() && live::is_out_of_reach(&failure.0) {
                        return self.stale.set_value(true);
                    }
                    shown.set(Loaded::Failed(failure.0));
                }
            }
        });
    }
}

/// A list that grows page by page.
pub struct Pages<T> {
    listed: Listed,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Pages<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Pages<T> {}

impl<T: Clone + Send + Sync + 'static> Pages<T> {
    /// Asks now, and again from the start whenever a signal changes that `ask` reads. It is given where to go on.
    pub fn new<F>(desk: Desk, ask: impl Fn(Option<String>) -> F + 'static) -> Self
    where
        F: Future<Output = Result<Page<T>>> + 'static,
    {
        let ask = move |after| -> Answer<Part> {
            let answer = ask(after);
            Box::pin(async move {
                let page = answer.await?;
                Ok(Part { is_empty: page.items.is_empty(), next: page.next, rows: Arc::new(page.items) })
            })
        };
        let join = |before: Held, more: Held| -> Held {
            let mut rows: Vec<T> = own(before);
            rows.extend(own::<Vec<T>>(more));
            Arc::new(rows)
        };
        Self { listed: Listed::new(desk, Rc::new(ask), join), of: PhantomData }
    }

    /// Asks again from the start.
    pub fn reload(self) {
        untrack(move || self.listed.run(None));
    }

    /// Asks again with every news, unless somebody reads further down: the page must not move under their eyes.
    pub fn live(self) -> Self {
        self.listed.live();
        self
    }

    pub fn is_main(self) -> Self {
        self.listed.state.is_main();
        self
    }

    /// The rows that are there by now. Tracked.
    pub fn rows(self) -> Arc<Vec<T>> {
        self.listed.state.held().map_or_else(Arc::default, taken)
    }

    /// Rows, or `none` where there are no rows, then a button for more.
    pub fn view(
        self,
        draw: impl Fn(Vec<T>) -> AnyView + Send + 'static,
        none: impl Fn() -> AnyView + Send + 'static,
    ) -> AnyView {
        self.listed.view(Box::new(move |held| draw(own(held))), Box::new(none))
    }
}

/// One page that was answered.
struct Part {
    rows: Held,
    is_empty: bool,
    next: Option<String>,
}

/// What [`Pages`] are, whatever they list.
#[derive(Clone, Copy)]
struct Listed {
    state: State,
    is_empty: RwSignal<bool>,
    next: RwSignal<Option<String>>,
    /// Another page, or another question, is on its way.
    busy: RwSignal<bool>,
    ask: StoredValue<AskPart, LocalStorage>,
    join: fn(Held, Held) -> Held,
    /// Somebody asked for more than the first page.
    grown: StoredValue<bool>,
}

impl Listed {
    fn new(desk: Desk, ask: AskPart, join: fn(Held, Held) -> Held) -> Self {
        let listed = Self {
            state: State::new(desk),
            is_empty: RwSignal::new(true),
            next: RwSignal::new(None),
            busy: RwSignal::new(false),
            ask: StoredValue::new_local(ask),
            join,
            grown: StoredValue::new(false),
        };
        Effect::new(move |_| listed.run(None));
        Effect::new(move |before: Option<()>| {
            desk.returned.track();
            if before.is_some() {
                untrack(move || listed.run(None));
            }
        });
        listed
    }

    fn live(self) {
        live::follow(self.state.desk, move || {
            if !self.grown.get_value() && !self.busy.get_untracked() {
                untrack(move || self.ask_for(None, true));
            }
        });
    }

    fn view(self, draw: Draw, none: Box<dyn Fn() -> AnyView + Send>) -> AnyView {
        let rows = move |held| if self.is_empty.get_untracked() { none() } else { draw(held) };
        let again = Callback::new(move |()| untrack(move || self.run(None)));
        let shown = self.state.view(Box::new(rows), again);
        let more = move || {
            self.next.get().map(|next| {
                let load = move |_| self.run(Some(next.clone()));
                view! {
                    <p class="more">
                        <button
                            type="button" class="button button--quiet"
                            aria-busy=move || self.busy.get().then_some("true") on:click=load
                        >
                            "Load more"
                        </button>
                    </p>
                }
            })
        };
        view! { <div class="pages" class:is-busy=move || self.busy.get() aria-busy=move || self.busy.get().to_string()>{shown} {more}</div> }.into_any()
    }

    fn run(self, after: Option<String>) {
        self.ask_for(after, false);
    }

    /// `quietly`: nothing shows that it is asked.
    fn ask_for(self, after: Option<String>, quietly: bool) {
        let State { desk, shown, .. } = self.state;
        let Some(number) = self.state.begin() else { return };
        let goes_on = after.is_some();
        let Some(answer) = self.ask.try_with_value(|ask| ask(after)) else { return };
        self.busy.set(!quietly);
        spawn_local(async move {
            let answer = answer.await;
            if !self.state.is_latest(number) {
                return;
            }
            self.busy.set(false);
            match answer {
                Ok(part) => {
                    self.next.set(part.next);
                    self.grown.set_value(goes_on);
                    let before = untrack(move || self.state.held()).filter(|_| goes_on);
                    self.is_empty.set(part.is_empty && before.is_none());
                    let rows = match before {
                        Some(before) => (self.join)(before, part.rows),
                        None => part.rows,
                    };
                    live::with_focus_kept(|| shown.set(Loaded::Ready(rows)));
                }
                // What is there stays: only the rest is missing.
                Err(failure) if goes_on => desk.complain(&failure.0),
                Err(failure) => {
                    desk.noticed(&failure.0);
                    if self.state.is_ready() && live::is_out_of_reach(&failure.0) {
                        return;
                    }
                    self.next.set(None);
                    shown.set(Loaded::Failed(failure.0));
                }
            }
        });
    }
}

fn waiting() -> AnyView {
    view! {
        <div class="waiting" aria-busy="true">
            <span class="sr-only">"Loading"</span>
            {(0..6).map(|_| skeleton("waiting__row")).collect::<Vec<_>>()}
        </div>
    }
    .into_any()
}

fn failed(error: &Error, again: Callback<()>) -> AnyView {
    let text = match error {
        Error::Unauthenticated { .. } => "Please sign in again.".to_owned(),
        other => other.public_message(),
    };
    let body = view! {
        <p>{text}</p>
        <p><button type="button" class="text-button" on:click=move |_| again.run(())>"Try again"</button></p>
    };
    view! { <div class="failed">{alert(Tone::Bad, None, body.into_any())}</div> }.into_any()
}
