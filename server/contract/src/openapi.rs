//! What utoipa's derive does not say by itself.

use utoipa::{
    PartialSchema,
    openapi::{
        RefOr, Schema,
        schema::{AdditionalProperties, ArrayBuilder},
    },
};

/// A tagged enum whose variants refuse unknown fields: the derive describes them as open.
pub(crate) fn closed<T: PartialSchema>() -> RefOr<Schema> {
    let mut schema = T::schema();
    if let RefOr::T(Schema::OneOf(variants)) = &mut schema {
        for variant in &mut variants.items {
            if let RefOr::T(Schema::Object(variant)) = variant {
                variant.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
            }
        }
    }
    schema
}

/// A list of such.
pub(crate) fn closed_list<T: PartialSchema>() -> RefOr<Schema> {
    ArrayBuilder::new().items(closed::<T>()).into()
}
