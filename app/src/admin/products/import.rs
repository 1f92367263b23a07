//! One import: what the columns mean, what it would do, what it did, and the way back.

use std::{collections::BTreeMap, time::Duration};

use leptos::prelude::*;
use souk_contract::{
    IMPORT_ATTRIBUTE, IMPORT_KEEP, IMPORT_LEAVE_OUT, IMPORT_TARGETS, IMPORT_TEMPLATE, Import, ImportBack,
    ImportChange, ImportColumn, ImportId, ImportIssue, ImportState, ImportWork, ImportedProduct, MapImport,
    PageRequest, Resource,
};

use super::imports::{state, told};
use crate::{
    admin::{
        desk::Desk,
        dialogs::Question,
        form::Form,
        load::{Pages, Source},
        parts,
        place::Place,
        time, words,
    },
    api::admin::imports,
    ui::{Icon, Tone, alert, badge, icon, progress},
};

const ASK_EVERY: Duration = Duration::from_millis(800);

#[derive(Clone, Copy)]
struct Work {
    desk: Desk,
    id: ImportId,
    import: Source<Import>,
    form: Form,
    may_write: bool,
}

pub fn view(desk: Desk, id: ImportId) -> AnyView {
    let may_write = untrack(move || desk.may(Resource::Catalog.write()));
    let import = Source::new(desk, move || imports::get(id)).is_main();
    let work = Work { desk, id, import, form: Form::new(desk), may_write };
    Effect::new(move || {
        if import.get().is_some_and(|import| import.work.is_some()) {
            set_timeout(move || import.reload(), ASK_EVERY);
        }
    });
    // Drawn anew with each step, not with each question how far it is.
    let step = Memo::new(move |_| import.get().map(|import| (import.version, import.work)));
    let title = move || import.get().map_or("Import".to_owned(), |import| import.file);
    let body = move || match step.get() {
        None => import.view(|_| ().into_any()),
        Some(_) => import.get_untracked().map_or_else(|| ().into_any(), |import| screen(work, &import)),
    };
    view! {
        {parts::head(desk, Some((Place::Imports.url(), "Imports")), Signal::derive(title), ().into_any())}
        {body}
    }
    .into_any()
}

fn screen(work: Work, import: &Import) -> AnyView {
    let is_open =
        matches!(import.state, ImportState::Uploaded | ImportState::Mapped | ImportState::Validated);
    let columns = (is_open && import.work.is_none() && work.may_write).then(|| columns(work, import));
    let seen = import.would.is_some() || import.did.is_some() || import.trouble.is_some();
    let shown = (seen && import.work.is_none_or(|doing| doing == ImportWork::Pictures))
        .then(|| view! { {issues(work)} {products(work)} });
    view! {
        <div class="stack stack--l">
            {work.form.general()}
            {parts::card("Where it stands", None, standing(work, import))}
            {columns}
            {shown}
        </div>
    }
    .into_any()
}

fn standing(work: Work, import: &Import) -> AnyView {
    let trouble =
        import.trouble.clone().map(|text| alert(Tone::Bad, None, view! { <p>{text}</p> }.into_any()));
    let pace = import.work.map(|_| pace(work));
    let would = import.would.filter(|_| import.did.is_none());
    let would = would.map(|counts| {
        view! { <p>{format!("Nothing is written yet. The file would leave {}.", told(&counts))}</p> }
    });
    let did = import.did.map(|counts| {
        let pictures =
            (counts.pictures_stored + counts.pictures_failed + counts.pictures_waiting > 0).then(|| {
                let text = format!(
                    "{} stored, {} failed, {} waiting for their host.",
                    words::count(counts.pictures_stored, "picture", "pictures"),
                    counts.pictures_failed,
                    counts.pictures_waiting
                );
                view! { <p>{text}</p> }
            });
        view! { <p>{format!("{}.", told(&counts))}</p> {pictures} }
    });
    let back = import.reverted.map(|back| {
        let text = format!(
            "Taken back: {} as before, {} archived, {} partly and {} not at all, since somebody changed them. Collections that it made stay.",
            words::count(back.restored, "product is", "products are"), back.archived, back.partly, back.kept
        );
        view! { <p>{text}</p> }
    });
    let asks = import.work.is_none() && work.may_write;
    let version = import.version;
    let start = (asks && import.state == ImportState::Validated).then(|| {
        let counts = import.would.unwrap_or_default();
        let many = counts.created + counts.updated;
        let run = move |_| {
            work.form.send(imports::start(work.id, Some(version)), move |import| work.import.set(import));
        };
        let busy = move || work.form.busy.get().then_some("true");
        (many > 0).then(|| {
            let label = format!("Import {}", words::count(many, "product", "products"));
            view! { <button type="button" class="button" aria-busy=busy on:click=run>{label}</button> }
        })
    });
    let ended = matches!(import.state, ImportState::Completed | ImportState::CompletedWithErrors);
    let undo = (asks && ended).then(|| {
        let ask = move |_| {
            work.desk.ask(Question {
                title: "Undo this import?".into(),
                text: "Products that it created are archived, what it changed is as before. What somebody changed since stays, and is named.".into(),
                yes: "Undo it".into(),
                no: "Keep it".into(),
                act: Callback::new(move |()| {
                    work.form
                        .send(imports::revert(work.id, Some(version)), move |import| work.import.set(import));
                }),
            });
        };
        let until = import.revert_until.map(|until| {
            view! { <span class="muted">"Possible until " {time::time(until)}</span> }
        });
        view! { <button type="button" class="button button--quiet" on:click=ask>"Undo this import"</button> {until} }
    });
    view! {
        <div class="stack">
            <p>{state(import)}</p>
            {trouble} {pace} {would} {did} {back}
            <div class="acts">{start} {undo}</div>
        </div>
    }
    .into_any()
}

/// Goes on by itself, also when the screen is left or loaded again.
fn pace(work: Work) -> AnyView {
    let shown = move || {
        let import = work.import.get()?;
        let text = match import.work? {
            ImportWork::Checking => "The file is being checked",
            ImportWork::Writing => "The products are being written",
            ImportWork::Pictures => "The pictures are being fetched",
            ImportWork::Reverting => "The import is being taken back",
        };
        let percent = (import.done * 100 / import.total.max(1)).clamp(0, 100);
        let label = format!("{text}: {percent} %");
        Some(view! {
            <p role="status">{label.clone()}</p>
            {progress(label, import.done, import.total)}
            <p class="muted">"You can leave this screen: it goes on."</p>
        })
    };
    view! { <div class="stack">{shown}</div> }.into_any()
}

fn columns(work: Work, import: &Import) -> AnyView {
    let chosen: Vec<(String, RwSignal<String>)> = import
        .columns
        .iter()
        .map(|column| (column.name.clone(), RwSignal::new(column.target.clone())))
        .collect();
    let rows: Vec<AnyView> =
        import.columns.iter().zip(&chosen).map(|(column, (_, target))| column_row(column, *target)).collect();
    let version = import.version;
    let unknown = import.columns.iter().filter(|column| !column.known).count() as i64;
    let text = match unknown {
        0 => "Every column was recognised.".to_owned(),
        many => format!(
            "{} not recognised: please say what they mean.",
            words::count(many, "column was", "columns were")
        ),
    };
    let label = if import.state == ImportState::Uploaded { "Check the file" } else { "Check again" };
    let check = move || {
        let columns: BTreeMap<String, String> =
            chosen.iter().map(|(name, target)| (name.clone(), target.get_untracked())).collect();
        let call = imports::map(work.id, MapImport { columns }, Some(version));
        work.form.send(call, move |import| work.import.set(import));
    };
    let body = view! {
        <form class="form" on:submit=work.form.on_submit(check)>
            <p>{text}</p>
            {parts::table("Columns of the file", &["Column", "In the file", "Means"], rows)}
            <p class="muted">"What the file has no column for stays as it is. Checking writes nothing."</p>
            <div class="acts">{work.form.button("", label)}</div>
        </form>
    };
    parts::card("What the columns mean", None, body.into_any())
}

fn column_row(column: &ImportColumn, target: RwSignal<String>) -> AnyView {
    let is_attribute = column.name == IMPORT_TEMPLATE || column.name.starts_with(IMPORT_ATTRIBUTE);
    let keep = if is_attribute { "What its name says" } else { "Keep it beside the product" };
    let mut options: Vec<(String, String)> = vec![
        (IMPORT_KEEP.to_owned(), keep.to_owned()),
        (IMPORT_LEAVE_OUT.to_owned(), "Leave it out".to_owned()),
    ];
    options.extend(IMPORT_TARGETS.map(|(value, label)| (value.to_owned(), label.to_owned())));
    if !options.iter().any(|(value, _)| *value == column.target) {
        options.push((column.target.clone(), column.target.clone()));
    }
    let options: Vec<AnyView> = options
        .into_iter()
        .map(|(value, label)| {
            let is = target.with_untracked(|target| *target == value);
            view! { <option value=value selected=is>{label}</option> }.into_any()
        })
        .collect();
    let choice = view! {
        <span class="select">
            <select
                class="input" aria-label=format!("What {} means", column.name) prop:value=move || target.get()
                on:change=move |event| target.set(event_target_value(&event))
            >
                {options}
            </select>
            {icon(Icon::Down)}
        </span>
    };
    parts::row(
        None,
        column.name.clone().into_any(),
        vec![("In the file", column.samples.join(" · ").into_any()), ("Means", choice.into_any())],
    )
}

fn issues(work: Work) -> AnyView {
    let id = work.id;
    let pages =
        Pages::new(work.desk, move |after| imports::issues(id, PageRequest { after, limit: Some(50) }));
    let none = || view! { <p class="muted">"Nothing is wrong with any row."</p> }.into_any();
    parts::card("Remarks on rows", None, pages.view(issue_table, none))
}

fn issue_table(all: Vec<ImportIssue>) -> AnyView {
    let row = |issue: &ImportIssue| {
        let kind = if issue.is_error { badge(Tone::Bad, "Left out") } else { badge(Tone::Warn, "Remark") };
        parts::row(
            None,
            format!("Line {}", issue.line).into_any(),
            vec![
                ("Column", issue.column.clone().unwrap_or_default().into_any()),
                ("Cell", issue.value.clone().into_any()),
                ("Why", issue.reason.clone().into_any()),
                ("Kind", kind),
            ],
        )
    };
    parts::table("Remarks by line", &["Line", "Column", "Cell", "Why", "Kind"], all.iter().map(row).collect())
}

fn products(work: Work) -> AnyView {
    let id = work.id;
    let pages =
        Pages::new(work.desk, move |after| imports::products(id, PageRequest { after, limit: Some(50) }));
    let none = || view! { <p class="muted">"The file has no product."</p> }.into_any();
    parts::card("Products of the file", None, pages.view(product_table, none))
}

fn product_table(all: Vec<ImportedProduct>) -> AnyView {
    let rows = all.iter().map(product_row).collect();
    parts::table("Products by line", &["Product", "#Line", "What", "Fields", "Taken back"], rows)
}

fn product_row(product: &ImportedProduct) -> AnyView {
    let what = match product.change {
        ImportChange::Created => badge(Tone::Good, "New"),
        ImportChange::Updated => badge(Tone::Warn, "Changed"),
        ImportChange::Unchanged => badge(Tone::Plain, "As it was"),
        ImportChange::Skipped => badge(Tone::Bad, "Left out"),
    };
    let names =
        |fields: &[String]| fields.iter().map(|field| words::plain(field)).collect::<Vec<_>>().join(", ");
    let back = product.back.map(|back| match back {
        ImportBack::Archived => "Archived".to_owned(),
        ImportBack::Restored => "As before".to_owned(),
        ImportBack::Partly => format!("As before, save for: {}", names(&product.kept)),
        ImportBack::Kept => format!("Stays: changed since ({})", names(&product.kept)),
    });
    let title = if product.title.is_empty() { product.handle.clone() } else { product.title.clone() };
    parts::row(
        product.product_id.map(|id| Place::Product(id).url()),
        title.into_any(),
        vec![
            ("#Line", product.line.into_any()),
            ("What", what),
            ("Fields", names(&product.fields).into_any()),
            ("Taken back", back.unwrap_or_default().into_any()),
        ],
    )
}
