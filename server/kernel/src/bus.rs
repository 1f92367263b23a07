//! Who wants to hear of what. The bus is transport only: what is true stands in the outbox.

use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, PoisonError, RwLock},
};

use futures::future::BoxFuture;
use souk_contract::{Error, Event, EventId, Result, Timestamp};
use uuid::Uuid;

/// An event on its way to one handler. It may come more than once: see
/// [`Tx::first_time`](crate::Tx::first_time).
#[derive(Debug, Clone)]
pub struct Delivered {
    pub id: EventId,
    /// The handler it is for: `search.reindex`.
    pub handler: &'static str,
    pub kind: Arc<str>,
    pub key: Uuid,
    pub payload: Arc<serde_json::Value>,
    /// When it was published.
    pub at: Timestamp,
    /// 1 for the first try.
    pub attempt: u32,
}

type Run = dyn Fn(Delivered) -> BoxFuture<'static, Result<()>> + Send + Sync;

#[derive(Clone)]
pub(crate) struct Handler {
    pub(crate) name: &'static str,
    pub(crate) run: Arc<Run>,
}

/// The handlers of this process, by kind of event. Cheap to clone.
#[derive(Clone, Default)]
pub struct Bus(Arc<RwLock<HashMap<&'static str, Vec<Handler>>>>);

impl Bus {
    pub fn new() -> Self {
        Self::default()
    }

    /// Calls `handler` for every `E`. The name, `<domain>.<what it does>`, is what the inbox remembers: it never
    /// changes once released.
    ///
    /// # Panics
    /// Where that name is already taken for this kind of event.
    pub fn on<E, F, Fut>(&self, name: &'static str, handler: F)
    where
        E: Event,
        F: Fn(E, Delivered) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<()>> + Send + 'static,
    {
        self.on_kind(name, E::KIND, move |delivered| {
            let event = serde_json::from_value::<E>((*delivered.payload).clone());
            let running = event.map(|event| handler(event, delivered));
            async move {
                match running {
                    Ok(running) => running.await,
                    Err(error) => Err(Error::internal(format!("{}: {error}", E::KIND))),
                }
            }
        });
    }

    /// As [`on`](Self::on), for handlers that take any payload (webhooks, logs).
    pub fn on_kind<F, Fut>(&self, name: &'static str, kind: &'static str, handler: F)
    where
        F: Fn(Delivered) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<()>> + Send + 'static,
    {
        let mut handlers = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let of_kind = handlers.entry(kind).or_default();
        assert!(of_kind.iter().all(|known| known.name != name), "two handlers are named {name} for {kind}");
        of_kind.push(Handler { name, run: Arc::new(move |delivered| Box::pin(handler(delivered))) });
    }

    pub(crate) fn handlers(&self, kind: &str) -> Vec<Handler> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(kind).cloned().unwrap_or_default()
    }
}
