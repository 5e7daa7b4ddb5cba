//! Whole commands through the real binary and the sandbox.

mod catalog_source;
mod house;
#[cfg(feature = "sandbox")]
mod sandbox;
