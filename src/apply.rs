//! Runs an [`ApprovedPlan`]: targets side by side, each change in its turn, on past failures, until the end or until it
//! is stopped.
//!
//! It decides nothing: what is done is in the plan, how it is done is the writer's.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::{FuturesUnordered, Stream};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until};

use crate::cloud::{Count, Ledger, Writer};
use crate::model::change::{Plan, Target};
use crate::model::report::{Report, TargetReport};
use crate::model::target::TargetName;
use crate::plan::ApprovedPlan;

/// How long what is under way is waited for once the run is stopped. GitHub kills a cancelled job 10 s after the first
/// signal (GitHub Actions, "Workflow cancellation"), and the report has to be written before that.
const GRACE: Duration = Duration::from_secs(2);

/// Hears how an apply goes.
pub trait Listener {
    /// How often it wants to hear how far all has come.
    fn every(&self) -> Duration;

    /// How far the targets that have changes have come by now.
    fn goes_on(&mut self, counts: &BTreeMap<TargetName, Count>);

    /// A target that had changes has ended.
    fn ended(&mut self, target: &TargetReport);
}

/// Nobody listens.
impl Listener for () {
    fn every(&self) -> Duration {
        Duration::from_hours(1)
    }

    fn goes_on(&mut self, _counts: &BTreeMap<TargetName, Count>) {}

    fn ended(&mut self, _target: &TargetReport) {}
}

/// Carries out a plan.
///
/// Nothing here fails as a whole: what failed is in the report, and a target that fails never stops another. `stops`
/// gives a sentence for each wish to stop, such as a signal: with the first nothing new is begun, and what is under way
/// is waited for briefly; the second ends that wait. What has not ended then is told as begun.
pub async fn apply(
    plan: ApprovedPlan,
    writer: &Writer,
    stops: impl Stream<Item = String>,
    listener: &mut impl Listener,
) -> Report {
    let plan = plan.into_plan();
    let ledger = Ledger::new(&plan);
    let Plan { digest, catalog, targets, released } = plan;
    let report_of = |target: &Target| TargetReport { target: target.clone(), outcomes: ledger.outcomes(target) };
    {
        let with_changes = targets.iter().filter(|target| target.has_changes());
        let mut running: FuturesUnordered<_> = with_changes
            .map(|target| {
                let ledger = &ledger;
                async move {
                    writer.write(target, ledger).await;
                    target
                }
            })
            .collect();
        let mut stops = std::pin::pin!(stops.fuse());
        let mut until: Option<Instant> = None;
        let mut ticks = interval_at(Instant::now() + listener.every(), listener.every());
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let patience = async {
                match until {
                    Some(at) => sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            // Wishes to stop come first: after one nothing is begun.
            tokio::select! {
                biased;
                Some(reason) = stops.next() => {
                    ledger.stop(&reason);
                    let now = Instant::now();
                    until = Some(if until.is_none() { now + GRACE } else { now });
                }
                ended = running.next() => match ended {
                    Some(target) => listener.ended(&report_of(target)),
                    None => break,
                },
                () = patience => break,
                _ = ticks.tick() => listener.goes_on(&ledger.counts()),
            }
        }
    }
    Report { digest, catalog, targets: targets.iter().map(report_of).collect(), released }
}
