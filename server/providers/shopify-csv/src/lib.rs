#![doc = include_str!("../README.md")]

mod column;
mod group;
mod issue;
mod product;
mod reader;
mod rows;
mod source;
mod value;
mod writer;

pub use column::{Chosen, HeaderError, KEPT, LEFT_OUT, is_known, is_same};
pub use issue::{RowIssue, Severity};
pub use product::{
    Extra, Image, InventoryPolicy, ProductDocument, ProductOption, Status, Variant, WeightUnit,
};
pub use reader::{Entry, Look, ReadError, Reader, look};
pub use writer::{WriteError, Writer};
