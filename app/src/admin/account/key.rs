//! API keys: what programs sign in with.

use leptos::prelude::*;
use souk_contract::{
    ApiKey, ApiKeyCreated, CreateApiKey, FieldError, Grants, Preset, Resource, Role, RoleRecord,
};

use crate::{
    admin::{
        desk::Desk,
        dialogs::{self, Question},
        form::{Form, Input, select},
        load::Source,
        parts, time, words,
    },
    api::admin::{account, staff},
    ui::{Icon, empty},
};

#[derive(Clone, Copy)]
struct Work {
    desk: Desk,
    form: Form,
    keys: Source<Vec<ApiKey>>,
    /// Of the shop's own, where one may know them.
    roles: Option<Source<Vec<RoleRecord>>>,
    open: RwSignal<bool>,
    made: RwSignal<Option<ApiKeyCreated>>,
}

impl Work {
    fn show(self, made: ApiKeyCreated) {
        self.keys.reload();
        self.made.set(Some(made));
        self.open.set(true);
    }

    fn known_roles(self) -> Vec<RoleRecord> {
        self.roles.and_then(|roles| roles.get()).unwrap_or_default()
    }
}

pub fn view(desk: Desk) -> AnyView {
    let knows = untrack(move || desk.may(Resource::Staff.read()));
    let work = Work {
        desk,
        form: Form::new(desk),
        keys: Source::new(desk, account::api_keys),
        roles: knows.then(|| Source::new(desk, staff::roles)),
        open: RwSignal::new(false),
        made: RwSignal::new(None),
    };
    let make = move |_| {
        work.made.set(None);
        work.open.set(true);
    };
    let act = view! { <button type="button" class="button button--small button--quiet" on:click=make>"New key"</button> };
    let list = work.keys.view(move |keys| table(work, &keys));
    let body = view! { {work.form.general()} {list} };
    view! { {parts::card("API keys", Some(act.into_any()), body.into_any())} {dialog(work)} }.into_any()
}

fn table(work: Work, keys: &[ApiKey]) -> AnyView {
    if keys.is_empty() {
        let text =
            "Programs that work with the shop sign in with a key of their own, which can be taken back.";
        return empty(Icon::Lock, "No API keys", text, None);
    }
    let row = |key: &ApiKey| {
        let role = key.role;
        let role = move || words::role(role, &work.known_roles());
        let expires = key.expires_at.map_or_else(|| "Never".into_any(), time::time);
        parts::row(
            None,
            key.name.clone().into_any(),
            vec![
                ("Ends in", view! { <span class="mono">{format!("…{}", key.hint)}</span> }.into_any()),
                ("Role", role.into_any()),
                ("Made", time::time(key.created_at)),
                ("Expires", expires),
                ("Change", acts(work, key)),
            ],
        )
    };
    let columns = ["Key", "Ends in", "Role", "Made", "Expires", "Change"];
    parts::table("API keys, newest first", &columns, keys.iter().map(row).collect())
}

fn acts(work: Work, key: &ApiKey) -> AnyView {
    let (id, name) = (key.id, key.name.clone());
    let form = work.form;
    let ask = move |title: String, text: &'static str, yes: &'static str, act: Callback<()>| {
        work.desk.ask(Question { title, text: text.into(), yes: yes.into(), no: "Keep it".into(), act });
    };
    let rotate = {
        let title = format!("Replace the token of {name}?");
        let act =
            Callback::new(move |()| form.send(account::rotate_api_key(id), move |made| work.show(made)));
        move |_| ask(title.clone(), "The token before is worth nothing from then on.", "Replace", act)
    };
    let revoke = {
        let title = format!("Revoke {name}?");
        let act = Callback::new(move |()| {
            form.send(account::revoke_api_key(id), move |()| {
                work.keys.reload();
                work.desk.say("The key is revoked.");
            });
        });
        move |_| ask(title.clone(), "Programs that use it can't sign in any more.", "Revoke", act)
    };
    view! {
        <span class="acts acts--start">
            <button type="button" class="text-button" on:click=rotate>"Replace token"</button>
            <button type="button" class="text-button" on:click=revoke>"Revoke"</button>
        </span>
    }
    .into_any()
}

fn dialog(work: Work) -> AnyView {
    dialogs::opened("key", "API key", work.open, move || match work.made.get() {
        None => new_key(work),
        Some(made) => view! {
            <div class="stack">
                <p>"This is the token of "<b>{made.key.name.clone()}</b>". It is shown only now."</p>
                {parts::secret(work.desk, "Token", made.token)}
            </div>
        }
        .into_any(),
    })
}

fn new_key(work: Work) -> AnyView {
    let form = Form::new(work.desk);
    let options = untrack(move || roles(work));
    let first = options.last().map(|(value, _)| value.clone()).unwrap_or_default();
    let [name, role, until] = [String::new(), first, String::new()].map(RwSignal::new);
    let send = move || {
        let Ok(role) = role.get_untracked().parse::<Role>() else {
            let message = "Please choose a role.".to_owned();
            return form.refuse(vec![FieldError { field: "role".into(), code: "required".into(), message }]);
        };
        let expires_at = time::of_day(&until.get_untracked()).map(|(_, end)| end);
        let request = CreateApiKey { name: name.get_untracked().trim().to_owned(), role, expires_at };
        form.send(account::create_api_key(request), move |made| work.show(made));
    };
    view! {
        <form class="form" novalidate=true on:submit=form.on_submit(send)>
            {form.general()}
            {Input::new(form, "Name", "key-name", "name", name).hint("What it is for.").autofocus().view()}
            {select(form, "Role", "key-role", "role", options, role)}
            {Input::new(form, "Last day", "key-until", "expires_at", until).kind("date").optional().view()}
            <div class="acts">{form.button("", "Make key")}</div>
        </form>
    }
    .into_any()
}

/// What the key may be given: at most what its maker may do.
fn roles(work: Work) -> Vec<(String, String)> {
    let known = work.known_roles();
    if !known.is_empty() {
        return crate::admin::staff::role_options(work.desk, &known);
    }
    let own = work.desk.member().map_or(Grants::default(), |member| member.grants);
    let presets = Preset::ALL.iter().filter(|preset| own.cover(preset.grants()));
    presets.map(|preset| (preset.as_str().to_owned(), preset.title().to_owned())).collect()
}
