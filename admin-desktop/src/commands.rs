//! What the window may ask for. The other side is `app/src/desktop/shell.rs`, the permission for each is in
//! `capabilities/main.json`.

use serde::Serialize;
use tauri::{
    AppHandle, State,
    ipc::{Request, Response},
};

use crate::{
    dropped::Dropped,
    keyring::Tokens,
    notice::{self, Note},
    open::Pending,
    paper::Paper,
    saving,
    shops::{Shop, Shops},
};

/// Why a command did nothing, for the window's console.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("{0}")]
    Shops(#[from] crate::shops::Error),
    #[error("no shop is open")]
    NoShop,
    #[error("{0:?} does not lead outside")]
    Address(String),
    #[error("{0}")]
    System(String),
    #[error("this is no PDF")]
    NoPaper,
    #[error("this is no table")]
    NoTable,
}

impl Serialize for Refused {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What the window starts with.
#[derive(Debug, Serialize)]
pub struct Begin {
    shops: Vec<Shop>,
    current: Option<String>,
    token: Option<String>,
    keyring: bool,
    open: Option<String>,
}

#[tauri::command]
pub async fn begin(
    shops: State<'_, Shops>,
    tokens: State<'_, Tokens>,
    pending: State<'_, Pending>,
) -> Result<Begin, Refused> {
    let (all, current) = shops.all();
    let token = match &current {
        Some(url) => tokens.get(url).await,
        None => None,
    };
    Ok(Begin { shops: all, current, token, keyring: tokens.lasts().await, open: pending.take() })
}

#[tauri::command]
pub async fn put_shop(shop: Shop, shops: State<'_, Shops>) -> Result<(), Refused> {
    Ok(shops.put(shop)?)
}

#[tauri::command]
pub async fn choose_shop(url: Option<String>, shops: State<'_, Shops>) -> Result<(), Refused> {
    Ok(shops.choose(url)?)
}

#[tauri::command]
pub async fn remove_shop(
    url: String,
    shops: State<'_, Shops>,
    tokens: State<'_, Tokens>,
) -> Result<(), Refused> {
    tokens.set(&url, None).await;
    Ok(shops.remove(&url)?)
}

/// Of the shop that is open.
#[tauri::command]
pub async fn keep_token(
    token: Option<String>,
    shops: State<'_, Shops>,
    tokens: State<'_, Tokens>,
) -> Result<(), Refused> {
    let url = shops.all().1.ok_or(Refused::NoShop)?;
    tokens.set(&url, token).await;
    Ok(())
}

#[tauri::command]
pub fn notify(note: Note, app: AppHandle) -> Result<(), Refused> {
    notice::show(app, note).map_err(|error| Refused::System(error.to_string()))
}

/// In the system's PDF viewer.
#[tauri::command]
pub async fn open_paper(request: Request<'_>, app: AppHandle) -> Result<(), Refused> {
    Paper::of(&request)?.open(&app)
}

/// Where the merchant says.
#[tauri::command]
pub async fn save_paper(request: Request<'_>, app: AppHandle) -> Result<(), Refused> {
    Paper::of(&request)?.save(&app);
    Ok(())
}

/// A table: where the merchant says.
#[tauri::command]
pub async fn save_table(request: Request<'_>, app: AppHandle) -> Result<(), Refused> {
    if saving::save_table(&app, &request) { Ok(()) } else { Err(Refused::NoTable) }
}

/// The content of the next file that was dropped on the window.
#[tauri::command]
pub async fn take_dropped(dropped: State<'_, Dropped>) -> Result<Response, Refused> {
    dropped.take().map(Response::new).map_err(|error| Refused::System(error.to_string()))
}

/// In the system's browser or mail program.
#[tauri::command]
pub fn open_outside(url: String) -> Result<(), Refused> {
    let known = url::Url::parse(&url).is_ok_and(|url| matches!(url.scheme(), "https" | "http" | "mailto"));
    if !known {
        return Err(Refused::Address(url));
    }
    open_with_system(&url).map_err(|error| Refused::System(error.to_string()))
}

fn open_with_system(url: &str) -> std::io::Result<()> {
    open_that::that_detached(url)
}
