//! A case of the campaign, and the code that runs cases in parallel.

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// On failure, what is wrong and what the runs printed.
pub(crate) type Verdict = Result<(), String>;

/// One fault in one call of one run.
pub(crate) struct Case {
    /// The kind of case, such as `apply/shares/dropped after`. A sample holds one case of each kind.
    pub(crate) kind: String,
    /// The call that the fault is in, such as `CreatePortfolioShare 2`.
    pub(crate) place: String,
    run: Box<dyn Fn() -> Verdict + Send + Sync>,
}

impl Case {
    pub(crate) fn new(kind: String, place: String, run: impl Fn() -> Verdict + Send + Sync + 'static) -> Self {
        Self { kind, place, run: Box::new(run) }
    }

    pub(crate) fn name(&self) -> String {
        format!("{}: {}", self.kind, self.place)
    }

    fn verdict(&self) -> Verdict {
        catch_unwind(AssertUnwindSafe(|| (self.run)())).unwrap_or_else(|panic| {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            Err(said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic").to_owned())
        })
    }
}

/// Runs a sample of the cases and prints how many cases it stands for.
pub(crate) fn fight_some(what: &str, cases: Vec<Case>, seed: u64, most: usize) {
    let all = cases.len();
    fight(&format!("{what}, a sample of {all} by the seed {seed}"), &sample(cases, seed, most), processors());
}

/// One case of each kind, chosen by the seed; at most `most` cases.
fn sample(cases: Vec<Case>, seed: u64, most: usize) -> Vec<Case> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut cases = cases;
    random.shuffle(&mut cases);
    cases.sort_by(|one, other| one.kind.cmp(&other.kind));
    cases.dedup_by(|one, other| one.kind == other.kind);
    random.shuffle(&mut cases);
    cases.truncate(most);
    cases
}

/// Runs all cases, several in parallel, and prints how many there were. Collects all failures before it panics.
pub(crate) fn fight(what: &str, cases: &[Case], side_by_side: usize) {
    assert!(!cases.is_empty(), "{what}: no case");
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..side_by_side.min(cases.len()) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases.get(at) else { break };
                    if at > 0 && at % 200 == 0 {
                        println!("{what}: {at} of {}", cases.len());
                    }
                    if let Err(said) = case.verdict() {
                        println!("failed: {}", case.name());
                        failures.lock().unwrap().push(format!("{}\n{said}", case.name()));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    println!("{what}: {} cases, {} failed", cases.len(), failures.len());
    assert!(failures.is_empty(), "{} of {} cases\n\n{}", failures.len(), cases.len(), failures.join("\n\n"));
}

/// The number of processors.
pub(crate) fn processors() -> usize {
    thread::available_parallelism().map_or(2, NonZero::get)
}

/// An error unless `holds` is true.
pub(crate) fn check(holds: bool, what: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(what()) }
}
