//! GitHub: the event that started a run, and everything that a run writes: the comment, the issue, the deployments,
//! the summary, the outputs.
//!
//! This module takes rendered text and typed values. It knows nothing of catalogs or of AWS. GitHub's answers are
//! parsed into small types with only the fields in use, so that no other field can break a run.

pub mod branch;
pub mod check;
pub mod client;
pub mod comment;
pub mod commits;
pub mod deployment;
pub mod environment;
mod error;
pub mod event;
pub mod following;
pub mod history;
pub mod issue;
pub mod log;
pub mod marker;
pub mod merged;
mod moment;
pub mod more;
pub mod open;
pub mod output;
mod patience;
pub mod proposal;
pub mod pull;
pub mod request;
pub mod review;
pub mod shown;
mod user;

pub use client::Client;
pub use environment::Environment;
pub use error::Error;
pub use event::Event;
pub use moment::Moment;
pub use user::User;
