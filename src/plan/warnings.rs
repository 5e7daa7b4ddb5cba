//! What a plan should not go without saying, about what it changes.

use super::diff::Planned;
use super::labels;
use crate::model::change::{Change, Delta, Edit};
use crate::model::desired::{DesiredExperience, DesiredPortfolio};
use crate::model::experience::{Experience, ExperienceStatus, Listing};
use crate::model::finding::Warning;
use crate::model::id::{AccountId, Name};
use crate::model::live::{Live, Reading};
use crate::model::organization::{AccountStatus, Organization};
use crate::model::portfolio::{Receiver, Share};
use crate::model::target::TargetName;

/// A portfolio can be shared with so many accounts (AWS Service Catalog endpoints and quotas; fixed).
const SHARED_ACCOUNTS: usize = 5_000;

/// Warnings about a portfolio's changes.
pub(super) fn portfolio(wanted: &DesiredPortfolio, name: &TargetName, live: &Live, planned: &Planned) -> Vec<Warning> {
    let organization = labels::organization(live, name.organization());
    let mut warnings = Vec::new();
    for change in &planned.changes {
        let Edit::PortfolioShare(edit) = &change.edit else { continue };
        warnings.extend(principals(edit, change));
        if let (Delta::Create(share), Some(organization)) = (edit, organization) {
            warnings.extend(account(share, change, organization, name.organization()));
            warnings.extend(overlap(share, change, planned, organization));
        }
    }
    let accounts = wanted.shares.iter().filter(|share| share.share.principals().is_none()).count();
    if accounts * 10 > SHARED_ACCOUNTS * 9 {
        let message = format!("{accounts} of at most {SHARED_ACCOUNTS} accounts share this portfolio");
        warnings.push(warning("quota_near", message, None));
    }
    warnings
}

fn warning(code: &str, message: String, change: Option<&Change>) -> Warning {
    Warning { code: code.to_owned(), message, source: change.and_then(|change| change.source.clone()) }
}

fn principals(edit: &Delta<Share>, change: &Change) -> Option<Warning> {
    let now = edit.after().and_then(Share::principals).unwrap_or_default();
    let before = edit.before().and_then(Share::principals).unwrap_or_default();
    (now && !before).then(|| {
        let message = "principals are shared by name: whoever may create roles in one of these accounts can create \
                       one whose name matches, and launch"
            .to_owned();
        warning("principal_sharing", message, Some(change))
    })
}

fn account(share: &Share, change: &Change, organization: &Organization, name: &Name) -> Option<Warning> {
    let (Receiver::Account(account) | Receiver::Member(account)) = share.receiver() else { return None };
    if organization.strangers.contains(&account) {
        let so = match share.receiver() {
            Receiver::Member(_) => "AWS will not share with it through the organization",
            _ => "the portfolio leaves it",
        };
        let message = format!("{account} is not an account of organization {name}: {so}");
        return Some(warning("outside_organization", message, Some(change)));
    }
    let suspended = labels::status(organization, &account) == AccountStatus::Suspended;
    suspended.then(|| {
        let name = organization.account_name(&account).unwrap_or_default();
        warning("suspended_account", format!("account {name} {account} is suspended"), Some(change))
    })
}

/// An account that is shared with by itself and below a unit that is shared with too.
fn overlap(share: &Share, change: &Change, planned: &Planned, organization: &Organization) -> Option<Warning> {
    let (Receiver::Account(account) | Receiver::Member(account)) = share.receiver() else { return None };
    let unit = planned.changes.iter().find_map(|other| match &other.edit {
        Edit::PortfolioShare(edit) => reaches(edit.after()?, &account, organization),
        Edit::ProcurementPolicy { name: _ } | Edit::Product(_) => None,
    })?;
    let name = organization.account_name(&account).unwrap_or_default();
    let message = format!("account {name} {account} is reached twice: by itself and by the share with {unit}");
    Some(warning("shared_twice", message, Some(change)))
}

fn reaches(share: &Share, account: &AccountId, organization: &Organization) -> Option<String> {
    match share.receiver() {
        Receiver::Ou(ou) if organization.members.get(&ou)?.contains(account) => Some(organization.path(&ou)),
        Receiver::Organization(_) if organization.accounts.contains_key(account) => Some("the organization".to_owned()),
        _ => None,
    }
}

/// Warnings about an experience's changes.
pub(super) fn experience(entry: &DesiredExperience, name: &TargetName, live: &Live, planned: &Planned) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let Some(experience) = find(entry, planned, live) else { return warnings };
    if experience.policy.is_none() && planned.changes.is_empty() {
        let message = "the experience has no procurement policy: every product can be bought in it".to_owned();
        warnings.push(Warning { code: "no_policy".to_owned(), message, source: Some(entry.source.clone()) });
    }
    for change in &planned.changes {
        if let Edit::ProcurementPolicy { name: _ } = &change.edit {
            let message = format!(
                "experience {} has no procurement policy: until now every product could be bought in {}, from now \
                 on the approved ones alone",
                experience.name,
                name.organization()
            );
            warnings.push(warning("no_policy", message, Some(change)));
        }
    }
    let approves = planned
        .changes
        .iter()
        .any(|change| matches!(&change.edit, Edit::Product(product) if product.after == Listing::Approved));
    if approves && experience.status == ExperienceStatus::Disabled {
        let message = format!(
            "experience {} is disabled: what is approved in it can't be bought until it is enabled",
            experience.name
        );
        warnings.push(Warning { code: "disabled".to_owned(), message, source: Some(entry.source.clone()) });
    }
    warnings
}

fn find<'a>(entry: &DesiredExperience, planned: &Planned, live: &'a Live) -> Option<&'a Experience> {
    let crate::model::change::Subject::Experience { id, name: _, policy: _ } = &planned.subject else { return None };
    match live.experiences.get(&entry.account)?.as_result().ok()?.read.get(id)? {
        Reading::Complete(experience) => Some(experience),
        Reading::Unreadable(_) => None,
    }
}
