//! Reads YAML whose author is another tool or a test: other tools' files, and the sandbox's world. The catalog has a
//! reader of its own, which collects every error instead of stopping at the first.

mod place;
mod tree;
#[cfg(feature = "sandbox")]
mod typed;

pub(crate) use place::{Broken, Place};
pub(crate) use tree::{Content, Entry, Node, parse};
#[cfg(feature = "sandbox")]
pub(crate) use typed::from_str;
