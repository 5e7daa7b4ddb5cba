//! Runs an [`ApprovedPlan`]: targets side by side, the order inside each kept, on past failures.
//!
//! It decides nothing: what is done is in the plan, how it is done is the writer's.

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use crate::cloud::Writer;
use crate::model::change::{Plan, Target};
use crate::model::report::{Report, TargetReport};
use crate::plan::ApprovedPlan;

/// Carries out a plan. `done` hears of every target that had changes as it ends.
///
/// Nothing here fails as a whole: what failed is in the report, and a target that fails never stops another.
pub async fn apply(plan: ApprovedPlan, writer: &Writer, mut done: impl FnMut(&TargetReport)) -> Report {
    let Plan { digest, catalog, targets, released } = plan.into_plan();
    let mut running: FuturesUnordered<_> =
        targets.into_iter().enumerate().map(|(index, target)| carry_out(writer, index, target)).collect();
    let mut reports = Vec::new();
    while let Some((index, report)) = running.next().await {
        if !report.outcomes.is_empty() {
            done(&report);
        }
        reports.push((index, report));
    }
    reports.sort_by_key(|(index, _)| *index);
    Report { digest, catalog, targets: reports.into_iter().map(|(_, report)| report).collect(), released }
}

async fn carry_out(writer: &Writer, index: usize, target: Target) -> (usize, TargetReport) {
    let outcomes = if target.has_changes() { writer.write(&target).await } else { Vec::new() };
    (index, TargetReport { target, outcomes })
}
