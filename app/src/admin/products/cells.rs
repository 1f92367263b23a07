//! The variants as a grid that is edited from the keyboard.

use std::collections::HashMap;

use leptos::prelude::*;
use souk_contract::{StockLevel, VariantId};
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, KeyboardEvent};

use super::editor::{Editor, EditorRow};
use crate::{
    admin::{go, load::Source, parts, stock::Adjusting},
    draft::CELLS,
};

pub type Levels = Option<Source<HashMap<VariantId, StockLevel>>>;

pub fn view(editor: &Editor, levels: Levels, adjusting: Adjusting) -> AnyView {
    let rows: Vec<AnyView> = editor
        .rows
        .iter()
        .enumerate()
        .map(|(index, row)| variant(editor, index, row, levels, adjusting))
        .collect();
    let heads = CELLS.iter().map(|(_, label)| view! { <th scope="col">{*label}</th> }.into_any());
    // `None` leaves the key to the browser.
    let walked = |event: KeyboardEvent| {
        let _ = walk(&event);
    };
    let hint = "Arrow keys and Enter go from cell to cell.";
    let body = view! {
        <div class="scroll">
            <table class="cells" on:keydown=walked>
                <caption class="cells__hint">{hint}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Variant"</th>{heads.collect::<Vec<_>>()}
                        {levels.map(|_| view! { <th scope="col" class="num">"On hand"</th> })}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    };
    parts::card("Variants", None, body.into_any())
}

fn variant(editor: &Editor, index: usize, row: &EditorRow, levels: Levels, adjusting: Adjusting) -> AnyView {
    let title = if row.options.is_empty() { "The only one".to_owned() } else { row.options.join(" / ") };
    let cells: Vec<AnyView> = CELLS
        .iter()
        .enumerate()
        .map(|(column, (path, label))| {
            let fault = editor.form.fault(format!("variants[{index}].{path}"));
            cell(format!("{title}: {label}"), index, column, row.cells[column], fault)
        })
        .collect();
    let id = row.id;
    let name = title.clone();
    let on_hand = levels.map(|levels| {
        let name = name.clone();
        let shown = move || {
            let level = levels.get()?.get(&id).cloned()?;
            if !level.tracked {
                return Some(view! { <span class="muted">"Not counted"</span> }.into_any());
            }
            if !adjusting.may {
                return Some(level.on_hand.into_any());
            }
            let (label, name, count) =
                (format!("{} on hand: adjust stock of {name}", level.on_hand), name.clone(), level.on_hand);
            let adjust = move |_| adjusting.open(&level, &name);
            Some(
                view! {
                    <button type="button" class="text-button num" aria-label=label on:click=adjust>
                        {count}
                    </button>
                }
                .into_any(),
            )
        };
        view! { <td class="num">{shown}</td> }
    });
    view! { <tr><th scope="row">{title}</th>{cells}{on_hand}</tr> }.into_any()
}

fn cell(
    label: String,
    row: usize,
    column: usize,
    value: RwSignal<String>,
    fault: Signal<Option<String>>,
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
    view! {
        <td>
            <input
                id=id class="cells__input" class:num=number aria-label=label autocomplete="off"
                inputmode=number.then_some("decimal") aria-invalid=move || fault.with(Option::is_some).then_some("true")
                aria-describedby=described prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            />
            {shown}
        </td>
    }
    .into_any()
}

/// Up, down and Enter change the row; left and right the column, from the end of a text only.
fn walk(event: &KeyboardEvent) -> Option<()> {
    let input: HtmlInputElement = event.target()?.dyn_into().ok()?;
    let id = input.id();
    let (row, column) = id.strip_prefix("cell-")?.split_once('-')?;
    let (row, column): (i32, i32) = (row.parse().ok()?, column.parse().ok()?);
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
    let next: HtmlInputElement = go::first(&format!("#cell-{row}-{column}"))?.dyn_into().ok()?;
    next.focus().ok()?;
    next.select();
    Some(())
}
