//! Changing many products at once: choose, look at every value, do it, take it back.

use leptos::{prelude::*, task::spawn_local};
use souk_contract::{
    BulkAction, BulkChange, BulkEdit, BulkField, BulkPreview, BulkRun, BulkSelection, Currency, Error,
    FieldError, PageRequest, ProductId, ProductStatus, Resource,
};

use super::plans;
use crate::{
    admin::{
        desk::Desk,
        form::{Form, Input, select},
        load::Pages,
        parts,
        place::Place,
        time, words,
    },
    api::admin::catalog,
    draft::{list, money},
    ui::{Tone, alert, badge},
};

const ACTIONS: [(&str, &str); 9] = [
    ("change_price", "Change prices by percent"),
    ("sale", "Sale: percent off, old price beside it"),
    ("end_sale", "End a sale: clear the old prices"),
    ("set_price", "Set one price"),
    ("add_tags", "Add tags"),
    ("remove_tags", "Remove tags"),
    ("status", "Set the status"),
    ("vendor", "Set the vendor"),
    ("product_type", "Set the type"),
];

/// What was typed.
#[derive(Clone, Copy)]
struct Typed {
    text: RwSignal<String>,
    status: RwSignal<String>,
    vendor: RwSignal<String>,
    product_type: RwSignal<String>,
    tag: RwSignal<String>,
    action: RwSignal<String>,
    value: RwSignal<String>,
    ending: RwSignal<String>,
    to_status: RwSignal<String>,
}

impl Typed {
    /// As the list was filtered that one came from.
    fn new(desk: Desk) -> Self {
        let given = move |name: &str| RwSignal::new(untrack(|| desk.param(name)).unwrap_or_default());
        let text = |text: &str| RwSignal::new(text.to_owned());
        Self {
            text: given("q"),
            status: given("status"),
            vendor: text(""),
            product_type: text(""),
            tag: text(""),
            action: text("change_price"),
            value: text(""),
            ending: text(""),
            to_status: text("published"),
        }
    }

    fn edit(self, currency: Currency) -> Result<BulkEdit, FieldError> {
        let filled = |signal: RwSignal<String>| {
            let text = signal.get_untracked().trim().to_owned();
            (!text.is_empty()).then_some(text)
        };
        let selection = BulkSelection {
            ids: Vec::new(),
            text: filled(self.text),
            status: filled(self.status).and_then(|status| ProductStatus::parse(&status)),
            vendor: filled(self.vendor),
            product_type: filled(self.product_type),
            tag: filled(self.tag),
        };
        Ok(BulkEdit { selection, actions: self.actions(currency)?, expected: None })
    }

    fn actions(self, currency: Currency) -> Result<Vec<BulkAction>, FieldError> {
        let fault = |field: &str, message: &str| FieldError {
            field: field.into(),
            code: "invalid".into(),
            message: message.into(),
        };
        let value = self.value.get_untracked().trim().to_owned();
        let ending = match self.ending.get_untracked().trim() {
            "" => None,
            text => Some(text.parse().map_err(|_| fault("ending", "Two digits, such as 99."))?),
        };
        let percent = |sign: i64| {
            let text = value.trim_end_matches('%').trim().replace(',', ".");
            let (minus, digits) = text.strip_prefix('-').map_or((1, text.as_str()), |digits| (-1, digits));
            // Hundredths of a percent are read as an amount of two decimals.
            let read = money::parse(digits.trim_start_matches('+'), Currency::EUR);
            let points = read.ok_or_else(|| fault("value", "A percentage such as 10 or -7.5."))?.minor;
            Ok(sign * minus * points)
        };
        let tags = || match list(&value) {
            tags if tags.is_empty() => Err(fault("value", "Which tags? With commas between them.")),
            tags => Ok(tags),
        };
        Ok(match self.action.get_untracked().as_str() {
            "sale" => vec![
                BulkAction::KeepPriceAsCompareAt,
                BulkAction::ChangePrice { basis_points: percent(-1)?, ending },
            ],
            "end_sale" => vec![BulkAction::ClearCompareAt],
            "set_price" => {
                let to = money::parse(&value, currency);
                vec![BulkAction::SetPrice {
                    price: to.ok_or_else(|| fault("value", "An amount such as 4.90."))?,
                }]
            }
            "add_tags" => vec![BulkAction::AddTags { tags: tags()? }],
            "remove_tags" => vec![BulkAction::RemoveTags { tags: tags()? }],
            "status" => {
                let to = ProductStatus::parse(&self.to_status.get_untracked());
                vec![BulkAction::Status { to_status: to.ok_or_else(|| fault("value", "Which status?"))? }]
            }
            "vendor" => vec![BulkAction::Vendor { to: value }],
            "product_type" => vec![BulkAction::ProductType { to: value }],
            _ => vec![BulkAction::ChangePrice { basis_points: percent(1)?, ending }],
        })
    }
}

/// A preview, and the edit that it is of.
#[derive(Clone)]
struct Seen {
    edit: BulkEdit,
    preview: BulkPreview,
}

pub fn view(desk: Desk) -> AnyView {
    let typed = Typed::new(desk);
    let form = Form::new(desk);
    let seen = RwSignal::new(None::<Seen>);
    let runs =
        Pages::new(desk, move |after| catalog::bulk_runs(PageRequest { after, limit: Some(10) })).is_main();
    let planned = plans::plans(desk);
    let may_write = untrack(move || desk.may(Resource::Catalog.write()));
    let look = move || {
        let edit = match typed.edit(desk.currency()) {
            Ok(edit) => edit,
            Err(fault) => return form.refuse(vec![fault]),
        };
        let call = catalog::preview_bulk(edit.clone(), None);
        form.send(call, move |preview| seen.set(Some(Seen { edit, preview })));
    };
    let again = Callback::new(move |()| runs.reload());
    let later = Callback::new(move |()| {
        seen.set(None);
        planned.reload();
    });
    let shown = move || seen.get().map(|one| preview(desk, form, seen, one, may_write, (again, later)));
    view! {
        {parts::head(desk, Some((Place::Products.url(), "Products")), Signal::stored("Edit many products".to_owned()), ().into_any())}
        <form class="columns" on:submit=form.on_submit(look)>
            <div class="columns__main">{parts::card("What is to be done", None, actions(form, typed))}</div>
            <div class="columns__side">{parts::card("To which products", None, selection(form, typed))}</div>
        </form>
        <div class="after" aria-live="polite">{shown}</div>
        <div class="after">{plans::table(desk, planned, may_write)}</div>
        <div class="after">{parts::card("Edits so far", None, runs.view(move |rows| history(desk, rows, may_write, again), nothing))}</div>
    }
    .into_any()
}

fn nothing() -> AnyView {
    view! { <p class="muted">"None yet. Each can be taken back from here."</p> }.into_any()
}

fn statuses(any: bool) -> Vec<(String, String)> {
    let all = [ProductStatus::Draft, ProductStatus::Ready, ProductStatus::Published, ProductStatus::Archived];
    let named = all.map(|status| (status.as_str().to_owned(), words::product_name(status).to_owned()));
    let first = any.then(|| (String::new(), "Any".to_owned()));
    first.into_iter().chain(named).collect()
}

fn selection(form: Form, typed: Typed) -> AnyView {
    view! {
        <div class="form">
            {Input::new(form, "Title or handle contains", "bulk-text", "selection.text", typed.text).optional().view()}
            {select(form, "Status", "bulk-status", "selection.status", statuses(true), typed.status)}
            {Input::new(form, "Vendor", "bulk-vendor", "selection.vendor", typed.vendor).optional().view()}
            {Input::new(form, "Type", "bulk-type", "selection.product_type", typed.product_type).optional().view()}
            {Input::new(form, "Tag", "bulk-tag", "selection.tag", typed.tag).optional().view()}
        </div>
    }
    .into_any()
}

fn actions(form: Form, typed: Typed) -> AnyView {
    let options = ACTIONS.map(|(value, label)| (value.to_owned(), label.to_owned())).to_vec();
    let fields = move || {
        let action = typed.action.get();
        let (label, hint) = match action.as_str() {
            "end_sale" => return None,
            "status" => {
                return Some(select(form, "To", "bulk-to", "value", statuses(false), typed.to_status));
            }
            "change_price" => ("Percent", "-10 makes them a tenth cheaper"),
            "sale" => ("Percent off", "20 takes a fifth off"),
            "set_price" => ("Price", "Of every variant"),
            "add_tags" | "remove_tags" => ("Tags", "With commas between them"),
            "vendor" => ("Vendor", "Empty takes it away"),
            _ => ("Type", "Empty takes it away"),
        };
        let ends = matches!(action.as_str(), "change_price" | "sale").then(|| {
            Input::new(form, "Prices end in", "bulk-ending", "ending", typed.ending)
                .inputmode("numeric")
                .optional()
                .hint("99 makes 12.34 to 12.99")
                .view()
        });
        let value = Input::new(form, label, "bulk-value", "value", typed.value).optional().hint(hint).view();
        Some(view! { {value} {ends} }.into_any())
    };
    view! {
        <div class="form">
            {form.general()}
            {select(form, "Do this", "bulk-action", "action", options, typed.action)}
            {fields}
            <div class="acts">{form.button("", "Preview")}</div>
        </div>
    }
    .into_any()
}

fn preview(
    desk: Desk,
    form: Form,
    seen: RwSignal<Option<Seen>>,
    one: Seen,
    may_write: bool,
    (again, later): (Callback<()>, Callback<()>),
) -> AnyView {
    let Seen { edit, preview } = one;
    if preview.values == 0 {
        let found = words::count(preview.matched, "product is", "products are");
        let text = format!("{found} selected, and nothing of them would change.");
        return parts::card("Preview", None, view! { <p>{text}</p> }.into_any());
    }
    let products = words::count(preview.products, "product", "products");
    let values = words::count(preview.values, "value", "values");
    let summary = format!("{values} of {products} would change; {} are selected.", preview.matched);
    let warned = (preview.warnings > 0).then(|| {
        let text = format!(
            "{} to look at twice: below the cost, or no saving.",
            words::count(preview.warnings, "value", "values")
        );
        alert(Tone::Warn, None, view! { <p>{text}</p> }.into_any())
    });
    let more = preview.next.map(|next| more(desk, seen, &edit, next));
    let expected = preview.values;
    let planner = may_write.then(|| plans::planner(desk, edit.clone(), later));
    let run = move |_| {
        let edit = BulkEdit { expected: Some(expected), ..edit.clone() };
        form.send(catalog::run_bulk(edit), move |run: BulkRun| {
            seen.set(None);
            again.run(());
            desk.say(format!(
                "{} changed. It can be taken back below.",
                words::count(run.products, "product", "products")
            ));
        });
    };
    let apply = may_write.then(|| {
        let busy = move || form.busy.get().then_some("true");
        view! {
            <div class="acts">
                <button type="button" class="button" aria-busy=busy on:click=run>{format!("Change {products}")}</button>
            </div>
        }
    });
    let rows = preview.changes.iter().map(row).collect();
    let body = view! {
        <p>{summary}</p>
        {warned}
        {apply}
        {planner}
        {parts::table("Values that would change", &["Product", "Variant", "What", "Before", "After"], rows)}
        {more}
    };
    parts::card("Preview", None, body.into_any())
}

fn more(desk: Desk, seen: RwSignal<Option<Seen>>, edit: &BulkEdit, next: ProductId) -> AnyView {
    let edit = edit.clone();
    let load = move |_| {
        let call = catalog::preview_bulk(edit.clone(), Some(next));
        spawn_local(async move {
            match call.await {
                Ok(page) => {
                    let _ = seen.try_update(|seen| {
                        if let Some(seen) = seen {
                            seen.preview.changes.extend(page.changes);
                            seen.preview.next = page.next;
                        }
                    });
                }
                Err(failure) => desk.complain(&failure.0),
            }
        });
    };
    view! { <p class="more"><button type="button" class="button button--quiet" on:click=load>"Load more"</button></p> }
        .into_any()
}

fn row(change: &BulkChange) -> AnyView {
    let what = match change.field {
        BulkField::Status => "Status",
        BulkField::Vendor => "Vendor",
        BulkField::ProductType => "Type",
        BulkField::Tags => "Tags",
        BulkField::Price => "Price",
        BulkField::CompareAt => "Old price",
    };
    let warning = change
        .warning
        .as_deref()
        .map(|warning| badge(Tone::Warn, if warning == "below_cost" { "Below cost" } else { "No saving" }));
    let after = view! { {change.after.clone()} " " {warning} };
    parts::row(
        Some(Place::Product(change.product_id).url()),
        change.title.clone().into_any(),
        vec![
            ("Variant", change.variant.clone().into_any()),
            ("What", what.into_any()),
            ("Before", change.before.clone().into_any()),
            ("After", after.into_any()),
        ],
    )
}

fn history(desk: Desk, runs: Vec<BulkRun>, may_write: bool, again: Callback<()>) -> AnyView {
    let form = Form::new(desk);
    let row = |run: &BulkRun| {
        let id = run.id;
        let undo = move |_| {
            form.send_or(
                catalog::undo_bulk(id),
                move |undone| {
                    again.run(());
                    let kept = match undone.kept {
                        0 => String::new(),
                        kept => format!(" {kept} that somebody changed since stay."),
                    };
                    let restored = words::count(undone.restored, "value is", "values are");
                    desk.say(format!("{restored} as before.{kept}"));
                },
                move |error: Error| {
                    desk.complain(&error);
                    None
                },
            );
        };
        let act = match (run.undone_at, may_write) {
            (Some(at), _) => view! { <span class="muted">{time::time(at)}</span> }.into_any(),
            (None, true) => {
                view! { <button type="button" class="button button--small button--quiet" on:click=undo>"Undo"</button> }
                    .into_any()
            }
            (None, false) => ().into_any(),
        };
        let named: Vec<String> = run.actions.iter().map(told).collect();
        parts::row(
            None,
            named.join(", ").into_any(),
            vec![
                ("When", time::time(run.at)),
                ("#Products", run.products.into_any()),
                ("#Values", run.values.into_any()),
                ("Taken back", act),
            ],
        )
    };
    parts::table(
        "Edits, newest first",
        &["Edit", "When", "#Products", "#Values", "Taken back"],
        runs.iter().map(row).collect(),
    )
}

pub fn told(action: &BulkAction) -> String {
    match action {
        BulkAction::Status { to_status } => format!("Status: {}", words::product_name(*to_status)),
        BulkAction::Vendor { to } => format!("Vendor: {to}"),
        BulkAction::ProductType { to } => format!("Type: {to}"),
        BulkAction::AddTags { tags } => format!("Tags added: {}", tags.join(", ")),
        BulkAction::RemoveTags { tags } => format!("Tags removed: {}", tags.join(", ")),
        BulkAction::SetPrice { price } => format!("Price: {price}"),
        BulkAction::ChangePrice { basis_points, .. } => {
            let sign = if *basis_points < 0 { "−" } else { "+" };
            format!("Prices {sign}{} %", basis_points.abs() as f64 / 100.0)
        }
        BulkAction::KeepPriceAsCompareAt => "Old price kept beside".to_owned(),
        BulkAction::ClearCompareAt => "Old prices cleared".to_owned(),
    }
}
