//! What the shop knows of products beyond the fields that all have.

use leptos::{prelude::*, server_fn::codec::Json};
use souk_contract::{
    Attribute, AttributeGroup, AttributeGroupId, AttributeGroupInput, AttributeId, AttributeInput,
    ProductModel, ProductTemplate, ProductTemplateId, ProductTemplateInput,
};

#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::{api::admin::Client, failure::Result};

#[server(prefix = "/fn", endpoint = "admin/attributes", input = Json, output = Json, client = Client)]
pub async fn model() -> Result<ProductModel> {
    let visit = Visit::current()?;
    Ok(visit.services.attributes.model(&visit.ctx).await?)
}

#[server(prefix = "/fn", endpoint = "admin/attributes/put", input = Json, output = Json, client = Client)]
pub async fn put_attribute(
    id: Option<AttributeId>,
    input: AttributeInput,
    if_version: Option<i64>,
) -> Result<Attribute> {
    let visit = Visit::current()?;
    Ok(visit.services.attributes.put_attribute(&visit.ctx, id, input, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/attributes/remove", input = Json, output = Json, client = Client)]
pub async fn remove_attribute(id: AttributeId, if_version: Option<i64>) -> Result<()> {
    let visit = Visit::current()?;
    Ok(visit.services.attributes.remove_attribute(&visit.ctx, id, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/attributes/groups/put", input = Json, output = Json, client = Client)]
pub async fn put_group(
    id: Option<AttributeGroupId>,
    input: AttributeGroupInput,
    if_version: Option<i64>,
) -> Result<AttributeGroup> {
    let visit = Visit::current()?;
    Ok(visit.services.attributes.put_attribute_group(&visit.ctx, id, input, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/attributes/groups/remove", input = Json, output = Json, client = Client)]
pub async fn remove_group(id: AttributeGroupId, if_version: Option<i64>) -> Result<()> {
    let visit = Visit::current()?;
    Ok(visit.services.attributes.remove_attribute_group(&visit.ctx, id, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/attributes/templates/put", input = Json, output = Json, client = Client)]
pub async fn put_template(
    id: Option<ProductTemplateId>,
    input: ProductTemplateInput,
    if_version: Option<i64>,
) -> Result<ProductTemplate> {
    let visit = Visit::current()?;
    Ok(visit.services.attributes.put_product_template(&visit.ctx, id, input, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/attributes/templates/remove", input = Json, output = Json, client = Client)]
pub async fn remove_template(id: ProductTemplateId, if_version: Option<i64>) -> Result<()> {
    let visit = Visit::current()?;
    Ok(visit.services.attributes.remove_product_template(&visit.ctx, id, if_version).await?)
}
