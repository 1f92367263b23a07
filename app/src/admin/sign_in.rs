//! Signing in: as a page, and above a screen whose session has ended, so that nothing typed is lost.

use leptos::{html, prelude::*, task::spawn_local};
use souk_contract::{Error, StaffMember, StaffSignIn};

use super::{
    desk::{Desk, Who},
    form::{Form, Input},
    go, parts,
    place::ROOT,
    shell,
};
use crate::api::admin::access;

pub fn view(desk: Desk) -> AnyView {
    desk.set_title("Sign in");
    let shop = desk.shop.with_untracked(|shop| shop.name.clone());
    view! {
        <div class="gate__box">
            <p class="gate__shop">{shop}</p>
            <h1 class="gate__title">"Sign in"</h1>
            {form(desk, Callback::new(move |member| shell::enter(desk, member)))}
            {shell::other_shop(desk)}
        </div>
    }
    .into_any()
}

/// Where the session ended while somebody worked.
pub fn above(desk: Desk) -> AnyView {
    let element = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let wanted = desk.ended.get() && desk.who.with_untracked(|who| matches!(who, Who::Member(_)));
        let Some(dialog) = element.get() else { return };
        if wanted && !dialog.open() {
            let _ = dialog.show_modal();
        } else if !wanted && dialog.open() {
            dialog.close();
        }
    });
    let back = Callback::new(move |member: StaffMember| {
        let same = untrack(move || desk.member()).is_some_and(|before| before.id == member.id);
        desk.ended.set(false);
        if same {
            desk.who.set(Who::Member(member.into()));
            desk.returned.update(|times| *times += 1);
        } else {
            // What stands there belongs to somebody else.
            desk.unsaved.set(false);
            // Only fails where the document is being left.
            let _ = window().location().reload();
        }
    });
    let content = move || {
        desk.ended.get().then(|| {
            view! {
                <p>"Your session is over. What you were doing is still here."</p>
                {form(desk, back)}
            }
        })
    };
    view! {
        <dialog
            node_ref=element class="modal" aria-labelledby="ended-title"
            on:cancel=|event: web_sys::Event| event.prevent_default()
        >
            <div class="dialog__head">
                <h2 class="dialog__title" id="ended-title">"Please sign in again"</h2>
            </div>
            <div class="dialog__body"><div class="stack">{content}</div></div>
        </dialog>
    }
    .into_any()
}

fn form(desk: Desk, done: Callback<StaffMember>) -> AnyView {
    let form = Form::new(desk);
    let known = untrack(move || desk.member()).map(|member| member.email.clone()).unwrap_or_default();
    let [email, password, code] = [known, String::new(), String::new()].map(RwSignal::new);
    let second = RwSignal::new(false);
    let send = move || {
        let code = code.get_untracked().trim().to_owned();
        let request = StaffSignIn {
            email: email.get_untracked().trim().to_owned(),
            password: password.get_untracked(),
            code: (!code.is_empty()).then_some(code),
        };
        form.send_or(
            enter(request),
            move |member| done.run(member),
            move |error| {
                let wanted = matches!(&error, Error::Conflict { code, .. } if code == "two_factor_required");
                if !wanted {
                    return Some(error);
                }
                second.set(true);
                parts::focus_later("#sign-in-code");
                None
            },
        );
    };
    let code_field = move || {
        second.get().then(|| {
            Input::new(form, "Code", "sign-in-code", "code", code)
                .autocomplete("one-time-code")
                .hint("From your authenticator app, or one of your recovery codes.")
                .view()
        })
    };
    view! {
        <form class="form" on:submit=form.on_submit(send)>
            {form.general()}
            {Input::new(form, "Email", "sign-in-email", "email", email)
                .kind("email").autocomplete("username").autofocus().view()}
            {Input::new(form, "Password", "sign-in-password", "password", password)
                .kind("password").autocomplete("current-password").view()}
            {code_field}
            {form.button("button--wide", "Sign in")}
        </form>
    }
    .into_any()
}

/// In the browser the answer sets a cookie that no script sees; the desktop keeps a token.
async fn enter(request: StaffSignIn) -> crate::failure::Result<StaffMember> {
    #[cfg(feature = "csr")]
    return crate::desktop::sign_in(request).await;
    #[cfg(not(feature = "csr"))]
    access::sign_in(request).await
}

pub fn out(desk: Desk) {
    spawn_local(async move {
        // Whoever is signed out already wanted just that.
        match access::sign_out().await {
            Err(failure) if !matches!(failure.0, Error::Unauthenticated { .. }) => desk.complain(&failure.0),
            _ => {
                #[cfg(feature = "csr")]
                crate::desktop::sign_out().await;
                desk.unsaved.set(false);
                desk.who.set(Who::Nobody);
                go::to(desk, ROOT);
            }
        }
    });
}
