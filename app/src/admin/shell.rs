//! The frame around the screens: navigation, search, toasts, and who may see what.

use leptos::{prelude::*, task::spawn_local};
use souk_contract::{Error, Resource};

use super::{
    account, activity, analytics, collections, customers,
    desk::{Desk, Who},
    dialogs, drafts, drop, go, home, keys, live, orders, palette, parts,
    place::{Address, Place},
    products, promotions, scan, settings, sign_in, staff, stock, welcome,
};
use crate::{
    api::admin::access,
    ui::{Icon, Tone, alert, icon, icon_button, skeleton, toasts},
};

/// Screen, name, icon, what it takes to read it.
const MENU: [(Place, &str, Icon, Option<Resource>); 11] = [
    (Place::Home, "Home", Icon::Star, None),
    (Place::Orders, "Orders", Icon::Bag, Some(Resource::Orders)),
    (Place::Products, "Products", Icon::Box, Some(Resource::Catalog)),
    (Place::Inventory, "Inventory", Icon::Filter, Some(Resource::Inventory)),
    (Place::Promotions, "Promotions", Icon::Tag, Some(Resource::Promotions)),
    (Place::Customers, "Customers", Icon::People, Some(Resource::Customers)),
    (Place::Analytics, "Analytics", Icon::Chart, Some(Resource::Analytics)),
    (Place::Activity, "Activity", Icon::Return, Some(Resource::Audit)),
    (Place::Staff, "Staff", Icon::User, Some(Resource::Staff)),
    (Place::Settings, "Settings", Icon::Menu, None),
    (Place::Account, "Account", Icon::Lock, None),
];

/// Draws the body anew, with what the document says of the shop.
#[cfg(not(feature = "csr"))]
pub fn start() {
    let facts = document().get_element_by_id("souk-admin").and_then(|element| element.text_content());
    let Some(facts) = facts.and_then(|facts| serde_json::from_str::<crate::context::ShopFacts>(&facts).ok())
    else {
        leptos::logging::error!("The document does not say which shop this is.");
        return;
    };
    if let Some(body) = document().body() {
        body.set_inner_html("");
    }
    leptos::mount::mount_to_body(move || app(Desk::new(facts)));
}

/// The whole body.
pub fn app(desk: Desk) -> AnyView {
    go::start(desk);
    scan::start(desk);
    keys::start(desk);
    live::start(desk);
    ask_who(desk);
    let place = Memo::new(move |_| desk.address.with(|address| Place::of(&address.path)));
    // Only whether somebody is there: a changed name must not draw everything anew.
    let present = Memo::new(move |_| desk.who.with(|who| (*who == Who::Unknown, *who == Who::Nobody)));
    let body = move || match (place.get() == Place::Welcome, present.get()) {
        (true, _) => gate(welcome::view(desk)),
        (false, (true, _)) => unknown(desk),
        (false, (_, true)) => gate(sign_in::view(desk)),
        (false, _) => frame(desk, place),
    };
    view! { {body} {toasts(desk.toast)} {sign_in::above(desk)} {dialogs::question(desk)} {drop::view(desk)} {beside(desk)} }
        .into_any()
}

pub fn ask_who(desk: Desk) {
    spawn_local(async move {
        match access::me().await {
            Ok(member) => {
                live::reached(desk);
                desk.who.set(Who::Member(member.into()));
            }
            // Who is there shows when the shop is: see `live`.
            Err(failure) if live::is_out_of_reach(&failure.0) => live::lost(desk),
            Err(failure) => {
                live::reached(desk);
                if !matches!(failure.0, Error::Unauthenticated { .. }) {
                    desk.complain(&failure.0);
                }
                desk.who.set(Who::Nobody);
            }
        }
    });
}

/// What only the desktop has beside the screens.
fn beside(desk: Desk) -> AnyView {
    #[cfg(feature = "csr")]
    return crate::desktop::shops::switcher(desk);
    #[cfg(not(feature = "csr"))]
    {
        let _ = desk;
        ().into_any()
    }
}

/// The way to another shop, where this is a desktop.
pub fn other_shop(desk: Desk) -> Option<AnyView> {
    #[cfg(feature = "csr")]
    return Some(crate::desktop::shops::open_switcher(desk));
    #[cfg(not(feature = "csr"))]
    {
        let _ = desk;
        None
    }
}

fn unknown(desk: Desk) -> AnyView {
    let down = Memo::new(move |_| desk.link.with(|link| *link != live::Link::Up));
    let content = move || {
        if !down.get() {
            return skeleton("skeleton--title");
        }
        let shop = desk.shop.with_untracked(|shop| shop.name.clone());
        view! {
            <div class="gate__box">
                <p class="gate__shop">{shop}</p>
                <p role="status">"The shop is out of reach. It is tried again every few seconds."</p>
                {other_shop(desk)}
            </div>
        }
        .into_any()
    };
    view! {
        <main id="main" class="gate" aria-busy="true"><h1 class="sr-only">"Admin"</h1>{content}</main>
    }
    .into_any()
}

fn gate(content: AnyView) -> AnyView {
    view! { <main id="main" class="gate" tabindex="-1" data-ready="">{content}</main> }.into_any()
}

fn frame(desk: Desk, place: Memo<Place>) -> AnyView {
    let ready = move || desk.ready.get().then_some("");
    view! {
        <a class="skip-link" href="#main">"Skip to content"</a>
        <div class="desk" class:has-menu=move || desk.menu.get() class:is-away=move || desk.link.get() != live::Link::Up>
            {side(desk, place)}
            <div class="desk__work">
                {top(desk)}
                {live::banner(desk)}
                <main id="main" class="desk__main" tabindex="-1" data-ready=ready>
                    <div class="screen">{move || screen(desk, place.get())}</div>
                </main>
            </div>
        </div>
        {palette::view(desk)}
        {dialogs::shortcuts(desk)}
    }
    .into_any()
}

fn side(desk: Desk, place: Memo<Place>) -> AnyView {
    let entry = move |(to, name, sign, resource): (Place, &'static str, Icon, Option<Resource>)| {
        let may = move || resource.is_none_or(|resource| desk.may(resource.read()));
        let current = move || (place.get().section() == to).then_some("page");
        let link = move || {
            may().then(|| {
                view! { <li><a class="side__link" href=to.url() aria-current=current>{icon(sign)}{name}</a></li> }
            })
        };
        link.into_any()
    };
    let name = move || desk.shop.with(|shop| shop.name.clone());
    let shop = desk.shop.with_untracked(|shop| format!("{}/", shop.base_url));
    let who = move || desk.member().map(|member| member.name.clone());
    view! {
        <nav class="side" id="side" aria-label="Main">
            <p class="side__head"><a href=Place::Home.url()>{name}<span class="side__tag">"Admin"</span></a></p>
            <ul class="side__list">{MENU.into_iter().map(entry).collect::<Vec<_>>()}</ul>
            <div class="side__foot">
                <a class="side__link" href=shop target="_blank" rel="noopener">
                    {icon(Icon::Right)}"View shop"
                </a>
                <p class="side__who">{who}</p>
                {other_shop(desk)}
                <button type="button" class="text-button" on:click=move |_| sign_in::out(desk)>
                    "Sign out"
                </button>
            </div>
        </nav>
    }
    .into_any()
}

fn top(desk: Desk) -> AnyView {
    let toggle = move |_| desk.menu.update(|open| *open = !*open);
    view! {
        <header class="top">
            <button
                type="button" class="icon-button phone-only" aria-label="Menu" aria-controls="side"
                aria-expanded=move || desk.menu.get().to_string() on:click=toggle
            >
                {icon(Icon::Menu)}
            </button>
            <button type="button" class="top__search" aria-haspopup="dialog" on:click=move |_| desk.palette.set(true)>
                {icon(Icon::Search)}<span>"Search anything"</span><kbd class="desk-only">"Ctrl K"</kbd>
            </button>
            <div class="desk-only">
                {icon_button(Icon::Menu, "Keyboard shortcuts", Callback::new(move |()| desk.shortcuts.set(true)))}
            </div>
        </header>
    }
    .into_any()
}

fn screen(desk: Desk, place: Place) -> AnyView {
    let needed =
        MENU.iter().find(|(to, ..)| *to == place.section()).and_then(|(_, _, _, resource)| *resource);
    let allowed = move || needed.is_none_or(|resource| desk.may(resource.read()));
    if !untrack(allowed) {
        return parts::nothing_here(
            desk,
            "Not for you",
            "Your role does not allow you to see this. Whoever runs the shop can change that.",
        );
    }
    match place {
        Place::Home => home::view(desk),
        Place::Orders => orders::list(desk),
        Place::Order(id) => orders::detail(desk, id),
        Place::Drafts => drafts::list(desk),
        Place::Returns => orders::returns(desk),
        Place::Draft(id) => drafts::editor(desk, id),
        Place::Products => products::list(desk),
        Place::NewProduct => products::new(desk),
        Place::BulkEdit => products::bulk(desk),
        Place::Attributes => products::attributes(desk),
        Place::Imports => products::imports(desk),
        Place::Collections => collections::list(desk),
        Place::NewCollection => collections::new(desk),
        Place::Collection(id) => collections::saved(desk, id),
        Place::Import(id) => products::import(desk, id),
        Place::Product(id) => products::detail(desk, id),
        Place::Inventory => stock::list(desk),
        Place::Stock(id) => stock::detail(desk, id),
        Place::Locations => stock::locations(desk),
        Place::Supplies => stock::supplies(desk),
        Place::NewTransfer => stock::new_supply(desk, souk_contract::SupplyKind::Transfer),
        Place::NewPurchase => stock::new_supply(desk, souk_contract::SupplyKind::Purchase),
        Place::Supply(id) => stock::supply(desk, id),
        Place::Reorder => stock::reorder(desk),
        Place::Counts => stock::counts(desk),
        Place::Count(id) => stock::count(desk, id),
        Place::StockSources => stock::sources(desk),
        Place::NewStockSource => stock::new_source(desk),
        Place::StockSource(id) => stock::source(desk, id),
        Place::StockFile => stock::file(desk),
        Place::Promotions => promotions::list(desk),
        Place::NewPromotion => promotions::new(desk),
        Place::Promotion(id) => promotions::saved(desk, id),
        Place::Customers => customers::list(desk),
        Place::Customer(id) => customers::detail(desk, id),
        Place::Duplicates => customers::duplicates(desk),
        Place::MergeCustomers => customers::merge(desk),
        Place::Segments => customers::segments(desk),
        Place::NewSegment => customers::new_segment(desk),
        Place::Segment(id) => customers::segment(desk, id),
        Place::Analytics => analytics::view(desk),
        Place::Activity => activity::view(desk),
        Place::Settings => settings::view(desk),
        Place::Shipping => settings::shipping(desk),
        Place::Taxes => settings::taxes(desk),
        Place::Shop => settings::shop(desk),
        Place::Payments => settings::payments(desk),
        Place::Breaks => settings::breaks(desk),
        Place::Notices => settings::notices(desk),
        Place::Mails => settings::mails(desk),
        Place::MailTemplates => settings::mail_templates(desk),
        Place::MailTemplate(kind) => settings::mail_template(desk, kind),
        Place::Configuration => settings::configuration(desk),
        Place::Staff => staff::colleagues(desk),
        Place::Roles => staff::roles(desk),
        Place::Account => account::view(desk),
        Place::Welcome | Place::Unknown => parts::nothing_here(
            desk,
            "Nothing here",
            "This address leads nowhere. The menu leads everywhere else.",
        ),
    }
}

/// Shown where a part of a screen may not be read.
pub fn hidden(text: &'static str) -> AnyView {
    alert(Tone::Plain, None, view! { <p>{text}</p> }.into_any())
}

/// After signing in: the same address, with another member's eyes.
pub fn enter(desk: Desk, member: souk_contract::StaffMember) {
    desk.address.set(Address::here());
    desk.who.set(Who::Member(member.into()));
    request_animation_frame(go::focus_heading);
}
