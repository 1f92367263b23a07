//! The customer's own pages, and the gates to them.

use leptos::prelude::*;
use souk_contract::{
    Country, Error, OrderPaymentStatus, OrderStatus, OrderSummary, PageRequest, SavedAddress,
};
use url::form_urlencoded::byte_serialize;

use super::{
    form::{ADDRESS, AddressNames, Countries, Field, Section, address, fault, field},
    order::{address_lines, day},
};
use crate::{
    api,
    context::Visit,
    failure::Refusal,
    head::Head,
    page::{Asked, Found, Html, Page, Stop},
    ui::{Icon, Tone, alert, empty, link_button},
};

enum Account {
    SignIn {
        next: String,
        /// A new password was set a moment ago.
        reset: bool,
    },
    Register {
        next: String,
    },
    AskReset {
        sent: bool,
    },
    Reset {
        token: String,
    },
    Orders {
        name: String,
        orders: Vec<OrderRow>,
        /// Address of the next page.
        next: Option<String>,
    },
    Addresses {
        saved: Vec<SavedAddress>,
        countries: Countries,
        /// The one that is edited; none: a new one.
        editing: Option<Box<SavedAddress>>,
    },
    Password,
}

struct OrderRow {
    number: i64,
    href: String,
    placed: String,
    status: String,
    /// Class of its badge.
    tone: String,
    total: String,
}

/// Where to go after signing in: a path of ours, or the account.
pub fn next(wanted: Option<String>) -> String {
    let ours = |path: &String| {
        path.starts_with('/') && !path.starts_with("//") && !path.contains('\\') && crate::page::is_page(path)
    };
    wanted.filter(ours).unwrap_or_else(|| "/account".to_owned())
}

fn view(refusal: Option<&Refusal>, account: &Account) -> AnyView {
    match account {
        Account::SignIn { next, reset } => sign_in(refusal, next, *reset),
        Account::Register { next } => register(refusal, next),
        Account::AskReset { sent } => ask_reset(refusal, *sent),
        Account::Reset { token } => reset(refusal, token),
        Account::Orders { name, orders, next } => {
            frame("/account", "Orders", self::orders(name, orders, next))
        }
        Account::Addresses { saved, countries, editing } => {
            frame("/account/addresses", "Addresses", addresses(refusal, saved, countries, editing.as_deref()))
        }
        Account::Password => frame("/account/password", "Password", password(refusal)),
    }
}

fn gate(title: &'static str, body: AnyView) -> AnyView {
    view! { <div class="wrap page"><div class="gate stack stack--l"><h1>{title}</h1>{body}</div></div> }
        .into_any()
}

fn submit(label: &'static str) -> AnyView {
    view! { <button class="button button--big button--wide" type="submit">{label}</button> }.into_any()
}

fn with_next(path: &str, next: &str) -> String {
    if next.is_empty() { path.to_owned() } else { format!("{path}?next={next}") }
}

fn sign_in(refusal: Option<&Refusal>, next: &str, reset: bool) -> AnyView {
    let done = "Your password is changed. Sign in with the new one.";
    gate(
        "Sign in",
        view! {
            {reset.then(|| alert(Tone::Good, None, done.into_any()))}
            <form class="form" method="post" action=api::SIGN_IN>
                {fault(refusal, api::SIGN_IN, &["email", "password"])}
                <input type="hidden" name="next" value=next.to_owned()/>
                {field(
                    refusal,
                    Field { autocomplete: "username", ..Field::email(api::SIGN_IN, String::new()) },
                )}
                {field(refusal, Field::password(api::SIGN_IN, "password", "Password", false))}
                {submit("Sign in")}
                <p class="small cluster cluster--between">
                    <a href="/account/reset">"Forgot your password?"</a>
                    <a href=with_next("/account/register", next)>"Create an account"</a>
                </p>
            </form>
        }
        .into_any(),
    )
}

fn register(refusal: Option<&Refusal>, next: &str) -> AnyView {
    let name = Field { max: 120, ..Field::new(api::REGISTER, "name", "Your name", "name") };
    gate(
        "Create an account",
        view! {
            <form class="form" method="post" action=api::REGISTER>
                {fault(refusal, api::REGISTER, &["name", "email", "password"])}
                <input type="hidden" name="next" value=next.to_owned()/>
                {field(refusal, name)}
                {field(refusal, Field::email(api::REGISTER, String::new()))}
                {field(refusal, Field::password(api::REGISTER, "password", "Password", true))}
                {submit("Create account")}
                <p class="small"><a href=with_next("/account/login", next)>"I have an account"</a></p>
            </form>
        }
        .into_any(),
    )
}

fn ask_reset(refusal: Option<&Refusal>, sent: bool) -> AnyView {
    let text = "If there is an account with this address, a letter with a link is on its way.";
    gate(
        "Forgot your password?",
        view! {
            {sent.then(|| alert(Tone::Good, None, text.into_any()))}
            <form class="form" method="post" action=api::REQUEST_RESET>
                {fault(refusal, api::REQUEST_RESET, &["email"])}
                <p>"We send you a link with which you can set a new one."</p>
                {field(refusal, Field::email(api::REQUEST_RESET, String::new()))}
                {submit("Send the link")}
                <p class="small"><a href="/account/login">"Back to sign in"</a></p>
            </form>
        }
        .into_any(),
    )
}

fn reset(refusal: Option<&Refusal>, token: &str) -> AnyView {
    gate(
        "Set a new password",
        view! {
            <form class="form" method="post" action=api::RESET_PASSWORD>
                {fault(refusal, api::RESET_PASSWORD, &["new"])}
                <input type="hidden" name="token" value=token.to_owned()/>
                {field(refusal, Field::password(api::RESET_PASSWORD, "new", "New password", true))}
                {submit("Save the password")}
            </form>
        }
        .into_any(),
    )
}

fn frame(here: &'static str, title: &'static str, body: AnyView) -> AnyView {
    let entry = |href: &'static str, label: &'static str| {
        view! { <li><a href=href aria-current=(href == here).then_some("page")>{label}</a></li> }.into_any()
    };
    view! {
        <div class="wrap page">
            <div class="page__head"><h1>{title}</h1></div>
            <div class="account">
                <nav class="account__nav" aria-label="Account">
                    <ul>
                        {entry("/account", "Orders")}
                        {entry("/account/addresses", "Addresses")}
                        {entry("/account/password", "Password")}
                        <li>
                            <form method="post" action=api::SIGN_OUT><button type="submit">"Sign out"</button></form>
                        </li>
                    </ul>
                </nav>
                <div class="stack stack--l">{body}</div>
            </div>
        </div>
    }
    .into_any()
}

fn orders(name: &str, orders: &[OrderRow], next: &Option<String>) -> AnyView {
    if orders.is_empty() {
        let act = link_button("", "/collections/all", "See what there is");
        return empty(Icon::Box, format!("Welcome, {name}"), "Your orders will be here.", Some(act));
    }
    let rows: Vec<AnyView> = orders
        .iter()
        .map(|row| {
            view! {
                <tr>
                    <th scope="row"><a href=row.href.clone()>{row.number}</a></th>
                    <td data-label="Date">{row.placed.clone()}</td>
                    <td data-label="Status"><span class=format!("badge {}", row.tone)>{row.status.clone()}</span></td>
                    <td class="num" data-label="Total">{row.total.clone()}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <table class="table">
            <thead>
                <tr>
                    <th scope="col">"Order"</th>
                    <th scope="col">"Date"</th>
                    <th scope="col">"Status"</th>
                    <th scope="col" class="num">"Total"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
        {next.clone().map(|href| view! { <a class="button button--quiet" rel="next" href=href>"Older orders"</a> })}
    }
    .into_any()
}

fn addresses(
    refusal: Option<&Refusal>,
    saved: &[SavedAddress],
    countries: &Countries,
    editing: Option<&SavedAddress>,
) -> AnyView {
    let names = AddressNames {
        action: api::SAVE_ADDRESS,
        prefix: "",
        names: ADDRESS,
        section: Section::Shipping,
        required: true,
    };
    let cards: Vec<AnyView> = saved.iter().map(|one| saved_address(one, &countries.served)).collect();
    let is_default = editing.is_some_and(|one| one.is_default) || saved.is_empty();
    view! {
        {(!cards.is_empty()).then(|| view! { <div class="addresses">{cards}</div> })}
        <section class="stack">
            <h2>{if editing.is_some() { "Change the address" } else { "Add an address" }}</h2>
            <form class="form" method="post" action=api::SAVE_ADDRESS>
                {fault(refusal, api::SAVE_ADDRESS, &ADDRESS)}
                {editing.map(|one| view! { <input type="hidden" name="id" value=one.id.to_string()/> })}
                {address(refusal, names, editing.map(|one| &one.address), countries)}
                <label class="check">
                    <input type="checkbox" name="default" value="1" checked=is_default/>
                    <span class="check__label">"Use this address first"</span>
                </label>
                <div class="cluster">
                    <button class="button" type="submit">"Save address"</button>
                    {editing.map(|_| view! {
                        <a class="button button--quiet" href="/account/addresses">"Leave it as it was"</a>
                    })}
                </div>
            </form>
        </section>
    }
    .into_any()
}

fn saved_address(one: &SavedAddress, countries: &[Country]) -> AnyView {
    view! {
        <div class="address">
            <address>{address_lines(&one.address, countries)}</address>
            <div class="cluster">
                {one.is_default.then(|| view! { <span class="badge badge--good">"First choice"</span> })}
                <a class="text-button" href=format!("/account/addresses?edit={}", one.id)>"Change"</a>
                <form method="post" action=api::DELETE_ADDRESS>
                    <input type="hidden" name="id" value=one.id.to_string()/>
                    <button class="text-button" type="submit">"Delete"</button>
                </form>
            </div>
        </div>
    }
    .into_any()
}

fn password(refusal: Option<&Refusal>) -> AnyView {
    view! {
        <form class="form" method="post" action=api::CHANGE_PASSWORD>
            {fault(refusal, api::CHANGE_PASSWORD, &["current", "new"])}
            {field(refusal, Field::password(api::CHANGE_PASSWORD, "current", "Password so far", false))}
            {field(refusal, Field::password(api::CHANGE_PASSWORD, "new", "New password", true))}
            <button class="button" type="submit">"Change password"</button>
        </form>
    }
    .into_any()
}

pub async fn load(visit: &Visit, asked: &Asked, rest: &[&str]) -> Result<Found, Stop> {
    let next = asked.first("next").map(|next| self::next(Some(next.to_owned()))).unwrap_or_default();
    let known = visit.ctx.customer().is_some();
    let (title, account) = match rest {
        ["login" | "register"] if known => return Err(Stop::see("/account")),
        ["login"] => ("Sign in", Account::SignIn { next, reset: asked.first("reset").is_some() }),
        ["register"] => ("Create an account", Account::Register { next }),
        ["reset"] => ("Forgot your password?", Account::AskReset { sent: asked.first("sent").is_some() }),
        ["reset", token] => ("Set a new password", Account::Reset { token: (*token).to_owned() }),
        [] | ["addresses"] | ["password"] if !known => {
            let here = if rest.is_empty() { "/account".to_owned() } else { format!("/account/{}", rest[0]) };
            return Err(Stop::see(format!("/account/login?next={here}")));
        }
        [] => ("Your orders", find_orders(visit, asked).await?),
        ["addresses"] => ("Your addresses", find_addresses(visit, asked).await?),
        ["password"] => ("Change password", Account::Password),
        _ => return Err(Error::not_found("page").into()),
    };
    let html = Html::draw(|| view(asked.refusal.as_ref(), &account));
    Ok(Found { page: Page::Still(html), head: Head::private(title) })
}

async fn find_orders(visit: &Visit, asked: &Asked) -> Result<Account, Stop> {
    let request = PageRequest { after: asked.first("after").map(str::to_owned), limit: Some(20) };
    let page = visit.services.orders.mine(&visit.ctx, &request).await?;
    let name = visit.services.identity.me(&visit.ctx).await?.name;
    let next = page.next.map(|next| {
        let cursor: String = byte_serialize(next.as_bytes()).collect();
        format!("/account?after={cursor}")
    });
    Ok(Account::Orders { name, orders: page.items.iter().map(row).collect(), next })
}

fn row(order: &OrderSummary) -> OrderRow {
    let (status, tone) = match (order.status, order.payment_status) {
        (OrderStatus::Cancelled, _) => ("Cancelled", "badge--bad"),
        (OrderStatus::Completed, _) => ("Completed", "badge--good"),
        (_, OrderPaymentStatus::Refunded) => ("Refunded", ""),
        // Money that is held comes with the parcel.
        (
            _,
            OrderPaymentStatus::Paid
            | OrderPaymentStatus::PartiallyRefunded
            | OrderPaymentStatus::Authorized
            | OrderPaymentStatus::PartiallyPaid,
        ) => ("Packing", ""),
        (_, OrderPaymentStatus::Voided) => ("Not paid", "badge--bad"),
        (OrderStatus::Open, OrderPaymentStatus::None) => ("Packing", ""),
        (_, OrderPaymentStatus::None) => ("Waiting for payment", "badge--warn"),
    };
    OrderRow {
        number: order.number,
        href: format!("/orders/{}", order.access_token),
        placed: day(order.placed_at),
        status: status.to_owned(),
        tone: tone.to_owned(),
        total: order.total.to_string(),
    }
}

async fn find_addresses(visit: &Visit, asked: &Asked) -> Result<Account, Stop> {
    let saved = visit.services.identity.addresses(&visit.ctx).await?;
    let edited = asked.first("edit");
    let editing =
        edited.and_then(|id| saved.iter().find(|one| one.id.to_string() == id)).cloned().map(Box::new);
    let served = visit.services.shipping.countries(&visit.ctx).await?;
    let countries = Countries { served, home: visit.shop.country.clone() };
    Ok(Account::Addresses { saved, countries, editing })
}

#[cfg(test)]
mod tests {
    use super::next;

    #[test]
    fn signing_in_never_leads_to_another_site() {
        assert_eq!(next(Some("/checkout".into())), "/checkout");
        for bad in ["//evil.example", "https://evil.example", "/\\evil.example", "", "/docs"] {
            assert_eq!(next(Some(bad.into())), "/account", "{bad}");
        }
    }
}
