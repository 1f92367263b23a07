//! One count: numbers come in by scanner or keyboard, differences show, and are booked.

use leptos::{prelude::*, task::spawn_local};
use souk_contract::{
    CountEntry, CountLine, CountLinesQuery, CountState, Location, Resource, StockCount, StockCountId,
    VariantId,
};

use crate::{
    admin::{
        desk::Desk,
        dialogs::Question,
        form::{Form, Input, check},
        load::{Pages, Source},
        parts,
        place::Place,
        scan,
        stock::names,
        words,
    },
    api::admin::supplies,
    failure::Result,
    ui::{Icon, empty},
};

/// A line with what its product is called. The line is a signal: whoever types in one row keeps the cursor in the next.
#[derive(Clone)]
struct Named {
    line: ArcRwSignal<CountLine>,
    name: String,
    sku: String,
}

#[derive(Clone, Copy)]
struct Work {
    desk: Desk,
    id: StockCountId,
    count: Source<(StockCount, Vec<Location>)>,
    lines: Pages<Named>,
    may_write: bool,
}

const TABS: [(&str, &str); 2] = [("", "All"), ("different", "Different")];

pub fn view(desk: Desk, id: StockCountId) -> AnyView {
    let count =
        Source::new(desk, move || async move { Ok((supplies::count(id).await?, names::places().await?)) })
            .is_main();
    let lines = Pages::new(desk, move |after| {
        let different = desk.param("show").is_some();
        named(id, CountLinesQuery { different, after, limit: Some(100) })
    });
    let may_write = untrack(move || desk.may(Resource::Inventory.write()));
    let work = Work { desk, id, count, lines, may_write };
    let title = move || match count.get() {
        Some((count, places)) => format!("Count of {}", names::place(&places, Some(count.location_id))),
        None => "Count".to_owned(),
    };
    let open = Memo::new(move |_| count.get().is_some_and(|(count, _)| count.state == CountState::Open));
    let works = move || may_write && open.get();
    let acts = move || works().then(|| work.ends());
    let entry = move || works().then(|| parts::card("Count", None, work.entry()));
    let none = move || {
        let text = "What is counted otherwise than the books say stands here.";
        empty(Icon::Check, "Nothing differs", text, None)
    };
    view! {
        {parts::head(desk, Some((Place::Counts.url(), "Counts")), Signal::derive(title), acts.into_any())}
        <div class="stack stack--l">
            {count.view(|(count, _)| facts(&count))}
            {entry}
            {parts::tabs(desk, "Which", "show", &TABS)}
            <div class="box box--list">
                {lines.view(move |lines| {
                    let columns = ["Product", "SKU", "#By the books", "#Counted", "#Difference"];
                    let rows = lines.iter().map(|line| work.row(line, open.get())).collect();
                    parts::table("Products to count", &columns, rows)
                }, none)}
            </div>
        </div>
    }
    .into_any()
}

async fn named(id: StockCountId, query: CountLinesQuery) -> Result<souk_contract::Page<Named>> {
    let page = supplies::count_lines(id, query).await?;
    let ids: Vec<VariantId> = page.items.iter().map(|line| line.variant_id).collect();
    let names = names::of(&ids).await?;
    let name = |line: CountLine| {
        let info = names.get(&line.variant_id);
        Named { name: names::variant(info), sku: names::sku(info), line: ArcRwSignal::new(line) }
    };
    Ok(souk_contract::Page { items: page.items.into_iter().map(name).collect(), next: page.next })
}

fn facts(count: &StockCount) -> AnyView {
    let mut all = vec![
        ("State", super::state(count.state)),
        ("Products", count.lines.into_any()),
        ("Counted", count.counted.into_any()),
        ("Different", count.different.into_any()),
    ];
    if !count.note.is_empty() {
        all.push(("Note", count.note.clone().into_any()));
    }
    parts::card("About it", None, parts::facts(all))
}

fn difference(line: &CountLine) -> String {
    match line.difference() {
        None => String::new(),
        Some(0) => "0".to_owned(),
        Some(more) if more > 0 => format!("+{more}"),
        Some(fewer) => format!("−{}", fewer.unsigned_abs()),
    }
}

impl Work {
    fn ends(self) -> AnyView {
        let ask = move |apply: bool| {
            let Some((count, _)) = self.count.get_untracked() else { return };
            let different = words::count(count.different, "difference is", "differences are");
            let (title, text, yes) = if apply {
                let text = format!("{different} booked. What nobody counted stays as it is.");
                ("Apply the count?", text, "Apply")
            } else {
                ("Drop the count?", "What was counted is lost; stock stays as it is.".to_owned(), "Drop it")
            };
            self.desk.ask(Question {
                title: title.into(),
                text,
                yes: yes.into(),
                no: "Go on counting".into(),
                act: Callback::new(move |()| self.end(apply, count.version)),
            });
        };
        view! {
            <button type="button" class="button button--quiet" on:click=move |_| ask(false)>"Drop"</button>
            <button type="button" class="button" on:click=move |_| ask(true)>"Apply"</button>
        }
        .into_any()
    }

    fn end(self, apply: bool, version: i64) {
        spawn_local(async move {
            match supplies::end_count(self.id, apply, Some(version)).await {
                Ok(_) => {
                    self.desk.say(if apply { "The differences are booked." } else { "The count is dropped." })
                }
                Err(failure) => self.desk.complain(&failure.0),
            }
            self.count.reload();
            self.lines.reload();
        });
    }

    /// Code, Enter, number, Enter; or a beep a piece.
    fn entry(self) -> AnyView {
        let form = Form::new(self.desk);
        let text = || RwSignal::new(String::new());
        let (code, pieces, said) = (text(), text(), text());
        let beeps = RwSignal::new(true);
        let done = move |line: CountLine| {
            code.set(String::new());
            pieces.set(String::new());
            parts::focus_later("#count-code");
            self.count.reload();
            self.lines.reload();
            let counted = line.counted.unwrap_or_default();
            spawn_local(async move {
                let names = names::of(&[line.variant_id]).await.unwrap_or_default();
                let name = names::variant(names.get(&line.variant_id));
                said.set(format!("{name}: {counted} counted, {} by the books.", line.expected));
            });
        };
        let send = move || {
            let typed = code.get_untracked().trim().to_owned();
            if typed.is_empty() {
                return parts::focus_later("#count-code");
            }
            let counted = pieces.with_untracked(|text| text.trim().parse::<i64>().ok());
            if !beeps.get_untracked() && counted.is_none() {
                return parts::focus_later("#count-pieces");
            }
            let add = beeps.get_untracked().then_some(1);
            let counted = counted.filter(|_| add.is_none());
            let entry = CountEntry { code: Some(typed), variant_id: None, counted, add };
            form.send(supplies::enter_count(self.id, entry), done);
        };
        scan::take(self.desk, move |text| {
            code.set(text);
            send();
        });
        let number = move || {
            (!beeps.get()).then(|| {
                Input::new(form, "Pieces", "count-pieces", "counted", pieces).inputmode("numeric").view()
            })
        };
        view! {
            <form class="form" novalidate=true on:submit=form.on_submit(send)>
                {form.general()}
                {check("Each scan is one piece", beeps)}
                {Input::new(form, "SKU or barcode", "count-code", "code", code).hint("Then Enter.").autofocus().view()}
                {number}
                <p role="status" class="muted">{move || said.get()}</p>
                <div class="acts">{form.button("", "Enter")}</div>
            </form>
        }
        .into_any()
    }

    fn row(self, named: &Named, open: bool) -> AnyView {
        let (line, seen, differs) = (named.line.clone(), named.line.clone(), named.line.clone());
        let shown =
            move || line.with(|line| line.counted.map(|counted| counted.to_string()).unwrap_or_default());
        let counted = if open && self.may_write {
            let line = named.line.clone();
            let label = format!("Counted of {}", named.name);
            let change = move |event| self.set(line.clone(), &event_target_value(&event));
            view! {
                <input
                    class="input num" aria-label=label autocomplete="off" inputmode="numeric" data-scan="" prop:value=shown
                    on:change=change
                />
            }
            .into_any()
        } else {
            shown.into_any()
        };
        parts::row(
            None,
            named.name.clone().into_any(),
            vec![
                ("SKU", named.sku.clone().into_any()),
                ("#By the books", (move || seen.with(|line| line.expected)).into_any()),
                ("#Counted", counted),
                ("#Difference", (move || differs.with(difference)).into_any()),
            ],
        )
    }

    fn set(self, line: ArcRwSignal<CountLine>, text: &str) {
        let Some(counted) = text.trim().parse::<i64>().ok().filter(|counted| *counted >= 0) else {
            return self.desk.say("A whole number of pieces, from 0.");
        };
        let variant_id = Some(line.with_untracked(|line| line.variant_id));
        let entry = CountEntry { variant_id, counted: Some(counted), ..CountEntry::default() };
        spawn_local(async move {
            match supplies::enter_count(self.id, entry).await {
                Ok(entered) => {
                    line.set(entered);
                    self.count.reload();
                }
                Err(failure) => self.desk.complain(&failure.0),
            }
        });
    }
}
