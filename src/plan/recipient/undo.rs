//! Undoes what the base asked for in an account and the catalog no longer does. Nothing is touched but what carries the
//! tag or was named by the base.

use std::collections::BTreeSet;

use super::super::coverage::Reached;
use super::super::planned::Blocked;
use super::asked::Asked;
use super::copies::is_owned_by;
use super::mine::tagged;
use super::{Drafts, Shared, about};
use crate::model::change::{Because, Change, Origin, Resource};
use crate::model::desired::DesiredLocal;
use crate::model::edit::{CopyEdit, Delta, Held, On, RecipientEdit};
use crate::model::finding::Source;
use crate::model::id::{AccountId, CatalogProductId, ConstraintId};
use crate::model::live::Found;
use crate::model::local::{Offered, Rule};

impl<'a> Shared<'a> {
    /// Undoes what the base asked for on the other one of the two portfolios, the imported and the local one.
    pub(super) fn undo_other(
        &self,
        account: &AccountId,
        now: &Reached,
        asked: &Asked<'a>,
        before: &Asked<'a>,
        drafts: &mut Drafts,
    ) -> Result<(), Blocked> {
        match (asked.local, before.local) {
            (Some(_), None) => self.undo_imported(account, now, before, drafts),
            (None, Some(local)) => self.undo_local(account, local, before, drafts),
            (None, None) | (Some(_), Some(_)) => Ok(()),
        }
    }

    /// Takes the principals that the base listed off the imported portfolio, and no others.
    pub(super) fn undo_imported(
        &self,
        account: &AccountId,
        now: &Reached,
        listed: &Asked<'a>,
        drafts: &mut Drafts,
    ) -> Result<(), Blocked> {
        let Some(live) = self.imported(account, now)? else { return Ok(()) };
        let (of_owner, warnings) = self.of_owner(live.iter().filter(|it| listed.lists(it)));
        drafts.warnings.extend(warnings);
        let mut left_alone = live.len();
        for (principal, (who, source)) in &listed.principals {
            if live.contains(principal) && !of_owner.contains(principal) {
                left_alone -= 1;
                let mut about = about(Origin::PullRequest, Because::NoLongerListed((*source).clone()));
                about.label = principal.label(Some(who));
                drafts.changes.push(Change { edit: RecipientEdit::Revoke(On::Imported, principal.clone()), about });
            }
        }
        drafts.left_alone += left_alone;
        Ok(())
    }

    /// Empties and deletes the account's local portfolio. Does nothing if none carries the tag.
    pub(super) fn undo_local(
        &self,
        account: &AccountId,
        local: &DesiredLocal,
        listed: &Asked<'a>,
        drafts: &mut Drafts,
    ) -> Result<(), Blocked> {
        let Some((id, live)) = tagged(self.own(account)?, listed.file, local, account)? else { return Ok(()) };
        let inside = self.inside(account, id)?;
        drafts.local = Some(Resource { id: Some(id.clone()), name: live.name.clone() });
        let mut gone = |edit: RecipientEdit, label: String, source: &Source| {
            let mut about = about(Origin::PullRequest, Because::NoLongerListed(source.clone()));
            about.label = label;
            drafts.changes.push(Change { edit, about });
        };
        for principal in inside.principals {
            let known = listed.principals.get(principal);
            let source = known.map_or(&local.source, |(_, source)| source);
            let label = principal.label(known.map(|(who, _)| *who));
            gone(RecipientEdit::Revoke(On::Local, principal.clone()), label, source);
        }
        for (product, offered) in inside.products {
            let held = self.held(account, (product, offered), listed);
            let mut constraints: BTreeSet<ConstraintId> = BTreeSet::new();
            for constraint in inside.constraints.iter().filter(|constraint| constraint.product == *product) {
                let Rule::Launch(Some(role)) = &constraint.rule else {
                    constraints.insert(constraint.id.clone());
                    continue;
                };
                let (product, constraint) = (held.clone(), Some(constraint.id.clone()));
                let edit = RecipientEdit::Launch { product, constraint, role: Delta::Remove(role.clone()) };
                gone(edit, offered.name.clone(), &local.source);
            }
            let edit = match held {
                Held::Copy { of, id: Some(copy) } => RecipientEdit::Copy(CopyEdit::Drop { of, copy, constraints }),
                Held::Copy { of: product, id: None } | Held::Itself(product) => {
                    RecipientEdit::Dissociate { product, constraints }
                }
            };
            gone(edit, offered.name.clone(), &local.source);
        }
        gone(RecipientEdit::Local(Delta::Remove(live.clone()), Some(id.clone())), String::new(), &local.source);
        Ok(())
    }

    /// How a product goes: a copy that carries the tag is deleted, any other product is only taken out.
    fn held(&self, account: &AccountId, (product, offered): (&CatalogProductId, &Offered), listed: &Asked<'a>) -> Held {
        let copies = self.received(account).map(|received| &received.copies);
        let found = copies.and_then(|copies| copies.get(product)).filter(|_| is_owned_by(account, offered));
        match found {
            Some(Found::There(it)) if it.tag.as_ref() == Some(listed.file) => {
                let of = it.of.clone().unwrap_or_else(|| product.clone());
                Held::Copy { of, id: Some(product.clone()) }
            }
            _ => Held::Itself(product.clone()),
        }
    }
}
