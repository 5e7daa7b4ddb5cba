//! Checks the links in order: the start, the roles on the way to the accounts (`access.through`), the accounts that
//! the settings name, their organizations, and the accounts that receive portfolios. Links after a failed one are not
//! tried.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;

use super::link::{Check, of_all};
use super::{accounts, mend, organization};
use crate::cloud::{Cloud, CloudError, Starting, read};
use crate::model::checkup::{Beginning, Checkup, Kind, Link, Mend, Verdict};
use crate::model::desired::Desired;
use crate::model::id::{AccountId, Name};
use crate::model::live::Live;
use crate::model::organization::{Account, AccountStatus};
use crate::model::settings::{Access, Mode};
use crate::model::wants::Wants;
use crate::plan::{self, Receiving};

/// Checks all links. Also returns sentences about names that could not be found out.
pub(super) async fn check(cloud: &Cloud, desired: &Desired, mode: Mode, sandbox: bool) -> (Checkup, Vec<String>) {
    let organizations = &desired.settings.organizations;
    let audiences: BTreeSet<&str> = organizations.values().map(|it| it.access.audience.as_str()).collect();
    let starts = starts(cloud, audiences).await;
    let check = Check { cloud, desired, mode, starts: &starts };
    let mut links = start_links(&starts);
    let entered = enter_first(check, &mut links).await;
    let found = join_all(organizations.keys().map(|name| organization::check(check, name, entered.contains(name))));
    let mut live = Live::default();
    for (found, name) in found.await.into_iter().zip(organizations.keys()) {
        links.extend(found.links);
        live.organizations.extend(found.described.map(|described| (name.clone(), described)));
    }
    // Accounts that entries name by id are known even if their organization can't be asked.
    let described: BTreeSet<Name> = live.organizations.keys().cloned().collect();
    read::read(cloud, &mut live, |live| only(wanted(desired, live), &described)).await;
    links.extend(recipients(check, &live, &entered, &described).await);
    for link in &mut links {
        with_name(link, &live);
    }
    let mut start: Vec<Beginning> = starts.into_values().flatten().collect();
    start.dedup();
    (Checkup { mode, sandbox, start, links }, live.troubles)
}

/// Adds the account's name. For a suspended account that was not entered, replaces the advice.
fn with_name(link: &mut Link, live: &Live) {
    let of = link.organization.as_ref().and_then(|name| live.organization(name));
    let account = link.account.as_ref().and_then(|account| of?.accounts.get(account));
    let Some(Account { name, email: _, status, joined: _, above: _ }) = account else { return };
    link.account_name = Some(name.clone()).filter(|name| !name.is_empty());
    if let (AccountStatus::Suspended, Kind::Role, Verdict::Fails(trouble)) = (status, link.kind, &mut link.verdict) {
        let said = "The account is suspended in its organization, so nobody enters it until it is reopened.";
        trouble.mends = vec![Mend::of(said)];
    }
}

async fn starts<'a>(cloud: &Cloud, audiences: BTreeSet<&'a str>) -> BTreeMap<&'a str, Result<Beginning, CloudError>> {
    let asked = audiences.into_iter().map(|audience| async move {
        let start = cloud.starting(audience).await.map(|start| match start {
            Starting::Token(claims) => Beginning::Token(claims),
            Starting::Credentials { arn } => Beginning::Credentials(arn),
        });
        (audience, start)
    });
    join_all(asked).await.into_iter().collect()
}

fn start_links(starts: &BTreeMap<&str, Result<Beginning, CloudError>>) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    for start in starts.values() {
        let verdict = match start {
            Ok(Beginning::Token(_)) => Verdict::Holds("GitHub gives this job an OIDC token".to_owned()),
            Ok(Beginning::Credentials(arn)) => Verdict::Holds(format!("the starting credentials are those of {arn}")),
            Err(error) => Verdict::Fails(mend::start(error)),
        };
        let link = of_all(Kind::Start, verdict);
        // Without tokens all audiences start from the same credentials.
        if !links.contains(&link) {
            links.push(link);
        }
    }
    links
}

/// Enters the roles on the way to the accounts (`access.through`). Returns the organizations whose accounts can be
/// tried.
async fn enter_first(check: Check<'_>, links: &mut Vec<Link>) -> BTreeSet<Name> {
    let can_start = check.desired.settings.organizations.iter().filter(|(_, it)| check.start(&it.access).is_some());
    let asked = can_start.map(|(name, it)| async move {
        let through = it.access.through.as_ref();
        (name, it, through, check.cloud.enter_first(name).await)
    });
    let mut entered = BTreeSet::new();
    let mut told = BTreeSet::new();
    for (name, settings, through, outcome) in join_all(asked).await {
        let verdict = match outcome {
            Ok(()) => {
                entered.insert(name.clone());
                let role = through.map(|role| Access::role_arn(role, &AccountId::nobody(), check.mode));
                role.map(|role| (role.clone(), Verdict::Holds(format!("entered {role}"))))
            }
            Err(refused) => {
                let role = refused.role.clone().unwrap_or_default();
                Some((
                    role,
                    Verdict::Fails(mend::role(&refused, &settings.access, check.start(&settings.access), check.mode)),
                ))
            }
        };
        let per_account = through.is_none_or(|role| role.contains("{account}"));
        if let Some((role, verdict)) = verdict.filter(|_| !per_account)
            && told.insert(role)
        {
            links.push(of_all(Kind::EntryRole, verdict));
        }
    }
    entered
}

/// What to read of the organizations: the accounts that `recipients` are about, and the names of accounts.
fn wanted(desired: &Desired, live: &Live) -> Wants {
    let mut wants = plan::receiving_wants(desired, live);
    for (name, settings) in &desired.settings.organizations {
        let of = wants.organizations.entry(name.clone()).or_default();
        let own = [&settings.service_catalog_account, &settings.marketplace_account];
        of.accounts.extend(own.into_iter().flatten().cloned());
    }
    wants
}

/// Limits wants to some organizations.
fn only(mut wants: Wants, organizations: &BTreeSet<Name>) -> Wants {
    wants.organizations.retain(|name, _| organizations.contains(name));
    wants
}

/// The links of the accounts that receive portfolios, checked side by side.
async fn recipients(check: Check<'_>, live: &Live, entered: &BTreeSet<Name>, described: &BTreeSet<Name>) -> Vec<Link> {
    let mut links = Vec::new();
    let mut to_enter = Vec::new();
    for (name, Receiving { accounts, suspended, untold }) in plan::receiving(check.desired, live) {
        let about = |verdict| Link { organization: Some(name.clone()), ..of_all(Kind::Recipients, verdict) };
        for (source, reason) in untold {
            let said = format!("{}:{}: {reason}", source.file, source.line);
            // If the organization could not be read, its own link says so, and this one counts as not tried.
            links.push(about(if described.contains(&name) {
                Verdict::Fails(mend::reading(&said, check.reader_role(&name).as_deref()))
            } else {
                Verdict::NotTried
            }));
        }
        if !suspended.is_empty() {
            let ids: Vec<&str> = suspended.iter().map(AccountId::as_str).collect();
            let said = format!("left out, since they are suspended: {}", ids.join(", "));
            links.push(about(Verdict::Holds(said)));
        }
        to_enter.extend(accounts.into_iter().map(|account| (name.clone(), account)));
    }
    let asked = to_enter.iter().map(|(name, account)| async move {
        let mut links = accounts::check(check, name, account, entered.contains(name), &[]).await;
        for link in &mut links {
            link.of_recipient = true;
        }
        links
    });
    links.extend(join_all(asked).await.into_iter().flatten());
    links
}
