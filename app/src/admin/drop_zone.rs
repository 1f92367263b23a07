//! A place on a screen to drop files on, or to choose them.

use js_sys::Reflect;
use leptos::{ev::DragEvent, prelude::*};

use super::upload::{self, File};

pub const PICTURES: &str = "image/jpeg,image/png,image/webp,image/gif";
pub const TABLES: &str = ".csv,.tsv,.txt,text/csv";

pub struct DropZone {
    /// What may be chosen, as the input's `accept` has it.
    pub accept: &'static str,
    pub many: bool,
    pub label: Signal<String>,
    /// What may be in the files.
    pub hint: &'static str,
    /// Files are on their way.
    pub busy: Signal<bool>,
    /// Something else is dragged, which is not for here.
    pub other: Signal<bool>,
    pub take: Callback<Vec<File>>,
}

impl DropZone {
    pub fn view(self) -> AnyView {
        let Self { accept, many, label, hint, busy, other, take } = self;
        let over = RwSignal::new(false);
        let dragged = move |event: DragEvent| {
            event.prevent_default();
            over.set(!other.get_untracked());
        };
        let dropped = move |event: DragEvent| {
            event.prevent_default();
            over.set(false);
            take.run(upload::files(&event));
        };
        view! {
            <label
                class="drop" class:is-over=move || over.get() aria-busy=move || busy.get().to_string()
                on:dragover=dragged on:dragleave=move |_| over.set(false) on:drop=dropped
            >
                <input
                    class="drop__input" type="file" multiple=many accept=accept
                    on:change=move |event| {
                        take.run(upload::files(&event));
                        // The same file again is a change again.
                        if let Some(input) = event.target() {
                            drop(Reflect::set(&input, &"value".into(), &"".into()));
                        }
                    }
                />
                <span role="status">{move || label.get()}</span>
                <span class="muted">{hint}</span>
            </label>
        }
        .into_any()
    }
}
