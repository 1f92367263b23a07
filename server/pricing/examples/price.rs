//! The engine as wasm. `cargo xtask engines` asks it about the carts that the `carts` example prints.
#![cfg(target_arch = "wasm32")]

mod case;

#[wasm_bindgen::prelude::wasm_bindgen]
pub fn answer(case: &str) -> String {
    case::answer(case)
}
