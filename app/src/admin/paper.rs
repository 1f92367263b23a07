//! A paper (PDF). The browser opens it in a window of its own, by its cookie, and prints it from there. The desktop fetches it
//! with its token and hands it to the system's PDF viewer, or keeps it as a file.

use leptos::prelude::*;

use super::desk::Desk;

/// The way to a paper; `path` is below the shop's address.
pub fn link(desk: Desk, class: &'static str, path: String, label: String) -> AnyView {
    #[cfg(not(feature = "csr"))]
    {
        let _ = desk;
        view! { <a class=class href=path target="_blank" rel="noopener">{label}</a> }.into_any()
    }
    #[cfg(feature = "csr")]
    {
        use crate::desktop::paper;
        let (kept, save) = (path.clone(), format!("Save {label}"));
        let class = if class.is_empty() { "text-button" } else { class };
        view! {
            <button type="button" class=class on:click=move |_| paper::open(desk, path.clone())>{label}</button>
            <button type="button" class="text-button" aria-label=save on:click=move |_| paper::save(desk, kept.clone())>
                "Save …"
            </button>
        }
        .into_any()
    }
}
