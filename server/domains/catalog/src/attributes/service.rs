//! The calls about attributes, and who may make them.

use async_trait::async_trait;
use souk_contract::{
    Attribute, AttributeGroup, AttributeGroupId, AttributeGroupInput, AttributeId, AttributeInput,
    Attributes, Completeness, Ctx, ProductId, ProductModel, ProductStatus, ProductTemplate,
    ProductTemplateId, ProductTemplateInput, Resource, Result, ShownAttribute,
};

use crate::{LocalCatalog, store};

#[async_trait]
impl Attributes for LocalCatalog {
    async fn model(&self, ctx: &Ctx) -> Result<ProductModel> {
        ctx.require(Resource::Catalog.read())?;
        Ok(store::attributes::model(&mut *self.db.read().await?).await?)
    }

    async fn put_attribute(
        &self,
        ctx: &Ctx,
        id: Option<AttributeId>,
        input: AttributeInput,
        if_version: Option<i64>,
    ) -> Result<Attribute> {
        ctx.require(Resource::Catalog.write())?;
        self.write_attribute(ctx, id, input, if_version).await
    }

    async fn remove_attribute(&self, ctx: &Ctx, id: AttributeId, if_version: Option<i64>) -> Result<()> {
        ctx.require(Resource::Catalog.write())?;
        self.delete_attribute(ctx, id, if_version).await
    }

    async fn put_attribute_group(
        &self,
        ctx: &Ctx,
        id: Option<AttributeGroupId>,
        input: AttributeGroupInput,
        if_version: Option<i64>,
    ) -> Result<AttributeGroup> {
        ctx.require(Resource::Catalog.write())?;
        self.write_group(ctx, id, input, if_version).await
    }

    async fn remove_attribute_group(
        &self,
        ctx: &Ctx,
        id: AttributeGroupId,
        if_version: Option<i64>,
    ) -> Result<()> {
        ctx.require(Resource::Catalog.write())?;
        self.delete_group(ctx, id, if_version).await
    }

    async fn put_product_template(
        &self,
        ctx: &Ctx,
        id: Option<ProductTemplateId>,
        input: ProductTemplateInput,
        if_version: Option<i64>,
    ) -> Result<ProductTemplate> {
        ctx.require(Resource::Catalog.write())?;
        self.write_template(ctx, id, input, if_version).await
    }

    async fn remove_product_template(
        &self,
        ctx: &Ctx,
        id: ProductTemplateId,
        if_version: Option<i64>,
    ) -> Result<()> {
        ctx.require(Resource::Catalog.write())?;
        self.delete_template(ctx, id, if_version).await
    }

    async fn shown_attributes(&self, ctx: &Ctx, id: ProductId) -> Result<Vec<ShownAttribute>> {
        let mut conn = self.db.read().await?;
        let Some(head) = store::products::head(&mut conn, id).await? else { return Ok(Vec::new()) };
        let hidden = head.status.0 != ProductStatus::Published && !ctx.is_staff_or_system();
        if hidden || head.template_id.is_none() || head.attributes.0.is_empty() {
            return Ok(Vec::new());
        }
        let model = store::attributes::model(&mut conn).await?;
        Ok(model.shown(head.template_id, &head.attributes.0))
    }

    async fn product_completeness(&self, ctx: &Ctx, id: ProductId) -> Result<Completeness> {
        ctx.require(Resource::Catalog.read())?;
        let mut conn = self.db.read().await?;
        let record = self.read_record(&mut conn, id).await?;
        if record.input.template_id.is_none() {
            return Ok(souk_contract::completeness(&record.input, &[]));
        }
        let model = store::attributes::model(&mut conn).await?;
        Ok(model.completeness(&record.input))
    }
}
