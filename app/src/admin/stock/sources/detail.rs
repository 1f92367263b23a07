//! One source: how its runs went, and what can be done with it.

use std::time::Duration;

use leptos::prelude::*;
use souk_contract::{
    Location, PageRequest, Resource, StockFinding, StockRun, StockRunId, StockSource, StockSourceId,
};

use super::{form, words};
use crate::{
    admin::{
        desk::Desk,
        dialogs::{self, Question},
        form::Form,
        go,
        load::{Pages, Source},
        parts,
        place::Place,
        stock::names,
        time,
    },
    api::admin::stock_sources,
    ui::{Icon, Tone, alert, empty},
};

const ASK_EVERY: Duration = Duration::from_millis(800);

#[derive(Clone, Copy)]
struct Work {
    desk: Desk,
    id: StockSourceId,
    source: Source<StockSource>,
    runs: Pages<StockRun>,
    acting: Form,
    may_write: bool,
    /// The run whose rows are shown.
    looked_at: RwSignal<Option<StockRunId>>,
    open: RwSignal<bool>,
}

pub fn view(desk: Desk, id: StockSourceId) -> AnyView {
    let work = Work {
        desk,
        id,
        source: Source::new(desk, move || stock_sources::source(id)).is_main().live(),
        runs: Pages::new(desk, move |after| {
            stock_sources::source_runs(id, PageRequest { after, limit: Some(20) })
        }),
        acting: Form::new(desk),
        may_write: untrack(move || desk.may(Resource::Inventory.write())),
        looked_at: RwSignal::new(None),
        open: RwSignal::new(false),
    };
    let last = move || work.source.get().and_then(|source| source.last_run);
    let state = Memo::new(move |_| last().map(|run| (run.id, run.state)));
    Effect::new(move |before: Option<Option<_>>| {
        let now = state.get();
        if before.is_some_and(|before| before != now) {
            work.runs.reload();
        }
        now
    });
    Effect::new(move || {
        if last().is_some_and(|run| run.state.is_open()) {
            set_timeout(move || work.source.reload(), ASK_EVERY);
        }
    });
    let places = Source::new(desk, names::places);
    // What is typed must not be drawn over with every look at a run.
    let version = Memo::new(move |_| work.source.get().map(|source| source.version));
    let settings = move || {
        let (_, places) = (version.get()?, places.get()?);
        let source = work.source.get_untracked()?;
        Some(work.settings(&source, &places))
    };
    let title = move || work.source.get().map_or("Stock source".to_owned(), |source| source.name);
    let acts = work.may_write.then(|| work.acts());
    let back = Some((Place::StockSources.url(), "Stock sources"));
    view! {
        {parts::head(desk, back, Signal::derive(title), acts.into_any())}
        <div class="stack stack--l">
            {work.acting.general()}
            {parts::card("Where it stands", None, work.source.view(standing))}
            {parts::card("Runs", None, work.runs.view(move |runs| work.table(&runs), none))}
            {settings}
        </div>
        {dialogs::drawer("findings", Signal::stored("Rows that were left".to_owned()), work.open, move || work.findings())}
    }
    .into_any()
}

fn none() -> AnyView {
    empty(Icon::Box, "No runs yet", "Try it: nothing is changed, and you see what it would do.", None)
}

fn standing(source: StockSource) -> AnyView {
    let next = match source.due_at {
        Some(at) => view! { <p>"Next: "{time::time(at)}</p> }.into_any(),
        None => view! { <p>"It is fetched when somebody asks for it."</p> }.into_any(),
    };
    let Some(run) = &source.last_run else {
        return view! { <div class="stack"><p>"It was never fetched."</p>{next}</div> }.into_any();
    };
    let trouble = run.trouble.clone().map(|trouble| {
        let title = (source.failures > 1).then(|| format!("Failed {} times in a row", source.failures));
        alert(Tone::Bad, title, view! { <p>{trouble}</p> }.into_any())
    });
    let counts = (run.counts.rows > 0).then(|| {
        let text = words::told(&run.counts);
        view! { <p>{if run.dry { format!("Only tried, nothing is changed. {text}") } else { text }}</p> }
    });
    view! {
        <div class="stack">
            <p role="status">{words::state(run)}" "{time::time(run.started_at)}</p>
            {trouble} {counts} {next}
        </div>
    }
    .into_any()
}

impl Work {
    fn acts(self) -> AnyView {
        let run = move |dry: bool| {
            self.acting.send(stock_sources::run_source(self.id, dry), move |_| self.source.reload());
        };
        let remove = move |_| {
            self.desk.ask(Question {
                title: "Remove this source?".into(),
                text: "Its runs are forgotten too. The stock stays as it is.".into(),
                yes: "Remove it".into(),
                no: "Keep it".into(),
                act: Callback::new(move |()| self.remove()),
            });
        };
        view! {
            <button type="button" class="button button--quiet" on:click=remove>"Remove"</button>
            <button type="button" class="button button--quiet" on:click=move |_| run(true)>"Try it"</button>
            <button type="button" class="button" on:click=move |_| run(false)>"Fetch now"</button>
        }
        .into_any()
    }

    fn remove(self) {
        let version = self.source.get_untracked().map(|source| source.version);
        let desk = self.desk;
        self.acting.send(stock_sources::remove_source(self.id, version), move |()| {
            desk.say("The source is removed.");
            go::to_place(desk, Place::StockSources);
        });
    }

    fn settings(self, source: &StockSource, places: &[Location]) -> AnyView {
        if !self.may_write {
            return parts::card(
                "What is fetched",
                None,
                parts::facts(vec![("Address", source.url.clone().into_any())]),
            );
        }
        let saved = Callback::new(move |source: StockSource| {
            self.source.set(source);
            self.desk.say("The source is saved.");
        });
        parts::card("What is fetched", None, form::view(self.desk, Some(source), places, saved))
    }

    fn table(self, runs: &[StockRun]) -> AnyView {
        let columns = [
            "When",
            "Result",
            "#Rows",
            "#Applied",
            "#As it was",
            "#Conflicts",
            "#Unknown",
            "#Errors",
            "#Took",
            "Rows left",
        ];
        parts::table("Runs, newest first", &columns, runs.iter().map(|run| self.row(run)).collect())
    }

    fn row(self, run: &StockRun) -> AnyView {
        let counts = run.counts;
        let took = run.ended_at.map(|ended| {
            let seconds = (ended.micros() - run.started_at.micros()) as f64 / 1_000_000.0;
            format!("{seconds:.1} s")
        });
        let left = counts.conflicts + counts.unknown + counts.faulty;
        let id = run.id;
        let look = (left > 0).then(|| {
            let label = format!("Rows that were left by the run of {}", time::said(run.started_at));
            let open = move |_| {
                self.looked_at.set(Some(id));
                self.open.set(true);
            };
            view! {
                <button type="button" class="text-button" aria-label=label on:click=open>{format!("Show {left}")}</button>
            }
        });
        parts::row(
            None,
            time::time(run.started_at),
            vec![
                ("Result", words::state(run)),
                ("#Rows", counts.rows.into_any()),
                ("#Applied", counts.applied.into_any()),
                ("#As it was", counts.unchanged.into_any()),
                ("#Conflicts", counts.conflicts.into_any()),
                ("#Unknown", counts.unknown.into_any()),
                ("#Errors", counts.faulty.into_any()),
                ("#Took", took.unwrap_or_default().into_any()),
                ("Rows left", look.into_any()),
            ],
        )
    }

    fn findings(self) -> AnyView {
        let Some(run) = self.looked_at.get_untracked() else { return ().into_any() };
        let all = Source::new(self.desk, move || stock_sources::run_findings(run));
        all.view(|all| table(&all))
    }
}

/// Rows that nothing was done with.
pub fn table(all: &[StockFinding]) -> AnyView {
    let row = |one: &StockFinding| {
        let books = one.on_hand.map(|pieces| pieces.to_string()).unwrap_or_default();
        parts::row(
            None,
            one.line.into_any(),
            vec![
                ("Code", one.code.clone().into_any()),
                ("Why", words::reason(&one.reason).into_any()),
                ("#On the shelf", books.into_any()),
            ],
        )
    };
    let columns = ["Line", "Code", "Why", "#On the shelf"];
    parts::table("Rows that were left", &columns, all.iter().map(row).collect())
}
