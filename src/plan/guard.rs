//! Whether a plan may be carried out. The only way to an [`ApprovedPlan`], and it fails closed.

use std::collections::BTreeSet;
use std::fmt;

use super::wire;
use crate::model::change::{Action, Change, Edit, Plan, Target};
use crate::model::target::TargetName;

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

/// Why a plan may not be carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It takes away more than is allowed.
    TooManyRemovals {
        /// How much it takes away.
        removals: usize,
        /// How much is allowed.
        limit: usize,
    },
    /// It holds changes that nobody has seen.
    Unreviewed {
        /// They, by target.
        changes: Vec<(TargetName, Change)>,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyRemovals { removals, limit } => write!(
                f,
                "the plan takes away {removals} and at most {limit} are allowed: look at each of them, then say \
                 --allow-removals {removals}, or raise safety.max_removals in the settings"
            ),
            Self::Unreviewed { changes } => {
                let what = if changes.len() == 1 { "a change" } else { "changes" };
                write!(f, "{what} that nobody has seen:")?;
                for (target, change) in changes {
                    write!(
                        f,
                        "\n  {target}: {} {} {}",
                        change.edit.action(),
                        change.edit.kind().as_str(),
                        change.edit.key()
                    )?;
                    if !change.label.is_empty() {
                        write!(f, " ({})", change.label)?;
                    }
                }
                f.write_str("\nmake a new plan, look at it, and apply that")
            }
        }
    }
}

/// Whether a change takes something away. A first procurement policy does: until then everything could be bought.
pub(super) fn takes_away(change: &Change) -> bool {
    change.edit.action() == Action::Remove || matches!(change.edit, Edit::ProcurementPolicy { name: _ })
}

/// Lets a plan through where it takes away no more than is allowed and, with `reviewed`, holds nothing that nobody has
/// seen. A reviewed change that is no longer in the plan is fine: someone has done it.
pub fn approve(plan: Plan, limits: Limits, reviewed: Option<&Reviewed>) -> Result<ApprovedPlan, Refusal> {
    if let Some(Reviewed(seen)) = reviewed {
        let unseen = |(target, change): &(&Target, &Change)| !seen.contains(&wire::canonical(&target.name, change));
        let changes: Vec<(TargetName, Change)> =
            plan.changes().filter(unseen).map(|(target, change)| (target.name.clone(), change.clone())).collect();
        if !changes.is_empty() {
            return Err(Refusal::Unreviewed { changes });
        }
    }
    let removals = plan.changes().filter(|(_, change)| takes_away(change)).count();
    let limit = limits.max_removals.max(limits.allow_removals.unwrap_or_default());
    if removals > limit {
        return Err(Refusal::TooManyRemovals { removals, limit });
    }
    Ok(ApprovedPlan(plan))
}
