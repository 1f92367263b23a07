//! Roles by resources: what each may see and change.

use leptos::prelude::*;
use souk_contract::{Action, Grants, Permission, Resource, RoleRecord};

use crate::admin::words;

/// As a table: a row for each resource, a column for each role.
pub fn table(roles: &[RoleRecord]) -> AnyView {
    let heads = roles
        .iter()
        .map(|record| view! { <th scope="col">{words::role(record.role, roles)}</th> }.into_any());
    let row = |resource: &Resource| {
        let cell = |record: &RoleRecord| {
            let (class, word) =
                match (record.grants.allow(resource.write()), record.grants.allow(resource.read())) {
                    (true, _) => ("matrix__write", "Change"),
                    (false, true) => ("matrix__read", "See"),
                    (false, false) => ("matrix__none", "–"),
                };
            view! { <td class=class>{word}</td> }.into_any()
        };
        view! {
            <tr>
                <th scope="row">{words::resource(*resource)}</th>
                {roles.iter().map(cell).collect::<Vec<_>>()}
            </tr>
        }
        .into_any()
    };
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label="What each role allows">
            <table class="matrix">
                <caption class="sr-only">"What each role allows"</caption>
                <thead><tr><th scope="col">"Of"</th>{heads.collect::<Vec<_>>()}</tr></thead>
                <tbody>{Resource::ALL.iter().map(row).collect::<Vec<_>>()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// To be chosen from: what `own` doesn't allow can't be given.
pub fn choice(grants: RwSignal<Vec<Permission>>, own: Grants) -> AnyView {
    let row = move |resource: &Resource| {
        let resource = *resource;
        let cell = move |permission: Permission| {
            let checked = move || grants.with(|grants| grants.contains(&permission));
            let change = move |event| {
                let on = event_target_checked(&event);
                grants.update(|grants| set(grants, permission, on));
            };
            let label = words::permission(permission);
            view! {
                <td>
                    <input
                        type="checkbox" aria-label=label disabled=!own.allow(permission) prop:checked=checked
                        on:change=change
                    />
                </td>
            }
            .into_any()
        };
        view! { <tr><th scope="row">{words::resource(resource)}</th>{cell(resource.read())}{cell(resource.write())}</tr> }
            .into_any()
    };
    view! {
        <table class="matrix matrix--choice">
            <caption class="field__label">"What it allows"</caption>
            <thead>
                <tr><th scope="col">"Of"</th><th scope="col">"See"</th><th scope="col">"Change"</th></tr>
            </thead>
            <tbody>{Resource::ALL.iter().map(row).collect::<Vec<_>>()}</tbody>
        </table>
    }
    .into_any()
}

/// Whoever may change may see.
fn set(grants: &mut Vec<Permission>, permission: Permission, on: bool) {
    let Permission { resource, action } = permission;
    let touched = |one: &Permission| {
        one.resource == resource && (one.action == action || (!on && action == Action::Read))
    };
    grants.retain(|one| !touched(one));
    if on {
        grants.push(permission);
        if action == Action::Write && !grants.contains(&resource.read()) {
            grants.push(resource.read());
        }
    }
}
