//! How the shop is set up, and the mails it wrote.

use leptos::{prelude::*, server_fn::codec::Json};
use souk_contract::{
    ConfigValue, Mail, MailId, MailKind, MailTemplate, MailWords, Page, PageRequest, ShippingMethod,
    ShippingMethodId, ShippingMethodInput, ShopSettings, ShopSettingsInput,
};

#[cfg(feature = "ssr")]
use crate::context::Visit;
use crate::{api::admin::Client, failure::Result};

/// What the program was started with.
#[server(prefix = "/fn", endpoint = "admin/settings", input = Json, output = Json, client = Client)]
pub async fn configuration() -> Result<Vec<ConfigValue>> {
    let visit = Visit::current()?;
    Ok(visit.services.configuration.values(&visit.ctx)?)
}

#[server(prefix = "/fn", endpoint = "admin/shop-settings", input = Json, output = Json, client = Client)]
pub async fn shop_profile() -> Result<ShopSettings> {
    let visit = Visit::current()?;
    Ok(visit.services.shop.settings(&visit.ctx).await?)
}

#[server(prefix = "/fn", endpoint = "admin/shop-settings/write", input = Json, output = Json, client = Client)]
pub async fn write_shop_profile(input: ShopSettingsInput, if_version: Option<i64>) -> Result<ShopSettings> {
    let visit = Visit::current()?;
    Ok(visit.services.shop.write_settings(&visit.ctx, input, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/shipping", input = Json, output = Json, client = Client)]
pub async fn shipping_methods() -> Result<Vec<ShippingMethod>> {
    let visit = Visit::current()?;
    Ok(visit.services.shipping.methods(&visit.ctx).await?)
}

#[server(prefix = "/fn", endpoint = "admin/shipping/write", input = Json, output = Json, client = Client)]
pub async fn write_shipping_method(
    id: Option<ShippingMethodId>,
    method: ShippingMethodInput,
    if_version: Option<i64>,
) -> Result<ShippingMethod> {
    let visit = Visit::current()?;
    Ok(visit.services.shipping.write_method(&visit.ctx, id, method, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/shipping/remove", input = Json, output = Json, client = Client)]
pub async fn remove_shipping_method(id: ShippingMethodId, if_version: Option<i64>) -> Result<()> {
    let visit = Visit::current()?;
    Ok(visit.services.shipping.remove_method(&visit.ctx, id, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/mails", input = Json, output = Json, client = Client)]
pub async fn mails(page: PageRequest) -> Result<Page<Mail>> {
    let visit = Visit::current()?;
    Ok(visit.services.messaging.mails(&visit.ctx, &page).await?)
}

#[server(prefix = "/fn", endpoint = "admin/mails/get", input = Json, output = Json, client = Client)]
pub async fn mail_text(id: MailId) -> Result<Mail> {
    let visit = Visit::current()?;
    Ok(visit.services.messaging.mail(&visit.ctx, id).await?)
}

#[server(prefix = "/fn", endpoint = "admin/mails/again", input = Json, output = Json, client = Client)]
pub async fn send_mail_again(id: MailId) -> Result<Mail> {
    let visit = Visit::current()?;
    Ok(visit.services.messaging.send_again(&visit.ctx, id).await?)
}

#[server(prefix = "/fn", endpoint = "admin/mails/templates", input = Json, output = Json, client = Client)]
pub async fn mail_templates() -> Result<Vec<MailTemplate>> {
    let visit = Visit::current()?;
    Ok(visit.services.messaging.templates(&visit.ctx).await?)
}

/// No words: those of the program again.
#[server(prefix = "/fn", endpoint = "admin/mails/templates/set", input = Json, output = Json, client = Client)]
pub async fn set_mail_template(
    kind: MailKind,
    words: Option<MailWords>,
    if_version: Option<i64>,
) -> Result<MailTemplate> {
    let visit = Visit::current()?;
    Ok(visit.services.messaging.set_template(&visit.ctx, kind, words, if_version).await?)
}

#[server(prefix = "/fn", endpoint = "admin/mails/templates/preview", input = Json, output = Json, client = Client)]
pub async fn preview_mail(kind: MailKind, words: MailWords) -> Result<souk_contract::MailPreview> {
    let visit = Visit::current()?;
    Ok(visit.services.messaging.preview(&visit.ctx, kind, &words).await?)
}
