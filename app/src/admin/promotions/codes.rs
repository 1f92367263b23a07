//! Codes that were made for one promotion.

use leptos::{prelude::*, task::spawn_local};
use souk_contract::{FieldError, MadeCode, PageRequest, PromotionId};

use crate::{
    admin::{
        desk::Desk,
        dialogs::Question,
        form::{Form, Input},
        load::Pages,
        parts, table_file, time,
    },
    api::admin::promotions,
    ui::{Icon, empty},
};

const COLUMNS: [&str; 4] = ["Code", "#Used", "Made", "Revoke"];

pub fn card(desk: Desk, id: PromotionId, may_write: bool) -> AnyView {
    let pages = Pages::new(desk, move |after| {
        promotions::promotion_codes(id, PageRequest { after, limit: Some(50) })
    });
    let export = move |_| {
        spawn_local(async move {
            match promotions::export_codes(id).await {
                Ok(text) => table_file::save(desk, "codes.csv", &text, "The file is ready.".to_owned()),
                Err(failure) => desk.complain(&failure.0),
            }
        });
    };
    let none = || empty(Icon::Lock, "No codes yet", "Make as many as there are letters to write.", None);
    let table = move |all: Vec<MadeCode>| {
        let row = |one| row(desk, id, one, pages, may_write);
        parts::table("Codes", &COLUMNS, all.into_iter().map(row).collect())
    };
    let acts =
        view! { <button type="button" class="button button--quiet" on:click=export>"Export CSV"</button> };
    let body = view! { {may_write.then(|| maker(desk, id, pages))} {pages.view(table, none)} };
    parts::card("Codes", Some(acts.into_any()), body.into_any())
}

fn maker(desk: Desk, id: PromotionId, pages: Pages<MadeCode>) -> AnyView {
    let form = Form::new(desk);
    let text = |text: &str| RwSignal::new(text.to_owned());
    let (count, prefix, limit) = (text("100"), text(""), text("1"));
    let make = move || {
        let wrong = |field: &str| {
            let message = "A whole number.".to_owned();
            form.refuse(vec![FieldError { field: field.into(), code: "invalid".into(), message }]);
        };
        let Ok(count) = count.with_untracked(|text| text.trim().parse()) else { return wrong("count") };
        let limit = limit.with_untracked(|text| text.trim().to_owned());
        let usage_limit = match limit.parse() {
            _ if limit.is_empty() => None,
            Ok(limit) => Some(limit),
            Err(_) => return wrong("usage_limit"),
        };
        let prefix = prefix.with_untracked(|text| text.trim().to_owned());
        let request = souk_contract::MakeCodes { count, prefix, usage_limit };
        form.send(promotions::create_codes(id, request), move |made| {
            desk.say(format!("{} codes are made.", made.len()));
            pages.reload();
        });
    };
    view! {
        <form class="form" novalidate=true on:submit=form.on_submit(make)>
            {form.general()}
            <div class="form__row">
                {Input::new(form, "How many", "codes-count", "count", count).inputmode("numeric").view()}
                {Input::new(form, "Begin with", "codes-prefix", "prefix", prefix).optional().view()}
                {Input::new(form, "Orders for each", "codes-limit", "usage_limit", limit).inputmode("numeric").optional()
                    .hint("Empty: any number.").view()}
            </div>
            <div class="acts">{form.button("button--quiet", "Make codes")}</div>
        </form>
    }
    .into_any()
}

fn row(desk: Desk, id: PromotionId, made: MadeCode, pages: Pages<MadeCode>, may_write: bool) -> AnyView {
    let used = made.usage_limit.map_or(made.used.to_string(), |limit| format!("{} of {limit}", made.used));
    let code = made.code.clone();
    let revoke = move |_| {
        let code = code.clone();
        desk.ask(Question {
            title: format!("Revoke {code}?"),
            text: "Nobody can use it any more. Orders that did keep what they got.".into(),
            yes: "Revoke it".into(),
            no: "Keep it".into(),
            act: Callback::new(move |()| {
                let code = code.clone();
                spawn_local(async move {
                    match promotions::revoke_code(id, code).await {
                        Ok(()) => {
                            desk.say("The code is revoked.");
                            pages.reload();
                        }
                        Err(failure) => desk.complain(&failure.0),
                    }
                });
            }),
        });
    };
    let act = match (made.revoked, may_write) {
        (true, _) => "Revoked".into_any(),
        (false, false) => ().into_any(),
        (false, true) => view! {
            <button type="button" class="text-button" aria-label=format!("Revoke {}", made.code) on:click=revoke>"Revoke"</button>
        }
        .into_any(),
    };
    let code = view! { <span class="mono">{made.code.clone()}</span> };
    parts::row(
        None,
        code.into_any(),
        vec![("#Used", used.into_any()), ("Made", time::time(made.created_at)), ("Revoke", act)],
    )
}
