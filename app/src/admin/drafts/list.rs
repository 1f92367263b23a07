use leptos::prelude::*;
use souk_contract::{DraftSummary, PageRequest, Resource};

use crate::{
    admin::{desk::Desk, form::Form, go, load::Pages, parts, place::Place, time},
    api::admin::drafts,
    ui::{Icon, empty},
};

/// The button that begins one; nothing for those who may not.
pub fn begin(desk: Desk) -> Option<AnyView> {
    if !untrack(move || desk.may(Resource::Orders.write())) {
        return None;
    }
    let form = Form::new(desk);
    let create = move |_| {
        let done = move |draft: souk_contract::Draft| go::to_place(desk, Place::Draft(draft.id));
        form.send_or(drafts::create_draft(), done, move |error| {
            desk.complain(&error);
            None
        });
    };
    let button = view! {
        <button type="button" class="button" aria-busy=move || form.busy.get().then_some("true") on:click=create>
            "New order"
        </button>
    };
    Some(button.into_any())
}

pub fn view(desk: Desk) -> AnyView {
    let ask = |after| drafts::drafts(PageRequest { after, limit: Some(50) });
    let pages = Pages::new(desk, ask).is_main();
    let none = move || {
        let text = "Somebody orders on the phone or over the counter? Write their order here: it is priced, taxed and \
                    sent like any other.";
        empty(Icon::Bag, "No drafts", text, None)
    };
    let columns = ["For", "Changed", "#Items", "#Total"];
    view! {
        {parts::head(desk, Some((Place::Orders.url(), "Orders")), Signal::stored("Drafts".to_owned()), begin(desk).into_any())}
        <div class="box box--list">
            {pages.view(move |rows| parts::table("Drafts, newest first", &columns, rows.iter().map(row).collect()), none)}
        </div>
    }
    .into_any()
}

fn row(draft: &DraftSummary) -> AnyView {
    let name = if draft.name.is_empty() { "Nobody yet".to_owned() } else { draft.name.clone() };
    let who = view! {
        <span class="two"><span>{name}</span><span class="muted">{draft.email.clone()}</span></span>
    };
    parts::row(
        Some(Place::Draft(draft.id).url()),
        who.into_any(),
        vec![
            ("Changed", time::time(draft.updated_at)),
            ("#Items", draft.item_count.into_any()),
            ("#Total", draft.total.to_string().into_any()),
        ],
    )
}
