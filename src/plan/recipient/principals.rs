//! Plans who may launch from a portfolio in an account: the imported one, or the local one.

use std::collections::BTreeSet;

use super::super::coverage::Reached;
use super::super::planned::Blocked;
use super::super::resolve::hub_place;
use super::asked::{Asked, Cause};
use super::{Drafts, Shared, about};
use crate::model::change::{Because, Change, Origin};
use crate::model::edit::{On, RecipientEdit};
use crate::model::finding::Warning;
use crate::model::id::AccountId;
use crate::model::live::Found;
use crate::model::recipient::{Principal, PrincipalType};

/// The principals that are revoked, and what is left alone.
struct Extra {
    revoked: Vec<Principal>,
    kept: usize,
    warnings: Vec<Warning>,
}

impl Shared<'_> {
    /// Plans who may launch from the imported portfolio.
    pub(super) fn on_imported(
        &self,
        account: &AccountId,
        now: &Reached,
        asked: (&Asked<'_>, Option<&Asked<'_>>),
        cause: &Cause,
        drafts: &mut Drafts,
    ) -> Result<(), Blocked> {
        let empty = BTreeSet::new();
        let live = self.imported(account, now)?.unwrap_or(&empty);
        self.principals(On::Imported, account, live, asked, cause, drafts);
        Ok(())
    }

    /// Grants and revokes principals, so that exactly the listed ones may launch from a portfolio.
    pub(super) fn principals(
        &self,
        on: On,
        account: &AccountId,
        live: &BTreeSet<Principal>,
        (asked, before): (&Asked<'_>, Option<&Asked<'_>>),
        cause: &Cause,
        drafts: &mut Drafts,
    ) {
        let before = before.filter(|before| before.on() == on);
        for (principal, (who, source)) in asked.principals.iter().filter(|(principal, _)| !live.contains(*principal)) {
            let was_asked = before.is_some_and(|before| before.lists(principal));
            let mut about = about(cause.origin(was_asked), Because::Listed((*source).clone()));
            about.label = principal.label(Some(who));
            drafts.changes.push(Change { edit: RecipientEdit::Grant(on, principal.clone()), about });
        }
        let Extra { revoked, kept, warnings } = self.revoked(on, account, live, asked);
        drafts.left_alone += kept;
        drafts.warnings.extend(warnings);
        for principal in revoked {
            let listed = before.and_then(|before| before.principals.get(&principal));
            let because = listed.map_or(Because::Unlisted, |(_, source)| Because::NoLongerListed((*source).clone()));
            // These principals are there already, so it does not matter whether a share is new.
            let origin = if before.is_some() && listed.is_none() { Origin::Drift } else { Origin::PullRequest };
            let mut about = about(origin, because);
            about.label = principal.label(listed.map(|(who, _)| *who));
            if principal.is_bare_id() {
                about.notes.push("its role was deleted: nobody can launch by it".to_owned());
            }
            drafts.changes.push(Change { edit: RecipientEdit::Revoke(on, principal), about });
        }
    }

    /// The principals that may launch and should not.
    fn revoked(&self, on: On, account: &AccountId, live: &BTreeSet<Principal>, asked: &Asked<'_>) -> Extra {
        let unlisted = || live.iter().filter(|principal| !asked.lists(principal));
        // Patterns of the owner arrive on the imported portfolio alone.
        let (of_owner, warnings) = match on {
            On::Imported => self.of_owner(unlisted()),
            On::Local => (BTreeSet::new(), Vec::new()),
        };
        // A bare id may be that of a role that was made a moment ago, as long as a listed role is missing by its ARN.
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

    /// The patterns among some principals that the owner's portfolio has too: they arrive with the share. If that can't
    /// be told, all patterns, with a warning.
    pub(super) fn of_owner<'p>(
        &self,
        live: impl Iterator<Item = &'p Principal>,
    ) -> (BTreeSet<Principal>, Vec<Warning>) {
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
}

/// Whether the owner's principals have to be read: a live pattern of the imported portfolio may be one of them.
pub(super) fn needs_owner(live: &BTreeSet<Principal>, asked: &Asked<'_>) -> bool {
    live.iter().any(|it| it.kind == PrincipalType::Pattern && !(asked.on() == On::Imported && asked.lists(it)))
}
