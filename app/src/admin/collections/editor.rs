use leptos::{prelude::*, task::spawn_local};
use souk_contract::{
    CollectionId, CollectionInput, CollectionKind, CollectionRecord, CollectionRule, Error, FieldError,
    MediaInput, Resource, Seo,
};

use super::{
    picture,
    rule::{Rule, told},
};
use crate::{
    admin::{
        desk::Desk,
        dialogs::Question,
        form::{Form, Input, select},
        go,
        load::Source,
        parts,
        place::Place,
        products::clash::{self, Side},
    },
    api::admin::collections,
    draft::handle_of,
    failure::Failure,
};

#[derive(Clone, Copy)]
pub(super) struct Work {
    pub desk: Desk,
    pub form: Form,
    title: RwSignal<String>,
    handle: RwSignal<String>,
    description: RwSignal<String>,
    kind: RwSignal<String>,
    rule: Rule,
    position: RwSignal<String>,
    /// What the picture shows.
    pub alt: RwSignal<String>,
    seo_title: RwSignal<String>,
    seo_description: RwSignal<String>,
    /// None: a new one.
    pub base: RwSignal<Option<CollectionRecord>>,
    sides: RwSignal<Vec<Side>>,
    pub may_write: bool,
}

pub fn new(desk: Desk) -> AnyView {
    desk.ready.set(true);
    screen(desk, None)
}

pub fn saved(desk: Desk, id: CollectionId) -> AnyView {
    let record: Source<CollectionRecord> = Source::new(desk, move || record(id)).is_main();
    record.view(move |record| screen(desk, Some(record)))
}

async fn record(id: CollectionId) -> Result<CollectionRecord, Failure> {
    let all = collections::collections().await?;
    all.into_iter().find(|one| one.id == id).ok_or_else(|| Failure(Error::not_found("collection")))
}

fn screen(desk: Desk, record: Option<CollectionRecord>) -> AnyView {
    let text = || RwSignal::new(String::new());
    let form = Form::new(desk);
    let work = Work {
        desk,
        form,
        title: text(),
        handle: text(),
        description: text(),
        kind: RwSignal::new("collection".to_owned()),
        rule: Rule::new(desk, form),
        position: RwSignal::new("0".to_owned()),
        alt: text(),
        seo_title: text(),
        seo_description: text(),
        base: RwSignal::new(None),
        sides: RwSignal::new(Vec::new()),
        may_write: untrack(move || desk.may(Resource::Catalog.write())),
    };
    let heading = record.as_ref().map_or_else(|| "New collection".to_owned(), |one| one.input.title.clone());
    if let Some(record) = record {
        work.take(record);
    }
    Effect::new(move || {
        let typed = work.read().ok();
        let clean = work.base.with(|base| match base {
            Some(base) => typed.as_ref() == Some(&base.input),
            None => work.title.with(String::is_empty),
        });
        desk.unsaved.set(!clean);
    });
    let back = Some((Place::Collections.url(), "Collections"));
    let acts = move || work.base.get().map(|base| acts(work, &base));
    view! {
        {parts::head(desk, back, Signal::stored(heading), acts.into_any())}
        {fields(work)}
        {clash::sides(work.sides)}
    }
    .into_any()
}

impl Work {
    fn take(self, record: CollectionRecord) {
        let input = &record.input;
        self.title.set(input.title.clone());
        self.handle.set(input.handle.clone());
        self.description.set(input.description_html.clone());
        self.kind.set(kind_name(input.kind).to_owned());
        self.rule.set(&input.rule);
        self.position.set(input.position.to_string());
        self.alt.set(alt_of(input));
        self.seo_title.set(input.seo.title.clone().unwrap_or_default());
        self.seo_description.set(input.seo.description.clone().unwrap_or_default());
        self.base.set(Some(record));
    }

    /// What is typed. Tracked.
    fn read(self) -> Result<CollectionInput, Vec<FieldError>> {
        let rule = self.rule.read()?;
        let Ok(position) = self.position.with(|text| text.trim().parse()) else {
            let message = "A whole number.".to_owned();
            return Err(vec![FieldError { field: "position".into(), code: "invalid".into(), message }]);
        };
        let title = self.title.with(|title| title.trim().to_owned());
        let handle = self.handle.with(|handle| handle.trim().to_owned());
        let some = |text: RwSignal<String>| {
            Some(text.with(|text| text.trim().to_owned())).filter(|text| !text.is_empty())
        };
        Ok(CollectionInput {
            handle: if handle.is_empty() { handle_of(&title) } else { handle },
            title,
            description_html: self.description.get(),
            kind: if self.kind.with(|kind| kind == "category") {
                CollectionKind::Category
            } else {
                CollectionKind::Collection
            },
            rule,
            media: self
                .base
                .with(|base| base.as_ref()?.input.media.clone())
                .map(|media| MediaInput { alt: self.alt.with(|alt| alt.trim().to_owned()), ..media }),
            seo: Seo { title: some(self.seo_title), description: some(self.seo_description) },
            position,
        })
    }

    /// Another picture, or none: what is typed elsewhere stays.
    pub fn pictured(self, record: CollectionRecord, said: &'static str) {
        self.alt.set(alt_of(&record.input));
        self.base.set(Some(record));
        self.desk.say(said);
    }

    fn save(self) {
        let input = match untrack(move || self.read()) {
            Ok(input) => input,
            Err(faults) => return self.form.refuse(faults),
        };
        let known = self.base.with_untracked(|base| base.as_ref().map(|base| (base.id, base.version)));
        let (id, version) = (known.map(|(id, _)| id), known.map(|(_, version)| version));
        let call = collections::write_collection(id, input, version);
        let kept = move |record: CollectionRecord| {
            self.desk.unsaved.set(false);
            self.desk.say("The collection is saved.");
            match id {
                Some(_) => self.take(record),
                None => go::to_place(self.desk, Place::Collection(record.id)),
            }
        };
        self.form.send_or(call, kept, move |error| match (error, id) {
            (Error::Conflict { code, .. }, Some(id)) if code == "stale_version" => {
                self.compare(id);
                None
            }
            (other, _) => Some(other),
        });
    }

    /// Somebody else saved: field by field, whose it shall be.
    fn compare(self, id: CollectionId) {
        spawn_local(async move {
            match record(id).await {
                Ok(theirs) => self.decide(theirs),
                Err(failure) => self.desk.complain(&failure.0),
            }
        });
    }

    fn decide(self, theirs: CollectionRecord) {
        let input = &theirs.input;
        let mut sides: Vec<Side> = [
            Side::differing("Title", self.title, input.title.clone()),
            Side::differing("Description", self.description, input.description_html.clone()),
            Side::differing("Kind", self.kind, kind_name(input.kind).to_owned()),
            Side::differing("Position", self.position, input.position.to_string()),
            Side::differing("Picture's description", self.alt, alt_of(input)),
            Side::differing("SEO title", self.seo_title, input.seo.title.clone().unwrap_or_default()),
            Side::differing(
                "SEO description",
                self.seo_description,
                input.seo.description.clone().unwrap_or_default(),
            ),
        ]
        .into_iter()
        .flatten()
        .collect();
        let mine = untrack(move || self.rule.read()).ok();
        if mine.as_ref() != Some(&input.rule) {
            let words = |rule: &CollectionRule| told(rule, self.desk.currency());
            let (rule, shown) = (input.rule.clone(), words(&input.rule));
            sides.push(Side {
                label: "Holds",
                mine: mine.as_ref().map(words).unwrap_or_default(),
                theirs: shown,
                take: Callback::new(move |()| self.rule.set(&rule)),
            });
        }
        self.base.set(Some(theirs));
        self.sides.set(sides);
    }
}

fn alt_of(input: &CollectionInput) -> String {
    input.media.as_ref().map(|media| media.alt.clone()).unwrap_or_default()
}

fn kind_name(kind: CollectionKind) -> &'static str {
    match kind {
        CollectionKind::Category => "category",
        CollectionKind::Collection => "collection",
    }
}

fn fields(work: Work) -> AnyView {
    let form = work.form;
    let kinds = vec![
        ("collection".to_owned(), "Collection".to_owned()),
        ("category".to_owned(), "Category: stands in the menu".to_owned()),
    ];
    let address = move || match work.base.get() {
        Some(base) => {
            view! { <p class="muted">{format!("/collections/{}", base.input.handle)}</p> }.into_any()
        }
        None => Input::new(form, "Address", "collection-handle", "handle", work.handle)
            .optional()
            .hint("After /collections/; from the title where it is empty. It stays as it is made.")
            .view(),
    };
    let save = work.may_write.then(|| view! { <div class="acts">{form.button("", "Save collection")}</div> });
    let about = view! {
        <div class="form">
            {Input::new(form, "Title", "collection-title", "title", work.title).view()}
        {address}
        {Input::new(form, "Description", "collection-description", "description_html", work.description)
            .rows(4).optional().hint("Text, or HTML that is cleaned.").view()}
        <div class="form__row">
            {select(form, "Kind", "collection-kind", "kind", kinds, work.kind)}
            {Input::new(form, "Position", "collection-position", "position", work.position).inputmode("numeric").view()}
        </div>
        </div>
    };
    let seo = view! {
        <div class="form">
            {Input::new(form, "Page title", "collection-seo-title", "seo.title", work.seo_title).optional().view()}
        {Input::new(form, "Page description", "collection-seo-description", "seo.description", work.seo_description)
                .rows(2).optional().view()}
        </div>
    };
    // Once there is something that it is the picture of.
    let is_saved = Memo::new(move |_| work.base.with(Option::is_some));
    let picture = move || is_saved.get().then(|| picture::card(work));
    view! {
        <form class="form stack stack--l" novalidate=true on:submit=form.on_submit(move || work.save())>
            {form.general()}
            {parts::card("About", None, about.into_any())}
            {parts::card("Products", None, work.rule.view())}
            {picture}
            {parts::card("For search engines", None, seo.into_any())}
            {save}
        </form>
    }
    .into_any()
}

fn acts(work: Work, base: &CollectionRecord) -> AnyView {
    let (id, version) = (base.id, base.version);
    let look = format!("/collections/{}", base.input.handle);
    let products = if base.product_count == 1 { "product".to_owned() } else { "products".to_owned() };
    let count = format!("{} {products} in the shop", base.product_count);
    let remove = move |_| {
        work.desk.ask(Question {
            title: "Remove this collection?".into(),
            text: "Its products stay. Links to it lead to a page that is not found.".into(),
            yes: "Remove it".into(),
            no: "Keep it".into(),
            act: Callback::new(move |()| {
                work.form.send(collections::remove_collection(id, Some(version)), move |()| {
                    work.desk.unsaved.set(false);
                    work.desk.say("The collection is removed.");
                    go::to_place(work.desk, Place::Collections);
                });
            }),
        });
    };
    let may_write = work.may_write;
    view! {
        <a class="button button--quiet" href=look target="_blank" rel="noopener">{count}</a>
        {may_write.then(|| view! { <button type="button" class="button button--quiet" on:click=remove>"Remove"</button> })}
    }
    .into_any()
}
