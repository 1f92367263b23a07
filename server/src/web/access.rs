//! What each admin route takes, by one rule: its tag names the resource, its method says whether it reads or writes.
//! The description says so, and the check stands before anything of a request is read. The domains check again: they
//! have other callers too.

use std::{collections::HashMap, sync::Arc};

use anyhow::bail;
use axum::{
    extract::{MatchedPath, Request, State},
    http::Method,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use souk_contract::{Ctx, Permission, Resource};
use souk_kernel::http::Problem;
use utoipa::openapi::{OpenApi, security::SecurityRequirement};

/// Tags of routes that everybody who is signed in may call, or that decide by what is asked for.
const OWN: [&str; 2] = ["access", "audit"];

fn resource(tag: &str) -> Option<Resource> {
    match tag {
        // The rest of the field says "messages" too; the domain is called by what it does.
        "messaging" => Some(Resource::Messages),
        tag => Resource::parse(tag),
    }
}

/// Method and path below `/api/admin/v1` to what it takes.
#[derive(Clone)]
pub struct Needs(Arc<HashMap<(Method, String), Permission>>);

impl Needs {
    /// Reads the routes' tags, and writes what they take into the description.
    ///
    /// # Errors
    /// Where a route's tag says neither: nobody may forget it.
    pub fn describe(openapi: &mut OpenApi) -> anyhow::Result<Self> {
        let mut needs = HashMap::new();
        for (path, item) in &mut openapi.paths.paths {
            let operations = [
                (Method::GET, &mut item.get),
                (Method::POST, &mut item.post),
                (Method::PUT, &mut item.put),
                (Method::PATCH, &mut item.patch),
                (Method::DELETE, &mut item.delete),
            ];
            for (method, operation) in operations {
                let Some(operation) = operation else { continue };
                let tag = operation.tags.iter().flatten().next().map(String::as_str).unwrap_or_default();
                if OWN.contains(&tag) {
                    continue;
                }
                let Some(resource) = resource(tag) else {
                    bail!("{method} {path}: the tag {tag:?} names no resource that staff may be given");
                };
                let permission = if method == Method::GET { resource.read() } else { resource.write() };
                let requirement = SecurityRequirement::new("staff", [permission.to_string()]);
                operation.security = Some(vec![requirement]);
                needs.insert((method, path.clone()), permission);
            }
        }
        Ok(Self(Arc::new(needs)))
    }
}

/// Stands around the admin routes.
pub async fn check(State(needs): State<Needs>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map(|path| below(path.as_str()).to_owned());
    let method = if request.method() == Method::HEAD { Method::GET } else { request.method().clone() };
    let need = path.and_then(|path| needs.0.get(&(method, path)));
    if let (Some(permission), Some(ctx)) = (need, request.extensions().get::<Ctx>())
        && let Err(error) = ctx.require(*permission)
    {
        let request_id = ctx.request_id.clone();
        return Problem::from(error).signed(&request_id).into_response();
    }
    next.run(request).await
}

fn below(path: &str) -> &str {
    path.find("/admin/v1").map_or(path, |at| &path[at + "/admin/v1".len()..])
}
