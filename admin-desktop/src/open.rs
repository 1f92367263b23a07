//! What the app is asked to open: by a link (`souk://order/1001`), or by a click on a notification.

use std::sync::{Mutex, PoisonError};

use tauri::{AppHandle, Emitter as _, Manager as _};
use url::Url;

use crate::window;

const SCHEME: &str = "souk";
/// Ids have 36 characters.
const LONGEST: usize = 40;

/// Opened before the window listens: it takes it when it begins.
#[derive(Default)]
pub struct Pending(Mutex<Option<String>>);

impl Pending {
    pub fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put(&self, target: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(target);
    }
}

/// Of several, the first that leads somewhere.
pub fn links(app: &AppHandle, urls: &[Url]) {
    if let Some(target) = urls.iter().find_map(target) {
        self::target_of_click(app, target);
    }
}

/// Shows the window and tells it what to open.
pub fn target_of_click(app: &AppHandle, target: String) {
    // No window yet: what is asked for waits.
    if app.get_webview_window(window::MAIN).is_none() {
        app.state::<Pending>().put(target);
        return;
    }
    window::show(app);
    if let Err(error) = app.emit_to(window::MAIN, "open", target) {
        eprintln!("the window was not told what to open: {error}");
    }
}

/// `souk://order/1001` → `order/1001`. Whoever made the link is unknown: nothing else passes.
fn target(url: &Url) -> Option<String> {
    if url.scheme() != SCHEME || url.host_str() != Some("order") {
        return None;
    }
    let reference = url.path().trim_matches('/').trim_start_matches("%23");
    let plain = reference.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (plain && (1..=LONGEST).contains(&reference.len())).then(|| format!("order/{reference}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<String> {
        target(&Url::parse(text).expect("a URL"))
    }

    #[test]
    fn a_link_names_an_order_and_nothing_else() {
        assert_eq!(of("souk://order/1001").as_deref(), Some("order/1001"));
        assert_eq!(of("souk://order/%231001/").as_deref(), Some("order/1001"));
        let id = "01900000-0000-7000-8000-000000000000";
        assert_eq!(of(&format!("souk://order/{id}")), Some(format!("order/{id}")));
        for wrong in [
            "souk://order/",
            "souk://order",
            "souk://settings/1",
            "souk://order/..%2f..%2fstaff",
            "souk://order/1/2",
            "https://order/1001",
            "souk://order/<script>",
        ] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
        assert_eq!(of(&format!("souk://order/{}", "1".repeat(41))), None);
    }
}
