//! Whether a plan may be carried out. The only way to an [`ApprovedPlan`], and it fails closed.

use std::collections::BTreeSet;

use super::wire;
use crate::model::change::{Action, Change, Edit, Plan, Target, TargetState};

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
}

/// The changes that somebody has seen, in canonical form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reviewed(BTreeSet<String>);

impl Reviewed {
    /// What a plan shows.
    pub fn of(plan: &Plan) -> Self {
        Self(plan.changes().map(|(target, change)| wire::canonical(&target.name, change)).collect())
    }

    /// What was kept of a plan that was shown.
    pub fn from_canonical(changes: impl IntoIterator<Item = String>) -> Self {
        Self(changes.into_iter().collect())
    }

    /// The canonical changes, sorted.
    pub fn canonical(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
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

/// Whether a change takes something away. A first procurement policy does: until then everything could be bought.
pub(super) fn takes_away(change: &Change) -> bool {
    change.edit.action() == Action::Remove || matches!(change.edit, Edit::ProcurementPolicy { name: _ })
}

/// Lets a plan through where it takes away no more than is allowed and, with `reviewed`, holds nothing that nobody has
/// seen. A reviewed change that is no longer in the plan is fine: someone has done it.
pub fn approve(plan: Plan, limits: Limits, reviewed: Option<&Reviewed>) -> Result<ApprovedPlan, Refusal> {
    if let Some(Reviewed(seen)) = reviewed {
        let unseen = |target: &Target, change: &Change| !seen.contains(&wire::canonical(&target.name, change));
        let targets = only(&plan, unseen);
        let changes = targets.iter().map(|target| target.changes().len()).sum();
        if changes > 0 {
            return Err(Refusal { reason: Reason::Unreviewed { changes }, digest: plan.digest, targets });
        }
    }
    let removals = plan.changes().filter(|(_, change)| takes_away(change)).count();
    let limit = limits.max_removals.max(limits.allow_removals.unwrap_or_default());
    if removals > limit {
        let targets = only(&plan, |_, change| takes_away(change));
        return Err(Refusal { reason: Reason::TooManyRemovals { removals, limit }, digest: plan.digest, targets });
    }
    Ok(ApprovedPlan(plan))
}

/// The targets with the changes in question alone; those without any are left out.
fn only(plan: &Plan, wanted: impl Fn(&Target, &Change) -> bool) -> Vec<Target> {
    let mut targets = Vec::new();
    for target in &plan.targets {
        let mut copy = target.clone();
        if let TargetState::Complete { subject: _, changes, left_alone: _ } = &mut copy.state {
            changes.retain(|change| wanted(target, change));
            if !changes.is_empty() {
                targets.push(copy);
            }
        }
    }
    targets
}
