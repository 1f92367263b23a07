//! Taxes: classes, zones, rates and settings.

use leptos::{prelude::*, server_fn::codec::Json};
use souk_contract::{
    TaxClass, TaxClassId, TaxClassInput, TaxSettings, TaxSettingsInput, TaxSetup, TaxTrial, TaxTried,
    TaxZone, TaxZoneId, TaxZoneInput,
};

#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::{api::admin::Client, failure::Result};

#[server(prefix = "/fn", endpoint = "admin/taxes", input = Json, output = Json, client = Client)]
pub async fn read_taxes() -> Result<TaxSetup> {
    let visit = Visit::current()?;
    Ok(visit.services.taxes.setup(&visit.ctx).await?)
}

/// What a product may be.
#[server(prefix = "/fn", endpoint = "admin/taxes/classes", input = Json, output = Json, client = Client)]
pub async fn tax_classes() -> Result<Vec<TaxClass>> {
    let visit = Visit::current()?;
    Ok(visit.services.taxes.classes(&visit.ctx).await?)
}

#[server(prefix = "/fn", endpoint = "admin/taxes/settings", input = Json, output = Json, client = Client)]
pub async fn write_tax_settings(input: TaxSettingsInput, if_version: Option<i64>) -> Result<TaxSettings> {
    let visit = Visit::current()?;
    Ok(visit.services.taxes.write_settings(&visit.ctx, input, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/taxes/class", input = Json, output = Json, client = Client)]
pub async fn write_tax_class(
    id: Option<TaxClassId>,
    class: TaxClassInput,
    if_version: Option<i64>,
) -> Result<TaxClass> {
    let visit = Visit::current()?;
    Ok(visit.services.taxes.write_class(&visit.ctx, id, class, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/taxes/class/remove", input = Json, output = Json, client = Client)]
pub async fn remove_tax_class(id: TaxClassId, if_version: Option<i64>) -> Result<()> {
    let visit = Visit::current()?;
    Ok(visit.services.taxes.remove_class(&visit.ctx, id, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/taxes/zone", input = Json, output = Json, client = Client)]
pub async fn write_tax_zone(
    id: Option<TaxZoneId>,
    zone: TaxZoneInput,
    if_version: Option<i64>,
) -> Result<TaxZone> {
    let visit = Visit::current()?;
    Ok(visit.services.taxes.write_zone(&visit.ctx, id, zone, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/taxes/zone/remove", input = Json, output = Json, client = Client)]
pub async fn remove_tax_zone(id: TaxZoneId, if_version: Option<i64>) -> Result<()> {
    let visit = Visit::current()?;
    Ok(visit.services.taxes.remove_zone(&visit.ctx, id, if_version).await?)
}

/// What a customer there would pay.
#[server(prefix = "/fn", endpoint = "admin/taxes/trial", input = Json, output = Json, client = Client)]
pub async fn try_taxes(trial: TaxTrial) -> Result<TaxTried> {
    let visit = Visit::current()?;
    Ok(visit.services.taxes.try_out(&visit.ctx, trial).await?)
}
