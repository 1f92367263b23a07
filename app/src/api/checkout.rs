use leptos::prelude::*;
use souk_contract::{Address, AddressId, CheckoutId, ShippingMethodId};

use super::Reply;
#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::failure::Result;

/// Contact and addresses. A billing address without a name is none: the same as for delivery.
#[server(prefix = "/fn", endpoint = "checkout/details")]
pub async fn save_details(
    email: String,
    address: Address,
    #[server(default)] billing: Option<Address>,
) -> Result<Reply> {
    let visit = Visit::current()?;
    let cart = visit
        .services
        .carts
        .update(&visit.ctx, visit.require_cart()?, details(email, address, billing))
        .await?;
    Ok(Reply { go: Some("/checkout".into()), ..Reply::cart(cart) })
}

#[cfg(feature = "ssr")]
fn details(email: String, address: Address, billing: Option<Address>) -> souk_contract::UpdateCart {
    let billing = billing.filter(|billing| !billing.name.trim().is_empty());
    souk_contract::UpdateCart {
        email: Some(email.trim().to_owned()),
        shipping_address: Some(address),
        billing_same_as_shipping: billing.is_none(),
        billing_address: billing,
        ..souk_contract::UpdateCart::default()
    }
}

/// One of the customer's saved addresses becomes the cart's.
#[server(prefix = "/fn", endpoint = "checkout/address")]
pub async fn use_address(id: AddressId) -> Result<Reply> {
    let visit = Visit::current()?;
    let email = visit.services.identity.me(&visit.ctx).await?.email;
    let saved = visit.services.identity.addresses(&visit.ctx).await?;
    let saved = saved.into_iter().find(|one| one.id == id);
    let address = saved.ok_or_else(|| souk_contract::Error::not_found("address"))?.address;
    let cart =
        visit.services.carts.update(&visit.ctx, visit.require_cart()?, details(email, address, None)).await?;
    Ok(Reply { go: Some("/checkout".into()), ..Reply::cart(cart).fresh() })
}

#[server(prefix = "/fn", endpoint = "checkout/delivery")]
pub async fn choose_delivery(method_id: ShippingMethodId) -> Result<Reply> {
    let visit = Visit::current()?;
    let cart = visit.services.shipping.select(&visit.ctx, visit.require_cart()?, method_id).await?;
    Ok(Reply::cart(cart))
}

/// `pay` is a method's code, or `code:token` where the method offers tokens; otherwise `token` is from the gateway's own
/// fields. `total` is what the shopper saw, in minor units.
#[server(prefix = "/fn", endpoint = "checkout/place")]
pub async fn place_order(
    checkout_id: CheckoutId,
    pay: String,
    total: i64,
    #[server(default)] token: String,
) -> Result<Reply> {
    use souk_contract::{PaymentAction, Placed};

    let visit = Visit::current()?;
    let (method, token) = match pay.split_once(':') {
        Some((method, token)) => (method.to_owned(), Some(token.to_owned())),
        None => (pay, Some(token).filter(|token| !token.is_empty())),
    };
    let request = souk_contract::PlaceOrder {
        // A repeat comes when the cookie is gone already; the checkout's id then finds the order.
        cart_token: visit.cart_token.clone().unwrap_or_default(),
        payment_method: method,
        payment_token: token,
        expected_total: Some(souk_contract::Money::new(total, visit.shop.currency)),
    };
    match visit.services.orders.place(&visit.ctx, checkout_id, request).await? {
        Placed::Order { order } => {
            visit.forget_cart();
            let go = format!("/orders/{}", order.access_token);
            Ok(Reply { cart: super::CartNow::Gone, ..Reply::go(go).fresh() })
        }
        Placed::RequiresAction { next } => {
            let PaymentAction::Redirect { url } = next.action;
            Ok(Reply::go(url).fresh())
        }
    }
}

/// Another way to pay, or another cart, than the one whose payment waits.
#[server(prefix = "/fn", endpoint = "checkout/give-up")]
pub async fn give_up() -> Result<Reply> {
    let visit = Visit::current()?;
    let confirmed = visit.services.orders.give_up(&visit.ctx, visit.require_cart()?).await?;
    let go = confirmed.map_or("/checkout".to_owned(), |order| format!("/orders/{}", order.access_token));
    Ok(Reply::go(go).fresh())
}
