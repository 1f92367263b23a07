//! What payment gateways tell unasked. Who may speak says a notice's signature; nobody signs in.

use std::sync::Arc;

use axum::{
    body::{Bytes, to_bytes},
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};
use souk_contract::{Ctx, Error, IncomingNotice, Result};
use souk_kernel::http::Problem;

use super::{Web, client};
use crate::config::STRIPE;

const LARGEST: usize = 256 * 1024;
/// Gateways sign in a header of their own.
const SIGNATURES: [(&str, &str); 2] = [("test", "souk-test-signature"), (STRIPE, "stripe-signature")];

/// 200: it is kept, and need not be told again.
pub async fn take(State(web): State<Arc<Web>>, Path(gateway): Path<String>, request: Request) -> Response {
    let request_id = client::request_id(request.headers()).unwrap_or_default().to_owned();
    let ctx = Ctx { channel: "notice", ..Ctx::system(request_id) };
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    match tell(&web, &ctx, gateway, &parts.headers, body).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(error) => Problem::from(error).into_response(),
    }
}

async fn tell(web: &Web, ctx: &Ctx, gateway: String, headers: &HeaderMap, body: Bytes) -> Result<()> {
    let header = SIGNATURES.into_iter().find(|(code, _)| *code == gateway).map(|(_, header)| header);
    let header = header.ok_or_else(|| Error::not_found("gateway"))?;
    let signature = headers.get(header).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    web.services.payments.take_notice(ctx, IncomingNotice { gateway, signature, body: body.into() }).await
}
