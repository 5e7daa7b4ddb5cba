//! Compares the accounts that shares with nodes have reached with the accounts below these nodes. A share may end with
//! accounts missing, mostly because AWS throttled itself, and is live all the same.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::labels;
use super::resolve::hub_place;
use crate::model::change::{Audience, IncompleteShare, REACH_UNKNOWN};
use crate::model::desired::DesiredPortfolio;
use crate::model::finding::{Source, Warning};
use crate::model::id::{AccountId, Name};
use crate::model::live::{Live, Reading};
use crate::model::organization::{Account, AccountStatus, Organization};
use crate::model::portfolio::{Portfolio, Receiver};

/// What to do about shares that did not reach every account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repairs {
    /// They are reported, and nothing is changed.
    No,
    /// They are removed and made again.
    Yes,
}

/// An account that joined more recently than this may not have been reached yet.
const FRESH: SignedDuration = SignedDuration::from_hours(1);

/// The shares of a portfolio that did not reach every account. The warnings also name shares of which that can't be
/// told.
#[derive(Default)]
pub(super) struct Reach {
    pub(super) incomplete: Vec<IncompleteShare>,
    pub(super) warnings: Vec<Warning>,
}

/// Compares the shares whose reach was read. `line` gives the line of a share that the catalog lists.
pub(super) fn compare<'a>(
    name: &Name,
    wanted: &DesiredPortfolio,
    portfolio: &Portfolio,
    live: &Live,
    line: impl Fn(&Receiver) -> Option<&'a Source>,
) -> Reach {
    let mut reach = Reach::default();
    let Some(access) = live.access.get(&hub_place(wanted)) else { return reach };
    for receiver in portfolio.shares.keys() {
        let Some(source) = line(receiver) else { continue };
        let Some(reached) = access.reached.get(&(portfolio.id.clone(), receiver.clone())) else { continue };
        let unknown = format!("it was not found out who is below {receiver}");
        match (reached, audience(live, name, &wanted.account, receiver)) {
            (Reading::Complete(reached), Some(Audience { due, suspended: _ })) => {
                let missing: BTreeSet<AccountId> = due.difference(reached).cloned().collect();
                if !missing.is_empty() {
                    reach.warnings.push(incomplete(name, receiver, &missing, live, source));
                    reach.incomplete.push(IncompleteShare { receiver: receiver.clone(), missing });
                }
            }
            (Reading::Unreadable(reason), _) => reach.warnings.push(untold(receiver, reason, source)),
            (Reading::Complete(_), None) => reach.warnings.push(untold(receiver, &unknown, source)),
        }
    }
    reach
}

fn incomplete(
    name: &Name,
    receiver: &Receiver,
    missing: &BTreeSet<AccountId>,
    live: &Live,
    source: &Source,
) -> Warning {
    let whom = match labels::receiver(live, name, receiver) {
        label if label.is_empty() => receiver.to_string(),
        label => label,
    };
    let accounts = match live.organization(name) {
        Some(organization) => labels::list(organization, &missing.iter().collect::<Vec<_>>()),
        None => missing.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    };
    let message = format!(
        "the share with {whom} did not reach {accounts}. `--repair-shares` removes it and makes it again, and in \
         between the accounts that it reached are without the portfolio"
    );
    Warning { code: "incomplete_share".to_owned(), message, source: Some(source.clone()) }
}

fn untold(receiver: &Receiver, reason: &str, source: &Source) -> Warning {
    let message = format!("can't tell whether the share with {receiver} reached every account: {reason}");
    Warning { code: REACH_UNKNOWN.to_owned(), message, source: Some(source.clone()) }
}

/// The accounts that a share has to reach. `None` if they were not looked up. The owner is left out: it has its
/// portfolio anyway.
pub(super) fn audience(live: &Live, name: &Name, owner: &AccountId, receiver: &Receiver) -> Option<Audience> {
    let mut audience = Audience::default();
    for (id, account) in below(live.organization(name)?, receiver)? {
        if account.status == AccountStatus::Suspended {
            audience.suspended.insert(id.clone());
        } else if is_due(account, live) && id != owner {
            audience.due.insert(id.clone());
        }
    }
    Some(audience)
}

/// The accounts of an organization that a share is for. `None` if that is not known.
fn below<'a>(organization: &'a Organization, receiver: &Receiver) -> Option<Vec<(&'a AccountId, &'a Account)>> {
    match receiver {
        Receiver::Account(account) | Receiver::Member(account) => {
            organization.accounts.get_key_value(account).map(|found| vec![found])
        }
        Receiver::Ou(ou) => {
            let members = organization.members.get(ou)?.iter();
            members.map(|id| organization.accounts.get_key_value(id)).collect()
        }
        Receiver::Organization(id) if *id == organization.id && organization.whole => {
            Some(organization.accounts.iter().collect())
        }
        Receiver::Organization(_) => None,
    }
}

/// Whether a share has to have reached an account by now.
fn is_due(account: &Account, live: &Live) -> bool {
    let is_fresh = match (account.joined, live.began) {
        (Some(joined), Some(began)) => began.duration_since(joined) < FRESH,
        (None, _) | (_, None) => false,
    };
    account.status == AccountStatus::Active && !is_fresh
}
