//! Every domain behind its trait: what the UI and the composition root hold.

use std::sync::Arc;

use crate::{
    Analytics, Attributes, Audit, Carts, Catalog, Configuration, Crm, Drafts, Identity, Imports, Inventory,
    Messaging, Orders, Payments, Promotions, Returns, Search, Shipping, Shopkeeping, Simulator, Staffing,
    StockSources, Stockroom, Taxes, Views,
};

#[derive(Clone)]
pub struct Services {
    pub shop: Arc<dyn Shopkeeping>,
    pub identity: Arc<dyn Identity>,
    pub staffing: Arc<dyn Staffing>,
    pub views: Arc<dyn Views>,
    pub catalog: Arc<dyn Catalog>,
    pub attributes: Arc<dyn Attributes>,
    pub search: Arc<dyn Search>,
    pub inventory: Arc<dyn Inventory>,
    pub stockroom: Arc<dyn Stockroom>,
    pub stock_sources: Arc<dyn StockSources>,
    pub promotions: Arc<dyn Promotions>,
    pub simulator: Arc<dyn Simulator>,
    pub taxes: Arc<dyn Taxes>,
    pub carts: Arc<dyn Carts>,
    pub shipping: Arc<dyn Shipping>,
    pub payments: Arc<dyn Payments>,
    pub orders: Arc<dyn Orders>,
    pub drafts: Arc<dyn Drafts>,
    pub returns: Arc<dyn Returns>,
    pub messaging: Arc<dyn Messaging>,
    pub audit: Arc<dyn Audit>,
    pub configuration: Arc<dyn Configuration>,
    pub analytics: Arc<dyn Analytics>,
    pub crm: Arc<dyn Crm>,
    pub imports: Arc<dyn Imports>,
}
