use std::sync::Arc;

use leptos::{prelude::*, task::spawn_local};
use souk_contract::{
    AuditEntry, AuditQuery, Error, Page, ProductId, ProductModel, ProductRecord, ProductStatus,
    ProductVersion, PutProduct, Resource, TaxClass,
};

use super::{
    cells,
    clash::{self, Clashing},
    complete,
    editor::Editor,
    facts, options, pictures, schedule, versions,
};
use crate::{
    admin::{
        activity,
        desk::Desk,
        dialogs::Question,
        labels::Labels,
        load::{Pages, Source},
        parts,
        place::Place,
        stock::{self, Adjusting},
    },
    api::admin::{attributes, catalog, taxes},
    draft::Draft,
    ui::{Tone, alert},
};

/// A product on the screen.
#[derive(Clone, Copy)]
pub struct Work {
    pub desk: Desk,
    pub id: ProductId,
    record: Source<ProductRecord>,
    /// What may be said of it beyond the fields that all have.
    model: Source<ProductModel>,
    tax_classes: Source<Vec<TaxClass>>,
    pub history: Source<Page<AuditEntry>>,
    pub versions: Pages<ProductVersion>,
    /// As the server has it, as far as we know: what is typed is compared with it.
    pub base: RwSignal<Option<ProductRecord>>,
    /// Made anew when the server's product has another shape.
    editor: RwSignal<Option<Editor>>,
    clashing: RwSignal<Option<Clashing>>,
    clash_open: RwSignal<bool>,
    options_open: RwSignal<bool>,
    adjusting: Adjusting,
    labels: Labels,
    pub may_write: bool,
}

pub fn view(desk: Desk, id: ProductId) -> AnyView {
    let may_write = untrack(move || desk.may(Resource::Catalog.write()));
    let mut adjusting = Adjusting::new(desk);
    // Whoever may only look has no buttons in the form.
    adjusting.may &= may_write;
    let history =
        AuditQuery { object: Some("product".into()), object_id: Some(id.uuid()), ..AuditQuery::default() };
    let work = Work {
        desk,
        id,
        record: Source::new(desk, move || catalog::product_record(id)),
        model: Source::new(desk, attributes::model),
        tax_classes: Source::new(desk, taxes::tax_classes),
        history: activity::history(desk, history),
        versions: versions::pages(desk, id),
        base: RwSignal::new(None),
        editor: RwSignal::new(None),
        clashing: RwSignal::new(None),
        clash_open: RwSignal::new(false),
        options_open: RwSignal::new(false),
        adjusting,
        labels: Labels::new(desk),
        may_write,
    };
    // A later answer about attributes must not take away what is typed.
    let has_model = Memo::new(move |_| work.model.get().is_some());
    Effect::new(move || {
        if let Some(record) = work.record.get().filter(|_| has_model.get()) {
            let draft = Draft::of(&record.input);
            work.begin(record, draft);
        }
    });
    Effect::new(move || {
        if work.record.is_settled() && work.model.is_settled() {
            desk.ready.set(true);
        }
    });
    let saved = Memo::new(move |_| work.base.with(|base| base.as_ref().map(|base| Draft::of(&base.input))));
    let changed = Memo::new(move |_| {
        let differs =
            |editor: &Editor| saved.with(|saved| saved.as_ref().is_some_and(|was| editor.differs(was)));
        may_write && work.editor.with(|editor| editor.as_ref().is_some_and(differs))
    });
    Effect::new(move || {
        let changed = changed.get();
        if desk.unsaved.get_untracked() != changed {
            desk.unsaved.set(changed);
        }
    });
    let title = move || {
        work.base.with(|base| base.as_ref().map_or("Product".to_owned(), |base| base.input.title.clone()))
    };
    let body = move || match work.editor.get() {
        Some(editor) => form(work, editor, changed),
        None if has_model.get() => work.record.view(|_| ().into_any()),
        None => work.model.view(|_| ().into_any()),
    };
    view! {
        {parts::head(desk, Some((Place::Products.url(), "Products")), Signal::derive(title), acts(work))}
        {body}
        <div class="after stack stack--l">
            {schedule::card(work)} {versions::card(work)} {activity::card(desk, work.history)}
        </div>
        {clash::view(work.clash_open, work.clashing, Callback::new(move |decided| work.decided(decided)))}
        {work.adjusting.dialog()}
        {work.labels.dialog()}
        {may_write.then(|| options::drawer(work, work.options_open))}
    }
    .into_any()
}

impl Work {
    /// Shows a draft of the product as the server has it now.
    fn begin(self, record: ProductRecord, draft: Draft) {
        let model = Arc::new(self.model.get_untracked().unwrap_or_default());
        let editor = Editor::new(self.desk, draft, &record.variant_ids, model);
        self.base.set(Some(record));
        self.editor.set(Some(editor));
    }

    /// As the server has it now.
    pub fn reload(self) {
        self.record.reload();
        self.noted();
    }

    /// Something was saved: there is more to read of it.
    fn noted(self) {
        self.history.reload();
        self.versions.reload();
    }

    /// Its pictures are other ones now. Where nobody changed anything else, what is typed stays.
    pub fn pictures_changed(self, record: ProductRecord) {
        let Some(base) = self.base.get_untracked() else { return };
        self.noted();
        let before = Draft::of(&base.input);
        if before == Draft::of(&record.input) {
            return self.base.set(Some(record));
        }
        let mine = untrack(|| self.editor.with(|editor| editor.as_ref().map(Editor::draft)));
        self.put_together(&before, &mine.unwrap_or_else(|| before.clone()), record);
    }

    fn save(self, editor: &Editor) {
        let Some(base) = self.base.get_untracked() else { return };
        let draft = untrack(|| editor.draft());
        let product = match draft.over(&base.input, self.desk.currency(), &editor.model) {
            Ok(product) => product,
            Err(faults) => return editor.form.refuse(faults),
        };
        let id = self.id;
        let request = PutProduct { id: Some(id), product, if_version: Some(base.version) };
        let call = async move {
            catalog::put_product(request).await?;
            // As it was stored: trimmed, sanitised, with its new version.
            catalog::product_record(id).await
        };
        let form = editor.form;
        let done = move |record: ProductRecord| {
            let draft = Draft::of(&record.input);
            self.begin(record, draft);
            self.noted();
            self.desk.say("Saved.");
        };
        form.send_or(call, done, move |error| match &error {
            Error::Conflict { code, .. } if code == "stale_version" => {
                self.meet(base, draft);
                None
            }
            _ => Some(error),
        });
    }

    /// Somebody else has saved: both are put together, and where they clash one chooses.
    fn meet(self, base: ProductRecord, mine: Draft) {
        spawn_local(async move {
            let theirs = match catalog::product_record(self.id).await {
                Ok(theirs) => theirs,
                Err(failure) => return self.desk.complain(&failure.0),
            };
            self.put_together(&Draft::of(&base.input), &mine, theirs);
        });
    }

    fn put_together(self, base: &Draft, mine: &Draft, theirs: ProductRecord) {
        let merged = mine.merged(base, &Draft::of(&theirs.input));
        let model = Arc::new(self.model.get_untracked().unwrap_or_default());
        let clashing = Clashing { theirs, merged, model };
        if clashing.merged.clashes.is_empty() {
            self.decided(clashing);
        } else {
            self.clashing.set(Some(clashing));
            self.clash_open.set(true);
        }
    }

    fn decided(self, decided: Clashing) {
        self.begin(decided.theirs, decided.merged.draft);
        self.desk
            .say("Somebody else saved meanwhile. Theirs and yours are together now: please look, and save.");
    }

    fn archive(self) {
        let version = self.base.with_untracked(|base| base.as_ref().map(|base| base.version));
        let call = catalog::archive_product(self.id, version);
        spawn_local(async move {
            match call.await {
                Ok(_) => {
                    self.reload();
                    self.desk.say("The product is archived: shoppers no longer see it.");
                }
                Err(failure) => self.desk.complain(&failure.0),
            }
        });
    }
}

fn acts(work: Work) -> AnyView {
    let shown = move || {
        let base = work.base.get()?;
        let published = base.input.status == ProductStatus::Published;
        let link = format!("/products/{}", base.input.handle);
        let ask = move |_| {
            work.desk.ask(Question {
                title: "Archive this product?".into(),
                text: "Shoppers no longer see it; orders keep it. What you changed here and did not save is lost.".into(),
                yes: "Archive".into(),
                no: "Keep it".into(),
                act: Callback::new(move |()| work.archive()),
            });
        };
        let archive = work.may_write && base.input.status != ProductStatus::Archived;
        let named = move || {
            work.base.with_untracked(|base| base.as_ref().map(stock::variant_names).unwrap_or_default())
        };
        Some(view! {
            {work.labels.button(named)}
            {published.then(|| view! { <a class="button button--quiet" href=link target="_blank" rel="noopener">"View in shop"</a> })}
            {archive.then(|| view! { <button type="button" class="button button--quiet" on:click=ask>"Archive"</button> })}
        })
    };
    shown.into_any()
}

fn form(work: Work, editor: Editor, changed: Memo<bool>) -> AnyView {
    let ids: Vec<_> = editor.rows.iter().map(|row| row.id).collect();
    let reads = untrack(move || work.desk.may(Resource::Inventory.read()));
    let levels = reads.then(|| stock::levels(work.desk, ids, work.adjusting));
    let options = options::card(work, work.options_open);
    let save = {
        let editor = editor.clone();
        editor.form.on_submit(move || work.save(&editor))
    };
    let reader = (!work.may_write).then(|| {
        alert(
            Tone::Plain,
            None,
            view! { <p>"Your role lets you look at products, not change them."</p> }.into_any(),
        )
    });
    let bar = work.may_write.then(|| bar(work, &editor, changed));
    view! {
        <form on:submit=save novalidate=true>
            {reader}
            {editor.form.general()}
            <fieldset class="columns" disabled=!work.may_write>
                <legend class="sr-only">"Product"</legend>
                <div class="columns__main">
                    {editor.words()} {pictures::view(work)} {cells::view(&editor, levels, work.adjusting)}
                    {facts::card(&editor)}
                </div>
                <div class="columns__side">{complete::card(work, &editor)} {editor.filing(work.tax_classes)} {options} {editor.finding()}</div>
            </fieldset>
            {bar}
        </form>
    }
    .into_any()
}

/// Stays in view while there is something to save.
fn bar(work: Work, editor: &Editor, changed: Memo<bool>) -> AnyView {
    let form = editor.form;
    let discard = move |_| {
        if let Some(record) = work.base.get_untracked() {
            let draft = Draft::of(&record.input);
            work.begin(record, draft);
        }
    };
    let shown = move || {
        changed.get().then(|| {
            view! {
                <div class="savebar">
                    <p>"Not saved yet"</p>
                    <button type="button" class="button button--quiet" on:click=discard>"Discard"</button>
                    {form.button("", "Save")}
                </div>
            }
        })
    };
    shown.into_any()
}
