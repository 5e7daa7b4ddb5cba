//! Makes a plan whose targets have different bases, because each was last brought to another commit.

use std::collections::BTreeSet;

use super::diff::{diff_and, seal};
use super::reach::Repairs;
use super::wants::{Goal, wants};
use crate::model::change::{CatalogVersion, Plan};
use crate::model::desired::Desired;
use crate::model::live::Live;
use crate::model::target::TargetName;
use crate::model::wants::Wants;

/// An older catalog that takes the place of the base for some targets.
#[derive(Debug, Clone)]
pub struct Earlier {
    /// The catalog as it was. `None` if there is none to compare with.
    pub desired: Option<Desired>,
    /// The targets, by the names that a catalog gives them.
    pub targets: BTreeSet<TargetName>,
}

impl Earlier {
    /// Whether this catalog is for a target of a plan.
    fn holds(&self, name: &TargetName) -> bool {
        let is_listed = |name: &TargetName| self.targets.contains(name);
        is_listed(name) || is_listed(&name.in_catalog()) || name.family().is_some_and(|family| is_listed(&family))
    }
}

/// What still has to be read to plan against all bases.
pub fn wants_of_all(
    goal: Goal<'_>,
    desired: &Desired,
    base: Option<&Desired>,
    earlier: &[Earlier],
    live: &Live,
) -> Wants {
    let own = wants(goal, desired, base, live);
    earlier.iter().fold(own, |all, it| all.and(wants(goal, desired, it.desired.as_ref(), live)))
}

/// The plan against `base`. The targets in `earlier` are compared with their own catalog instead.
pub fn compose(
    repairs: Repairs,
    desired: &Desired,
    live: &Live,
    base: Option<&Desired>,
    earlier: &[Earlier],
    catalog: CatalogVersion,
) -> Plan {
    let plan = diff_and(repairs, desired, live, base, catalog);
    if earlier.is_empty() {
        return plan;
    }
    let Plan { digest: _, catalog, mut targets, mut released } = plan;
    targets.retain(|target| !earlier.iter().any(|it| it.holds(&target.name)));
    released.retain(|released| !earlier.iter().any(|it| it.holds(&released.target)));
    for one in earlier {
        let plan = diff_and(repairs, desired, live, one.desired.as_ref(), catalog.clone());
        targets.extend(plan.targets.into_iter().filter(|target| one.holds(&target.name)));
        released.extend(plan.released.into_iter().filter(|released| one.holds(&released.target)));
    }
    released.sort();
    seal(targets, released, catalog)
}
