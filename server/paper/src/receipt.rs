//! A till's receipt: a strip of paper, 80 mm wide and as long as what was bought.

use souk_contract::{Money, Order, OrderLine, OrderPaymentStatus, Seller};

use crate::{
    NotDrawn, Style,
    barcode::Barcode,
    draw,
    invoice::date,
    sheet::{BLACK, GREY, Item},
};

const MM: f32 = 72.0 / 25.4;
const WIDTH: f32 = 80.0 * MM;
/// Printers of this paper reach 72 mm of it.
const MARGIN: f32 = 4.0 * MM;
const ROOM: f32 = WIDTH - 2.0 * MARGIN;
const SIZE: f32 = 9.0;

/// What was bought, what it came to and how it was paid. Not an invoice: it has no number of its own.
///
/// # Errors
/// When the PDF writer refuses.
pub fn receipt(order: &Order, seller: &Seller, paid_with: &str, style: &Style) -> Result<Vec<u8>, NotDrawn> {
    let strip = lay_out(order, seller, paid_with, style);
    let size = (WIDTH, strip.y + MARGIN);
    draw::pdf(&[strip.items], size, style, &format!("Receipt of order #{}", order.number))
}

struct Strip<'s> {
    style: &'s Style,
    items: Vec<Item>,
    y: f32,
}

impl Strip<'_> {
    fn text(&mut self, x: f32, size: f32, bold: bool, grey: u8, text: &str) {
        self.items.push(Item::Text { x: MARGIN + x, y: self.y, size, bold, grey, text: text.to_owned() });
    }

    fn middle(&mut self, size: f32, bold: bool, grey: u8, text: &str) {
        for line in self.style.fonts.wrap(text, size, bold, ROOM) {
            self.y += size * 1.35;
            let width = self.style.fonts.width(&line, size, bold);
            self.text((ROOM - width) / 2.0, size, bold, grey, &line);
        }
    }

    /// Words at the left, an amount at the right of their first line.
    fn row(&mut self, size: f32, bold: bool, grey: u8, words: &str, amount: &str) {
        let width = self.style.fonts.width(amount, size, bold);
        let lines = self.style.fonts.wrap(words, size, bold, ROOM - width - 8.0);
        for (index, line) in lines.iter().enumerate() {
            self.y += size * 1.35;
            if index == 0 {
                self.text(ROOM - width, size, bold, BLACK, amount);
            }
            self.text(0.0, size, bold, grey, line);
        }
    }

    fn rule(&mut self) {
        self.y += 6.0;
        self.items.push(Item::Rule { x: MARGIN, y: self.y, width: ROOM });
        self.y += 3.0;
    }
}

fn lay_out<'s>(order: &Order, seller: &Seller, paid_with: &str, style: &'s Style) -> Strip<'s> {
    let mut strip = Strip { style, items: Vec::new(), y: MARGIN };
    strip.middle(13.0, true, BLACK, &seller.name);
    for line in &seller.address {
        strip.middle(8.0, false, GREY, line);
    }
    if !seller.tax_id.is_empty() {
        strip.middle(8.0, false, GREY, &format!("Tax ID {}", seller.tax_id));
    }
    strip.y += 4.0;
    strip.middle(8.0, false, GREY, &format!("Order #{} of {}", order.number, date(order.placed_at)));
    strip.rule();
    for line in &order.lines {
        thing(&mut strip, line);
    }
    strip.rule();
    sums(&mut strip, order);
    let paid = match order.payment_status {
        OrderPaymentStatus::Refunded => "Refunded".to_owned(),
        status if status.is_paid() => format!("Paid: {paid_with}"),
        _ => format!("Not paid yet: {paid_with}"),
    };
    strip.y += 4.0;
    strip.middle(SIZE, false, BLACK, &paid);
    let number = order.number.to_string();
    if let Some(bars) = Barcode::of(&number).and_then(|code| code.bars(MARGIN, strip.y + 10.0, ROOM, 26.0)) {
        strip.items.extend(bars);
        strip.y += 36.0;
        strip.middle(7.0, false, BLACK, &number);
    }
    strip.y += 4.0;
    strip.middle(8.0, false, GREY, "Thank you.");
    strip
}

fn thing(strip: &mut Strip<'_>, line: &OrderLine) {
    strip.y += 2.0;
    strip.row(SIZE, false, BLACK, &line.product_title, &line.total.to_string());
    if !line.variant_title.is_empty() {
        strip.row(7.5, false, GREY, &line.variant_title, "");
    }
    if line.quantity != 1 {
        strip.row(7.5, false, GREY, &format!("{} × {}", line.quantity, line.unit_price), "");
    }
    if !line.discount.is_zero() {
        strip.row(7.5, false, GREY, &format!("Discount {}", minus(line.discount)), "");
    }
}

fn minus(money: Money) -> Money {
    Money::new(-money.minor, money.currency)
}

fn sums(strip: &mut Strip<'_>, order: &Order) {
    let delivery = Money::new(order.shipping.minor - order.shipping_discount.minor, order.total.currency);
    if !delivery.is_zero() {
        strip.row(SIZE, false, GREY, "Delivery", &delivery.to_string());
    }
    if !order.tax_inclusive {
        strip.row(SIZE, false, GREY, "Tax", &order.tax.to_string());
    }
    strip.y += 2.0;
    strip.row(13.0, true, BLACK, "Total", &order.total.to_string());
    if order.tax_inclusive {
        strip.row(8.0, false, GREY, "of it tax", &order.tax.to_string());
    }
    let refunds = order.refunds.iter().filter(|refund| refund.state == souk_contract::RefundState::Succeeded);
    for refund in refunds.filter(|refund| !refund.amount.is_zero()) {
        strip.row(SIZE, false, GREY, "Refunded", &minus(refund.amount).to_string());
    }
}
