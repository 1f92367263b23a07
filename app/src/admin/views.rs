//! Lists under a name: what somebody filters by again and again.

use leptos::prelude::*;
use souk_contract::{SaveView, SavedView, SavedViewId};

use super::{
    columns::{self, Columns},
    desk::Desk,
    dialogs,
    form::{Form, Input},
    load::Source,
    parts,
};
use crate::api::admin::views;

/// The screen's saved views, the way to save the one that is shown, and the choice of columns.
pub fn bar(desk: Desk, screen: &'static str, columns: Columns) -> AnyView {
    let known = Source::new(desk, move || views::views(screen.to_owned()));
    let naming = RwSignal::new(false);
    let query = move || desk.address.with(|address| address.search.trim_start_matches('?').to_owned());
    let path = desk.address.with_untracked(|address| address.path.clone());
    let one = move |view: SavedView| chip(desk, &path, view, known);
    let shown = move || {
        let all = known.get().unwrap_or_default();
        let chips: Vec<AnyView> = all.into_iter().map(one.clone()).collect();
        (!chips.is_empty()).then(|| view! { <ul class="views" aria-label="Saved views">{chips}</ul> })
    };
    // One that is saved as it stands needs no second name.
    let offer = move || {
        let now = query();
        let saved = known.get().is_some_and(|all| all.iter().any(|one| one.query == now));
        // Columns alone are the member's own choice, which is kept by itself.
        (!now.is_empty() && !saved).then(|| {
            view! {
                <button type="button" class="text-button" on:click=move |_| naming.set(true)>"Save this view"</button>
            }
        })
    };
    view! {
        <div class="viewbar">{shown}{offer}{columns.choice()}</div>
        {dialogs::opened("save-view", "Save this view", naming, move || name(desk, columns, known, naming))}
    }
    .into_any()
}

fn chip(desk: Desk, path: &str, saved: SavedView, known: Source<Vec<SavedView>>) -> AnyView {
    let href = format!("{path}?{}", saved.query);
    let query = saved.query.clone();
    let current = move || {
        desk.address.with(|address| (address.search.trim_start_matches('?') == query).then_some("true"))
    };
    let label = format!("Remove the view {}", saved.name);
    let id = saved.id;
    view! {
        <li class="views__one">
            <a class="views__link" href=href aria-current=current>{saved.name}</a>
            <button type="button" class="views__remove" aria-label=label on:click=move |_| remove(desk, id, known)>
                "×"
            </button>
        </li>
    }
    .into_any()
}

/// Gone at once; back where the server refuses.
fn remove(desk: Desk, id: SavedViewId, known: Source<Vec<SavedView>>) {
    let before = known.get_untracked().unwrap_or_default();
    known.set(before.iter().filter(|one| one.id != id).cloned().collect());
    Form::new(desk).send_or(
        views::remove_view(id),
        |()| {},
        move |error| {
            known.set(before);
            desk.complain(&error);
            None
        },
    );
}

fn name(desk: Desk, columns: Columns, known: Source<Vec<SavedView>>, naming: RwSignal<bool>) -> AnyView {
    let form = Form::new(desk);
    let typed = RwSignal::new(String::new());
    let save = move || {
        // With its columns, whatever is chosen later.
        if let Some(shown) = columns.for_view() {
            desk.set_params(&[(columns::PARAM, &shown)]);
        }
        let query = desk.address.with_untracked(|address| address.search.trim_start_matches('?').to_owned());
        let request = SaveView { screen: columns.screen.to_owned(), name: typed.get_untracked(), query };
        form.send(views::save_view(request), move |_| {
            naming.set(false);
            known.reload();
            desk.say("The view is saved.");
        });
    };
    parts::focus_later("#view-name");
    view! {
        <form class="form" on:submit=form.on_submit(save)>
            {form.general()}
            {Input::new(form, "Name", "view-name", "name", typed).hint("For you; it stands above this list.").view()}
            <div class="acts">{form.button("", "Save view")}</div>
        </form>
    }
    .into_any()
}
