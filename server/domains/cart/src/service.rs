//! The use cases.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError, Weak},
};

use async_trait::async_trait;
use souk_contract::{
    AddLine, Cart, CartCompleted, CartId, CartLineId, CartState, Carts, Catalog, CheckoutId, CollectionId,
    Ctx, Currency, CustomerId, Delivery, Error, Inventory, Money, OrderId, ProductId, PromotionRule,
    Promotions, Resource, Result, Shopkeeping, Taxes, Timestamp, UpdateCart, VariantId, VariantInfo, Warning,
};
use souk_kernel::{
    Kit, Zone,
    db::{Db, Json, Text},
    kept::Kept,
};
use souk_pricing::LocalTime;

use crate::{
    change::{acknowledge, asks_for_orders, completing, limited, must_be_active, no_room},
    content::{self, Content, Line},
    store::{self, CartRow},
    view::{self, Around},
};

const PURPOSE: &str = "cart";
/// Of changes to one cart by several processes at the same moment, each finds its turn within so many tries.
const TRIES: usize = 20;
const NOBODY: (&[VariantId], &[String]) = (&[], &[]);
/// Carts that were changed last, about a kilobyte each.
const RECENT: usize = 2_000;
const RECENT_BYTES: u64 = 4 << 20;

/// What the shop decides for all carts.
#[derive(Clone)]
pub struct CartSettings {
    pub currency: Currency,
    /// Says where happy hours are counted.
    pub shop: Arc<dyn Shopkeeping>,
}

/// Carts in this process, on their own database.
pub struct LocalCarts {
    kit: Kit,
    db: Db,
    catalog: Arc<dyn Catalog>,
    inventory: Arc<dyn Inventory>,
    promotions: Arc<dyn Promotions>,
    taxes: Arc<dyn Taxes>,
    settings: CartSettings,
    /// One change at a time per cart in this process; the version keeps other processes apart.
    changing: Mutex<HashMap<CartId, Weak<tokio::sync::Mutex<()>>>>,
    /// As they were last saved here.
    recent: Kept<CartId, CartRow, ()>,
}

impl LocalCarts {
    pub fn new(
        kit: Kit,
        db: Db,
        catalog: Arc<dyn Catalog>,
        inventory: Arc<dyn Inventory>,
        promotions: Arc<dyn Promotions>,
        taxes: Arc<dyn Taxes>,
        settings: CartSettings,
    ) -> Self {
        let recent =
            Kept::new(RECENT, RECENT_BYTES, |_, row: &CartRow| 500 + row.content.0.lines.len() * 150);
        Self { kit, db, catalog, inventory, promotions, taxes, settings, changing: Mutex::default(), recent }
    }

    fn turn(&self, id: CartId) -> Arc<tokio::sync::Mutex<()>> {
        let mut changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = changing.get(&id).and_then(Weak::upgrade) {
            return turn;
        }
        changing.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::new(tokio::sync::Mutex::new(()));
        changing.insert(id, Arc::downgrade(&turn));
        turn
    }

    fn token(&self, id: CartId) -> String {
        self.kit.secrets.seal(PURPOSE, id.uuid())
    }

    fn open(&self, token: &str) -> Result<CartId> {
        self.kit.secrets.unseal(PURPOSE, token).map(CartId::new).ok_or_else(|| Error::not_found("cart"))
    }

    async fn load(&self, token: &str) -> Result<CartRow> {
        self.read(self.open(token)?).await
    }

    async fn read(&self, id: CartId) -> Result<CartRow> {
        store::cart(&mut *self.db.read().await?, id).await?.ok_or_else(|| Error::not_found("cart"))
    }

    fn fresh(&self, now: Timestamp, customer_id: Option<CustomerId>) -> CartRow {
        CartRow {
            id: self.kit.ids.next(),
            state: Text(CartState::Active),
            customer_id,
            content: Json(Content::default()),
            checkout_id: None,
            order_id: None,
            version: 1,
            updated_at: now,
        }
    }

    /// Asks the neighbours about these variants and codes.
    async fn around(
        &self,
        ctx: &Ctx,
        variants: &[VariantId],
        codes: &[String],
        customer: Option<CustomerId>,
    ) -> Result<Around> {
        let infos = self.catalog.variants(ctx, variants).await?;
        let levels = self.inventory.levels(ctx, variants).await?;
        let automatic = self.promotions.automatic(ctx, customer).await?;
        let codes = self.promotions.lookup(ctx, codes, customer).await?;
        let found = codes.iter().filter_map(|lookup| lookup.found.as_ref().ok());
        let orders = match customer {
            Some(customer) if automatic.iter().chain(found).any(asks_for_orders) => {
                Some(self.promotions.orders_of(ctx, customer).await?)
            }
            _ => None,
        };
        let found = codes.iter().filter_map(|lookup| lookup.found.as_ref().ok());
        let asked: BTreeSet<CollectionId> =
            automatic.iter().chain(found).flat_map(PromotionRule::collections).collect();
        let collections = self.holding(ctx, asked, &infos).await?;
        let zone = Zone::of(&self.settings.shop.current().input.time_zone);
        let (weekday, minute) = zone.local(self.kit.now());
        Ok(Around {
            collections,
            variants: infos.into_iter().map(|info| (info.variant.id, info)).collect(),
            levels: levels.into_iter().map(|level| (level.variant_id, level)).collect(),
            automatic,
            codes,
            orders,
            local: LocalTime { weekday, minute },
            currency: self.settings.currency,
        })
    }

    /// Which of these collections hold what is in the cart.
    async fn holding(
        &self,
        ctx: &Ctx,
        asked: BTreeSet<CollectionId>,
        infos: &[VariantInfo],
    ) -> Result<HashMap<ProductId, Vec<CollectionId>>> {
        if asked.is_empty() {
            return Ok(HashMap::new());
        }
        let asked: Vec<CollectionId> = asked.into_iter().collect();
        let products: Vec<ProductId> =
            infos.iter().map(|info| info.product_id).collect::<BTreeSet<_>>().into_iter().collect();
        self.catalog.holding(ctx, &asked, &products).await
    }

    async fn around_cart(&self, ctx: &Ctx, row: &CartRow) -> Result<Around> {
        let content = &row.content.0;
        self.around(ctx, &content.variants(), &content.codes, row.customer_id).await
    }

    async fn show(&self, ctx: &Ctx, row: &CartRow) -> Result<Cart> {
        let around = self.around_cart(ctx, row).await?;
        self.show_with(ctx, row, &around, Vec::new()).await
    }

    async fn show_with(
        &self,
        ctx: &Ctx,
        row: &CartRow,
        around: &Around,
        warnings: Vec<Warning>,
    ) -> Result<Cart> {
        let tax = self.taxes.quote(ctx, view::tax_question(&row.content.0, around)).await?;
        view::show(row, self.token(row.id), around, &tax, warnings)
    }

    /// Load, change, save; again where somebody else was faster. The reply tells once what changed around it.
    /// `newcomers` are variants and codes that `change` may put in: it hears about them too.
    async fn change(
        &self,
        ctx: &Ctx,
        token: &str,
        newcomers: (&[VariantId], &[String]),
        mut change: impl FnMut(&mut Content, &Around) -> Result<Vec<Warning>> + Send,
    ) -> Result<Cart> {
        let id = self.open(token)?;
        let turn = self.turn(id);
        let _turn = turn.lock().await;
        for tried in 0..TRIES {
            let (mut row, kept) = self.to_change(id, tried).await?;
            let mut variants = row.content.0.variants();
            variants.extend(newcomers.0.iter().filter(|new| !row.content.0.has(**new)));
            let mut codes = row.content.0.codes.clone();
            codes.extend(newcomers.1.iter().filter(|new| !row.content.0.codes.contains(new)).cloned());
            let around = self.around(ctx, &variants, &codes, row.customer_id).await?;
            let changed = must_be_active(&row).and_then(|()| change(&mut row.content.0, &around));
            let warnings = match changed {
                Err(_) if kept => continue,
                changed => changed?,
            };
            row.version += 1;
            row.updated_at = self.kit.now();
            let cart = self.show_with(ctx, &row, &around, warnings).await?;
            acknowledge(&mut row.content.0, &around);
            if self.save(row).await? {
                return Ok(cart);
            }
        }
        Err(Error::conflict("busy", "Your cart is being changed in another window. Please try again."))
    }

    /// The cart as it was last saved here, on the first try: most changes follow one upon the other, and where it was
    /// changed elsewhere `save` finds out. Only the database may refuse anything: says whether it is a kept one.
    async fn to_change(&self, id: CartId, tried: usize) -> Result<(CartRow, bool)> {
        match self.recent.get(&id, ()).filter(|_| tried == 0) {
            Some(kept) => Ok((CartRow::clone(&kept), true)),
            None => Ok((self.read(id).await?, false)),
        }
    }

    /// Over the version before; false where another change came first.
    async fn save(&self, row: CartRow) -> Result<bool> {
        let mut tx = self.db.begin().await?;
        let saved = store::save(&mut tx, &row).await?;
        // Also where somebody else was faster: waits until that change can be read.
        tx.commit().await?;
        if saved {
            self.recent.put(row.id, (), row);
        }
        Ok(saved)
    }
}

#[async_trait]
impl Carts for LocalCarts {
    async fn create(&self, ctx: &Ctx) -> Result<Cart> {
        let now = self.kit.now();
        let row = self.fresh(now, None);
        let mut tx = self.db.begin().await?;
        store::insert(&mut tx, &row).await?;
        tx.commit().await?;
        let cart = self.show(ctx, &row).await?;
        self.recent.put(row.id, (), row);
        Ok(cart)
    }

    async fn get(&self, ctx: &Ctx, token: &str) -> Result<Cart> {
        let row = self.load(token).await?;
        self.show(ctx, &row).await
    }

    async fn add_line(&self, ctx: &Ctx, token: &str, request: AddLine) -> Result<Cart> {
        content::check_quantity(request.quantity, 1)?;
        let new_id: CartLineId = self.kit.ids.next();
        let variant = request.variant_id;
        self.change(ctx, token, (&[variant], &[]), |content, around| {
            let price = around.variants.get(&variant).map(|info| info.variant.price);
            let seen_price = price.ok_or_else(|| Error::not_found("item"))?;
            let old = content.lines.iter().find(|line| line.variant_id == variant);
            let (id, had) = old.map_or((new_id, 0), |line| (line.id, line.quantity));
            let (allowed, warning) = limited(had + request.quantity, around, variant, id)?;
            let quantity = (allowed - had).max(0);
            if quantity > 0 {
                content.add(Line { id, variant_id: variant, quantity, seen_price, agreed: None })?;
            }
            Ok(warning.into_iter().collect())
        })
        .await
    }

    async fn set_quantity(&self, ctx: &Ctx, token: &str, line: CartLineId, quantity: i64) -> Result<Cart> {
        content::check_quantity(quantity, 0)?;
        self.change(ctx, token, NOBODY, |content, around| {
            let variant = content.lines.iter().find(|known| known.id == line).map(|known| known.variant_id);
            let variant = variant.ok_or_else(|| Error::not_found("cart line"))?;
            let (allowed, warning) = match quantity {
                0 => (0, None),
                wanted => limited(wanted, around, variant, line)?,
            };
            content.set_quantity(line, allowed)?;
            Ok(warning.into_iter().collect())
        })
        .await
    }

    async fn agree_price(
        &self,
        ctx: &Ctx,
        token: &str,
        line: CartLineId,
        price: Option<Money>,
    ) -> Result<Cart> {
        ctx.require(Resource::Orders.write())?;
        content::check_price(price, self.settings.currency)?;
        self.change(ctx, token, NOBODY, |content, around| {
            let variant = content.lines.iter().find(|known| known.id == line).map(|known| known.variant_id);
            let listed = variant.and_then(|variant| around.variants.get(&variant));
            let listed = listed.ok_or_else(|| Error::not_found("cart line"))?.variant.price;
            content.agree(line, price, price.unwrap_or(listed))?;
            Ok(Vec::new())
        })
        .await
    }

    async fn add_code(&self, ctx: &Ctx, token: &str, code: &str) -> Result<Cart> {
        // First: codes can't be tried out without a cart.
        let customer = self.load(token).await?.customer_id;
        let looked_up = self.promotions.lookup(ctx, &[code.to_owned()], customer).await?;
        let lookup =
            looked_up.into_iter().next().ok_or_else(|| Error::internal("a code was not looked up"))?;
        if let Err(problem) = lookup.found {
            return Err(Error::invalid("code", "invalid", view::problem_text(problem)));
        }
        let code = [lookup.code.clone()];
        self.change(ctx, token, (&[], &code), |content, _| {
            if !content.codes.contains(&lookup.code) {
                if content.codes.len() >= content::MAX_CODES {
                    return Err(Error::conflict("too_many_codes", "No more codes fit into this cart."));
                }
                content.codes.push(lookup.code.clone());
            }
            Ok(Vec::new())
        })
        .await
    }

    async fn remove_code(&self, ctx: &Ctx, token: &str, code: &str) -> Result<Cart> {
        let code = code.trim().to_uppercase();
        self.change(ctx, token, NOBODY, |content, _| {
            content.codes.retain(|known| *known != code);
            Ok(Vec::new())
        })
        .await
    }

    async fn update(&self, ctx: &Ctx, token: &str, request: UpdateCart) -> Result<Cart> {
        self.change(ctx, token, NOBODY, |content, _| content.update(request.clone()).map(|()| Vec::new()))
            .await
    }

    async fn of_customer(&self, ctx: &Ctx, customer: CustomerId) -> Result<Option<Cart>> {
        match store::of_customer(&mut *self.db.read().await?, customer).await? {
            Some(row) => self.show(ctx, &row).await.map(Some),
            None => Ok(None),
        }
    }

    async fn claim(&self, ctx: &Ctx, token: &str, customer: CustomerId) -> Result<Cart> {
        let id = self.open(token)?;
        let now = self.kit.now();
        for _ in 0..TRIES {
            let mut tx = self.db.begin().await?;
            let mut guest = store::cart(&mut tx, id).await?.ok_or_else(|| Error::not_found("cart"))?;
            if guest.customer_id.is_some_and(|owner| owner != customer) {
                return Err(Error::not_found("cart"));
            }
            must_be_active(&guest)?;
            let own = store::of_customer(&mut tx, customer).await?.filter(|own| own.id != guest.id);
            guest.version += 1;
            guest.updated_at = now;
            let mut warnings = Vec::new();
            let (kept, saved) = match own {
                None => {
                    guest.customer_id = Some(customer);
                    let saved = match store::save(&mut tx, &guest).await {
                        // Another window of the customer's claimed its cart at this moment: join that one.
                        Err(error) if error.is_unique("cart_of_customer") => false,
                        saved => saved?,
                    };
                    (guest, saved)
                }
                Some(mut own) => {
                    for line in std::mem::take(&mut guest.content.0.lines) {
                        // Nobody is kept from signing in because a cart is full.
                        if own.content.0.add(line).is_err() {
                            warnings.push(no_room());
                        }
                    }
                    own.version += 1;
                    own.updated_at = now;
                    guest.state = Text(CartState::Merged);
                    let saved = store::save(&mut tx, &guest).await? && store::save(&mut tx, &own).await?;
                    (own, saved)
                }
            };
            if saved {
                tx.commit().await?;
                let around = self.around_cart(ctx, &kept).await?;
                return self.show_with(ctx, &kept, &around, warnings).await;
            }
        }
        Err(Error::conflict("busy", "Your cart is being changed in another window. Please try again."))
    }

    async fn set_delivery(&self, ctx: &Ctx, token: &str, delivery: Option<Delivery>) -> Result<Cart> {
        self.change(ctx, token, NOBODY, |content, _| {
            content.delivery.clone_from(&delivery);
            Ok(Vec::new())
        })
        .await
    }

    async fn begin_completion(
        &self,
        ctx: &Ctx,
        token: &str,
        checkout: CheckoutId,
        payment_method: &str,
    ) -> Result<Cart> {
        let id = self.open(token)?;
        let turn = self.turn(id);
        let _turn = turn.lock().await;
        for tried in 0..TRIES {
            let (mut row, kept) = self.to_change(id, tried).await?;
            if row.state.0 == CartState::Completing && row.checkout_id == Some(checkout) && !kept {
                return self.show(ctx, &row).await;
            }
            match must_be_active(&row) {
                Err(_) if kept => continue,
                active => active?,
            }
            row.content.0.payment_method = Some(payment_method.to_owned());
            let around = self.around_cart(ctx, &row).await?;
            row.state = Text(CartState::Completing);
            row.checkout_id = Some(checkout);
            row.version += 1;
            row.updated_at = self.kit.now();
            let cart = self.show_with(ctx, &row, &around, Vec::new()).await?;
            if self.save(row).await? {
                return Ok(cart);
            }
        }
        Err(completing())
    }

    async fn complete(&self, _ctx: &Ctx, cart: CartId, checkout: CheckoutId, order: OrderId) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let mut row = store::cart(&mut tx, cart).await?.ok_or_else(|| Error::not_found("cart"))?;
        if row.checkout_id != Some(checkout) {
            return Err(completing());
        }
        if row.state.0 == CartState::Completing {
            row.state = Text(CartState::Completed);
            row.order_id = Some(order);
            row.version += 1;
            row.updated_at = self.kit.now();
            if !store::save(&mut tx, &row).await? {
                return Err(completing());
            }
            tx.publish(&CartCompleted { cart_id: cart, order_id: order }).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn reopen(&self, _ctx: &Ctx, cart: CartId, checkout: CheckoutId) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let mut row = store::cart(&mut tx, cart).await?.ok_or_else(|| Error::not_found("cart"))?;
        if row.state.0 == CartState::Completing && row.checkout_id == Some(checkout) {
            // The customer may have begun another cart meanwhile; this one then stays a guest's.
            if let Some(customer) = row.customer_id
                && store::of_customer(&mut tx, customer).await?.is_some()
            {
                row.customer_id = None;
            }
            row.state = Text(CartState::Active);
            row.checkout_id = None;
            row.version += 1;
            row.updated_at = self.kit.now();
            if !store::save(&mut tx, &row).await? {
                return Err(completing());
            }
        }
        Ok(tx.commit().await?)
    }
}
