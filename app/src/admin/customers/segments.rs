//! People by a rule: the list of segments.

use leptos::prelude::*;
use souk_contract::{Resource, Segment};

use crate::{
    admin::{desk::Desk, load::Source, parts, place::Place, time},
    api::admin::segments,
    ui::{Icon, empty, link_button},
};

const COLUMNS: [&str; 3] = ["Segment", "Rule", "Changed"];

pub fn view(desk: Desk) -> AnyView {
    let all = Source::new(desk, segments::segments).is_main();
    let may_write = untrack(move || desk.may(Resource::Customers.write()));
    let new = move || link_button("", Place::NewSegment.url(), "New segment");
    let table = move |all: Vec<Segment>| {
        if all.is_empty() {
            let text = "A segment is a rule, such as orders >= 2 and spent > 100. Whoever fits is in it, from one moment to the next.";
            return empty(Icon::Filter, "No segments yet", text, may_write.then(new));
        }
        let row = |segment: &Segment| {
            parts::row(
                Some(Place::Segment(segment.id).url()),
                segment.name.clone().into_any(),
                vec![
                    ("Rule", view! { <code class="rule">{segment.rule.clone()}</code> }.into_any()),
                    ("Changed", time::time(segment.updated_at)),
                ],
            )
        };
        parts::table("Segments by name", &COLUMNS, all.iter().map(row).collect())
    };
    view! {
        {parts::head(desk, Some((Place::Customers.url(), "Customers")), Signal::stored("Segments".to_owned()), may_write.then(new).into_any())}
        <div class="box box--list">{all.view(table)}</div>
    }
    .into_any()
}
