//! What the merchant's screens ask for. JSON in and out; each takes the visit, whose actor is the member of staff, and calls
//! a trait, which checks what the member may do.

pub mod access;
pub mod account;
pub mod analytics;
pub mod attributes;
pub mod audit;
pub mod catalog;
pub mod collections;
pub mod customers;
pub mod drafts;
pub mod imports;
pub mod inventory;
pub mod live;
pub mod orders;
pub mod payments;
pub mod promotions;
pub mod refunds;
pub mod returns;
pub mod segments;
pub mod settings;
pub mod staff;
pub mod stock_sources;
pub mod stockroom;
pub mod supplies;
pub mod taxes;
pub mod views;

use leptos::server_fn::ServerFn;

/// How the functions are called: by a browser, which sends its cookie, or by the desktop, which signs with a token.
#[cfg(feature = "csr")]
pub use crate::desktop::Client;
#[cfg(not(feature = "csr"))]
pub use leptos::server_fn::client::browser::BrowserClient as Client;

/// Paths that nobody has to be signed in for.
pub const OPEN: [&str; 4] =
    [access::SignIn::PATH, access::AcceptInvitation::PATH, access::Shop::PATH, access::SignInDesktop::PATH];

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    /// Leptos' own client would ask the desktop's own pages, without the token.
    #[test]
    fn every_function_can_be_called_by_the_desktop() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/api/admin");
        let mut seen = 0;
        for entry in fs::read_dir(folder).expect("the folder") {
            let path = entry.expect("an entry").path();
            let text = fs::read_to_string(&path).expect("text");
            for attribute in text.split("#[server(").skip(1) {
                let attribute = attribute.split(")]").next().unwrap_or_default();
                // This very test has the words too.
                if attribute.contains("prefix =") {
                    assert!(attribute.contains("client = Client"), "{}: {attribute}", path.display());
                    seen += 1;
                }
            }
        }
        assert!(seen > 40, "{seen}");
    }
}
