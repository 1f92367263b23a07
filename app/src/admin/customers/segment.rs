//! One segment: its rule, typed or put together, how many fit while it is typed, and who.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use souk_contract::{
    CustomerQuery, CustomerSummary, Error, Page, Resource, Segment, SegmentCount, SegmentId, SegmentInput,
};

use super::{builder, list};
use crate::{
    admin::{
        desk::Desk,
        dialogs::Question,
        form::{Form, Input},
        go,
        load::{Pages, Source},
        parts,
        place::Place,
    },
    api::admin::{customers, segments},
    draft::range,
    ui::{Icon, empty},
};

const EXAMPLE: &str = "orders >= 1";

#[derive(Clone, Copy)]
struct Work {
    desk: Desk,
    form: Form,
    name: RwSignal<String>,
    rule: RwSignal<String>,
    /// The rule as it was last asked about: typing goes on before the answer is there.
    asked: RwSignal<String>,
    /// The answer, with the rule that it is about.
    counted: RwSignal<Option<(String, Result<SegmentCount, Error>)>>,
    may_write: bool,
}

pub fn new(desk: Desk) -> AnyView {
    desk.ready.set(true);
    screen(desk, None)
}

pub fn saved(desk: Desk, id: SegmentId) -> AnyView {
    let ask = move || async move {
        let all = segments::segments().await?;
        let found = all.into_iter().find(|segment| segment.id == id);
        found.ok_or_else(|| crate::failure::Failure(Error::not_found("segment")))
    };
    let segment: Source<Segment> = Source::new(desk, ask).is_main();
    segment.view(move |segment| screen(desk, Some(segment)))
}

fn screen(desk: Desk, segment: Option<Segment>) -> AnyView {
    let rule = segment.as_ref().map_or_else(|| EXAMPLE.to_owned(), |segment| segment.rule.clone());
    let work = Work {
        desk,
        form: Form::new(desk),
        name: RwSignal::new(segment.as_ref().map(|segment| segment.name.clone()).unwrap_or_default()),
        asked: RwSignal::new(rule.clone()),
        rule: RwSignal::new(rule),
        counted: RwSignal::new(None),
        may_write: untrack(move || desk.may(Resource::Customers.write())),
    };
    let later = debounce(Duration::from_millis(250), move |text: String| {
        let _ = work.asked.try_set(text);
    });
    let later = StoredValue::new_local(later);
    Effect::new(move |before: Option<()>| {
        let text = work.rule.get();
        if before.is_some() {
            later.update_value(|later| later(text));
        }
    });
    Effect::new(move || count(work, work.asked.get()));
    let title = segment.as_ref().map_or_else(|| "New segment".to_owned(), |segment| segment.name.clone());
    let known = segment.as_ref().map(|segment| (segment.id, segment.version));
    let acts = view! {
        <button type="button" class="button button--quiet" on:click=move |_| export(work)>"Export CSV"</button>
        {known.filter(|_| work.may_write).map(|(id, _)| remove(work, id))}
    };
    view! {
        {parts::head(desk, Some((Place::Segments.url(), "Segments")), Signal::stored(title), acts.into_any())}
        <div class="stack stack--l">
            {parts::card("Rule", None, editor(work, known))}
            {parts::card("Who fits now", None, people(work))}
        </div>
    }
    .into_any()
}

/// Asks how many fit; an answer to what is no longer asked is dropped.
fn count(work: Work, rule: String) {
    spawn_local(async move {
        let answer = segments::count_segment(rule.clone()).await.map_err(|failure| failure.0);
        if work.asked.try_get_untracked().as_ref() == Some(&rule) {
            if let Err(error) = &answer {
                work.desk.noticed(error);
            }
            work.counted.set(Some((rule, answer)));
        }
    });
}

fn editor(work: Work, known: Option<(SegmentId, i64)>) -> AnyView {
    let form = work.form;
    let send = move || {
        let request = SegmentInput { name: work.name.get_untracked(), rule: work.rule.get_untracked() };
        let (id, version) = (known.map(|(id, _)| id), known.map(|(_, version)| version));
        form.send(segments::put_segment(id, request, version), move |_| {
            work.desk.say("The segment is saved.");
            go::to_place(work.desk, Place::Segments);
        });
    };
    let said = move || match work.counted.get() {
        None => "Counting …".to_owned(),
        Some((_, Ok(SegmentCount { people, more }))) => {
            let number = range::grouped(people);
            let fit = if people == 1 { "person fits" } else { "people fit" };
            if more { format!("More than {number} {fit}.") } else { format!("{number} {fit}.") }
        }
        Some((_, Err(error))) => error.public_message(),
    };
    let save = work.may_write.then(|| {
        view! { <div class="acts">{form.button("", "Save segment")}</div> }
    });
    let hint = "and, or, not and brackets over orders, spent, last_order, first_order, country, tag, consent, account, product and category.";
    view! {
        <form class="form" novalidate=true on:submit=form.on_submit(send)>
            {form.general()}
            {Input::new(form, "Name", "segment-name", "name", work.name).view()}
            {Input::new(form, "Rule", "segment-rule", "rule", work.rule).rows(3).hint(hint).view()}
            <p class="rule__count" role="status">{said}</p>
            {builder::view(work.rule, work.desk)}
            {save}
        </form>
    }
    .into_any()
}

fn people(work: Work) -> AnyView {
    let ask = move |after| {
        // What is no rule is said beside it.
        let fitting = work.counted.with(|counted| match counted {
            Some((rule, Ok(_))) => Some(rule.clone()),
            _ => None,
        });
        async move {
            if fitting.is_none() {
                return Ok(Page { items: Vec::new(), next: None });
            }
            let query = CustomerQuery { rule: fitting, after, limit: Some(25), ..CustomerQuery::default() };
            customers::customers(query).await
        }
    };
    let pages = Pages::new(work.desk, ask);
    let table = |found: Vec<CustomerSummary>| {
        parts::table("Customers in this segment", &list::PLAIN, found.iter().map(list::row).collect())
    };
    let none = move || match work.counted.with(|counted| counted.as_ref().map(|(_, answer)| answer.is_ok())) {
        Some(true) => empty(Icon::User, "Nobody", "No customer fits this rule at the moment.", None),
        Some(false) => empty(Icon::Filter, "No rule yet", "What is wrong with it stands above.", None),
        None => ().into_any(),
    };
    pages.view(table, none)
}

fn export(work: Work) {
    let rule = work.asked.get_untracked();
    list::export(CustomerQuery { rule: Some(rule), ..CustomerQuery::default() }, work.desk);
}

fn remove(work: Work, id: SegmentId) -> AnyView {
    let ask = move |_| {
        work.desk.ask(Question {
            title: "Remove this segment?".into(),
            text: "Only the rule goes; the customers stay.".into(),
            yes: "Remove".into(),
            no: "Keep it".into(),
            act: Callback::new(move |()| {
                spawn_local(async move {
                    match segments::remove_segment(id).await {
                        Ok(()) => {
                            work.desk.say("The segment is removed.");
                            go::to_place(work.desk, Place::Segments);
                        }
                        Err(failure) => work.desk.complain(&failure.0),
                    }
                });
            }),
        });
    };
    view! { <button type="button" class="text-button" on:click=ask>"Remove"</button> }.into_any()
}
