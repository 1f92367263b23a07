//! Edits of many products that are done at a moment, and taken back at another.

use leptos::prelude::*;
use souk_contract::{BulkEdit, BulkPlan, BulkPlanState, Error, FieldError, PageRequest, PlanBulk, Timestamp};

use super::bulk::told;
use crate::{
    admin::{
        desk::Desk,
        form::{Form, Input},
        load::Pages,
        parts, time,
    },
    api::admin::catalog,
    ui::{Tone, badge},
};

/// Asks for the moments at which an edit is done and taken back.
pub fn planner(desk: Desk, edit: BulkEdit, planned: Callback<()>) -> AnyView {
    let form = Form::new(desk);
    let (run_at, undo_at) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let send = move |_| {
        let mut faults = Vec::new();
        let mut read = |field: &str, text: RwSignal<String>, is_needed: bool| {
            let text = text.get_untracked();
            let at = time::of_field(&text);
            if at.is_none() && (is_needed || !text.is_empty()) {
                let message = "A day and a time.".to_owned();
                faults.push(FieldError { field: field.to_owned(), code: "invalid".into(), message });
            }
            at
        };
        let (run_at, undo_at) = (read("run_at", run_at, true), read("undo_at", undo_at, false));
        let Some(run_at) = run_at.filter(|_| faults.is_empty()) else { return form.refuse(faults) };
        let BulkEdit { selection, actions, .. } = edit.clone();
        form.send(catalog::plan_bulk(PlanBulk { selection, actions, run_at, undo_at }), move |_| {
            planned.run(());
            desk.say("The change is planned. It stands below.");
        });
    };
    let busy = move || form.busy.get().then_some("true");
    view! {
        <details class="planner">
            <summary>"Do it later"</summary>
            <div class="form">
                {form.general()}
                {Input::new(form, "Do it at", "plan-run", "run_at", run_at).kind("datetime-local").view()}
                {Input::new(form, "Take it back at", "plan-undo", "undo_at", undo_at).kind("datetime-local").optional()
                    .hint("Both are in your time zone. Which products it changes is decided then.").view()}
                <div class="acts">
                    <button type="button" class="button button--quiet" aria-busy=busy on:click=send>"Plan the change"</button>
                </div>
            </div>
        </details>
    }
    .into_any()
}

pub fn table(desk: Desk, plans: Pages<BulkPlan>, may_write: bool) -> AnyView {
    let empty =
        || view! { <p class="muted">"None. Preview a change, then choose “Do it later”."</p> }.into_any();
    let rows = move |plans_now: Vec<BulkPlan>| {
        let rows = plans_now.iter().map(|plan| row(desk, plans, plan, may_write)).collect();
        parts::table("Planned edits, newest first", &["Edit", "From", "Until", "State", "Act"], rows)
    };
    parts::card("Planned", None, plans.view(rows, empty))
}

pub fn plans(desk: Desk) -> Pages<BulkPlan> {
    Pages::new(desk, move |after| catalog::bulk_plans(PageRequest { after, limit: Some(10) }))
}

fn row(desk: Desk, plans: Pages<BulkPlan>, plan: &BulkPlan, may_write: bool) -> AnyView {
    let form = Form::new(desk);
    let id = plan.id;
    let said = if plan.state == BulkPlanState::Active {
        "The change stays as it is."
    } else {
        "The plan is cancelled."
    };
    let cancel = move |_| {
        form.send_or(
            catalog::cancel_bulk_plan(id),
            move |_| {
                plans.reload();
                desk.say(said);
            },
            move |error: Error| {
                desk.complain(&error);
                None
            },
        );
    };
    let act = match plan.state {
        BulkPlanState::Planned => Some("Cancel"),
        BulkPlanState::Active => Some("Don't take back"),
        _ => None,
    };
    let act = act.filter(|_| may_write).map(|label| {
        view! { <button type="button" class="button button--small button--quiet" on:click=cancel>{label}</button> }
    });
    let problem = plan.problem.clone().map(|problem| view! { <p class="muted">{problem}</p> });
    let state = view! { {state(plan.state)} {problem} };
    let moment = |at: Option<Timestamp>| at.map(time::time).into_any();
    let named: Vec<String> = plan.actions.iter().map(told).collect();
    parts::row(
        None,
        named.join(", ").into_any(),
        vec![
            ("From", time::time(plan.run_at)),
            ("Until", moment(plan.undo_at)),
            ("State", state.into_any()),
            ("Act", act.into_any()),
        ],
    )
}

fn state(state: BulkPlanState) -> AnyView {
    let (tone, word) = match state {
        BulkPlanState::Planned => (Tone::Warn, "Planned"),
        BulkPlanState::Active => (Tone::Good, "In force"),
        BulkPlanState::Done => (Tone::Plain, "Done"),
        BulkPlanState::Failed => (Tone::Bad, "Not done"),
        BulkPlanState::Cancelled => (Tone::Plain, "Cancelled"),
    };
    badge(tone, word)
}
