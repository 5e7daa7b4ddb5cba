//! What is inside an account that a portfolio reaches. Everything that is read inside accounts for `explain` belongs
//! here.

use std::collections::{BTreeMap, BTreeSet};

use super::ways::Beside;
use crate::model::desired::{DesiredLocal, DesiredRecipients};
use crate::model::finding::Source;
use crate::model::id::{Name, PortfolioId};
use crate::model::live::{Found, HubPlace, Live, Reading};
use crate::model::recipient::{Principal, PrincipalRef, PrincipalType};
use crate::model::sight::{Inside, Launcher, Liveness, Local, State, Way};
use crate::plan::recipient::mine;
use crate::plan::resolve::hub_place;

/// Whether a live share brings the principal patterns of the owner along (`principals: true`).
pub(super) fn brings_principals(ways: &[Way]) -> bool {
    ways.iter().any(|way| matches!(&way.live, Liveness::Live { share, .. } if share.principals() == Some(true)))
}

/// Who may launch, and who should. If the entry asks for a local portfolio, its principals belong to that one.
pub(super) fn inside(
    beside: Beside<'_>,
    file: &Name,
    ways: &[Way],
    state: &State,
    entry: Option<&DesiredRecipients>,
) -> Inside {
    let Beside { account, above: _, wanted, portfolio, live: _ } = beside;
    let mut inside = Inside::default();
    let here = (account.clone(), wanted.region.clone());
    let id = portfolio.map(|portfolio| &portfolio.id);
    let asked: Asked<'_> = entry
        .into_iter()
        .flat_map(|entry| &entry.principals)
        .map(|it| (it.who.within(account, &wanted.region), (&it.who, &it.source)))
        .collect();
    let imported = match state {
        State::Has => id.and_then(|id| listed(beside.live, &here, id, &mut inside.untold)),
        State::Waits | State::Rejected | State::HasNot | State::Owns => Some(BTreeSet::new()),
        State::Suspended | State::CantTell(_) => None,
    };
    let owners: BTreeSet<Principal> = match (state, id) {
        (State::Has, Some(id)) if brings_principals(ways) => {
            listed(beside.live, &hub_place(wanted), id, &mut inside.untold).unwrap_or_default()
        }
        _ => BTreeSet::new(),
    };
    let owners: BTreeSet<Principal> = owners.into_iter().filter(|it| it.kind == PrincipalType::Pattern).collect();
    match entry.and_then(|entry| entry.local.as_ref()) {
        None => inside.principals = launchers(imported.as_ref(), &owners, &asked, false),
        Some(local) => {
            inside.principals = launchers(imported.as_ref(), &owners, &Asked::new(), false);
            let own = own(beside, file, local);
            let live = match &own {
                Ok(None) => Some(BTreeSet::new()),
                Ok(Some(id)) => listed(beside.live, &here, id, &mut inside.untold),
                Err(_) => None,
            };
            inside.principals.extend(launchers(live.as_ref(), &BTreeSet::new(), &asked, true));
            let products = match (&own, beside.shared(file)) {
                (Ok(id), Some(shared)) => shared.stock(account, local, id.as_ref()).map_err(|blocked| blocked.reason),
                (Ok(_), None) => Err("what the shared portfolio holds could not be read".to_owned()),
                (Err(reason), _) => Err(reason.clone()),
            };
            let launch_role = local.launch_role.as_ref().map(|role| (role.role.clone(), role.source.clone()));
            inside.local = Some(Local {
                name: local.name.clone(),
                is_missing: matches!(own, Ok(None)),
                id: own.ok().flatten(),
                source: local.source.clone(),
                launch_role,
                products: products.map_err(|reason| inside.untold.push(reason)).ok(),
            });
        }
    }
    inside
}

/// The principals that an entry lists, as they are in the account.
type Asked<'a> = BTreeMap<Principal, (&'a PrincipalRef, &'a Source)>;

fn launchers(
    live: Option<&BTreeSet<Principal>>,
    owners: &BTreeSet<Principal>,
    asked: &Asked<'_>,
    on_local: bool,
) -> Vec<Launcher> {
    let all: BTreeSet<&Principal> = live.into_iter().flatten().chain(owners).chain(asked.keys()).collect();
    let launcher = |principal: &Principal| {
        let listed = asked.get(principal);
        Launcher {
            principal: principal.clone(),
            label: principal.label(listed.map(|(who, _)| *who)),
            on_local,
            live: live.map(|live| live.contains(principal)),
            listed: listed.map(|(_, source)| (*source).clone()),
            of_owner: owners.contains(principal),
        }
    };
    all.into_iter().map(launcher).collect()
}

/// The account's own portfolio for an entry. `None` if there is none.
pub(super) fn own(beside: Beside<'_>, file: &Name, local: &DesiredLocal) -> Result<Option<PortfolioId>, String> {
    let account = beside.account;
    let place = (account.clone(), beside.wanted.region.clone());
    match beside.live.received.get(&place).and_then(|it| it.own.as_ref()) {
        Some(Reading::Complete(own)) => match mine(own, file, None, local, account) {
            Ok(found) => Ok(found.map(|(id, _)| id.clone())),
            Err(blocked) => Err(blocked.reason),
        },
        Some(Reading::Unreadable(reason)) => Err(reason.clone()),
        None => Err(format!("which portfolios {account} owns was not read")),
    }
}

/// Who may launch from a portfolio in one account and region. If unknown, the reason is added to `untold`.
fn listed(live: &Live, place: &HubPlace, id: &PortfolioId, untold: &mut Vec<String>) -> Option<BTreeSet<Principal>> {
    let account = &place.0;
    let reason = match live.received.get(place).and_then(|it| it.principals.get(id)) {
        Some(Found::There(principals)) => return Some(principals.clone()),
        Some(Found::Unreadable(reason)) => reason.clone(),
        Some(Found::NotThere) => {
            format!("{account} should have portfolio {id}, and AWS says there that it does not exist")
        }
        None => format!("who may launch from {id} in {account} was not read"),
    };
    untold.push(reason);
    None
}
