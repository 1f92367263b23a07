//! The browser's entry to the merchant's screens. `boot.js` calls it once the wasm has arrived.
#![cfg(target_arch = "wasm32")]

/// Draws the whole body anew.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn start() {
    souk_app::admin::start();
}
