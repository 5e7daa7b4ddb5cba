//! The fuzz targets of `fuzz/`, run over their corpus and over inputs made from it with a seed. This needs no nightly
//! toolchain.
//!
//! `CATALOG_SYNC_FUZZ_SEED` chooses other inputs, `CATALOG_SYNC_FUZZ_ROUNDS` more of them.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop in the middle"
)]

#[path = "../../fuzz/targets/catalog.rs"]
mod catalog;
#[path = "../../fuzz/targets/edit.rs"]
mod edit;
#[path = "../../fuzz/targets/escape.rs"]
mod escape;
#[path = "../../fuzz/targets/foreign.rs"]
mod foreign;
#[path = "../../fuzz/targets/github.rs"]
mod github;
#[path = "../../fuzz/targets/plan_file.rs"]
mod plan_file;
#[path = "../../fuzz/targets/reference.rs"]
mod reference;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use fastrand::Rng;

/// Texts that are special to one of the readers.
const WORDS: [&str; 24] = [
    "\n",
    "  ",
    ": ",
    "- ",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'",
    "#",
    "# catalog-sync: ignore[id_case] why",
    "&a",
    "*a",
    "<<: *a",
    "null",
    "999999999999999999999",
    "\u{feff}",
    "\u{202e}",
    "\r",
    "-->",
    "`",
    "|",
    "ou-acme-prod0001",
];

fn number(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).map_or(usual, |text| text.parse().expect("a number"))
}

fn corpus(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

/// Changes a text in a few places.
fn bend(random: &mut Rng, mut bytes: Vec<u8>, other: &[u8]) -> Vec<u8> {
    for _ in 0..random.usize(1..5) {
        let at = random.usize(0..=bytes.len());
        let end = random.usize(at..=bytes.len().min(at + 40));
        match random.u8(0..6) {
            0 => drop(bytes.drain(at..end)),
            1 => {
                let piece = bytes[at..end].to_vec();
                let to = random.usize(0..=bytes.len());
                drop(bytes.splice(to..to, piece));
            }
            2 => drop(bytes.splice(at..at, random.choice(WORDS).unwrap().bytes())),
            3 => {
                let from = random.usize(0..=other.len());
                let to = random.usize(from..=other.len().min(from + 80));
                drop(bytes.splice(at..end, other[from..to].iter().copied()));
            }
            4 => drop(bytes.splice(at..at, [random.u8(..)])),
            _ if at < bytes.len() => bytes[at] ^= 1 << random.u8(0..8),
            _ => {}
        }
    }
    bytes
}

/// Runs a target over its corpus and over changed inputs.
fn fuzz(target: &str, rounds: u64, run: fn(&[u8])) {
    let corpus = corpus(target);
    assert!(corpus.len() > 1, "{target} has no corpus");
    for (path, bytes) in &corpus {
        assert!(catch_unwind(AssertUnwindSafe(|| run(bytes))).is_ok(), "{}", path.display());
    }
    let seed = number("CATALOG_SYNC_FUZZ_SEED", 1);
    let mut random = Rng::with_seed(seed);
    for round in 0..number("CATALOG_SYNC_FUZZ_ROUNDS", rounds) {
        let (_, bytes) = random.choice(&corpus).unwrap();
        let (_, other) = random.choice(&corpus).unwrap();
        let input = bend(&mut random, bytes.clone(), other);
        if catch_unwind(AssertUnwindSafe(|| run(&input))).is_err() {
            let kept = std::env::temp_dir().join(format!("catalog-sync-fuzz-{target}-{seed}-{round}"));
            fs::write(&kept, &input).unwrap();
            panic!("{target}, seed {seed}, round {round}; the input is in {}", kept.display());
        }
    }
}

#[test]
fn catalog_files() {
    fuzz("catalog", 400, catalog::run);
}

#[test]
fn lists_that_are_edited() {
    fuzz("edit", 300, edit::run);
}

#[test]
fn escaping() {
    fuzz("escape", 5_000, escape::run);
}

#[test]
fn files_of_other_tools() {
    fuzz("foreign", 200, foreign::run);
}

#[test]
fn what_comes_from_github() {
    fuzz("github", 2_000, github::run);
}

#[test]
fn saved_plans_and_reports() {
    fuzz("plan_file", 300, plan_file::run);
}

#[test]
fn pasted_addresses() {
    fuzz("reference", 5_000, reference::run);
}
