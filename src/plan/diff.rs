//! Desired against live → [`Plan`].

use std::collections::{BTreeMap, BTreeSet};

use super::marketplace::Governed;
use super::origin::Before;
use super::{Blocked, labels, marketplace, portfolio, warnings, wire};
use crate::model::change::{CatalogVersion, Change, Plan, Subject, Target, TargetState};
use crate::model::desired::{Desired, DesiredPortfolio};
use crate::model::id::{AccountId, Region};
use crate::model::live::Live;
use crate::model::target::TargetName;

/// What a target comes to when it can be planned.
pub(super) struct Planned {
    pub(super) subject: Subject,
    pub(super) changes: Vec<Change>,
    pub(super) left_alone: usize,
}

/// What has to be read to plan `desired` against `base`: the head's targets, and of the base what it knew of the same
/// accounts. An organization that the head no longer names can't be reached and is left out.
pub fn scope(desired: &Desired, base: Option<&Desired>) -> Desired {
    let mut scope = desired.clone();
    let Some(base) = base else { return scope };
    for (name, before) in &base.portfolios {
        if !reachable(desired, name, before) {
            continue;
        }
        match scope.portfolios.get_mut(name) {
            Some(now) if now.portfolio == before.portfolio => now.shares.extend(before.shares.iter().cloned()),
            Some(_) => {}
            None => {
                scope.portfolios.insert(name.clone(), before.clone());
            }
        }
    }
    scope
}

fn reachable(desired: &Desired, name: &TargetName, before: &DesiredPortfolio) -> bool {
    let organization = desired.settings.organizations.get(name.organization());
    organization.is_some_and(|settings| settings.service_catalog_account.as_ref() == Some(&before.account))
}

/// The portfolios that a catalog as it was named and that this one does not: to be cleaned up after.
pub fn gone<'a>(desired: &'a Desired, base: &'a Desired) -> impl Iterator<Item = &'a TargetName> {
    let gone = |(name, before): &(&TargetName, &DesiredPortfolio)| {
        !desired.portfolios.contains_key(*name) && reachable(desired, name, before)
    };
    base.portfolios.iter().filter(gone).map(|(name, _)| name)
}

/// What would change. With `base`, the catalog as it was, what it already asked for counts as drift, and shares of a
/// portfolio that it no longer names are removed. Pure: the same input gives the same plan.
pub fn diff(desired: &Desired, live: &Live, base: Option<&Desired>, catalog: CatalogVersion) -> Plan {
    let before = Before::new(base, live);
    let mut targets: BTreeMap<TargetName, Target> = BTreeMap::new();
    let clashes = portfolio::clashes(desired, live);
    for (name, wanted) in &desired.portfolios {
        let planned = match clashes.get(name) {
            Some(reason) => Err(Blocked::at(&wanted.source, reason)),
            None => portfolio::plan(name, wanted, live),
        };
        let target = target(live, name, &wanted.account, &wanted.region, planned, |planned| {
            before.attribute(name, &mut planned.changes);
            warnings::portfolio(wanted, name, live, planned)
        });
        targets.insert(name.clone(), target);
    }
    for (name, gone) in base.into_iter().flat_map(|base| &base.portfolios) {
        if desired.portfolios.contains_key(name) || !reachable(desired, name, gone) {
            continue;
        }
        if let Some(planned) = portfolio::clean_up(desired, name, gone, live) {
            let target = target(live, name, &gone.account, &gone.region, planned, |_| Vec::new());
            targets.insert(name.clone(), target);
        }
    }
    let region = Region::marketplace();
    for Governed { name, entry, outcome } in marketplace::govern(desired, live) {
        let planned = outcome.and_then(|experience| marketplace::plan(desired, base, entry, experience));
        let target = target(live, &name, &entry.account, &region, planned, |planned| {
            before.attribute(&name, &mut planned.changes);
            warnings::experience(entry, &name, live, planned)
        });
        targets.insert(name, target);
    }
    seal(targets.into_values().collect(), catalog)
}

fn seal(mut targets: Vec<Target>, catalog: CatalogVersion) -> Plan {
    targets.sort_by_cached_key(|target| target.name.to_string());
    let digest = wire::digest(&targets);
    Plan { digest, catalog, targets }
}

fn target(
    live: &Live,
    name: &TargetName,
    account: &AccountId,
    region: &Region,
    planned: Result<Planned, Blocked>,
    finish: impl FnOnce(&mut Planned) -> Vec<crate::model::finding::Warning>,
) -> Target {
    let (state, warnings) = match planned {
        Ok(mut planned) => {
            planned.changes.sort_by_cached_key(|change| (change.edit.action(), change.edit.kind(), change.edit.key()));
            let mut warnings = finish(&mut planned);
            warnings.sort();
            let Planned { subject, changes, left_alone } = planned;
            (TargetState::Complete { subject, changes, left_alone }, warnings)
        }
        Err(Blocked { reason, source }) => (TargetState::Unreadable { reason, source }, Vec::new()),
    };
    Target {
        name: name.clone(),
        account: account.clone(),
        account_name: labels::account(live, name.organization(), account),
        region: region.clone(),
        state,
        warnings,
    }
}

impl Plan {
    /// Leaves out every target that is not wanted. The digest becomes that of what is left.
    pub fn restrict(self, wanted: &BTreeSet<TargetName>) -> Self {
        let Self { digest: _, catalog, targets } = self;
        seal(targets.into_iter().filter(|target| wanted.contains(&target.name)).collect(), catalog)
    }
}
