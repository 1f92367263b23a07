//! Which shop: the list, adding one by its address, and going from one to another.

use leptos::{ev, prelude::*, server_fn::client::get_server_url, task::spawn_local};
use souk_contract::FieldError;
use wasm_bindgen::JsCast;

use super::{
    client::{self, Call},
    shell::{self, Begin, Shop},
};
use crate::{
    admin::{Desk, Form, Input, ROOT},
    api::admin::access,
    context::ShopFacts,
    ui::{DialogKind, Tone, alert, dialog},
};

/// What the window started with, for the screens.
#[derive(Clone, Copy)]
pub struct Known {
    pub begin: StoredValue<Begin>,
}

/// The whole body while no shop is open.
pub fn first(begin: &Begin) -> AnyView {
    let desk = Desk::new(ShopFacts {
        name: "Souk".to_owned(),
        base_url: String::new(),
        currency: souk_contract::Currency::EUR,
        country: String::new(),
    });
    document().set_title("Souk");
    let known = begin.shops.clone();
    let lead = if known.is_empty() {
        "Where is your shop? Its address is the one that your customers open."
    } else {
        "Which shop do you want to open?"
    };
    view! {
        <main id="main" class="gate" data-ready="">
            <div class="gate__box">
                <p class="gate__shop">"Souk"</p>
                <h1 class="gate__title">"Your shops"</h1>
                <p class="muted">{lead}</p>
                {list(&known, None)}
                {add(desk)}
            </div>
        </main>
    }
    .into_any()
}

/// The dialog with all shops.
pub fn switcher(desk: Desk) -> AnyView {
    let Some(known) = use_context::<Known>() else { return ().into_any() };
    let begin = known.begin.get_value();
    let body = move || {
        desk.shops.get().then(|| {
            let unkept = (!begin.keyring).then(|| {
                let text = "This system has no keyring. You stay signed in until the app is closed.";
                alert(Tone::Warn, None, view! { <p>{text}</p> }.into_any())
            });
            view! { <div class="stack">{list(&begin.shops, begin.current.as_deref())} {unkept} {add(desk)}</div> }
        })
    };
    let title = Signal::stored("Your shops".to_owned());
    dialog(DialogKind::Modal, "shops", title, desk.shops, body.into_any(), None)
}

pub fn open_switcher(desk: Desk) -> AnyView {
    view! {
        <button type="button" class="text-button" aria-haspopup="dialog" on:click=move |_| desk.shops.set(true)>
            "Other shops"
        </button>
    }
    .into_any()
}

fn list(shops: &[Shop], current: Option<&str>) -> AnyView {
    let entry = |shop: &Shop| {
        let is_current = current == Some(shop.url.as_str());
        let (open, gone) = (shop.url.clone(), shop.url.clone());
        let choose = move |_| {
            if is_current {
                return;
            }
            let url = open.clone();
            spawn_local(async move {
                shell::choose_shop(Some(&url)).await;
                load_anew();
            });
        };
        let remove = move |_| {
            let url = gone.clone();
            spawn_local(async move {
                shell::remove_shop(&url).await;
                load_anew();
            });
        };
        let host = shop.url.split_once("://").map_or(shop.url.as_str(), |(_, host)| host).to_owned();
        view! {
            <li class="shops__one">
                <button type="button" class="shops__open" aria-current=is_current.then_some("true") on:click=choose>
                    <span class="shops__name">{shop.facts.name.clone()}</span>
                    <span class="muted">{host}</span>
                </button>
                <button
                    type="button" class="text-button" aria-label=format!("Remove {}", shop.facts.name) on:click=remove
                >
                    "Remove"
                </button>
            </li>
        }
        .into_any()
    };
    if shops.is_empty() {
        return ().into_any();
    }
    view! { <ul class="shops">{shops.iter().map(entry).collect::<Vec<_>>()}</ul> }.into_any()
}

fn add(desk: Desk) -> AnyView {
    let form = Form::new(desk);
    let address = RwSignal::new(String::new());
    let send = move || {
        let Some(url) = origin(&address.get_untracked()) else {
            return form.refuse(vec![fault(
                "This is no address of a shop. It begins with https://, or is one of this computer.",
            )]);
        };
        if form.busy.get_untracked() {
            return;
        }
        form.busy.set(true);
        form.error.set(None);
        spawn_local(async move {
            match facts(&url).await {
                Ok(facts) => {
                    shell::put_shop(&Shop { url: url.clone(), facts }).await;
                    shell::choose_shop(Some(&url)).await;
                    load_anew();
                }
                Err(reason) => {
                    form.busy.set(false);
                    form.refuse(vec![fault(&reason)]);
                }
            }
        });
    };
    view! {
        <form class="form" novalidate=true on:submit=form.on_submit(send)>
            {form.general()}
            {Input::new(form, "Address of the shop", "shop-address", "url", address)
                .kind("url").inputmode("url").hint("For example https://shop.example").view()}
            {form.button("button--wide", "Open this shop")}
        </form>
    }
    .into_any()
}

fn fault(text: &str) -> FieldError {
    FieldError { field: "url".to_owned(), code: "invalid".to_owned(), message: text.to_owned() }
}

async fn facts(url: &str) -> Result<ShopFacts, String> {
    let path = <access::Shop as leptos::server_fn::ServerFn>::PATH.to_owned();
    let call = Call { path, body: "{}".to_owned() };
    let answer = client::post(url, &call).await;
    let answer = answer.map_err(|_| "Nobody answers at this address, or it is no Souk shop.".to_owned())?;
    answer.read().map_err(|_| "This is no Souk shop, or its version is too old for this app.".to_owned())
}

/// Scheme, host and port of what was typed. Without encryption only to this computer: the token would be read on its way.
fn origin(text: &str) -> Option<String> {
    let text = text.trim();
    let text = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = web_sys::Url::new(&text).ok()?;
    let here = ["localhost", "127.0.0.1"].contains(&url.hostname().as_str());
    let fine = match url.protocol().as_str() {
        "https:" => !url.hostname().is_empty(),
        "http:" => here,
        _ => false,
    };
    fine.then(|| url.origin())
}

/// Another shop, another document.
fn load_anew() {
    let location = window().location();
    // Failing, the old one stays as it is.
    let _ = location.replace(ROOT);
}

/// Links that lead out of the screens open in the system's browser: those to the shop's own pages are the shop's address
/// there.
pub fn follow_outside_links() {
    window_event_listener(ev::click, move |event| {
        let element = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let link = element.and_then(|element| element.closest("a[href]").ok().flatten());
        let Some(link) = link.and_then(|link| link.dyn_into::<web_sys::HtmlAnchorElement>().ok()) else {
            return;
        };
        if event.default_prevented() {
            return;
        }
        let elsewhere = window().location().origin().is_ok_and(|origin| link.origin() != origin);
        let path = link.pathname();
        let screen = path == ROOT || path.starts_with("/admin/");
        let url = match (elsewhere, screen) {
            (true, _) if ["https:", "http:", "mailto:"].contains(&link.protocol().as_str()) => link.href(),
            (false, false) => format!("{}{path}{}", get_server_url(), link.search()),
            _ => return,
        };
        event.prevent_default();
        spawn_local(async move { shell::open_outside(&url).await });
    });
}
