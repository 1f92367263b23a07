//! Every domain behind its trait: what the UI and the composition root hold.

use std::sync::Arc;

use crate::{
    Analytics, Audit, Carts, Catalog, Identity, Imports, Inventory, Messaging, Orders, Payments, Promotions,
    Search, Shipping, Staffing,
};

#[derive(Clone)]
pub struct Services {
    pub identity: Arc<dyn Identity>,
    pub staffing: Arc<dyn Staffing>,
    pub catalog: Arc<dyn Catalog>,
    pub search: Arc<dyn Search>,
    pub inventory: Arc<dyn Inventory>,
    pub promotions: Arc<dyn Promotions>,
    pub carts: Arc<dyn Carts>,
    pub shipping: Arc<dyn Shipping>,
    pub payments: Arc<dyn Payments>,
    pub orders: Arc<dyn Orders>,
    pub messaging: Arc<dyn Messaging>,
    pub audit: Arc<dyn Audit>,
    pub analytics: Arc<dyn Analytics>,
    pub imports: Arc<dyn Imports>,
}
