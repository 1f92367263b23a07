//! What a product was after each save: look, compare, bring back.

use leptos::{prelude::*, task::spawn_local};
use souk_contract::{PageRequest, ProductVersion, VersionKind};

use super::detail::Work;
use crate::{
    admin::{activity, desk::Desk, dialogs::Question, load::Pages, parts, time, words},
    api::admin::catalog,
    ui::{Icon, icon},
};

pub fn pages(desk: Desk, id: souk_contract::ProductId) -> Pages<ProductVersion> {
    Pages::new(desk, move |after| catalog::versions(id, PageRequest { after, limit: Some(20) }))
}

pub fn card(work: Work) -> AnyView {
    let names = activity::names(work.desk);
    let none = || {
        view! { <p class="muted">"None yet: the next save keeps what was and what is then."</p> }.into_any()
    };
    let table = move |all: Vec<ProductVersion>| {
        let rows = all.iter().enumerate().map(|(at, version)| row(work, version, at == 0, names)).collect();
        let columns = ["Version", "When", "Who", "What", "Changed", "Go back"];
        view! { {compare(work, &all)} {parts::table("Versions, newest first", &columns, rows)} }.into_any()
    };
    parts::card("Versions", None, work.versions.view(table, none))
}

fn row(work: Work, version: &ProductVersion, is_now: bool, names: activity::Names) -> AnyView {
    let who = activity::who(work.desk, version.staff_id, names);
    let what = match (version.kind, version.restored_from) {
        (VersionKind::Created, _) => "Created".to_owned(),
        (VersionKind::Updated, _) => "Saved".to_owned(),
        (VersionKind::Edited, _) => "Edited with others".to_owned(),
        (VersionKind::Archived, _) => "Archived".to_owned(),
        (VersionKind::Restored, Some(from)) => format!("Version {from} restored"),
        (VersionKind::Restored, None) => "Restored".to_owned(),
        (VersionKind::Published, _) => "Published as scheduled".to_owned(),
        (VersionKind::Unpublished, _) => "Taken offline as scheduled".to_owned(),
    };
    let fields: Vec<String> = version.fields.iter().map(|field| words::plain(field)).collect();
    let number = version.number;
    let act = if is_now {
        view! { <span class="muted">"As it is now"</span> }.into_any()
    } else if work.may_write {
        let ask = move |_| {
            work.desk.ask(Question {
                title: format!("Restore version {number}?"),
                text: "The product is as it was then, save for its status. That is a new version. What you changed here and did not save is lost.".into(),
                yes: "Restore it".into(),
                no: "Keep it as it is".into(),
                act: Callback::new(move |()| restore(work, number)),
            });
        };
        let label = format!("Restore version {number}");
        view! {
            <button type="button" class="button button--small button--quiet" aria-label=label on:click=ask>"Restore"</button>
        }
        .into_any()
    } else {
        ().into_any()
    };
    parts::row(
        None,
        format!("Version {number}").into_any(),
        vec![
            ("When", time::time(version.at)),
            ("Who", who),
            ("What", what.into_any()),
            ("Changed", fields.join(", ").into_any()),
            ("Go back", act),
        ],
    )
}

fn restore(work: Work, number: i64) {
    let version = work.base.with_untracked(|base| base.as_ref().map(|base| base.version));
    let call = catalog::restore_version(work.id, number, version);
    spawn_local(async move {
        match call.await {
            Ok(_) => {
                work.reload();
                work.desk.say(format!("The product is as it was in version {number}."));
            }
            Err(failure) => work.desk.complain(&failure.0),
        }
    });
}

/// Any two of those that are shown.
fn compare(work: Work, all: &[ProductVersion]) -> AnyView {
    if all.len() < 2 {
        return ().into_any();
    }
    let numbers: Vec<i64> = all.iter().map(|version| version.number).collect();
    let from = RwSignal::new(numbers.get(1).copied().unwrap_or_default().to_string());
    let to = RwSignal::new(numbers.first().copied().unwrap_or_default().to_string());
    let found = RwSignal::new(None::<Vec<souk_contract::AuditChange>>);
    let choice = |label: &'static str, value: RwSignal<String>| {
        let options: Vec<AnyView> = numbers
            .iter()
            .map(|number| {
                let is = value.with_untracked(|value| *value == number.to_string());
                view! { <option value=number.to_string() selected=is>{format!("Version {number}")}</option> }
                    .into_any()
            })
            .collect();
        view! {
            <label class="filter">
                <span>{label}</span>
                <span class="select">
                    <select
                        class="input" prop:value=move || value.get()
                        on:change=move |event| value.set(event_target_value(&event))
                    >
                        {options}
                    </select>
                    {icon(Icon::Down)}
                </span>
            </label>
        }
        .into_any()
    };
    let look = move |_| {
        let number = |text: RwSignal<String>| text.get_untracked().parse::<i64>().unwrap_or_default();
        let call = catalog::compare_versions(work.id, number(from), number(to));
        spawn_local(async move {
            match call.await {
                Ok(changes) => drop(found.try_set(Some(changes))),
                Err(failure) => work.desk.complain(&failure.0),
            }
        });
    };
    let shown = move || {
        found.get().map(|changes| match changes.as_slice() {
            [] => view! { <p class="muted">"They do not differ."</p> }.into_any(),
            changes => activity::changes(changes),
        })
    };
    view! {
        <div class="filters">
            {choice("From", from)} {choice("To", to)}
            <button type="button" class="button button--quiet" on:click=look>"Compare"</button>
        </div>
        <div aria-live="polite">{shown}</div>
    }
    .into_any()
}
