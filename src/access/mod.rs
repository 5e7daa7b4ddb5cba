//! The way into AWS, as IAM has to allow it: policies and trust policies of the roles that the settings name. Pure: a
//! document is made of a catalog, of the table of operations and of what the caller knows of GitHub. Nothing is asked.
//!
//! ```text
//! Desired ─► survey (what is done where) ─► stacks (roles) ─► document · template
//!                                 table of operations ─► policy ─┘
//!                                  GitHub's repository ─► trust ─┘
//! ```

mod document;
mod duty;
mod home;
mod policy;
mod stack;
pub mod statement;
mod survey;
mod text;
pub mod trust;

pub use document::{Document, Given, Template, document, template};
pub use home::Home;
pub use policy::{TooLong, policies};
pub use stack::{Role, Stack, stacks};
