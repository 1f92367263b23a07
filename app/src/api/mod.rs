//! The server functions: the only way from the browser to the domains. Each takes the visit, calls a trait, and
//! says in one kind of [`Reply`] what became of it. No rules here.
//!
//! A form posts to their paths with and without script. Without, [`crate::serve::function`] turns the reply into a
//! redirect, and a refusal into the page with what was typed.

mod account;
#[cfg(any(feature = "ssr", feature = "admin"))]
pub mod admin;
mod cart;
mod checkout;
mod page;
mod returns;
mod search;

use leptos::server_fn::ServerFn;
use serde::{Deserialize, Serialize};
use souk_contract::Cart;

pub const PAGE: &str = page::Page::PATH;
pub const SUGGEST: &str = search::Suggest::PATH;
pub const ADD_LINE: &str = cart::AddLine::PATH;
pub const SET_QUANTITY: &str = cart::SetQuantity::PATH;
pub const ADD_CODE: &str = cart::AddCode::PATH;
pub const REMOVE_CODE: &str = cart::RemoveCode::PATH;
pub const SAVE_DETAILS: &str = checkout::SaveDetails::PATH;
pub const USE_ADDRESS: &str = checkout::UseAddress::PATH;
pub const CHOOSE_DELIVERY: &str = checkout::ChooseDelivery::PATH;
pub const PLACE_ORDER: &str = checkout::PlaceOrder::PATH;
#[cfg(feature = "ssr")]
pub const GIVE_UP: &str = checkout::GiveUp::PATH;
pub const REGISTER: &str = account::Register::PATH;
pub const SIGN_IN: &str = account::SignIn::PATH;
pub const SIGN_OUT: &str = account::SignOut::PATH;
pub const REQUEST_RESET: &str = account::RequestReset::PATH;
pub const RESET_PASSWORD: &str = account::ResetPassword::PATH;
pub const CHANGE_PASSWORD: &str = account::ChangePassword::PATH;
pub const SAVE_ADDRESS: &str = account::SaveAddress::PATH;
#[cfg(feature = "ssr")]
pub const ASK_RETURN: &str = returns::AskReturn::PATH;
#[cfg(feature = "ssr")]
pub const CANCEL_RETURN: &str = returns::CancelReturn::PATH;
pub const DELETE_ADDRESS: &str = account::DeleteAddress::PATH;

/// The visitor's cart after something happened.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub enum CartNow {
    #[default]
    Same,
    Gone,
    Is(Box<Cart>),
}

/// What became of a form.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reply {
    pub cart: CartNow,
    /// The page that comes next; none: the one with the form.
    pub go: Option<String>,
    /// Said to the shopper.
    pub said: Option<String>,
    /// Show the bag: a drawer where there is script, else its page.
    pub bag: bool,
    /// Pages seen before may not be shown from memory: another visitor, or other stock.
    pub fresh: bool,
}

#[cfg(feature = "ssr")]
impl Reply {
    fn cart(cart: Cart) -> Self {
        Self { cart: CartNow::Is(Box::new(crate::context::without_token(cart))), ..Self::default() }
    }

    fn go(path: impl Into<String>) -> Self {
        Self { go: Some(path.into()), ..Self::default() }
    }

    fn said(self, text: impl Into<String>) -> Self {
        Self { said: Some(text.into()), ..self }
    }

    fn fresh(self) -> Self {
        Self { fresh: true, ..self }
    }
}
