//! The checkout: contact, address, delivery, payment and review on one page. Each part is a form of its own, so that
//! it also works as a sequence of plain forms; the script sends a part as soon as it is filled.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use souk_contract::CheckoutId;

use super::{bag, fault};
use crate::{
    api,
    page::Html,
    store::Store,
    ui::{Icon, Tone, alert, icon},
};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Checkout {
    /// Names this attempt: sent twice it is still one order.
    pub id: CheckoutId,
    /// Contact and addresses.
    pub details: Html,
    pub delivery: Html,
    pub methods: Html,
}

#[cfg(feature = "ssr")]
impl Checkout {
    /// As it goes along with its document.
    pub fn forget(&mut self) {
        self.details.forget();
        self.delivery.forget();
        self.methods.forget();
    }
}

pub fn view(store: Store, checkout: &Checkout) -> AnyView {
    view! {
        <div class="wrap page">
            <div class="page__head"><h1>"Checkout"</h1></div>
            <div class="checkout">
                <div class="checkout__form">
                    {checkout.details.view()}
                    {checkout.delivery.view()}
                    {pay(store, checkout)}
                </div>
                {summary(store)}
            </div>
        </div>
    }
    .into_any()
}

fn pay(store: Store, checkout: &Checkout) -> AnyView {
    view! {
        <form class="checkout__form" method="post" action=api::PLACE_ORDER>
            <input type="hidden" name="checkout_id" value=checkout.id.to_string()/>
            {checkout.methods.view()}
            <section class="step">
                <h2 class="step__title">"Review"</h2>
                {fault(store, api::PLACE_ORDER)}
                {where_to(store)}
                {review(store)}
            </section>
        </form>
    }
    .into_any()
}

/// The button, or what is missing before there is one.
fn review(store: Store) -> AnyView {
    (move || {
        store.cart.with(|cart| {
            let cart = cart.as_ref()?;
            let missing: Vec<String> = cart.requirements.iter().map(|one| one.message.clone()).collect();
            let total = cart.totals.total;
            Some(if missing.is_empty() {
                view! {
                    <input type="hidden" name="total" value=total.minor.to_string()/>
                    <button class="button button--big button--wide" type="submit">{format!("Pay {total}")}</button>
                    <p class="muted small center">"Nothing is charged before this."</p>
                }
                .into_any()
            } else {
                let rows: Vec<AnyView> =
                    missing.into_iter().map(|text| view! { <li>{text}</li> }.into_any()).collect();
                alert(Tone::Plain, Some("Before you can pay".to_owned()), view! { <ul>{rows}</ul> }.into_any())
            })
        })
    })
    .into_any()
}

/// What was said so far, in short.
fn where_to(store: Store) -> AnyView {
    (move || {
        store.cart.with(|cart| {
            let cart = cart.as_ref()?;
            let address = cart.shipping_address.as_ref()?;
            let delivery = cart.delivery.as_ref()?;
            let text = format!("{} to {}, {}, {}", delivery.name, address.name, address.line1, address.city);
            Some(view! { <p class="small">{text}</p> })
        })
    })
    .into_any()
}

fn summary(store: Store) -> AnyView {
    let total = move || store.cart.with(|cart| cart.as_ref().map(|cart| cart.totals.total.to_string()));
    view! {
        <details class="summary">
            <summary class="summary__toggle">
                <span>"Your order "{icon(Icon::Down)}</span>
                <span class="price">{total}</span>
            </summary>
            <div class="summary__body">
                <h2 class="step__title sr-only">"Your order"</h2>
                {bag::small_lines(store)}
                {bag::codes(store)}
                {bag::totals(store)}
            </div>
        </details>
    }
    .into_any()
}

#[cfg(feature = "ssr")]
pub fn days(min: u32, max: u32) -> String {
    match (min, max) {
        (_, 0) => "The same day".to_owned(),
        (min, 1) if min <= 1 => "1 working day".to_owned(),
        (min, max) if min == max => format!("{max} working days"),
        (min, max) => format!("{min} to {max} working days"),
    }
}

#[cfg(feature = "ssr")]
pub use server::load;

#[cfg(feature = "ssr")]
mod server {
    use leptos::prelude::*;
    use souk_contract::{Cart, Error, HostedFields, PaymentMethod, SavedAddress, ShippingOption};

    use super::Checkout;
    use crate::{
        api,
        context::Visit,
        failure::Refusal,
        head::Head,
        page::{Asked, Found, Html, Page, Stop},
        shop::form::{ADDRESS, AddressNames, BILLING, Countries, Field, Section, address, fault, field},
        ui::{Choice, Icon, Tone, alert, choices, icon},
    };

    /// What is known of whoever buys.
    struct Known {
        countries: Countries,
        /// The signed-in customer's.
        saved: Vec<SavedAddress>,
        signed_in: bool,
        /// Suggested where the cart has none.
        email: String,
    }

    pub async fn load(visit: &Visit, asked: &Asked) -> Result<Found, Stop> {
        let Visit { services, ctx, .. } = visit;
        if let Some(next) = visit.waits_for().await? {
            return Err(Stop::see(format!("/checkout/paid/{}", next.token)));
        }
        let mut cart = visit.cart().await?;
        if cart.as_ref().is_none_or(|cart| cart.lines.is_empty()) {
            return Err(Stop::see("/cart"));
        }
        if let (Some(token), Some(_)) =
            (&visit.cart_token, cart.as_ref().and_then(|cart| cart.delivery.as_ref()))
        {
            // Its price may have changed with the lines. Where it no longer serves, it has to be chosen anew.
            cart = match services.shipping.refresh(ctx, token).await {
                Ok(cart) => Some(cart),
                Err(Error::Conflict { .. }) => visit.cart().await?,
                Err(error) => return Err(error.into()),
            };
        }
        let cart = cart.ok_or_else(|| Error::not_found("cart"))?;
        let deliveries = match &visit.cart_token {
            Some(token) if cart.shipping_address.is_some() && cart.requires_shipping() => {
                services.shipping.options(ctx, token, None).await?
            }
            _ => Vec::new(),
        };
        let (saved, email) = match ctx.customer() {
            Some(_) => (services.identity.addresses(ctx).await?, services.identity.me(ctx).await?.email),
            None => (Vec::new(), String::new()),
        };
        let known = Known {
            countries: Countries {
                served: services.shipping.countries(ctx).await?,
                home: visit.shop.country.clone(),
            },
            saved,
            signed_in: ctx.customer().is_some(),
            email,
        };
        let offered = {
            let country = cart.shipping_address.as_ref().map(|address| address.country.as_str());
            services.payments.methods(ctx, cart.totals.total, country).await?
        };
        let refusal = asked.refusal.as_ref();
        let page = Checkout {
            id: (visit.new_checkout)(),
            details: Html::draw(|| details(refusal, &known, &cart)),
            delivery: Html::draw(|| delivery(refusal, &deliveries, &cart)),
            methods: Html::draw(|| methods(&offered)),
        };
        Ok(Found { page: Page::Checkout(Box::new(page)), head: Head::private("Checkout") })
    }

    /// Names of the fields that show their faults themselves.
    const SHOWN: [&str; 19] = {
        let mut shown = ["email"; 19];
        let mut index = 0;
        while index < 9 {
            shown[index + 1] = ADDRESS[index];
            shown[index + 10] = BILLING[index];
            index += 1;
        }
        shown
    };

    fn saved(refusal: Option<&Refusal>, saved: &[SavedAddress]) -> AnyView {
        if saved.is_empty() {
            return ().into_any();
        }
        let entries: Vec<AnyView> = saved
            .iter()
            .map(|one| {
                let text = format!("{}, {}, {}", one.address.name, one.address.line1, one.address.city);
                view! { <option value=one.id.to_string() selected=one.is_default>{text}</option> }.into_any()
            })
            .collect();
        view! {
            <form class="step" method="post" action=api::USE_ADDRESS>
                <h2 class="step__title">"Your addresses"</h2>
                {fault(refusal, api::USE_ADDRESS, &[])}
                <div class="joined">
                    <span class="select">
                        <select class="input" name="id" aria-label="Saved address">{entries}</select>
                        {icon(Icon::Down)}
                    </span>
                    <button class="button button--quiet" type="submit">"Use"</button>
                </div>
            </form>
        }
        .into_any()
    }

    fn details(refusal: Option<&Refusal>, known: &Known, cart: &Cart) -> AnyView {
        let names = AddressNames {
            action: api::SAVE_DETAILS,
            prefix: "",
            names: ADDRESS,
            section: Section::Shipping,
            required: true,
        };
        let billing = AddressNames { names: BILLING, section: Section::Billing, required: false, ..names };
        let email = cart.email.clone().unwrap_or_else(|| known.email.clone());
        let differs = cart.billing_address.is_some();
        let sign_in = (!known.signed_in).then(|| {
            view! {
                <p class="small"><a href="/account/login?next=/checkout">"Sign in"</a>" or go on as a guest"</p>
            }
        });
        view! {
            <div class="checkout__form">
            {saved(refusal, &known.saved)}
            <form class="checkout__form" method="post" action=api::SAVE_DETAILS data-auto="">
                {fault(refusal, api::SAVE_DETAILS, &SHOWN)}
                <section class="step">
                    <div class="step__head"><h2 class="step__title">"Contact"</h2>{sign_in}</div>
                    {field(
                        refusal,
                        Field { hint: "For the confirmation and news of your parcel.", ..Field::email(api::SAVE_DETAILS, email) },
                    )}
                </section>
                <section class="step">
                    <h2 class="step__title">"Deliver to"</h2>
                    {address(refusal, names, cart.shipping_address.as_ref(), &known.countries)}
                    <details class="accordion" open=differs>
                        <summary class="accordion__summary">
                            "Send the bill to another address"{icon(Icon::Down)}
                        </summary>
                        <div class="accordion__body stack">
                            <p class="muted small">"Leave this empty to use the address above."</p>
                            {address(refusal, billing, cart.billing_address.as_ref(), &known.countries)}
                        </div>
                    </details>
                    <button class="button button--quiet" type="submit">"Save and show delivery"</button>
                </section>
            </form>
            </div>
        }
        .into_any()
    }

    fn delivery(refusal: Option<&Refusal>, options: &[ShippingOption], cart: &Cart) -> AnyView {
        let chosen = cart.delivery.as_ref().map(|one| one.method_id);
        let body = if !cart.requires_shipping() {
            view! { <p class="muted">"Nothing in your cart needs to be delivered."</p> }.into_any()
        } else if cart.shipping_address.is_none() {
            view! { <p class="muted">"Ways of delivery appear once there is an address."</p> }.into_any()
        } else if options.is_empty() {
            alert(Tone::Warn, None, "We don't deliver to this address yet.".into_any())
        } else {
            let rows = options.iter().map(|one| {
                let days = super::days(one.days_min, one.days_max);
                Choice {
                    value: one.id.to_string(),
                    title: one.name.clone(),
                    note: if one.description.is_empty() {
                        days
                    } else {
                        format!("{days}. {}", one.description)
                    },
                    price: if one.price.is_zero() { "Free".to_owned() } else { one.price.to_string() },
                }
            });
            let chosen = RwSignal::new(chosen.map(|id| id.to_string()).unwrap_or_default());
            view! {
                {choices("method_id", "Delivery", rows.collect(), chosen)}
                <button class="button button--quiet no-js-only" type="submit">"Choose"</button>
            }
            .into_any()
        };
        view! {
            <form class="step" method="post" action=api::CHOOSE_DELIVERY data-auto="">
                <h2 class="step__title">"Delivery"</h2>
                {fault(refusal, api::CHOOSE_DELIVERY, &[])}
                {body}
            </form>
        }
        .into_any()
    }

    fn methods(methods: &[PaymentMethod]) -> AnyView {
        let mut rows = Vec::new();
        for method in methods {
            let row = |value: String, note: &str| Choice {
                value,
                title: method.name.clone(),
                note: note.to_owned(),
                price: String::new(),
            };
            if method.test_tokens.is_empty() {
                rows.push(row(method.code.clone(), &method.description));
            }
            for token in &method.test_tokens {
                rows.push(row(format!("{}:{}", method.code, token.token), &token.label));
            }
        }
        let chosen = RwSignal::new(rows.first().map(|row| row.value.clone()).unwrap_or_default());
        let fields = methods.iter().find_map(|method| Some(card(&method.code, method.fields.as_ref()?)));
        view! {
            <section class="step">
                <h2 class="step__title">"Payment"</h2>
                {choices("pay", "Payment", rows, chosen)}
                {fields}
            </section>
        }
        .into_any()
    }

    /// A place for the gateway's own fields, which `card-fields.js` fills.
    fn card(code: &str, fields: &HostedFields) -> AnyView {
        view! {
            <div
                class="card-fields" hidden data-card-fields=code.to_owned()
                data-script=fields.script.clone() data-key=fields.key.clone()
            >
                <span class="field__label" id="card-fields-label">"Your card"</span>
                <div class="input card-fields__mount" role="group" aria-labelledby="card-fields-label" data-mount></div>
                <p class="field__error" role="alert" data-error></p>
                <p class="muted small">"What you enter goes to the payment provider, not to us."</p>
                <input type="hidden" name="token"/>
            </div>
            <p class="card-fields__no-script no-js-only">
                "To pay by card this page needs JavaScript. Turn it on, or choose another way to pay."
            </p>
        }
        .into_any()
    }
}
