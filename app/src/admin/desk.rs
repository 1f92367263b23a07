//! What all screens share.

use std::sync::Arc;

use leptos::prelude::*;
use souk_contract::{Currency, Error, Permission, StaffMember};

use super::{
    dialogs::Question,
    go,
    live::{self, Link},
    place::Address,
    upload::File,
};
use crate::{api::admin::live::Pulse, context::ShopFacts, ui::Toast};

#[derive(Debug, Clone, PartialEq)]
pub enum Who {
    /// Not asked yet.
    Unknown,
    Nobody,
    Member(Arc<StaffMember>),
}

#[derive(Clone, Copy)]
pub struct Desk {
    pub shop: RwSignal<ShopFacts>,
    pub who: RwSignal<Who>,
    pub address: RwSignal<Address>,
    /// The screen has its data.
    pub ready: RwSignal<bool>,
    /// The session ended while somebody worked: they sign in above the screen, which stays as it is.
    pub ended: RwSignal<bool>,
    /// Grows when they are back, or the shop is.
    pub returned: RwSignal<u32>,
    pub link: RwSignal<Link>,
    /// The shop as it was when it was last asked for news.
    pub pulse: RwSignal<Option<Pulse>>,
    /// Grows with each pulse that differs from the one before.
    pub news: RwSignal<u32>,
    /// When the shop last answered, in milliseconds as JavaScript counts them.
    pub seen: StoredValue<f64>,
    /// Something typed would be lost by leaving.
    pub unsaved: RwSignal<bool>,
    pub palette: RwSignal<bool>,
    pub shortcuts: RwSignal<bool>,
    /// The phone's.
    pub menu: RwSignal<bool>,
    pub toast: RwSignal<Option<Toast>>,
    pub question: RwSignal<Option<Question>>,
    /// What hears a scanner instead of what leads to a variant's row.
    pub scanner: StoredValue<Option<Callback<String>>>,
    /// Was dropped on the window, and waits for the screen that imports it.
    pub dropped: RwSignal<Option<File>, LocalStorage>,
    /// The desktop's list of shops is open.
    #[cfg(feature = "csr")]
    pub shops: RwSignal<bool>,
}

impl Desk {
    pub fn new(shop: ShopFacts) -> Self {
        Self {
            shop: RwSignal::new(shop),
            who: RwSignal::new(Who::Unknown),
            address: RwSignal::new(Address::here()),
            ready: RwSignal::new(false),
            ended: RwSignal::new(false),
            returned: RwSignal::new(0),
            link: RwSignal::new(Link::Up),
            pulse: RwSignal::new(None),
            news: RwSignal::new(0),
            seen: StoredValue::new(js_sys::Date::now()),
            unsaved: RwSignal::new(false),
            palette: RwSignal::new(false),
            shortcuts: RwSignal::new(false),
            menu: RwSignal::new(false),
            toast: RwSignal::new(None),
            question: RwSignal::new(None),
            scanner: StoredValue::new(None),
            dropped: RwSignal::new_local(None),
            #[cfg(feature = "csr")]
            shops: RwSignal::new(false),
        }
    }

    pub fn currency(self) -> Currency {
        self.shop.with_untracked(|shop| shop.currency)
    }

    pub fn member(self) -> Option<Arc<StaffMember>> {
        self.who.with(|who| if let Who::Member(member) = who { Some(member.clone()) } else { None })
    }

    pub fn may(self, permission: Permission) -> bool {
        self.member().is_some_and(|member| member.grants.allow(permission))
    }

    pub fn say(self, text: impl Into<String>) {
        self.toast.set(Some(Toast { text: text.into(), bad: false }));
        self.hide_toast_later();
    }

    /// For what no form shows.
    pub fn complain(self, error: &Error) {
        if !self.noticed(error) {
            self.toast.set(Some(Toast { text: error.public_message(), bad: true }));
            self.hide_toast_later();
        }
    }

    /// Whether the error is that the session is over, which the desk answers itself. Also notes when the shop is out of reach.
    pub fn noticed(self, error: &Error) -> bool {
        if live::is_out_of_reach(error) {
            live::lost(self);
        }
        let working = self.who.with_untracked(|who| matches!(who, Who::Member(_)));
        let over = working && matches!(error, Error::Unauthenticated { .. });
        if over {
            self.ended.set(true);
        }
        over
    }

    pub fn ask(self, question: Question) {
        self.question.set(Some(question));
    }

    /// A value of the address's query; none where empty.
    pub fn param(self, name: &str) -> Option<String> {
        self.address.with(|address| address.param(name))
    }

    /// Changes the query in place; an empty value leaves it out.
    pub fn set_params(self, values: &[(&str, &str)]) {
        let url = self.address.with_untracked(|address| address.with_params(values));
        go::replace(self, &url);
    }

    pub fn set_title(self, title: &str) {
        let shop = self.shop.with_untracked(|shop| shop.name.clone());
        document().set_title(&format!("{title} – {shop} Admin"));
    }

    fn hide_toast_later(self) {
        let shown = self.toast.get_untracked();
        let hide = move || {
            if self.toast.try_get_untracked() == Some(shown) {
                self.toast.set(None);
            }
        };
        set_timeout(hide, std::time::Duration::from_secs(6));
    }
}
