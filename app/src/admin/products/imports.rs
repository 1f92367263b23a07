//! Products from a file: the files so far, and the place to drop one.

use leptos::{prelude::*, task::spawn_local};
use souk_contract::{Import, ImportState, ImportWork, PageRequest, Resource};
use web_sys::DragEvent;

use crate::{
    admin::{desk::Desk, go, load::Pages, parts, place::Place, time, upload, words},
    api::admin::imports,
    ui::{Icon, Tone, badge, empty},
};

const COLUMNS: [&str; 6] = ["File", "When", "State", "#Created", "#Changed", "#Left out"];

pub fn view(desk: Desk) -> AnyView {
    let may_write = untrack(move || desk.may(Resource::Catalog.write()));
    let pages =
        Pages::new(desk, move |after| imports::imports(PageRequest { after, limit: Some(20) })).is_main();
    let drop = may_write.then(|| parts::card("A new file", None, drop_zone(desk)));
    let none = || {
        let text = "Choose a CSV file: Shopify's export as it is, or any table whose first row names the columns. Nothing is written before you have seen what it would do.";
        empty(Icon::Box, "No imports yet", text, None)
    };
    view! {
        {parts::head(desk, Some((Place::Products.url(), "Products")), Signal::stored("Import products".to_owned()), ().into_any())}
        <div class="stack stack--l">{drop} {parts::card("Imports so far", None, pages.view(table, none))}</div>
    }
    .into_any()
}

/// A file that was dropped on another screen.
pub fn import_file(desk: Desk, file: upload::File) {
    let file = StoredValue::new_local(Some(file));
    go::leave_by(desk, move || {
        desk.dropped.set(file.try_update_value(Option::take).flatten());
        go::to_place(desk, Place::Imports);
    });
}

fn drop_zone(desk: Desk) -> AnyView {
    let over = RwSignal::new(false);
    let sending = RwSignal::new(false);
    let send = move |files: Vec<upload::File>| {
        let Some(file) = files.into_iter().next().filter(|_| !sending.get_untracked()) else { return };
        sending.set(true);
        spawn_local(async move {
            let name = String::from(js_sys::encode_uri_component(&file.name));
            let url = format!("/fn/admin/products/import-file?file={name}");
            let sent = upload::send::<Import>(&url, file).await;
            // The screen is gone: the file waits in the list.
            if sending.try_set(false).is_some() {
                return;
            }
            match sent {
                Ok(import) => go::leave(desk, Place::Import(import.id).url()),
                Err(failure) => desk.complain(&failure.0),
            }
        });
    };
    Effect::new(move || {
        if let Some(file) = desk.dropped.get() {
            desk.dropped.set(None);
            send(vec![file]);
        }
    });
    let dragged = move |event: DragEvent| {
        event.prevent_default();
        over.set(true);
    };
    let dropped = move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        send(upload::files(&event));
    };
    let label =
        move || if sending.get() { "Sending the file …" } else { "Drop a CSV file here, or choose it" };
    view! {
        <label
            class="drop" class:is-over=move || over.get() aria-busy=move || sending.get().to_string()
            on:dragover=dragged on:dragleave=move |_| over.set(false) on:drop=dropped
        >
            <input
                class="drop__input" type="file" accept=".csv,.tsv,.txt,text/csv"
                on:change=move |event| {
                    send(upload::files(&event));
                    // The same file again is a change again.
                    if let Some(input) = event.target() {
                        drop(js_sys::Reflect::set(&input, &"value".into(), &"".into()));
                    }
                }
            />
            <span role="status">{label}</span>
            <span class="muted">"CSV in UTF-8, up to 64 MiB"</span>
        </label>
    }
    .into_any()
}

fn table(all: Vec<Import>) -> AnyView {
    parts::table("Imports, newest first", &COLUMNS, all.iter().map(row).collect())
}

fn row(import: &Import) -> AnyView {
    let counts = import.did.or(import.would).unwrap_or_default();
    parts::row(
        Some(Place::Import(import.id).url()),
        import.file.clone().into_any(),
        vec![
            ("When", time::time(import.at)),
            ("State", state(import)),
            ("#Created", counts.created.into_any()),
            ("#Changed", counts.updated.into_any()),
            ("#Left out", counts.skipped.into_any()),
        ],
    )
}

pub fn state(import: &Import) -> AnyView {
    let (tone, text) = match (import.work, import.state) {
        (Some(ImportWork::Checking), _) => (Tone::Warn, "Being checked"),
        (Some(ImportWork::Writing), _) => (Tone::Warn, "Being written"),
        (Some(ImportWork::Pictures), _) => (Tone::Warn, "Fetching pictures"),
        (Some(ImportWork::Reverting), _) => (Tone::Warn, "Being taken back"),
        (None, ImportState::Uploaded | ImportState::Mapped) => (Tone::Plain, "Uploaded"),
        (None, ImportState::Validated) => (Tone::Plain, "Checked"),
        (None, ImportState::Running) => (Tone::Warn, "Running"),
        (None, ImportState::Completed) => (Tone::Good, "Completed"),
        (None, ImportState::CompletedWithErrors) => (Tone::Bad, "Completed with errors"),
        (None, ImportState::Reverted) => (Tone::Plain, "Taken back"),
    };
    badge(tone, text)
}

/// `2 created, 1 changed, 3 as they were, 1 left out`
pub fn told(counts: &souk_contract::ImportCounts) -> String {
    let products = words::count(counts.created, "product", "products");
    format!(
        "{products} created, {} changed, {} as they were, {} left out",
        counts.updated, counts.unchanged, counts.skipped
    )
}
