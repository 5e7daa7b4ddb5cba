//! Markdown for GitHub: comments on pull requests, job summaries, comments after an apply, and the issue about drift.
//!
//! Removals come first, and are cut last if a text is too long. Cutting never fails.

mod about;
mod adopted;
mod context;
mod details;
mod drift;
mod failures;
mod fit;
mod foot;
mod kept;
mod losses;
mod notes;
mod odd;
mod outward;
mod parts;
mod plan;
mod refusal;
mod released;
mod report;
mod request;
mod settings;
mod table;
#[cfg(test)]
mod tests;

pub use about::is_about;
pub use adopted::{ADOPTED_TITLE, Adopting, Kept, adopted};
pub use context::{Context, Link, State};
pub use drift::{DriftContext, Keep, drift};
pub use fit::Limit;
pub use foot::{is_current, restate};
pub use plan::{plan, plan_in_parts};
pub use refusal::refusal;
pub use report::report;
pub use request::{Asked, asked, asked_title};
pub use settings::{setting_changes, settings_note};
