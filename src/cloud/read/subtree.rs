//! The accounts below OUs, read OU by OU. Used if the list of all accounts costs more calls, or does not say in which
//! OUs the accounts are.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join;

use super::accounts;
use super::several::side_by_side;
use super::tree::{Organizations, children};
use crate::cloud::{CloudError, Meaning};
use crate::model::id::{AccountId, OuId};
use crate::model::organization::{Account, Organization, Unit};

/// The accounts and OUs found so far.
#[derive(Default)]
pub(super) struct Subtrees {
    /// The accounts that are direct children of an OU.
    direct: BTreeMap<OuId, BTreeSet<AccountId>>,
    /// The child OUs of an OU.
    below: BTreeMap<OuId, BTreeSet<OuId>>,
}

/// The accounts of an OU, and its child OUs unless they are known already. `None` if the organization has no such OU.
type Level = Option<(Vec<(AccountId, Account)>, Option<Vec<(OuId, String)>>)>;

impl Subtrees {
    /// Reads the accounts and child OUs of some OUs, side by side. Returns the child OUs that are to be read next. If
    /// an OU can't be read, its accounts stay unknown and `troubles` gets a sentence.
    pub(super) async fn level(
        &mut self,
        seat: &Organizations,
        organization: &mut Organization,
        units: &BTreeSet<OuId>,
        troubles: &mut BTreeSet<String>,
    ) -> BTreeSet<OuId> {
        let known = &*organization;
        let asked = side_by_side(units.iter().map(|unit| async move { (unit, level(seat, known, unit).await) })).await;
        let mut next = BTreeSet::new();
        for (unit, level) in asked {
            let (accounts, children) = match level {
                Ok(Some(level)) => level,
                Ok(None) => {
                    organization.missing.insert(unit.clone());
                    continue;
                }
                Err(error) => {
                    troubles.insert(error.to_string());
                    continue;
                }
            };
            self.direct.insert(unit.clone(), accounts.iter().map(|(id, _)| id.clone()).collect());
            organization.accounts.extend(accounts);
            if let Some(children) = children {
                let parent = Some(unit.clone());
                let named = children.into_iter().map(|(id, name)| (id, Unit { name, parent: parent.clone() }));
                organization.units.extend(named);
                organization.listed.insert(parent);
            }
            let children: BTreeSet<OuId> = organization.children(Some(unit)).map(|(id, _)| id.clone()).collect();
            next.extend(children.iter().filter(|child| !organization.members.contains_key(child)).cloned());
            self.below.insert(unit.clone(), children);
        }
        next.retain(|unit| !self.direct.contains_key(unit) && !organization.missing.contains(unit));
        next
    }

    /// Records the accounts below each of `units` whose whole subtree is known.
    pub(super) fn enter(&self, organization: &mut Organization, units: &BTreeSet<OuId>) {
        for unit in units {
            if let Some(members) = self.members(organization, unit) {
                organization.members.insert(unit.clone(), members);
            }
        }
    }

    fn members(&self, organization: &Organization, unit: &OuId) -> Option<BTreeSet<AccountId>> {
        if let Some(known) = organization.members.get(unit) {
            return Some(known.clone());
        }
        let mut members = self.direct.get(unit)?.clone();
        for child in self.below.get(unit)? {
            members.extend(self.members(organization, child)?);
        }
        Some(members)
    }
}

/// The accounts of an OU, and its child OUs unless they are known already.
async fn level(seat: &Organizations, organization: &Organization, unit: &OuId) -> Result<Level, CloudError> {
    let known = organization.listed.contains(&Some(unit.clone()));
    let units = async {
        if known {
            return Ok(None);
        }
        children(seat, unit.as_str()).await.map(Some)
    };
    match join(accounts::below(seat, &organization.id, unit), units).await {
        (Err(error), _) | (_, Err(error)) if error.meaning == Meaning::NotFound => Ok(None),
        (accounts, units) => Ok(Some((accounts?, units?))),
    }
}
