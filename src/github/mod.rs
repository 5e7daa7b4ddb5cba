//! GitHub: the event that started a run, and what a run leaves behind: the comment, the issue, the deployments, the
//! summary, the outputs.
//!
//! It takes rendered text and typed values and knows nothing of catalogs or of AWS. What GitHub sends is read into
//! records of our own that hold the few fields in use, so that no other field can break a run.

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
