//! What the shop knows of products beyond the fields that all have: attributes, groups of them, templates of groups.

mod attribute;
mod named;

use leptos::{prelude::*, task::spawn_local};
use souk_contract::{
    Attribute, AttributeGroup, AttributeKind, Error, ProductModel, ProductTemplate, Resource,
};

use crate::{
    admin::{desk::Desk, dialogs, load::Source, parts, place::Place},
    api::admin::attributes,
    failure::Result,
    ui::{Icon, Tone, alert, empty},
};

/// What is changed in the dialog, or was removed.
#[derive(Clone)]
enum One {
    Attribute(Option<Attribute>),
    Group(Option<AttributeGroup>),
    Template(Option<ProductTemplate>),
}

impl One {
    fn title(&self) -> &'static str {
        match self {
            Self::Attribute(_) => "Attribute",
            Self::Group(_) => "Attribute group",
            Self::Template(_) => "Product template",
        }
    }

    fn name(&self) -> Option<String> {
        match self {
            Self::Attribute(one) => one.as_ref().map(|one| one.name.clone()),
            Self::Group(one) => one.as_ref().map(|one| one.name.clone()),
            Self::Template(one) => one.as_ref().map(|one| one.name.clone()),
        }
    }

    async fn remove(self) -> Result<()> {
        match self {
            Self::Attribute(Some(one)) => attributes::remove_attribute(one.id, Some(one.version)).await,
            Self::Group(Some(one)) => attributes::remove_group(one.id, Some(one.version)).await,
            Self::Template(Some(one)) => attributes::remove_template(one.id, Some(one.version)).await,
            _ => Ok(()),
        }
    }

    async fn make_again(self) -> Result<()> {
        match self {
            Self::Attribute(Some(one)) => attributes::put_attribute(None, one.input(), None).await.map(drop),
            Self::Group(Some(one)) => attributes::put_group(None, one.input(), None).await.map(drop),
            Self::Template(Some(one)) => attributes::put_template(None, one.input(), None).await.map(drop),
            _ => Ok(()),
        }
    }
}

#[derive(Clone, Copy)]
struct Work {
    desk: Desk,
    model: Source<ProductModel>,
    open: RwSignal<bool>,
    edited: RwSignal<Option<One>>,
    /// The last that was removed here: it can be had back.
    removed: RwSignal<Option<One>>,
    refused: RwSignal<Option<Error>>,
    may_write: bool,
}

pub fn view(desk: Desk) -> AnyView {
    let work = Work {
        desk,
        model: Source::new(desk, attributes::model).is_main(),
        open: RwSignal::new(false),
        edited: RwSignal::new(None),
        removed: RwSignal::new(None),
        refused: RwSignal::new(None),
        may_write: untrack(move || desk.may(Resource::Catalog.write())),
    };
    let body = work.model.view(move |model| lists(work, &model));
    let title = move || work.edited.with(|edited| edited.as_ref().map(One::title)).unwrap_or_default();
    let form = move || work.open.get().then(|| form(work));
    view! {
        {parts::head(
            desk, Some((Place::Products.url(), "Products")), Signal::stored("Attributes".to_owned()), ().into_any(),
        )}
        <div role="status">{move || told(work)}</div>
        <div class="stack stack--l">{body}</div>
        {dialogs::modal("attributes", Signal::derive(move || title().to_owned()), work.open, form.into_any())}
    }
    .into_any()
}

impl Work {
    fn edit(self, one: One) {
        self.edited.set(Some(one));
        self.open.set(true);
    }

    fn saved(self) {
        self.open.set(false);
        self.model.reload();
        self.desk.say("Saved.");
    }

    /// Nobody is asked: it can be had back.
    fn remove(self, one: One) {
        self.refused.set(None);
        spawn_local(async move {
            match one.clone().remove().await {
                Ok(()) => {
                    self.open.set(false);
                    self.removed.set(Some(one));
                    self.model.reload();
                }
                Err(failure) => {
                    if !self.desk.noticed(&failure.0) {
                        self.open.set(false);
                        self.refused.set(Some(failure.0));
                    }
                }
            }
        });
    }

    fn take_back(self, one: One) {
        spawn_local(async move {
            match one.make_again().await {
                Ok(()) => {
                    self.removed.set(None);
                    self.model.reload();
                    self.desk.say("It is back.");
                }
                Err(failure) => self.desk.complain(&failure.0),
            }
        });
    }
}

fn told(work: Work) -> AnyView {
    let refused = work
        .refused
        .get()
        .map(|error| alert(Tone::Bad, None, view! { <p>{error.public_message()}</p> }.into_any()));
    let removed = work.removed.get().map(|one| {
        let name = one.name().unwrap_or_default();
        let back = move |_| work.take_back(one.clone());
        let body = view! {
            <p>
                {format!("{name} is removed. ")}
                <button type="button" class="text-button" on:click=back>"Undo"</button>
            </p>
        };
        alert(Tone::Plain, None, body.into_any())
    });
    view! { {refused} {removed} }.into_any()
}

fn form(work: Work) -> AnyView {
    match work.edited.get_untracked() {
        Some(One::Attribute(one)) => attribute::form(work, one),
        Some(One::Group(one)) => named::group(work, one),
        Some(One::Template(one)) => named::template(work, one),
        None => ().into_any(),
    }
}

fn lists(work: Work, model: &ProductModel) -> AnyView {
    let new = move |label: &'static str, one: One| {
        work.may_write.then(|| {
            let make = move |_| work.edit(one.clone());
            view! { <button type="button" class="button button--small" on:click=make>{label}</button> }
                .into_any()
        })
    };
    let attributes = if model.attributes.is_empty() {
        let text = "An attribute is what you know of products beyond the fields that all have: material, width, care.";
        empty(Icon::Box, "No attributes yet", text, None)
    } else {
        let columns = ["Attribute", "Code", "Kind", "Required", "Change"];
        let rows = model.attributes.iter().map(|one| attribute_row(work, one)).collect();
        parts::table("Attributes by name", &columns, rows)
    };
    let groups = if model.groups.is_empty() {
        let text = "A group puts attributes together that belong together, such as Dimensions.";
        empty(Icon::Box, "No groups yet", text, None)
    } else {
        let rows = model.groups.iter().map(|one| group_row(work, model, one)).collect();
        parts::table("Groups by name", &["Group", "Attributes", "Change"], rows)
    };
    let templates = if model.templates.is_empty() {
        let text = "A template says which groups a sort of product has, such as Shoes. A product takes one.";
        empty(Icon::Box, "No templates yet", text, None)
    } else {
        let rows = model.templates.iter().map(|one| template_row(work, model, one)).collect();
        parts::table("Templates by name", &["Template", "Groups", "Change"], rows)
    };
    let section = |title: &'static str, act: Option<AnyView>, body: AnyView| {
        view! {
            <section class="box box--list">
                <div class="box__head"><h2 class="box__title">{title}</h2>{act}</div>
                {body}
            </section>
        }
    };
    view! {
        {section("Attributes", new("New attribute", One::Attribute(None)), attributes)}
        {section("Groups", new("New group", One::Group(None)), groups)}
        {section("Templates", new("New template", One::Template(None)), templates)}
    }
    .into_any()
}

fn change(work: Work, one: One) -> AnyView {
    if !work.may_write {
        return ().into_any();
    }
    let label = format!("Change {}", one.name().unwrap_or_default());
    view! {
        <button
            type="button" class="button button--small button--quiet" aria-label=label
            on:click=move |_| work.edit(one.clone())
        >
            "Change"
        </button>
    }
    .into_any()
}

fn attribute_row(work: Work, one: &Attribute) -> AnyView {
    let kind = match (&one.unit, one.options.len()) {
        (Some(unit), _) => format!("{} ({unit})", kind_name(one.kind)),
        (None, 0) => kind_name(one.kind).to_owned(),
        (None, count) => format!("{} ({count})", kind_name(one.kind)),
    };
    parts::row(
        None,
        one.name.clone().into_any(),
        vec![
            ("Code", view! { <code>{one.code.clone()}</code> }.into_any()),
            ("Kind", kind.into_any()),
            ("Required", if one.required { "Yes" } else { "No" }.into_any()),
            ("Change", change(work, One::Attribute(Some(one.clone())))),
        ],
    )
}

fn group_row(work: Work, model: &ProductModel, one: &AttributeGroup) -> AnyView {
    let names = one.attributes.iter().filter_map(|code| model.attribute(code));
    let names: Vec<&str> = names.map(|attribute| attribute.name.as_str()).collect();
    parts::row(
        None,
        one.name.clone().into_any(),
        vec![
            ("Attributes", names.join(", ").into_any()),
            ("Change", change(work, One::Group(Some(one.clone())))),
        ],
    )
}

fn template_row(work: Work, model: &ProductModel, one: &ProductTemplate) -> AnyView {
    let names = one.groups.iter().filter_map(|id| model.group(*id));
    let names: Vec<&str> = names.map(|group| group.name.as_str()).collect();
    parts::row(
        None,
        one.name.clone().into_any(),
        vec![
            ("Groups", names.join(", ").into_any()),
            ("Change", change(work, One::Template(Some(one.clone())))),
        ],
    )
}

fn kind_name(kind: AttributeKind) -> &'static str {
    match kind {
        AttributeKind::Text => "Text",
        AttributeKind::LongText => "Long text",
        AttributeKind::Number => "Number",
        AttributeKind::Boolean => "Yes or no",
        AttributeKind::Date => "Date",
        AttributeKind::Select => "One of a list",
        AttributeKind::MultiSelect => "Some of a list",
    }
}

/// Removes what is edited.
fn remove_button(work: Work, one: One) -> AnyView {
    view! {
        <button type="button" class="button button--quiet" on:click=move |_| work.remove(one.clone())>
            "Remove"
        </button>
    }
    .into_any()
}
