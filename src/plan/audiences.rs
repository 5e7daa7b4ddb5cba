//! Tells how many accounts lose a product by a denial, and where an approval has no effect because a nearer experience
//! governs. What can't be told is left out, and never counted as zero.

use std::collections::{BTreeMap, BTreeSet};

use super::labels;
use super::resolve::Entries;
use super::told::tell;
use crate::model::audience::{AudiencePrincipal, Audiences};
use crate::model::change::{Plan, Resource, Target, TargetState, Work};
use crate::model::desired::Desired;
use crate::model::edit::{Edit, ExperienceEdit, Family as _, ProductEdit};
use crate::model::experience::{Experience, ExperienceStatus, Listing};
use crate::model::finding::Warning;
use crate::model::id::{AccountId, ExperienceId, OuId, ProductId};
use crate::model::live::{Found, Live, Reading};
use crate::model::market_wants::PartWants;
use crate::model::organization::{AccountStatus, Organization};
use crate::model::wants::{ShelfWants, Wants};

/// What [`reached`] needs: the audiences of the organization, the experiences that may be nearer to some accounts, and
/// for denials the accounts below them. A plan that changes no product asks for no audience.
pub fn reached_wants(plan: &Plan, live: &Live) -> Wants {
    let mut wants = Wants::default();
    for target in &plan.targets {
        if let Some(Reading::Complete(audiences)) = live.audiences.get(&target.account) {
            let nearer = beside_joins(target, audiences);
            if !nearer.is_empty() {
                let shelf = wants.experiences.entry(target.account.clone());
                shelf.or_insert_with(|| ShelfWants::new(&target.organization)).read.extend(nearer);
            }
        }
        let Some(own) = Changed::of(target) else { continue };
        let parts = wants.parts.entry(target.account.clone());
        parts.or_insert_with(|| PartWants::new(&target.organization)).audiences = true;
        let Some(Reading::Complete(audiences)) = live.audiences.get(&target.account) else { continue };
        let principals = audiences.get(own.id).cloned().unwrap_or_default();
        let nearer = may_be_nearer(&principals, own.id, audiences);
        let shelf = wants.experiences.entry(target.account.clone());
        let shelf = shelf.or_insert_with(|| ShelfWants::new(&target.organization));
        shelf.read.extend(nearer.keys().map(|id| (*id).clone()));
        if own.denied == 0 {
            continue;
        }
        let of = wants.organizations.entry(target.organization.clone()).or_default();
        for principal in principals.iter().chain(nearer.values().copied().flatten()) {
            match principal {
                AudiencePrincipal::Account(account) => drop(of.accounts.insert(account.clone())),
                AudiencePrincipal::Ou(unit) => drop(of.units.insert(unit.clone())),
                AudiencePrincipal::Organization(_) => of.everyone = true,
            }
        }
    }
    wants
}

/// The other experiences with an audience, if a unit or the organization joins this one: they may be nearer to some of
/// its accounts. Empty if only accounts join, since nothing is nearer than the account itself.
fn beside_joins(target: &Target, audiences: &Audiences) -> BTreeSet<ExperienceId> {
    let own = target.work().and_then(|work| work.resource().id.map(str::to_owned)).and_then(|id| id.parse().ok());
    let joins: BTreeSet<AudiencePrincipal> =
        target.changes().filter_map(|change| joined(change.edit).cloned()).collect();
    let others = audiences.iter().filter(|(id, _)| own.as_ref() != Some(*id));
    let nodes = joins.iter().any(|it| !matches!(it, AudiencePrincipal::Account(_)));
    others.filter(|_| nodes).map(|(id, _)| id.clone()).collect()
}

fn joined(edit: Edit<'_>) -> Option<&AudiencePrincipal> {
    match edit {
        Edit::Experience(ExperienceEdit::Join(principal)) => Some(principal),
        _ => None,
    }
}

/// Notes beside each `Join` who stays with a nearer experience: of two, the nearer one governs.
fn overlaps(target: &mut Target, audiences: &Audiences, live: &Live) {
    let organization = live.organization(&target.organization);
    let others = beside_joins(target, audiences);
    let enabled: Vec<(&Experience, &BTreeSet<AudiencePrincipal>)> = others
        .iter()
        .filter_map(|id| Some((live.experience(&target.account, id)?, audiences.get(id)?)))
        .filter(|(experience, _)| experience.status == ExperienceStatus::Enabled)
        .collect();
    let TargetState::Complete { work: Work::Experience { changes, .. }, left_alone: _ } = &mut target.state else {
        return;
    };
    for change in changes {
        let ExperienceEdit::Join(principal) = &change.edit else { continue };
        for (experience, of_it) in &enabled {
            let below: Vec<String> = of_it
                .iter()
                .filter(|it| is_below(it, principal, organization))
                .map(|it| called(it, organization))
                .collect();
            if !below.is_empty() {
                change.about.notes.push(format!(
                    "experience {}, which is nearer, goes on to govern {}",
                    format!("{} {}", experience.name, experience.id).trim_start(),
                    list(&below)
                ));
            }
        }
    }
}

/// Notes beside each denial how many accounts lose the product, and warns of approvals that have no effect in some
/// accounts.
pub fn reached(mut plan: Plan, desired: &Desired, live: &Live) -> Plan {
    let entries = Entries::of(desired);
    let after = after(&plan);
    let moved = moved(&plan, live);
    for target in &mut plan.targets {
        let Some(Reading::Complete(audiences)) = live.audiences.get(&target.account) else { continue };
        let Some(later) = moved.get(&target.account) else { continue };
        overlaps(target, later, live);
        let Some(own) = Changed::of(target) else { continue };
        let Some(principals) = audiences.get(own.id) else { continue };
        let is_live = live.experience(&target.account, own.id).is_some_and(|it| it.status == ExperienceStatus::Enabled);
        if !is_live {
            continue;
        }
        let organization = live.organization(&target.organization);
        let others = may_be_nearer(principals, own.id, audiences);
        let status = |id: &ExperienceId| match live.experiences.get(&target.account).and_then(|it| it.read.get(id)) {
            Some(Found::There(experience)) => Some(experience.status),
            Some(Found::NotThere | Found::Unreadable(_)) | None => None,
        };
        let losers = organization.and_then(|organization| governed(principals, &others, status, organization));
        let source = entries.get(&target.name).map(|entry| entry.source.clone());
        let warnings = may_be_nearer(principals, own.id, later).into_iter().filter_map(|(id, nearer)| {
            let experience = live.experience(&target.account, id)?;
            if experience.status != ExperienceStatus::Enabled {
                return None;
            }
            let below: Vec<&AudiencePrincipal> =
                nearer.iter().filter(|it| principals.iter().any(|own| is_below(it, own, organization))).collect();
            let vain: Vec<&(ProductId, String)> =
                own.approved.iter().filter(|(product, _)| !is_sold(experience, product, after.get(id))).collect();
            if below.is_empty() || vain.is_empty() {
                return None;
            }
            let message = in_vain(experience, &below, &vain, organization);
            Some(Warning { code: "nearer_experience".to_owned(), message, source: source.clone() })
        });
        let warnings: Vec<Warning> = warnings.collect();
        note(target, losers.as_ref().map_or(0, BTreeSet::len));
        tell(desired, target, warnings);
    }
    plan
}

/// The product changes of an experience that exists.
struct Changed<'a> {
    id: &'a ExperienceId,
    approved: Vec<(ProductId, String)>,
    denied: usize,
}

impl<'a> Changed<'a> {
    fn of(target: &'a Target) -> Option<Self> {
        let Work::Experience { experience: Resource { id: Some(id), name: _ }, policy: _, changes } = target.work()?
        else {
            return None;
        };
        let mut it = Self { id, approved: Vec::new(), denied: 0 };
        for change in changes {
            if is_loss(&change.edit) {
                it.denied += 1;
            } else if let ExperienceEdit::Product(ProductEdit { product, after: Listing::Approved, .. }) = &change.edit
            {
                it.approved.push((product.clone(), change.about.label.clone()));
            }
        }
        (it.denied > 0 || !it.approved.is_empty()).then_some(it)
    }
}

fn is_loss(edit: &ExperienceEdit) -> bool {
    matches!(edit, ExperienceEdit::Product(_)) && edit.edit().takes_away()
}

/// The list that each product is on after the plan, for experiences whose products the plan changes.
fn after(plan: &Plan) -> BTreeMap<ExperienceId, BTreeMap<ProductId, Listing>> {
    let mut all: BTreeMap<ExperienceId, BTreeMap<ProductId, Listing>> = BTreeMap::new();
    for (target, change) in plan.changes() {
        let id = target.work().and_then(|work| work.resource().id.map(str::to_owned));
        let id = id.and_then(|id| id.parse::<ExperienceId>().ok());
        if let (Some(id), Edit::Experience(ExperienceEdit::Product(edit))) = (id, change.edit) {
            all.entry(id).or_default().insert(edit.product.clone(), edit.after);
        }
    }
    all
}

/// The audiences after the plan, by marketplace account, for accounts whose audiences were read.
fn moved(plan: &Plan, live: &Live) -> BTreeMap<AccountId, Audiences> {
    let read = live.audiences.iter().filter_map(|(account, it)| Some((account.clone(), it.as_result().ok()?.clone())));
    let mut all: BTreeMap<AccountId, Audiences> = read.collect();
    for (target, change) in plan.changes() {
        let id = target.work().and_then(|work| work.resource().id.map(str::to_owned));
        let id = id.and_then(|id| id.parse::<ExperienceId>().ok());
        let (Some(id), Some(audiences)) = (id, all.get_mut(&target.account)) else { continue };
        match change.edit {
            Edit::Experience(ExperienceEdit::Join(it)) => drop(audiences.entry(id).or_default().insert(it.clone())),
            Edit::Experience(ExperienceEdit::Leave(it)) => drop(audiences.entry(id).or_default().remove(it)),
            _ => {}
        }
    }
    all
}

/// Whether a product can be bought in an experience after the plan.
fn is_sold(experience: &Experience, product: &ProductId, after: Option<&BTreeMap<ProductId, Listing>>) -> bool {
    let live = experience.policy.as_ref().map(|policy| policy.listing(product));
    let planned = after.and_then(|after| after.get(product)).copied();
    match (planned, live) {
        (Some(listing), _) => listing == Listing::Approved,
        (None, Some(listing)) => listing == Some(Listing::Approved),
        (None, None) => true,
    }
}

/// The audiences of other experiences that may be nearer to some accounts. Empty if every own principal is an account.
fn may_be_nearer<'a>(
    own: &BTreeSet<AudiencePrincipal>,
    id: &ExperienceId,
    audiences: &'a Audiences,
) -> BTreeMap<&'a ExperienceId, &'a BTreeSet<AudiencePrincipal>> {
    let is_node = |it: &AudiencePrincipal| !matches!(it, AudiencePrincipal::Account(_));
    let is_nearer = |of_it: &BTreeSet<AudiencePrincipal>| {
        own.iter().any(is_node) && of_it.iter().any(|it| !matches!(it, AudiencePrincipal::Organization(_)))
    };
    audiences.iter().filter(|(other, of_it)| *other != id && is_nearer(of_it)).collect()
}

/// Whether `nearer` is below `own` in the tree. False if that is not known.
fn is_below(nearer: &AudiencePrincipal, own: &AudiencePrincipal, organization: Option<&Organization>) -> bool {
    match (nearer, own) {
        (_, AudiencePrincipal::Account(_)) | (AudiencePrincipal::Organization(_), _) => false,
        (_, AudiencePrincipal::Organization(_)) => true,
        (AudiencePrincipal::Account(account), AudiencePrincipal::Ou(unit)) => {
            organization.is_some_and(|it| it.is_member(account, unit) == Some(true))
        }
        (AudiencePrincipal::Ou(nearer), AudiencePrincipal::Ou(unit)) => {
            nearer != unit && organization.is_some_and(|it| it.is_at_or_below(nearer, unit) == Some(true))
        }
    }
}

/// The active accounts that an experience governs: those below its principals for which no other enabled experience is
/// nearer. `None` if that can't be told.
fn governed(
    own: &BTreeSet<AudiencePrincipal>,
    others: &BTreeMap<&ExperienceId, &BTreeSet<AudiencePrincipal>>,
    status: impl Fn(&ExperienceId) -> Option<ExperienceStatus>,
    organization: &Organization,
) -> Option<BTreeSet<AccountId>> {
    let mut nearest: BTreeMap<&AccountId, Depth> = BTreeMap::new();
    for principal in own {
        let depth = Depth::of(principal, organization)?;
        for account in accounts(principal, organization)? {
            let known = nearest.entry(account).or_insert(depth);
            *known = depth.max(*known);
        }
    }
    for (id, principals) in others {
        if status(id)? != ExperienceStatus::Enabled {
            continue;
        }
        for principal in principals.iter().filter(|it| !matches!(it, AudiencePrincipal::Organization(_))) {
            let depth = Depth::of(principal, organization)?;
            for account in accounts(principal, organization)? {
                if nearest.get(account).is_some_and(|own| *own < depth) {
                    nearest.remove(account);
                }
            }
        }
    }
    let active = nearest.into_keys().filter(|it| labels::status(organization, it) == AccountStatus::Active);
    Some(active.cloned().collect())
}

/// How near a principal is to an account, from far to near: the organization, units from the root down, the account
/// itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Depth {
    Organization,
    Unit(usize),
    Account,
}

impl Depth {
    fn of(principal: &AudiencePrincipal, organization: &Organization) -> Option<Self> {
        Some(match principal {
            AudiencePrincipal::Account(_) => Self::Account,
            AudiencePrincipal::Ou(unit) => Self::Unit(organization.way_to(unit)?.len()),
            AudiencePrincipal::Organization(_) => Self::Organization,
        })
    }
}

fn accounts<'a>(principal: &'a AudiencePrincipal, organization: &'a Organization) -> Option<Vec<&'a AccountId>> {
    match principal {
        AudiencePrincipal::Account(account) => Some(vec![account]),
        AudiencePrincipal::Ou(unit) => Some(organization.members.get(unit)?.iter().collect()),
        AudiencePrincipal::Organization(_) => organization.whole.then(|| organization.accounts.keys().collect()),
    }
}

/// How many products or principals are named before the rest is counted.
const NAMED: usize = 4;

fn in_vain(
    experience: &Experience,
    below: &[&AudiencePrincipal],
    vain: &[&(ProductId, String)],
    organization: Option<&Organization>,
) -> String {
    let reached = |it: &&AudiencePrincipal| -> Option<Vec<AccountId>> {
        let organization = organization?;
        let all = accounts(it, organization)?.into_iter();
        Some(all.filter(|it| labels::status(organization, it) == AccountStatus::Active).cloned().collect())
    };
    let reached: Option<Vec<Vec<AccountId>>> = below.iter().map(reached).collect();
    let number = reached.map(|all| all.into_iter().flatten().collect::<BTreeSet<AccountId>>().len());
    let who = below.iter().map(|it| called(it, organization)).collect::<Vec<_>>();
    let whom = match number {
        Some(1) => format!("1 account ({})", list(&who)),
        Some(number) => format!("{number} accounts ({})", list(&who)),
        None => list(&who),
    };
    let products: Vec<String> =
        vain.iter().map(|(id, name)| if name.is_empty() { id.to_string() } else { name.clone() }).collect();
    let named = format!("{} {}", experience.name, experience.id);
    format!(
        "experience {} is nearer to {whom} and does not approve {}: there the approval has no effect",
        named.trim_start(),
        list(&products)
    )
}

fn called(principal: &AudiencePrincipal, organization: Option<&Organization>) -> String {
    let unit = |unit: &OuId| organization.map_or_else(|| unit.to_string(), |it| it.path(unit));
    match principal {
        AudiencePrincipal::Account(account) => {
            let name = organization.and_then(|it| it.account_name(account)).unwrap_or_default();
            format!("{name} {account}").trim_start().to_owned()
        }
        AudiencePrincipal::Ou(ou) => unit(ou),
        AudiencePrincipal::Organization(id) => id.to_string(),
    }
}

fn list(words: &[String]) -> String {
    let mut shown: Vec<String> = words.iter().take(NAMED).cloned().collect();
    if words.len() > NAMED {
        shown.push(format!("{} more", words.len() - NAMED));
    }
    shown.join(", ")
}

/// Notes beside each denial how many accounts lose the product. Zero also stands for unknown, and adds no note.
fn note(target: &mut Target, losers: usize) {
    let sentence = match losers {
        0 => return,
        1 => "1 account loses it".to_owned(),
        many => format!("{many} accounts lose it"),
    };
    if let TargetState::Complete { work: Work::Experience { changes, .. }, left_alone: _ } = &mut target.state {
        for change in changes.iter_mut().filter(|change| is_loss(&change.edit)) {
            change.about.notes.push(sentence.clone());
        }
    }
}
