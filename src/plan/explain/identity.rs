//! Finds the account that the user asks for.

use std::collections::BTreeSet;

use crate::model::desired::Desired;
use crate::model::live::{Live, Reading};
use crate::model::sight::{Asked, Bearer, Identity};
use crate::model::spelling;

/// Finds an account by its id, or by a name or email address in the organizations that were read. The case of letters
/// counts in a name, but not in an address.
pub fn identify(asked: &Asked, desired: &Desired, live: &Live) -> Identity {
    let called = match asked {
        Asked::Id(account) => return Identity::One(account.clone(), Vec::new()),
        Asked::Called(called) => called,
    };
    let (mut bearers, mut untold, mut names) = (BTreeSet::new(), Vec::new(), BTreeSet::new());
    for organization in desired.settings.organizations.keys() {
        let tree = match live.organizations.get(organization) {
            Some(Reading::Complete(tree)) => tree,
            Some(Reading::Unreadable(reason)) => {
                untold.push(reason.clone());
                continue;
            }
            None => continue,
        };
        if !tree.whole {
            let why = live.troubles.join("; ");
            let why = if why.is_empty() { why } else { format!(" ({why})") };
            untold.push(format!("the accounts of organization {organization} could not be listed{why}"));
        }
        for (account, it) in &tree.accounts {
            let email = it.email.as_deref().unwrap_or_default();
            names.extend([it.name.as_str(), email]);
            if it.name == *called || email.eq_ignore_ascii_case(called) {
                let (account, name) = (account.clone(), it.name.clone());
                bearers.insert(Bearer { account, name, organization: organization.clone() });
            }
        }
    }
    let mut found = bearers.iter();
    match (found.next(), found.next()) {
        (Some(one), None) => Identity::One(one.account.clone(), untold),
        (Some(_), Some(_)) => Identity::Several(bearers.into_iter().collect()),
        (None, _) if !untold.is_empty() => Identity::CantTell(untold),
        (None, _) => Identity::Unknown { nearest: spelling::nearest(called, names).map(str::to_owned) },
    }
}
