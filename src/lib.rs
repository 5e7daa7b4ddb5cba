//! Keeps AWS Service Catalog portfolio shares and AWS Private Marketplace product lists in step with YAML in Git.
//!
//! Data flows one way:
//!
//! ```text
//! catalog/*.yaml ─► catalog ─► desired ─┐
//!                                       ├─► diff (pure) ─► Plan ─► render ─► terminal · comment · JSON
//! AWS ─► cloud (read) ───────► live ────┘                   └────► apply ─► cloud (write) ─► Report
//! ```
//!
//! `model` is the vocabulary and imports no other module, nor does `yaml`, a reader. `access`, `catalog`, `foreign`, `plan`, `cloud` and `render`
//! import `model` and not each other. Only `commands` imports all of them.

pub mod access;
pub mod apply;
pub mod catalog;
pub mod cli;
pub mod cloud;
pub mod commands;
pub mod foreign;
pub mod github;
pub mod model;
pub mod plan;
pub mod render;
#[cfg(feature = "sandbox")]
pub mod sandbox;
mod yaml;
