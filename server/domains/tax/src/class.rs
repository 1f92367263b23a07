//! Kinds of goods. Pure functions.

use souk_contract::{Check, Error, Result, TaxClass, TaxClassId, TaxClassInput};
use souk_kernel::record;

record! {
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct ClassRow {
        pub id: TaxClassId,
        pub name: String,
        pub is_default: bool,
        pub version: i64,
    }
}

impl ClassRow {
    pub(crate) fn new(id: TaxClassId, version: i64, input: TaxClassInput) -> Self {
        Self { id, name: input.name.trim().to_owned(), is_default: input.is_default, version }
    }

    pub(crate) fn input(&self) -> TaxClassInput {
        TaxClassInput { name: self.name.clone(), is_default: self.is_default }
    }
}

impl From<ClassRow> for TaxClass {
    fn from(row: ClassRow) -> Self {
        Self { id: row.id, version: row.version, input: row.input() }
    }
}

/// Whether it may stand beside the others. `old`: what it was.
pub(crate) fn check(
    classes: &[ClassRow],
    id: Option<TaxClassId>,
    old: Option<&ClassRow>,
    input: &TaxClassInput,
) -> Result<()> {
    Check::new().text(&input.name, "name", 60).done()?;
    let name = input.name.trim();
    if classes.iter().any(|row| row.name == name && Some(row.id) != id) {
        return Err(Error::conflict("name_taken", "Another class has this name."));
    }
    if old.is_some_and(|old| old.is_default) && !input.is_default {
        return Err(default_needed());
    }
    Ok(())
}

pub(crate) fn default_needed() -> Error {
    Error::conflict("default_needed", "Goods that name no class need one: make another the default first.")
}

pub(crate) fn found(classes: &[ClassRow], id: TaxClassId, if_version: Option<i64>) -> Result<ClassRow> {
    let row = classes.iter().find(|row| row.id == id).ok_or_else(|| Error::not_found("tax class"))?;
    if if_version.is_some_and(|version| version != row.version) {
        return Err(Error::conflict("stale_version", "Somebody else changed this class meanwhile."));
    }
    Ok(row.clone())
}
