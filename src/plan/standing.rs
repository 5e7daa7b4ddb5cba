//! Warns of receivers and experiences that are out of use: accounts that were closed or left, units that are gone,
//! experiences that are disabled. Nothing differs there, and still nobody gets what the catalog says.

use super::labels;
use super::resolve::Entries;
use super::told::tell;
use crate::model::change::{Plan, Target, Work};
use crate::model::desired::{Desired, DesiredShare, OuRef};
use crate::model::experience::ExperienceStatus;
use crate::model::finding::Warning;
use crate::model::id::Name;
use crate::model::live::Live;
use crate::model::organization::{AccountStatus, Organization};
use crate::model::portfolio::Share;

/// Adds these warnings to a plan, as far as the state was read.
pub fn standing(mut plan: Plan, desired: &Desired, live: &Live) -> Plan {
    let entries = Entries::of(desired);
    for target in &mut plan.targets {
        let mut found = receivers(target, desired, live);
        found.extend(experience(target, &entries, live));
        // A change may have brought the same warning already.
        let is_said = |new: &Warning| {
            let mut said = target.warnings.iter().chain(&target.silenced);
            said.any(|old| old.source == new.source && is_same(&old.code, &new.code))
        };
        found.retain(|new| !is_said(new));
        tell(desired, target, found);
    }
    plan
}

fn is_same(old: &str, new: &str) -> bool {
    old == new || (old == "suspended_account" && new == "closed_account")
}

/// The receivers of a portfolio's listed shares that are not there any more.
fn receivers(target: &Target, desired: &Desired, live: &Live) -> Vec<Warning> {
    let organization = &target.organization;
    let (Some(wanted), Some(known)) = (desired.portfolios.get(&target.name), labels::organization(live, organization))
    else {
        return Vec::new();
    };
    let warning = |share: &DesiredShare| {
        let (code, message) = gone(&share.share, organization, known)?;
        Some(Warning { code: code.to_owned(), message, source: Some(share.source.clone()) })
    };
    if target.is_unreadable() { Vec::new() } else { wanted.shares.iter().filter_map(warning).collect() }
}

fn gone(share: &Share<OuRef>, organization: &Name, known: &Organization) -> Option<(&'static str, String)> {
    match share {
        Share::Account { account, tag_options: _ } | Share::Member { account, tag_options: _ }
            if labels::status(known, account) == AccountStatus::Suspended =>
        {
            let name = known.account_name(account).unwrap_or_default();
            let named = format!("{name} {account}");
            Some((
                "closed_account",
                format!("account {} is closed or suspended: nobody in it gets the portfolio", named.trim_start()),
            ))
        }
        Share::Member { account, tag_options: _ } if known.strangers.contains(account) => Some((
            "gone_account",
            format!(
                "account {account} has left organization {organization}, so the share through the organization reaches it no \
                 more"
            ),
        )),
        Share::Ou { ou: OuRef::Id(id), tag_options: _, principals: _ } if known.missing.contains(id) => Some((
            "gone_unit",
            format!("organization {organization} has no unit {id} any more: nobody gets the portfolio by it"),
        )),
        Share::Account { .. } | Share::Member { .. } | Share::Ou { .. } | Share::Organization { .. } => None,
    }
}

/// Warns of an experience that is disabled or archived.
fn experience(target: &Target, entries: &Entries<'_>, live: &Live) -> Option<Warning> {
    let Work::Experience { experience, policy: _, changes: _ } = target.work()? else { return None };
    let found = live.experience(&target.account, experience.id.as_ref()?)?;
    let source = entries.get(&target.name).map(|entry| entry.source.clone());
    let (code, what) = match found.status {
        ExperienceStatus::Enabled => return None,
        ExperienceStatus::Disabled => {
            ("disabled", "disabled: what is approved in it can't be bought until it is enabled")
        }
        ExperienceStatus::Archived => ("archived", "archived: it governs nobody and can't be changed"),
    };
    Some(Warning { code: code.to_owned(), message: format!("experience {} is {what}", found.name), source })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::change::GONE;

    #[test]
    fn accounts_that_left_and_units_that_are_gone_are_told() {
        let mut known = Organization::new("o-acme000001".parse().unwrap(), "111111111111".parse().unwrap());
        known.strangers.insert("333333333331".parse().unwrap());
        known.missing.insert("ou-acme-prod0001".parse().unwrap());
        let account = || "333333333331".parse().unwrap();
        let code = |share: &Share<OuRef>| gone(share, &"acme".parse().unwrap(), &known).map(|(code, _)| code);
        assert_eq!(code(&Share::Member { account: account(), tag_options: false }), Some("gone_account"));
        // An account that is shared with directly may never have been in the organization.
        assert_eq!(code(&Share::Account { account: account(), tag_options: false }), None);
        let unit = |id: &str| Share::Ou { ou: OuRef::Id(id.parse().unwrap()), tag_options: false, principals: false };
        assert_eq!(code(&unit("ou-acme-prod0001")), Some("gone_unit"));
        assert!(["gone_account", "gone_unit"].iter().all(|code| GONE.contains(code)));
        assert_eq!(code(&unit("ou-acme-prod0002")), None);
    }
}
