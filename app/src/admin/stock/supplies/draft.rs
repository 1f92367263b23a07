//! A transfer or purchase order while it is planned.

use leptos::prelude::*;
use souk_contract::{
    FieldError, Location, Money, Resource, Supply, SupplyInput, SupplyKind, SupplyLineInput, VariantId,
    VariantInfo,
};

use crate::{
    admin::{
        desk::Desk,
        form::{Form, Input, select},
        go,
        load::Source,
        parts,
        place::Place,
        stock::{names, picker::Picker},
    },
    api::admin::supplies,
    draft::money,
    ui::{Icon, empty},
};

#[derive(Clone)]
struct Line {
    variant: VariantId,
    name: String,
    sku: String,
    quantity: RwSignal<String>,
    cost: RwSignal<String>,
}

#[derive(Clone, Copy)]
pub struct Draft {
    desk: Desk,
    kind: SupplyKind,
    form: Form,
    from: RwSignal<String>,
    to: RwSignal<String>,
    supplier: RwSignal<String>,
    expected: RwSignal<String>,
    note: RwSignal<String>,
    lines: RwSignal<Vec<Line>>,
}

pub fn new(desk: Desk, kind: SupplyKind) -> AnyView {
    let title = match kind {
        SupplyKind::Transfer => "New transfer",
        SupplyKind::Purchase => "New purchase order",
    };
    let places = Source::new(desk, names::places).is_main();
    let back = Some((Place::Supplies.url(), "Transfers and purchase orders"));
    view! {
        {parts::head(desk, back, Signal::stored(title.to_owned()), ().into_any())}
        {places.view(move |places| {
            if kind == SupplyKind::Transfer && names::choice(&places).len() < 2 {
                return alone(desk);
            }
            let draft = Draft::new(desk, kind, &places);
            draft.view(&places, None, Callback::new(move |supply: Supply| {
                desk.say("The draft is saved.");
                go::to_place(desk, Place::Supply(supply.id));
            }))
        })}
    }
    .into_any()
}

/// A form that could not be saved helps nobody.
fn alone(desk: Desk) -> AnyView {
    let may = untrack(move || desk.may(Resource::Inventory.write()));
    let action = may
        .then(|| view! { <a class="button" href=Place::Locations.url()>"To the locations"</a> }.into_any());
    let text = "A transfer moves pieces from one location to another, and there is only one that is switched on. Make a second location first.";
    empty(Icon::Box, "It takes two locations", text, action)
}

impl Draft {
    pub fn new(desk: Desk, kind: SupplyKind, places: &[Location]) -> Self {
        let on: Vec<String> = names::choice(places).into_iter().map(|(id, _)| id).collect();
        let first = on.first().cloned().unwrap_or_default();
        let other = on.get(1).cloned().unwrap_or_else(|| first.clone());
        let text = || RwSignal::new(String::new());
        let transfer = kind == SupplyKind::Transfer;
        Self {
            desk,
            kind,
            form: Form::new(desk),
            from: RwSignal::new(first.clone()),
            to: RwSignal::new(if transfer { other } else { first }),
            supplier: text(),
            expected: text(),
            note: text(),
            lines: RwSignal::new(Vec::new()),
        }
    }

    pub fn of(desk: Desk, supply: &Supply, places: &[Location], names: &names::Names) -> Self {
        let draft = Self::new(desk, supply.kind, places);
        if let Some(from) = supply.from_id {
            draft.from.set(from.to_string());
        }
        draft.to.set(supply.to_id.to_string());
        draft.supplier.set(supply.supplier.clone());
        draft.expected.set(supply.expected_on.map(|day| day.to_string()).unwrap_or_default());
        draft.note.set(supply.note.clone());
        let line = |line: &souk_contract::SupplyLine| {
            let info = names.get(&line.variant_id);
            Line {
                variant: line.variant_id,
                name: names::variant(info),
                sku: names::sku(info),
                quantity: RwSignal::new(line.quantity.to_string()),
                cost: RwSignal::new(line.cost.map(|cost| cost.amount()).unwrap_or_default()),
            }
        };
        draft.lines.set(supply.lines.iter().map(line).collect());
        draft
    }

    /// `known`: one that is stored; `saved` is told what became of it.
    pub fn view(self, places: &[Location], known: Option<&Supply>, saved: Callback<Supply>) -> AnyView {
        let form = self.form;
        let choice = names::choice(places);
        let known = known.map(|supply| (supply.id, supply.version));
        let send = move || match self.input() {
            Err(fields) => form.refuse(fields),
            Ok(input) => {
                let (id, version) = (known.map(|(id, _)| id), known.map(|(_, version)| version));
                form.send(supplies::put_supply(id, input, version), move |supply| saved.run(supply));
            }
        };
        let picker = Picker::new(self.desk, Callback::new(move |info| self.add(&info)));
        let from = match self.kind {
            SupplyKind::Transfer => select(form, "From", "supply-from", "from_id", choice.clone(), self.from),
            SupplyKind::Purchase => {
                Input::new(form, "Supplier", "supply-supplier", "supplier", self.supplier).view()
            }
        };
        let expected = Input::new(form, "Expected on", "supply-expected", "expected_on", self.expected);
        view! {
            <div class="stack stack--l">
                {parts::card("Products", None, picker.view())}
                <form class="form" novalidate=true on:submit=form.on_submit(send)>
                    {form.general()}
                    {move || self.table()}
                    {from}
                    {select(form, "To", "supply-to", "to_id", choice, self.to)}
                    {expected.kind("date").optional().view()}
                    {Input::new(form, "Note", "supply-note", "note", self.note).rows(2).optional().view()}
                    <div class="acts">{form.button("", "Save draft")}</div>
                </form>
            </div>
        }
        .into_any()
    }

    /// Once more of what stands there already.
    fn add(self, info: &VariantInfo) {
        let variant = info.variant.id;
        let known = self.lines.with_untracked(|lines| {
            lines.iter().find(|line| line.variant == variant).map(|line| line.quantity)
        });
        match known {
            Some(quantity) => quantity.update(|text| {
                let more = text.trim().parse::<i64>().unwrap_or_default() + 1;
                *text = more.to_string();
            }),
            None => self.lines.update(|lines| {
                lines.push(Line {
                    variant,
                    name: names::variant(Some(info)),
                    sku: names::sku(Some(info)),
                    quantity: RwSignal::new("1".to_owned()),
                    cost: RwSignal::new(String::new()),
                });
            }),
        }
    }

    fn table(self) -> AnyView {
        let lines = self.lines.get();
        if lines.is_empty() {
            return view! { <p class="muted">"No product yet. Add one above."</p> }.into_any();
        }
        let purchase = self.kind == SupplyKind::Purchase;
        let row = |(index, line): (usize, &Line)| self.row(index, line, purchase);
        let rows = lines.iter().enumerate().map(row).collect();
        let columns: &[&'static str] = if purchase {
            &["Product", "SKU", "#Pieces", "#Cost of one", "Change"]
        } else {
            &["Product", "SKU", "#Pieces", "Change"]
        };
        parts::table("Products", columns, rows)
    }

    fn row(self, index: usize, line: &Line, purchase: bool) -> AnyView {
        let variant = line.variant;
        let remove = move |_| self.lines.update(|lines| lines.retain(|line| line.variant != variant));
        let label = format!("Leave out {}", line.name);
        let button = view! {
            <button type="button" class="text-button" aria-label=label on:click=remove>"Leave out"</button>
        };
        let pieces = super::detail::number(
            format!("Pieces of {}", line.name),
            "numeric",
            line.quantity,
            self.form.fault(format!("lines[{index}].quantity")),
        );
        let mut cells = vec![("SKU", line.sku.clone().into_any()), ("#Pieces", pieces)];
        if purchase {
            let fault = self.form.fault(format!("lines[{index}].cost"));
            let label = format!("Cost of one {}", line.name);
            cells.push(("#Cost of one", super::detail::number(label, "decimal", line.cost, fault)));
        }
        cells.push(("Change", button.into_any()));
        parts::row(None, line.name.clone().into_any(), cells)
    }

    fn input(self) -> Result<SupplyInput, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let mut refuse = |field: String, message: &str| {
            wrong.push(FieldError { field, code: "invalid".into(), message: message.into() });
        };
        let purchase = self.kind == SupplyKind::Purchase;
        let mut lines = Vec::new();
        for (index, line) in self.lines.get_untracked().iter().enumerate() {
            let quantity = line.quantity.with_untracked(|text| text.trim().parse::<i64>().unwrap_or(0));
            if quantity < 1 {
                refuse(format!("lines[{index}].quantity"), "At least one piece.");
            }
            let typed = line.cost.get_untracked();
            let cost: Option<Money> = money::parse(&typed, self.desk.currency());
            if purchase && cost.is_none() && !typed.trim().is_empty() {
                refuse(format!("lines[{index}].cost"), "An amount such as 12.50.");
            }
            lines.push(SupplyLineInput {
                variant_id: line.variant,
                quantity,
                cost: cost.filter(|_| purchase),
            });
        }
        if lines.is_empty() {
            refuse("lines".into(), "Add a product first.");
        }
        let expected = self.expected.get_untracked();
        let expected_on = expected.trim().parse().ok();
        if expected_on.is_none() && !expected.trim().is_empty() {
            refuse("expected_on".into(), "A day.");
        }
        let (from, to) = (self.from.get_untracked().parse().ok(), self.to.get_untracked().parse().ok());
        let Some(to_id) = to else {
            refuse("to_id".into(), "Where to?");
            return Err(wrong);
        };
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok(SupplyInput {
            kind: self.kind,
            from_id: from.filter(|_| !purchase),
            to_id,
            supplier: if purchase { self.supplier.get_untracked().trim().to_owned() } else { String::new() },
            expected_on,
            note: self.note.get_untracked().trim().to_owned(),
            lines,
        })
    }
}
