//! Promotions over HTTP, relative to `/api/admin/v1`. Shoppers use codes on their cart.

use std::sync::Arc;

use axum::extract::State;
use souk_contract::{Change, PromotionInput, Promotions};
use souk_kernel::http::{Caller, Json, Problem};
use utoipa_axum::{router::OpenApiRouter, routes};

/// What staff do with promotions.
pub fn admin_routes(promotions: Arc<dyn Promotions>) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(put)).with_state(promotions)
}

/// Write a promotion
///
/// Its title names it: created where new.
#[utoipa::path(
    put, path = "/promotions", tag = "promotions", request_body = PromotionInput,
    responses((status = 200, body = Change), (status = 409), (status = 422))
)]
async fn put(
    State(promotions): State<Arc<dyn Promotions>>,
    Caller(ctx): Caller,
    Json(promotion): Json<PromotionInput>,
) -> Result<Json<Change>, Problem> {
    Ok(Json(promotions.put(&ctx, promotion).await?))
}
