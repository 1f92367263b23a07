//! Lines and sums of the cart, and the drawer that shows them over any page.

use leptos::prelude::*;
use souk_contract::{Cart, CartLine, Money};

use super::fault;
use crate::{
    api, browser,
    store::Store,
    ui::{
        DialogKind, Icon, Shape, Tone, badge, dialog, empty as nothing, link_button, picture, price,
        progress, stepper,
    },
};

const SMALL: Shape = Shape { class: "line__media ratio-square", sizes: "6rem", eager: false };
const LINE: Shape = Shape { class: "line__media ratio-square", sizes: "8rem", eager: false };

/// Opens after something was added, and from the header.
pub fn drawer(store: Store) -> AnyView {
    let title = Signal::derive(move || match store.item_count() {
        1 => "Cart, 1 item".to_owned(),
        count => format!("Cart, {count} items"),
    });
    let filled = Memo::new(move |_| store.item_count() > 0);
    let body = move || {
        if filled.get() {
            view! { {free_delivery(store)}{lines(store, "lines lines--small")} }.into_any()
        } else {
            empty()
        }
    };
    let foot = view! {
        <div class="stack" hidden=move || !filled.get()>
            {totals(store)}
            {link_button("button--big button--wide", "/checkout", "Check out")}
            <a class="arrow-link" href="/cart">"View cart"</a>
        </div>
    }
    .into_any();
    dialog(DialogKind::Drawer, "drawer", title, store.bag_open, body.into_any(), Some(foot))
}

pub fn empty() -> AnyView {
    let act = link_button("button--big", "/collections/all", "See what there is");
    nothing(Icon::Bag, "Your cart is empty", "What you add stays here, on this device.", Some(act))
}

/// With their quantities to be changed.
pub fn lines(store: Store, class: &'static str) -> AnyView {
    (move || {
        store.cart.with(|cart| {
            let cart = cart.as_ref()?;
            let lines: Vec<AnyView> = cart.lines.iter().map(|one| line(store, cart, one)).collect();
            Some(view! { {fault(store, api::SET_QUANTITY)}<ul class=class>{lines}</ul> })
        })
    })
    .into_any()
}

fn line(store: Store, cart: &Cart, line: &CartLine) -> AnyView {
    let id = line.id;
    let href = format!("/products/{}?variant={}", line.product_handle, line.variant_id);
    let note = cart
        .warnings
        .iter()
        .find(|warning| warning.line_id == Some(id))
        .map(|warning| warning.message.clone());
    let gift = cart.totals.lines.iter().find(|totals| totals.line_id == id).map_or(0, |totals| totals.gift);
    // Typed or pressed: the sums change at once, the form follows.
    let set = move |event: web_sys::Event| {
        if let Ok(quantity) = event_target_value(&event).parse::<i64>() {
            browser::guess(store, |cart| {
                if let Some(line) = cart.lines.iter_mut().find(|line| line.id == id) {
                    line.quantity = quantity.clamp(1, 999);
                }
            });
        }
    };
    let remove = move |_| browser::guess(store, |cart| cart.lines.retain(|line| line.id != id));
    view! {
        <li class="line">
            {picture(line.media.as_ref(), &line.product_title, LINE, None)}
            <div class="line__head">
                <div>
                    <h3 class="line__title"><a href=href>{line.product_title.clone()}</a></h3>
                    {options(&line.variant_title)}
                    {(gift > 0).then(|| view! { <p class="line__note">{format!("Gift: {gift}")}</p> })}
                    {note.map(|text| view! { <p class="line__note line__note--bad">{text}</p> })}
                </div>
                <div class="line__price">{line_price(line)}</div>
            </div>
            <div class="line__foot">
                <form class="cluster" method="post" action=api::SET_QUANTITY data-auto="" on:change=set>
                    <input type="hidden" name="line_id" value=id.to_string()/>
                    {stepper(
                        "quantity",
                        format!("Quantity: {}", line.product_title),
                        Signal::stored(line.quantity),
                        1,
                        line.max_quantity.map_or(999, |most| most.max(line.quantity)).clamp(1, 999),
                        "stepper--small",
                    )}
                    <button class="text-button no-js-only" type="submit">"Update"</button>
                </form>
                <form method="post" action=api::SET_QUANTITY on:submit=remove>
                    <input type="hidden" name="line_id" value=id.to_string()/>
                    <input type="hidden" name="quantity" value="0"/>
                    <button class="text-button" type="submit">
                        "Remove"<span class="sr-only">{format!(": {}", line.product_title)}</span>
                    </button>
                </form>
            </div>
        </li>
    }
    .into_any()
}

fn options(title: &str) -> Option<impl IntoView + use<>> {
    let title = title.to_owned();
    (!title.is_empty()).then(|| view! { <p class="line__options">{title}</p> })
}

fn line_price(line: &CartLine) -> AnyView {
    let times = |money: Money| money.checked_mul(line.quantity).unwrap_or(money);
    price(times(line.unit_price), line.compare_at.map(times), false, "")
}

/// One thing that is bought, to be looked at only.
pub fn small_line(line: SmallLine<'_>) -> AnyView {
    view! {
        <li class="line">
            <div class="line__media">
                {picture(line.media, line.title, SMALL, None)}
                <span class="line__qty"><span class="sr-only">"Quantity "</span>{line.quantity}</span>
            </div>
            <div class="line__head">
                <div>
                    <p class="line__title">{line.title.to_owned()}</p>
                    {options(line.options)}
                </div>
                <div class="line__price">{price(line.total, None, false, "")}</div>
            </div>
        </li>
    }
    .into_any()
}

pub struct SmallLine<'a> {
    pub media: Option<&'a souk_contract::Media>,
    pub title: &'a str,
    pub options: &'a str,
    pub quantity: i64,
    pub total: Money,
}

/// For the summary beside the checkout.
pub fn small_lines(store: Store) -> AnyView {
    (move || {
        store.cart.with(|cart| {
            let cart = cart.as_ref()?;
            let lines = cart.lines.iter().map(|line| {
                small_line(SmallLine {
                    media: line.media.as_ref(),
                    title: &line.product_title,
                    options: &line.variant_title,
                    quantity: line.quantity,
                    total: line.unit_price.checked_mul(line.quantity).unwrap_or(line.unit_price),
                })
            });
            Some(view! { <ul class="lines lines--small">{lines.collect::<Vec<_>>()}</ul> })
        })
    })
    .into_any()
}

/// A row of the sums.
pub fn sum_row(class: &'static str, label: String, amount: String) -> AnyView {
    view! { <div class=format!("totals__row {class}")><dt>{label}</dt><dd>{amount}</dd></div> }.into_any()
}

pub struct Sums<'a> {
    pub subtotal: Money,
    pub discount: Money,
    pub discount_label: &'a str,
    /// None: not known before delivery is chosen.
    pub shipping: Option<Money>,
    pub shipping_discount: Money,
    pub tax: Money,
    pub tax_inclusive: bool,
    pub total: Money,
}

pub fn sums(sums: &Sums<'_>) -> AnyView {
    let shipping = match sums.shipping {
        None => "Next step".to_owned(),
        Some(price) => match price.checked_sub(sums.shipping_discount) {
            Some(rest) if !rest.is_zero() => rest.to_string(),
            _ => "Free".to_owned(),
        },
    };
    let discount = (!sums.discount.is_zero())
        .then(|| sum_row("totals__row--good", sums.discount_label.to_owned(), format!("−{}", sums.discount)));
    let added = (!sums.tax_inclusive).then(|| sum_row("", "Tax".to_owned(), sums.tax.to_string()));
    let contained = (sums.tax_inclusive && !sums.tax.is_zero())
        .then(|| view! { <p class="muted small">{format!("Includes {} VAT", sums.tax)}</p> });
    view! {
        <dl class="totals">
            {sum_row("", "Subtotal".to_owned(), sums.subtotal.to_string())}
            {discount}
            {sum_row("", "Delivery".to_owned(), shipping)}
            {added}
            {sum_row("totals__row--sum", "Total".to_owned(), sums.total.to_string())}
        </dl>
        {contained}
    }
    .into_any()
}

pub fn totals(store: Store) -> AnyView {
    (move || {
        store.cart.with(|cart| {
            let cart = cart.as_ref()?;
            let totals = &cart.totals;
            let titles: Vec<&str> = totals
                .trace
                .iter()
                .filter(|step| step.applied && !step.amount.is_zero())
                .map(|step| step.code.as_deref().unwrap_or(&step.title))
                .collect();
            let label = if titles.is_empty() { "Discount".to_owned() } else { titles.join(", ") };
            Some(sums(&Sums {
                subtotal: totals.subtotal,
                discount: totals.discount,
                discount_label: &label,
                shipping: cart.delivery.as_ref().map(|_| totals.shipping),
                shipping_discount: totals.shipping_discount,
                tax: totals.tax,
                tax_inclusive: totals.tax_inclusive,
                total: totals.total,
            }))
        })
    })
    .into_any()
}

/// How far it is to free delivery.
pub fn free_delivery(store: Store) -> AnyView {
    let Some(limit) = store.frame().free_shipping_over else { return ().into_any() };
    (move || {
        store.cart.with(|cart| {
            let totals = &cart.as_ref()?.totals;
            let goods = totals.subtotal.checked_sub(totals.discount)?;
            let missing = limit.checked_sub(goods)?;
            Some(if missing.minor > 0 {
                view! {
                    <div class="free-delivery">
                        <span><b>{missing.to_string()}</b>" to free delivery"</span>
                        {progress("On the way to free delivery", goods.minor, limit.minor)}
                    </div>
                }
                .into_any()
            } else {
                view! { <p class="small strong">"Delivery is on us."</p> }.into_any()
            })
        })
    })
    .into_any()
}

/// The field for a discount code, and the codes that were given.
pub fn codes(store: Store) -> AnyView {
    let given = move || {
        store.cart.with(|cart| {
            let codes = cart.as_ref().map(|cart| cart.codes.as_slice()).unwrap_or_default();
            codes
                .iter()
                .map(|one| {
                    let tone = if one.applied { Tone::Good } else { Tone::Warn };
                    view! {
                        <li class="cluster cluster--between">
                            <span>{badge(tone, &one.code)}" "<span class="small">{one.message.clone()}</span></span>
                            <form method="post" action=api::REMOVE_CODE>
                                <input type="hidden" name="code" value=one.code.clone()/>
                                <button class="text-button" type="submit">
                                    "Remove"<span class="sr-only">{format!(" code {}", one.code)}</span>
                                </button>
                            </form>
                        </li>
                    }
                    .into_any()
                })
                .collect::<Vec<_>>()
        })
    };
    view! {
        <div class="stack stack--s">
            <form class="joined" method="post" action=api::ADD_CODE>
                <input
                    class="input"
                    name="code"
                    aria-label="Discount code"
                    placeholder="Discount code"
                    autocomplete="off"
                    autocapitalize="characters"
                    required=true
                    maxlength="60"
                />
                <button class="button button--quiet" type="submit">"Apply"</button>
            </form>
            {fault(store, api::ADD_CODE)}
            <ul class="stack stack--s">{given}</ul>
        </div>
    }
    .into_any()
}
