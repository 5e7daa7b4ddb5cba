//! The permissions that the roles of the settings need in IAM: policies and trust policies. Pure: the documents are
//! made from a catalog, the table of operations and what the caller knows about GitHub. AWS is not called.
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
