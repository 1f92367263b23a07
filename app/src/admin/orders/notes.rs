//! Tags and notes for colleagues.

use leptos::prelude::*;
use souk_contract::Order;

use super::detail::{Work, part};
use crate::{
    admin::{
        form::{Form, Input},
        parts,
        place::Place,
        tags,
    },
    api::admin::refunds,
    draft::list,
};

/// What is being typed; it outlives the order's being loaded again.
pub fn view(work: Work) -> AnyView {
    let note = RwSignal::new(String::new());
    let form = Form::new(work.desk);
    let send = move || {
        let call = refunds::add_note(work.id, note.get_untracked());
        form.send(call, move |()| {
            note.set(String::new());
            work.reload();
            work.desk.say("The note stands in the history.");
        });
    };
    let write = work.may_write.then(|| {
        let body = view! {
            <form class="form" on:submit=form.on_submit(send)>
                {form.general()}
                {Input::new(form, "Note for colleagues", "order-note", "text", note)
                    .rows(2).hint("It stands in the order's history").view()}
                <div class="acts">{form.button("button--quiet button--small", "Add note")}</div>
            </form>
        };
        parts::card("Note", None, body.into_any())
    });
    view! { {part(work, "Tags", move |order| tagged(work, order))} {write} }.into_any()
}

fn tagged(work: Work, order: &Order) -> AnyView {
    let shown = tags::shown(&order.tags, &Place::Orders.url(), work.may_write);
    if !work.may_write {
        return shown;
    }
    let form = Form::new(work.desk);
    let typed = RwSignal::new(order.tags.join(", "));
    let version = order.version;
    let save = move || {
        let tags = list(&typed.get_untracked());
        let call = refunds::set_tags(work.id, tags, Some(version));
        form.send_or(
            call,
            move |order| work.done(order, "The tags are saved."),
            move |error| work.refused(error),
        );
    };
    view! {
        {shown}
        <form class="form" on:submit=form.on_submit(save)>
            {form.general()}
            {Input::new(form, "Tags, with commas between them", "order-tags", "tags", typed).optional().view()}
            <div class="acts">{form.button("button--quiet button--small", "Save tags")}</div>
        </form>
    }
    .into_any()
}
