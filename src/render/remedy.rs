//! The next steps after an apply. Running it again is offered as the full solution only if it can finish everything.

use std::collections::BTreeMap;

use crate::model::report::{Outcome, Remedy, Report, Tally, TargetReport};

use super::words::count;

/// The next steps, a sentence or two each, with code between backticks. Empty if everything was applied.
pub(super) fn next_steps(report: &Report) -> Vec<String> {
    let Tally { applied: _, failed: _, skipped, unreadable } = report.tally();
    let refused = report.targets.iter().flat_map(|of| &of.outcomes).filter(|outcome| outcome.is_refused()).count();
    let skipped = skipped.saturating_sub(refused);
    let mut failed: BTreeMap<Remedy, usize> = BTreeMap::new();
    for (_, outcome) in report.targets.iter().flat_map(TargetReport::results) {
        match outcome {
            Outcome::Failed(failure) => *failed.entry(failure.remedy()).or_default() += 1,
            Outcome::Applied | Outcome::Skipped(_) => {}
        }
    }
    if unreadable + refused == 0 && failed.keys().all(|remedy| *remedy == Remedy::Again) {
        let all = failed.len() + skipped > 0;
        return all.then(|| "Running it again is safe and finishes what was left.".to_owned()).into_iter().collect();
    }
    let mut steps = vec!["Running it again is safe. What was left needs this:".to_owned()];
    steps.extend(failed.into_iter().map(|(remedy, number)| step(remedy, number)));
    if refused > 0 {
        steps.push(format!("{} refused. Another run does not help: see above what does.", count(refused, "change")));
    }
    if skipped > 0 {
        steps.push(format!(
            "{} not tried: made by the next run, once what held it up is gone.",
            count(skipped, "change")
        ));
    }
    if unreadable > 0 {
        steps.push(format!(
            "{} could not be read. Mend the cause given above, then run it again.",
            count(unreadable, "target")
        ));
    }
    steps
}

fn step(remedy: Remedy, number: usize) -> String {
    let changes = count(number, "change");
    match remedy {
        Remedy::Again => format!("{changes} failed for a reason that passes: run it again."),
        Remedy::Permission => {
            format!(
                "{changes} denied: give the role what it lacks, as said above (`catalog-sync doctor --mode apply` checks \
                 all of it), then run it again."
            )
        }
        Remedy::Quota => format!("{changes} over a quota: have it raised or make room below it, then run it again."),
        Remedy::NewPlan => {
            format!(
                "{changes} out of date: the live state has changed since the plan. Make a new plan, review it, apply it."
            )
        }
        Remedy::Entry => format!("{changes} refused by AWS as written: correct the catalog, then plan again."),
        Remedy::Repair => {
            format!(
                "{changes} ended without some of the accounts, which are named above. `drift` shows a share that lacks \
                 accounts; `--repair-shares` removes it and makes it again."
            )
        }
        Remedy::Unknown => {
            format!("{changes} failed for the reason that AWS gives above: see to it, then run it again.")
        }
    }
}
