//! Names for people, from what was read of the organizations.

use std::fmt::Write as _;

use crate::model::id::{AccountId, Name};
use crate::model::live::Live;
use crate::model::organization::{AccountStatus, Organization};
use crate::model::portfolio::Receiver;

/// An organization, where it was read.
pub(super) fn organization<'a>(live: &'a Live, name: &Name) -> Option<&'a Organization> {
    live.organization(name)
}

/// An account's name, where it was asked for.
pub(super) fn account(live: &Live, name: &Name, account: &AccountId) -> Option<String> {
    organization(live, name)?.account_name(account).map(str::to_owned)
}

/// A receiver's name: an account's, a unit's path, the catalog's word for the organization.
pub(super) fn receiver(live: &Live, name: &Name, receiver: &Receiver) -> String {
    let organization = organization(live, name);
    match receiver {
        Receiver::Account(account) | Receiver::Member(account) => {
            organization.and_then(|it| it.account_name(account)).unwrap_or_default().to_owned()
        }
        Receiver::Ou(ou) => organization.map(|it| it.path(ou)).filter(|path| path != ou.as_str()).unwrap_or_default(),
        Receiver::Organization(id) => match organization {
            Some(own) if own.id == *id => format!("organization {name}"),
            _ => String::new(),
        },
    }
}

/// One sentence listing the accounts that an organizational unit's or an organization's share reaches. `None` for an
/// account's share and where the accounts were not looked up.
pub(super) fn reach(live: &Live, name: &Name, receiver: &Receiver) -> Option<String> {
    let organization = organization(live, name)?;
    let members: Vec<&AccountId> = match receiver {
        Receiver::Ou(ou) => organization.members.get(ou)?.iter().collect(),
        Receiver::Organization(id) if *id == organization.id && organization.whole => {
            organization.accounts.keys().collect()
        }
        Receiver::Account(_) | Receiver::Member(_) | Receiver::Organization(_) => return None,
    };
    let (active, suspended): (Vec<&AccountId>, Vec<&AccountId>) =
        members.iter().partition(|id| status(organization, id) == AccountStatus::Active);
    let mut sentence = match active.len() {
        0 => "reaches no account".to_owned(),
        1 => "reaches 1 account: ".to_owned(),
        count => format!("reaches {count} accounts: "),
    };
    sentence.push_str(&list(organization, &active));
    if !suspended.is_empty() {
        // Writing to a string does not fail.
        let _ = write!(sentence, " (suspended: {})", list(organization, &suspended));
    }
    Some(sentence)
}

/// A sentence if the account is known to be outside of the organization.
pub(super) fn stranger(live: &Live, name: &Name, receiver: &Receiver) -> Option<String> {
    let (Receiver::Account(account) | Receiver::Member(account)) = receiver else { return None };
    organization(live, name)?.strangers.contains(account).then(|| format!("not an account of organization {name}"))
}

/// How many accounts a sentence names before it counts the rest.
const NAMED: usize = 6;

pub(super) fn list(organization: &Organization, accounts: &[&AccountId]) -> String {
    let mut words: Vec<String> = accounts
        .iter()
        .take(NAMED)
        .map(|id| match organization.account_name(id) {
            Some(name) => format!("{name} {id}"),
            None => id.to_string(),
        })
        .collect();
    if accounts.len() > NAMED {
        words.push(format!("{} more", accounts.len() - NAMED));
    }
    words.join(", ")
}

pub(super) fn status(organization: &Organization, account: &AccountId) -> AccountStatus {
    organization.accounts.get(account).map_or(AccountStatus::Active, |account| account.status)
}
