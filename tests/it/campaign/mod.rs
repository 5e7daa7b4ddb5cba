//! The fault campaign: every command, every call that it makes, every fault, and what must hold after each of them.
//!
//! `cargo test` runs a sample with one case of each kind in each scene; `CATALOG_SYNC_CAMPAIGN_SEED` chooses it.
//! `cargo test --test it campaign -- --ignored --nocapture` runs all cases. `CATALOG_SYNC_CAMPAIGN` narrows them to
//! the cases whose name contains its text.

#![allow(clippy::print_stdout, reason = "the whole takes long, and says how far it is")]

mod apply;
pub(crate) mod case;
pub(crate) mod facts;
mod reads;
mod scene;
mod stopped;
mod trouble;

use case::{Case, fight, fight_some, processors};
use scene::SCENES;

pub(crate) fn seed() -> u64 {
    std::env::var("CATALOG_SYNC_CAMPAIGN_SEED").map_or(1, |seed| seed.parse().expect("a number"))
}

pub(crate) fn wanted(cases: Vec<Case>) -> Vec<Case> {
    let Ok(text) = std::env::var("CATALOG_SYNC_CAMPAIGN") else { return cases };
    cases.into_iter().filter(|case| case.name().contains(&text)).collect()
}

#[test]
fn sample_of_applies_in_trouble() {
    fight_some("applies in trouble", apply::cases(), seed(), 48);
}

#[test]
#[ignore = "the whole campaign takes long: it has a job of its own"]
fn every_apply_in_trouble() {
    fight("applies in trouble", &wanted(apply::cases()), 4 * processors());
}

#[test]
fn sample_of_applies_that_are_stopped() {
    fight_some("applies that are stopped", stopped::cases(), seed(), 8);
}

#[test]
#[ignore = "the whole campaign takes long: it has a job of its own"]
fn every_apply_that_is_stopped() {
    // These runs wait for AWS most of the time.
    fight("applies that are stopped", &wanted(stopped::cases()), 4 * processors());
}

#[test]
fn sample_of_looks_in_trouble() {
    let seed = seed();
    let scene = usize::try_from(seed).unwrap() % SCENES.len();
    fight_some("looks in trouble", reads::cases(&SCENES[scene..=scene]), seed, 48);
}

#[test]
#[ignore = "the whole campaign takes long: it has a job of its own"]
fn every_look_in_trouble() {
    fight("looks in trouble", &wanted(reads::cases(SCENES)), 4 * processors());
}
