//! The neighbours in memory: what mail asks of them, and nothing else.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use souk_contract::{
    Address, AddressId, ChangePassword, CheckoutAction, CheckoutId, CreateFulfillment, CreateRefund,
    CreateReturn, Ctx, Currency, Customer, CustomerId, Delivery, Difference, Document, Error, FulfillmentId,
    FulfillmentStatus, Id, Identity, Mail, MailSender, MailTransport, Money, MoveFulfillment, MoveOrders,
    MoveReturn, Order, OrderId, OrderLine, OrderPaymentStatus, OrderQuery, OrderReturns, OrderStatus,
    OrderSummary, Orders, OrdersMoved, OrdersWaiting, OwnOrder, Page, PageRequest, Period, PlaceOrder,
    Placed, PutAddressOf, ReceiveReturn, RefundReturn, Register, ResetLetter, ResetPassword, Result, Return,
    ReturnId, ReturnQuery, ReturnQuote, ReturnSummary, Returns, Sales, SavedAddress, SignIn, SignedIn,
    Timestamp,
};
use uuid::Uuid;

fn not_mail<T>() -> Result<T> {
    Err(Error::internal("mail has no business with this"))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Carries mail, or refuses it, as told beforehand.
#[derive(Default)]
pub struct Postman {
    refusals: Mutex<VecDeque<Error>>,
    bag: Mutex<Vec<(Mail, MailSender)>>,
}

impl Postman {
    /// The next try fails with this.
    pub fn refuse(&self, error: Error) {
        lock(&self.refusals).push_back(error);
    }

    pub fn carried(&self) -> Vec<Mail> {
        lock(&self.bag).iter().map(|(mail, _)| mail.clone()).collect()
    }

    /// From whom each mail was.
    pub fn senders(&self) -> Vec<MailSender> {
        lock(&self.bag).iter().map(|(_, sender)| sender.clone()).collect()
    }
}

#[async_trait]
impl MailTransport for Postman {
    async fn send(&self, mail: &Mail, sender: &MailSender) -> Result<()> {
        if let Some(error) = lock(&self.refusals).pop_front() {
            return Err(error);
        }
        lock(&self.bag).push((mail.clone(), sender.clone()));
        Ok(())
    }
}

#[derive(Default)]
pub struct Accounts {
    customers: Mutex<HashMap<CustomerId, Customer>>,
    /// How many reset tokens were made: each new one ends the one before.
    resets: Mutex<u32>,
}

impl Accounts {
    pub fn add(&self, name: &str, email: &str) -> CustomerId {
        let id = Id::new(Uuid::from_u128(lock(&self.customers).len() as u128 + 1));
        let created_at = Timestamp::from_micros(0).expect("a time");
        let customer =
            Customer { id, email: email.to_owned(), name: name.to_owned(), version: 1, created_at };
        lock(&self.customers).insert(id, customer);
        id
    }

    pub fn resets_made(&self) -> u32 {
        *lock(&self.resets)
    }
}

#[async_trait]
impl Identity for Accounts {
    async fn customers(&self, _: &Ctx, _: &PageRequest) -> Result<Page<Customer>> {
        not_mail()
    }
    async fn addresses_of(&self, _: &Ctx, _: CustomerId) -> Result<Vec<SavedAddress>> {
        not_mail()
    }
    async fn save_address_of(&self, _: &Ctx, _: CustomerId, _: PutAddressOf) -> Result<SavedAddress> {
        not_mail()
    }
    async fn customer(&self, _: &Ctx, id: CustomerId) -> Result<Customer> {
        lock(&self.customers).get(&id).cloned().ok_or_else(|| Error::not_found("customer"))
    }
    /// A nil id stands for a request that is over.
    async fn reset_letter(&self, _: &Ctx, reset: Uuid) -> Result<Option<ResetLetter>> {
        if reset.is_nil() {
            return Ok(None);
        }
        let mut made = lock(&self.resets);
        *made += 1;
        let customer =
            lock(&self.customers).values().next().cloned().ok_or_else(|| Error::not_found("customer"))?;
        Ok(Some(ResetLetter {
            email: customer.email,
            name: customer.name,
            token: format!("reset-token-{made}"),
        }))
    }
    async fn register(&self, _: &Ctx, _: Register) -> Result<SignedIn> {
        not_mail()
    }
    async fn sign_in(&self, _: &Ctx, _: SignIn) -> Result<SignedIn> {
        not_mail()
    }
    async fn sign_out(&self, _: &Ctx, _: &str) -> Result<()> {
        not_mail()
    }
    async fn authenticate(&self, _: &Ctx, _: &str) -> Result<Option<Customer>> {
        not_mail()
    }
    async fn me(&self, _: &Ctx) -> Result<Customer> {
        not_mail()
    }
    async fn change_password(&self, _: &Ctx, _: ChangePassword) -> Result<SignedIn> {
        not_mail()
    }
    async fn request_reset(&self, _: &Ctx, _: &str) -> Result<()> {
        not_mail()
    }
    async fn reset_password(&self, _: &Ctx, _: ResetPassword) -> Result<()> {
        not_mail()
    }
    async fn addresses(&self, _: &Ctx) -> Result<Vec<SavedAddress>> {
        not_mail()
    }
    async fn save_address(&self, _: &Ctx, _: Option<AddressId>, _: Address, _: bool) -> Result<SavedAddress> {
        not_mail()
    }
    async fn delete_address(&self, _: &Ctx, _: AddressId) -> Result<()> {
        not_mail()
    }
}

#[derive(Default)]
pub struct Books(Mutex<HashMap<OrderId, Order>>, Mutex<HashMap<ReturnId, Return>>);

impl Books {
    pub fn add(&self, order: Order) -> OrderId {
        let id = order.id;
        lock(&self.0).insert(id, order);
        id
    }

    pub fn add_return(&self, one: Return) {
        lock(&self.1).insert(one.id, one);
    }
}

#[async_trait]
impl Returns for Books {
    async fn get(&self, _: &Ctx, id: ReturnId) -> Result<Return> {
        lock(&self.1).get(&id).cloned().ok_or_else(|| Error::not_found("return"))
    }
    async fn of_own(&self, _: &Ctx, _: &OwnOrder) -> Result<OrderReturns> {
        not_mail()
    }
    async fn ask(&self, _: &Ctx, _: &OwnOrder, _: CreateReturn) -> Result<Return> {
        not_mail()
    }
    async fn give_up(&self, _: &Ctx, _: &OwnOrder, _: ReturnId) -> Result<Return> {
        not_mail()
    }
    async fn list(&self, _: &Ctx, _: &ReturnQuery) -> Result<Page<ReturnSummary>> {
        not_mail()
    }
    async fn of_order(&self, _: &Ctx, _: OrderId) -> Result<OrderReturns> {
        not_mail()
    }
    async fn create(&self, _: &Ctx, _: OrderId, _: CreateReturn) -> Result<Return> {
        not_mail()
    }
    async fn move_on(&self, _: &Ctx, _: ReturnId, _: MoveReturn, _: Option<i64>) -> Result<Return> {
        not_mail()
    }
    async fn receive(&self, _: &Ctx, _: ReturnId, _: ReceiveReturn, _: Option<i64>) -> Result<Return> {
        not_mail()
    }
    async fn quote(&self, _: &Ctx, _: ReturnId, _: RefundReturn) -> Result<ReturnQuote> {
        not_mail()
    }
    async fn refund(&self, _: &Ctx, _: ReturnId, _: RefundReturn, _: Option<i64>) -> Result<Return> {
        not_mail()
    }
}

#[async_trait]
impl Orders for Books {
    async fn get(&self, _: &Ctx, id: OrderId) -> Result<Order> {
        lock(&self.0).get(&id).cloned().ok_or_else(|| Error::not_found("order"))
    }
    async fn place(&self, _: &Ctx, _: CheckoutId, _: PlaceOrder) -> Result<Placed> {
        not_mail()
    }
    async fn checkout(&self, _: &Ctx, _: &str) -> Result<Placed> {
        not_mail()
    }
    async fn waits_for(&self, _: &Ctx, _: &str) -> Result<Option<CheckoutAction>> {
        not_mail()
    }
    async fn give_up(&self, _: &Ctx, _: &str) -> Result<Option<Order>> {
        not_mail()
    }
    async fn by_access_token(&self, _: &Ctx, _: &str) -> Result<Order> {
        not_mail()
    }
    async fn mine(&self, _: &Ctx, _: &PageRequest) -> Result<Page<OrderSummary>> {
        not_mail()
    }
    async fn list(&self, _: &Ctx, _: &OrderQuery) -> Result<Page<OrderSummary>> {
        not_mail()
    }
    async fn sales(&self, _: &Ctx, _: &[Period]) -> Result<Vec<Sales>> {
        not_mail()
    }
    async fn waiting(&self, _: &Ctx) -> Result<OrdersWaiting> {
        not_mail()
    }
    async fn fulfil(&self, _: &Ctx, _: OrderId, _: CreateFulfillment, _: Option<i64>) -> Result<Order> {
        not_mail()
    }
    async fn move_fulfillment(
        &self,
        _: &Ctx,
        _: OrderId,
        _: FulfillmentId,
        _: MoveFulfillment,
    ) -> Result<Order> {
        not_mail()
    }
    async fn cancel(&self, _: &Ctx, _: OrderId, _: Option<i64>) -> Result<Order> {
        not_mail()
    }
    async fn refund(&self, _: &Ctx, _: OrderId, _: CreateRefund, _: Option<i64>) -> Result<Order> {
        not_mail()
    }
    async fn move_orders(&self, _: &Ctx, _: MoveOrders) -> Result<OrdersMoved> {
        not_mail()
    }
    async fn set_tags(&self, _: &Ctx, _: OrderId, _: Vec<String>, _: Option<i64>) -> Result<Order> {
        not_mail()
    }
    async fn add_note(&self, _: &Ctx, _: OrderId, _: &str) -> Result<()> {
        not_mail()
    }
    async fn invoice(&self, _: &Ctx, _: OrderId) -> Result<Document> {
        not_mail()
    }
    async fn documents(&self, _: &Ctx, _: OrderId) -> Result<Vec<Document>> {
        not_mail()
    }
    async fn resume(&self, _: &Ctx) -> Result<u64> {
        not_mail()
    }
    async fn verify(&self, _: &Ctx) -> Result<Vec<Difference>> {
        not_mail()
    }
}

/// An order of one line.
pub fn order(number: i64, product_title: &str, customer: &str) -> Order {
    let id = Uuid::from_u128(u128::try_from(number).expect("a number"));
    let eur = |minor| Money::new(minor, Currency::EUR);
    Order {
        id: Id::new(id),
        number,
        status: OrderStatus::Open,
        payment_status: OrderPaymentStatus::Paid,
        fulfillment_status: FulfillmentStatus::Unfulfilled,
        email: "ada@example.com".into(),
        shipping_address: Some(Address {
            name: customer.into(),
            line1: "1 Main St".into(),
            city: "Bern".into(),
            country: "CH".into(),
            ..Address::default()
        }),
        billing_address: None,
        note: String::new(),
        delivery: Some(Delivery {
            method_id: Id::new(id),
            name: "Standard".into(),
            price: eur(490),
            days_min: 1,
            days_max: 2,
        }),
        lines: vec![OrderLine {
            id: Id::new(id),
            variant_id: Id::new(id),
            product_id: Id::new(id),
            product_handle: "tea".into(),
            product_title: product_title.into(),
            variant_title: "Large".into(),
            sku: None,
            media: None,
            quantity: 2,
            unit_price: eur(1000),
            discount: eur(200),
            tax: eur(287),
            taxes: Vec::new(),
            total: eur(1800),
            fulfilled: 0,
            refunded: 0,
            removed: 0,
        }],
        subtotal: eur(2000),
        discount: eur(200),
        shipping: eur(490),
        shipping_discount: eur(0),
        tax: eur(365),
        tax_inclusive: true,
        shipping_taxes: Vec::new(),
        tax_exempt: None,
        total: eur(2290),
        paid: eur(2290),
        trace: Vec::new(),
        payments: Vec::new(),
        refunds: Vec::new(),
        tags: Vec::new(),
        fulfillments: Vec::new(),
        access_token: "the-access-token".into(),
        version: 1,
        placed_at: Timestamp::from_micros(0).expect("a time"),
    }
}
