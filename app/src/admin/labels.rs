//! Labels of variants: how many of each, on what, and the way to the paper.

use leptos::prelude::*;
use souk_contract::VariantId;

use super::{
    desk::Desk,
    dialogs,
    form::{Form, Input, select},
    paper,
};

/// As many as the server draws in one paper.
const MOST: u32 = 1000;
const MOST_VARIANTS: usize = 200;

#[derive(Clone)]
struct Row {
    id: VariantId,
    name: String,
    copies: RwSignal<String>,
}

#[derive(Clone, Copy)]
pub struct Labels {
    desk: Desk,
    shown: RwSignal<bool>,
    rows: RwSignal<Vec<Row>>,
    layout: RwSignal<String>,
}

impl Labels {
    pub fn new(desk: Desk) -> Self {
        Self {
            desk,
            shown: RwSignal::new(false),
            rows: RwSignal::new(Vec::new()),
            layout: RwSignal::new("roll".to_owned()),
        }
    }

    /// One of each is suggested.
    pub fn button(self, variants: impl Fn() -> Vec<(VariantId, String)> + Send + Sync + 'static) -> AnyView {
        let open = move |_| {
            let rows = untrack(&variants).into_iter().take(MOST_VARIANTS);
            let row = |(id, name)| Row { id, name, copies: RwSignal::new("1".to_owned()) };
            self.rows.set(rows.map(row).collect());
            self.shown.set(true);
        };
        view! {
            <button type="button" class="button button--quiet" aria-haspopup="dialog" on:click=open>"Labels"</button>
        }
        .into_any()
    }

    pub fn dialog(self) -> AnyView {
        dialogs::opened("labels", "Print labels", self.shown, move || self.fields())
    }

    fn fields(self) -> AnyView {
        let form = Form::new(self.desk);
        let field = |(index, row): (usize, &Row)| {
            Input::new(form, row.name.clone(), format!("label-{index}"), "variants", row.copies)
                .kind("number")
                .inputmode("numeric")
                .view()
        };
        let fields: Vec<AnyView> =
            self.rows.with_untracked(|rows| rows.iter().enumerate().map(field).collect());
        let layouts = vec![
            ("roll".to_owned(), "A roll, 57 × 32 mm a label".to_owned()),
            ("sheet".to_owned(), "Sheets: A4 with 3 × 8, Letter with 3 × 10".to_owned()),
        ];
        let way = move || match self.path() {
            Ok((labels, path)) => {
                let label =
                    if labels == 1 { "Print 1 label".to_owned() } else { format!("Print {labels} labels") };
                paper::link(self.desk, "button", path, label)
            }
            Err(why) => view! { <p class="muted">{why}</p> }.into_any(),
        };
        view! {
            <div class="form">
                <p class="muted">"Title, options, price, SKU and the barcode, or the SKU as bars where there is none."</p>
                {select(form, "Paper", "label-layout", "layout", layouts, self.layout)}
                <fieldset class="copies">
                    <legend class="field__label">"Copies"</legend>
                    {fields}
                </fieldset>
                <div class="acts" role="status">{way}</div>
            </div>
        }
        .into_any()
    }

    /// How many labels, and where their paper is; or why there is none.
    fn path(self) -> Result<(u32, String), &'static str> {
        let mut labels = 0_u32;
        let mut parts = Vec::new();
        for row in self.rows.get() {
            let text = row.copies.get();
            let copies: u32 = match text.trim() {
                "" => 0,
                text => text.parse().map_err(|_| "Copies are whole numbers.")?,
            };
            if copies > 0 {
                labels = labels.saturating_add(copies);
                parts.push(format!("{}:{copies}", row.id));
            }
        }
        match labels {
            0 => Err("Say how many labels you want."),
            labels if labels > MOST => Err("At most 1000 labels at once."),
            labels => {
                let (variants, layout) = (parts.join(","), self.layout.get());
                Ok((labels, format!("/fn/admin/products/labels?variants={variants}&layout={layout}")))
            }
        }
    }
}
