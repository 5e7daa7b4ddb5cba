//! Desired against live → [`Plan`].

use std::collections::{BTreeMap, BTreeSet};

use super::base::Before;
use super::clean_up::{self, Gone};
use super::ending;
use super::governed::Governed;
use super::planned::Recipient;
use super::planned::{Blocked, Planned};
use super::reach::Repairs;
use super::recipients;
use super::resolve::hub_place;
use super::told::{silenced, told};
use super::{canonical, labels, losers, marketplace, moves, order, portfolio, warnings};
use crate::model::change::{CatalogVersion, Change, Plan, Released, Target, TargetState, Work};
use crate::model::desired::Desired;
use crate::model::edit::{Family, Phase};
use crate::model::finding::Warning;
use crate::model::id::{AccountId, Name, Region};
use crate::model::live::Live;
use crate::model::target::TargetName;

/// The plan from live to desired. `base` is the catalog as it was. An edit that the base asked for too counts as drift.
/// Shares that the base listed of a portfolio which the catalog no longer names are removed. What is no longer governed
/// is reported. Pure: the same input gives the same plan.
pub fn diff(desired: &Desired, live: &Live, base: Option<&Desired>, catalog: CatalogVersion) -> Plan {
    diff_and(Repairs::No, desired, live, base, catalog)
}

/// Like [`diff`], and with `repairs` also repairs shares that did not reach every account.
pub fn diff_and(
    repairs: Repairs,
    desired: &Desired,
    live: &Live,
    base: Option<&Desired>,
    catalog: CatalogVersion,
) -> Plan {
    let head = Governed::of(desired, live);
    let old = base.map(|base| Governed::of(base, live));
    let before = old.as_ref().map(|old| Before::of(old, live)).unwrap_or_default();
    let mut left = old.as_ref().map(|old| clean_up::left(desired, &head, old, live)).unwrap_or_default();
    let mut targets = Targets { desired, live, all: BTreeMap::new() };
    hubs(&head, &before, repairs, &mut targets);
    for Gone { name, before, planned } in left.gone {
        targets.add((name, &before.organization), &before.account, &before.region, planned, |_| Vec::new());
    }
    let recipients::All { recipients, released, awaited } = recipients::plan(&head, old.as_ref(), live, &targets.all);
    left.released.extend(released);
    for Recipient { name, of, account, planned } in recipients {
        targets.add((name, &of.organization), &account, &of.region, planned, |_| Vec::new());
    }
    lists(desired, base, &head, &before, &mut targets);
    let mut targets: Vec<Target> = targets.all.into_values().collect();
    moves::link(&mut targets, &head.lists, live);
    order::link(&mut targets, live, &awaited);
    losers::find(&mut targets, live);
    seal(targets, left.released, catalog)
}

fn hubs(head: &Governed<'_>, before: &Before<'_>, repairs: Repairs, targets: &mut Targets<'_>) {
    let clashes = head.hub_clashes();
    for hub in &head.hubs {
        let (organization, wanted) = (&hub.wanted.organization, hub.wanted);
        let place = hub_place(wanted);
        let planned = match &hub.id {
            Err(problem) => {
                let place = format!("{} {}", wanted.account, wanted.region);
                Err(problem.blocked(&wanted.portfolio, &wanted.source, "portfolio", &place))
            }
            Ok(id) => {
                let key = (place.clone(), id.clone());
                match clashes.get(&key) {
                    Some(reason) => Err(Blocked::at(&wanted.source, reason)),
                    None => {
                        portfolio::plan(organization, wanted, id, targets.live, |it| before.lists(&key, it), repairs)
                    }
                }
            }
        };
        let (live, desired) = (targets.live, targets.desired);
        targets.add((hub.name.clone(), organization), &wanted.account, &wanted.region, planned, |planned| {
            if let (Work::Hub { portfolio: _, changes }, Ok(id)) = (&mut planned.work, &hub.id) {
                before.attribute_hub(&(place, id.clone()), changes);
                let mut found = warnings::portfolio(wanted, organization, live, changes);
                found.extend(ending::portfolio(desired, wanted, organization, live));
                return found;
            }
            Vec::new()
        });
    }
}

fn lists(
    desired: &Desired,
    base: Option<&Desired>,
    head: &Governed<'_>,
    before: &Before<'_>,
    targets: &mut Targets<'_>,
) {
    let region = Region::marketplace();
    let clashes = head.experience_clashes();
    for list in &head.lists {
        let key = list.key();
        let planned = match (&list.outcome, key.as_ref().and_then(|key| clashes.get(key))) {
            (_, Some(reason)) => Err(Blocked::at(&list.entry.source, reason)),
            (Err(blocked), None) => Err(blocked.clone()),
            (Ok(subject), None) => list.wanted.clone().and_then(|wanted| {
                let own = key.as_ref().and_then(|key| before.own(key));
                marketplace::plan((desired, base), list.entry, *subject, &wanted, (own, targets.live))
            }),
        };
        let live = targets.live;
        targets.add((list.name.clone(), &list.entry.organization), &list.entry.account, &region, planned, |planned| {
            let mut found = Vec::new();
            if let Work::Experience { experience: _, policy: _, changes } = &mut planned.work {
                if let Some(key) = key {
                    before.attribute_experience(&key, changes);
                }
                if let Ok(subject) = list.outcome {
                    found = warnings::experience(desired, list.entry, subject, live, changes);
                    found.extend(ending::experience(desired, list.entry, live));
                }
            }
            found
        });
    }
}

/// Collects the targets of a plan.
struct Targets<'a> {
    desired: &'a Desired,
    live: &'a Live,
    all: BTreeMap<TargetName, Target>,
}

impl Targets<'_> {
    fn add(
        &mut self,
        (name, organization): (TargetName, &Name),
        account: &AccountId,
        region: &Region,
        planned: Result<Planned, Blocked>,
        finish: impl FnOnce(&mut Planned) -> Vec<Warning>,
    ) {
        let (state, warnings, silenced, incomplete_shares) = match planned {
            Ok(mut planned) => {
                sort(&mut planned.work);
                let found = finish(&mut planned);
                let Planned { work, left_alone, mut warnings, incomplete_shares } = planned;
                warnings.extend(found);
                let silenced = silenced(self.desired, &warnings);
                let warnings = told(self.desired, warnings);
                (TargetState::Complete { work, left_alone }, warnings, silenced, incomplete_shares)
            }
            Err(Blocked { reason, source }) => {
                (TargetState::Unreadable { reason, source }, Vec::new(), Vec::new(), Vec::new())
            }
        };
        let target = Target {
            name: name.clone(),
            organization: organization.clone(),
            account: account.clone(),
            account_name: labels::account(self.live, organization, account),
            region: region.clone(),
            state,
            warnings,
            silenced,
            incomplete_shares,
        };
        // Two entries of one file can lead to one experience: one by its id, the other by `all_live`. The target is
        // blocked then, since it is governed twice.
        if let Some(other) = self.all.insert(name.clone(), target)
            && !other.is_unreadable()
        {
            let reason = format!("two entries of {} lead to this target: keep one of them", name.file());
            let state = TargetState::Unreadable { reason, source: None };
            let (warnings, silenced, incomplete_shares) = (Vec::new(), Vec::new(), Vec::new());
            self.all.insert(name, Target { state, warnings, silenced, incomplete_shares, ..other });
        }
    }
}

fn sort(work: &mut Work) {
    match work {
        Work::Hub { portfolio: _, changes } => in_order(changes),
        Work::Recipient { imported: _, local: _, changes } => in_order(changes),
        Work::Experience { experience: _, policy: _, changes } => in_order(changes),
    }
}

/// Sorts changes into the order of apply.
fn in_order<E: Family>(changes: &mut [Change<E>]) {
    changes.sort_by_cached_key(|change| {
        let edit = change.seen().edit;
        let (phase, kind) = (edit.phase(), edit.kind() as i8);
        // Kinds are in order of dependency: a thing is made after those that it depends on, and removed before them.
        (phase, if phase == Phase::Take { -kind } else { kind }, edit.key())
    });
}

pub(super) fn seal(mut targets: Vec<Target>, released: Vec<Released>, catalog: CatalogVersion) -> Plan {
    targets.sort_by_cached_key(|target| target.name.to_string());
    let digest = canonical::digest(&targets);
    Plan { digest, catalog, targets, released }
}

impl Plan {
    /// Leaves out every target that is not wanted. The digest becomes that of what is left.
    pub fn restrict(self, wanted: &BTreeSet<TargetName>) -> Self {
        let Self { digest: _, catalog, mut targets, mut released } = self;
        targets.retain(|target| wanted.contains(&target.name));
        released.retain(|released| wanted.contains(&released.target));
        seal(targets, released, catalog)
    }
}
