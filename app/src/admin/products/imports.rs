//! Products from a file: the files so far, and the place to drop one.

use leptos::{prelude::*, task::spawn_local};
use souk_contract::{Import, ImportState, ImportWork, PageRequest, Resource};

use crate::{
    admin::{
        desk::Desk,
        drop_zone::{self, DropZone},
        go,
        load::Pages,
        parts,
        place::Place,
        time, upload, words,
    },
    api::admin::imports,
    ui::{Icon, Tone, badge, empty},
};

const COLUMNS: [&str; 6] = ["File", "When", "State", "#Created", "#Changed", "#Left out"];

pub fn view(desk: Desk) -> AnyView {
    let may_write = untrack(move || desk.may(Resource::Catalog.write()));
    let pages =
        Pages::new(desk, move |after| imports::imports(PageRequest { after, limit: Some(20) })).is_main();
    let drop = may_write.then(|| parts::card("A new file", None, picker(desk)));
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

fn picker(desk: Desk) -> AnyView {
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
    let label = move || match sending.get() {
        true => "Sending the file …".to_owned(),
        false => "Drop a CSV file here, or choose it".to_owned(),
    };
    DropZone {
        accept: drop_zone::TABLES,
        many: false,
        label: Signal::derive(label),
        hint: "CSV in UTF-8, up to 64 MiB",
        busy: sending.into(),
        other: Signal::stored(false),
        take: Callback::new(send),
    }
    .view()
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
