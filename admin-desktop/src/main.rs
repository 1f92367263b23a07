#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]
#![doc = include_str!("../README.md")]

mod commands;
mod dropped;
mod keyring;
mod notice;
mod open;
mod paper;
mod saving;
mod shops;
mod tray;
mod window;

use tauri::Manager as _;
use tauri_plugin_deep_link::DeepLinkExt as _;

use crate::{dropped::Dropped, keyring::Tokens, open::Pending, shops::Shops};

fn main() -> anyhow::Result<()> {
    let builder = tauri::Builder::default()
        // First, so that a second start does nothing but wake the first.
        .plugin(tauri_plugin_single_instance::init(|app, _arguments, _folder| window::show(app)))
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_window_state::Builder::new().with_state_flags(window::remembered()).build());
    #[cfg(feature = "updater")]
    let builder = builder.plugin(tauri_plugin_updater::Builder::new().build());
    let app = builder
        .invoke_handler(tauri::generate_handler![
            commands::begin,
            commands::put_shop,
            commands::choose_shop,
            commands::remove_shop,
            commands::keep_token,
            commands::notify,
            commands::open_paper,
            commands::take_dropped,
            commands::save_paper,
            commands::save_table,
            commands::open_outside,
        ])
        .setup(|app| {
            let handle = app.handle();
            app.manage(Shops::load(&app.path().app_config_dir()?)?);
            app.manage(Tokens::default());
            app.manage(Pending::default());
            app.manage(Dropped::default());
            let started_with = app.deep_link().get_current()?.unwrap_or_default();
            open::links(handle, &started_with);
            let for_links = handle.clone();
            app.deep_link().on_open_url(move |event| open::links(&for_links, &event.urls()));
            paper::clear(handle);
            tray::build(handle)?;
            window::build(handle)?;
            #[cfg(feature = "updater")]
            update::look(handle);
            Ok(())
        })
        .build(context())?;
    app.run(|app, event| {
        if matches!(event, tauri::RunEvent::Exit) {
            paper::clear(app);
        }
    });
    Ok(())
}

/// The configuration and the window's files, as the build script wrote them.
#[expect(clippy::unwrap_used, reason = "tauri-build's own, on what it has checked")]
fn context() -> tauri::Context {
    tauri::tauri_build_context!()
}

#[cfg(feature = "updater")]
mod update;
