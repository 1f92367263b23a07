//! Pages that say why there is no other page.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub status: u16,
    pub title: String,
    pub text: String,
}

pub fn view(message: &Message) -> AnyView {
    view! {
        <div class="wrap message">
            <p class="message__figure" aria-hidden="true">{message.status}</p>
            <h1>{message.title.clone()}</h1>
            <p>{message.text.clone()}</p>
            <div class="cluster">
                <a class="button button--big" href="/">"To the front page"</a>
                <a class="button button--big button--quiet" href="/collections/all">"See everything"</a>
            </div>
        </div>
    }
    .into_any()
}

/// The page for an error, with its status.
#[cfg(feature = "ssr")]
pub fn of(error: &souk_contract::Error) -> (u16, crate::page::Found) {
    use souk_contract::Error;

    let status = crate::serve::status(error);
    let (title, text) = match error {
        Error::NotFound { .. } => (
            "This page is not here",
            "It may have moved, or the link has a slip in it. The search above knows all that is here."
                .to_owned(),
        ),
        Error::Internal { detail } => {
            tracing::error!(%detail, "a page failed");
            (
                "Something broke",
                "It is our fault, and nothing of yours was lost. Please try again.".to_owned(),
            )
        }
        other => ("That did not work", other.public_message()),
    };
    let page = crate::page::Page::Message(Message { status, title: title.to_owned(), text });
    (status, crate::page::Found { page, head: crate::head::Head::private(title) })
}
