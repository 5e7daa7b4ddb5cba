//! Decides whether a plan may be carried out. It is the only way to an [`ApprovedPlan`], and it fails closed.

use std::collections::BTreeSet;

use super::review::Reviewed;
use crate::model::change::{ChangeRef, Plan, Released, Target};
use crate::model::edit::Edit;
use crate::model::settings::MaxRemovals;

/// A plan that may be carried out: it is within its limits and, if a review is required, all its changes were shown.
#[derive(Debug, Clone)]
pub struct ApprovedPlan(Plan);

impl ApprovedPlan {
    /// The plan.
    pub fn into_plan(self) -> Plan {
        self.0
    }
}

/// How many removals are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// `safety.max_removals` of the settings.
    pub max_removals: MaxRemovals,
    /// The removals that were allowed for this run.
    pub allow_removals: Option<usize>,
    /// The removals of the whole plan that was shown. This run may be one of several jobs that carry it out.
    pub shown: Removals,
}

/// The number of removals, by kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Removals {
    /// All removals.
    pub all: usize,
    /// In portfolios and in the accounts that receive them.
    pub portfolios: usize,
    /// In product lists.
    pub marketplace: usize,
}

impl Removals {
    /// Counts the removals of a plan.
    pub fn of(plan: &Plan) -> Self {
        let mut removals = Self::default();
        for (_, change) in plan.changes().filter(|(_, change)| change.edit.takes_away()) {
            removals.all += 1;
            match change.edit {
                Edit::Hub(_) | Edit::Recipient(_) => removals.portfolios += 1,
                Edit::Experience(_) => removals.marketplace += 1,
            }
        }
        removals
    }

    /// The sum of both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            all: self.all + other.all,
            portfolios: self.portfolios + other.portfolios,
            marketplace: self.marketplace + other.marketplace,
        }
    }
}

/// The removals that a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitOf {
    /// All kinds together.
    All,
    /// Portfolios.
    Portfolios,
    /// Product lists.
    Marketplace,
}

impl LimitOf {
    fn holds(self, change: ChangeRef<'_>) -> bool {
        match (self, change.edit) {
            (Self::All, _)
            | (Self::Portfolios, Edit::Hub(_) | Edit::Recipient(_))
            | (Self::Marketplace, Edit::Experience(_)) => true,
            (Self::Portfolios, Edit::Experience(_)) | (Self::Marketplace, Edit::Hub(_) | Edit::Recipient(_)) => false,
        }
    }
}

/// A limit that a plan exceeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exceeded {
    /// How many removals of the plan the limit counts.
    pub removals: usize,
    /// How many are allowed.
    pub limit: usize,
    /// The removals that the limit counts.
    pub of: LimitOf,
    /// All removals of the plan: so many have to be allowed before it can be carried out.
    pub all: usize,
}

impl Limits {
    /// Whether a plan exceeds a limit.
    pub fn exceeded_by(&self, plan: &Plan) -> bool {
        self.exceeded(plan).is_some()
    }

    /// The first limit that a plan exceeds. `allow_removals` is for all kinds together.
    pub fn exceeded(&self, plan: &Plan) -> Option<Exceeded> {
        let Removals { all, portfolios, marketplace } = self.counted(plan);
        let allowed = self.allow_removals.unwrap_or_default();
        if all <= allowed {
            return None;
        }
        let limits = [
            (all, self.max_removals.together.map(|limit| limit.max(allowed)), LimitOf::All),
            (portfolios, self.max_removals.portfolios, LimitOf::Portfolios),
            (marketplace, self.max_removals.marketplace, LimitOf::Marketplace),
        ];
        limits.into_iter().find_map(|(removals, limit, of)| {
            let limit = limit.filter(|limit| removals > *limit)?;
            Some(Exceeded { removals, limit, of, all })
        })
    }

    /// The removals that count: those of the plan, or those of the plan that was shown if these are more. No removals
    /// stay none.
    fn counted(&self, plan: &Plan) -> Removals {
        let own = Removals::of(plan);
        let counted = |own: usize, shown: usize| if own == 0 { 0 } else { own.max(shown) };
        Removals {
            all: counted(own.all, self.shown.all),
            portfolios: counted(own.portfolios, self.shown.portfolios),
            marketplace: counted(own.marketplace, self.shown.marketplace),
        }
    }
}

/// A plan that may not be carried out, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why not.
    pub reason: Reason,
    /// The digest of the plan.
    pub digest: String,
    /// The changes in question, by target. All other changes are left out.
    pub targets: Vec<Target>,
}

/// Why a plan may not be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It takes away more than is allowed.
    TooManyRemovals(Exceeded),
    /// It holds changes that were not shown.
    Unreviewed {
        /// How many such changes.
        changes: usize,
    },
}

/// Lets a plan through if it removes no more than is allowed and, with `reviewed`, if all its changes were shown. A
/// reviewed change that is no longer in the plan is fine: someone has done it. Resources that are no longer governed
/// block nothing, since nothing changes there. The ones that were not shown are marked.
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
    if let Some(exceeded) = limits.exceeded(&plan) {
        let targets = only(&plan, |change| change.edit.takes_away() && exceeded.of.holds(change));
        return Err(Refusal { reason: Reason::TooManyRemovals(exceeded), digest: plan.digest, targets });
    }
    Ok(ApprovedPlan(plan))
}

/// The targets with the wanted changes alone. Targets without any are left out.
fn only(plan: &Plan, wanted: impl Fn(ChangeRef<'_>) -> bool) -> Vec<Target> {
    let targets = plan.targets.iter().map(|target| target.only(&wanted));
    targets.filter(Target::has_changes).collect()
}
