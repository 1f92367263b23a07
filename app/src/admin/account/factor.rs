//! The second factor: an authenticator app.

use leptos::prelude::*;
use souk_contract::{StaffMember, TwoFactorSecret};

use crate::{
    admin::{
        desk::Desk,
        form::{Form, Input},
        parts, shell, time, words,
    },
    api::admin::account,
    ui::{Tone, alert, badge},
};

/// What the box shows.
#[derive(Clone)]
enum Step {
    Standing,
    /// The app is being set up.
    Secret(TwoFactorSecret),
    /// Shown once.
    Codes(Vec<String>),
    Ending,
}

pub fn view(desk: Desk) -> AnyView {
    let step = RwSignal::new(Step::Standing);
    let body = move || match step.get() {
        Step::Standing => desk.member().map(|member| standing(desk, &member, step)).into_any(),
        Step::Secret(secret) => confirm(desk, &secret, step),
        Step::Codes(codes) => recovery(desk, &codes, step),
        Step::Ending => end(desk, step),
    };
    parts::card("Second factor", None, body.into_any())
}

fn standing(desk: Desk, member: &StaffMember, step: RwSignal<Step>) -> AnyView {
    let form = Form::new(desk);
    let Some(since) = member.two_factor_since else {
        let begin =
            move |_| form.send(account::begin_two_factor(), move |secret| step.set(Step::Secret(secret)));
        return view! {
            {form.general()}
            <p>
                {badge(Tone::Warn, "Off")}" With it, a stolen password alone opens nothing: signing in also takes a code of an app on your phone."
            </p>
            <div class="acts">
                <button
                    type="button" class="button" aria-busy=move || form.busy.get().then_some("true") on:click=begin
                >
                    "Set up"
                </button>
            </div>
        }
        .into_any();
    };
    let left = words::count(member.recovery_codes, "recovery code", "recovery codes");
    view! {
        <p>{badge(Tone::Good, "On")}" since "{time::day(since)}". "{left}" left."</p>
        <div class="acts">
            <button type="button" class="button button--quiet" on:click=move |_| step.set(Step::Ending)>
                "Switch off"
            </button>
        </div>
    }
    .into_any()
}

fn confirm(desk: Desk, secret: &TwoFactorSecret, step: RwSignal<Step>) -> AnyView {
    let form = Form::new(desk);
    let code = RwSignal::new(String::new());
    let send = move || {
        let typed = code.get_untracked().trim().to_owned();
        form.send(account::confirm_two_factor(typed), move |recovery| {
            step.set(Step::Codes(recovery.codes));
            shell::ask_who(desk);
        });
    };
    view! {
        <form class="form" on:submit=form.on_submit(send)>
            {form.general()}
            <p>
                "Add an account in your authenticator app with this key, or "
                <a href=secret.url.clone()>"open the app on this device"</a>". Then type the six digits that it shows."
            </p>
            {parts::secret(desk, "Key", secret.secret.clone())}
            {Input::new(form, "Code", "factor-code", "code", code).autocomplete("one-time-code").inputmode("numeric").view()}
            <div class="acts">
                <button type="button" class="button button--quiet" on:click=move |_| step.set(Step::Standing)>
                    "Not now"
                </button>
                {form.button("", "Switch on")}
            </div>
        </form>
    }
    .into_any()
}

fn recovery(desk: Desk, codes: &[String], step: RwSignal<Step>) -> AnyView {
    let all = codes.join("\n");
    let list: Vec<AnyView> =
        codes.iter().map(|code| view! { <li class="mono">{code.clone()}</li> }.into_any()).collect();
    let text = "Each of these lets you in once if your phone is lost. They are shown only now: please keep them somewhere safe.";
    view! {
        <div class="stack">
            {alert(Tone::Good, Some("The second factor is on".into()), view! { <p>{text}</p> }.into_any())}
            <ul class="codes">{list}</ul>
            <div class="acts">
                <button type="button" class="button button--quiet" on:click=move |_| parts::copy(desk, &all)>
                    "Copy all"
                </button>
                <button type="button" class="button" on:click=move |_| step.set(Step::Standing)>
                    "I have kept them"
                </button>
            </div>
        </div>
    }
    .into_any()
}

fn end(desk: Desk, step: RwSignal<Step>) -> AnyView {
    let form = Form::new(desk);
    let code = RwSignal::new(String::new());
    let send = move || {
        let typed = code.get_untracked().trim().to_owned();
        form.send(account::end_two_factor(typed), move |()| {
            step.set(Step::Standing);
            shell::ask_who(desk);
            desk.say("The second factor is off.");
        });
    };
    view! {
        <form class="form" on:submit=form.on_submit(send)>
            {form.general()}
            {Input::new(form, "Code", "factor-end-code", "code", code).autocomplete("one-time-code")
                .hint("Of your app, or one of your recovery codes.").view()}
            <div class="acts">
                <button type="button" class="button button--quiet" on:click=move |_| step.set(Step::Standing)>
                    "Keep it on"
                </button>
                {form.button("button--danger", "Switch off")}
            </div>
        </form>
    }
    .into_any()
}
