use leptos::{prelude::*, task::spawn_local};
use souk_contract::{Duplicate, NotTheSame, PageRequest, Resource};

use super::list;
use crate::{
    admin::{desk::Desk, load::Pages, parts, place::Place},
    api::admin::customers,
    ui::{Icon, Tone, badge, empty},
};

const COLUMNS: [&str; 4] = ["One", "Another", "The same", "Decide"];

pub fn view(desk: Desk) -> AnyView {
    let ask = |after| customers::duplicates(PageRequest { after, limit: Some(50) });
    let pages = Pages::new(desk, ask).is_main();
    let may_write = untrack(move || desk.may(Resource::Customers.write()));
    let none = || {
        let text =
            "Two customers with the same phone number, or the same name and postcode, would stand here.";
        empty(Icon::User, "Nobody seems to be here twice", text, None)
    };
    let table = move |pairs: Vec<Duplicate>| {
        let rows = pairs.iter().map(|pair| row(desk, pages, pair, may_write)).collect();
        parts::table("Customers who may be one person", &COLUMNS, rows)
    };
    view! {
        {parts::head(desk, Some((Place::Customers.url(), "Customers")), Signal::stored("Duplicates".to_owned()), ().into_any())}
        <div class="box box--list">{pages.view(table, none)}</div>
    }
    .into_any()
}

fn row(desk: Desk, pages: Pages<Duplicate>, pair: &Duplicate, may_write: bool) -> AnyView {
    let (one, other) = (pair.one.id, pair.other.id);
    let second = view! { <a href=Place::Customer(other).url()>{list::named(&pair.other)}</a> };
    let same = view! {
        <span class="tags">
            {pair.same_phone.then(|| badge(Tone::Warn, "Phone"))}
            {pair.same_name_and_postcode.then(|| badge(Tone::Warn, "Name and postcode"))}
        </span>
    };
    let apart = move |_| {
        spawn_local(async move {
            match customers::not_the_same(NotTheSame { one, other }).await {
                Ok(()) => {
                    pages.reload();
                    desk.say("They are two people, and not suggested again.");
                }
                Err(failure) => desk.complain(&failure.0),
            }
        });
    };
    let acts = may_write.then(|| {
        let href = format!("{}?keep={one}&merge={other}", Place::MergeCustomers.url());
        view! {
            <span class="acts acts--start">
                <a class="button button--small button--quiet" href=href>"Compare"</a>
                <button type="button" class="text-button" on:click=apart>"Two people"</button>
            </span>
        }
    });
    parts::row(
        Some(Place::Customer(one).url()),
        list::named(&pair.one),
        vec![("Another", second.into_any()), ("The same", same.into_any()), ("Decide", acts.into_any())],
    )
}
