use leptos::{prelude::*, task::spawn_local};
use souk_contract::{
    Colleague, ColleagueState, CreateStaff, Resource, Role, RoleRecord, StaffInvited, UpdateStaff,
};

use super::role_options;
use crate::{
    admin::{
        desk::Desk,
        dialogs::{self, Question},
        form::{Form, Input, select},
        load::Source,
        parts,
        place::Place,
        time, words,
    },
    api::admin::staff,
    ui::{Icon, Tone, badge, empty},
};

#[derive(Clone)]
enum Shown {
    Nothing,
    Invite,
    Edit(Colleague),
    /// The link, once.
    Invited(StaffInvited),
}

type Everybody = (Vec<Colleague>, Vec<RoleRecord>);

#[derive(Clone, Copy)]
struct Work {
    desk: Desk,
    all: Source<Everybody>,
    open: RwSignal<bool>,
    shown: RwSignal<Shown>,
    may_write: bool,
}

impl Work {
    fn show(self, shown: Shown) {
        self.shown.set(shown);
        self.open.set(true);
    }
}

pub fn view(desk: Desk) -> AnyView {
    let ask = || async { Ok((staff::colleagues().await?, staff::roles().await?)) };
    let work = Work {
        desk,
        all: Source::new(desk, ask).is_main(),
        open: RwSignal::new(false),
        shown: RwSignal::new(Shown::Nothing),
        may_write: untrack(move || desk.may(Resource::Staff.write())),
    };
    let invite = move || {
        let show = move |_| work.show(Shown::Invite);
        view! { <button type="button" class="button" on:click=show>"Invite a colleague"</button> }.into_any()
    };
    let acts = view! {
        <a class="button button--quiet" href=Place::Roles.url()>"Roles"</a>
        {work.may_write.then(invite)}
    };
    view! {
        {parts::head(desk, None, Signal::stored("Staff".to_owned()), acts.into_any())}
        <div class="box box--list">{work.all.view(move |all| table(work, &all))}</div>
        {dialog(work)}
    }
    .into_any()
}

fn table(work: Work, (colleagues, roles): &Everybody) -> AnyView {
    if colleagues.is_empty() {
        return empty(Icon::User, "You are alone here", "Invite whoever helps you to run the shop.", None);
    }
    let row = |colleague: &Colleague| row(work, colleague, roles);
    let columns = ["Name", "Role", "State", "Second factor", "Last seen", "Change"];
    parts::table("Colleagues by name", &columns, colleagues.iter().map(row).collect())
}

fn row(work: Work, colleague: &Colleague, roles: &[RoleRecord]) -> AnyView {
    let name = view! {
        <span class="two">
            <span>{colleague.name.clone()}</span><span class="muted">{colleague.email.clone()}</span>
        </span>
    };
    let state = match colleague.state {
        ColleagueState::Invited => badge(Tone::Warn, "Invited"),
        ColleagueState::Active => badge(Tone::Good, "Active"),
        ColleagueState::Removed => badge(Tone::Plain, "Removed"),
    };
    let factor = if colleague.two_factor { badge(Tone::Good, "On") } else { badge(Tone::Plain, "Off") };
    let seen = colleague.seen_at.map_or_else(|| "–".into_any(), time::time);
    parts::row(
        None,
        name.into_any(),
        vec![
            ("Role", words::role(colleague.role, roles).into_any()),
            ("State", state),
            ("Second factor", factor),
            ("Last seen", seen),
            ("Change", acts(work, colleague, roles).unwrap_or_else(|| ().into_any())),
        ],
    )
}

/// Nothing for whoever may do more than oneself, nor for oneself: that is the account's.
fn acts(work: Work, colleague: &Colleague, roles: &[RoleRecord]) -> Option<AnyView> {
    let own = untrack(move || work.desk.member())?;
    let theirs = roles.iter().find(|record| record.role == colleague.role)?.grants;
    if !work.may_write || own.id == colleague.id || !own.grants.cover(theirs) {
        return None;
    }
    let (id, name) = (colleague.id, colleague.name.clone());
    let again = {
        let name = name.clone();
        move |_| {
            work.desk.ask(Question {
                title: format!("Invite {name} again?"),
                text:
                    "They begin again with a new password, and without a second factor. Their sessions end."
                        .into(),
                yes: "Invite again".into(),
                no: "Leave it".into(),
                act: Callback::new(move |()| {
                    run(work, staff::invite_again(id), move |invited| {
                        work.all.reload();
                        work.show(Shown::Invited(invited));
                    });
                }),
            });
        }
    };
    let removed = colleague.state == ColleagueState::Removed;
    let edited = colleague.clone();
    let edit = move |_| work.show(Shown::Edit(edited.clone()));
    let remove = move |_| {
        work.desk.ask(Question {
            title: format!("Remove {name}?"),
            text: "They can't sign in any more, and their API keys are worth nothing. What they did stays in the activity.".into(),
            yes: "Remove".into(),
            no: "Keep them".into(),
            act: Callback::new(move |()| {
                run(work, staff::remove_staff(id), move |()| {
                    work.all.reload();
                    work.desk.say("They are removed.");
                });
            }),
        });
    };
    let buttons = view! {
        <span class="acts acts--start">
            {(!removed).then(|| view! { <button type="button" class="button button--small button--quiet" on:click=edit>"Edit"</button> })}
            <button type="button" class="text-button" on:click=again>"Invite again"</button>
            {(!removed).then(|| view! { <button type="button" class="text-button" on:click=remove>"Remove"</button> })}
        </span>
    };
    Some(buttons.into_any())
}

fn run<T: 'static>(
    work: Work,
    call: impl Future<Output = crate::failure::Result<T>> + 'static,
    then: impl FnOnce(T) + 'static,
) {
    spawn_local(async move {
        match call.await {
            Ok(value) => then(value),
            Err(failure) => work.desk.complain(&failure.0),
        }
    });
}

fn dialog(work: Work) -> AnyView {
    let title = move || match work.shown.get() {
        Shown::Nothing => String::new(),
        Shown::Invite => "Invite a colleague".to_owned(),
        Shown::Edit(colleague) => colleague.name,
        Shown::Invited(invited) => format!("A link for {}", invited.colleague.name),
    };
    let body = move || {
        let roles = || work.all.get_untracked().map(|(_, roles)| roles).unwrap_or_default();
        let content = match work.shown.get() {
            Shown::Nothing => ().into_any(),
            Shown::Invite => invite_form(work, &roles()),
            Shown::Edit(colleague) => edit_form(work, colleague, &roles()),
            Shown::Invited(invited) => link(work.desk, invited),
        };
        work.open.get().then_some(content)
    };
    dialogs::modal("colleague", Signal::derive(title), work.open, body.into_any())
}

/// What a role's text stands for; the field was filled by us.
fn role_of(form: Form, text: &str) -> Option<Role> {
    let role = text.parse().ok();
    if role.is_none() {
        let field = souk_contract::FieldError {
            field: "role".into(),
            code: "required".into(),
            message: "Please choose a role.".into(),
        };
        form.refuse(vec![field]);
    }
    role
}

fn invite_form(work: Work, roles: &[RoleRecord]) -> AnyView {
    let form = Form::new(work.desk);
    let options = role_options(work.desk, roles);
    let first = options.last().map(|(value, _)| value.clone()).unwrap_or_default();
    let [email, name, role] = [String::new(), String::new(), first].map(RwSignal::new);
    let send = move || {
        let Some(role) = role_of(form, &role.get_untracked()) else { return };
        let request = CreateStaff {
            email: email.get_untracked().trim().to_owned(),
            name: name.get_untracked().trim().to_owned(),
            role,
        };
        form.send(staff::invite_staff(request), move |invited| {
            work.all.reload();
            work.shown.set(Shown::Invited(invited));
        });
    };
    view! {
        <form class="form" novalidate=true on:submit=form.on_submit(send)>
            {form.general()}
            {Input::new(form, "Name", "invite-name", "name", name).autofocus().view()}
            {Input::new(form, "Email", "invite-email", "email", email).kind("email").hint("They sign in with it.").view()}
            {select(form, "Role", "invite-role", "role", options, role)}
            <div class="acts">{form.button("", "Invite")}</div>
        </form>
    }
    .into_any()
}

fn edit_form(work: Work, colleague: Colleague, roles: &[RoleRecord]) -> AnyView {
    let form = Form::new(work.desk);
    let options = role_options(work.desk, roles);
    let [name, role] = [colleague.name, colleague.role.to_string()].map(RwSignal::new);
    let (id, version) = (colleague.id, colleague.version);
    let send = move || {
        let Some(role) = role_of(form, &role.get_untracked()) else { return };
        let request = UpdateStaff { name: name.get_untracked().trim().to_owned(), role };
        form.send(staff::update_staff(id, request, Some(version)), move |_| {
            work.open.set(false);
            work.all.reload();
            work.desk.say("Saved.");
        });
    };
    view! {
        <form class="form" novalidate=true on:submit=form.on_submit(send)>
            {form.general()}
            {Input::new(form, "Name", "edit-name", "name", name).autofocus().view()}
            {select(form, "Role", "edit-role", "role", options, role)}
            <div class="acts">{form.button("", "Save")}</div>
        </form>
    }
    .into_any()
}

fn link(desk: Desk, invited: StaffInvited) -> AnyView {
    let base = desk.shop.with_untracked(|shop| shop.base_url.clone());
    let link = format!("{base}{}#{}", Place::Welcome.url(), invited.token);
    view! {
        <div class="stack">
            <p>
                "Send this link to them. It is shown this once, works once, and until "{time::said(invited.expires_at)}"."
            </p>
            {parts::secret(desk, "Invitation link", link)}
        </div>
    }
    .into_any()
}
