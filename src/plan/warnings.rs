//! The warnings about what a plan changes.

use std::collections::BTreeMap;

use super::chosen::Subject;
use super::{experience, labels, resolve};
use crate::model::change::{About, Change};
use crate::model::desired::{Desired, DesiredExperience, DesiredPortfolio, ExperienceSelector, Selector};
use crate::model::edit::{Delta, ExperienceEdit, HubEdit};
use crate::model::experience::ExperienceStatus;
use crate::model::finding::Warning;
use crate::model::id::{AccountId, Name};
use crate::model::live::{Live, Reading, Sharing};
use crate::model::organization::{AccountStatus, Organization};
use crate::model::portfolio::{Receiver, Share};

/// How many accounts a portfolio can be shared with (AWS Service Catalog endpoints and quotas; fixed).
const SHARED_ACCOUNTS: usize = 5_000;

/// Warnings about a portfolio's changes.
pub(super) fn portfolio(
    wanted: &DesiredPortfolio,
    name: &Name,
    live: &Live,
    changes: &[Change<HubEdit>],
) -> Vec<Warning> {
    let organization = labels::organization(live, name);
    let mut warnings = Vec::new();
    let units = organization.map(|organization| shared_units(changes, organization)).unwrap_or_default();
    for change in changes {
        let (HubEdit::Share(edit), about) = (&change.edit, &change.about) else { continue };
        warnings.extend(principals(edit, about));
        if let (Delta::Create(share), Some(organization)) = (edit, organization) {
            warnings.extend(account(share, about, organization, name));
            warnings.extend(overlap(share, about, &units, organization));
        }
    }
    if changes.iter().any(|change| change.edit.share().receiver().is_of_organization()) {
        warnings.extend(sharing(wanted, live, organization));
    }
    let accounts = wanted.shares.iter().filter(|share| share.share.principals().is_none()).count();
    if accounts * 10 > SHARED_ACCOUNTS * 9 {
        let message = format!("{accounts} of at most {SHARED_ACCOUNTS} accounts share this portfolio");
        warnings.push(Warning { code: "quota_near".to_owned(), message, source: None });
    }
    warnings
}

/// What keeps the account from sharing through its organization. It is the same for all its portfolios.
fn sharing(wanted: &DesiredPortfolio, live: &Live, organization: Option<&Organization>) -> Option<Warning> {
    let account = &wanted.account;
    let name = organization.and_then(|organization| organization.accounts.get(account)).map(|it| it.name.as_str());
    let account = [name, Some(account.as_str())].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let fail = "shares with units, with member accounts and with the organization fail until";
    let (code, message) = match live.sharing.get(&wanted.account)? {
        Reading::Complete(Sharing::On) => return None,
        Reading::Complete(Sharing::Off) => (
            "organization_access_off",
            format!(
                "Service Catalog's access to AWS Organizations is off: {fail} somebody runs `aws servicecatalog \
                 enable-aws-organizations-access` in the management account"
            ),
        ),
        Reading::Complete(Sharing::UnderChange) => (
            "organization_access_off",
            format!("Service Catalog's access to AWS Organizations is being switched on or off: {fail} that has ended"),
        ),
        Reading::Complete(Sharing::NotAdministrator(said)) => (
            "not_administrator",
            format!(
                "account {account} is neither the management account nor a delegated administrator of Service Catalog \
                 (AWS says: {said}): its {fail} it is registered again with `aws organizations \
                 register-delegated-administrator --service-principal servicecatalog.amazonaws.com --account-id {}`",
                wanted.account
            ),
        ),
        Reading::Unreadable(reason) => (
            "organization_access_unknown",
            format!("can't tell whether account {account} may share through the organization: {reason}"),
        ),
    };
    Some(Warning { code: code.to_owned(), message, source: None })
}

fn warning(code: &str, message: String, about: &About) -> Warning {
    Warning { code: code.to_owned(), message, source: about.because.source().cloned() }
}

fn principals(edit: &Delta<Share>, about: &About) -> Option<Warning> {
    let now = edit.after().and_then(Share::principals).unwrap_or_default();
    let before = edit.before().and_then(Share::principals).unwrap_or_default();
    (now && !before).then(|| {
        let message = "principals are shared by name: whoever may create roles in one of these accounts can create \
                       one whose name matches, and launch"
            .to_owned();
        warning("principal_sharing", message, about)
    })
}

fn account(share: &Share, about: &About, organization: &Organization, name: &Name) -> Option<Warning> {
    let (Receiver::Account(account) | Receiver::Member(account)) = share.receiver() else { return None };
    if organization.strangers.contains(&account) {
        let so = match share.receiver() {
            Receiver::Member(_) => "AWS will not share with it through the organization",
            _ => "the portfolio leaves it",
        };
        let message = format!("{account} is not an account of organization {name}: {so}");
        return Some(warning("outside_organization", message, about));
    }
    let suspended = labels::status(organization, &account) == AccountStatus::Suspended;
    suspended.then(|| {
        let name = organization.account_name(&account).unwrap_or_default();
        warning("suspended_account", format!("account {name} {account} is suspended"), about)
    })
}

/// The accounts that a plan shares with through a unit or the organization, each with the path of the first such node.
fn shared_units<'a>(changes: &[Change<HubEdit>], organization: &'a Organization) -> BTreeMap<&'a AccountId, String> {
    let mut reached = BTreeMap::new();
    for change in changes {
        let share = match &change.edit {
            HubEdit::Share(edit) => edit.after(),
            HubEdit::Repair(share) => Some(share),
        };
        let Some(share) = share else { continue };
        match share.receiver() {
            Receiver::Ou(ou) => {
                for account in organization.members.get(&ou).into_iter().flatten() {
                    reached.entry(account).or_insert_with(|| organization.path(&ou));
                }
            }
            Receiver::Organization(_) => {
                for account in organization.accounts.keys() {
                    reached.entry(account).or_insert_with(|| "the organization".to_owned());
                }
            }
            Receiver::Account(_) | Receiver::Member(_) => {}
        }
    }
    reached
}

/// Warns of an account that is shared with directly, and through a unit or the organization as well.
fn overlap(
    share: &Share,
    about: &About,
    units: &BTreeMap<&AccountId, String>,
    organization: &Organization,
) -> Option<Warning> {
    let (Receiver::Account(account) | Receiver::Member(account)) = share.receiver() else { return None };
    let unit = units.get(&account)?;
    let name = organization.account_name(&account).unwrap_or_default();
    let message = format!("account {name} {account} is reached twice: by itself and by the share with {unit}");
    Some(warning("shared_twice", message, about))
}

/// Warnings about an experience's changes.
pub(super) fn experience(
    desired: &Desired,
    entry: &DesiredExperience,
    subject: Subject<'_>,
    live: &Live,
    changes: &[Change<ExperienceEdit>],
) -> Vec<Warning> {
    let mut warnings = unknown_exceptions(entry, live);
    warnings.extend(namesakes(entry, subject, live));
    let at_entry = |code: &str, message| Warning { code: code.to_owned(), message, source: Some(entry.source.clone()) };
    if subject.there().is_some_and(|it| it.policy.is_none()) && changes.is_empty() {
        let message = "the experience has no procurement policy: every product can be bought in it".to_owned();
        warnings.push(at_entry("no_policy", message));
    }
    for change in changes {
        if let ExperienceEdit::Policy { .. } = &change.edit {
            let message = format!(
                "experience {} has no procurement policy: until now every product could be bought in {}, from now \
                 on the approved ones alone",
                subject.name(),
                entry.organization
            );
            warnings.push(warning("no_policy", message, &change.about));
        }
    }
    // If the entry has a `status`, the plan itself says what becomes of it.
    if subject.status() == ExperienceStatus::Disabled && entry.terms.status.is_none() {
        let is = if subject.there().is_some() { "is" } else { "will be" };
        let message = format!(
            "experience {} {is} disabled: what is approved in it can't be bought until it is enabled",
            subject.name()
        );
        warnings.push(at_entry("disabled", message));
    }
    warnings.extend(experience::warnings(desired, entry, subject, live, changes));
    warnings
}

/// Warns of archived experiences with the name in an entry. The entry does not mean them, and the name does not show
/// that.
fn namesakes(entry: &DesiredExperience, subject: Subject<'_>, live: &Live) -> Option<Warning> {
    let (ExperienceSelector::One(Selector::Name(name)), Some(experience)) = (&entry.selector, subject.there()) else {
        return None;
    };
    let shelf = live.experiences.get(&entry.account)?;
    let Some(Reading::Complete(listed)) = &shelf.listed else { return None };
    let others: Vec<String> = resolve::named(listed, name)
        .into_iter()
        .filter(|id| *id != experience.id)
        .filter(|id| live.experience(&entry.account, id).is_some_and(|it| it.status == ExperienceStatus::Archived))
        .map(|id| id.to_string())
        .collect();
    let (are, have) = if others.len() == 1 { ("is", "has") } else { ("are", "have") };
    let (named, meant) = (others.join(", "), &experience.id);
    (!others.is_empty()).then(|| Warning {
        code: "archived_namesake".to_owned(),
        message: format!(
            "`{name}` means experience {meant}: {named} {have} the same name, {are} archived and {are} left alone. \
             Write `id: {meant}` in place of the name to say so"
        ),
        source: Some(entry.source.clone()),
    })
}

/// An exception that names no experience of the account has no effect. It is most likely a typing error.
fn unknown_exceptions(entry: &DesiredExperience, live: &Live) -> Vec<Warning> {
    let ExperienceSelector::AllLive { except } = &entry.selector else { return Vec::new() };
    let Some(Reading::Complete(listed)) = live.experiences.get(&entry.account).and_then(|shelf| shelf.listed.as_ref())
    else {
        return Vec::new();
    };
    let unknown = except.iter().filter(|id| !listed.iter().any(|named| named.id == **id));
    unknown
        .map(|id| Warning {
            code: "unknown_exception".to_owned(),
            message: format!("organization {} has no experience {id}: it excepts nothing", entry.organization),
            source: Some(entry.source.clone()),
        })
        .collect()
}
