//! Addresses and the screens that they name.

use leptos::prelude::window;
use souk_contract::{ImportId, OrderId, ProductId};
use wasm_bindgen::JsValue;
use web_sys::UrlSearchParams;

pub const ROOT: &str = "/admin";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Home,
    Orders,
    Order(OrderId),
    Products,
    NewProduct,
    BulkEdit,
    Imports,
    Import(ImportId),
    Product(ProductId),
    Inventory,
    Stock(ProductId),
    Analytics,
    Activity,
    Staff,
    Roles,
    Account,
    Welcome,
    Unknown,
}

impl Place {
    pub fn of(path: &str) -> Self {
        let rest = path.strip_prefix(ROOT).unwrap_or_default().trim_matches('/');
        let parts: Vec<&str> = rest.split('/').collect();
        match parts.as_slice() {
            [""] => Self::Home,
            ["orders"] => Self::Orders,
            ["orders", id] => id.parse().map_or(Self::Unknown, Self::Order),
            ["products"] => Self::Products,
            ["products", "new"] => Self::NewProduct,
            ["products", "bulk"] => Self::BulkEdit,
            ["products", "import"] => Self::Imports,
            ["products", "import", id] => id.parse().map_or(Self::Unknown, Self::Import),
            ["products", id] => id.parse().map_or(Self::Unknown, Self::Product),
            ["inventory"] => Self::Inventory,
            ["inventory", id] => id.parse().map_or(Self::Unknown, Self::Stock),
            ["analytics"] => Self::Analytics,
            ["activity"] => Self::Activity,
            ["staff"] => Self::Staff,
            ["staff", "roles"] => Self::Roles,
            ["account"] => Self::Account,
            ["welcome"] => Self::Welcome,
            _ => Self::Unknown,
        }
    }

    pub fn url(self) -> String {
        let rest = match self {
            Self::Home | Self::Unknown => return ROOT.to_owned(),
            Self::Orders => "orders".to_owned(),
            Self::Order(id) => format!("orders/{id}"),
            Self::Products => "products".to_owned(),
            Self::NewProduct => "products/new".to_owned(),
            Self::BulkEdit => "products/bulk".to_owned(),
            Self::Imports => "products/import".to_owned(),
            Self::Import(id) => format!("products/import/{id}"),
            Self::Product(id) => format!("products/{id}"),
            Self::Inventory => "inventory".to_owned(),
            Self::Stock(id) => format!("inventory/{id}"),
            Self::Analytics => "analytics".to_owned(),
            Self::Activity => "activity".to_owned(),
            Self::Staff => "staff".to_owned(),
            Self::Roles => "staff/roles".to_owned(),
            Self::Account => "account".to_owned(),
            Self::Welcome => "welcome".to_owned(),
        };
        format!("{ROOT}/{rest}")
    }

    /// The one in the menu that it belongs to.
    pub fn section(self) -> Self {
        match self {
            Self::Order(_) => Self::Orders,
            Self::NewProduct | Self::BulkEdit | Self::Imports | Self::Import(_) | Self::Product(_) => {
                Self::Products
            }
            Self::Stock(_) => Self::Inventory,
            Self::Roles => Self::Staff,
            other => other,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    pub path: String,
    /// With its question mark, or empty.
    pub search: String,
}

impl Address {
    /// In the address bar.
    pub fn here() -> Self {
        let location = window().location();
        Self { path: location.pathname().unwrap_or_default(), search: location.search().unwrap_or_default() }
    }

    pub fn param(&self, name: &str) -> Option<String> {
        UrlSearchParams::new_with_str(&self.search).ok()?.get(name).filter(|value| !value.is_empty())
    }

    pub fn with_params(&self, values: &[(&str, &str)]) -> String {
        let Ok(params) = UrlSearchParams::new_with_str(&self.search) else { return self.path.clone() };
        for (name, value) in values {
            if value.is_empty() { params.delete(name) } else { params.set(name, value) }
        }
        let query = JsValue::from(params.to_string()).as_string().unwrap_or_default();
        if query.is_empty() { self.path.clone() } else { format!("{}?{query}", self.path) }
    }
}
