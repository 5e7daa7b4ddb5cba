//! Tells which change waits for which. Within a portfolio, a share is removed only after every share that takes its
//! place was made. A product is approved or denied only once there is a procurement policy to hold it.

use std::collections::{BTreeMap, BTreeSet};

use super::{labels, mirror};
use crate::model::change::{Change, ChangeId, Target, TargetState, Work};
use crate::model::edit::{Delta, ExperienceEdit, Family, HubEdit, Kind};
use crate::model::experience::ExperienceStatus;
use crate::model::id::{AccountId, OuId};
use crate::model::live::Live;
use crate::model::organization::Organization;
use crate::model::portfolio::Receiver;
use crate::model::target::TargetName;

/// Sets what every change waits for. Targets whose changes would wait for each other in a circle are blocked. `awaited`
/// gives the changes inside recipients that the removal of a share waits for.
pub(super) fn link(targets: &mut [Target], live: &Live, awaited: &BTreeMap<ChangeId, BTreeSet<ChangeId>>) {
    for target in targets.iter_mut() {
        let Target {
            name,
            organization,
            account: _,
            account_name: _,
            region: _,
            state,
            warnings: _,
            silenced: _,
            incomplete_shares: _,
        } = target;
        let TargetState::Complete { work, left_alone: _ } = state else { continue };
        match work {
            Work::Hub { portfolio: _, changes } => {
                let organization = labels::organization(live, organization);
                replacements(name, changes, organization);
                for change in changes {
                    let before = awaited.get(&id(name, change));
                    change.about.waits_for.extend(before.into_iter().flatten().cloned());
                }
            }
            // What a recipient's changes wait for is set where they are planned.
            Work::Recipient { imported: _, local: _, changes: _ } => {}
            Work::Experience { experience: _, policy: _, changes } => after_policy(name, changes),
        }
    }
    mirror::link(targets);
    for name in circles(targets) {
        for target in targets.iter_mut().filter(|target| target.name == name) {
            let reason = "its changes wait for each other in a circle, so none of them can come first".to_owned();
            target.state = TargetState::Unreadable { reason, source: None };
        }
    }
}

fn id<E: Family>(name: &TargetName, change: &Change<E>) -> ChangeId {
    change.seen().id(name)
}

fn after_policy(name: &TargetName, changes: &mut [Change<ExperienceEdit>]) {
    let policy = changes.iter().find(|change| matches!(change.edit, ExperienceEdit::Policy { .. }));
    let Some(policy) = policy.map(|change| id(name, change)) else { return };
    for change in changes {
        // An archived experience is revived before it gets its policy.
        let revives = matches!(change.edit, ExperienceEdit::Status { before: ExperienceStatus::Archived, after: _ });
        if !revives && change.seen().edit.kind() != Kind::ProcurementPolicy {
            change.about.waits_for.insert(policy.clone());
        }
    }
}

/// The shares that a plan makes in a portfolio, by what they reach.
struct Made<'a> {
    organization: Option<&'a Organization>,
    accounts: BTreeMap<AccountId, Vec<ChangeId>>,
    /// Shares with units whose accounts are known, by account.
    units_of: BTreeMap<&'a AccountId, Vec<ChangeId>>,
    /// Shares with units whose accounts are unknown: each may reach any account.
    unknown: Vec<ChangeId>,
    units: Vec<(OuId, ChangeId)>,
    organizations: Vec<ChangeId>,
}

/// Makes the removal of a share wait for every new share that reaches some of the same accounts. A share whose accounts
/// are unknown counts as reaching all.
fn replacements(name: &TargetName, changes: &mut [Change<HubEdit>], organization: Option<&Organization>) {
    let mut made = Made {
        organization,
        accounts: BTreeMap::new(),
        units_of: BTreeMap::new(),
        unknown: Vec::new(),
        units: Vec::new(),
        organizations: Vec::new(),
    };
    for change in changes.iter() {
        let HubEdit::Share(Delta::Create(share)) = &change.edit else { continue };
        made.add(share.receiver(), &id(name, change));
    }
    for change in changes {
        let HubEdit::Share(Delta::Remove(share)) = &change.edit else { continue };
        change.about.waits_for = made.replacing(&share.receiver());
    }
}

impl Made<'_> {
    fn add(&mut self, receiver: Receiver, id: &ChangeId) {
        match receiver {
            Receiver::Account(account) | Receiver::Member(account) => {
                self.accounts.entry(account).or_default().push(id.clone());
            }
            Receiver::Ou(ou) => {
                match self.organization.and_then(|it| it.members.get(&ou)) {
                    Some(members) => {
                        for account in members {
                            self.units_of.entry(account).or_default().push(id.clone());
                        }
                    }
                    None => self.unknown.push(id.clone()),
                }
                self.units.push((ou, id.clone()));
            }
            Receiver::Organization(_) => self.organizations.push(id.clone()),
        }
    }

    fn replacing(&self, taken: &Receiver) -> BTreeSet<ChangeId> {
        let mut found = BTreeSet::new();
        match taken {
            Receiver::Account(account) | Receiver::Member(account) => {
                found.extend(self.accounts.get(account).into_iter().flatten().cloned());
                if !self.organization.is_some_and(|it| it.strangers.contains(account)) {
                    found.extend(self.units_of.get(account).into_iter().flatten().cloned());
                    found.extend(self.unknown.iter().chain(&self.organizations).cloned());
                }
            }
            Receiver::Ou(ou) => {
                let members = self.organization.and_then(|it| it.members.get(ou));
                let reached = |account: &AccountId| match members {
                    Some(members) => members.contains(account),
                    None => !self.organization.is_some_and(|it| it.strangers.contains(account)),
                };
                let accounts = self.accounts.iter().filter(|(account, _)| reached(account));
                found.extend(accounts.flat_map(|(_, ids)| ids.iter().cloned()));
                let units = self.units.iter().filter(|(unit, _)| self.may_overlap(ou, unit));
                found.extend(units.map(|(_, id)| id.clone()));
                found.extend(self.organizations.iter().cloned());
            }
            Receiver::Organization(_) => {
                let stranger = |account: &AccountId| self.organization.is_some_and(|it| it.strangers.contains(account));
                let accounts = self.accounts.iter().filter(|(account, _)| !stranger(account));
                found.extend(accounts.flat_map(|(_, ids)| ids.iter().cloned()));
                found.extend(self.units.iter().map(|(_, id)| id.clone()));
            }
        }
        found
    }

    /// Whether one of two units may be below the other. True if that is not known.
    fn may_overlap(&self, one: &OuId, other: &OuId) -> bool {
        let Some(organization) = self.organization else { return true };
        let below = organization.is_at_or_below(one, other);
        let above = organization.is_at_or_below(other, one);
        !(below == Some(false) && above == Some(false))
    }
}

/// The targets with a change that is in a circle or waits for one.
fn circles(targets: &[Target]) -> BTreeSet<TargetName> {
    let mut waiting: BTreeMap<ChangeId, usize> = BTreeMap::new();
    let mut behind: BTreeMap<&ChangeId, Vec<ChangeId>> = BTreeMap::new();
    for target in targets {
        for change in target.changes().filter(|change| !change.about.waits_for.is_empty()) {
            let id = change.id(&target.name);
            for before in &change.about.waits_for {
                behind.entry(before).or_default().push(id.clone());
            }
            waiting.insert(id, change.about.waits_for.len());
        }
    }
    // Changes that wait for nothing are free. Each of them frees those that waited for it alone, and so on. What is
    // left is in a circle or waits for one.
    let mut free: Vec<ChangeId> =
        behind.keys().filter(|id| !waiting.contains_key(**id)).map(|id| (*id).clone()).collect();
    while let Some(id) = free.pop() {
        for next in behind.get(&id).into_iter().flatten() {
            if let Some(left) = waiting.get_mut(next) {
                *left -= 1;
                if *left == 0 {
                    waiting.remove(next);
                    free.push(next.clone());
                }
            }
        }
    }
    waiting.into_keys().map(|id| id.target).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::change::{About, Because, Resource, Untouched};
    use crate::model::portfolio::Share;

    fn change(account: &str, waits_for: &[(&str, &str)]) -> Change<HubEdit> {
        let share = Share::Account { account: account.parse().unwrap(), tag_options: false };
        let waits_for = waits_for.iter().map(|(file, account)| ChangeId {
            target: name(file),
            kind: Kind::PortfolioShare,
            key: (*account).to_owned(),
        });
        let about = About { waits_for: waits_for.collect(), ..About::new(Because::Unlisted) };
        Change { edit: HubEdit::Share(Delta::Create(share)), about }
    }

    fn name(file: &str) -> TargetName {
        format!("portfolio/{file}/acme/us-east-1").parse().unwrap()
    }

    fn target(file: &str, changes: Vec<Change<HubEdit>>) -> Target {
        let portfolio = Resource { id: None, name: file.to_owned() };
        Target {
            name: name(file),
            organization: "acme".parse().unwrap(),
            account: "111111111111".parse().unwrap(),
            account_name: None,
            region: "us-east-1".parse().unwrap(),
            state: TargetState::Complete { work: Work::Hub { portfolio, changes }, left_alone: Untouched::default() },
            warnings: Vec::new(),
            silenced: Vec::new(),
            incomplete_shares: Vec::new(),
        }
    }

    #[test]
    fn a_circle_is_found_over_targets() {
        let (one, two) = ("333333333331", "333333333332");
        let targets = [
            target("a", vec![change(one, &[("b", two)])]),
            target("b", vec![change(two, &[("a", one)])]),
            target("c", vec![change(one, &[("d", two)])]),
            target("d", vec![change(two, &[])]),
        ];
        assert_eq!(circles(&targets), BTreeSet::from([name("a"), name("b")]));
    }
}
