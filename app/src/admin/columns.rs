//! Which columns a list shows: each member's own choice, kept by the shop. One that stands in the address, as a saved view
//! has it, comes first.

use leptos::prelude::*;

use super::{desk::Desk, form::Form, load::Source, parts};
use crate::{
    api::admin::views,
    ui::{Icon, icon},
};

/// In the address.
pub const PARAM: &str = "columns";

/// A column: its heading as [`parts::table`] has it, and whether it is shown where nobody chose. The first always is.
pub type Column = (&'static str, bool);

/// A row: where it leads, its name, and its cells by heading.
pub type Row = (Option<String>, AnyView, Vec<(&'static str, AnyView)>);

#[derive(Clone, Copy)]
pub struct Columns {
    desk: Desk,
    pub screen: &'static str,
    all: &'static [Column],
    chosen: Source<Option<Vec<String>>>,
}

/// What a column is called in the address and the books: `#On hand` is `on-hand`.
fn key(heading: &str) -> String {
    heading.trim_start_matches('#').to_lowercase().replace(' ', "-")
}

impl Columns {
    pub fn new(desk: Desk, screen: &'static str, all: &'static [Column]) -> Self {
        Self { desk, screen, all, chosen: Source::new(desk, move || views::columns(screen.to_owned())) }
    }

    /// Headings, in the list's order. Tracked.
    pub fn shown(self) -> Vec<&'static str> {
        let named = self.desk.param(PARAM).map(|text| text.split(',').map(str::to_owned).collect::<Vec<_>>());
        let named = named.or_else(|| self.chosen.get().flatten());
        let is = |(at, (heading, default)): (usize, &Column)| match &named {
            _ if at == 0 => true,
            Some(named) => named.contains(&key(heading)),
            None => *default,
        };
        self.all.iter().enumerate().filter(|column| is(*column)).map(|(_, (heading, _))| *heading).collect()
    }

    /// The list; what is not shown of a row is left out. Tracked.
    pub fn table(self, caption: &'static str, rows: Vec<Row>) -> AnyView {
        let shown = self.shown();
        let row = |(href, name, mut cells): Row| {
            cells.retain(|(heading, _)| shown.contains(heading));
            parts::row(href, name, cells)
        };
        parts::table(caption, &shown, rows.into_iter().map(row).collect())
    }

    /// The choice, behind a button.
    pub fn choice(self) -> AnyView {
        let box_of = move |(heading, _): &Column| {
            let heading = *heading;
            let is = move || self.shown().contains(&heading);
            view! {
                <label class="check">
                    <input
                        type="checkbox" prop:checked=is
                        on:change=move |event| self.choose(heading, event_target_checked(&event))
                    />
                    <span class="check__label">{heading.trim_start_matches('#')}</span>
                </label>
            }
            .into_any()
        };
        let boxes: Vec<AnyView> = self.all.iter().skip(1).map(box_of).collect();
        view! {
            <details class="chooser">
                <summary class="text-button">"Columns"{icon(Icon::Down)}</summary>
                <fieldset class="chooser__all">
                    <legend class="sr-only">"Columns that are shown"</legend>
                    {boxes}
                    <button type="button" class="text-button" on:click=move |_| self.keep(None)>"As they come"</button>
                </fieldset>
            </details>
        }
        .into_any()
    }

    fn choose(self, heading: &'static str, shown: bool) {
        let now = untrack(move || self.shown());
        let wanted = |one: &&'static str| if *one == heading { shown } else { now.contains(one) };
        let all = self.all.iter().skip(1).map(|(heading, _)| *heading);
        self.keep(Some(all.filter(wanted).map(key).collect()));
    }

    /// Shown at once; as it was where the shop refuses.
    fn keep(self, columns: Option<Vec<String>>) {
        let before = self.chosen.get_untracked().flatten();
        self.chosen.set(columns.clone());
        // A view that was opened has its own: it is told apart from the member's by its address.
        self.desk.set_params(&[(PARAM, "")]);
        Form::new(self.desk).send_or(
            views::set_columns(self.screen.to_owned(), columns),
            |()| {},
            move |error| {
                self.chosen.set(before);
                self.desk.complain(&error);
                None
            },
        );
    }

    /// As it stands in the address of a view that is saved; none where it is as it comes.
    pub fn for_view(self) -> Option<String> {
        let shown = untrack(move || self.shown());
        let plain = self.all.iter().enumerate().filter(|(at, (_, default))| *at == 0 || *default);
        let is_plain = plain.map(|(_, (heading, _))| *heading).eq(shown.iter().copied());
        (!is_plain).then(|| shown.iter().skip(1).map(|heading| key(heading)).collect::<Vec<_>>().join(","))
    }
}
