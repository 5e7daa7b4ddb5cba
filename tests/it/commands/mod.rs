//! Whole commands: the real binary, the sandbox, what a person sees.

mod apply;
mod base;
mod bed;
mod contributor;
mod converge;
mod errors;
mod fmt;
mod gone;
mod made;
mod plan;
mod product_names;
mod products;
mod reach;
mod readme;
pub(crate) mod refused;
mod released;
mod replaced;
mod stopped;
mod targets;
mod usage;
mod validate;
