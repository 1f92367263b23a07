//! One transfer or purchase order: what is in it, what came of it, and what can be done with it.

use leptos::{prelude::*, task::spawn_local};
use souk_contract::{
    FieldError, Location, ReceiveLine, Resource, Supply, SupplyId, SupplyKind, SupplyLine, SupplyState,
    VariantId,
};

use super::{draft::Draft, state};
use crate::{
    admin::{
        desk::Desk,
        dialogs::Question,
        form::Form,
        load::Source,
        parts,
        place::Place,
        stock::names::{self, Names},
        time,
    },
    api::admin::supplies,
};

type Shown = (Supply, Vec<Location>, Names);

#[derive(Clone, Copy)]
struct Work {
    desk: Desk,
    source: Source<Shown>,
    may_write: bool,
}

pub fn view(desk: Desk, id: SupplyId) -> AnyView {
    let source = Source::new(desk, move || async move {
        let supply = supplies::supply(id).await?;
        let ids: Vec<VariantId> = supply.lines.iter().map(|line| line.variant_id).collect();
        Ok((supply, names::places().await?, names::of(&ids).await?))
    })
    .is_main();
    let work = Work { desk, source, may_write: untrack(move || desk.may(Resource::Inventory.write())) };
    let title = move || source.get().map_or("Transfer or purchase order".to_owned(), |shown| shown.0.name());
    let acts = move || source.get().filter(|_| work.may_write).map(|(supply, ..)| work.steps(&supply));
    let back = Some((Place::Supplies.url(), "Transfers and purchase orders"));
    view! {
        {parts::head(desk, back, Signal::derive(title), acts.into_any())}
        {source.view(move |shown| work.body(shown))}
    }
    .into_any()
}

impl Work {
    fn show(self, supply: Supply, said: &'static str) {
        self.desk.say(said);
        if let Some((_, places, names)) = self.source.get_untracked() {
            self.source.set((supply, places, names));
        }
        // A draft may have other products than before.
        self.source.reload();
    }

    fn steps(self, supply: &Supply) -> AnyView {
        let (id, version) = (supply.id, supply.version);
        let step = |to: &SupplyState| {
            let to = *to;
            let (label, class) = match to {
                SupplyState::Draft => ("Back to draft", "button button--quiet"),
                SupplyState::Ready => ("Mark as ready", "button"),
                SupplyState::InTransit => ("Send", "button"),
                SupplyState::Ordered => ("Mark as ordered", "button"),
                SupplyState::Closed => ("Close", "button button--quiet"),
                _ => ("Cancel", "button button--quiet"),
            };
            let act = Callback::new(move |()| self.step(id, version, to));
            let click = move |_| match to {
                SupplyState::Cancelled => self.desk.ask(Question {
                    title: "Cancel it?".into(),
                    text: "Nothing of it has moved; it stays in the list.".into(),
                    yes: "Cancel it".into(),
                    no: "Keep it".into(),
                    act,
                }),
                _ => act.run(()),
            };
            view! { <button type="button" class=class on:click=click>{label}</button> }.into_any()
        };
        supply.state.next(supply.kind).iter().rev().map(step).collect::<Vec<_>>().into_any()
    }

    fn step(self, id: SupplyId, version: i64, to: SupplyState) {
        spawn_local(async move {
            match supplies::move_supply(id, to, Some(version)).await {
                Ok(supply) => self.show(supply, "It is moved on."),
                Err(failure) => {
                    self.source.reload();
                    self.desk.complain(&failure.0);
                }
            }
        });
    }

    fn body(self, (supply, places, names): Shown) -> AnyView {
        if supply.state == SupplyState::Draft && self.may_write {
            let draft = Draft::of(self.desk, &supply, &places, &names);
            let saved = Callback::new(move |supply| self.show(supply, "The draft is saved."));
            return draft.view(&places, Some(&supply), saved);
        }
        let receive = (self.may_write && supply.state.is_coming()).then(|| self.receive(&supply, &names));
        view! {
            <div class="stack stack--l">
                {parts::card("About it", None, facts(&supply, &places))}
                {receive}
                {parts::card("Products", None, lines(&supply, &names))}
            </div>
        }
        .into_any()
    }

    /// What came today, product by product.
    fn receive(self, supply: &Supply, names: &Names) -> AnyView {
        let form = Form::new(self.desk);
        let open: Vec<&SupplyLine> = supply.lines.iter().filter(|line| line.open() > 0).collect();
        let text = || RwSignal::new(String::new());
        let typed: Vec<(VariantId, i64, [RwSignal<String>; 3])> =
            open.iter().map(|line| (line.variant_id, line.open(), [text(), text(), text()])).collect();
        let row = |(index, (variant, open, [fit, damaged, lost])): (
            usize,
            &(VariantId, i64, [RwSignal<String>; 3]),
        )| {
            let name = names::variant(names.get(variant));
            let field = |what: &str, value, path: &str| {
                number(
                    format!("{what} {name}"),
                    "numeric",
                    value,
                    form.fault(format!("lines[{index}]{path}")),
                )
            };
            let cells = vec![
                ("SKU", names::sku(names.get(variant)).into_any()),
                ("#To come", (*open).into_any()),
                ("#Came", field("Came of", *fit, "")),
                ("#Damaged", field("Damaged of", *damaged, ".damaged")),
                ("#Lost", field("Lost of", *lost, ".lost")),
            ];
            parts::row(None, name.clone().into_any(), cells)
        };
        let columns = ["Product", "SKU", "#To come", "#Came", "#Damaged", "#Lost"];
        let table = parts::table("What came", &columns, typed.iter().enumerate().map(row).collect());
        let all = typed.clone();
        let fill = move |_| {
            for (_, open, [fit, damaged, lost]) in &all {
                let count = |text: &String| text.trim().parse::<i64>().unwrap_or_default();
                let rest = open - damaged.with_untracked(count) - lost.with_untracked(count);
                fit.set(rest.max(0).to_string());
            }
        };
        let (id, version) = (supply.id, supply.version);
        let send = move || match came(&typed) {
            Err(fields) => form.refuse(fields),
            Ok(lines) => form.send(supplies::receive(id, lines, Some(version)), move |supply| {
                self.show(supply, "What came is on the shelf.");
            }),
        };
        let body = view! {
            <form class="form" novalidate=true on:submit=form.on_submit(send)>
                {form.general()}
                {table}
                <div class="acts">
                    <button type="button" class="button button--quiet" on:click=fill>"All of it came"</button>
                    {form.button("", "Receive")}
                </div>
            </form>
        };
        parts::card("Receive", None, body.into_any())
    }
}

fn came(typed: &[(VariantId, i64, [RwSignal<String>; 3])]) -> Result<Vec<ReceiveLine>, Vec<FieldError>> {
    let mut wrong = Vec::new();
    let mut lines = Vec::new();
    for (index, (variant_id, open, fields)) in typed.iter().enumerate() {
        let count = |field: RwSignal<String>| {
            let text = field.get_untracked();
            if text.trim().is_empty() { Some(0) } else { text.trim().parse().ok().filter(|n: &i64| *n >= 0) }
        };
        let [received, damaged, lost] = fields.map(count);
        let line = match (received, damaged, lost) {
            (Some(received), Some(damaged), Some(lost)) if received + damaged + lost <= *open => {
                ReceiveLine { variant_id: *variant_id, received, damaged, lost }
            }
            _ => {
                let message = format!("Whole numbers, together at most {open}.");
                wrong.push(FieldError { field: format!("lines[{index}]"), code: "invalid".into(), message });
                continue;
            }
        };
        if line.received + line.damaged + line.lost > 0 {
            lines.push(line);
        }
    }
    if wrong.is_empty() { Ok(lines) } else { Err(wrong) }
}

fn facts(supply: &Supply, places: &[Location]) -> AnyView {
    let from = match supply.kind {
        SupplyKind::Transfer => names::place(places, supply.from_id),
        SupplyKind::Purchase => supply.supplier.clone(),
    };
    let mut all = vec![
        ("State", state(supply.state)),
        ("From", from.into_any()),
        ("To", names::place(places, Some(supply.to_id)).into_any()),
        ("Changed", time::time(supply.updated_at)),
    ];
    if let Some(day) = supply.expected_on {
        all.push(("Expected on", day.to_string().into_any()));
    }
    if !supply.note.is_empty() {
        all.push(("Note", supply.note.clone().into_any()));
    }
    parts::facts(all)
}

fn lines(supply: &Supply, names: &Names) -> AnyView {
    let purchase = supply.kind == SupplyKind::Purchase;
    let row = |line: &SupplyLine| {
        let info = names.get(&line.variant_id);
        let mut cells = vec![
            ("SKU", names::sku(info).into_any()),
            ("#Pieces", line.quantity.into_any()),
            ("#Came", line.received.into_any()),
            ("#Damaged", line.damaged.into_any()),
            ("#Lost", line.lost.into_any()),
            ("#To come", line.open().into_any()),
        ];
        if purchase {
            let cost = line.cost.map(|cost| cost.to_string()).unwrap_or_default();
            cells.push(("#Cost of one", cost.into_any()));
        }
        parts::row(None, names::variant(info).into_any(), cells)
    };
    let mut columns = vec!["Product", "SKU", "#Pieces", "#Came", "#Damaged", "#Lost", "#To come"];
    if purchase {
        columns.push("#Cost of one");
    }
    parts::table("Products", &columns, supply.lines.iter().map(row).collect())
}

/// A number in a table's cell.
pub fn number(
    label: String,
    inputmode: &'static str,
    value: RwSignal<String>,
    fault: Signal<Option<String>>,
) -> AnyView {
    let shown = move || fault.get().map(|text| view! { <span class="field__error">{text}</span> });
    view! {
        <span>
            <input
                class="input num" aria-label=label autocomplete="off" inputmode=inputmode
                aria-invalid=move || fault.with(Option::is_some).then_some("true")
                prop:value=move || value.get() on:input=move |event| value.set(event_target_value(&event))
            />
            {shown}
        </span>
    }
    .into_any()
}
