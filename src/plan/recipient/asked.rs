//! What a catalog asks for in one account.

use std::collections::{BTreeMap, BTreeSet};

use super::super::coverage::Entry;
use crate::model::change::{ChangeId, Origin};
use crate::model::desired::{DesiredLocal, DesiredPortfolio, DesiredPrincipal};
use crate::model::edit::On;
use crate::model::finding::Source;
use crate::model::id::{AccountId, Name};
use crate::model::recipient::{Principal, PrincipalRef};

pub(super) struct Asked<'a> {
    /// The name of the portfolio's file, without the extension. It is the value of the tag on what is made for the
    /// portfolio.
    pub(super) file: &'a Name,
    /// The line of the entry.
    pub(super) source: &'a Source,
    /// The principals that may launch, each with its line.
    pub(super) principals: BTreeMap<Principal, (&'a PrincipalRef, &'a Source)>,
    /// The `local_portfolio` of the entry.
    pub(super) local: Option<&'a DesiredLocal>,
}

impl<'a> Asked<'a> {
    pub(super) fn of(entry: &Entry<'a>, account: &AccountId, wanted: &DesiredPortfolio, file: &'a Name) -> Self {
        let principal = |DesiredPrincipal { who, source }: &'a DesiredPrincipal| {
            (who.within(account, &wanted.region), (who, source))
        };
        Self {
            file,
            source: &entry.entry.source,
            principals: entry.entry.principals.iter().map(principal).collect(),
            local: entry.entry.local.as_ref(),
        }
    }

    /// The portfolio that these principals may launch from.
    pub(super) fn on(&self) -> On {
        if self.local.is_some() { On::Local } else { On::Imported }
    }

    pub(super) fn lists(&self, principal: &Principal) -> bool {
        self.principals.contains_key(principal)
    }
}

/// What caused the changes in an account, and what has to be made before them.
pub(super) struct Cause {
    /// Whether the base covered the account already. False if the portfolio arrives by a share that the base did not
    /// ask for.
    pub(super) is_old: bool,
    /// The changes by which the portfolio arrives.
    pub(super) opens: BTreeSet<ChangeId>,
}

impl Cause {
    /// `Drift` if the base made the change necessary already, else `PullRequest`.
    pub(super) fn origin(&self, was_necessary: bool) -> Origin {
        if self.is_old && was_necessary { Origin::Drift } else { Origin::PullRequest }
    }
}
