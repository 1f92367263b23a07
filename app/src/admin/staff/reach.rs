//! In which locations a role changes stock.

use leptos::prelude::*;
use souk_contract::{Location, LocationId, Reach};

use crate::admin::{form, load::Source};

/// What is chosen in the form.
#[derive(Clone, Copy)]
pub struct Choice {
    everywhere: RwSignal<bool>,
    chosen: RwSignal<Vec<LocationId>>,
    /// Nobody gives what they lack.
    own: StoredValue<Reach>,
}

impl Choice {
    pub fn new(reach: &Reach, own: Reach) -> Self {
        let is_limited = own.locations().is_some();
        Self {
            everywhere: RwSignal::new(reach.locations().is_none() && !is_limited),
            chosen: RwSignal::new(reach.locations().unwrap_or_default().to_vec()),
            own: StoredValue::new(own),
        }
    }

    pub fn reach(self) -> Reach {
        if self.everywhere.get_untracked() {
            Reach::default()
        } else {
            Reach::only(self.chosen.get_untracked())
        }
    }

    pub fn view(self, locations: Source<Vec<Location>>) -> AnyView {
        let may_all = self.own.with_value(|own| own.locations().is_none());
        let all = may_all.then(|| form::check("In every location, also those to come", self.everywhere));
        let each = move |location: &Location| {
            let id = location.id;
            let change = move |event| {
                let on = event_target_checked(&event);
                self.chosen.update(|chosen| {
                    chosen.retain(|one| *one != id);
                    if on {
                        chosen.push(id);
                    }
                });
            };
            let allowed = self.own.with_value(|own| own.has(id));
            view! {
                <label class="check">
                    <input
                        type="checkbox" disabled=!allowed prop:checked=move || self.chosen.with(|all| all.contains(&id))
                        on:change=change
                    />
                    <span class="check__label">{location.name.clone()}</span>
                </label>
            }
            .into_any()
        };
        let list = move || {
            let shown = !self.everywhere.get();
            shown.then(|| locations.view(move |all| all.iter().map(each).collect::<Vec<_>>().into_any()))
        };
        view! {
            <fieldset class="form">
                <legend class="field__label">"Where it changes stock"</legend>
                {all} {list}
                <p class="field__hint">"Every role sees the stock of all locations that may see stock."</p>
            </fieldset>
        }
        .into_any()
    }
}

/// In the list of roles.
pub fn told(reach: &Reach, locations: &[Location]) -> Option<String> {
    let ids = reach.locations()?;
    let names: Vec<&str> =
        locations.iter().filter(|one| ids.contains(&one.id)).map(|one| one.name.as_str()).collect();
    Some(if names.is_empty() {
        "stock of no location".to_owned()
    } else {
        format!("stock only in {}", names.join(", "))
    })
}
