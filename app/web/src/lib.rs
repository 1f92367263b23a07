//! The browser's entry: takes over the page that the server rendered. `boot.js` calls it once the wasm has arrived.
#![cfg(target_arch = "wasm32")]

/// Hydrates the whole body.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    souk_app::hydrate();
}
