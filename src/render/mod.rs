//! A plan, a report or findings for people to read: in a terminal, in a pull request, beside a line of YAML.
//!
//! Everything here is pure: it writes to a sink or returns a text, and knows no clock, no environment and no file.
//! Names and messages come from AWS, from YAML and from pull requests, so they are data wherever they go:
//! [`escape`] holds the escaping, once for each destination.

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
