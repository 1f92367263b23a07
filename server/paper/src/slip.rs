//! What goes into a parcel, and what is fetched from the shelves.

use std::collections::BTreeMap;

use souk_contract::{Fulfillment, Order, OrderLine, Timestamp, VariantId};

use crate::{
    NotDrawn, Style,
    invoice::{address_lines, date},
    sheet::{Align, BLACK, Cell, Column, GREY, Sheet},
};

fn columns<const N: usize>(width: f32, titles: [&'static str; N], widths: [f32; N]) -> [Column; N] {
    // The column without a width of its own takes what is left.
    let left = width - widths.iter().sum::<f32>();
    let mut x = 0.0;
    std::array::from_fn(|index| {
        let width = if widths[index] == 0.0 { left } else { widths[index] };
        let align =
            if titles[index] == "Pieces" || titles[index] == "Ordered" { Align::Right } else { Align::Left };
        let column = Column { title: titles[index], x, width, align };
        x += width;
        column
    })
}

fn thing(line: &OrderLine) -> Cell {
    Cell::text(&line.product_title).with(&line.variant_title)
}

/// What lies in a parcel, without prices: it goes to whoever unpacks it. Without a parcel: what is left of the order.
///
/// # Errors
/// When the PDF writer refuses.
pub fn packing_slip(order: &Order, parcel: Option<&Fulfillment>, style: &Style) -> Result<Vec<u8>, NotDrawn> {
    let name = parcel.map_or_else(|| order.number.to_string(), |parcel| parcel.name.clone());
    let mut sheet = Sheet::new(style);
    let width = sheet.width;
    let top = sheet.y;
    sheet.words(0.0, width / 2.0, 14.0, true, BLACK, &style.shop);
    sheet.line_until(width, top + 18.0, 18.0, true, BLACK, "Packing slip");
    let facts = format!("Order #{} of {}", order.number, date(order.placed_at));
    sheet.line_until(width, top + 36.0, 9.5, false, GREY, &facts);
    sheet.line_until(width, top + 50.0, 9.5, false, GREY, &format!("Parcel {name}"));
    sheet.y = sheet.y.max(top + 50.0) + 18.0;
    if let Some(address) = &order.shipping_address {
        sheet.words(0.0, width / 2.0, 8.5, true, GREY, "Shipped to");
        for line in address_lines(address) {
            sheet.words(0.0, width / 2.0, 11.0, false, BLACK, &line);
        }
    }
    if let Some(tracking) = parcel.and_then(|parcel| parcel.tracking.as_ref()) {
        sheet.y += 8.0;
        let words = format!("{} {}", tracking.carrier, tracking.number);
        sheet.words(0.0, width, 9.5, false, GREY, words.trim());
    }
    sheet.y += 12.0;
    let columns = columns(width, ["Item", "SKU", "Pieces", "Ordered"], [0.0, 130.0, 60.0, 60.0]);
    sheet.table_head(&columns);
    for line in &order.lines {
        let pieces = match parcel {
            Some(parcel) => parcel
                .lines
                .iter()
                .find(|piece| piece.order_line_id == line.id)
                .map_or(0, |piece| piece.quantity),
            None => line.left(),
        };
        if pieces > 0 {
            let sku = Cell::text(line.sku.clone().unwrap_or_default());
            let ordered = Cell::text((line.quantity - line.removed).to_string());
            sheet.row(&columns, &[thing(line), sku, Cell::text(pieces.to_string()), ordered]);
        }
    }
    if !order.note.is_empty() {
        sheet.y += 14.0;
        sheet.words(0.0, width, 8.5, true, GREY, "Note from the customer");
        sheet.words(0.0, width, 9.5, false, BLACK, &order.note);
    }
    sheet.finish(&format!("Packing slip {name}"), &format!("Packing slip {name} · {}", style.shop))
}

/// SKU, title and variant: the order in which things are fetched.
type Shelf = (String, String, VariantId);

struct Pick<'o> {
    line: &'o OrderLine,
    pieces: i64,
    /// `#1001 × 2`
    orders: Vec<String>,
}

/// What is to be fetched for these orders, each variant once, with the orders that it is for.
///
/// # Errors
/// When the PDF writer refuses.
pub fn pick_list(orders: &[Order], now: Timestamp, style: &Style) -> Result<Vec<u8>, NotDrawn> {
    let mut picks: BTreeMap<Shelf, Pick<'_>> = BTreeMap::new();
    for order in orders {
        for line in order.lines.iter().filter(|line| line.left() > 0) {
            // By SKU, as shelves are: then the way through them is one.
            let key = (line.sku.clone().unwrap_or_default(), line.product_title.clone(), line.variant_id);
            let pick = picks.entry(key).or_insert_with(|| Pick { line, pieces: 0, orders: Vec::new() });
            pick.pieces += line.left();
            pick.orders.push(format!("#{} × {}", order.number, line.left()));
        }
    }
    let mut sheet = Sheet::new(style);
    let width = sheet.width;
    let pieces: i64 = picks.values().map(|pick| pick.pieces).sum();
    sheet.words(0.0, width, 18.0, true, BLACK, "Pick list");
    let summary = format!("{} · {} orders · {pieces} pieces · {}", style.shop, orders.len(), date(now));
    sheet.words(0.0, width, 9.5, false, GREY, &summary);
    sheet.y += 6.0;
    let columns =
        columns(width, ["", "SKU", "Item", "Pieces", "  For orders"], [22.0, 110.0, 0.0, 48.0, 130.0]);
    sheet.table_head(&columns);
    for Pick { line, pieces, orders } in picks.into_values() {
        sheet.row(
            &columns,
            &[
                Cell::tick(),
                Cell::text(line.sku.clone().unwrap_or_default()),
                thing(line),
                Cell::text(pieces.to_string()),
                Cell::text(String::new()).with(orders.join(", ")),
            ],
        );
    }
    if pieces == 0 {
        sheet.y += 10.0;
        sheet.words(0.0, width, 9.5, false, BLACK, "Nothing is left to be fetched for these orders.");
    }
    sheet.finish("Pick list", &format!("Pick list · {}", style.shop))
}
