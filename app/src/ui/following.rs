use leptos::prelude::*;

/// A view that is drawn anew whenever a signal changes that it reads. Every closure as a view of its own type is a
/// kilobyte of wasm; through here they are all one type.
pub fn following(draw: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    let draw: Box<dyn Fn() -> AnyView + Send> = Box::new(draw);
    draw.into_any()
}
