//! `ci`, `report` and `status` through the real binary, against the sandbox and a GitHub on loopback.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::match_bool,
    reason = "a test may stop in the middle"
)]

mod adopt;
mod apply;
mod bench;
mod campaign;
mod drift;
mod due;
mod gate;
mod history;
mod leave;
mod matrix;
mod matrix_apply;
mod matrix_drift;
mod mirror;
mod narrowed;
mod plan;
mod planted;
mod request;
mod review;
mod sandbox;
mod stale;
mod stand_in;
mod stop;
mod trouble;
mod ways_out;
