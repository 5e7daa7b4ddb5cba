//! Whether a plan may be carried out. The only way to an [`ApprovedPlan`], and it fails closed.

use std::collections::BTreeSet;

use super::wire;
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
}

impl Limits {
    /// Whether a plan takes away more than is allowed.
    pub fn exceeded_by(&self, plan: &Plan) -> bool {
        removals(plan) > self.limit()
    }

    fn limit(&self) -> usize {
        self.max_removals.max(self.allow_removals.unwrap_or_default())
    }
}

fn removals(plan: &Plan) -> usize {
    plan.changes().filter(|(_, change)| change.edit.takes_away()).count()
}

/// The changes that somebody has seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reviewed {
    /// One by one.
    fingerprints: BTreeSet<String>,
    /// All of a plan, where there were too many to keep each.
    digests: BTreeSet<String>,
}

impl Reviewed {
    /// What a plan shows.
    pub fn of(plan: &Plan) -> Self {
        let changes = plan.changes().map(|(target, change)| wire::fingerprint(target, change));
        Self::from_fingerprints(changes.chain(plan.released.iter().map(wire::fingerprint_of_released)))
    }

    /// What was kept of a plan that was shown.
    pub fn from_fingerprints(changes: impl IntoIterator<Item = String>) -> Self {
        Self { fingerprints: changes.into_iter().collect(), digests: BTreeSet::new() }
    }

    /// A plan that was shown and of which nothing but the digest was kept: it counts as a whole or not at all.
    pub fn from_digest(digest: String) -> Self {
        Self { fingerprints: BTreeSet::new(), digests: BTreeSet::from([digest]) }
    }

    /// This and what else somebody has seen.
    pub fn and(mut self, other: Self) -> Self {
        let Self { fingerprints, digests } = other;
        self.fingerprints.extend(fingerprints);
        self.digests.extend(digests);
        self
    }

    /// The changes one by one, sorted.
    pub fn fingerprints(&self) -> impl Iterator<Item = &str> {
        self.fingerprints.iter().map(String::as_str)
    }

    /// Whether all of a plan was seen.
    pub fn covers(&self, plan: &Plan) -> bool {
        plan.changes().all(|(target, change)| self.has_seen(plan, target, change))
    }

    /// What a plan releases and nobody has seen. It blocks nothing, since nothing is changed there.
    pub fn unseen_released<'p>(&self, plan: &'p Plan) -> impl Iterator<Item = &'p Released> {
        plan.released.iter().filter(|released| !self.fingerprints.contains(&wire::fingerprint_of_released(released)))
    }

    fn has_seen(&self, plan: &Plan, target: &Target, change: ChangeRef<'_>) -> bool {
        self.digests.contains(&plan.digest) || self.fingerprints.contains(&wire::fingerprint(target, change))
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

/// Lets a plan through where it takes away no more than is allowed and, with `reviewed`, holds nothing that nobody has
/// seen. A reviewed change that is no longer in the plan is fine: someone has done it.
pub fn approve(plan: Plan, limits: Limits, reviewed: Option<&Reviewed>) -> Result<ApprovedPlan, Refusal> {
    if let Some(seen) = reviewed {
        let targets = only(&plan, |target, change| !seen.has_seen(&plan, target, change));
        let changes = targets.iter().map(|target| target.changes().count()).sum();
        if changes > 0 {
            return Err(Refusal { reason: Reason::Unreviewed { changes }, digest: plan.digest, targets });
        }
    }
    if limits.exceeded_by(&plan) {
        let (removals, limit) = (removals(&plan), limits.limit());
        let targets = only(&plan, |_, change| change.edit.takes_away());
        return Err(Refusal { reason: Reason::TooManyRemovals { removals, limit }, digest: plan.digest, targets });
    }
    Ok(ApprovedPlan(plan))
}

/// The targets with the changes in question alone; those without any are left out.
fn only(plan: &Plan, wanted: impl Fn(&Target, ChangeRef<'_>) -> bool) -> Vec<Target> {
    let targets = plan.targets.iter().map(|target| target.only(|change| wanted(target, change)));
    targets.filter(Target::has_changes).collect()
}
