//! What is taken of an order stands on it and on its papers, by tax and rate; later rates change nothing.

use souk_contract::{
    Address, Cart, ClassRates, CreateRefund, Document, Order, OrderId, ProductId, PutProduct, RefundPieces,
    TaxClassId, TaxClassInput, TaxExemption, TaxPlace, TaxRate, TaxSettingsInput, TaxZoneInput, UpdateCart,
    VariantId,
};
use souk_kernel::{
    each_engine,
    testing::{Engine, TestKit},
};

use crate::shop::{TestShop, address, eur};

fn rate(name: &str, millionths: u32) -> TaxRate {
    TaxRate::new(name, millionths)
}

fn zone(name: &str, country: &str, rates: Vec<ClassRates>) -> TaxZoneInput {
    let place = TaxPlace { country: country.to_owned(), ..TaxPlace::default() };
    TaxZoneInput { name: name.to_owned(), is_home: false, places: vec![place], rates }
}

impl TestShop {
    /// Germany is home with 19 % and 7 %, Austria has 20 % and 10 %, Quebec two taxes on everything. Returns the reduced class.
    async fn zones(&self) -> TaxClassId {
        let (taxes, ctx) = (&self.services.taxes, &self.system);
        let setup = taxes.setup(ctx).await.expect("a setup");
        let (standard, home) = (setup.classes[0].id, setup.zones[0].id);
        let reduced = TaxClassInput { name: "Reduced".to_owned(), is_default: false };
        let reduced = taxes.write_class(ctx, None, reduced, None).await.expect("a class").id;
        let vat = |of_standard, of_reduced| {
            vec![
                ClassRates { class_id: standard, rates: vec![rate("VAT", of_standard)] },
                ClassRates { class_id: reduced, rates: vec![rate("VAT", of_reduced)] },
            ]
        };
        let germany = TaxZoneInput { is_home: true, ..zone("Germany", "DE", vat(190_000, 70_000)) };
        taxes.write_zone(ctx, Some(home), germany, None).await.expect("home");
        taxes
            .write_zone(ctx, None, zone("Austria", "AT", vat(200_000, 100_000)), None)
            .await
            .expect("a zone");
        let both = |class_id| ClassRates { class_id, rates: vec![rate("GST", 50_000), rate("QST", 99_750)] };
        let quebec = zone("Quebec", "CA", vec![both(standard), both(reduced)]);
        taxes.write_zone(ctx, None, quebec, None).await.expect("a zone");
        reduced
    }

    async fn book(&self, reduced: TaxClassId) -> VariantId {
        let variant = self.sell("book", 1070, 100).await;
        let info = self.services.catalog.variants(&self.system, &[variant]).await.expect("a variant");
        self.class(info[0].product_id, reduced).await;
        variant
    }

    async fn class(&self, id: ProductId, class: TaxClassId) {
        let catalog = &self.services.catalog;
        let record = catalog.product_record(&self.system, id).await.expect("a product");
        let product = souk_contract::ProductInput { tax_class_id: Some(class), ..record.input };
        let request = PutProduct { id: Some(id), product, if_version: Some(record.version) };
        catalog.put_product(&self.system, request).await.expect("written");
    }

    async fn cart_to(&self, country: &str, lamp: VariantId, book: VariantId) -> Cart {
        let cart = self.full_cart(lamp, 1).await;
        let line = souk_contract::AddLine { variant_id: book, quantity: 2 };
        self.services.carts.add_line(&self.guest, &cart.token, line).await.expect("added");
        let to = Address { country: country.to_owned(), ..address() };
        let update = UpdateCart { shipping_address: Some(to), ..UpdateCart::default() };
        self.services.carts.update(&self.guest, &cart.token, update).await.expect("addressed");
        self.services.shipping.select(&self.guest, &cart.token, self.delivery).await.expect("delivered")
    }

    async fn sold_to(&self, country: &str, lamp: VariantId, book: VariantId) -> (Order, Document) {
        let cart = self.cart_to(country, lamp, book).await;
        let order = self.pay(self.checkout(), &cart, "tok_success").await.expect("an order");
        assert_eq!(order.total, cart.totals.total);
        let shares = order.lines.iter().flat_map(|line| &line.taxes).chain(&order.shipping_taxes);
        assert_eq!(shares.map(|share| share.tax.minor).sum::<i64>(), order.tax.minor, "{order:?}");
        let invoice = self.invoice(order.id).await;
        assert_eq!(invoice.taxes.iter().map(|tax| tax.tax.minor).sum::<i64>(), order.tax.minor);
        assert_eq!(invoice.total, order.total);
        (order, invoice)
    }

    async fn invoice(&self, id: OrderId) -> Document {
        self.services.orders.invoice(&self.system, id).await.expect("an invoice")
    }
}

/// Words, base and tax.
fn by_rate(paper: &Document) -> Vec<(String, i64, i64)> {
    paper.taxes.iter().map(|tax| (tax.words(), tax.net.minor, tax.tax.minor)).collect()
}

fn pieces(order: &Order, line: usize, quantity: i64) -> CreateRefund {
    let lines = vec![RefundPieces { order_line_id: order.lines[line].id, quantity, restock: true }];
    CreateRefund { lines, ..CreateRefund::default() }
}

each_engine! {
    async fn papers_list_each_rate_with_its_base(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let reduced = shop.zones().await;
        let (lamp, book) = (shop.sell("lamp", 11_900, 100).await, shop.book(reduced).await);
        let vat = |percent: &str, net, tax| (format!("VAT {percent} %"), net, tax);

        let (order, invoice) = shop.sold_to("DE", lamp, book).await;
        // 4.90 of delivery contain 0.78.
        assert_eq!(by_rate(&invoice), [vat("19", 10_000 + 412, 1_900 + 78), vat("7", 2_000, 140)]);
        assert_eq!(invoice.lines.iter().map(souk_contract::DocumentLine::tax_words).collect::<Vec<_>>(), ["19 %", "7 %"]);
        let (_, austria) = shop.sold_to("AT", lamp, book).await;
        // 119.00 → 19.83, 21.40 → 1.95, 4.90 → 0.82
        assert_eq!(by_rate(&austria), [vat("20", 9_917 + 408, 1_983 + 82), vat("10", 1_945, 195)]);
        assert_eq!(austria.total, order.total, "the price stays");

        // One book goes back, and delivery; then a gesture.
        let may = &shop.system;
        let wish = CreateRefund { shipping: Some(order.shipping), ..pieces(&order, 1, 1) };
        shop.services.orders.refund(may, order.id, wish, None).await.expect("refunded");
        let gesture = CreateRefund { other: Some(eur(1000)), ..CreateRefund::default() };
        shop.services.orders.refund(may, order.id, gesture, None).await.expect("refunded");
        let papers = shop.services.orders.documents(may, order.id).await.expect("papers");
        assert_eq!(by_rate(&papers[1]), [vat("19", 412, 78), vat("7", 1_000, 70)]);
        for note in &papers[1..] {
            let sum: i64 = note.taxes.iter().map(|tax| tax.net.minor + tax.tax.minor).sum();
            assert_eq!(sum, note.total.minor, "{note:?}");
        }
        assert_eq!(papers[2].taxes.len(), 2, "a gesture takes back a part of each");

        // What was sold stays as it was sold.
        let (taxes, ctx) = (&shop.services.taxes, &shop.system);
        let setup = taxes.setup(ctx).await.expect("a setup");
        let home = &setup.zones[0];
        let none = TaxZoneInput { rates: Vec::new(), ..home.input.clone() };
        taxes.write_zone(ctx, Some(home.id), none, Some(home.version)).await.expect("written");
        assert_eq!(shop.services.orders.documents(may, order.id).await.expect("papers")[0], invoice);
        let kept = shop.services.orders.get(may, order.id).await.expect("the order");
        assert_eq!((&kept.lines[0].taxes, &kept.shipping_taxes), (&order.lines[0].taxes, &order.shipping_taxes));
        shop.assert_books_agree().await;
    }

    async fn an_export_is_sold_net_and_says_why(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let reduced = shop.zones().await;
        let (lamp, book) = (shop.sell("lamp", 11_900, 100).await, shop.book(reduced).await);
        let (order, invoice) = shop.sold_to("JP", lamp, book).await;
        // 4.90 without 19 %
        assert_eq!((order.total, order.tax, order.shipping), (eur(10_000 + 2_000 + 412), eur(0), eur(412)));
        assert_eq!((order.tax_exempt, invoice.tax_exempt), (Some(TaxExemption::Export), Some(TaxExemption::Export)));
        assert_eq!(by_rate(&invoice), [("Tax 0 %".to_owned(), 12_412, 0)]);
        shop.services.orders.refund(&shop.system, order.id, pieces(&order, 0, 1), None).await.expect("refunded");
        let papers = shop.services.orders.documents(&shop.system, order.id).await.expect("papers");
        assert_eq!((papers[1].total, by_rate(&papers[1])), (eur(10_000), vec![("Tax 0 %".to_owned(), 10_000, 0)]));
        shop.assert_books_agree().await;
    }

    async fn two_taxes_on_the_same_goods_each_have_their_base(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let reduced = shop.zones().await;
        let (taxes, ctx) = (&shop.services.taxes, &shop.system);
        let settings = taxes.setup(ctx).await.expect("a setup").settings;
        let on_top = TaxSettingsInput { inclusive: false, ..settings.input };
        taxes.write_settings(ctx, on_top, Some(settings.version)).await.expect("written");
        let (lamp, book) = (shop.sell("lamp", 10_000, 100).await, shop.book(reduced).await);
        let (order, invoice) = shop.sold_to("CA", lamp, book).await;
        // 100.00, 21.40 and 4.90: GST 5.00 + 1.07 + 0.25 (0.245), QST 9.98 (9.975) + 2.13 (2.13465) + 0.49 (0.488775)
        let gst = ("GST 5 %".to_owned(), 12_630, 632);
        let qst = ("QST 9.975 %".to_owned(), 12_630, 1_260);
        assert_eq!(by_rate(&invoice), [qst, gst]);
        assert_eq!(order.total, eur(12_630 + 632 + 1_260));
        shop.services.orders.refund(ctx, order.id, pieces(&order, 0, 1), None).await.expect("refunded");
        let papers = shop.services.orders.documents(ctx, order.id).await.expect("papers");
        assert_eq!(by_rate(&papers[1]), [("QST 9.975 %".to_owned(), 10_000, 998), ("GST 5 %".to_owned(), 10_000, 500)]);
        assert_eq!(papers[1].total, eur(11_498));
        shop.assert_books_agree().await;
    }

    /// A shop from before: its orders know no rates, the cart that was bought knows one.
    async fn an_order_from_before_gets_the_invoice_that_it_would_have_got(kit: TestKit) {
        let shop = TestShop::open(&kit).await;
        let lamp = shop.sell("lamp", 11_900, 100).await;
        let cart = shop.full_cart(lamp, 1).await;
        let order = shop.pay(shop.checkout(), &cart, "tok_success").await.expect("an order");
        let [order_sql, cart_sql] = match kit.engine() {
            Engine::Sqlite => [
                "update placed_order set content = json_remove(content, '$.taxes')",
                r#"update checkout set cart = json_set(cart, '$.rules.tax', json('{"rate_basis_points":1900,"inclusive":true}'))"#,
            ],
            Engine::Postgres => [
                "update placed_order set content = content - 'taxes'",
                r#"update checkout set cart = jsonb_set(cart, '{rules,tax}', '{"rate_basis_points":1900,"inclusive":true}'::jsonb)"#,
            ],
        };
        shop.plant("orders", order_sql).await;
        shop.plant("orders", cart_sql).await;
        let invoice = shop.invoice(order.id).await;
        assert_eq!(by_rate(&invoice), [("VAT 19 %".to_owned(), 10_412, 1_978)]);
    }
}
