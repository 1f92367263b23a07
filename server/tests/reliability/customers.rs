//! Customers follow from what happens in the shop: each profile's figures equal a fold over the orders' books, however the
//! news arrive, before and after profiles were merged.

use std::collections::{BTreeMap, HashMap};

use souk_contract::{
    Actor, AddLine, Address, Consent, Ctx, CustomerProfile, CustomerQuery, CustomerSort, CustomerSummary,
    EditCustomer, Error, Grants, MergeCustomers, NewCustomer, NotTheSame, Order, OrderStatus, PageRequest,
    Pick, PlaceOrder, Preset, ProfileId, PutAddressOf, RefundState, Register, SegmentInput, SetConsent,
    StaffId, TimelineEntry, TimelineKind, UpdateCart, VariantId,
};
use souk_kernel::{each_engine, testing::TestKit};
use tokio_util::sync::CancellationToken;

use crate::shop::{Dice, TestShop, address, eur, is_conflict};

/// A shopper at the till.
struct Buyer<'b> {
    email: &'b str,
    address: Address,
    by_card: bool,
}

fn buyer(email: &str) -> Buyer<'_> {
    Buyer { email, address: address(), by_card: true }
}

async fn buy(shop: &TestShop, variant_id: VariantId, buyer: Buyer<'_>) -> Order {
    let (ctx, carts) = (&shop.guest, &shop.services.carts);
    let token = carts.create(ctx).await.expect("a cart").token;
    carts.add_line(ctx, &token, AddLine { variant_id, quantity: 1 }).await.expect("added");
    let whom = UpdateCart {
        email: Some(buyer.email.to_owned()),
        shipping_address: Some(buyer.address),
        ..UpdateCart::default()
    };
    carts.update(ctx, &token, whom).await.expect("addressed");
    let cart = shop.services.shipping.select(ctx, &token, shop.delivery).await.expect("delivery chosen");
    let request = PlaceOrder {
        cart_token: token,
        payment_method: if buyer.by_card { "test" } else { "bank_transfer" }.to_owned(),
        payment_token: buyer.by_card.then(|| "tok_success".to_owned()),
        expected_total: Some(cart.totals.total),
    };
    shop.place(ctx, shop.checkout(), request).await.expect("an order")
}

fn member() -> StaffId {
    "01900000-0000-7000-8000-000000000007".parse().expect("an id")
}

fn staff() -> Ctx {
    let id = member();
    Ctx::guest("staff").with_actor(Actor::staff(id, Preset::Owner.grants()))
}

async fn all(shop: &TestShop, query: CustomerQuery) -> Vec<CustomerSummary> {
    let mut query = CustomerQuery { limit: Some(3), ..query };
    let mut rows = Vec::new();
    loop {
        let page = shop.services.crm.customers(&shop.system, &query).await.expect("customers");
        rows.extend(page.items);
        match page.next {
            Some(next) => query.after = Some(next),
            None => return rows,
        }
    }
}

async fn found(shop: &TestShop, query: CustomerQuery) -> Vec<String> {
    all(shop, query).await.into_iter().map(|row| row.email).collect()
}

async fn one(shop: &TestShop, text: &str) -> CustomerProfile {
    let query = CustomerQuery { text: Some(text.to_owned()), ..CustomerQuery::default() };
    let rows = all(shop, query).await;
    assert_eq!(rows.len(), 1, "{text}: {rows:?}");
    shop.services.crm.customer(&shop.system, rows[0].id).await.expect("a customer")
}

async fn timeline(shop: &TestShop, id: ProfileId) -> Vec<TimelineEntry> {
    let mut page = PageRequest { after: None, limit: Some(2) };
    let mut entries = Vec::new();
    loop {
        let found = shop.services.crm.timeline(&shop.system, id, &page).await.expect("a timeline");
        entries.extend(found.items);
        match found.next {
            Some(next) => page.after = Some(next),
            None => break,
        }
    }
    assert!(entries.is_sorted_by(|a, b| (a.at, a.id) > (b.at, b.id)));
    entries
}

fn count(entries: &[TimelineEntry], kind: TimelineKind) -> usize {
    entries.iter().filter(|entry| entry.kind == kind).count()
}

/// Orders of many kinds, by a few people who write their address now so, now so.
async fn trade(shop: &TestShop) -> Vec<Order> {
    let variant = shop.sell("tea", 1_000, 1_000).await;
    let mut dice = Dice(11);
    let mut orders = Vec::new();
    for _ in 0..24 {
        let email = match dice.below(3) {
            0 => format!("Buyer{}@Example.com", dice.below(6)),
            _ => format!("buyer{}@example.com", dice.below(6)),
        };
        let by_card = dice.below(3) > 0;
        let order = buy(shop, variant, Buyer { by_card, ..buyer(&email) }).await;
        if by_card && dice.below(3) == 0 {
            let back = souk_contract::CreateRefund {
                other: Some(eur(1 + dice.below(300) as i64)),
                ..souk_contract::CreateRefund::default()
            };
            shop.services.orders.refund(&shop.system, order.id, back, None).await.expect("refunded");
        }
        if !by_card {
            match dice.below(3) {
                0 => {
                    drop(shop.services.orders.cancel(&shop.system, order.id, None).await.expect("cancelled"))
                }
                1 => {
                    let payments = &shop.services.payments;
                    payments.confirm_transfer(&shop.system, order.payments[0].id, None).await.expect("paid");
                }
                _ => {}
            }
        }
        orders.push(order.id);
    }
    let mut books = Vec::new();
    shop.carry().await;
    for id in orders {
        books.push(shop.services.orders.get(&shop.system, id).await.expect("an order"));
    }
    books
}

/// Orders, spent, first and last, by address.
fn fold(books: &[Order]) -> BTreeMap<String, (i64, i64, i64, i64)> {
    let mut people: BTreeMap<String, (i64, i64, i64, i64)> = BTreeMap::new();
    for order in books {
        let person = people.entry(order.email.to_lowercase()).or_default();
        if order.status == OrderStatus::Cancelled {
            continue;
        }
        let back: i64 = order
            .refunds
            .iter()
            .filter(|refund| refund.state == RefundState::Succeeded)
            .map(|refund| refund.amount.minor)
            .sum();
        let paid = order.payments.iter().any(|payment| payment.captured.minor > 0);
        let at = order.placed_at.micros();
        person.0 += 1;
        person.1 += if paid { order.total.minor - back } else { 0 };
        person.2 = if person.2 == 0 { at } else { person.2.min(at) };
        person.3 = person.3.max(at);
    }
    people
}

fn shown(rows: &[CustomerSummary]) -> BTreeMap<String, (i64, i64, i64, i64)> {
    let micros = |at: Option<souk_contract::Timestamp>| at.map_or(0, souk_contract::Timestamp::micros);
    rows.iter()
        .map(|row| {
            let figures =
                (row.orders, row.spent.minor, micros(row.first_order_at), micros(row.last_order_at));
            (row.email.to_lowercase(), figures)
        })
        .collect()
}

each_engine! {
    async fn figures_are_a_fold_over_the_books_however_the_news_arrive(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let books = trade(&shop).await;
        let rows = all(&shop, CustomerQuery::default()).await;
        assert_eq!(shown(&rows), fold(&books));
        assert!(rows.len() >= 5 && rows.iter().any(|row| row.spent.minor > 0), "{rows:?}");
        assert_eq!(shop.services.crm.verify(&shop.system).await.expect("an audit"), []);

        // They come again, and what is old is looked through.
        shop.plant("orders", "update outbox set dispatched_at = null").await;
        shop.carry().await;
        shop.crm().count_old(CancellationToken::new()).await;
        assert_eq!(all(&shop, CustomerQuery::default()).await, rows);

        // They never came.
        for gone in ["delete from bought", "delete from purchase_item", "delete from purchase", "delete from entry",
                     "delete from profile_word", "delete from duplicate", "delete from profile", "delete from progress"] {
            let tx = shop.db("crm").begin().await;
            let mut tx = tx.expect("a transaction");
            tx.query(gone).execute().await.expect("gone");
            tx.commit().await.expect("committed");
        }
        assert_eq!(shop.services.crm.verify(&shop.system).await.expect("an audit"), [], "nothing is missing yet");
        shop.crm().count_old(CancellationToken::new()).await;
        assert_eq!(shown(&all(&shop, CustomerQuery::default()).await), fold(&books));
        assert_eq!(shop.services.crm.verify(&shop.system).await.expect("an audit"), []);

        for (plant, undo) in [
            ("update purchase set total_minor = total_minor + 1", "update purchase set total_minor = total_minor - 1"),
            ("update purchase set cancelled = (not cancelled)", "update purchase set cancelled = (not cancelled)"),
            ("update profile set orders = orders + 1", "update profile set orders = orders - 1"),
        ] {
            shop.plant("crm", plant).await;
            assert!(!shop.services.crm.verify(&shop.system).await.expect("an audit").is_empty(), "{plant}");
            shop.plant("crm", undo).await;
            assert_eq!(shop.services.crm.verify(&shop.system).await.expect("an audit"), [], "{undo}");
        }
    }

    async fn the_list_is_searched_filtered_and_sorted_page_by_page(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let tea = shop.sell("tea", 1_000, 100).await;
        let people = [("ada@example.com", "Ada Lovelace", "+49 170 1234567"), ("Bob@Example.com", "Bob Stone", ""),
                      ("cleo@example.com", "Cleo Lovett", "030 111222333"), ("dan@example.com", "", "")];
        for (index, (email, name, phone)) in people.iter().enumerate() {
            let name = if name.is_empty() { "Nobody" } else { name };
            let whom = Address { name: (*name).to_owned(), phone: (*phone).to_owned(), ..address() };
            for _ in 0..=index % 3 {
                buy(&shop, tea, Buyer { address: whom.clone(), ..buyer(email) }).await;
            }
        }
        shop.carry().await;
        let crm = &shop.services.crm;
        let text = |text: &str| CustomerQuery { text: Some(text.to_owned()), ..CustomerQuery::default() };
        for (typed, expected) in [
            ("lov", vec!["cleo@example.com", "ada@example.com"]),
            ("ADA L", vec!["ada@example.com"]),
            ("bob@", vec!["Bob@Example.com"]),
            ("0170 12", vec!["ada@example.com"]),
            ("%", vec![]),
            ("ovelace", vec![]),
        ] {
            assert_eq!(found(&shop, text(typed)).await, expected, "{typed}");
        }
        let by = |sort| CustomerQuery { sort: Some(sort), ..CustomerQuery::default() };
        let last = found(&shop, by(CustomerSort::LastOrder)).await;
        assert_eq!(last, ["dan@example.com", "cleo@example.com", "Bob@Example.com", "ada@example.com"]);
        let name = found(&shop, by(CustomerSort::Name)).await;
        assert_eq!(name, ["ada@example.com", "Bob@Example.com", "cleo@example.com", "dan@example.com"]);
        assert_eq!(found(&shop, by(CustomerSort::Spent)).await[0], "cleo@example.com");

        let ada = one(&shop, "ada@").await.person;
        let tagged = crm.tag_customer(&staff(), ada.id, vec!["VIP".into(), "=1".into()], Some(ada.version)).await.expect("tagged");
        assert_eq!(tagged.person.tags, ["VIP", "=1"]);
        let wishes = SetConsent { granted: true, how: "on the phone".into() };
        crm.set_consent(&staff(), ada.id, wishes, None).await.expect("recorded");
        let register = Register { email: "ADA@example.com".into(), password: "correct horse".into(), name: "Ada L.".into() };
        let account = shop.services.identity.register(&shop.guest, register).await.expect("an account");
        shop.carry().await;
        let since = one(&shop, "bob@").await.person.first_order_at;
        for (what, query, expected) in [
            ("tag", CustomerQuery { tag: Some("vip".into()), ..CustomerQuery::default() }, vec!["ADA@example.com"]),
            ("consent", CustomerQuery { consent: Some(Consent::Granted), ..CustomerQuery::default() }, vec!["ADA@example.com"]),
            ("account", CustomerQuery { has_account: Some(true), ..CustomerQuery::default() }, vec!["ADA@example.com"]),
            ("orders", CustomerQuery { orders_at_least: Some(3), ..CustomerQuery::default() }, vec!["cleo@example.com"]),
            ("spent", CustomerQuery { spent_at_least: Some(2 * 1_490), ..CustomerQuery::default() }, vec!["cleo@example.com", "Bob@Example.com"]),
            ("since", CustomerQuery { no_order_since: since, ..CustomerQuery::default() }, vec!["ADA@example.com"]),
            ("all", CustomerQuery { has_account: Some(false), orders_at_least: Some(2), text: Some("bob".into()), ..CustomerQuery::default() }, vec!["Bob@Example.com"]),
        ] {
            assert_eq!(found(&shop, query).await, expected, "{what}");
        }
        let csv = crm.export_customers(&shop.system, &by(CustomerSort::Name)).await.expect("a table");
        assert_eq!(csv.lines().count(), 5);
        assert!(csv.contains(",'+49 170 1234567,DE,true,granted,\"VIP, =1\",1,14.90,EUR,"), "{csv}");
        let profile = crm.customer(&shop.system, ada.id).await.expect("a customer");
        assert_eq!((profile.person.name.as_str(), profile.accounts[0].id), ("Ada L.", account.customer.id));
        let wrong = CustomerQuery { after: Some("x".into()), ..CustomerQuery::default() };
        assert!(matches!(crm.customers(&shop.system, &wrong).await, Err(Error::Invalid { .. })));
        for ctx in [&shop.guest, &shop.guest.clone().with_actor(Actor::staff(member(), Grants::default()))] {
            assert!(crm.customers(ctx, &CustomerQuery::default()).await.is_err());
            assert!(crm.customer(ctx, ada.id).await.is_err());
            assert!(crm.note_customer(ctx, ada.id, "x").await.is_err());
        }
    }

    async fn one_timeline_tells_what_happened_to_somebody(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let tea = shop.sell("tea", 1_000, 100).await;
        let crm = &shop.services.crm;
        let made = crm.create_customer(&staff(), NewCustomer { email: "Eve@example.com".into(), name: "Eve".into(), phone: String::new() }).await.expect("made");
        let id = made.person.id;
        let again = NewCustomer { email: "eve@EXAMPLE.com".into(), ..NewCustomer::default() };
        assert!(is_conflict(&crm.create_customer(&staff(), again).await, "email_known"));
        let wrong = NewCustomer { email: "eve".into(), ..NewCustomer::default() };
        assert!(matches!(crm.create_customer(&staff(), wrong).await, Err(Error::Invalid { .. })));

        let order = buy(&shop, tea, buyer("eve@example.com")).await;
        let other = buy(&shop, tea, Buyer { by_card: false, ..buyer("eve@example.com") }).await;
        shop.services.orders.cancel(&shop.system, other.id, None).await.expect("cancelled");
        let ship = souk_contract::CreateFulfillment { ship: true, ..souk_contract::CreateFulfillment::default() };
        shop.services.orders.fulfil(&shop.system, order.id, ship, None).await.expect("shipped");
        let back = souk_contract::CreateRefund { other: Some(eur(100)), ..souk_contract::CreateRefund::default() };
        shop.services.orders.refund(&shop.system, order.id, back, None).await.expect("refunded");
        for _ in 0..3 {
            shop.carry().await;
        }
        crm.note_customer(&staff(), id, " Likes tea ").await.expect("noted");
        let profile = crm.customer(&shop.system, id).await.expect("a customer");
        assert_eq!(profile.person.name, "Eve", "what staff wrote stays");
        assert_eq!(profile.last_address.as_ref().map(|address| address.city.as_str()), Some("Berlin"));
        assert_eq!(crm.customer_of_order(&shop.system, order.id).await.expect("a buyer"), Some(id));
        let edit = EditCustomer { name: String::new(), phone: "0170 7654321".into() };
        let edited = crm.edit_customer(&staff(), id, edit.clone(), Some(profile.person.version)).await.expect("edited");
        assert_eq!((edited.person.name.as_str(), edited.person.phone.as_str()), ("Ada Lovelace", "0170 7654321"), "and what they leave empty is the order's");
        assert!(is_conflict(&crm.edit_customer(&staff(), id, EditCustomer::default(), Some(profile.person.version)).await, "stale_version"));

        let entries = timeline(&shop, id).await;
        for (kind, times) in [
            (TimelineKind::Created, 1), (TimelineKind::OrderPlaced, 2), (TimelineKind::OrderPaid, 1),
            (TimelineKind::OrderShipped, 1), (TimelineKind::OrderRefunded, 1), (TimelineKind::OrderCancelled, 1),
            (TimelineKind::MailSent, 5), (TimelineKind::Note, 1), (TimelineKind::Edited, 1),
        ] {
            assert_eq!(count(&entries, kind), times, "{kind:?} in {entries:#?}");
        }
        let note = entries.iter().find(|entry| entry.kind == TimelineKind::Note).expect("a note");
        assert_eq!((note.text.as_str(), note.staff_id), ("Likes tea", Some(member())));
        let query = souk_contract::AuditQuery { object: Some("customer".into()), object_id: Some(id.uuid()), ..Default::default() };
        let audit = shop.services.audit.entries(&shop.system, &query).await.expect("a log").items;
        let actions: Vec<&str> = audit.iter().map(|entry| entry.action.as_str()).collect();
        assert_eq!(actions, ["customer.edited", "customer.noted", "customer.created"]);
        // Nothing of a person is in what goes over the bus.
        for domain in ["crm", "orders", "identity", "messaging"] {
            let found = shop.count(domain, "select count(*) from outbox where lower(cast(payload as text)) like '%eve@%'").await;
            assert_eq!(found, 0, "{domain}");
        }
    }

    async fn a_customers_own_no_stands_and_their_address_can_be_mended(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let crm = &shop.services.crm;
        let register = Register { email: "fay@example.com".into(), password: "correct horse".into(), name: "Fay".into() };
        let account = shop.services.identity.register(&shop.guest, register).await.expect("an account").customer.id;
        let fay = shop.guest.clone().with_actor(Actor::Customer { id: account });
        // Before the event has come.
        assert_eq!(crm.own_consent(&fay).await.expect("an answer"), Consent::Unknown);
        shop.carry().await;
        let id = one(&shop, "fay").await.person.id;
        let yes = |granted| SetConsent { granted, how: "at the fair".into() };
        assert_eq!(crm.set_consent(&staff(), id, yes(true), None).await.expect("recorded").person.consent, Consent::Granted);
        assert_eq!(crm.set_own_consent(&fay, false).await.expect("chosen"), Consent::Withdrawn);
        assert!(is_conflict(&crm.set_consent(&staff(), id, yes(true), None).await, "own_choice"));
        assert!(crm.customer(&shop.system, id).await.expect("a customer").refused_in_person);
        assert_eq!(crm.set_own_consent(&fay, true).await.expect("chosen"), Consent::Granted);
        assert_eq!(crm.set_consent(&staff(), id, yes(false), None).await.expect("recorded").person.consent, Consent::Withdrawn);
        assert!(matches!(crm.own_consent(&shop.guest).await, Err(Error::Unauthenticated { .. })));
        let log: Vec<(Option<Consent>, bool)> = timeline(&shop, id).await.iter()
            .filter(|entry| entry.kind == TimelineKind::Consent)
            .map(|entry| (entry.consent, entry.staff_id.is_some())).collect();
        let (granted, withdrawn) = (Some(Consent::Granted), Some(Consent::Withdrawn));
        assert_eq!(log, [(withdrawn, true), (granted, false), (withdrawn, false), (granted, true)]);

        let put = |id| PutAddressOf { id, address: address(), is_default: false };
        let profile = crm.save_customer_address(&staff(), id, account, put(None)).await.expect("saved");
        let saved = &profile.accounts[0].addresses[0];
        assert!(saved.is_default && saved.address.city == "Berlin");
        let mut moved = put(Some(saved.id));
        moved.address.city = "Bonn".into();
        let profile = crm.save_customer_address(&staff(), id, account, moved).await.expect("saved");
        assert_eq!(profile.accounts[0].addresses[0].address.city, "Bonn");
        let stranger = souk_contract::CustomerId::new(member().uuid());
        assert!(matches!(crm.save_customer_address(&staff(), id, stranger, put(None)).await, Err(Error::NotFound { .. })));
        assert_eq!(shop.services.identity.addresses(&fay).await.expect("addresses").len(), 1);
    }

    async fn two_are_one_after_a_merge_and_two_again(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let tea = shop.sell("tea", 1_000, 100).await;
        let crm = &shop.services.crm;
        for (email, name, phone) in [("gus@work.example.com", "Gus Grey", "0170 1112223"), ("gus@home.example.com", "G. Grey", "+49 170 1112223"), ("hal@example.com", "Gus Grey", "")] {
            let whom = Address { name: name.into(), phone: phone.into(), ..address() };
            buy(&shop, tea, Buyer { address: whom, ..buyer(email) }).await;
        }
        shop.carry().await;
        let page = PageRequest { after: None, limit: Some(1) };
        let mut pairs = crm.duplicates(&shop.system, &page).await.expect("pairs");
        let rest = crm.duplicates(&shop.system, &PageRequest { after: pairs.next.clone(), limit: None }).await.expect("pairs");
        pairs.items.extend(rest.items);
        assert_eq!(pairs.items.len(), 2, "{pairs:?}");
        let (work, home, hal) = (one(&shop, "gus@work").await.person, one(&shop, "gus@home").await.person, one(&shop, "hal").await.person);
        crm.not_the_same(&staff(), NotTheSame { one: hal.id, other: work.id }).await.expect("told apart");
        let pairs = crm.duplicates(&shop.system, &PageRequest::default()).await.expect("pairs").items;
        assert!(pairs.len() == 1 && pairs[0].same_phone && !pairs[0].same_name_and_postcode, "{pairs:?}");

        crm.tag_customer(&staff(), work.id, vec!["vip".into(), "old".into()], None).await.expect("tagged");
        crm.tag_customer(&staff(), home.id, vec!["VIP".into(), "home".into()], None).await.expect("tagged");
        crm.note_customer(&staff(), home.id, "rings twice").await.expect("noted");
        let no = SetConsent { granted: false, how: "on the phone".into() };
        crm.set_consent(&staff(), home.id, no, None).await.expect("recorded");
        let yes = SetConsent { granted: true, how: "on the phone".into() };
        let kept = crm.set_consent(&staff(), work.id, yes, None).await.expect("recorded");

        let request = MergeCustomers { keep: work.id, merge: home.id, email: Pick::Merged, name: Pick::Kept, phone: Pick::Merged };
        assert!(is_conflict(&crm.merge_customers(&staff(), request, Some(1)).await, "stale_version"));
        let merged = crm.merge_customers(&staff(), request, Some(kept.person.version)).await.expect("merged");
        let person = &merged.person;
        assert_eq!((person.email.as_str(), person.name.as_str(), person.phone.as_str()), ("gus@home.example.com", "Gus Grey", "+49 170 1112223"));
        assert_eq!((person.orders, person.spent, person.consent), (2, eur(2 * 1_490), Consent::Withdrawn));
        assert_eq!(person.tags, ["vip", "old", "home"]);
        assert_eq!(merged.emails, ["gus@home.example.com", "gus@work.example.com"]);
        assert!(is_conflict(&crm.merge_customers(&staff(), request, None).await, "same_customer"));
        assert_eq!(crm.customer(&shop.system, home.id).await.expect("led on").person.id, work.id);
        for text in ["gus@work", "gus@home", "g. grey"] {
            assert_eq!(one(&shop, text).await.person.id, work.id, "{text}");
        }
        assert_eq!(all(&shop, CustomerQuery::default()).await.len(), 2);
        let entries = timeline(&shop, home.id).await;
        assert_eq!((count(&entries, TimelineKind::OrderPlaced), count(&entries, TimelineKind::Note), count(&entries, TimelineKind::Merged)), (2, 1, 1));
        assert_eq!(shop.services.crm.verify(&shop.system).await.expect("an audit"), []);

        // What comes for either address is the one's.
        buy(&shop, tea, buyer("GUS@home.example.com")).await;
        shop.carry().await;
        assert_eq!(one(&shop, "gus@work").await.person.orders, 3);
        // A chain leads to its end, and is taken back from its end.
        let merge = merged.merges[0].id;
        let chain = MergeCustomers { keep: hal.id, merge: home.id, email: Pick::Kept, name: Pick::Kept, phone: Pick::Kept };
        let chained = crm.merge_customers(&staff(), chain, None).await.expect("merged");
        assert_eq!((chained.person.orders, chained.person.id), (4, hal.id));
        assert_eq!(crm.customer(&shop.system, home.id).await.expect("led on").person.id, hal.id);
        assert!(is_conflict(&crm.undo_merge(&staff(), merge).await, "merged_on"));
        crm.undo_merge(&staff(), chained.merges[0].id).await.expect("taken back");
        assert_eq!(crm.customer(&shop.system, home.id).await.expect("led on").person.id, work.id);
        crm.note_customer(&staff(), home.id, "of both").await.expect("noted");

        let kept = crm.undo_merge(&staff(), merge).await.expect("taken back");
        let again = crm.undo_merge(&staff(), merge).await.expect("once is enough");
        assert_eq!(kept, again);
        let person = &kept.person;
        assert_eq!((person.email.as_str(), person.phone.as_str(), person.orders), ("gus@work.example.com", "0170 1112223", 1));
        assert_eq!((person.tags.clone(), person.consent), (vec!["vip".to_owned(), "old".to_owned()], Consent::Granted));
        let home = crm.customer(&shop.system, home.id).await.expect("on its own");
        assert_eq!((home.person.orders, home.person.consent), (2, Consent::Withdrawn));
        assert_eq!(home.person.tags, ["VIP", "home"]);
        let notes: HashMap<ProfileId, usize> = [(work.id, 1), (home.person.id, 1)].into();
        for (id, expected) in notes {
            assert_eq!(count(&timeline(&shop, id).await, TimelineKind::Note), expected, "what was written since stays");
        }
        assert_eq!(all(&shop, CustomerQuery::default()).await.len(), 3);
        assert_eq!(shop.services.crm.verify(&shop.system).await.expect("an audit"), []);
    }

    async fn a_segment_is_whoever_fits_its_rule_now(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let tea = shop.sell("tea", 1_000, 100).await;
        let cup = shop.sell("cup", 5_000, 100).await;
        let crm = &shop.services.crm;
        for (email, things, country) in [("ann@example.com", vec![tea, tea], "DE"), ("ben@example.com", vec![cup], "FR"), ("cat@example.com", vec![tea, cup, cup], "FR")] {
            for thing in things {
                let whom = Address { country: country.into(), ..address() };
                buy(&shop, thing, Buyer { address: whom, ..buyer(email) }).await;
            }
        }
        crm.create_customer(&staff(), NewCustomer { email: "dee@example.com".into(), ..NewCustomer::default() }).await.expect("made");
        shop.carry().await;
        let ann = one(&shop, "ann").await.person.id;
        crm.tag_customer(&staff(), ann, vec!["VIP".into()], None).await.expect("tagged");
        let yes = SetConsent { granted: true, how: "at the fair".into() };
        crm.set_consent(&staff(), ann, yes, None).await.expect("recorded");
        let by_name = |rule: &str| CustomerQuery { rule: Some(rule.to_owned()), sort: Some(CustomerSort::Name), ..CustomerQuery::default() };
        for (rule, expected) in [
            ("orders >= 2", "ann cat"),
            ("orders >= 2 and not tag = \"vip\"", "cat"),
            ("orders = 0", "dee"),
            ("spent > 50", "ben cat"),
            ("spent <= 29.80", "ann dee"),
            ("country = FR or tag = vip", "ann ben cat"),
            ("country != FR", "ann dee"),
            ("(country = FR or orders = 0) and not product = cup", "dee"),
            ("product = tea and product = cup", "cat"),
            ("last_order >= 1 days ago", "ann ben cat"),
            ("last_order < 1 days ago", ""),
            ("first_order = 0 days ago and account = no", "ann ben cat"),
            ("not first_order > 2020-01-01", "dee"),
            ("consent = granted", "ann"),
            ("consent != granted and account = no", "ben cat dee"),
            ("category = anything", ""),
        ] {
            let mut names: Vec<String> =
                found(&shop, by_name(rule)).await.iter().map(|email| email[..3].to_owned()).collect();
            // They have one name.
            names.sort();
            assert_eq!(names.join(" "), expected, "{rule}");
            let count = crm.count_segment(&shop.system, rule).await.expect("a count");
            assert_eq!((count.people as usize, count.more), (names.len(), false), "{rule}");
        }
        let both = CustomerQuery { text: Some("cat".into()), ..by_name("country = FR") };
        assert_eq!(found(&shop, both).await, ["cat@example.com"]);
        let csv = crm.export_customers(&shop.system, &by_name("orders = 0")).await.expect("a table");
        assert_eq!(csv.lines().count(), 2);
        for wrong in ["", "orders >", "tag = 'x'", "orders = 1; drop table profile"] {
            assert!(matches!(crm.count_segment(&shop.system, wrong).await, Err(Error::Invalid { .. })), "{wrong}");
            assert!(matches!(crm.customers(&shop.system, &by_name(wrong)).await, Err(Error::Invalid { .. })), "{wrong}");
        }

        let input = |name: &str, rule: &str| SegmentInput { name: name.into(), rule: rule.into() };
        let loyal = crm.put_segment(&staff(), None, input(" Loyal ", "orders >= 2"), None).await.expect("saved");
        assert_eq!((loyal.name.as_str(), loyal.version), ("Loyal", 1));
        assert!(matches!(crm.put_segment(&staff(), None, input("LOYAL", "orders = 1"), None).await, Err(Error::Invalid { .. })));
        assert!(matches!(crm.put_segment(&staff(), None, input("Wrong", "orders"), None).await, Err(Error::Invalid { .. })));
        let changed = crm.put_segment(&staff(), Some(loyal.id), input("Loyal", "orders >= 3"), Some(1)).await.expect("saved");
        assert!(is_conflict(&crm.put_segment(&staff(), Some(loyal.id), input("Loyal", "orders >= 4"), Some(1)).await, "stale_version"));
        assert_eq!(crm.segments(&shop.system).await.expect("segments"), [changed]);
        crm.remove_segment(&staff(), loyal.id).await.expect("removed");
        assert!(matches!(crm.remove_segment(&staff(), loyal.id).await, Err(Error::NotFound { .. })));
        assert!(crm.count_segment(&shop.guest, "orders = 1").await.is_err());
    }
}
