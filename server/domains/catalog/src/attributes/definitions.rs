//! Attributes, groups and templates themselves: written, and removed where nothing stands on them.

use std::collections::BTreeSet;

use serde::Serialize;
use souk_contract::{
    Attribute, AttributeGroup, AttributeGroupId, AttributeGroupInput, AttributeId, AttributeInput, Check,
    Ctx, Error, ProductModel, ProductTemplate, ProductTemplateId, ProductTemplateInput, Result,
};
use souk_kernel::{
    Tx,
    audit::{Audited, changes},
    db::DbError,
    http::stale,
};
use uuid::Uuid;

use super::checks::{check_attribute, check_members, check_name, counted, tidy};
use crate::{LocalCatalog, fresh::Marks, store};

const MOST_ATTRIBUTES: usize = 500;
const MOST_GROUPS: usize = 200;
const MOST_TEMPLATES: usize = 200;

fn in_use(count: i64, what: &str) -> Error {
    Error::conflict("in_use", format!("It is used by {}.", counted(count, what)))
}

fn name_taken(index: &'static str) -> impl Fn(DbError) -> Error {
    move |error| {
        if error.is_unique(index) {
            return Error::invalid("name", "taken", "Another one has this name.");
        }
        error.into()
    }
}

fn check_version(version: i64, wanted: Option<i64>) -> Result<()> {
    if wanted.is_some_and(|wanted| wanted != version) { Err(stale()) } else { Ok(()) }
}

/// What was changed or removed, and by whom.
struct Told<'a, T> {
    /// `attribute`
    object: &'static str,
    id: Uuid,
    name: &'a str,
    before: Option<&'a T>,
    after: Option<&'a T>,
}

impl LocalCatalog {
    /// Templates whose products count as complete by other attributes now are measured again.
    async fn changed<T: Serialize>(
        &self,
        ctx: &Ctx,
        mut tx: Tx,
        was: &ProductModel,
        told: Told<'_, T>,
    ) -> Result<()> {
        let is = store::attributes::model(&mut tx).await?;
        let codes = |model: &ProductModel, id| -> BTreeSet<String> {
            model.required(Some(id)).into_iter().map(|attribute| attribute.code.clone()).collect()
        };
        for template in &is.templates {
            if codes(was, template.id) != codes(&is, template.id) {
                self.measure_template(&mut tx, template.id, &is).await?;
            }
        }
        let action = match (told.before, told.after) {
            (None, _) => "created",
            (Some(_), Some(_)) => "changed",
            (Some(_), None) => "removed",
        };
        let action = format!("{}.{action}", told.object);
        let what = changes(told.before, told.after);
        tx.audit(ctx, Audited::new(&action, told.id, told.name), what).await?;
        // Shoppers read names, labels and units.
        self.commit(tx, Marks::looks()).await
    }

    pub(super) async fn write_attribute(
        &self,
        ctx: &Ctx,
        id: Option<AttributeId>,
        input: AttributeInput,
        if_version: Option<i64>,
    ) -> Result<Attribute> {
        let input = tidy(input);
        check_attribute(&input)?;
        let _turn = self.writing.lock().await;
        let mut tx = self.db.begin().await?;
        let model = Self::locked_model(&mut tx).await?;
        let before = match id {
            None => None,
            Some(id) => {
                let found = model.attributes.iter().find(|attribute| attribute.id == id);
                let before = found.ok_or_else(|| Error::not_found("attribute"))?;
                check_version(before.version, if_version)?;
                Some(before)
            }
        };
        if let Some(before) = before {
            if before.input() == input {
                return Ok(before.clone());
            }
            check_use(&mut tx, before, &input).await?;
        } else if model.attributes.len() >= MOST_ATTRIBUTES {
            return Err(Error::conflict("too_many_attributes", "A shop keeps 500 attributes."));
        }
        let now = self.kit.now();
        let row = Attribute {
            id: before.map_or_else(|| self.kit.ids.next(), |before| before.id),
            code: input.code.clone(),
            name: input.name.clone(),
            kind: input.kind,
            unit: input.unit.clone(),
            options: input.options.clone(),
            required: input.required,
            help: input.help.clone(),
            version: before.map_or(1, |before| before.version + 1),
            created_at: before.map_or(now, |before| before.created_at),
            updated_at: now,
        };
        store::attributes::put_attribute(&mut tx, &row).await.map_err(|error| {
            if error.is_unique("attribute_code_key") {
                return Error::invalid("code", "taken", "Another attribute has this code.");
            }
            error.into()
        })?;
        let was = before.map(Attribute::input);
        let told = Told {
            object: "attribute",
            id: row.id.uuid(),
            name: &row.name,
            before: was.as_ref(),
            after: Some(&input),
        };
        self.changed(ctx, tx, &model, told).await?;
        Ok(row)
    }

    pub(super) async fn delete_attribute(
        &self,
        ctx: &Ctx,
        id: AttributeId,
        if_version: Option<i64>,
    ) -> Result<()> {
        let _turn = self.writing.lock().await;
        let mut tx = self.db.begin().await?;
        let model = Self::locked_model(&mut tx).await?;
        let found = model.attributes.iter().find(|attribute| attribute.id == id);
        let before = found.ok_or_else(|| Error::not_found("attribute"))?;
        check_version(before.version, if_version)?;
        let count = store::attributes::count_use(&mut tx, &before.code).await?;
        if count > 0 {
            return Err(in_use(count, "product"));
        }
        let groups = model.groups.iter().filter(|group| group.attributes.contains(&before.code)).count();
        if groups > 0 {
            return Err(in_use(groups as i64, "group"));
        }
        store::attributes::delete_attribute(&mut tx, id).await?;
        let was = before.input();
        let told =
            Told { object: "attribute", id: id.uuid(), name: &before.name, before: Some(&was), after: None };
        self.changed(ctx, tx, &model, told).await
    }

    pub(super) async fn write_group(
        &self,
        ctx: &Ctx,
        id: Option<AttributeGroupId>,
        input: AttributeGroupInput,
        if_version: Option<i64>,
    ) -> Result<AttributeGroup> {
        let input = AttributeGroupInput { name: input.name.trim().to_owned(), ..input };
        let _turn = self.writing.lock().await;
        let mut tx = self.db.begin().await?;
        let model = Self::locked_model(&mut tx).await?;
        let mut check = Check::new();
        check_name(&mut check, &input.name, "name");
        check_members(&mut check, "attributes", &input.attributes, |code| model.attribute(code).is_some());
        check.done()?;
        let before = match id {
            None => None,
            Some(id) => {
                let before = model.group(id).ok_or_else(|| Error::not_found("attribute group"))?;
                check_version(before.version, if_version)?;
                Some(before)
            }
        };
        match before {
            Some(before) if before.input() == input => return Ok(before.clone()),
            None if model.groups.len() >= MOST_GROUPS => {
                return Err(Error::conflict("too_many_groups", "A shop keeps 200 groups."));
            }
            _ => {}
        }
        let now = self.kit.now();
        let row = AttributeGroup {
            id: before.map_or_else(|| self.kit.ids.next(), |before| before.id),
            name: input.name.clone(),
            attributes: input.attributes.clone(),
            version: before.map_or(1, |before| before.version + 1),
            created_at: before.map_or(now, |before| before.created_at),
            updated_at: now,
        };
        let taken = name_taken("attribute_group_name_key_key");
        store::attributes::put_group(&mut tx, &row).await.map_err(taken)?;
        let was = before.map(AttributeGroup::input);
        let told = Told {
            object: "attribute_group",
            id: row.id.uuid(),
            name: &row.name,
            before: was.as_ref(),
            after: Some(&input),
        };
        self.changed(ctx, tx, &model, told).await?;
        Ok(row)
    }

    pub(super) async fn delete_group(
        &self,
        ctx: &Ctx,
        id: AttributeGroupId,
        if_version: Option<i64>,
    ) -> Result<()> {
        let _turn = self.writing.lock().await;
        let mut tx = self.db.begin().await?;
        let model = Self::locked_model(&mut tx).await?;
        let before = model.group(id).ok_or_else(|| Error::not_found("attribute group"))?;
        check_version(before.version, if_version)?;
        let templates = model.templates.iter().filter(|template| template.groups.contains(&id)).count();
        if templates > 0 {
            return Err(in_use(templates as i64, "template"));
        }
        store::attributes::delete_group(&mut tx, id).await?;
        let was = before.input();
        let told = Told {
            object: "attribute_group",
            id: id.uuid(),
            name: &before.name,
            before: Some(&was),
            after: None,
        };
        self.changed(ctx, tx, &model, told).await
    }

    pub(super) async fn write_template(
        &self,
        ctx: &Ctx,
        id: Option<ProductTemplateId>,
        input: ProductTemplateInput,
        if_version: Option<i64>,
    ) -> Result<ProductTemplate> {
        let input = ProductTemplateInput { name: input.name.trim().to_owned(), ..input };
        let _turn = self.writing.lock().await;
        let mut tx = self.db.begin().await?;
        let model = Self::locked_model(&mut tx).await?;
        let mut check = Check::new();
        check_name(&mut check, &input.name, "name");
        check_members(&mut check, "groups", &input.groups, |id| model.group(*id).is_some());
        check.done()?;
        let before = match id {
            None => None,
            Some(id) => {
                let before = model.template(id).ok_or_else(|| Error::not_found("product template"))?;
                check_version(before.version, if_version)?;
                Some(before)
            }
        };
        match before {
            Some(before) if before.input() == input => return Ok(before.clone()),
            None if model.templates.len() >= MOST_TEMPLATES => {
                return Err(Error::conflict("too_many_templates", "A shop keeps 200 templates."));
            }
            _ => {}
        }
        let now = self.kit.now();
        let row = ProductTemplate {
            id: before.map_or_else(|| self.kit.ids.next(), |before| before.id),
            name: input.name.clone(),
            groups: input.groups.clone(),
            version: before.map_or(1, |before| before.version + 1),
            created_at: before.map_or(now, |before| before.created_at),
            updated_at: now,
        };
        let taken = name_taken("product_template_name_key_key");
        store::attributes::put_template(&mut tx, &row).await.map_err(taken)?;
        let was = before.map(ProductTemplate::input);
        let told = Told {
            object: "product_template",
            id: row.id.uuid(),
            name: &row.name,
            before: was.as_ref(),
            after: Some(&input),
        };
        self.changed(ctx, tx, &model, told).await?;
        Ok(row)
    }

    pub(super) async fn delete_template(
        &self,
        ctx: &Ctx,
        id: ProductTemplateId,
        if_version: Option<i64>,
    ) -> Result<()> {
        let _turn = self.writing.lock().await;
        let mut tx = self.db.begin().await?;
        let model = Self::locked_model(&mut tx).await?;
        let before = model.template(id).ok_or_else(|| Error::not_found("product template"))?;
        check_version(before.version, if_version)?;
        let count = store::attributes::count_template(&mut tx, id).await?;
        if count > 0 {
            return Err(in_use(count, "product"));
        }
        store::attributes::delete_template(&mut tx, id).await?;
        let was = before.input();
        let told = Told {
            object: "product_template",
            id: id.uuid(),
            name: &before.name,
            before: Some(&was),
            after: None,
        };
        self.changed(ctx, tx, &model, told).await
    }
}

/// # Errors
/// `Invalid` where products stand in the way of the change, or the code would be another.
async fn check_use(tx: &mut Tx, before: &Attribute, input: &AttributeInput) -> Result<()> {
    let mut check = Check::new();
    check.that(before.code == input.code, "code", "fixed", "The code never changes.");
    if before.kind != input.kind {
        let count = store::attributes::count_use(tx, &before.code).await?;
        let message = format!("The kind stays while it is used by {}.", counted(count, "product"));
        check.that(count == 0, "kind", "in_use", &message);
    } else {
        let gone = before.options.iter().filter(|was| !input.options.iter().any(|is| is.value == was.value));
        for option in gone {
            let count = store::attributes::count_option(tx, &before.code, &option.value).await?;
            let message = format!("“{}” is used by {}.", option.label, counted(count, "product"));
            check.that(count == 0, "options", "in_use", &message);
        }
    }
    check.done()
}
