//! The desktop's entry to the merchant's screens. `boot.js` calls it once the wasm has been read.
#![cfg(target_arch = "wasm32")]

/// Draws the whole body.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn start() {
    souk_app::desktop::start();
}
