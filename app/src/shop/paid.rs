//! Where a bank sends the shopper back to, and where a cart leads whose payment waits. The address says which checkout it
//! is, and nothing of how it went: the gateway is asked each time.

use leptos::prelude::*;
use souk_contract::{CheckoutAction, Error, PaymentAction, Placed};

use crate::{
    api,
    context::Visit,
    head::Head,
    page::{Found, Html, Page, Stop},
    ui::{Icon, icon},
};

pub async fn load(visit: &Visit, token: &str) -> Result<Found, Stop> {
    let html = match visit.services.orders.checkout(&visit.ctx, token).await {
        Ok(Placed::Order { order }) => return Err(Stop::see(format!("/orders/{}", order.access_token))),
        Ok(Placed::RequiresAction { next }) => {
            // Whoever comes back in another browser has no cart there to give up.
            let has_cart = visit.waits_for().await?.is_some_and(|own| own.token == next.token);
            Html::draw(|| waits(next, has_cart))
        }
        Err(Error::Conflict { message, .. }) => {
            let has_cart = visit.cart().await?.is_some();
            Html::draw(|| refused(message, has_cart))
        }
        Err(Error::Unavailable { .. }) => Html::draw(unknown),
        Err(error) => return Err(error.into()),
    };
    Ok(Found { page: Page::Still(html), head: Head::private("Your payment") })
}

fn page(sign: Icon, title: &'static str, body: AnyView) -> AnyView {
    view! {
        <div class="wrap page">
            <div class="thanks">
                <span class="thanks__mark">{icon(sign)}</span>
                <h1>{title}</h1>
                {body}
            </div>
        </div>
    }
    .into_any()
}

fn waits(next: CheckoutAction, has_cart: bool) -> AnyView {
    let PaymentAction::Redirect { url } = next.action;
    let another = has_cart.then(|| {
        view! {
            <form method="post" action=api::GIVE_UP>
                <button class="button button--big button--quiet" type="submit">"Pay another way"</button>
            </form>
        }
    });
    let body = view! {
        <p class="lede">"Your bank asks you to confirm this payment. Until then we keep your things for a few minutes."</p>
        <div class="cluster">
            <a class="button button--big" href=url>"Go to your bank"</a>
            {another}
        </div>
        <p class="muted small">"Nothing is charged unless you confirm it. Have you done so? Then load this page again."</p>
    };
    page(Icon::Shield, "Your bank has a question", body.into_any())
}

fn refused(message: String, has_cart: bool) -> AnyView {
    let (to, text) = if has_cart { ("/checkout", "Back to checkout") } else { ("/", "To the front page") };
    let body = view! {
        <p class="lede">{message}</p>
        <div class="cluster"><a class="button button--big" href=to>{text}</a></div>
        {has_cart.then(|| view! { <p class="muted small">"Your cart is kept. You can pay another way."</p> })}
    };
    page(Icon::Close, "This payment did not go through", body.into_any())
}

fn unknown() -> AnyView {
    let body = view! {
        <p class="lede">
            "We could not ask your bank just now. If you confirmed the payment, your order is placed as soon as we hear of it, and we write to you."
        </p>
        <div class="cluster"><a class="button button--big" href="">"Ask again"</a></div>
    };
    page(Icon::Alert, "We have not heard from your bank", body.into_any())
}
