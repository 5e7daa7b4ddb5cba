//! Whole commands through the real binary and the sandbox.

mod catalog_source;
#[cfg(feature = "sandbox")]
mod sandbox;
