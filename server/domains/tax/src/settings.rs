//! What the shop decides for all classes and zones. Pure functions.

use souk_contract::{Error, Result, TaxClassId, TaxLevel, TaxRounding, TaxSettings, TaxSettingsInput};
use souk_kernel::{db::Text, record};

use crate::class::ClassRow;

record! {
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct SettingsRow {
        pub inclusive: bool,
        pub level: Text<TaxLevel>,
        pub rounding: Text<TaxRounding>,
        pub shipping_class: Option<TaxClassId>,
        pub version: i64,
    }
}

impl SettingsRow {
    pub(crate) fn new(version: i64, input: TaxSettingsInput) -> Self {
        Self {
            inclusive: input.inclusive,
            level: Text(input.level),
            rounding: Text(input.rounding),
            shipping_class: input.shipping_class,
            version,
        }
    }

    pub(crate) fn input(&self) -> TaxSettingsInput {
        TaxSettingsInput {
            inclusive: self.inclusive,
            level: self.level.0,
            rounding: self.rounding.0,
            shipping_class: self.shipping_class,
        }
    }

    pub(crate) fn show(&self) -> TaxSettings {
        TaxSettings { version: self.version, input: self.input() }
    }
}

pub(crate) fn check(classes: &[ClassRow], input: &TaxSettingsInput) -> Result<()> {
    let known = input.shipping_class.is_none_or(|id| classes.iter().any(|class| class.id == id));
    if known { Ok(()) } else { Err(Error::invalid("shipping_class", "invalid", "This class is not there.")) }
}
