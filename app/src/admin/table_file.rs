//! A table (CSV) that was made here or on the server becomes a file of the merchant's.

use super::desk::Desk;

/// The browser puts it where downloads go; the desktop asks where. `said` where it was taken.
#[cfg(not(feature = "csr"))]
pub fn save(desk: Desk, name: &str, text: &str, said: String) {
    match browser::save(name, text) {
        Ok(()) if said.is_empty() => {}
        Ok(()) => desk.say(said),
        Err(_) => desk.say("The browser did not take the file."),
    }
}

#[cfg(feature = "csr")]
pub fn save(desk: Desk, name: &str, text: &str, said: String) {
    let (name, text) = (name.to_owned(), text.to_owned());
    leptos::task::spawn_local(async move {
        match crate::desktop::save_table(&name, &text).await {
            Ok(()) if said.is_empty() => {}
            Ok(()) => desk.say(said),
            Err(error) => {
                leptos::logging::error!("{error}");
                desk.say("The file could not be written.");
            }
        }
    });
}

#[cfg(not(feature = "csr"))]
mod browser {
    use std::time::Duration;

    use js_sys::{Array, Function, Reflect};
    use leptos::prelude::*;
    use wasm_bindgen::{JsCast, JsValue};
    use web_sys::HtmlElement;

    /// The browser has read the file within this.
    const READ_BY: Duration = Duration::from_secs(60);

    pub fn save(name: &str, text: &str) -> Result<(), JsValue> {
        let blob: Function = Reflect::get(&window(), &"Blob".into())?.dyn_into()?;
        let kind = js_sys::Object::new();
        Reflect::set(&kind, &"type".into(), &"text/csv;charset=utf-8".into())?;
        // By name, as with the clipboard: see `parts::copy`.
        let blob = Reflect::construct(&blob, &Array::of2(&Array::of1(&text.into()), &kind))?;
        let urls = Reflect::get(&window(), &"URL".into())?;
        let make: Function = Reflect::get(&urls, &"createObjectURL".into())?.dyn_into()?;
        let address = make.call1(&urls, &blob)?.as_string().unwrap_or_default();
        let link = document().create_element("a")?;
        link.set_attribute("href", &address)?;
        link.set_attribute("download", name)?;
        link.unchecked_into::<HtmlElement>().click();
        // Safari reads it later: what is taken back at once is never saved there.
        set_timeout(move || drop(web_sys::Url::revoke_object_url(&address)), READ_BY);
        Ok(())
    }
}
