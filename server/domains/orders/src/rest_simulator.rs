//! Promotions tried out over past orders, relative to `/api/admin/v1`.

use std::sync::Arc;

use axum::extract::State;
use souk_contract::{Simulate, Simulation, Simulator};
use souk_kernel::http::{Caller, Json, Problem};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn simulator_routes(simulator: Arc<dyn Simulator>) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(simulate)).with_state(simulator)
}

/// Try a promotion on past orders
///
/// Which of them would have got it, what that would have cost, and which other promotions it gets in the way of. Writes
/// nothing. Also takes the permission to read orders.
#[utoipa::path(
    post, path = "/promotions/simulate", tag = "promotions", request_body = Simulate,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = Simulation), (status = 403), (status = 422))
)]
async fn simulate(
    State(simulator): State<Arc<dyn Simulator>>,
    Caller(ctx): Caller,
    Json(request): Json<Simulate>,
) -> Result<Json<Simulation>, Problem> {
    Ok(Json(simulator.simulate(&ctx, request).await?))
}
