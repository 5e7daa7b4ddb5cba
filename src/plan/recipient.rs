//! What happens inside the accounts that receive a portfolio: desired against live. An account is governed by a
//! portfolio's entry, whatever the file is called.

use std::collections::{BTreeMap, BTreeSet};

use super::coverage::{Entry, Reached, reached};
use super::planned::{Blocked, Planned};
use super::resolve::hub_place;
use crate::model::change::{About, Because, Change, ChangeId, Origin, Resource, Untouched, Work};
use crate::model::desired::{DesiredPortfolio, DesiredPrincipal};
use crate::model::edit::{On, RecipientEdit};
use crate::model::finding::{Source, Warning};
use crate::model::id::AccountId;
use crate::model::live::{Found, Live, Reading, Received};
use crate::model::portfolio::{Portfolio, Receiver};
use crate::model::recipient::{AcceptedBy, Principal, PrincipalRef, PrincipalType};
use crate::model::target::TargetName;

/// A portfolio whose recipients are planned.
pub(super) struct Shared<'a> {
    pub(super) wanted: &'a DesiredPortfolio,
    pub(super) portfolio: &'a Portfolio,
    pub(super) live: &'a Live,
    /// The shares that the plan makes, each with its change.
    pub(super) made: BTreeMap<Receiver, (ChangeId, Origin)>,
    /// The shares that the plan takes away.
    pub(super) taken: BTreeSet<Receiver>,
}

/// What a catalog asks for in one account.
pub(super) struct Asked<'a> {
    /// The entry, and the line of each principal.
    source: &'a Source,
    principals: BTreeMap<Principal, (&'a PrincipalRef, &'a Source)>,
}

impl<'a> Asked<'a> {
    fn of(entry: &Entry<'a>, account: &AccountId, wanted: &DesiredPortfolio) -> Self {
        let principal = |DesiredPrincipal { who, source }: &'a DesiredPrincipal| {
            (who.within(account, &wanted.region), (who, source))
        };
        Self { source: &entry.entry.source, principals: entry.entry.principals.iter().map(principal).collect() }
    }
}

/// What has to be known of an account to plan it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    /// Which portfolios it has accepted.
    Accepted,
    /// Who may launch there.
    Principals,
}

impl<'a> Shared<'a> {
    /// How an account has the portfolio now.
    pub(super) fn now(&self, account: &AccountId, entry: &Entry<'_>) -> Reached {
        let organization = self.live.organization(&self.wanted.organization);
        reached(account, entry, self.portfolio.shares.keys(), organization)
    }

    /// How an account has it once the plan is carried out.
    fn after(&self, account: &AccountId, entry: &Entry<'_>) -> Reached {
        let organization = self.live.organization(&self.wanted.organization);
        let stay = self.portfolio.shares.keys().filter(|receiver| !self.taken.contains(*receiver));
        reached(account, entry, stay.chain(self.made.keys()), organization)
    }

    fn received(&self, account: &AccountId) -> Option<&'a Received> {
        self.live.received.get(&(account.clone(), self.wanted.region.clone()))
    }

    /// Whether the account's own share was accepted; `None` where there is none.
    fn has_accepted(&self, account: &AccountId) -> Option<bool> {
        self.portfolio.shares.get(&Receiver::Account(account.clone())).map(|share| share.accepted)
    }

    /// What has to be asked of an account that has the portfolio now.
    pub(super) fn questions(&self, account: &AccountId, entry: &Entry<'_>) -> Vec<Question> {
        let now = self.now(account, entry);
        let accepted = self.has_accepted(account) == Some(true);
        match (accepted, now.through.is_empty()) {
            (true, _) => vec![Question::Principals],
            (false, false) => vec![Question::Accepted, Question::Principals],
            (false, true) => Vec::new(),
        }
    }

    /// Whether a live pattern may be one that the owner set, which the recipient sees too.
    pub(super) fn needs_owner(&self, account: &AccountId, entry: &Entry<'_>) -> bool {
        let asked = Asked::of(entry, account, self.wanted);
        let Ok(Some(live)) = self.principals(account, entry) else { return false };
        live.iter().any(|it| it.kind == PrincipalType::Pattern && !asked.principals.contains_key(it))
    }

    /// Who may launch in an account now; `None` where the portfolio is not there yet.
    fn principals(&self, account: &AccountId, entry: &Entry<'_>) -> Result<Option<&'a BTreeSet<Principal>>, Blocked> {
        let asked = self.questions(account, entry);
        if asked.is_empty() {
            return Ok(None);
        }
        let id = &self.portfolio.id;
        let received = self.received(account);
        if asked.contains(&Question::Accepted) {
            match received.and_then(|it| it.accepted.as_ref()) {
                Some(Reading::Complete(accepted)) if !accepted.contains(id) => return Ok(None),
                Some(Reading::Complete(_)) => {}
                Some(Reading::Unreadable(reason)) => return Err(Blocked::unreadable(reason)),
                None => return Err(Blocked::unreadable(format!("what {account} has accepted was not read"))),
            }
        }
        match received.and_then(|it| it.principals.get(id)) {
            Some(Found::There(principals)) => Ok(Some(principals)),
            Some(Found::Unreadable(reason)) => Err(Blocked::unreadable(reason)),
            Some(Found::NotThere) => Err(Blocked::unreadable(format!(
                "{account} should have portfolio {id} by a share, and AWS says there that it does not exist"
            ))),
            None => Err(Blocked::unreadable(format!("who may launch from {id} in {account} was not read"))),
        }
    }

    /// What would change in an account that an entry covers. `before` is the base's entry for it, where there is one.
    pub(super) fn plan(
        &self,
        name: &TargetName,
        account: &AccountId,
        entry: &Entry<'a>,
        before: Option<&Entry<'_>>,
    ) -> Result<Planned, Blocked> {
        let asked = Asked::of(entry, account, self.wanted);
        let before = before.map(|entry| Asked::of(entry, account, self.wanted));
        let (now, after) = (self.now(account, entry), self.after(account, entry));
        if after.through.is_empty() && !after.directly {
            return Err(Blocked::at(asked.source, unreached(account, &after)));
        }
        let live = self.principals(account, entry)?;
        let made = self.made_for(&now, &after, account);
        // What the base asked for already is drift, unless it takes a share that only now is made.
        let is_old = before.is_some() && made.iter().all(|(_, origin)| *origin == Origin::Drift);
        let origin = |is_drift: bool| if is_drift { Origin::Drift } else { Origin::PullRequest };
        let mut waits_for: BTreeSet<ChangeId> = made.into_iter().map(|(id, _)| id).collect();
        let mut changes = Vec::new();
        if let Some(by) = self.accept(&now, &after, account, live) {
            let edit = RecipientEdit::Accept(by);
            let mut about = about(origin(is_old), Because::Listed(asked.source.clone()), waits_for);
            if by == AcceptedBy::AwsOrganizations {
                about.notes.push("somebody rejected it in the account".to_owned());
            }
            let change = Change { edit, about };
            waits_for = BTreeSet::from([change.seen().id(name)]);
            changes.push(change);
        }
        let empty = BTreeSet::new();
        let live = live.unwrap_or(&empty);
        let lists = |asked: &Asked<'_>, principal: &Principal| asked.principals.contains_key(principal);
        for (principal, (who, source)) in asked.principals.iter().filter(|(principal, _)| !live.contains(*principal)) {
            let is_drift = is_old && before.as_ref().is_some_and(|before| lists(before, principal));
            let because = Because::Listed((*source).clone());
            let mut about = about(origin(is_drift), because, waits_for.clone());
            about.label = principal.label(Some(who));
            changes.push(Change { edit: RecipientEdit::Grant(On::Imported, principal.clone()), about });
        }
        let Extra { revoked, kept, warnings } = self.revoked(account, live, &asked);
        for principal in revoked {
            let listed = before.as_ref().and_then(|before| before.principals.get(&principal));
            let because = listed.map_or(Because::Unlisted, |(_, source)| Because::NoLongerListed((*source).clone()));
            let mut about = about(origin(before.is_some() && listed.is_none()), because, BTreeSet::new());
            about.label = principal.label(listed.map(|(who, _)| *who));
            if principal.is_bare_id() {
                about.notes.push("its role was deleted: nobody can launch by it".to_owned());
            }
            changes.push(Change { edit: RecipientEdit::Revoke(On::Imported, principal), about });
        }
        Ok(self.planned(changes, kept, warnings))
    }

    /// What the base listed in an account that no entry covers any more is taken off. `None` where nothing of it is
    /// there.
    pub(super) fn clean_up(&self, account: &AccountId, before: &Entry<'a>) -> Result<Option<Planned>, Blocked> {
        let Some(live) = self.principals(account, before)? else { return Ok(None) };
        let listed = Asked::of(before, account, self.wanted);
        let (of_owner, warnings) = self.of_owner(live.iter().filter(|it| listed.principals.contains_key(*it)));
        let mut changes = Vec::new();
        for (principal, (who, source)) in &listed.principals {
            if live.contains(principal) && !of_owner.contains(principal) {
                let because = Because::NoLongerListed((*source).clone());
                let mut about = about(Origin::PullRequest, because, BTreeSet::new());
                about.label = principal.label(Some(who));
                changes.push(Change { edit: RecipientEdit::Revoke(On::Imported, principal.clone()), about });
            }
        }
        if changes.is_empty() && warnings.is_empty() {
            return Ok(None);
        }
        let left_alone = live.len() - changes.len();
        Ok(Some(self.planned(changes, left_alone, warnings)))
    }

    fn planned(&self, changes: Vec<Change<RecipientEdit>>, left_alone: usize, warnings: Vec<Warning>) -> Planned {
        let Portfolio { id, name, shares: _ } = self.portfolio;
        let imported = Resource { id: Some(id.clone()), name: name.clone().unwrap_or_default() };
        Planned {
            work: Work::Recipient { imported, local: None, changes },
            left_alone: Untouched { unlisted: left_alone, ignored: BTreeMap::new() },
            warnings,
            incomplete_shares: Vec::new(),
        }
    }

    /// The changes of the plan by which an account gets the portfolio in the first place.
    fn made_for(&self, now: &Reached, after: &Reached, account: &AccountId) -> BTreeSet<(ChangeId, Origin)> {
        let is_there = !now.through.is_empty() || (now.directly && after.through.is_empty());
        if is_there {
            return BTreeSet::new();
        }
        let direct = Receiver::Account(account.clone());
        let direct = Some(&direct).filter(|_| after.directly && after.through.is_empty());
        after.through.iter().chain(direct).filter_map(|receiver| self.made.get(receiver).cloned()).collect()
    }

    /// That the share is accepted, where it is not.
    fn accept(
        &self,
        now: &Reached,
        after: &Reached,
        account: &AccountId,
        live: Option<&BTreeSet<Principal>>,
    ) -> Option<AcceptedBy> {
        if after.through.is_empty() {
            return (self.has_accepted(account) != Some(true)).then_some(AcceptedBy::Imported);
        }
        // It has a share through the organization by now, and nothing is there.
        let is_rejected = !now.through.is_disjoint(&after.through) && live.is_none();
        is_rejected.then_some(AcceptedBy::AwsOrganizations)
    }

    /// Which of some principals the owner's portfolio has too: patterns that arrive with the share.
    fn of_owner<'p>(&self, live: impl Iterator<Item = &'p Principal>) -> (BTreeSet<Principal>, Vec<Warning>) {
        let patterns: BTreeSet<Principal> = live.filter(|it| it.kind == PrincipalType::Pattern).cloned().collect();
        if patterns.is_empty() {
            return (patterns, Vec::new());
        }
        let owner = self.live.received.get(&hub_place(self.wanted));
        let why = match owner.and_then(|it| it.principals.get(&self.portfolio.id)) {
            Some(Found::There(own)) => return (patterns.intersection(own).cloned().collect(), Vec::new()),
            Some(Found::Unreadable(reason)) => reason.clone(),
            Some(Found::NotThere) | None => "its principals were not read".to_owned(),
        };
        let shown: Vec<&str> = patterns.iter().map(Principal::short).collect();
        let message =
            format!("can't tell whether the owner set the pattern {} ({why}): left as it is", shown.join(", "));
        (patterns, vec![Warning { code: "pattern_owner_unknown".to_owned(), message, source: None }])
    }

    /// Who may launch and should not.
    fn revoked(&self, account: &AccountId, live: &BTreeSet<Principal>, asked: &Asked<'_>) -> Extra {
        let unlisted = || live.iter().filter(|principal| !asked.principals.contains_key(*principal));
        let (of_owner, warnings) = self.of_owner(unlisted());
        // A bare id may be that of a role that was made a moment ago, as long as some role is not listed by its ARN.
        let is_open = asked.principals.keys().any(|it| it.kind == PrincipalType::Iam && !live.contains(it));
        let mut extra = Extra { revoked: Vec::new(), kept: of_owner.len(), warnings };
        for principal in unlisted().filter(|principal| !of_owner.contains(*principal)) {
            if principal.is_bare_id() && is_open {
                extra.kept += 1;
                let message = format!(
                    "account {account} has a principal that AWS shows as {} alone: its role was deleted, or was made a \
                     moment ago. It is left alone until all listed principals are there by their names",
                    principal.arn
                );
                let source = Some(asked.source.clone());
                extra.warnings.push(Warning { code: "ghost_principal".to_owned(), message, source });
            } else {
                extra.revoked.push(principal.clone());
            }
        }
        extra
    }
}

/// Who is taken off, and what is left alone.
struct Extra {
    revoked: Vec<Principal>,
    kept: usize,
    warnings: Vec<Warning>,
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

fn about(origin: Origin, because: Because, waits_for: BTreeSet<ChangeId>) -> About {
    let (label, notes) = (String::new(), Vec::new());
    About { origin, because, waits_for, takes_from: None, audience: None, label, notes }
}
