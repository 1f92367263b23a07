//! The one window.

use tauri::{AppHandle, DragDropEvent, Manager as _, WebviewUrl, WebviewWindowBuilder, WindowEvent};
use tauri_plugin_window_state::StateFlags;

use crate::dropped::Dropped;

pub const MAIN: &str = "main";

/// Of the window from one start to the next: not whether it was visible, which a closed one isn't.
pub fn remembered() -> StateFlags {
    StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN
}

/// # Errors
/// Where the system gives no window.
pub fn build(app: &AppHandle) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
        .title("Souk")
        .inner_size(1280.0, 860.0)
        .min_inner_size(390.0, 560.0)
        // The screens stay in the app; links that lead out open in the browser (`open_outside`).
        .on_navigation(|url| url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost"))
        // Files come from the screens as bytes (`save_paper`, `save_table`): WebKit drops a link to a blob without a word.
        .on_download(|_, _| false)
        .build()?;
    let app = app.clone();
    window.on_window_event(move |event| match event {
        // It goes on in the tray; failing, the window closes and the app ends.
        WindowEvent::CloseRequested { api, .. }
            if app.get_webview_window(MAIN).is_some_and(|window| window.hide().is_ok()) =>
        {
            api.prevent_close();
        }
        WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }) => app.state::<Dropped>().put(paths),
        _ => {}
    });
    Ok(())
}

/// In front of everything, wherever it was.
pub fn show(app: &AppHandle) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    for done in [window.show(), window.unminimize(), window.set_focus()] {
        if let Err(error) = done {
            eprintln!("the window can't be shown: {error}");
        }
    }
}
