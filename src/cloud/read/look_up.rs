//! Names for people, and which accounts an organizational unit reaches.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_organizations::types::{Account as AwsAccount, AccountState, AccountStatus as AwsStatus};
use futures_util::future::join;

use super::tree::{Organizations, PAGE, children};
use super::{pages, side_by_side, try_side_by_side};
use crate::cloud::{CloudError, Meaning};
use crate::model::id::{AccountId, OuId};
use crate::model::organization::{Account, AccountStatus, Organization, Unit};
use crate::model::wants::OrganizationWants;

/// So many accounts are asked for one by one: they go side by side and keep well within the rate.
const FEW: usize = 10;

/// Finds out names, standing and audiences. What could not be found out stays open, and the sentences say why: no
/// change depends on it.
pub(super) async fn look_up(
    seat: &Organizations,
    organization: &mut Organization,
    questions: &OrganizationWants,
) -> Vec<String> {
    let units: BTreeSet<&OuId> =
        questions.units.iter().filter(|unit| !organization.members.contains_key(unit)).collect();
    let unnamed: BTreeSet<&OuId> =
        questions.units.iter().filter(|unit| !organization.units.contains_key(unit)).collect();
    let (subtrees, names) = join(subtrees(seat, &units), ancestry(seat, &unnamed)).await;
    let mut troubles = Vec::new();
    match subtrees {
        Ok(found) => found.enter(organization),
        Err(error) => troubles.push(error.to_string()),
    }
    match names {
        Ok(units) => organization.units.extend(units),
        Err(error) => troubles.push(error.to_string()),
    }
    // After the subtrees, which show most of the accounts already.
    if let Err(error) = accounts(seat, organization, questions).await {
        troubles.push(error.to_string());
    }
    troubles
}

/// The accounts that are asked for and not known yet.
async fn accounts(
    seat: &Organizations,
    organization: &mut Organization,
    questions: &OrganizationWants,
) -> Result<(), CloudError> {
    let open = |organization: &Organization| -> Vec<AccountId> {
        let known = |id: &AccountId| organization.accounts.contains_key(id) || organization.strangers.contains(id);
        questions.accounts.iter().filter(|id| !known(id)).cloned().collect()
    };
    let unknown = open(organization).len();
    if !organization.whole && (questions.everyone || unknown > FEW) {
        list(seat, organization, |organization, pages| {
            questions.everyone || (pages < unknown && !open(organization).is_empty())
        })
        .await?;
    }
    if organization.whole {
        let strangers = open(organization);
        organization.strangers.extend(strangers);
        return Ok(());
    }
    for (id, found) in try_side_by_side(open(organization).into_iter().map(|id| describe(seat, id))).await? {
        match found {
            Some(found) => drop(organization.accounts.insert(id, account(seat, "DescribeAccount", found)?.1)),
            None => drop(organization.strangers.insert(id)),
        }
    }
    Ok(())
}

/// Lists accounts, for as long as `go_on` says after so many pages. Nobody knows how many there are: whoever stops after
/// as many pages as there are open questions has at worst made twice the calls, and mostly far fewer.
async fn list(
    seat: &Organizations,
    organization: &mut Organization,
    go_on: impl Fn(&Organization, usize) -> bool + Send,
) -> Result<(), CloudError> {
    let mut token = None;
    for pages in 1.. {
        let call = seat.client.list_accounts().max_results(PAGE).set_next_token(token);
        let page = seat.call(call).await?;
        for found in page.accounts.unwrap_or_default() {
            let (id, account) = account(seat, "ListAccounts", found)?;
            organization.accounts.insert(id, account);
        }
        token = page.next_token.filter(|next| !next.is_empty());
        if token.is_none() {
            organization.whole = true;
            break;
        }
        if !go_on(organization, pages) {
            break;
        }
    }
    Ok(())
}

/// An account, or none where the organization does not have it.
async fn describe(seat: &Organizations, id: AccountId) -> Result<(AccountId, Option<AwsAccount>), CloudError> {
    let call = seat.client.describe_account().account_id(id.as_str());
    match seat.call(call).await {
        Ok(answer) => Ok((id, answer.account)),
        Err(error) if error.meaning == Meaning::NotFound => Ok((id, None)),
        Err(error) => Err(error),
    }
}

fn account(
    seat: &Organizations,
    operation: &'static str,
    account: AwsAccount,
) -> Result<(AccountId, Account), CloudError> {
    // `Status` gives way to `State` in September 2026 (Organizations API reference, `Account`).
    let active = match (&account.state, &account.status) {
        (Some(state), _) => *state == AccountState::Active,
        (None, Some(status)) => *status == AwsStatus::Active,
        (None, None) => true,
    };
    let status = if active { AccountStatus::Active } else { AccountStatus::Suspended };
    let id = seat.parse(operation, account.id.as_deref())?;
    Ok((id, Account { name: account.name.unwrap_or_default(), status }))
}

/// What was found below some units.
#[derive(Default)]
struct Subtrees {
    accounts: BTreeMap<AccountId, Account>,
    /// The accounts right below a unit.
    direct: BTreeMap<OuId, BTreeSet<AccountId>>,
    /// The units right below a unit, with their names.
    below: BTreeMap<OuId, Vec<(OuId, String)>>,
    /// What is no unit of the organization.
    missing: BTreeSet<OuId>,
}

/// Walks the units and everything below them, each once, level by level and side by side.
async fn subtrees(seat: &Organizations, units: &BTreeSet<&OuId>) -> Result<Subtrees, CloudError> {
    let mut found = Subtrees::default();
    let mut level: BTreeSet<OuId> = units.iter().map(|unit| (*unit).clone()).collect();
    while !level.is_empty() {
        let listed = try_side_by_side(level.iter().map(|unit| async move {
            match join(accounts_below(seat, unit), children(seat, unit.as_str())).await {
                (Err(error), _) | (_, Err(error)) if error.meaning == Meaning::NotFound => Ok((unit.clone(), None)),
                (accounts, units) => Ok::<_, CloudError>((unit.clone(), Some((accounts?, units?)))),
            }
        }));
        let mut next = BTreeSet::new();
        for (unit, below) in listed.await? {
            let Some((accounts, units)) = below else {
                found.missing.insert(unit);
                continue;
            };
            found.direct.insert(unit.clone(), accounts.iter().map(|(id, _)| id.clone()).collect());
            found.accounts.extend(accounts);
            next.extend(units.iter().map(|(id, _)| id.clone()));
            found.below.insert(unit, units);
        }
        next.retain(|unit| !found.direct.contains_key(unit) && !found.missing.contains(unit));
        level = next;
    }
    Ok(found)
}

async fn accounts_below(seat: &Organizations, unit: &OuId) -> Result<Vec<(AccountId, Account)>, CloudError> {
    let accounts = pages(&seat.place, "ListAccountsForParent", |token| async move {
        let list = seat.client.list_accounts_for_parent().parent_id(unit.as_str());
        let page = seat.call(list.max_results(PAGE).set_next_token(token)).await?;
        Ok((page.accounts, page.next_token))
    })
    .await?;
    accounts.into_iter().map(|found| account(seat, "ListAccountsForParent", found)).collect()
}

impl Subtrees {
    fn enter(self, organization: &mut Organization) {
        for unit in self.direct.keys() {
            organization.members.insert(unit.clone(), self.members(unit));
        }
        let Self { accounts, direct: _, below, missing } = self;
        organization.missing.extend(missing);
        organization.accounts.extend(accounts);
        for (parent, children) in below {
            let parent = Some(parent);
            organization
                .units
                .extend(children.into_iter().map(|(id, name)| (id, Unit { name, parent: parent.clone() })));
        }
    }

    fn members(&self, unit: &OuId) -> BTreeSet<AccountId> {
        let mut members = self.direct.get(unit).cloned().unwrap_or_default();
        for (child, _) in self.below.get(unit).into_iter().flatten() {
            members.extend(self.members(child));
        }
        members
    }
}

/// The units with all that are above them: a unit without its parents would look as if it lay below the root, and a
/// path could find it there.
async fn ancestry(seat: &Organizations, units: &BTreeSet<&OuId>) -> Result<BTreeMap<OuId, Unit>, CloudError> {
    let mut found = BTreeMap::new();
    let mut level: BTreeSet<OuId> = units.iter().map(|unit| (*unit).clone()).collect();
    while !level.is_empty() {
        let asked = side_by_side(level.iter().map(|unit| named(seat, unit))).await;
        let mut next = BTreeSet::new();
        for (id, unit) in level.iter().zip(asked) {
            match unit {
                Ok(unit) => {
                    next.extend(unit.parent.clone());
                    found.insert(id.clone(), unit);
                }
                // A unit that is gone has no name; who asked about it says so by its id.
                Err(error) if error.meaning == Meaning::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        next.retain(|unit| !found.contains_key(unit));
        level = next;
    }
    Ok(found)
}

/// A unit's name and the unit above it.
async fn named(seat: &Organizations, unit: &OuId) -> Result<Unit, CloudError> {
    let describe = seat.client.describe_organizational_unit().organizational_unit_id(unit.as_str());
    let parents = seat.client.list_parents().child_id(unit.as_str());
    let (described, parents) = join(seat.call(describe), seat.call(parents.max_results(PAGE))).await;
    let name = described?.organizational_unit.and_then(|unit| unit.name).unwrap_or_else(|| unit.to_string());
    // The parent of a unit right below the root is the root, whose id is no unit's.
    let parent = parents?.parents.unwrap_or_default().into_iter().find_map(|parent| parent.id?.parse().ok());
    Ok(Unit { name, parent })
}
