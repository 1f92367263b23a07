//! Which domain runs where. Today each runs here or the program refuses to start; a domain on another machine will be
//! a client behind the same trait.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use axum::middleware::from_fn_with_state;
use futures::future::try_join_all;
use metrics_exporter_prometheus::PrometheusHandle;
use souk_analytics::LocalAnalytics;
use souk_cart::{CartSettings, LocalCarts};
use souk_catalog::LocalCatalog;
use souk_contract::{BankAccount, Ctx, MailTransport, Services};
use souk_crm::LocalCrm;
use souk_fetch::Fetcher;
use souk_identity::LocalIdentity;
use souk_import::LocalImports;
use souk_inventory::{LocalInventory, LocalStockSources, LocalStockroom};
use souk_kernel::{
    Bus, Clock, Db, Kit, Relay,
    audit::LocalAudit,
    db::{Engine, Migration},
    http::{Idempotency, idempotent},
};
use souk_messaging::LocalMessaging;
use souk_orders::{LocalOrders, LocalSimulator, Neighbours};
use souk_payments::{
    BankTransfer, CashOnDelivery, FirstSettings, Gateway, LocalPayments, Manual, TestGateway,
};
use souk_promotions::LocalPromotions;
use souk_search::LocalSearch;
use souk_shipping::LocalShipping;
use souk_shop::LocalShopkeeping;
use souk_tax::LocalTaxes;
use utoipa_axum::router::OpenApiRouter;

use crate::{
    config::{DOMAINS, Node, Settings},
    stripe::StripeGateway,
    web::{Parts, Printer},
};

/// Every domain of a running shop. Cheap to clone.
#[derive(Clone)]
pub struct Shop {
    pub services: Services,
    pub kit: Kit,
    databases: Vec<Db>,
    bus: Bus,
    shopkeeping: Arc<LocalShopkeeping>,
    inventory: Arc<LocalInventory>,
    orders: Arc<LocalOrders>,
    printer: Printer,
    analytics: LocalAnalytics,
    crm: LocalCrm,
    imports: LocalImports,
    catalog: Arc<LocalCatalog>,
    stock_sources: LocalStockSources,
    test_gateway: Arc<TestGateway>,
}

impl Shop {
    /// For a command: beside a running server, whose relays carry the events.
    ///
    /// # Errors
    /// Where a domain runs elsewhere, or a database can't be opened.
    pub async fn open(settings: &Settings) -> anyhow::Result<Self> {
        Self::build(settings, Clock::system(), Role::Command).await
    }

    /// As [`open`](Self::open), for a command that makes up a past: it says what time it is, and what happens to orders
    /// is heard by stock and reports at that time. Nobody is written to.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_in_the_past(settings: &Settings, clock: Clock) -> anyhow::Result<Self> {
        Self::build(settings, clock, Role::Past).await
    }

    /// For the server: listens to events too.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_all(settings: &Settings) -> anyhow::Result<Self> {
        Self::build(settings, Clock::system(), Role::Server).await
    }

    /// As [`open_all`](Self::open_all), with clock, ids and secrets that are given: a run that can be replayed.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_with(settings: &Settings, kit: Kit) -> anyhow::Result<Self> {
        all_here(&settings.node)?;
        Self::build_with(settings, kit, Role::Server).await
    }

    async fn build(settings: &Settings, clock: Clock, role: Role) -> anyhow::Result<Self> {
        all_here(&settings.node)?;
        let data = settings.data_dir.as_path();
        std::fs::create_dir_all(data).with_context(|| data.display().to_string())?;
        let kit = Kit::open(data, clock).with_context(|| format!("the key in {}", data.display()))?;
        Self::build_with(settings, kit, role).await
    }

    async fn build_with(settings: &Settings, kit: Kit, role: Role) -> anyhow::Result<Self> {
        let data = settings.data_dir.as_path();
        let mut databases = open_databases(settings, &kit).await?.into_iter();
        let bus = Bus::new();
        let all: Vec<Db> = databases.clone().collect();
        let mut next = || databases.next().context("a database for each domain");

        // Downhill: each is given those it may call.
        let shop = &settings.shop;
        let keeper = LocalShopkeeping::open(next()?, &shop.first, shop.currency).await;
        let keeper = Arc::new(keeper.context("the shop's settings")?);
        let identity = Arc::new(LocalIdentity::new(kit.clone(), next()?, keeper.clone())?);
        let catalog_settings = souk_catalog::Settings { currency: shop.currency, data_dir: data.to_owned() };
        let catalog = Arc::new(LocalCatalog::new(kit.clone(), next()?, catalog_settings));
        let search_db = next()?;
        let inventory = Arc::new(LocalInventory::new(kit.clone(), next()?, keeper.clone()).await?);
        let promotions = Arc::new(LocalPromotions::new(kit.clone(), next()?, shop.currency));
        let taxes = Arc::new(LocalTaxes::open(kit.clone(), next()?, &shop.tax).await?);
        let cart_settings = CartSettings { currency: shop.currency, shop: keeper.clone() };
        let carts = Arc::new(LocalCarts::new(
            kit.clone(),
            next()?,
            catalog.clone(),
            inventory.clone(),
            promotions.clone(),
            taxes.clone(),
            cart_settings,
        ));
        let shipping = Arc::new(LocalShipping::new(kit.clone(), next()?, carts.clone(), shop.currency));
        let payments_db = next()?;
        let bank = Arc::new(TestGateway::new(kit.clone(), payments_db.clone()));
        let (gateways, first) = (gateways(&bank, &payments_db, settings, &kit)?, first_payments(settings));
        let payments = LocalPayments::new(kit.clone(), payments_db, gateways, first).await;
        let payments = Arc::new(payments.context("the payment settings")?);
        let stockroom = Arc::new(LocalStockroom::new(inventory.clone(), catalog.clone(), shop.currency));
        let near = Neighbours {
            carts: carts.clone(),
            inventory: inventory.clone(),
            promotions: promotions.clone(),
            shipping: shipping.clone(),
            payments: payments.clone(),
            stockroom: stockroom.clone(),
            shop: keeper.clone(),
        };
        let orders = Arc::new(LocalOrders::new(kit.clone(), next()?, near, shop.base_url.clone()));
        let printer = Printer {
            catalog: catalog.clone(),
            orders: orders.clone(),
            shop: keeper.clone(),
            country: shop.country.clone(),
            fonts: settings.papers.fonts()?,
            kit: kit.clone(),
        };
        let messaging_db = next()?;
        let search_settings = souk_search::Settings { currency: shop.currency };
        let index = data.join("index");
        let search =
            LocalSearch::open(kit.clone(), search_db, catalog.clone(), &index, search_settings).await?;
        let letters = souk_messaging::Settings { base_url: shop.base_url.clone(), currency: shop.currency };
        let transport = transport(settings)?;
        let written_about = souk_messaging::Neighbours {
            identity: identity.clone(),
            orders: orders.clone(),
            returns: orders.clone(),
        };
        let messaging = Arc::new(LocalMessaging::new(
            kit.clone(),
            messaging_db,
            written_about,
            transport,
            keeper.clone(),
            letters,
        ));
        let counted = souk_analytics::Neighbours {
            orders: orders.clone(),
            catalog: catalog.clone(),
            inventory: inventory.clone(),
        };
        let analytics_settings = souk_analytics::Settings { currency: shop.currency };
        let analytics = LocalAnalytics::new(kit.clone(), next()?, counted, analytics_settings);
        let import_settings =
            souk_import::Settings { currency: shop.currency, fetch: settings.fetch.rules() };
        let imports = LocalImports::new(
            kit.clone(),
            next()?,
            catalog.clone(),
            catalog.clone(),
            inventory.clone(),
            import_settings,
        );

        let known = souk_crm::Neighbours {
            identity: identity.clone(),
            orders: orders.clone(),
            catalog: catalog.clone(),
            messaging: messaging.clone(),
        };
        let crm_settings = souk_crm::Settings { currency: shop.currency };
        let crm = LocalCrm::new(kit.clone(), next()?, known, crm_settings);

        if role == Role::Past {
            inventory.listen(&bus);
            analytics.listen(&bus);
            crm.listen(&bus);
        }
        if role == Role::Server {
            catalog.listen(&bus);
            inventory.listen(&bus);
            orders.listen(&bus);
            search.listen(&bus);
            messaging.listen(&bus);
            analytics.listen(&bus);
            crm.listen(&bus);
        }
        let outbound = Arc::new(Fetcher::new(settings.fetch.rules())?);
        let stock_sources = LocalStockSources::new(stockroom.clone(), outbound);
        let simulator = LocalSimulator::new(
            kit.clone(),
            orders.clone(),
            promotions.clone(),
            catalog.clone(),
            (shop.currency, keeper.clone()),
        );
        Ok(Self {
            services: Services {
                shop: keeper.clone(),
                stockroom,
                stock_sources: Arc::new(stock_sources.clone()),
                staffing: identity.clone(),
                views: identity.clone(),
                identity,
                catalog: catalog.clone(),
                attributes: catalog.clone(),
                search,
                inventory: inventory.clone(),
                promotions,
                simulator: Arc::new(simulator),
                taxes,
                carts,
                shipping,
                payments,
                orders: orders.clone(),
                drafts: orders.clone(),
                returns: orders.clone(),
                messaging,
                audit: Arc::new(LocalAudit::new(all.clone())),
                configuration: Arc::new(settings.in_force.clone()),
                analytics: Arc::new(analytics.clone()),
                crm: Arc::new(crm.clone()),
                imports: Arc::new(imports.clone()),
            },
            kit,
            databases: all,
            bus,
            shopkeeping: keeper,
            inventory,
            orders,
            printer,
            analytics,
            crm,
            imports,
            catalog,
            stock_sources,
            test_gateway: bank,
        })
    }

    /// For work of our own.
    pub fn ctx(&self, what: &str) -> Ctx {
        Ctx { channel: "cli", ..Ctx::system(format!("{what}-{}", self.kit.ids.uuid().simple())) }
    }

    pub fn databases(&self) -> &[Db] {
        &self.databases
    }

    pub fn relays(&self) -> impl Iterator<Item = Relay> {
        self.databases.iter().map(|db| Relay::new(db.clone(), self.bus.clone()))
    }

    /// Carries what has happened to orders.
    ///
    /// # Errors
    /// Where a database refuses.
    pub async fn carry_orders(&self) -> anyhow::Result<()> {
        for db in self.databases.iter().filter(|db| db.domain() == "orders") {
            Relay::new(db.clone(), self.bus.clone()).drain().await?;
        }
        Ok(())
    }

    pub fn local_shopkeeping(&self) -> Arc<LocalShopkeeping> {
        Arc::clone(&self.shopkeeping)
    }

    pub fn local_inventory(&self) -> Arc<LocalInventory> {
        Arc::clone(&self.inventory)
    }

    pub fn local_orders(&self) -> Arc<LocalOrders> {
        Arc::clone(&self.orders)
    }

    pub fn local_analytics(&self) -> LocalAnalytics {
        self.analytics.clone()
    }

    pub fn local_crm(&self) -> LocalCrm {
        self.crm.clone()
    }

    pub fn local_catalog(&self) -> Arc<LocalCatalog> {
        Arc::clone(&self.catalog)
    }

    pub fn local_imports(&self) -> LocalImports {
        self.imports.clone()
    }

    pub fn local_stock_sources(&self) -> LocalStockSources {
        self.stock_sources.clone()
    }

    pub fn test_gateway(&self) -> Arc<TestGateway> {
        Arc::clone(&self.test_gateway)
    }

    /// Whether no other server can be at work on the same data: SQLite's files belong to one machine and one server.
    pub fn is_alone(&self) -> bool {
        self.databases.iter().all(|db| db.engine() == Engine::Sqlite)
    }

    pub fn web_parts(&self, recorder: Option<PrometheusHandle>) -> Parts {
        Parts {
            services: self.services.clone(),
            kit: self.kit.clone(),
            databases: self.databases.clone(),
            recorder,
            printer: self.printer.clone(),
            test_gateway: Arc::clone(&self.test_gateway),
        }
    }

    /// Commits what is finished.
    ///
    /// # Errors
    /// Where a database refuses.
    pub async fn close(self) -> anyhow::Result<()> {
        for db in &self.databases {
            db.close().await.with_context(|| format!("closing {}", db.domain()))?;
        }
        Ok(())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Command,
    /// A command whose orders have consequences at once.
    Past,
    Server,
}

fn all_here(node: &Node) -> anyhow::Result<()> {
    let missing: Vec<&str> = DOMAINS.into_iter().filter(|domain| !node.runs(domain)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    bail!(
        "node.run leaves out {}: these would have to run on another machine, which this version can't reach yet; \
         use run = [\"*\"]",
        missing.join(", ")
    )
}

/// In the order of [`DOMAINS`]; all at once, since each start waits for its own file.
async fn open_databases(settings: &Settings, kit: &Kit) -> anyhow::Result<Vec<Db>> {
    let opening = DOMAINS.into_iter().map(|domain| async move {
        let opened = Db::open(&settings.database, domain, migrations(domain), kit.clone()).await;
        opened.with_context(|| format!("the database of {domain}"))
    });
    try_join_all(opening).await
}

fn migrations(domain: &str) -> &'static [Migration] {
    match domain {
        "shop" => souk_shop::MIGRATIONS,
        "identity" => souk_identity::MIGRATIONS,
        "catalog" => souk_catalog::MIGRATIONS,
        "search" => souk_search::MIGRATIONS,
        "inventory" => souk_inventory::MIGRATIONS,
        "promotions" => souk_promotions::MIGRATIONS,
        "tax" => souk_tax::MIGRATIONS,
        "cart" => souk_cart::MIGRATIONS,
        "shipping" => souk_shipping::MIGRATIONS,
        "payments" => souk_payments::MIGRATIONS,
        "orders" => souk_orders::MIGRATIONS,
        "messaging" => souk_messaging::MIGRATIONS,
        "analytics" => souk_analytics::MIGRATIONS,
        "crm" => souk_crm::MIGRATIONS,
        "imports" => souk_import::MIGRATIONS,
        _ => &[],
    }
}

/// Every way to be paid that this program knows.
fn gateways(
    test: &Arc<TestGateway>,
    db: &Db,
    settings: &Settings,
    kit: &Kit,
) -> anyhow::Result<Vec<Arc<dyn Gateway>>> {
    let mut all: Vec<Arc<dyn Gateway>> = Vec::new();
    if let Some(stripe) = &settings.payments.stripe {
        let stripe = StripeGateway::new(kit.clone(), stripe, settings.shop.base_url.clone())
            .context("payments.stripe")?;
        all.push(Arc::new(stripe));
    }
    all.push(test.clone());
    all.push(Arc::new(BankTransfer::new(db.clone())));
    all.push(Arc::new(CashOnDelivery));
    all.push(Arc::new(Manual));
    Ok(all)
}

/// What is offered until staff say otherwise.
fn first_payments(settings: &Settings) -> FirstSettings {
    let payments = &settings.payments;
    FirstSettings {
        offered: payments.methods.clone(),
        bank: BankAccount {
            holder: payments.bank_holder.clone(),
            iban: payments.bank_iban.clone(),
            bic: payments.bank_bic.clone(),
        },
        currency: settings.shop.currency,
    }
}

/// A mail server, or a folder to look into where none is configured.
fn transport(settings: &Settings) -> anyhow::Result<Arc<dyn MailTransport>> {
    let mail = &settings.mail;
    Ok(match &mail.smtp {
        Some(url) => Arc::new(souk_smtp::Smtp::new(url, mail.from.as_deref())?),
        None => Arc::new(souk_smtp::Folder::new(&settings.data_dir.join("mail"), mail.from.as_deref())?),
    })
}

/// What shoppers and their apps may call.
pub fn store_routes(parts: &Parts) -> OpenApiRouter {
    let services = &parts.services;
    let orders = souk_orders::store_routes(services.orders.clone(), parts.kit.ids.clone())
        .merge(souk_orders::store_return_routes(services.returns.clone()));
    OpenApiRouter::new()
        .merge(souk_identity::store_routes(services.identity.clone()))
        .merge(parts.once("identity", souk_identity::address_routes(services.identity.clone())))
        .merge(souk_catalog::store_routes(services.catalog.clone(), services.attributes.clone()))
        .merge(souk_search::store_routes(services.search.clone()))
        .merge(parts.once("cart", souk_cart::store_routes(services.carts.clone())))
        .merge(souk_shipping::store_routes(services.shipping.clone()))
        .merge(souk_payments::store_routes(services.payments.clone()))
        .merge(parts.once("orders", orders))
        .merge(souk_crm::store_routes(services.crm.clone()))
}

/// What staff may call.
pub fn admin_routes(parts: &Parts) -> OpenApiRouter {
    let services = &parts.services;
    let orders = souk_orders::admin_routes(services.orders.clone())
        .merge(souk_orders::draft_routes(services.drafts.clone()))
        .merge(souk_orders::admin_return_routes(services.returns.clone()));
    OpenApiRouter::new()
        .merge(souk_shop::admin_routes(services.shop.clone()))
        .merge(souk_identity::admin_routes(services.staffing.clone()))
        .merge(parts.once("catalog", souk_catalog::admin_routes(services.catalog.clone())))
        .merge(parts.once("catalog", souk_catalog::attribute_routes(services.attributes.clone())))
        .merge(parts.once("inventory", souk_inventory::admin_routes(services.inventory.clone())))
        .merge(parts.once("inventory", souk_inventory::stockroom_routes(services.stockroom.clone())))
        .merge(parts.once("inventory", souk_inventory::source_routes(services.stock_sources.clone())))
        .merge(parts.once("imports", souk_import::admin_routes(services.imports.clone())))
        // Not kept under a key: its body is large, and a file that came twice has written nothing.
        .merge(souk_import::upload_routes(services.imports.clone()))
        .merge(parts.once("promotions", souk_promotions::admin_routes(services.promotions.clone())))
        .merge(parts.once("promotions", souk_orders::simulator_routes(services.simulator.clone())))
        .merge(souk_shipping::admin_routes(services.shipping.clone()))
        .merge(parts.once("tax", souk_tax::admin_routes(services.taxes.clone())))
        .merge(parts.once("payments", souk_payments::admin_routes(services.payments.clone())))
        .merge(parts.once("orders", orders))
        .merge(souk_messaging::admin_routes(services.messaging.clone()))
        .merge(crate::web::paper_routes(parts.printer.clone()))
        .merge(crate::web::label_routes(parts.printer.clone()))
        .merge(souk_analytics::admin_routes(services.analytics.clone()))
        .merge(crate::web::configuration_routes(services.configuration.clone()))
        .merge(parts.once("crm", souk_crm::admin_routes(services.crm.clone())))
        .merge(crate::web::audit_routes(services.audit.clone()))
}

impl Parts {
    /// Keeps the answers of requests with an `Idempotency-Key` in the domain's own database.
    fn once(&self, domain: &str, routes: OpenApiRouter) -> OpenApiRouter {
        match self.databases.iter().find(|db| db.domain() == domain) {
            Some(db) => routes.layer(from_fn_with_state(Idempotency::new(db.clone()), idempotent)),
            None => routes,
        }
    }
}
