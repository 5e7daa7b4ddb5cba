//! The vocabulary: what a catalog says, what is live, what a plan changes. No logic beyond what a word means,
//! no input or output.

pub mod action;
pub mod because;
pub mod change;
pub mod checkup;
pub mod desired;
pub mod edit;
pub mod error_code;
pub mod experience;
pub mod finding;
pub mod hex;
pub mod id;
pub mod lists;
pub mod live;
pub mod local;
pub mod mirror;
pub mod offer;
pub mod organization;
pub mod permission;
pub mod portfolio;
pub mod reached;
pub mod recipient;
pub mod recipient_edit;
pub mod report;
pub mod repository;
pub mod running;
pub mod settings;
pub mod sight;
pub mod spelling;
pub mod target;
pub mod trust;
pub mod usage;
pub mod wants;
