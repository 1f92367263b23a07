//! The places where pieces are kept, in the order in which orders are served from them.

use leptos::{prelude::*, task::spawn_local};
use souk_contract::{Location, LocationId, LocationInput, Resource};

use crate::{
    admin::{
        desk::Desk,
        dialogs,
        form::{Form, Input, check},
        load::Source,
        parts,
        place::Place,
    },
    api::admin::stockroom,
    ui::{Tone, badge},
};

#[derive(Clone, Copy)]
struct Work {
    desk: Desk,
    all: Source<Vec<Location>>,
    open: RwSignal<bool>,
    /// None: a new one.
    edited: RwSignal<Option<Location>>,
    may_write: bool,
}

pub fn view(desk: Desk) -> AnyView {
    let work = Work {
        desk,
        all: Source::new(desk, stockroom::locations).is_main(),
        open: RwSignal::new(false),
        edited: RwSignal::new(None),
        may_write: untrack(move || desk.may(Resource::Inventory.write())),
    };
    let make = move |_| work.edit(None);
    let acts = work.may_write.then(|| {
        view! { <button type="button" class="button" on:click=make>"New location"</button> }
    });
    let back = Some((Place::Inventory.url(), "Inventory"));
    let hint = "An order is served from the first location that has enough of a product.";
    view! {
        {parts::head(desk, back, Signal::stored("Locations".to_owned()), acts.into_any())}
        <p class="muted">{hint}</p>
        <div class="box box--list">{work.all.view(move |all| work.table(&all))}</div>
        {dialogs::opened("location", "Location", work.open, move || work.form())}
    }
    .into_any()
}

impl Work {
    fn edit(self, location: Option<Location>) {
        self.edited.set(location);
        self.open.set(true);
    }

    fn table(self, all: &[Location]) -> AnyView {
        let ids: Vec<LocationId> = all.iter().map(|location| location.id).collect();
        let rows = all.iter().enumerate().map(|(at, location)| self.row(at, location, &ids)).collect();
        parts::table("Locations in order of preference", &["Location", "Address", "State", "Change"], rows)
    }

    fn row(self, at: usize, location: &Location, ids: &[LocationId]) -> AnyView {
        let state = if location.active { badge(Tone::Good, "On") } else { badge(Tone::Plain, "Off") };
        let change = if self.may_write { self.acts(at, location, ids) } else { ().into_any() };
        parts::row(
            None,
            location.name.clone().into_any(),
            vec![
                ("Address", location.address.replace('\n', ", ").into_any()),
                ("State", state),
                ("Change", change),
            ],
        )
    }

    fn acts(self, at: usize, location: &Location, ids: &[LocationId]) -> AnyView {
        let (edit_label, earlier_label) =
            (format!("Edit {}", location.name), format!("Move up {}", location.name));
        let edited = location.clone();
        let earlier = (at > 0).then(|| {
            let mut order = ids.to_vec();
            order.swap(at, at - 1);
            let swap = move |_| self.order(order.clone());
            view! {
                <button type="button" class="text-button" aria-label=earlier_label on:click=swap>
                    "Move up"
                </button>
            }
        });
        view! {
            <span class="acts acts--start">
                <button
                    type="button" class="button button--small button--quiet" aria-label=edit_label
                    on:click=move |_| self.edit(Some(edited.clone()))
                >
                    "Edit"
                </button>
                {earlier}
            </span>
        }
        .into_any()
    }

    fn order(self, ids: Vec<LocationId>) {
        spawn_local(async move {
            match stockroom::order_locations(ids).await {
                Ok(all) => {
                    self.all.set(all);
                    self.desk.say("The order is changed.");
                }
                Err(failure) => {
                    self.all.reload();
                    self.desk.complain(&failure.0);
                }
            }
        });
    }

    fn form(self) -> AnyView {
        let form = Form::new(self.desk);
        let edited = self.edited.get_untracked();
        let name = RwSignal::new(edited.as_ref().map(|one| one.name.clone()).unwrap_or_default());
        let address = RwSignal::new(edited.as_ref().map(|one| one.address.clone()).unwrap_or_default());
        let active = RwSignal::new(edited.as_ref().is_none_or(|one| one.active));
        let (id, version) = (edited.as_ref().map(|one| one.id), edited.as_ref().map(|one| one.version));
        let send = move || {
            let request = LocationInput {
                name: name.get_untracked().trim().to_owned(),
                address: address.get_untracked().trim().to_owned(),
                active: active.get_untracked(),
            };
            form.send(stockroom::put_location(id, request, version), move |_| {
                self.open.set(false);
                self.all.reload();
                self.desk.say("The location is saved.");
            });
        };
        let on = edited.is_some().then(|| check("Sell from here", active));
        view! {
            <form class="form" novalidate=true on:submit=form.on_submit(send)>
                {form.general()}
                {Input::new(form, "Name", "location-name", "name", name).autofocus().view()}
                {Input::new(form, "Address", "location-address", "address", address).rows(3).optional().view()}
                {on}
                <div class="acts">{form.button("", "Save location")}</div>
            </form>
        }
        .into_any()
    }
}
