//! Addresses and the screens that they name.

use leptos::prelude::window;
use souk_contract::{
    CollectionId, DraftId, ImportId, MailKind, OrderId, ProductId, ProfileId, PromotionId, SegmentId,
    StockCountId, StockSourceId, SupplyId,
};
use wasm_bindgen::JsValue;
use web_sys::UrlSearchParams;

pub const ROOT: &str = "/admin";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Home,
    Orders,
    Order(OrderId),
    Drafts,
    Returns,
    Draft(DraftId),
    Products,
    NewProduct,
    BulkEdit,
    Attributes,
    Imports,
    Collections,
    NewCollection,
    Collection(CollectionId),
    Import(ImportId),
    Product(ProductId),
    Inventory,
    Stock(ProductId),
    Locations,
    Supplies,
    NewTransfer,
    NewPurchase,
    Supply(SupplyId),
    Reorder,
    Counts,
    Count(StockCountId),
    StockSources,
    NewStockSource,
    StockSource(StockSourceId),
    StockFile,
    Promotions,
    NewPromotion,
    Promotion(PromotionId),
    Customers,
    Customer(ProfileId),
    Duplicates,
    MergeCustomers,
    Segments,
    NewSegment,
    Segment(SegmentId),
    Analytics,
    Activity,
    Settings,
    Shop,
    Shipping,
    Taxes,
    Payments,
    Breaks,
    Notices,
    Mails,
    MailTemplates,
    MailTemplate(MailKind),
    Configuration,
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
            ["orders", "drafts"] => Self::Drafts,
            ["orders", "returns"] => Self::Returns,
            ["orders", "drafts", id] => id.parse().map_or(Self::Unknown, Self::Draft),
            ["orders", id] => id.parse().map_or(Self::Unknown, Self::Order),
            ["products"] => Self::Products,
            ["products", "new"] => Self::NewProduct,
            ["products", "bulk"] => Self::BulkEdit,
            ["products", "collections"] => Self::Collections,
            ["products", "collections", "new"] => Self::NewCollection,
            ["products", "collections", id] => id.parse().map_or(Self::Unknown, Self::Collection),
            ["products", "attributes"] => Self::Attributes,
            ["products", "import"] => Self::Imports,
            ["products", "import", id] => id.parse().map_or(Self::Unknown, Self::Import),
            ["products", id] => id.parse().map_or(Self::Unknown, Self::Product),
            ["inventory"] => Self::Inventory,
            ["inventory", "locations"] => Self::Locations,
            ["inventory", "supplies"] => Self::Supplies,
            ["inventory", "supplies", "new-transfer"] => Self::NewTransfer,
            ["inventory", "supplies", "new-purchase-order"] => Self::NewPurchase,
            ["inventory", "supplies", id] => id.parse().map_or(Self::Unknown, Self::Supply),
            ["inventory", "reorder"] => Self::Reorder,
            ["inventory", "counts"] => Self::Counts,
            ["inventory", "counts", id] => id.parse().map_or(Self::Unknown, Self::Count),
            ["inventory", "sources"] => Self::StockSources,
            ["inventory", "sources", "new"] => Self::NewStockSource,
            ["inventory", "sources", id] => id.parse().map_or(Self::Unknown, Self::StockSource),
            ["inventory", "file"] => Self::StockFile,
            ["inventory", id] => id.parse().map_or(Self::Unknown, Self::Stock),
            ["promotions"] => Self::Promotions,
            ["promotions", "new"] => Self::NewPromotion,
            ["promotions", id] => id.parse().map_or(Self::Unknown, Self::Promotion),
            ["customers"] => Self::Customers,
            ["customers", "duplicates"] => Self::Duplicates,
            ["customers", "merge"] => Self::MergeCustomers,
            ["customers", "segments"] => Self::Segments,
            ["customers", "segments", "new"] => Self::NewSegment,
            ["customers", "segments", id] => id.parse().map_or(Self::Unknown, Self::Segment),
            ["customers", id] => id.parse().map_or(Self::Unknown, Self::Customer),
            ["analytics"] => Self::Analytics,
            ["activity"] => Self::Activity,
            ["settings"] => Self::Settings,
            ["settings", "shop"] => Self::Shop,
            ["settings", "delivery"] => Self::Shipping,
            ["settings", "taxes"] => Self::Taxes,
            ["settings", "payments"] => Self::Payments,
            ["settings", "reconciliation"] => Self::Breaks,
            ["settings", "payment-notices"] => Self::Notices,
            ["settings", "mails"] => Self::Mails,
            ["settings", "mail-texts"] => Self::MailTemplates,
            ["settings", "mail-texts", kind] => {
                MailKind::parse(kind).map_or(Self::Unknown, Self::MailTemplate)
            }
            ["settings", "configuration"] => Self::Configuration,
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
            Self::Drafts => "orders/drafts".to_owned(),
            Self::Returns => "orders/returns".to_owned(),
            Self::Draft(id) => format!("orders/drafts/{id}"),
            Self::Products => "products".to_owned(),
            Self::NewProduct => "products/new".to_owned(),
            Self::BulkEdit => "products/bulk".to_owned(),
            Self::Attributes => "products/attributes".to_owned(),
            Self::Imports => "products/import".to_owned(),
            Self::Collections => "products/collections".to_owned(),
            Self::NewCollection => "products/collections/new".to_owned(),
            Self::Collection(id) => format!("products/collections/{id}"),
            Self::Import(id) => format!("products/import/{id}"),
            Self::Product(id) => format!("products/{id}"),
            Self::Inventory => "inventory".to_owned(),
            Self::Stock(id) => format!("inventory/{id}"),
            Self::Locations => "inventory/locations".to_owned(),
            Self::Supplies => "inventory/supplies".to_owned(),
            Self::NewTransfer => "inventory/supplies/new-transfer".to_owned(),
            Self::NewPurchase => "inventory/supplies/new-purchase-order".to_owned(),
            Self::Supply(id) => format!("inventory/supplies/{id}"),
            Self::Reorder => "inventory/reorder".to_owned(),
            Self::Counts => "inventory/counts".to_owned(),
            Self::Count(id) => format!("inventory/counts/{id}"),
            Self::StockSources => "inventory/sources".to_owned(),
            Self::NewStockSource => "inventory/sources/new".to_owned(),
            Self::StockSource(id) => format!("inventory/sources/{id}"),
            Self::StockFile => "inventory/file".to_owned(),
            Self::Promotions => "promotions".to_owned(),
            Self::NewPromotion => "promotions/new".to_owned(),
            Self::Promotion(id) => format!("promotions/{id}"),
            Self::Customers => "customers".to_owned(),
            Self::Customer(id) => format!("customers/{id}"),
            Self::Duplicates => "customers/duplicates".to_owned(),
            Self::MergeCustomers => "customers/merge".to_owned(),
            Self::Segments => "customers/segments".to_owned(),
            Self::NewSegment => "customers/segments/new".to_owned(),
            Self::Segment(id) => format!("customers/segments/{id}"),
            Self::Analytics => "analytics".to_owned(),
            Self::Activity => "activity".to_owned(),
            Self::Settings => "settings".to_owned(),
            Self::Shop => "settings/shop".to_owned(),
            Self::Shipping => "settings/delivery".to_owned(),
            Self::Taxes => "settings/taxes".to_owned(),
            Self::Payments => "settings/payments".to_owned(),
            Self::Breaks => "settings/reconciliation".to_owned(),
            Self::Notices => "settings/payment-notices".to_owned(),
            Self::Mails => "settings/mails".to_owned(),
            Self::MailTemplates => "settings/mail-texts".to_owned(),
            Self::MailTemplate(kind) => format!("settings/mail-texts/{}", kind.as_str()),
            Self::Configuration => "settings/configuration".to_owned(),
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
            Self::Order(_) | Self::Drafts | Self::Draft(_) | Self::Returns => Self::Orders,
            Self::NewProduct
            | Self::BulkEdit
            | Self::Attributes
            | Self::Imports
            | Self::Import(_)
            | Self::Product(_) => Self::Products,
            Self::Collections | Self::NewCollection | Self::Collection(_) => Self::Products,
            Self::Stock(_)
            | Self::Locations
            | Self::Supplies
            | Self::NewTransfer
            | Self::NewPurchase
            | Self::Supply(_)
            | Self::Reorder
            | Self::Counts
            | Self::Count(_)
            | Self::StockSources
            | Self::NewStockSource
            | Self::StockSource(_)
            | Self::StockFile => Self::Inventory,
            Self::Customer(_) | Self::Duplicates | Self::MergeCustomers => Self::Customers,
            Self::Segments | Self::NewSegment | Self::Segment(_) => Self::Customers,
            Self::NewPromotion | Self::Promotion(_) => Self::Promotions,
            Self::Roles => Self::Staff,
            Self::Shop
            | Self::Shipping
            | Self::Taxes
            | Self::Payments
            | Self::Breaks
            | Self::Notices
            | Self::Mails
            | Self::MailTemplates
            | Self::MailTemplate(_)
            | Self::Configuration => Self::Settings,
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
