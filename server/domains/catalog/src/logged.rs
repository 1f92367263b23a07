//! What the audit log says of a product: one field per column, per attribute and per variant.

use serde_json::{Map, Value};
use souk_contract::{AuditChange, ProductInput};
use souk_kernel::{Conn, DbError, audit};

use crate::store;

pub(crate) fn changes(before: Option<&ProductInput>, after: &ProductInput) -> Vec<AuditChange> {
    audit::changes_of(&before.map(fields).unwrap_or_default(), &fields(after))
}

/// Templates by their names, as far as they are still there.
pub(crate) async fn name_templates(conn: &mut Conn, changes: &mut [AuditChange]) -> Result<(), DbError> {
    let Some(change) = changes.iter_mut().find(|change| change.field == "template_id") else { return Ok(()) };
    let templates = store::attributes::model(conn).await?.templates;
    for side in [&mut change.before, &mut change.after] {
        let Some(id) = side.as_deref().and_then(|id| id.parse().ok()) else { continue };
        if let Some(template) = templates.iter().find(|template| template.id == id) {
            *side = Some(template.name.clone());
        }
    }
    Ok(())
}

/// A product has thousands of variants at most, and a change of one should not show them all.
fn fields(input: &ProductInput) -> Map<String, Value> {
    let Ok(Value::Object(mut fields)) = serde_json::to_value(input) else { return Map::new() };
    fields.remove("attributes");
    for value in input.attributes.iter().flatten() {
        let shown = serde_json::to_value(&value.value).unwrap_or_default();
        fields.insert(format!("attribute {}", value.code), shown);
    }
    let Some(Value::Array(variants)) = fields.remove("variants") else { return fields };
    for (at, (variant, shown)) in input.variants.iter().zip(variants).enumerate() {
        let name =
            if variant.options.is_empty() { format!("{}", at + 1) } else { variant.options.join(" / ") };
        let Value::Object(shown) = shown else { continue };
        let said = shown.into_iter().filter(|(key, value)| {
            let empty = value.is_null()
                || value.as_str() == Some("")
                || value.as_object().is_some_and(Map::is_empty)
                || value.as_array().is_some_and(Vec::is_empty);
            key != "options" && !empty
        });
        fields.insert(format!("variant {name}"), Value::Object(said.collect()));
    }
    fields
}
