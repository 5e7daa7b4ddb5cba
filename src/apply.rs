//! Runs an [`ApprovedPlan`]: all targets side by side, whether or not one of them fails, until all are done or the run
//! is stopped.
//!
//! It decides nothing: the plan says what is done, and the writer says how.

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

/// How long running work is waited for once the run is stopped. GitHub kills a cancelled job 10 s after the first
/// signal (GitHub Actions, "Workflow cancellation"), and the report has to be written before that.
const GRACE: Duration = Duration::from_secs(2);

/// Receives the progress of an apply.
pub trait Listener {
    /// The interval between two calls of `goes_on`.
    fn every(&self) -> Duration;

    /// The progress so far of each target that has changes.
    fn goes_on(&mut self, counts: &BTreeMap<TargetName, Count>);

    /// A target that had changes has ended.
    fn ended(&mut self, target: &TargetReport);
}

/// Ignores the progress.
impl Listener for () {
    fn every(&self) -> Duration {
        Duration::from_hours(1)
    }

    fn goes_on(&mut self, _counts: &BTreeMap<TargetName, Count>) {}

    fn ended(&mut self, _target: &TargetReport) {}
}

/// Carries out a plan.
///
/// It never fails as a whole: failures are in the report, and a target that fails stops no other. `stops` gives a
/// sentence for each request to stop, such as a signal. After the first one nothing new is begun, and running work is
/// waited for briefly. The second one ends that wait. Work that has not ended by then is reported as begun.
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
            // Requests to stop are polled first, so that nothing new begins after one.
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
