//! Tells which change in an account waits for which. The portfolio arrives first, then the local portfolio is made,
//! then its products come, then their launch roles. Removals go the other way round.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::change::{Change, ChangeId};
use crate::model::edit::{CopyEdit, Delta, On, RecipientEdit};
use crate::model::target::TargetName;

/// Sets what every change waits for. `opens` are the changes by which the portfolio arrives.
pub(super) fn link(name: &TargetName, changes: &mut [Change<RecipientEdit>], opens: &BTreeSet<ChangeId>) {
    let links = Links::of(name, changes, opens);
    for change in changes {
        let waits_for = links.of_change(&change.edit, &change.seen().edit.key());
        change.about.waits_for.extend(waits_for);
    }
}

struct Links<'a> {
    opens: &'a BTreeSet<ChangeId>,
    /// The change that makes the local portfolio, if there is one.
    made: Option<ChangeId>,
    /// The changes that bring products into it, by their key.
    comes: BTreeMap<String, ChangeId>,
    /// The changes that remove launch roles, by the same key.
    roles: BTreeMap<String, ChangeId>,
    /// Whether the local portfolio is deleted.
    is_deleted: bool,
    /// The changes that revoke principals on it.
    revoked: BTreeSet<ChangeId>,
    /// The changes that take products out of it.
    goes: BTreeSet<ChangeId>,
}

impl<'a> Links<'a> {
    fn of(name: &TargetName, changes: &[Change<RecipientEdit>], opens: &'a BTreeSet<ChangeId>) -> Self {
        let mut links = Self {
            opens,
            made: None,
            comes: BTreeMap::new(),
            roles: BTreeMap::new(),
            is_deleted: false,
            revoked: BTreeSet::new(),
            goes: BTreeSet::new(),
        };
        for change in changes {
            let id = change.seen().id(name);
            match &change.edit {
                RecipientEdit::Local(Delta::Create(_), _) => links.made = Some(id),
                RecipientEdit::Local(Delta::Remove(_), _) => links.is_deleted = true,
                RecipientEdit::Associate(_) | RecipientEdit::Copy(CopyEdit::Make { .. }) => {
                    links.comes.insert(id.key.clone(), id);
                }
                RecipientEdit::Launch { role: Delta::Remove(_), .. } => drop(links.roles.insert(id.key.clone(), id)),
                RecipientEdit::Dissociate { .. } | RecipientEdit::Copy(CopyEdit::Drop { .. }) => {
                    links.goes.insert(id);
                }
                RecipientEdit::Revoke(On::Local, _) => drop(links.revoked.insert(id)),
                RecipientEdit::Accept(_)
                | RecipientEdit::Local(Delta::Update { .. }, _)
                | RecipientEdit::Copy(CopyEdit::Renew { .. } | CopyEdit::Adopt { .. })
                | RecipientEdit::Launch { .. }
                | RecipientEdit::Grant(_, _)
                | RecipientEdit::Revoke(On::Imported, _) => {}
            }
        }
        links
    }

    fn of_change(&self, edit: &RecipientEdit, key: &str) -> BTreeSet<ChangeId> {
        let inside = || {
            self.made.iter().cloned().chain(self.made.is_none().then_some(self.opens).into_iter().flatten().cloned())
        };
        match edit {
            RecipientEdit::Local(Delta::Create(_) | Delta::Update { .. }, _)
            | RecipientEdit::Grant(On::Imported, _) => self.opens.clone(),
            RecipientEdit::Associate(_)
            | RecipientEdit::Copy(CopyEdit::Make { .. } | CopyEdit::Renew { .. } | CopyEdit::Adopt { .. })
            | RecipientEdit::Grant(On::Local, _) => inside().collect(),
            RecipientEdit::Launch { role: Delta::Create(_) | Delta::Update { .. }, .. } => match self.comes.get(key) {
                Some(product) => BTreeSet::from([product.clone()]),
                None => inside().collect(),
            },
            RecipientEdit::Launch { role: Delta::Remove(_), .. } if self.is_deleted => self.revoked.clone(),
            RecipientEdit::Accept(_)
            | RecipientEdit::Revoke(_, _)
            | RecipientEdit::Launch { role: Delta::Remove(_), .. } => BTreeSet::new(),
            RecipientEdit::Dissociate { .. } | RecipientEdit::Copy(CopyEdit::Drop { .. }) => {
                let role = self.roles.get(key).cloned();
                // If the local portfolio is deleted, its principals go first, so that nobody launches a product that
                // has lost its launch role.
                let revoked = self.is_deleted.then_some(&self.revoked).into_iter().flatten().cloned();
                role.into_iter().chain(revoked).collect()
            }
            RecipientEdit::Local(Delta::Remove(_), _) => {
                self.revoked.iter().chain(self.roles.values()).chain(&self.goes).cloned().collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::change::{About, Because};
    use crate::model::edit::{Held, Kind};
    use crate::model::local::{LaunchRole, LocalPortfolio};
    use crate::model::recipient::{Principal, PrincipalType};

    fn changes(edits: Vec<RecipientEdit>) -> Vec<Change<RecipientEdit>> {
        edits.into_iter().map(|edit| Change { edit, about: About::new(Because::Unlisted) }).collect()
    }

    fn waits(edits: Vec<RecipientEdit>) -> Vec<Vec<Kind>> {
        let name: TargetName = "recipient/a/333333333333/us-east-1".parse().unwrap();
        let mut changes = changes(edits);
        let accept = ChangeId { target: name.clone(), kind: Kind::ShareAcceptance, key: "IMPORTED".to_owned() };
        link(&name, &mut changes, &BTreeSet::from([accept]));
        changes.iter().map(|change| change.about.waits_for.iter().map(|id| id.kind).collect()).collect()
    }

    fn portfolio() -> LocalPortfolio {
        LocalPortfolio { name: "L".to_owned(), provider: "P".to_owned(), description: String::new(), tag: None }
    }

    fn launch(role: fn(LaunchRole) -> Delta<LaunchRole>) -> RecipientEdit {
        let product = Held::Itself("prod-1".parse().unwrap());
        RecipientEdit::Launch { product, constraint: None, role: role(LaunchRole::Name("R".to_owned())) }
    }

    fn principal() -> Principal {
        Principal { arn: "arn:aws:iam::333333333333:role/R".to_owned(), kind: PrincipalType::Iam }
    }

    #[test]
    fn each_step_waits_for_the_one_that_opens_it() {
        let edits = vec![
            RecipientEdit::Local(Delta::Create(portfolio()), None),
            RecipientEdit::Associate("prod-1".parse().unwrap()),
            launch(Delta::Create),
            RecipientEdit::Grant(On::Local, principal()),
        ];
        let (local, product) = (Kind::LocalPortfolio, Kind::ProductAssociation);
        assert_eq!(waits(edits), [vec![Kind::ShareAcceptance], vec![local], vec![product], vec![local]]);
    }

    #[test]
    fn portfolio_is_emptied_from_the_people_inwards() {
        let edits = vec![
            RecipientEdit::Revoke(On::Local, principal()),
            launch(Delta::Remove),
            RecipientEdit::Dissociate { product: "prod-1".parse().unwrap(), constraints: BTreeSet::new() },
            RecipientEdit::Local(Delta::Remove(portfolio()), Some("port-1".parse().unwrap())),
        ];
        let (role, principal) = (Kind::LaunchConstraint, Kind::PrincipalAssociation);
        let all = vec![Kind::ProductAssociation, role, principal];
        assert_eq!(waits(edits), [vec![], vec![principal], vec![role, principal], all]);
    }
}
