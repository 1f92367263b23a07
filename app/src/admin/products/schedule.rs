//! When a product is published and taken offline.

use leptos::prelude::*;
use souk_contract::{FieldError, ProductSchedule, SetSchedule, Timestamp};

use super::detail::Work;
use crate::{
    admin::{
        form::{Form, Input},
        load::Source,
        parts, time,
    },
    api::admin::catalog,
};

pub fn card(work: Work) -> AnyView {
    let id = work.id;
    // Not with every news: what is typed would go.
    let schedule = Source::new(work.desk, move || catalog::schedule(id));
    parts::card("Schedule", None, schedule.view(move |now| draw(work, schedule, now)))
}

fn draw(work: Work, source: Source<ProductSchedule>, now: ProductSchedule) -> AnyView {
    let form = Form::new(work.desk);
    let text = |at: Option<Timestamp>| RwSignal::new(at.map(time::field).unwrap_or_default());
    let (publish, unpublish) = (text(now.publish_at), text(now.unpublish_at));
    let send = move |wanted: SetSchedule, said: &'static str| {
        let call = catalog::set_schedule(work.id, wanted, Some(now.version));
        form.send(call, move |schedule| {
            source.set(schedule);
            work.history.reload();
            work.desk.say(said);
        });
    };
    let save = move |_| {
        let mut faults = Vec::new();
        let mut read = |field: &str, text: RwSignal<String>, before: Option<Timestamp>| {
            let text = text.get_untracked();
            if text.is_empty() {
                return None;
            }
            // The field shows minutes: what nobody touched keeps its seconds.
            if before.is_some_and(|before| time::field(before) == text) {
                return before;
            }
            let at = time::of_field(&text);
            if at.is_none() {
                let message = "A day and a time.".to_owned();
                faults.push(FieldError { field: field.to_owned(), code: "invalid".into(), message });
            }
            at
        };
        let wanted = SetSchedule {
            publish_at: read("publish_at", publish, now.publish_at),
            unpublish_at: read("unpublish_at", unpublish, now.unpublish_at),
        };
        if faults.is_empty() { send(wanted, "The schedule is set.") } else { form.refuse(faults) }
    };
    let cancel = move |_| send(SetSchedule::default(), "The schedule is cancelled.");
    let told = [(now.publish_at, "Will be published"), (now.unpublish_at, "Will be taken offline")];
    let told: Vec<AnyView> = told
        .into_iter()
        .filter_map(|(at, what)| Some(view! { <p>{what} " " {time::time(at?)} "."</p> }.into_any()))
        .collect();
    let is_set = now.publish_at.is_some() || now.unpublish_at.is_some();
    let busy = move || form.busy.get().then_some("true");
    view! {
        <div class="form">
            {form.general()}
            {told}
            {Input::new(form, "Publish at", "schedule-publish", "publish_at", publish).kind("datetime-local").optional().view()}
            {Input::new(form, "Take offline at", "schedule-unpublish", "unpublish_at", unpublish).kind("datetime-local").optional()
                .hint("It is a draft again then. Both are in your time zone.").view()}
            {work.may_write.then(|| view! {
                <div class="acts">
                    <button type="button" class="button button--quiet" aria-busy=busy on:click=save>"Set schedule"</button>
                    {is_set.then(|| view! {
                        <button type="button" class="button button--quiet" aria-busy=busy on:click=cancel>"Cancel schedule"</button>
                    })}
                </div>
            })}
        </div>
    }
    .into_any()
}
