//! The Action in a real runner: `act` runs workflow files of the repository in a copy of it, and the tests check the
//! results. Without `act` on the `PATH` the tests are skipped and say so; `CATALOG_SYNC_REQUIRE_ACT=1` makes that a
//! failure.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::expect_used,
    reason = "a test may stop in the middle"
)]

mod bed;
#[cfg(feature = "sandbox")]
mod events;
mod inputs;
mod install;
#[cfg(feature = "sandbox")]
mod matrix;
#[allow(
    dead_code,
    clippy::duplicate_mod,
    clippy::match_bool,
    clippy::redundant_closure_for_method_calls,
    reason = "it is the house of the tests of `ci` by itself, which need more of it"
)]
#[cfg(feature = "sandbox")]
#[path = "../github/stand_in.rs"]
mod stand_in;
