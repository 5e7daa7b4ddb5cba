//! Whether a plan may be carried out. The only way to an [`ApprovedPlan`], and it fails closed.

use std::collections::BTreeSet;

use super::review::Reviewed;
use crate::model::change::{ChangeRef, Plan, Released, Target};

/// A plan that may be carried out: within its limits, and, where someone had to, seen.
#[derive(Debug, Clone)]
pub struct ApprovedPlan(Plan);

impl ApprovedPlan {
    /// The plan.
    pub fn into_plan(self) -> Plan {
        self.0
    }
}

/// How much may be taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// What the settings allow.
    pub max_removals: usize,
    /// What someone allowed for this run.
    pub allow_removals: Option<usize>,
    /// How much the whole plan takes away that was shown, of which this run may be one of several jobs.
    pub shown: usize,
}

impl Limits {
    /// Whether a plan takes away more than is allowed.
    pub fn exceeded_by(&self, plan: &Plan) -> bool {
        self.counted(plan) > self.limit()
    }

    /// What counts of a plan: where it takes anything away, no less than the plan that was shown as a whole.
    fn counted(&self, plan: &Plan) -> usize {
        match removals(plan) {
            0 => 0,
            own => own.max(self.shown),
        }
    }

    fn limit(&self) -> usize {
        self.max_removals.max(self.allow_removals.unwrap_or_default())
    }
}

fn removals(plan: &Plan) -> usize {
    plan.changes().filter(|(_, change)| change.edit.takes_away()).count()
}

/// A plan that may not be carried out, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why not.
    pub reason: Reason,
    /// The digest of the plan.
    pub digest: String,
    /// The changes in question, by target: nothing else stands in these targets.
    pub targets: Vec<Target>,
}

/// Why a plan may not be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It takes away more than is allowed.
    TooManyRemovals {
        /// How much it takes away.
        removals: usize,
        /// How much is allowed.
        limit: usize,
    },
    /// It holds changes that nobody has seen.
    Unreviewed {
        /// How many.
        changes: usize,
    },
}

/// Lets a plan through where it takes away no more than is allowed and, with `reviewed`, holds nothing that nobody has
/// seen. A reviewed change that is no longer in the plan is fine: someone has done it. What is governed no longer blocks
/// nothing, since nothing is changed there: where nobody is known to have seen it, that is marked.
pub fn approve(mut plan: Plan, limits: Limits, reviewed: Option<&Reviewed>) -> Result<ApprovedPlan, Refusal> {
    if let Some(seen) = reviewed {
        let unseen: BTreeSet<Released> = seen.unseen_released(&plan).cloned().collect();
        for released in &mut plan.released {
            released.unseen = unseen.contains(released);
        }
        let targets = seen.unseen(&plan);
        let changes = targets.iter().map(|target| target.changes().count()).sum();
        if changes > 0 {
            return Err(Refusal { reason: Reason::Unreviewed { changes }, digest: plan.digest, targets });
        }
    }
    if limits.exceeded_by(&plan) {
        let (removals, limit) = (limits.counted(&plan), limits.limit());
        let targets = only(&plan, |change| change.edit.takes_away());
        return Err(Refusal { reason: Reason::TooManyRemovals { removals, limit }, digest: plan.digest, targets });
    }
    Ok(ApprovedPlan(plan))
}

/// The targets with the changes in question alone; those without any are left out.
fn only(plan: &Plan, wanted: impl Fn(ChangeRef<'_>) -> bool) -> Vec<Target> {
    let targets = plan.targets.iter().map(|target| target.only(&wanted));
    targets.filter(Target::has_changes).collect()
}
