//! Whether a plan may be carried out. The only way to an [`ApprovedPlan`], and it fails closed.

use std::collections::BTreeSet;

use super::review::Reviewed;
use crate::model::change::{ChangeRef, Plan, Released, Target};
use crate::model::edit::Edit;
use crate::model::settings::MaxRemovals;

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
    pub max_removals: MaxRemovals,
    /// What someone allowed for this run.
    pub allow_removals: Option<usize>,
    /// How much the whole plan takes away that was shown, of which this run may be one of several jobs.
    pub shown: Removals,
}

/// How much is taken away, by kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Removals {
    /// In all.
    pub all: usize,
    /// In portfolios and in the accounts that receive them.
    pub portfolios: usize,
    /// In product lists.
    pub marketplace: usize,
}

impl Removals {
    /// How much a plan takes away.
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

    /// The two together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            all: self.all + other.all,
            portfolios: self.portfolios + other.portfolios,
            marketplace: self.marketplace + other.marketplace,
        }
    }
}

/// What a limit is about.
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

/// A limit that a plan passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exceeded {
    /// How much the plan takes away of what the limit is about.
    pub removals: usize,
    /// How much is allowed.
    pub limit: usize,
    /// What the limit is about.
    pub of: LimitOf,
    /// How much the plan takes away in all: what has to be allowed for it to be carried out.
    pub all: usize,
}

impl Limits {
    /// Whether a plan takes away more than is allowed.
    pub fn exceeded_by(&self, plan: &Plan) -> bool {
        self.exceeded(plan).is_some()
    }

    /// The first limit that a plan passes. What someone allowed for this run is for all kinds together.
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

    /// What counts of a plan: where it takes anything away, no less than the plan that was shown as a whole.
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
    /// The changes in question, by target: nothing else stands in these targets.
    pub targets: Vec<Target>,
}

/// Why a plan may not be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It takes away more than is allowed.
    TooManyRemovals(Exceeded),
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
    if let Some(exceeded) = limits.exceeded(&plan) {
        let targets = only(&plan, |change| change.edit.takes_away() && exceeded.of.holds(change));
        return Err(Refusal { reason: Reason::TooManyRemovals(exceeded), digest: plan.digest, targets });
    }
    Ok(ApprovedPlan(plan))
}

/// The targets with the changes in question alone; those without any are left out.
fn only(plan: &Plan, wanted: impl Fn(ChangeRef<'_>) -> bool) -> Vec<Target> {
    let targets = plan.targets.iter().map(|target| target.only(&wanted));
    targets.filter(Target::has_changes).collect()
}
