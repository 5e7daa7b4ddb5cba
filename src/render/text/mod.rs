//! Plans and reports for a terminal. Styles are always written. The caller's sink strips them where there is no colour,
//! and no information depends on colour alone.

mod changes;
mod checkup;
mod drift;
mod notice;
mod options;
mod plan;
mod refusal;
mod released;
mod report;
mod style;
mod table;
mod targets;
mod title;
mod together;
mod wrap;

pub use checkup::{CheckupOptions, checkup};
pub use drift::drift;
pub use notice::sandbox;
pub use options::Options;
pub use plan::plan;
pub use refusal::refusal;
pub use report::report;

#[cfg(test)]
mod tests;
