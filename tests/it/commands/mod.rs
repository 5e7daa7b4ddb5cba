//! Whole commands: the real binary, the sandbox, what a person sees.

mod apply;
mod base;
mod bed;
mod completions;
mod contributor;
mod converge;
mod doctor;
mod errors;
mod experiences;
mod explain;
mod fmt;
mod gone;
mod iam;
mod import;
mod init;
mod local;
mod made;
mod mirror;
mod notes;
mod options;
mod plan;
mod product_names;
mod products;
mod reach;
mod readme;
mod recipients;
pub(crate) mod refused;
mod released;
mod replaced;
mod running;
#[cfg(unix)]
mod shells;
mod stopped;
mod targets;
mod usage;
mod uses;
mod validate;
