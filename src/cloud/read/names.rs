//! The names of OUs and of all OUs above them, with as few calls as can be planned.
//!
//! The paths of accounts show which OU is above which. An OU with a known parent is named by a list of the parent's
//! OUs, twenty per call. Other OUs are described one by one, or searched for from the root down.

use std::collections::{BTreeMap, BTreeSet};

use super::several::{Part, side_by_side};
use super::tree::{Organizations, PAGE, children_while, root_of, units_above};
use crate::cloud::{CloudError, Meaning};
use crate::model::id::{OrganizationId, OuId};
use crate::model::organization::{Organization, Unit};

/// Up to so many OUs are described one by one. `DescribeOrganizationalUnit` has the lowest rate of these calls: twice a
/// second.
const FEW: usize = 2;

/// Finds the names of `units` and of all OUs above them. An OU that the organization does not have is recorded as
/// missing. If an OU can't be read, its name stays unknown and `troubles` gets a sentence.
pub(super) async fn names(
    seat: &Organizations,
    organization: &mut Organization,
    units: &BTreeSet<OuId>,
    troubles: &mut BTreeSet<String>,
) {
    let mut names = Names { seat, parents: BTreeMap::new(), described: BTreeMap::new(), given_up: BTreeSet::new() };
    for above in organization.accounts.values().filter_map(|account| account.above.as_ref()) {
        names.learn(above);
    }
    let mut has_searched = false;
    loop {
        let open = names.open(organization, units);
        let lost: BTreeSet<OuId> = open.iter().filter(|unit| !names.parents.contains_key(unit)).cloned().collect();
        if open.is_empty() {
            break;
        } else if lost.is_empty() {
            names.by_parent(organization, &open, troubles).await;
        } else if lost.len() > FEW && !has_searched {
            has_searched = true;
            names.search(organization, &lost, troubles).await;
        } else {
            names.describe(organization, &lost, troubles).await;
        }
    }
    let Names { seat: _, parents, described, given_up: _ } = names;
    for (unit, name) in described {
        if let Some(parent) = parents.get(&unit) {
            organization.units.insert(unit, Unit { name, parent: parent.clone() });
        }
    }
}

struct Names<'a> {
    seat: &'a Organizations,
    /// The parent of an OU. `None` if that is the root.
    parents: BTreeMap<OuId, Option<OuId>>,
    /// The names of OUs that were described.
    described: BTreeMap<OuId, String>,
    /// OUs whose name can't be read.
    given_up: BTreeSet<OuId>,
}

/// The OUs to look for, by parent. `None` is the root.
type Families = BTreeMap<Option<OuId>, BTreeSet<OuId>>;

impl Names<'_> {
    fn learn(&mut self, above: &[OuId]) {
        let mut parent = None;
        for unit in above {
            self.parents.insert(unit.clone(), parent);
            parent = Some(unit.clone());
        }
    }

    /// The OUs without a name: those of `units`, and the known OUs above them.
    fn open(&self, organization: &Organization, units: &BTreeSet<OuId>) -> BTreeSet<OuId> {
        let mut open = BTreeSet::new();
        for unit in units {
            let mut next = Some(unit);
            while let Some(unit) = next {
                let known = organization.units.get(unit);
                let is_done = known.is_some()
                    || self.described.contains_key(unit)
                    || self.given_up.contains(unit)
                    || organization.missing.contains(unit);
                if !is_done && !open.insert(unit.clone()) {
                    break;
                }
                let parent = known.map(|unit| &unit.parent).or_else(|| self.parents.get(unit));
                next = parent.and_then(Option::as_ref);
            }
        }
        open
    }

    /// Lists the tree level by level, from the root down, as long as a level costs fewer calls than describing each OU
    /// that is looked for.
    async fn search(&self, organization: &mut Organization, lost: &BTreeSet<OuId>, troubles: &mut BTreeSet<String>) {
        let mut level: Vec<Option<OuId>> = vec![None];
        let mut calls = 0;
        loop {
            let left: BTreeSet<OuId> =
                lost.iter().filter(|unit| !organization.units.contains_key(unit)).cloned().collect();
            let unlisted = level.iter().filter(|node| !organization.listed.contains(node));
            let wanted: Families = unlisted.map(|node| (node.clone(), left.clone())).collect();
            calls += wanted.len();
            if level.is_empty() || wanted.len() >= left.len() || calls > lost.len() {
                return;
            }
            self.list(organization, &wanted, troubles).await;
            level.retain(|node| organization.listed.contains(node));
            level = level
                .iter()
                .flat_map(|node| organization.children(node.as_ref()).map(|(id, _)| Some(id.clone())))
                .collect();
        }
    }

    /// Describes OUs side by side.
    async fn describe(
        &mut self,
        organization: &mut Organization,
        units: &BTreeSet<OuId>,
        troubles: &mut BTreeSet<String>,
    ) {
        let (seat, id) = (self.seat, &organization.id);
        let described = side_by_side(units.iter().map(|unit| async move { (unit, describe(seat, id, unit).await) }));
        for (unit, found) in described.await {
            match found {
                Ok(Described { name, above: Above::All(above) }) => {
                    self.learn(&above);
                    self.parents.insert(unit.clone(), above.last().cloned());
                    self.described.insert(unit.clone(), name);
                }
                Ok(Described { name, above: Above::Parent(parent) }) => {
                    self.parents.insert(unit.clone(), parent);
                    self.described.insert(unit.clone(), name);
                }
                Err(error) if error.meaning == Meaning::NotFound => drop(organization.missing.insert(unit.clone())),
                Err(error) => {
                    troubles.insert(error.to_string());
                    self.given_up.insert(unit.clone());
                }
            }
        }
    }

    /// Names OUs whose parent is known by listing the parent's OUs. A few OUs that are the only one looked for below
    /// their parent are described instead. So are those that a list does not show: they were moved, or are on a page
    /// that is not worth reading.
    async fn by_parent(
        &mut self,
        organization: &mut Organization,
        units: &BTreeSet<OuId>,
        troubles: &mut BTreeSet<String>,
    ) {
        let mut families = Families::new();
        for unit in units {
            let parent = self.parents.get(unit).cloned().unwrap_or_default();
            families.entry(parent).or_default().insert(unit.clone());
        }
        let singles = families.values().filter(|family| family.len() == 1).count();
        families.retain(|node, family| !organization.listed.contains(node) && (family.len() > 1 || singles > FEW));
        self.list(organization, &families, troubles).await;
        let rest = units.iter().filter(|unit| !organization.units.contains_key(unit)).cloned().collect();
        self.describe(organization, &rest, troubles).await;
    }

    /// Lists the child OUs of some nodes, side by side. A list ends early when all OUs that are looked for were found,
    /// or when describing them would cost no more.
    async fn list(&self, organization: &mut Organization, families: &Families, troubles: &mut BTreeSet<String>) {
        let seat = self.seat;
        let listed = families.iter().filter_map(|(node, wanted)| {
            let id = node.as_ref().map(ToString::to_string).or_else(|| root_of(wanted.first()?))?;
            Some(async move {
                let is_open = |found: &[(OuId, String)]| {
                    let found: BTreeSet<&OuId> = found.iter().map(|(id, _)| id).collect();
                    wanted.iter().any(|unit| !found.contains(unit))
                };
                (node, children_while(seat, &id, |found, pages| pages < wanted.len() && is_open(found)).await)
            })
        });
        for (node, part) in side_by_side(listed).await {
            match part {
                Ok(Part { items, is_whole }) => {
                    organization
                        .units
                        .extend(items.into_iter().map(|(id, name)| (id, Unit { name, parent: node.clone() })));
                    if is_whole {
                        organization.listed.insert(node.clone());
                    }
                }
                Err(error) if error.meaning == Meaning::NotFound => {}
                Err(error) => drop(troubles.insert(error.to_string())),
            }
        }
    }
}

/// The result of describing an OU.
struct Described {
    name: String,
    above: Above,
}

enum Above {
    /// All OUs above it, from the root down.
    All(Vec<OuId>),
    /// Its parent OU. `None` if that is the root.
    Parent(Option<OuId>),
}

async fn describe(seat: &Organizations, organization: &OrganizationId, unit: &OuId) -> Result<Described, CloudError> {
    let answer = seat.call(seat.client.describe_organizational_unit().organizational_unit_id(unit.as_str())).await?;
    let found = answer.organizational_unit;
    let path = found.as_ref().and_then(|found| found.path());
    let above = path.and_then(|path| units_above(organization, path, unit.as_str()));
    let name = found.and_then(|found| found.name).unwrap_or_else(|| unit.to_string());
    if let Some(above) = above {
        return Ok(Described { name, above: Above::All(above) });
    }
    let parents = seat.call(seat.client.list_parents().child_id(unit.as_str()).max_results(PAGE)).await?;
    // If the parent is the root, its id does not parse as that of an OU.
    let parent = parents.parents.unwrap_or_default().into_iter().find_map(|parent| parent.id?.parse().ok());
    Ok(Described { name, above: Above::Parent(parent) })
}
