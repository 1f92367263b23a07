use leptos::{prelude::*, task::spawn_local};
use souk_contract::{Grants, Location, Permission, Resource, Role, RoleInput, RoleRecord};

use super::{matrix, reach};
use crate::{
    admin::{
        desk::Desk,
        dialogs::{self, Question},
        form::{Form, Input},
        load::Source,
        parts,
        place::Place,
        words,
    },
    api::admin::{staff, stockroom},
    failure::Result,
    ui::{Icon, empty},
};

#[derive(Clone, Copy)]
struct Work {
    desk: Desk,
    roles: Source<Vec<RoleRecord>>,
    locations: Source<Vec<Location>>,
    open: RwSignal<bool>,
    /// None: a new one.
    edited: RwSignal<Option<RoleRecord>>,
    may_write: bool,
    own: Grants,
}

pub fn view(desk: Desk) -> AnyView {
    let work = Work {
        desk,
        roles: Source::new(desk, staff::roles).is_main(),
        locations: Source::new(desk, move || locations(desk)),
        open: RwSignal::new(false),
        edited: RwSignal::new(None),
        may_write: untrack(move || desk.may(Resource::Staff.write())),
        own: untrack(move || desk.member()).map_or(Grants::default(), |member| member.grants),
    };
    let acts = work.may_write.then(|| new_button(work)).into_any();
    let body = work.roles.view(move |roles| {
        view! {
            {parts::card("Own roles", None, own_roles(work, &roles))}
            {parts::card("What each role allows", None, matrix::table(&roles))}
        }
        .into_any()
    });
    view! {
        {parts::head(desk, Some((Place::Staff.url(), "Staff")), Signal::stored("Roles".to_owned()), acts)}
        <div class="stack stack--l">{body}</div>
        {dialogs::opened("role", "Role", work.open, move || form(work))}
    }
    .into_any()
}

/// Whoever may not see them names none.
async fn locations(desk: Desk) -> Result<Vec<Location>> {
    if untrack(move || desk.may(Resource::Inventory.read())) {
        stockroom::locations().await
    } else {
        Ok(Vec::new())
    }
}

fn new_button(work: Work) -> AnyView {
    let make = move |_| {
        work.edited.set(None);
        work.open.set(true);
    };
    view! { <button type="button" class="button" on:click=make>"New role"</button> }.into_any()
}

fn own_roles(work: Work, roles: &[RoleRecord]) -> AnyView {
    let own: Vec<&RoleRecord> =
        roles.iter().filter(|record| matches!(record.role, Role::Custom(_))).collect();
    if own.is_empty() {
        let text = "The roles below suit most shops. Make your own where somebody should do just one thing.";
        return empty(Icon::User, "No roles of your own", text, None);
    }
    let row = |record: &&RoleRecord| {
        let mut allows: Vec<String> =
            record.grants.iter().filter(|one| widest(record.grants, *one)).map(words::permission).collect();
        if record.grants.allow(Resource::Inventory.write()) {
            allows.extend(reach::told(&record.locations, &work.locations.get().unwrap_or_default()));
        }
        let change =
            if work.may_write && work.own.cover(record.grants) { acts(work, record) } else { ().into_any() };
        parts::row(
            None,
            record.name.clone().into_any(),
            vec![
                ("Allows", allows.join(", ").into_any()),
                ("#Members", record.members.into_any()),
                ("Change", change),
            ],
        )
    };
    let columns = ["Role", "Allows", "#Members", "Change"];
    parts::table("Own roles", &columns, own.iter().map(row).collect())
}

/// Seeing need not be said where changing is.
fn widest(grants: Grants, one: Permission) -> bool {
    one == one.resource.write() || !grants.allow(one.resource.write())
}

fn acts(work: Work, record: &RoleRecord) -> AnyView {
    let Role::Custom(id) = record.role else { return ().into_any() };
    let edited = record.clone();
    let edit = move |_| {
        work.edited.set(Some(edited.clone()));
        work.open.set(true);
    };
    let name = record.name.clone();
    let remove = move |_| {
        work.desk.ask(Question {
            title: format!("Remove the role {name}?"),
            text: "It can be removed only while nobody, and no API key, has it.".into(),
            yes: "Remove".into(),
            no: "Keep it".into(),
            act: Callback::new(move |()| {
                spawn_local(async move {
                    match staff::remove_role(id).await {
                        Ok(()) => {
                            work.roles.reload();
                            work.desk.say("The role is removed.");
                        }
                        Err(failure) => work.desk.complain(&failure.0),
                    }
                });
            }),
        });
    };
    view! {
        <span class="acts acts--start">
            <button type="button" class="button button--small button--quiet" on:click=edit>"Edit"</button>
            <button type="button" class="text-button" on:click=remove>"Remove"</button>
        </span>
    }
    .into_any()
}

fn form(work: Work) -> AnyView {
    let form = Form::new(work.desk);
    let edited = work.edited.get_untracked();
    let name = RwSignal::new(edited.as_ref().map(|record| record.name.clone()).unwrap_or_default());
    let grants: Vec<Permission> = edited.iter().flat_map(|record| record.grants.iter()).collect();
    let grants = RwSignal::new(grants);
    let id = edited.as_ref().and_then(|record| match record.role {
        Role::Custom(id) => Some(id),
        Role::Preset(_) => None,
    });
    let own = untrack(move || work.desk.member()).map(|member| member.locations.clone()).unwrap_or_default();
    let theirs = edited.as_ref().map(|record| record.locations.clone()).unwrap_or_default();
    let reach = reach::Choice::new(&theirs, own);
    let version = edited.map(|record| record.version);
    let send = move || {
        let request = RoleInput {
            name: name.get_untracked().trim().to_owned(),
            grants: grants.get_untracked().into_iter().collect(),
            locations: reach.reach(),
        };
        form.send(staff::put_role(id, request, version), move |_| {
            work.open.set(false);
            work.roles.reload();
            work.desk.say("The role is saved.");
        });
    };
    view! {
        <form class="form" novalidate=true on:submit=form.on_submit(send)>
            {form.general()}
            {Input::new(form, "Name", "role-name", "name", name).autofocus().view()}
            {matrix::choice(grants, work.own)}
            {move || grants.with(|all| all.contains(&Resource::Inventory.write())).then(|| reach.view(work.locations))}
            <div class="acts">{form.button("", "Save role")}</div>
        </form>
    }
    .into_any()
}
