use leptos::prelude::*;
use souk_contract::{PromotionRecord, Resource};

use crate::{
    admin::{desk::Desk, load::Source, parts, place::Place, promotions::state},
    api::admin::promotions,
    draft::promotion::told,
    ui::{Icon, empty, link_button},
};

const COLUMNS: [&str; 6] = ["Promotion", "What it does", "State", "#Used", "#Taken off", "#Priority"];

pub fn view(desk: Desk) -> AnyView {
    let all = Source::new(desk, promotions::promotions).is_main();
    let may_write = untrack(move || desk.may(Resource::Promotions.write()));
    let new = move || link_button("", Place::NewPromotion.url(), "New promotion");
    let table = move |all: Vec<PromotionRecord>| {
        if all.is_empty() {
            let text = "Money off, gifts, free delivery: by a code, or by itself for whoever fits.";
            return empty(Icon::Star, "No promotions yet", text, may_write.then(new));
        }
        parts::table("Promotions by priority", &COLUMNS, all.iter().map(|one| row(desk, one)).collect())
    };
    view! {
        {parts::head(desk, None, Signal::stored("Promotions".to_owned()), may_write.then(new).into_any())}
        <div class="box box--list">{all.view(table)}</div>
    }
    .into_any()
}

fn row(desk: Desk, record: &PromotionRecord) -> AnyView {
    let input = &record.input;
    let of =
        |used: String, most: Option<String>| most.map_or(used.clone(), |most| format!("{used} of {most}"));
    let used = of(record.used.to_string(), input.usage_limit.map(|limit| limit.to_string()));
    let spent = of(record.spent.to_string(), input.budget.map(|budget| budget.to_string()));
    parts::row(
        Some(Place::Promotion(record.id).url()),
        input.title.clone().into_any(),
        vec![
            ("What it does", told(input, desk.currency()).into_any()),
            ("State", state(record.state)),
            ("#Used", used.into_any()),
            ("#Taken off", spent.into_any()),
            ("#Priority", input.priority.into_any()),
        ],
    )
}
