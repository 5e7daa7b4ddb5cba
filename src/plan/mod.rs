//! Desired against live: what has to be read, what would change, whether that may be done, and the form that machines
//! read. Pure.

mod base;
pub mod canonical;
mod clean_up;
mod diff;
mod governed;
mod guard;
mod inherited;
mod labels;
mod losers;
mod marketplace;
mod order;
mod planned;
mod portfolio;
mod reach;
mod resolve;
mod review;
mod settings;
mod standing;
mod terms;
mod wants;
mod warnings;
pub mod wire;

#[cfg(test)]
mod tests;

pub use diff::{diff, diff_and};
pub use guard::{ApprovedPlan, Limits, Reason, Refusal, approve};
pub use reach::Repairs;
pub use review::Reviewed;
pub use settings::{max_removals, setting_changes};
pub use standing::standing;
pub use wants::{Goal, names, reach, wants};
