//! Papers as PDF: for staff over the API and in their screens, for shoppers below their order's own link.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;
use souk_contract::{
    Catalog, Ctx, Document, DocumentKind, Error, FulfillmentId, Order, OrderId, Orders, PaperSize, RefundId,
    Resource, Result, ShopSettingsInput, Shopkeeping, Timestamp,
};
use souk_kernel::{
    Kit,
    http::{Caller, Path, Problem, Query},
};
use souk_paper::{Fonts, NotDrawn, Size, Style};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Web;

const MOST_ORDERS: usize = 100;

/// What papers are drawn from.
#[derive(Clone)]
pub struct Printer {
    pub catalog: Arc<dyn Catalog>,
    pub orders: Arc<dyn Orders>,
    pub shop: Arc<dyn Shopkeeping>,
    /// ISO 3166-1 alpha-2: whose printers the shop has.
    pub country: String,
    pub fonts: Fonts,
    pub kit: Kit,
}

/// A PDF and its name.
pub(super) struct Paper {
    name: String,
    bytes: Vec<u8>,
}

impl Paper {
    pub(super) fn new(name: String, drawn: std::result::Result<Vec<u8>, NotDrawn>) -> Result<Self> {
        Ok(Self { name, bytes: drawn.map_err(Error::internal)? })
    }

    pub(super) fn response(self) -> Response {
        let mut response = self.bytes.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
        // Prefixes are the shop's own words: anything but plain ones is left out.
        let plain: String =
            self.name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')).collect();
        if let Ok(value) = HeaderValue::from_str(&format!("inline; filename=\"{plain}.pdf\"")) {
            headers.insert(header::CONTENT_DISPOSITION, value);
        }
        response
    }
}

/// Which paper of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Invoice,
    CreditNote(RefundId),
    Receipt,
    /// None: of what is left to be packed.
    PackingSlip(Option<FulfillmentId>),
}

impl Kind {
    fn parse(text: &str) -> Result<Self> {
        let unknown = || Error::not_found("paper");
        if let Some(refund) = text.strip_prefix("credit-note-") {
            return refund.parse().map(Self::CreditNote).map_err(|_| unknown());
        }
        if let Some(parcel) = text.strip_prefix("packing-slip-") {
            return parcel.parse().map(|id| Self::PackingSlip(Some(id))).map_err(|_| unknown());
        }
        match text {
            "invoice" => Ok(Self::Invoice),
            "receipt" => Ok(Self::Receipt),
            "packing-slip" => Ok(Self::PackingSlip(None)),
            _ => Err(unknown()),
        }
    }
}

impl Printer {
    /// As the shop wants its papers at this moment.
    pub(super) fn style(&self) -> Style {
        style(&self.shop.current().input, &self.country, self.fonts.clone())
    }

    async fn paper(&self, ctx: &Ctx, id: OrderId, kind: Kind) -> Result<Paper> {
        match kind {
            Kind::Invoice => self.draw(self.orders.invoice(ctx, id).await?),
            Kind::CreditNote(refund) => {
                let documents = self.orders.documents(ctx, id).await?;
                let found = documents.into_iter().find(|one| one.refund_id == Some(refund));
                self.draw(found.ok_or_else(|| Error::not_found("paper"))?)
            }
            Kind::Receipt => self.receipt(ctx, &self.orders.get(ctx, id).await?).await,
            Kind::PackingSlip(parcel) => self.slip(&self.orders.get(ctx, id).await?, parcel),
        }
    }

    fn draw(&self, document: Document) -> Result<Paper> {
        let kind = match document.kind {
            DocumentKind::Invoice => "invoice",
            DocumentKind::CreditNote => "credit-note",
        };
        Paper::new(format!("{kind}-{}", document.name), souk_paper::invoice(&document, &self.style()))
    }

    /// It names who sold: where there is an invoice, as that does.
    async fn receipt(&self, ctx: &Ctx, order: &Order) -> Result<Paper> {
        let documents = self.orders.documents(ctx, order.id).await?;
        let invoice = documents.into_iter().find(|one| one.kind == DocumentKind::Invoice);
        let seller = invoice.map_or_else(|| self.shop.current().input.seller(), |invoice| invoice.seller);
        let paid: Vec<&str> = order.payments.iter().map(|payment| payment.method_name.as_str()).collect();
        let drawn = souk_paper::receipt(order, &seller, &paid.join(", "), &self.style());
        Paper::new(format!("receipt-{}", order.number), drawn)
    }

    fn slip(&self, order: &Order, parcel: Option<FulfillmentId>) -> Result<Paper> {
        let parcel = match parcel {
            None => None,
            Some(id) => {
                let found = order.fulfillments.iter().find(|one| one.id == id);
                Some(found.ok_or_else(|| Error::not_found("parcel"))?)
            }
        };
        let name = parcel.map_or_else(|| order.number.to_string(), |parcel| parcel.name.clone());
        Paper::new(format!("packing-slip-{name}"), souk_paper::packing_slip(order, parcel, &self.style()))
    }

    async fn pick_list(&self, ctx: &Ctx, ids: &str) -> Result<Paper> {
        ctx.require(Resource::Orders.read())?;
        let wrong =
            || Error::invalid("orders", "invalid", "1 to 100 ids of orders, with commas between them.");
        let ids: Vec<OrderId> = ids
            .split(',')
            .map(|id| id.trim().parse())
            .collect::<std::result::Result<_, _>>()
            .map_err(|_| wrong())?;
        if ids.len() > MOST_ORDERS {
            return Err(wrong());
        }
        let mut orders = Vec::with_capacity(ids.len());
        for id in ids {
            orders.push(self.orders.get(ctx, id).await?);
        }
        let now: Timestamp = self.kit.now();
        Paper::new("pick-list".to_owned(), souk_paper::pick_list(&orders, now, &self.style()))
    }
}

fn style(shop: &ShopSettingsInput, country: &str, fonts: Fonts) -> Style {
    let size = match shop.paper_size {
        Some(PaperSize::A4) => Size::A4,
        Some(PaperSize::Letter) => Size::Letter,
        None => Size::of_country(country),
    };
    Style { size, fonts, shop: shop.name.clone() }
}

/// Relative to `/api/admin/v1`.
pub fn routes(printer: Printer) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(of_order)).routes(routes!(picks)).with_state(printer)
}

/// Print a paper of an order
///
/// `invoice` (made and numbered at the first call), `credit-note-{refund_id}`, `receipt` (80 mm wide, for a till's printer),
/// `packing-slip-{fulfillment_id}`, or `packing-slip` of what is left to be packed.
#[utoipa::path(
    get, path = "/orders/{id}/papers/{paper}", tag = "orders",
    params(("id" = OrderId, Path), ("paper" = String, Path)),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>), (status = 404), (status = 409))
)]
async fn of_order(
    State(printer): State<Printer>,
    Caller(ctx): Caller,
    Path((id, paper)): Path<(OrderId, String)>,
) -> Result<Response, Problem> {
    Ok(printer.paper(&ctx, id, Kind::parse(&paper)?).await?.response())
}

#[derive(Deserialize)]
pub struct Picks {
    orders: String,
}

/// Print a pick list
///
/// What is left to be packed of up to 100 orders, each variant once, by SKU.
#[utoipa::path(
    get, path = "/pick-list", tag = "orders",
    params(("orders" = String, Query, description = "Ids of orders, with commas between them")),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>), (status = 404), (status = 422))
)]
async fn picks(
    State(printer): State<Printer>,
    Caller(ctx): Caller,
    Query(query): Query<Picks>,
) -> Result<Response, Problem> {
    Ok(printer.pick_list(&ctx, &query.orders).await?.response())
}

#[derive(Deserialize)]
pub struct OfOrder {
    order: OrderId,
    paper: String,
}

/// For the screens: a browser's cookie opens it in a window of its own.
pub async fn for_screens(
    State(web): State<Arc<Web>>,
    Caller(ctx): Caller,
    Query(query): Query<OfOrder>,
) -> Result<Response, Problem> {
    Ok(web.parts.printer.paper(&ctx, query.order, Kind::parse(&query.paper)?).await?.response())
}

pub async fn picks_for_screens(
    State(web): State<Arc<Web>>,
    Caller(ctx): Caller,
    Query(query): Query<Picks>,
) -> Result<Response, Problem> {
    Ok(web.parts.printer.pick_list(&ctx, &query.orders).await?.response())
}

/// Below the order's own link, which is all a shopper needs. Packing slips and receipts are the merchant's.
pub async fn for_shopper(
    State(web): State<Arc<Web>>,
    Caller(ctx): Caller,
    Path((token, paper)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let order = web.services.orders.by_access_token(&ctx, &token).await?;
    let kind = Kind::parse(&paper)?;
    if matches!(kind, Kind::PackingSlip(_) | Kind::Receipt) {
        return Err(Error::not_found("paper").into());
    }
    // The link is the permission.
    let ctx = Ctx { channel: ctx.channel, ..Ctx::system(ctx.request_id) };
    Ok(web.parts.printer.paper(&ctx, order.id, kind).await?.response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn papers_look_as_the_shop_wants_them() {
        let mut shop = crate::config::resolve(&Default::default(), []).unwrap().settings.shop.first;
        let fonts = Fonts::new(Vec::new()).unwrap();
        shop.name = "Tern".to_owned();
        let mut look = |size| {
            shop.paper_size = size;
            let style = style(&shop, "US", fonts.clone());
            (style.size, style.shop)
        };
        assert_eq!(look(None), (Size::Letter, "Tern".to_owned()));
        assert_eq!(look(Some(PaperSize::A4)).0, Size::A4);
        assert_eq!(look(Some(PaperSize::Letter)).0, Size::Letter);
    }

    #[test]
    fn papers_are_named() {
        let id = "01900000-0000-7000-8000-000000000000";
        assert_eq!(Kind::parse("invoice"), Ok(Kind::Invoice));
        assert_eq!(Kind::parse("receipt"), Ok(Kind::Receipt));
        assert!(matches!(Kind::parse(&format!("credit-note-{id}")), Ok(Kind::CreditNote(_))));
        assert!(matches!(Kind::parse(&format!("packing-slip-{id}")), Ok(Kind::PackingSlip(Some(_)))));
        for wrong in ["", "Invoice", "credit-note-", "credit-note-x", "packing-slip-"] {
            assert!(Kind::parse(wrong).is_err(), "{wrong}");
        }
    }
}
