//! What surrounds a request: the shop's public settings, and on the server who visits and with which cookies.

use serde::{Deserialize, Serialize};
use souk_contract::{Currency, Money};

use crate::page::Html;

/// Public settings of the shop, the same for everyone, as they are at this moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shop {
    pub name: String,
    /// Scheme and host without a slash at the end: `https://shop.example`. Canonical links start with it.
    pub base_url: String,
    pub currency: Currency,
    /// ISO 3166-1 alpha-2; suggested for deliveries.
    pub country: String,
    /// Where orders are delivered free from some amount on.
    pub free_shipping_over: Option<Money>,
    /// Days in which something may be sent back.
    pub returns_days: u32,
    /// Where shoppers write to.
    pub email: String,
    /// May be empty.
    pub phone: String,
}

/// What stands around every page, drawn by the server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    pub free_shipping_over: Option<Money>,
    /// The line above the header.
    pub offer: String,
    pub logo: Html,
    /// The phone's menu.
    pub menu: Html,
    /// The desk's.
    pub nav: Html,
    pub footer: Html,
}

#[cfg(feature = "ssr")]
impl Frame {
    /// As it goes along with its document.
    pub fn make_thin(&mut self) {
        for html in [&mut self.logo, &mut self.menu, &mut self.nav, &mut self.footer] {
            html.forget();
        }
    }
}

/// What the merchant's screens are told of the shop.
#[cfg(any(feature = "ssr", feature = "admin"))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShopFacts {
    pub name: String,
    /// As [`Shop::base_url`].
    pub base_url: String,
    pub currency: Currency,
    pub country: String,
}

#[cfg(feature = "ssr")]
impl From<&Shop> for ShopFacts {
    fn from(shop: &Shop) -> Self {
        Self {
            name: shop.name.clone(),
            base_url: shop.base_url.clone(),
            currency: shop.currency,
            country: shop.country.clone(),
        }
    }
}

#[cfg(feature = "ssr")]
pub use server::{CART_COOKIE, SESSION_COOKIE, STAFF_COOKIE, Visit, without_token};

#[cfg(feature = "ssr")]
mod server {
    use std::sync::Arc;

    use axum::http::{HeaderValue, header::SET_COOKIE};
    use leptos::prelude::use_context;
    use leptos_axum::ResponseOptions;
    use souk_contract::{
        Cart,
        CartState::{Active, Completing},
        CheckoutAction, CheckoutId, CollectionKind, CollectionLink, Ctx, Error, Result, Services, SignedIn,
    };

    use super::{Frame, Shop};
    use crate::api::CartNow;

    /// Categories in the footer and in the phone's menu; "Everything" leads to the rest.
    const IN_MENU: usize = 12;
    pub const CART_COOKIE: &str = "souk_cart";
    pub const SESSION_COOKIE: &str = "souk_session";
    /// Of the merchant's people. A shopper's session and theirs know nothing of each other.
    pub const STAFF_COOKIE: &str = "souk_staff";

    /// One request of one visitor. The server makes it; server functions take it from the context.
    #[derive(Clone)]
    pub struct Visit {
        pub services: Services,
        /// Its actor is the customer of the session cookie where that is valid; under `/fn/admin/` the member of staff.
        pub ctx: Ctx,
        pub shop: Arc<Shop>,
        /// Of the cookie [`CART_COOKIE`].
        pub cart_token: Option<String>,
        /// Of the cookie [`SESSION_COOKIE`].
        pub session_token: Option<String>,
        /// What the browser says of itself.
        pub user_agent: String,
        /// A fresh id for the checkout form of a page.
        pub new_checkout: Arc<dyn Fn() -> CheckoutId + Send + Sync>,
    }

    impl Visit {
        /// Of the running server function.
        pub fn current() -> Result<Self> {
            use_context().ok_or_else(|| Error::internal("no visit in the context"))
        }

        /// The cart as the browser may have it, or none when there is none or it is bought already.
        pub async fn cart(&self) -> Result<Option<Cart>> {
            let Some(token) = &self.cart_token else { return Ok(None) };
            match self.services.carts.get(&self.ctx, token).await {
                Ok(cart) => Ok(matches!(cart.state, Active | Completing).then(|| without_token(cart))),
                Err(Error::NotFound { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        }

        /// The payment that the visitor's cart waits for.
        pub async fn waits_for(&self) -> Result<Option<CheckoutAction>> {
            let Some(token) = &self.cart_token else { return Ok(None) };
            match self.services.carts.get(&self.ctx, token).await {
                Ok(cart) if cart.state == Completing => {
                    self.services.orders.waits_for(&self.ctx, token).await
                }
                Ok(_) | Err(Error::NotFound { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        }

        /// Token of the visitor's cart; a new one where there is none that can still be filled.
        pub async fn open_cart(&self) -> Result<String> {
            if let (Some(token), Some(cart)) = (&self.cart_token, self.cart().await?) {
                // A cart that changes is paid for anew; one that was paid for meanwhile is an order.
                let bought = cart.state == Completing
                    && self.services.orders.give_up(&self.ctx, token).await?.is_some();
                if !bought {
                    return Ok(token.clone());
                }
            }
            let carts = &self.services.carts;
            let own = match self.ctx.customer() {
                Some(customer) => carts.of_customer(&self.ctx, customer).await?,
                None => None,
            };
            let cart = match own {
                Some(cart) => cart,
                None => carts.create(&self.ctx).await?,
            };
            self.keep_cart(&cart.token);
            Ok(cart.token)
        }

        /// After signing in: the session's cookie, and the guest's bag joins the customer's.
        pub async fn welcome(&self, signed_in: &SignedIn) -> Result<CartNow> {
            self.keep_session(&signed_in.token);
            let customer = signed_in.customer.id;
            let ctx = self.ctx.clone().with_actor(souk_contract::Actor::Customer { id: customer });
            let carts = &self.services.carts;
            let cart = match (&self.cart_token, self.cart().await?) {
                (Some(token), Some(_)) => Some(carts.claim(&ctx, token, customer).await?),
                _ => carts.of_customer(&ctx, customer).await?,
            };
            Ok(match cart {
                Some(cart) => {
                    self.keep_cart(&cart.token);
                    CartNow::Is(Box::new(without_token(cart)))
                }
                None => CartNow::Gone,
            })
        }

        pub fn require_cart(&self) -> Result<&str> {
            self.cart_token.as_deref().ok_or_else(|| Error::not_found("cart"))
        }

        pub async fn frame(&self) -> Result<Frame> {
            let collections = self.services.catalog.collections(&self.ctx).await?;
            let pages = self.services.catalog.pages(&self.ctx).await?;
            let menu = collections.into_iter().filter(|one| one.kind == CollectionKind::Category);
            let menu: Vec<_> = menu
                .take(IN_MENU)
                .map(|one| CollectionLink { handle: one.handle, title: one.title })
                .collect();
            Ok(crate::shop::frame::draw(&self.shop, &menu, &pages))
        }

        pub fn keep_cart(&self, token: &str) {
            // A year: whoever comes back finds the bag as it was.
            self.set_cookie(CART_COOKIE, token, 365 * 86_400);
        }

        pub fn forget_cart(&self) {
            self.set_cookie(CART_COOKIE, "", 0);
        }

        pub fn keep_session(&self, token: &str) {
            self.set_cookie(SESSION_COOKIE, token, 30 * 86_400);
        }

        pub fn forget_session(&self) {
            self.set_cookie(SESSION_COOKIE, "", 0);
        }

        pub fn keep_staff(&self, token: &str) {
            self.set_strict_cookie(STAFF_COOKIE, token, 14 * 86_400);
        }

        pub fn forget_staff(&self) {
            self.set_strict_cookie(STAFF_COOKIE, "", 0);
        }

        fn set_cookie(&self, name: &str, value: &str, seconds: u32) {
            self.append_cookie(name, value, seconds, "Lax");
        }

        /// Not sent along when somebody comes from another site, not even by a link.
        fn set_strict_cookie(&self, name: &str, value: &str, seconds: u32) {
            self.append_cookie(name, value, seconds, "Strict");
        }

        fn append_cookie(&self, name: &str, value: &str, seconds: u32, same_site: &str) {
            let secure = if self.shop.base_url.starts_with("https:") { "; Secure" } else { "" };
            let text =
                format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite={same_site}{secure}");
            if let (Some(response), Ok(value)) =
                (use_context::<ResponseOptions>(), HeaderValue::from_str(&text))
            {
                response.append_header(SET_COOKIE, value);
            }
        }
    }

    /// The browser never gets the token: it stands in a cookie that scripts can't read.
    pub fn without_token(cart: Cart) -> Cart {
        Cart { token: String::new(), ..cart }
    }
}
