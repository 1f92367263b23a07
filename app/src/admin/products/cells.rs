//! The variants as a grid that is edited from the keyboard. Of thousands only those are drawn that can be seen: a row is a
//! few dozen elements.

use std::collections::HashMap;

use leptos::{html, prelude::*};
use souk_contract::{Error, StockLevel, VariantId};
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, KeyboardEvent};

use super::editor::{Editor, EditorRow};
use crate::{
    admin::{go, load::Source, parts, stock::Adjusting},
    draft::CELLS,
};

type Widths = [Option<String>; CELLS.len()];
pub type Levels = Option<Source<HashMap<VariantId, StockLevel>>>;

/// Up to here the grid is as high as its rows.
const ALL: usize = 60;
/// Rows drawn above and below what can be seen.
const BESIDE: usize = 12;
/// Until one was measured.
const ROW_HEIGHT: f64 = 36.0;

/// What stands in the table's body: a row, or the room of so many rows.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Part {
    Row(usize),
    Room(usize, usize),
}

#[derive(Clone, Copy)]
struct Grid {
    scroller: NodeRef<html::Div>,
    count: usize,
    /// From, and until before.
    seen: RwSignal<(usize, usize)>,
    /// The cell that was typed in when it was scrolled out of sight: the next key leads back to it.
    left: StoredValue<Option<(i32, i32)>>,
    height: StoredValue<f64>,
}

pub fn view(editor: &Editor, levels: Levels, adjusting: Adjusting) -> AnyView {
    let count = editor.rows.len();
    let grid = Grid {
        scroller: NodeRef::new(),
        count,
        seen: RwSignal::new((0, count.min(ALL))),
        left: StoredValue::new(None),
        height: StoredValue::new(ROW_HEIGHT),
    };
    let heads = CELLS.iter().map(|(_, label)| view! { <th scope="col">{*label}</th> }.into_any());
    // `None` leaves the key to the browser.
    let walked = move |event: KeyboardEvent| {
        let _ = grid.walk(&event);
    };
    let editor = editor.clone();
    let widths = widths(&editor);
    let (form, reveal, columns) =
        (editor.form, editor.reveal, CELLS.len() + 1 + usize::from(levels.is_some()));
    Effect::new(move || {
        if let Some((row, column)) = reveal.get() {
            grid.show(row as i32, column as i32);
        }
    });
    Effect::new(move || {
        let faulty = form.error.with(|error| match error {
            Some(Error::Invalid { fields }) => fields.iter().find_map(|one| spot(&one.field)),
            _ => None,
        });
        if let Some((row, column)) = faulty.filter(|_| grid.is_tall()) {
            grid.show(row as i32, column as i32);
        }
    });
    let rows = move |part: Part| match part {
        Part::Row(index) => match editor.rows.get(index) {
            Some(row) => variant(&editor, index, row, &widths, (levels, adjusting)),
            None => ().into_any(),
        },
        Part::Room(_, rows) => {
            let height = format!("{}px", rows as f64 * grid.height.get_value());
            view! { <tr aria-hidden="true"><td class="cells__room" colspan=columns style:block-size=height></td></tr> }
                .into_any()
        }
    };
    let hint = "Arrow keys and Enter go from cell to cell.";
    let body = view! {
        <div
            class="scroll" class:scroll--tall=grid.is_tall() node_ref=grid.scroller tabindex="-1"
            on:keydown=walked on:scroll=move |_| grid.look()
        >
            <table class="cells" aria-rowcount=count + 1>
                <caption class="cells__hint">{hint}</caption>
                <thead>
                    <tr aria-rowindex="1">
                        <th scope="col">"Variant"</th>{heads.collect::<Vec<_>>()}
                        {levels.map(|_| view! { <th scope="col" class="num">"On hand"</th> })}
                    </tr>
                </thead>
                <tbody>
                    <For each=move || grid.parts() key=|part| *part children=rows/>
                </tbody>
            </table>
        </div>
    };
    let title = if grid.is_tall() { format!("Variants ({count})") } else { "Variants".to_owned() };
    parts::card(title, None, body.into_any())
}

impl Grid {
    fn is_tall(self) -> bool {
        self.count > ALL
    }

    fn parts(self) -> Vec<Part> {
        let (from, until) = self.seen.get();
        let before = (from > 0).then_some(Part::Room(0, from));
        let after = (until < self.count).then_some(Part::Room(until, self.count - until));
        before.into_iter().chain((from..until).map(Part::Row)).chain(after).collect()
    }

    /// Draws what can be seen now.
    fn look(self) {
        let Some(scroller) = self.scroller.get_untracked().filter(|_| self.is_tall()) else { return };
        if let Some(row) = go::first(".cells tbody tr[aria-rowindex]") {
            let height = f64::from(row.offset_height());
            if height > 1.0 {
                self.height.set_value(height);
            }
        }
        let height = self.height.get_value();
        let top = (f64::from(scroller.scroll_top()) / height) as usize;
        let fits = (f64::from(scroller.client_height()) / height) as usize + 1;
        let (from, until) = (top.saturating_sub(BESIDE), (top + fits + BESIDE).min(self.count));
        let (drawn_from, drawn_until) = self.seen.get_untracked();
        // A few rows further is no reason to draw.
        let near = |one: usize, other: usize| one.abs_diff(other) < BESIDE / 2;
        if near(from, drawn_from) && near(until, drawn_until) && drawn_until > drawn_from {
            return;
        }
        // Its cell is taken away: the keys stay in the grid.
        let typed_in = document().active_element().and_then(|element| element.dyn_into().ok());
        if let Some((row, column)) = typed_in.and_then(|input| place_of(&input))
            && !(from as i32..until as i32).contains(&row)
        {
            self.left.set_value(Some((row, column)));
            let _ = scroller.focus();
        }
        self.seen.set((from.min(until), until));
    }

    /// Goes to a cell, wherever it is.
    fn show(self, row: i32, column: i32) {
        if focus(row, column).is_some() {
            return;
        }
        let Some(scroller) = self.scroller.get_untracked() else { return };
        if row < 0 || row as usize >= self.count {
            return;
        }
        let middle = f64::from(scroller.client_height()) / 2.0;
        scroller.set_scroll_top((f64::from(row) * self.height.get_value() - middle).max(0.0) as i32);
        self.look();
        request_animation_frame(move || {
            let _ = focus(row, column);
        });
    }

    /// Up, down and Enter change the row; left and right the column, from the end of a text only.
    fn walk(self, event: &KeyboardEvent) -> Option<()> {
        let target = event.target()?;
        let Ok(input) = target.clone().dyn_into::<HtmlInputElement>() else {
            let is_here = event.current_target().is_some_and(|grid| grid == target);
            let (row, column) = self.left.get_value().filter(|_| is_here && is_typing(event))?;
            event.prevent_default();
            self.left.set_value(None);
            self.show(row, column);
            return Some(());
        };
        let (row, column) = place_of(&input)?;
        let at = input.selection_start().ok()??;
        let (at_start, at_end) = (at == 0, at as usize >= input.value().encode_utf16().count());
        let (row, column) = match (event.key().as_str(), event.shift_key()) {
            ("ArrowUp", false) | ("Enter", true) => (row - 1, column),
            ("ArrowDown" | "Enter", false) => (row + 1, column),
            ("ArrowLeft", false) if at_start => (row, column - 1),
            ("ArrowRight", false) if at_end => (row, column + 1),
            _ => return None,
        };
        // In the grid Enter goes on; the button saves.
        event.prevent_default();
        self.show(row, column);
        Some(())
    }
}

/// Not a key that scrolls or leaves.
fn is_typing(event: &KeyboardEvent) -> bool {
    let key = event.key();
    let goes = key.chars().count() == 1 || key == "Enter" || key.starts_with("Arrow");
    goes && !event.ctrl_key() && !event.meta_key() && !event.alt_key()
}

/// Row and column of a cell.
fn place_of(input: &HtmlInputElement) -> Option<(i32, i32)> {
    let id = input.id();
    let (row, column) = id.strip_prefix("cell-")?.split_once('-')?;
    Some((row.parse().ok()?, column.parse().ok()?))
}

/// Of a path such as `variants[3].price`.
fn spot(path: &str) -> Option<(usize, usize)> {
    let (row, field) = path.strip_prefix("variants[")?.split_once("].")?;
    let column = CELLS.iter().position(|(path, _)| *path == field)?;
    Some((row.parse().ok()?, column))
}

fn focus(row: i32, column: i32) -> Option<()> {
    let cell: HtmlInputElement = go::first(&format!("#cell-{row}-{column}"))?.dyn_into().ok()?;
    cell.focus().ok()?;
    cell.select();
    Some(())
}

/// Of SKU and barcode: as wide as the longest. What is cut off can't be compared with a label.
fn widths(editor: &Editor) -> Widths {
    std::array::from_fn(|column| {
        let long = |row: &EditorRow| row.cells.with_untracked(|cells| cells[column].chars().count());
        let longest = editor.rows.iter().map(long).max().filter(|_| matches!(column, 2 | 3))?;
        Some(format!("{}ch", longest.clamp(6, 36) + 3))
    })
}

fn variant(
    editor: &Editor,
    index: usize,
    row: &EditorRow,
    widths: &Widths,
    (levels, adjusting): (Levels, Adjusting),
) -> AnyView {
    let title = if row.options.is_empty() { "The only one".to_owned() } else { row.options.join(" / ") };
    let cells: Vec<AnyView> = CELLS
        .iter()
        .enumerate()
        .map(|(column, (path, label))| {
            let fault = editor.form.fault(format!("variants[{index}].{path}"));
            cell(format!("{title}: {label}"), index, column, row.cells, (fault, widths[column].clone()))
        })
        .collect();
    let on_hand = levels.map(|levels| on_hand(levels, row.id, title.clone(), adjusting));
    view! {
        <tr aria-rowindex=index + 2>
            <th scope="row" title=title.clone()>{title.clone()}</th>{cells}{on_hand}
        </tr>
    }
    .into_any()
}

fn on_hand(
    levels: Source<HashMap<VariantId, StockLevel>>,
    id: VariantId,
    name: String,
    adjusting: Adjusting,
) -> AnyView {
    let shown = move || {
        let level = levels.with(|levels| levels.get(&id).cloned())??;
        if !level.tracked {
            return Some(view! { <span class="muted">"Not counted"</span> }.into_any());
        }
        if !adjusting.may {
            return Some(level.on_hand.into_any());
        }
        let (label, name, count) =
            (format!("{} on hand: adjust stock of {name}", level.on_hand), name.clone(), level.on_hand);
        let adjust = move |_| adjusting.open(&level, &name);
        let button = view! {
            <button type="button" class="text-button num" aria-label=label on:click=adjust>{count}</button>
        };
        Some(button.into_any())
    };
    view! { <td class="num">{shown}</td> }.into_any()
}

fn cell(
    label: String,
    row: usize,
    column: usize,
    cells: RwSignal<[String; CELLS.len()]>,
    (fault, width): (Signal<Option<String>>, Option<String>),
) -> AnyView {
    let id = format!("cell-{row}-{column}");
    let error_id = format!("{id}-error");
    let described = {
        let error_id = error_id.clone();
        move || fault.with(Option::is_some).then(|| error_id.clone())
    };
    let shown =
        move || fault.get().map(|text| view! { <p class="field__error" id=error_id.clone()>{text}</p> });
    let number = matches!(column, 0 | 1 | 4);
    let value = move || cells.with(|cells| cells[column].clone());
    view! {
        <td>
            <input
                id=id class="cells__input" class:num=number aria-label=label autocomplete="off"
                style:min-inline-size=width
                inputmode=number.then_some("decimal") aria-invalid=move || fault.with(Option::is_some).then_some("true")
                aria-describedby=described prop:value=value title=move || (column == 2).then(value)
                on:input=move |event| cells.update(|cells| cells[column] = event_target_value(&event))
            />
            {shown}
        </td>
    }
    .into_any()
}
