//! Plans, reports and findings in a form for people: for a terminal, a pull request, or beside a line of YAML.
//!
//! Everything here is pure: it writes to a sink or returns text, and uses no clock, no environment and no files. Names
//! and messages come from AWS, YAML and pull requests and can't be trusted: [`escape`] has the escaping for each
//! destination.

mod alike;
pub mod annotations;
mod cause;
pub mod checkup;
pub mod escape;
mod experience;
pub mod findings;
pub mod map;
pub mod markdown;
pub mod products;
pub mod sarif;
mod sides;
pub mod sight;
mod term;
pub mod text;

mod line;
mod losing;
mod names;
mod refusal;
mod released;
mod remedy;
#[cfg(test)]
mod sample;
mod sandbox;
mod title;
mod trouble;
mod view;
mod words;

pub use refusal::{Objection, Refusal};
