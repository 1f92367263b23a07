//! Notifications of the system. Where it can tell of a click (Linux), the click opens what the notification is about.

use serde::Deserialize;
use tauri::AppHandle;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    title: String,
    body: String,
    /// As [`crate::open`] understands it.
    open: String,
}

/// # Errors
/// Where the system shows none.
pub fn show(app: AppHandle, note: Note) -> notify_rust::error::Result<()> {
    let mut notification = notify_rust::Notification::new();
    notification.appname("Souk").summary(&note.title).body(&note.body);
    #[cfg(target_os = "linux")]
    {
        let shown = notification.icon("souk").action("default", "Open").show()?;
        // Waits for as long as the notification is there.
        std::thread::spawn(move || {
            shown.wait_for_action(|action| {
                if action == "default" {
                    crate::open::target_of_click(&app, note.open);
                }
            });
        });
    }
    #[cfg(not(target_os = "linux"))]
    {
        drop((app, note.open));
        notification.show()?;
    }
    Ok(())
}
