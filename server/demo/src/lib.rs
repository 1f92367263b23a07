//! The demo shop that Souk seeds on first start, and generated catalogues of any size.
//!
//! [`shop`] gives Kettle & Kite, a general store of its own: products, collections, pages and the words of the
//! home page, written in `content/*.toml`. Its pictures are descriptions until a [`Renderer`] draws them from the
//! icons in `icons/`. [`scale`] makes products, customers and orders in any number from a seed.

mod backdrop;
mod barcode;
mod colour;
mod content;
mod error;
mod expand;
mod icon;
mod picture;
pub mod scale;
mod scenes;
mod shop;

pub use backdrop::{Backdrop, Setting};
pub use barcode::{ean13, is_ean13};
pub use colour::{Paint, Rgb};
pub use error::DemoError;
pub use icon::Icon;
pub use picture::{HEIGHT, Picture, PictureSpec, Place, Renderer, Scene, Thing, render};
pub use shop::{DemoCollection, DemoOption, DemoPage, DemoProduct, DemoVariant, Hero, Promise, Shop, shop};
