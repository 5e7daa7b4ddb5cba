//! The Action as an Action: `act`, a real runner, carries out workflow files of the repository in a copy of it, and the
//! tests look at what arrived. Without `act` on the PATH they leave themselves out and say so;
//! `CATALOG_SYNC_REQUIRE_ACT=1` makes that a failure.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may stop in the middle")]

mod bed;
mod inputs;
mod install;
