use leptos::prelude::*;
use souk_contract::{
    AuditEntry, AuditQuery, Error, Order, OrderId, OrderLine, OrderReturns, OrderStatus, Page, Resource,
    TaxShare,
};

use super::{cancel, fulfil, notes, papers, parcels, refund, sides};
use crate::{
    admin::{activity, desk::Desk, load::Source, parts, place::Place, time, words},
    api::admin::{orders, returns},
    draft::tax,
    ui::{Tone, alert, following},
};

/// An order on the screen, and what its parts need to change it.
#[derive(Clone, Copy)]
pub struct Work {
    pub desk: Desk,
    pub id: OrderId,
    pub order: Source<Order>,
    history: Source<Page<AuditEntry>>,
    taxes: Source<Vec<TaxShare>>,
    pub returns: Source<OrderReturns>,
    /// Somebody else changed it meanwhile.
    stale: RwSignal<bool>,
    pub may_write: bool,
}

impl Work {
    fn new(desk: Desk, id: OrderId) -> Self {
        let may = move |permission| untrack(move || desk.may(permission));
        let history =
            AuditQuery { object: Some("order".into()), object_id: Some(id.uuid()), ..AuditQuery::default() };
        Self {
            desk,
            id,
            order: Source::new(desk, move || orders::order(id)).is_main(),
            history: activity::history(desk, history),
            taxes: Source::new(desk, move || orders::order_taxes(id)),
            returns: Source::new(desk, move || returns::returns_of(id)),
            stale: RwSignal::new(false),
            may_write: may(Resource::Orders.write()),
        }
    }

    /// The order as it is after a change.
    pub fn done(self, order: Order, said: &str) {
        self.stale.set(false);
        self.order.set(order);
        self.follow();
        self.desk.say(said);
    }

    /// Asks again for all that may have changed.
    pub fn reload(self) {
        self.order.reload();
        self.follow();
    }

    fn follow(self) {
        self.history.reload();
        self.returns.reload();
    }

    /// A change that met another's: the order is shown anew, and what was typed stays. Gives back what is still to be said.
    pub fn refused(self, error: Error) -> Option<Error> {
        match &error {
            Error::Conflict { code, .. } if code == "stale_version" => {
                self.stale.set(true);
                self.reload();
                None
            }
            // What is shown is no longer so.
            Error::Conflict { .. } => {
                self.reload();
                Some(error)
            }
            _ => Some(error),
        }
    }
}

pub fn view(desk: Desk, id: OrderId) -> AnyView {
    let work = Work::new(desk, id);
    let title =
        Memo::new(move |_| work.order.get().map_or("Order".to_owned(), |order| format!("#{}", order.number)));
    let fulfilling = fulfil::Filled::new(desk);
    let may_refund = untrack(move || desk.may(Resource::Payments.write()));
    let stale = move || {
        work.stale.get().then(|| {
            let text = "Somebody else changed this order in the meantime. This is how it stands now; what you typed is still there.";
            alert(Tone::Warn, Some("Not done yet".into()), view! { <p>{text}</p> }.into_any())
        })
    };
    view! {
        {parts::head(desk, Some((Place::Orders.url(), "Orders")), title.into(), acts(work))}
        <div role="status">{stale}</div>
        {work.order.view(summary)}
        <div class="columns">
            <div class="columns__main">
                {part(work, "Items", move |order| lines(work, order))}
                {fulfil::view(work, fulfilling)}
                {parcels::view(work)}
                {super::returns::view(work)}
                {part(work, "Payment", move |order| sides::payments(work, order))}
                {refund::view(work, may_refund)}
                {activity::card(desk, work.history)}
            </div>
            <div class="columns__side">
                {sides::view(work)}
                {part(work, "Papers", move |order| papers::card(desk, order))}
                {notes::view(work)}
            </div>
        </div>
    }
    .into_any()
}

/// A box that is there once the order is.
pub fn part(work: Work, title: &'static str, draw: impl Fn(&Order) -> AnyView + Send + 'static) -> AnyView {
    following(move || work.order.get().map(|order| parts::card(title, None, draw(&order))).into_any())
}

fn acts(work: Work) -> AnyView {
    let shown = move || {
        let order = work.order.get()?;
        let link = format!("/orders/{}", order.access_token);
        Some(view! {
            <a class="button button--quiet" href=link target="_blank" rel="noopener">
                "As the customer sees it"
            </a>
            {cancel::button(work, &order)}
        })
    };
    shown.into_any()
}

fn summary(order: Order) -> AnyView {
    let status = (order.status != OrderStatus::Open).then(|| words::order_status(order.status));
    view! {
        <p class="summary">
            {status}{words::payment(order.payment_status)}{words::fulfillment(order.fulfillment_status)}
            <span class="muted">{time::time(order.placed_at)}</span>
        </p>
    }
    .into_any()
}

/// `Tea towel – Écru`
pub fn title(line: &OrderLine) -> String {
    if line.variant_title.is_empty() {
        line.product_title.clone()
    } else {
        format!("{} – {}", line.product_title, line.variant_title)
    }
}

fn lines(work: Work, order: &Order) -> AnyView {
    let cancelled = order.status == OrderStatus::Cancelled;
    let row = |line: &OrderLine| {
        let refunded = (line.refunded > 0)
            .then(|| view! { <span class="muted">{format!("{} refunded", line.refunded)}</span> });
        let name = view! {
            <span class="named">
                {parts::thumb(line.media.as_ref(), &line.product_title)}
                <span class="two">
                    <span>{title(line)}</span><span class="muted">{line.sku.clone().unwrap_or_default()}</span>
                    {refunded}
                </span>
            </span>
        };
        let open = if cancelled { 0 } else { line.left() };
        parts::row(
            Some(Place::Product(line.product_id).url()),
            name.into_any(),
            vec![
                ("#Price", line.unit_price.to_string().into_any()),
                ("#Quantity", line.quantity.into_any()),
                ("#Left to ship", open.into_any()),
                ("#Total", line.total.to_string().into_any()),
            ],
        )
    };
    let columns = ["Item", "#Price", "#Quantity", "#Left to ship", "#Total"];
    view! {
        {parts::table("Items of this order", &columns, order.lines.iter().map(row).collect())}
        {sums(work, order)}
    }
    .into_any()
}

fn sums(work: Work, order: &Order) -> AnyView {
    let sum = |label: &'static str, value: String, class: &'static str| row(label.into(), value, class);
    let less = |money: souk_contract::Money| format!("−{money}");
    let refunded = order.refunded();
    let taxed = if order.tax_inclusive { "Tax included" } else { "Tax" };
    view! {
        <dl class="sums">
            {sum("Items", order.subtotal.to_string(), "")}
            {(!order.discount.is_zero()).then(|| sum("Discount", less(order.discount), ""))}
            {sum("Delivery", order.shipping.to_string(), "")}
            {(!order.shipping_discount.is_zero()).then(|| sum("Delivery discount", less(order.shipping_discount), ""))}
            {sum(taxed, order.tax.to_string(), "")}
            {move || work.taxes.get().map(|taxes| taxes.iter().map(of_rate).collect::<Vec<_>>())}
            {sum("Total", order.total.to_string(), "sums__total")}
            {(!refunded.is_zero()).then(|| sum("Refunded", less(refunded), ""))}
        </dl>
    }
    .into_any()
}

fn row(label: String, value: String, class: &'static str) -> AnyView {
    view! { <div class=class><dt>{label}</dt><dd>{value}</dd></div> }.into_any()
}

fn of_rate(share: &TaxShare) -> AnyView {
    row(tax::of_rate(share), share.tax.to_string(), "muted")
}
