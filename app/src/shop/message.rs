//! Pages that say why there is no other page.

use leptos::prelude::*;
use souk_contract::Error;

use crate::{
    head::Head,
    page::{Found, Html, Page},
};

fn view(status: u16, title: &'static str, text: String) -> AnyView {
    view! {
        <div class="wrap message">
            <p class="message__figure" aria-hidden="true">{status}</p>
            <h1>{title}</h1>
            <p>{text}</p>
            <div class="cluster">
                <a class="button button--big" href="/">"To the front page"</a>
                <a class="button button--big button--quiet" href="/collections/all">"See everything"</a>
            </div>
        </div>
    }
    .into_any()
}

/// The page for an error, with its status.
pub fn of(error: &Error) -> (u16, Found) {
    let status = error.status();
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
    let html = Html::draw(|| view(status, title, text));
    (status, Found { page: Page::Still(html), head: Head::private(title) })
}
