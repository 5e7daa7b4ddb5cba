//! Desired against live: what has to be read, what would change, whether that may be done, and the form that machines
//! read. Pure.

mod anew;
mod base;
pub mod canonical;
mod chosen;
mod clean_up;
mod compose;
mod coverage;
mod diff;
mod difference;
mod due;
mod ending;
mod explain;
mod governed;
mod guard;
mod ignored;
mod inherited;
mod labels;
mod leftovers;
mod local_terms;
mod losers;
mod marketplace;
mod mirror;
mod order;
mod planned;
mod portfolio;
mod product_names;
mod products;
mod reach;
mod receiving;
mod recipient;
mod recipients;
mod resolve;
mod review;
mod running;
mod settings;
mod sift;
mod standing;
mod terms;
mod told;
mod units;
mod usage;
mod wanted;
mod wants;
mod warnings;
pub mod wire;

#[cfg(test)]
mod tests;

pub use anew::anew;
pub use compose::{Earlier, compose, wants_of_all};
pub use diff::{diff, diff_and};
pub use difference::differing;
pub use due::{Due, due, may_be_due};
pub use explain::{identify, sight, sight_wants};
pub use guard::{ApprovedPlan, Exceeded, LimitOf, Limits, Reason, Refusal, Removals, approve};
pub use products::{Asked, MOST_PRODUCTS, Products, products, titled};
pub use reach::Repairs;
pub use receiving::{Receiving, receiving, receiving_wants};
pub use review::Reviewed;
pub use running::{running, running_wants};
pub use settings::{max_removals, setting_changes};
pub use sift::{Sifted, sift};
pub use standing::standing;
pub use usage::{usage, usage_wants};
pub use wants::{Goal, names, reach, wants};
