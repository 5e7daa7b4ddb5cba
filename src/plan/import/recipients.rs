//! Who may launch in the accounts that receive a portfolio → its entries of `recipients`.

use std::collections::{BTreeMap, BTreeSet};

use super::local::local;
use super::naming::unit;
use crate::model::desired::Recipients;
use crate::model::draft::{Commented, Draft, LocalDraft, RecipientDraft};
use crate::model::id::{AccountId, Name, PortfolioId, Region};
use crate::model::live::{Found, HubPlace, Live};
use crate::model::organization::{AccountStatus, Organization};
use crate::model::portfolio::{Portfolio, Receiver};
use crate::model::recipient::{Principal, PrincipalRef, PrincipalType};

/// The most patterns that an entry takes.
const MOST_PATTERNS: usize = 10;

/// The active accounts that have a portfolio through a share. Empty if the accounts below a node are unknown.
pub(super) fn below<'a>(
    receiver: &'a Receiver,
    accepted: bool,
    organization: Option<&'a Organization>,
) -> Vec<&'a AccountId> {
    let is_active = |account: &&AccountId| {
        let known = organization.and_then(|it| it.accounts.get(*account));
        known.is_none_or(|account| account.status == AccountStatus::Active)
    };
    let all: Vec<&AccountId> = match (receiver, organization) {
        (Receiver::Account(account), _) => accepted.then_some(account).into_iter().collect(),
        (Receiver::Member(account), _) => vec![account],
        (Receiver::Ou(unit), Some(tree)) => tree.members.get(unit).into_iter().flatten().collect(),
        // An entry for the organization covers all accounts, so an incomplete list is not enough to write one.
        (Receiver::Organization(_), Some(tree)) if tree.whole => tree.accounts.keys().collect(),
        (Receiver::Ou(_) | Receiver::Organization(_), _) => Vec::new(),
    };
    all.into_iter().filter(is_active).collect()
}

/// Entries for nodes if all accounts below have the same, and entries for all other accounts.
pub(super) fn entries(
    portfolio: &Portfolio,
    place: &HubPlace,
    name: &Name,
    live: &Live,
    drawn: &mut Draft,
) -> Vec<Commented<RecipientDraft>> {
    let organization = live.organization(name);
    let (owner, _) = place;
    let mut granted: BTreeMap<&AccountId, Option<Inside>> = BTreeMap::new();
    for (receiver, share) in &portfolio.shares {
        for account in below(receiver, share.accepted, organization).into_iter().filter(|it| *it != owner) {
            granted.entry(account).or_insert_with(|| inside(portfolio, place, account, live, drawn));
        }
    }
    let mut found = Vec::new();
    let mut covered: BTreeSet<&AccountId> = BTreeSet::new();
    // Nodes that reach most accounts come first: a unit needs no entry if one above it says the same.
    let mut nodes: Vec<&Receiver> = portfolio.shares.keys().filter(|it| it.is_of_organization()).collect();
    nodes.sort_by_key(|it| std::cmp::Reverse(below(it, true, organization).len()));
    for node in nodes {
        let who = match node {
            Receiver::Ou(id) => Recipients::Ou(unit(organization, id)),
            Receiver::Organization(id) => Recipients::Organization(id.clone()),
            Receiver::Account(_) | Receiver::Member(_) => continue,
        };
        // The owner is below a node like any other account, but no entry covers it.
        let all: Vec<&AccountId> =
            below(node, true, organization).into_iter().filter(|account| *account != owner).collect();
        let Some(first) = all.first().and_then(|account| granted.get(account)?.as_ref()) else { continue };
        let alike = |account: &&AccountId| granted.get(account).is_some_and(|it| it.as_ref() == Some(first));
        if all.len() > 1 && !first.is_nothing() && all.iter().all(alike) && !all.iter().all(|it| covered.contains(it)) {
            covered.extend(all);
            found.push(Commented { value: entry(who, first.clone()), comment: None });
        }
    }
    for (account, inside) in granted {
        let Some(inside) = inside.filter(|it| !it.is_nothing() && !covered.contains(account)) else { continue };
        let comment = organization.and_then(|it| it.account_name(account)).map(str::to_owned);
        let who = Recipients::Account(account.clone());
        found.push(Commented { value: entry(who, inside), comment });
    }
    found
}

/// What is inside an account that has the portfolio.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Inside {
    local: Option<LocalDraft>,
    principals: BTreeSet<PrincipalRef>,
}

impl Inside {
    fn is_nothing(&self) -> bool {
        self.local.is_none() && self.principals.is_empty()
    }
}

fn entry(who: Recipients, Inside { local, principals }: Inside) -> RecipientDraft {
    RecipientDraft { who, except: BTreeSet::new(), local, principals }
}

/// What is inside an account that has the portfolio. `None` if that can't be told, or if an entry can't describe all of
/// it.
fn inside(
    portfolio: &Portfolio,
    place: &HubPlace,
    account: &AccountId,
    live: &Live,
    drawn: &mut Draft,
) -> Option<Inside> {
    let local = local(portfolio, place, account, live, drawn).ok()?;
    let (id, local) = local.map_or((None, None), |(id, draft)| (Some(id), Some(draft)));
    let principals = principals((portfolio, id), place, account, live, drawn)?;
    Some(Inside { local, principals })
}

/// Who may launch in an account: from its local portfolio if it has one, else from the portfolio that it received.
fn principals(
    (portfolio, own): (&Portfolio, Option<&PortfolioId>),
    place: &HubPlace,
    account: &AccountId,
    live: &Live,
    drawn: &mut Draft,
) -> Option<BTreeSet<PrincipalRef>> {
    let (owner, region) = place;
    let of = |account: &AccountId, id: &PortfolioId| {
        live.received.get(&(account.clone(), region.clone())).and_then(|it| it.principals.get(id))
    };
    let found = match of(account, own.unwrap_or(&portfolio.id)) {
        Some(Found::There(found)) => found,
        Some(Found::Unreadable(reason)) => {
            drawn.unread.push(reason.clone());
            return None;
        }
        Some(Found::NotThere) | None => return None,
    };
    // Principals that the owner shares by name arrive with the share, so an entry does not list them.
    let shared = match of(owner, &portfolio.id) {
        Some(Found::There(shared)) if own.is_none() => shared.clone(),
        _ => BTreeSet::new(),
    };
    let mut named = BTreeSet::new();
    for principal in found.iter().filter(|it| it.kind == PrincipalType::Iam || !shared.contains(it)) {
        let Some(written) = written(principal, account, region) else {
            drawn.left_out.push(format!(
                "who may launch from portfolio {} in account {account}: an entry can't say {}",
                portfolio.id, principal.arn
            ));
            return None;
        };
        named.insert(written);
    }
    let patterns = named.iter().filter(|it| !matches!(it, PrincipalRef::Named(_))).count();
    if patterns > MOST_PATTERNS {
        drawn.left_out.push(format!(
            "who may launch from portfolio {} in account {account}: {patterns} patterns, and an entry takes {MOST_PATTERNS}",
            portfolio.id
        ));
        return None;
    }
    Some(named)
}

/// How a file writes a principal. `None` if that would be read as another one.
pub(super) fn written(principal: &Principal, account: &AccountId, region: &Region) -> Option<PrincipalRef> {
    let short = principal.short();
    let (kind, name) = short.split_once('/')?;
    if !["role", "user", "group"].contains(&kind) {
        return None;
    }
    let fits = |more: &'static [u8]| {
        move |text: &str| {
            text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b) || more.contains(&b))
        }
    };
    let word = fits(b"");
    let candidates = match principal.kind {
        PrincipalType::Iam => {
            let last = name.rsplit('/').next().unwrap_or_default();
            let is_path = name.split('/').all(|part| !part.is_empty() && fits(b"")(part));
            let is_name = word(last) && (1..=128).contains(&last.len()) && is_path;
            [is_name.then(|| PrincipalRef::Named(short.to_owned())), None]
        }
        PrincipalType::Pattern => {
            let set = name.split_once("*AWSReservedSSO_").and_then(|(_, rest)| rest.strip_suffix("_????????????????"));
            let set = set.filter(|set| word(set) && (1..=32).contains(&set.len()));
            let is_pattern = fits(b"*?/")(name) && (1..=900).contains(&name.len());
            [
                set.map(|set| PrincipalRef::PermissionSet(set.to_owned())),
                is_pattern.then(|| PrincipalRef::Pattern(short.to_owned())),
            ]
        }
    };
    candidates.into_iter().flatten().find(|candidate| candidate.within(account, region) == *principal)
}
