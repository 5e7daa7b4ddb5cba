//! How fast AWS is asked: published rates per account and operation, a bound on calls in flight, one way of waiting
//! for what is asynchronous, and the count of calls.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit, watch};
use tokio::time::{Instant, sleep, sleep_until};

use super::{Place, Timing};

/// Calls that were made, by operation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallCount {
    /// How many calls of each operation.
    pub by_operation: BTreeMap<&'static str, u64>,
}

impl CallCount {
    /// How many calls in all. What the SDK repeats on its own counts once.
    pub fn total(&self) -> u64 {
        self.by_operation.values().sum()
    }
}

/// How often an operation may be called in one account: `burst` calls at once, then `per_second`.
struct Rate {
    per_second: u32,
    burst: u32,
}

/// The rate of an operation.
///
/// Marketplace Catalog publishes its own ("AWS Marketplace endpoints and quotas" in the AWS General Reference), but
/// for `BatchDescribeEntities`, which is taken to be as dear as `ListEntities`. Service Catalog publishes none: shares
/// keep to the one a second that Terraform's AWS provider reports (`portfolio_share.go`), reads are a guess. So are
/// those of Organizations, which throttles tools that walk it without a pause
/// (awslabs/aws-deployment-framework#788). The SDK's backoff does the rest.
fn rate(operation: &str) -> Option<Rate> {
    let (per_second, burst) = match operation {
        "DescribeEntity" => (20, 20),
        "ListEntities" | "BatchDescribeEntities" | "DescribeChangeSet" => (10, 10),
        "StartChangeSet" | "ListChangeSets" => (5, 5),
        "CreatePortfolioShare" | "UpdatePortfolioShare" | "DeletePortfolioShare" => (1, 5),
        "ListPortfolios" | "DescribePortfolio" | "DescribePortfolioShares" | "DescribePortfolioShareStatus" => (20, 40),
        "ListRoots"
        | "ListAccounts"
        | "ListAccountsForParent"
        | "ListOrganizationalUnitsForParent"
        | "ListParents"
        | "DescribeAccount"
        | "DescribeOrganization"
        | "DescribeOrganizationalUnit" => (8, 12),
        _ => return None,
    };
    Some(Rate { per_second, burst })
}

/// Holds calls back and counts them.
#[derive(Debug)]
pub(crate) struct Pace {
    paced: bool,
    in_flight: Semaphore,
    /// When the next call of an operation is due at an even pace (a generic cell rate algorithm).
    due: Mutex<BTreeMap<(Place, &'static str), Instant>>,
    counts: Mutex<CallCount>,
    made: watch::Sender<u64>,
}

impl Pace {
    /// At most `concurrency` calls in flight, and rates only where `paced`.
    pub(crate) fn new(concurrency: usize, paced: bool) -> Self {
        Self {
            paced,
            in_flight: Semaphore::new(concurrency.max(1)),
            due: Mutex::default(),
            counts: Mutex::default(),
            made: watch::Sender::new(0),
        }
    }

    /// Waits for its turn, and counts. The call holds what it gets for as long as it takes.
    pub(crate) async fn admit(&self, place: &Place, operation: &'static str) -> Option<SemaphorePermit<'_>> {
        if let Some(at) = self.reserve(place, operation, Instant::now()) {
            sleep_until(at).await;
        }
        self.count(operation);
        // The semaphore is never closed.
        self.in_flight.acquire().await.ok()
    }

    /// Counts a call that waits for nobody: one for credentials, which another call is waiting for already.
    pub(crate) fn count(&self, operation: &'static str) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.by_operation.entry(operation).or_default() += 1;
        self.made.send_modify(|made| *made += 1);
    }

    /// What was counted.
    pub(crate) fn counts(&self) -> CallCount {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The number of calls as it grows.
    pub(crate) fn made(&self) -> watch::Receiver<u64> {
        self.made.subscribe()
    }

    /// Takes the next place in the line of an operation, if it has one.
    fn reserve(&self, place: &Place, operation: &'static str, now: Instant) -> Option<Instant> {
        let rate = rate(operation).filter(|_| self.paced)?;
        let interval = Duration::from_secs(1) / rate.per_second;
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let next = due.entry((place.clone(), operation)).or_insert(now);
        let at = next.checked_sub(interval * rate.burst.saturating_sub(1)).unwrap_or(now);
        *next = (*next).max(now) + interval;
        Some(at)
    }
}

/// How often a call is made anew after the SDK has given up because no answer came: what was done is looked at each
/// time, and an outage of minutes is not waited for.
pub(crate) const LOST: u32 = 3;

/// The one way of waiting for anything asynchronous: pauses that grow, with jitter, until a deadline.
#[derive(Debug)]
pub(crate) struct Patience {
    pause: Duration,
    longest: Duration,
    until: Instant,
}

impl Patience {
    pub(crate) fn new(timing: &Timing) -> Self {
        Self { pause: timing.poll, longest: timing.poll * 8, until: Instant::now() + timing.patience }
    }

    /// Waits a little; says false where the deadline has passed instead.
    pub(crate) async fn pause(&mut self) -> bool {
        if Instant::now() >= self.until {
            return false;
        }
        sleep(self.pause.mul_f64(0.75 + fastrand::f64() / 2.0)).await;
        self.pause = (self.pause * 3 / 2).min(self.longest);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place { account: "111111111111".parse().unwrap(), region: "us-east-1".parse().unwrap() }
    }

    #[test]
    fn a_burst_passes_and_then_the_rate_holds() {
        let (pace, now) = (Pace::new(4, true), Instant::now() + Duration::from_mins(1));
        let wait = || pace.reserve(&place(), "StartChangeSet", now).unwrap().saturating_duration_since(now);
        let waits: Vec<_> = (0..7).map(|_| wait().as_millis()).collect();
        assert_eq!(waits, [0, 0, 0, 0, 0, 200, 400]);
    }

    #[test]
    fn accounts_do_not_wait_for_each_other() {
        let (pace, now) = (Pace::new(4, true), Instant::now() + Duration::from_mins(1));
        for _ in 0..50 {
            pace.reserve(&place(), "StartChangeSet", now);
        }
        let other = Place { account: "222222222222".parse().unwrap(), ..place() };
        assert!(pace.reserve(&other, "StartChangeSet", now).unwrap() <= now);
    }

    #[test]
    fn an_emulation_is_not_paced() {
        assert_eq!(Pace::new(4, false).reserve(&place(), "StartChangeSet", Instant::now()), None);
    }

    #[test]
    fn calls_are_counted_by_operation() {
        let pace = Pace::new(1, false);
        pace.count("ListPortfolios");
        pace.count("ListPortfolios");
        pace.count("AssumeRole");
        assert_eq!(pace.counts().total(), 3);
        assert_eq!(pace.counts().by_operation["ListPortfolios"], 2);
        assert_eq!(*pace.made().borrow(), 3);
    }
}
