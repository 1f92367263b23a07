//! Forgetting a view's type.

use leptos::prelude::*;

/// For what `view!` gives: the element alone, without leptos' wrapper around it. Each type that is erased brings its own
/// dozen functions into the wasm, and so most elements bring them once and not twice.
pub trait Erase {
    fn erase(self) -> AnyView;
}

impl<T: IntoView + RenderHtml + Send> Erase for View<T> {
    fn erase(self) -> AnyView {
        self.into_inner().into_any()
    }
}
