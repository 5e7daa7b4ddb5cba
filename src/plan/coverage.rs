//! Finds the accounts that the entries of `recipients` cover, and the shares by which an account has a portfolio.

use std::collections::{BTreeMap, BTreeSet};

use super::labels;
use super::planned::Blocked;
use super::units::{UnitProblem, resolve_unit};
use crate::model::desired::{DesiredPortfolio, DesiredRecipients, OuRef, Recipients};
use crate::model::finding::Source;
use crate::model::id::{AccountId, OuId};
use crate::model::live::Live;
use crate::model::organization::{AccountStatus, Organization};
use crate::model::portfolio::Receiver;

/// The entry of `recipients` that counts for an account.
#[derive(Debug, Clone)]
pub(super) struct Entry<'a> {
    pub(super) entry: &'a DesiredRecipients,
    /// The unit that the entry names, if it names one.
    unit: Option<OuId>,
}

/// The covered accounts, each with the entry that counts for it.
pub(super) type Covered<'a> = BTreeMap<AccountId, Entry<'a>>;

/// Why the covered accounts can't be told.
pub(super) struct Uncovered {
    pub(super) blocked: Blocked,
    /// True if a unit that an entry names does not exist. False if it could not be looked up.
    pub(super) is_missing: bool,
}

impl Uncovered {
    fn unread(blocked: Blocked) -> Self {
        Self { blocked, is_missing: false }
    }
}

/// The accounts that the entries of a portfolio cover, each with the entry that counts for it: that of the account
/// itself, else that of the nearest unit, else the organization's. Suspended accounts and the portfolio's owner are
/// left out.
pub(super) fn covered<'a>(wanted: &'a DesiredPortfolio, live: &Live) -> Result<Covered<'a>, Uncovered> {
    let organization = live.organization(&wanted.organization);
    let mut nodes: BTreeMap<&AccountId, Vec<Entry<'a>>> = BTreeMap::new();
    let mut named: BTreeMap<&AccountId, Entry<'a>> = BTreeMap::new();
    let mut everywhere: BTreeMap<&AccountId, Entry<'a>> = BTreeMap::new();
    for entry in &wanted.recipients {
        let under = |unit: Option<OuId>| Entry { entry, unit };
        match &entry.who {
            Recipients::Account(account) => drop(named.insert(account, under(None))),
            Recipients::Ou(ou) => {
                let unit = unit(ou, wanted, live, &entry.source)?;
                let Some(members) = organization.and_then(|it| it.members.get(&unit)) else {
                    let reason = untold(&format!("below `{ou}`"), live);
                    return Err(Uncovered::unread(Blocked::at(&entry.source, reason)));
                };
                for account in members.iter().filter(|account| !entry.except.contains(account)) {
                    nodes.entry(account).or_default().push(under(Some(unit.clone())));
                }
            }
            Recipients::Organization(_) => {
                let Some(organization) = organization.filter(|it| it.whole) else {
                    let reason = untold("in the organization", live);
                    return Err(Uncovered::unread(Blocked::at(&entry.source, reason)));
                };
                let accounts = organization.accounts.keys().filter(|account| !entry.except.contains(account));
                everywhere.extend(accounts.map(|account| (account, under(None))));
            }
        }
    }
    let mut covered = BTreeMap::new();
    let all: BTreeSet<&AccountId> = named.keys().chain(nodes.keys()).chain(everywhere.keys()).copied().collect();
    let is_out = |account: &AccountId| {
        let status = organization.map(|organization| labels::status(organization, account));
        *account == wanted.account || status == Some(AccountStatus::Suspended)
    };
    for account in all.into_iter().filter(|account| !is_out(account)) {
        let near = || nodes.get(account).map(|entries| nearest(entries, organization)).transpose();
        let entry = match named.get(account) {
            Some(entry) => Some(entry),
            None => near().map_err(Uncovered::unread)?.or_else(|| everywhere.get(account)),
        };
        covered.extend(entry.map(|entry| (account.clone(), entry.clone())));
    }
    Ok(covered)
}

fn unit(ou: &OuRef, wanted: &DesiredPortfolio, live: &Live, source: &Source) -> Result<OuId, Uncovered> {
    resolve_unit(ou, &wanted.organization, live).map_err(|problem| match problem {
        UnitProblem::Unreadable(reason) => Uncovered::unread(Blocked::at(source, reason)),
        UnitProblem::Unknown(reason) => Uncovered { blocked: Blocked::at(source, reason), is_missing: true },
    })
}

fn untold(which: &str, live: &Live) -> String {
    format!("can't tell which accounts are {which}{}, so nothing is done in them", troubles(live))
}

/// The calls that failed while names and accounts were looked up, in brackets. Empty if none did.
pub(super) fn troubles(live: &Live) -> String {
    let why: Vec<&str> = live.troubles.iter().map(String::as_str).collect();
    if why.is_empty() { String::new() } else { format!(" ({})", why.join("; ")) }
}

/// The entry of the nearest unit. All entries are for units above one account.
fn nearest<'e, 'a>(entries: &'e [Entry<'a>], organization: Option<&Organization>) -> Result<&'e Entry<'a>, Blocked> {
    let mut entries = entries.iter();
    let Some(mut nearest) = entries.next() else { return Err(Blocked::unreadable("no entry is for this account")) };
    for other in entries {
        let below = match (&other.unit, &nearest.unit, organization) {
            (Some(other), Some(nearest), Some(organization)) => {
                let above = organization.is_at_or_below(nearest, other);
                organization.is_at_or_below(other, nearest).filter(|below| *below || above == Some(true))
            }
            _ => None,
        };
        match below {
            Some(true) => nearest = other,
            Some(false) => {}
            None => {
                let line = nearest.entry.source.line;
                let reason =
                    format!("can't tell whether this entry or that in line {line} is nearer to an account below both");
                return Err(Blocked::at(&other.entry.source, reason));
            }
        }
    }
    Ok(nearest)
}

/// By which shares an account has a portfolio.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Reached {
    /// The shares through the organization that reach it. It does not have to accept these.
    pub(super) through: BTreeSet<Receiver>,
    /// Whether a share names the account directly (`ACCOUNT`). The account has to accept it.
    pub(super) directly: bool,
    /// Whether further shares with nodes may reach it: it is not known whether the account is below them.
    pub(super) is_untold: bool,
}

/// Finds which of `shares` reach an account. `within` is the entry that counts for the account.
pub(super) fn reached<'r>(
    account: &AccountId,
    within: &Entry<'_>,
    shares: impl IntoIterator<Item = &'r Receiver>,
    organization: Option<&Organization>,
) -> Reached {
    let mut reached = Reached::default();
    for receiver in shares {
        let is_below = match receiver {
            Receiver::Account(receiver) => {
                reached.directly |= receiver == account;
                continue;
            }
            Receiver::Member(receiver) => Some(receiver == account),
            Receiver::Ou(unit) => is_in(account, unit, within.unit.as_ref(), organization),
            Receiver::Organization(_) => belongs(account, organization),
        };
        match is_below {
            Some(true) => drop(reached.through.insert(receiver.clone())),
            Some(false) => {}
            None => reached.is_untold = true,
        }
    }
    reached
}

fn is_in(account: &AccountId, unit: &OuId, within: Option<&OuId>, organization: Option<&Organization>) -> Option<bool> {
    let organization = organization?;
    if within.is_some_and(|within| organization.is_at_or_below(within, unit) == Some(true)) {
        return Some(true);
    }
    organization.is_member(account, unit).or_else(|| {
        let above = organization.accounts.get(account)?.above.as_ref()?;
        Some(above.contains(unit))
    })
}

/// Whether an account is in the organization. `None` if that is not known.
fn belongs(account: &AccountId, organization: Option<&Organization>) -> Option<bool> {
    let organization = organization?;
    if organization.strangers.contains(account) {
        return Some(false);
    }
    organization.accounts.contains_key(account).then_some(true)
}
