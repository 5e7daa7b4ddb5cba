//! Plans what happens inside the accounts that receive a portfolio: desired against live. The portfolio decides which
//! entry governs an account, whatever the file is called.

mod asked;
mod copies;
mod link;
mod local;
mod mine;
mod offered;
mod principals;
mod products;
mod reading;
mod stock;
mod undo;
mod wants;

pub(super) use mine::mine;

use std::collections::{BTreeMap, BTreeSet};

use super::coverage::{Entry, Reached, reached};
use super::planned::{Blocked, Planned};
use crate::model::change::{About, Because, Change, ChangeId, Origin, Resource, Untouched, Work};
use crate::model::desired::DesiredPortfolio;
use crate::model::edit::RecipientEdit;
use crate::model::finding::Warning;
use crate::model::id::{AccountId, Name, PortfolioId};
use crate::model::live::Live;
use crate::model::portfolio::{Portfolio, Receiver};
use crate::model::recipient::AcceptedBy;
use crate::model::target::TargetName;
use asked::{Asked, Cause};

/// A portfolio whose recipients are planned.
pub(super) struct Shared<'a> {
    /// The name of the file that asks for it, without the extension.
    pub(super) file: &'a Name,
    pub(super) wanted: &'a DesiredPortfolio,
    pub(super) portfolio: &'a Portfolio,
    pub(super) live: &'a Live,
    /// The shares that the plan makes, each with its change.
    pub(super) made: BTreeMap<Receiver, (ChangeId, Origin)>,
    /// The shares that the plan removes.
    pub(super) taken: BTreeSet<Receiver>,
}

/// The base's entry for an account, and the name of its file without the extension.
#[derive(Clone, Copy)]
pub(super) struct Before<'a, 'e> {
    pub(super) file: &'a Name,
    pub(super) entry: &'e Entry<'a>,
}

/// What is to be done in an account.
#[derive(Default)]
struct Drafts {
    changes: Vec<Change<RecipientEdit>>,
    /// The account's local portfolio, if it has one or gets one.
    local: Option<Resource<PortfolioId>>,
    left_alone: usize,
    warnings: Vec<Warning>,
}

impl<'a> Shared<'a> {
    /// How an account has the portfolio now.
    pub(super) fn now(&self, account: &AccountId, entry: &Entry<'_>) -> Reached {
        let organization = self.live.organization(&self.wanted.organization);
        reached(account, entry, self.portfolio.shares.keys(), organization)
    }

    /// How an account has the portfolio after the plan.
    fn after(&self, account: &AccountId, entry: &Entry<'_>) -> Reached {
        let organization = self.live.organization(&self.wanted.organization);
        let stay = self.portfolio.shares.keys().filter(|receiver| !self.taken.contains(*receiver));
        reached(account, entry, stay.chain(self.made.keys()), organization)
    }

    /// Whether the share with the account itself was accepted. `None` if there is none.
    fn has_accepted(&self, account: &AccountId) -> Option<bool> {
        self.portfolio.shares.get(&Receiver::Account(account.clone())).map(|share| share.accepted)
    }

    /// Plans an account that an entry covers. `before` is the base's entry for it, if there is one.
    pub(super) fn plan(
        &self,
        name: &TargetName,
        account: &AccountId,
        entry: &Entry<'a>,
        before: Option<Before<'a, '_>>,
    ) -> Result<Planned, Blocked> {
        let asked = Asked::of(entry, account, self.wanted, self.file);
        let before = before.map(|before| Asked::of(before.entry, account, self.wanted, before.file));
        let (now, after) = (self.now(account, entry), self.after(account, entry));
        if after.through.is_empty() && !after.directly {
            return Err(Blocked::at(asked.source, unreached(account, &after)));
        }
        let is_here = self.is_here(account, &now)?;
        let made = self.made_for(&now, &after, account);
        // What the base asked for already is drift, unless it needs a share that the base did not ask for.
        let is_old = before.is_some() && made.iter().all(|(_, origin)| *origin == Origin::Drift);
        let mut cause = Cause { is_old, opens: made.into_iter().map(|(id, _)| id).collect() };
        let mut drafts = Drafts::default();
        if let Some(by) = self.accept(&now, &after, account, is_here) {
            let mut about = about(cause.origin(true), Because::Listed(asked.source.clone()));
            about.waits_for = std::mem::take(&mut cause.opens);
            if by == AcceptedBy::AwsOrganizations {
                about.notes.push("somebody rejected it in the account".to_owned());
            }
            let change = Change { edit: RecipientEdit::Accept(by), about };
            cause.opens = BTreeSet::from([change.seen().id(name)]);
            drafts.changes.push(change);
        }
        match asked.local {
            None => self.on_imported(account, &now, (&asked, before.as_ref()), &cause, &mut drafts)?,
            Some(local) => {
                let arrives = !after.directly;
                self.in_local(account, local, (&asked, before.as_ref()), (&cause, arrives), &mut drafts)?;
            }
        }
        if let Some(before) = &before {
            self.undo_other(account, &now, &asked, before, &mut drafts)?;
        }
        link::link(name, &mut drafts.changes, &cause.opens);
        Ok(self.planned(drafts))
    }

    /// Undoes what the base listed in an account that no entry covers any more. `None` if nothing of it is live.
    pub(super) fn clean_up(
        &self,
        name: &TargetName,
        account: &AccountId,
        before: &Entry<'a>,
    ) -> Result<Option<Planned>, Blocked> {
        let listed = Asked::of(before, account, self.wanted, self.file);
        let now = self.now(account, before);
        let mut drafts = Drafts::default();
        match listed.local {
            None => self.undo_imported(account, &now, &listed, &mut drafts)?,
            Some(local) => self.undo_local(account, local, &listed, &mut drafts)?,
        }
        if drafts.changes.is_empty() && drafts.warnings.is_empty() {
            return Ok(None);
        }
        link::link(name, &mut drafts.changes, &BTreeSet::new());
        Ok(Some(self.planned(drafts)))
    }

    fn planned(&self, drafts: Drafts) -> Planned {
        let Portfolio { id, name, shares: _ } = self.portfolio;
        let imported = Resource { id: Some(id.clone()), name: name.clone().unwrap_or_default() };
        let Drafts { changes, local, left_alone, warnings } = drafts;
        Planned {
            work: Work::Recipient { imported, local, changes },
            left_alone: Untouched { unlisted: left_alone, ..Untouched::default() },
            warnings,
            incomplete_shares: Vec::new(),
        }
    }

    /// The changes of the plan by which an account gets the portfolio. Empty if it has it already.
    fn made_for(&self, now: &Reached, after: &Reached, account: &AccountId) -> BTreeSet<(ChangeId, Origin)> {
        let is_there = !now.through.is_empty() || (now.directly && after.through.is_empty());
        if is_there {
            return BTreeSet::new();
        }
        let direct = Receiver::Account(account.clone());
        let direct = Some(&direct).filter(|_| after.directly && after.through.is_empty());
        after.through.iter().chain(direct).filter_map(|receiver| self.made.get(receiver).cloned()).collect()
    }

    /// How the portfolio is accepted, if it has to be.
    fn accept(&self, now: &Reached, after: &Reached, account: &AccountId, is_here: bool) -> Option<AcceptedBy> {
        if after.through.is_empty() {
            return (self.has_accepted(account) != Some(true)).then_some(AcceptedBy::Imported);
        }
        // A share through the organization is live, and the portfolio is not in the account: it was rejected there.
        let is_rejected = !now.through.is_disjoint(&after.through) && !is_here;
        is_rejected.then_some(AcceptedBy::AwsOrganizations)
    }
}

fn unreached(account: &AccountId, after: &Reached) -> String {
    if after.is_untold {
        format!("can't tell whether a share reaches account {account}, which this entry covers")
    } else {
        format!(
            "this entry covers account {account}, and no share of the portfolio reaches it: share with it, or put it \
             under `except`"
        )
    }
}

fn about(origin: Origin, because: Because) -> About {
    About { origin, ..About::new(because) }
}
