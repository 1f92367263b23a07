//! What opens and closes.

use leptos::{html::Dialog, prelude::*};
use web_sys::wasm_bindgen::JsCast as _;

use super::icon::{Icon, icon};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DialogKind {
    /// Full height, from the inline end.
    Drawer,
    /// In the middle.
    Modal,
    /// From below.
    Sheet,
}

impl DialogKind {
    const fn class(self) -> &'static str {
        match self {
            Self::Drawer => "drawer",
            Self::Modal => "modal",
            Self::Sheet => "sheet",
        }
    }
}

/// A native modal dialog: the browser keeps the focus inside, Escape closes it, and focus returns to where it was. It needs
/// scripts, so whatever opens it is a link to a page that does the same. `id` names it on the page; `foot` stays in
/// view below the scrolling body.
pub fn dialog(
    kind: DialogKind,
    id: &'static str,
    title: Signal<String>,
    open: RwSignal<bool>,
    body: AnyView,
    foot: Option<AnyView>,
) -> AnyView {
    let element = NodeRef::<Dialog>::new();
    Effect::new(move || {
        let wanted = open.get();
        let Some(dialog) = element.get() else { return };
        if wanted && !dialog.open() {
            // Fails when the page is being left; then nobody can see it.
            let _ = dialog.show_modal();
        } else if !wanted && dialog.open() {
            dialog.close();
        }
    });
    // The backdrop belongs to the dialog element itself; everything inside is covered by its children.
    let outside = move |event: web_sys::MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if target.is_some_and(|target| target.id() == id) {
            open.set(false);
        }
    };
    let title_id = format!("{id}-title");
    let labelled_by = title_id.clone();
    view! {
        <dialog
            node_ref=element id=id class=kind.class() aria-labelledby=labelled_by on:click=outside
            on:close=move |_| open.set(false)
        >
            <div class="dialog__head">
                <h2 class="dialog__title" id=title_id>{move || title.get()}</h2>
                <button type="button" class="icon-button" aria-label="Close" on:click=move |_| open.set(false)>
                    {icon(Icon::Close)}
                </button>
            </div>
            <div class="dialog__body">{body}</div>
            {foot.map(|foot| view! { <div class="dialog__foot">{foot}</div> })}
        </dialog>
    }
    .into_any()
}

/// A heading that shows its text when pressed, without scripts too.
pub fn accordion(sign: Option<Icon>, title: impl Into<String>, open: bool, body: AnyView) -> AnyView {
    view! {
        <details class="accordion" open=open>
            <summary class="accordion__summary">{sign.map(icon)}{title.into()}{icon(Icon::Down)}</summary>
            <div class="accordion__body">{body}</div>
        </details>
    }
    .into_any()
}
