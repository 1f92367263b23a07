//! Builds the window's files and what it may ask for into the app. `cargo xtask desktop` names the files in
//! `TAURI_CONFIG`.

/// The app's own commands: each needs a line in `capabilities/main.json`.
const COMMANDS: &[&str] = &[
    "begin",
    "put_shop",
    "choose_shop",
    "remove_shop",
    "keep_token",
    "notify",
    "open_paper",
    "save_paper",
    "save_table",
    "take_dropped",
    "open_outside",
];

fn main() {
    let attributes = tauri_build::Attributes::new()
        .app_manifest(tauri_build::AppManifest::new().commands(COMMANDS))
        .codegen(tauri_build::CodegenContext::new());
    if let Err(error) = tauri_build::try_build(attributes) {
        // A build script has no other way to say what is wrong.
        panic!("{error:#}");
    }
}
