//! What comes from the server, or why it doesn't. A late answer for a screen that is gone, or for a question that was asked
//! anew, is dropped.

use std::{future::Future, pin::Pin, rc::Rc};

use leptos::{prelude::*, task::spawn_local};
use souk_contract::{Error, Page};

use super::{desk::Desk, live};
use crate::{
    failure::Result,
    ui::{Tone, alert, skeleton},
};

#[derive(Debug, Clone, PartialEq)]
pub enum Loaded<T> {
    Loading,
    Ready(T),
    Failed(Error),
}

type Answer<T> = Pin<Box<dyn Future<Output = Result<T>>>>;
type Ask<T> = StoredValue<Rc<dyn Fn() -> Answer<T>>, LocalStorage>;

/// One thing to show.
pub struct Source<T: Send + Sync + 'static> {
    desk: Desk,
    state: RwSignal<Loaded<T>>,
    ask: Ask<T>,
    latest: StoredValue<u32>,
    /// What is shown was answered, or kept, while the shop was out of reach.
    stale: StoredValue<bool>,
}

impl<T: Send + Sync + 'static> Clone for Source<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: Send + Sync + 'static> Copy for Source<T> {}

impl<T: Clone + Send + Sync + 'static> Source<T> {
    /// Asks now, and again whenever a signal changes that `ask` reads.
    pub fn new<F>(desk: Desk, ask: impl Fn() -> F + 'static) -> Self
    where
        F: Future<Output = Result<T>> + 'static,
    {
        let ask: Rc<dyn Fn() -> Answer<T>> = Rc::new(move || Box::pin(ask()));
        let source = Self {
            desk,
            state: RwSignal::new(Loaded::Loading),
            ask: StoredValue::new_local(ask),
            latest: StoredValue::new(0),
            stale: StoredValue::new(false),
        };
        Effect::new(move |_| source.run());
        Effect::new(move |before: Option<()>| {
            desk.returned.track();
            if before.is_none() {
                return;
            }
            let failed = source.state.with_untracked(|state| matches!(state, Loaded::Failed(_)));
            let old = source.stale.get_value() && !desk.unsaved.get_untracked();
            if failed || old {
                source.reload();
            }
        });
        source
    }

    /// Asks again with every news.
    pub fn live(self) -> Self {
        live::follow(self.desk, move || self.reload());
        self
    }

    /// Asks again; what is shown stays until the answer is there.
    pub fn reload(self) {
        untrack(move || self.run());
    }

    pub fn set(self, value: T) {
        // An answer that is under way is older than this.
        self.latest.try_update_value(|latest| *latest += 1);
        self.state.set(Loaded::Ready(value));
    }

    pub fn get(self) -> Option<T> {
        self.state.with(|state| if let Loaded::Ready(value) = state { Some(value.clone()) } else { None })
    }

    /// Without a copy of it. Tracked.
    pub fn with<R>(self, look: impl FnOnce(&T) -> R) -> Option<R> {
        self.state.with(|state| if let Loaded::Ready(value) = state { Some(look(value)) } else { None })
    }

    pub fn get_untracked(self) -> Option<T> {
        untrack(move || self.get())
    }

    /// The first answer is there, or why there is none. Tracked.
    pub fn is_settled(self) -> bool {
        self.state.with(|state| !matches!(state, Loaded::Loading))
    }

    /// With a skeleton before, and the reason with a button where it failed.
    pub fn view(self, draw: impl Fn(T) -> AnyView + Send + 'static) -> AnyView {
        let shown = move || match self.state.get() {
            Loaded::Loading => waiting(),
            Loaded::Ready(value) => draw(value),
            Loaded::Failed(error) => failed(&error, Callback::new(move |()| self.reload())),
        };
        shown.into_any()
    }

    fn run(self) {
        let Some(number) = self.latest.try_update_value(|latest| {
            *latest += 1;
            *latest
        }) else {
            return;
        };
        let Some(answer) = self.ask.try_with_value(|ask| ask()) else { return };
        spawn_local(async move {
            let answer = answer.await;
            if self.latest.try_get_value() != Some(number) {
                return;
            }
            match answer {
                Ok(value) => {
                    self.stale.set_value(live::is_down(self.desk));
                    live::with_focus_kept(|| self.state.set(Loaded::Ready(value)));
                }
                Err(failure) => {
                    self.desk.noticed(&failure.0);
                    let shown = self.state.with_untracked(|state| matches!(state, Loaded::Ready(_)));
                    if shown && live::is_out_of_reach(&failure.0) {
                        return self.stale.set_value(true);
                    }
                    self.state.set(Loaded::Failed(failure.0));
                }
            }
        });
    }

    /// What a screen is about: with it, the screen is ready.
    pub fn is_main(self) -> Self {
        let (desk, state) = (self.desk, self.state);
        Effect::new(move || {
            if !state.with(|state| matches!(state, Loaded::Loading)) {
                desk.ready.set(true);
            }
        });
        self
    }
}

type AskPage<T> = StoredValue<Rc<dyn Fn(Option<String>) -> Answer<Page<T>>>, LocalStorage>;

/// A list that grows page by page.
pub struct Pages<T: Send + Sync + 'static> {
    desk: Desk,
    pub rows: RwSignal<Loaded<Vec<T>>>,
    next: RwSignal<Option<String>>,
    /// Another page, or another question, is on its way.
    pub busy: RwSignal<bool>,
    ask: AskPage<T>,
    latest: StoredValue<u32>,
    /// Somebody asked for more than the first page.
    grown: StoredValue<bool>,
}

impl<T: Send + Sync + 'static> Clone for Pages<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: Send + Sync + 'static> Copy for Pages<T> {}

impl<T: Clone + Send + Sync + 'static> Pages<T> {
    /// Asks now, and again from the start whenever a signal changes that `ask` reads. It is given where to go on.
    pub fn new<F>(desk: Desk, ask: impl Fn(Option<String>) -> F + 'static) -> Self
    where
        F: Future<Output = Result<Page<T>>> + 'static,
    {
        let ask: Rc<dyn Fn(Option<String>) -> Answer<Page<T>>> = Rc::new(move |after| Box::pin(ask(after)));
        let pages = Self {
            desk,
            rows: RwSignal::new(Loaded::Loading),
            next: RwSignal::new(None),
            busy: RwSignal::new(false),
            ask: StoredValue::new_local(ask),
            latest: StoredValue::new(0),
            grown: StoredValue::new(false),
        };
        Effect::new(move |_| pages.run(None));
        Effect::new(move |before: Option<()>| {
            desk.returned.track();
            if before.is_some() {
                untrack(move || pages.run(None));
            }
        });
        pages
    }

    /// Asks again from the start.
    pub fn reload(self) {
        untrack(move || self.run(None));
    }

    /// Asks again with every news, unless somebody reads further down: the page must not move under their eyes.
    pub fn live(self) -> Self {
        live::follow(self.desk, move || {
            if !self.grown.get_value() && !self.busy.get_untracked() {
                untrack(move || self.ask_for(None, true));
            }
        });
        self
    }

    pub fn is_main(self) -> Self {
        let (desk, rows) = (self.desk, self.rows);
        Effect::new(move || {
            if !rows.with(|rows| matches!(rows, Loaded::Loading)) {
                desk.ready.set(true);
            }
        });
        self
    }

    /// Rows, or `none` where there are no rows, then a button for more.
    pub fn view(
        self,
        draw: impl Fn(Vec<T>) -> AnyView + Send + 'static,
        none: impl Fn() -> AnyView + Send + 'static,
    ) -> AnyView {
        let shown = move || match self.rows.get() {
            Loaded::Loading => waiting(),
            Loaded::Ready(rows) if rows.is_empty() => none(),
            Loaded::Ready(rows) => draw(rows),
            Loaded::Failed(error) => failed(&error, Callback::new(move |()| untrack(move || self.run(None)))),
        };
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
        let Some(number) = self.latest.try_update_value(|latest| {
            *latest += 1;
            *latest
        }) else {
            return;
        };
        let goes_on = after.is_some();
        let Some(answer) = self.ask.try_with_value(|ask| ask(after)) else { return };
        self.busy.set(!quietly);
        spawn_local(async move {
            let answer = answer.await;
            if self.latest.try_get_value() != Some(number) {
                return;
            }
            self.busy.set(false);
            match answer {
                Ok(page) => {
                    self.next.set(page.next);
                    self.grown.set_value(goes_on);
                    live::with_focus_kept(|| {
                        self.rows.update(|rows| match rows {
                            Loaded::Ready(rows) if goes_on => rows.extend(page.items),
                            _ => *rows = Loaded::Ready(page.items),
                        });
                    });
                }
                // What is there stays: only the rest is missing.
                Err(failure) if goes_on => self.desk.complain(&failure.0),
                Err(failure) => {
                    self.desk.noticed(&failure.0);
                    let shown = self.rows.with_untracked(|rows| matches!(rows, Loaded::Ready(_)));
                    if shown && live::is_out_of_reach(&failure.0) {
                        return;
                    }
                    self.next.set(None);
                    self.rows.set(Loaded::Failed(failure.0));
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
