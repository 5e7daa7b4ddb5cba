//! Delayed and dependent effects. Changes become visible, deleted roles leave their unique ids behind, and objects that
//! depend on a removed share or product go with it.

use std::collections::{BTreeMap, BTreeSet};

use super::common::At;
use super::identity::Arn;
use super::{constraint, copy, product, recipient};
use crate::sandbox::world::{ImportPrincipals, Portfolio, Principal, ProductsOfShare, Region, World, is_pattern};

/// Moves all that is pending in an account and region on by one step.
pub(super) fn step(world: &mut World, account: &str, region: &str) {
    let at = At { account, region };
    settle(world, at);
    if let Some(account) = world.accounts.get_mut(account) {
        account.roles.values_mut().for_each(|role| role.fresh = role.fresh.saturating_sub(1));
    }
    if world.region(account, region).is_none() {
        return;
    }
    copy::advance(world, at);
    let looks = world.pending.constraint;
    let here = world.region_mut(account, region);
    let mut is_gone = false;
    for portfolio in here.portfolios.values_mut() {
        constraint::advance(portfolio, looks);
        let before = portfolio.products.len();
        portfolio.products.retain(|_, it| it.lag.step());
        is_gone |= portfolio.products.len() < before;
    }
    for principals in lists(here) {
        principals.retain_mut(|principal| principal.lag.step());
    }
    if is_gone {
        everybody(world, region);
    }
}

/// The lists of principals of all portfolios and imports of a region.
fn lists(here: &mut Region) -> impl Iterator<Item = &mut Vec<Principal>> {
    let own = here.portfolios.values_mut().map(|portfolio| &mut portfolio.principals);
    own.chain(here.imports.values_mut().map(|import| &mut import.principals))
}

/// Settles every account of a region, after something was removed that others may depend on.
pub(super) fn everybody(world: &mut World, region: &str) {
    let has_region = world.accounts.iter().filter(|(_, account)| account.regions.contains_key(region));
    let accounts: Vec<String> = has_region.map(|(id, _)| id.clone()).collect();
    for account in &accounts {
        settle(world, At { account, region });
    }
}

/// Removes what an account has without its basis: imports whose share is gone, and products whose source is gone. ARNs
/// of deleted principals become unique ids.
fn settle(world: &mut World, at: At<'_>) {
    let Some(here) = at.region(world) else { return };
    let gone: Vec<String> = here.imports.keys().filter(|id| !recipient::is_received(world, at, id)).cloned().collect();
    let own = here.portfolios.values().flat_map(|it| &it.principals);
    let principals = own.chain(here.imports.values().flat_map(|it| &it.principals));
    let ghosts: BTreeMap<String, String> = principals.filter_map(|it| ghost(world, it)).collect();
    let lost = lost_products(world, at, &here.portfolios);
    if gone.is_empty() && ghosts.is_empty() && lost.is_empty() {
        return;
    }
    let keeps = world.unproven.import_principals == ImportPrincipals::Kept;
    let here = world.region_mut(at.account, at.region);
    for id in gone {
        if let Some(import) = here.imports.get_mut(&id).filter(|_| keeps) {
            import.rejected = false;
        } else {
            here.imports.remove(&id);
        }
    }
    for principal in lists(here).flatten() {
        if let Some(id) = ghosts.get(&principal.arn) {
            principal.arn.clone_from(id);
        }
    }
    for (portfolio, product) in lost {
        if let Some(portfolio) = here.portfolios.get_mut(&portfolio) {
            portfolio.products.remove(&product);
            portfolio.constraints.retain(|_, constraint| constraint.product != product);
        }
    }
}

/// The ARN of a deleted principal, and the unique id that replaces it. `None` if the principal exists.
fn ghost(world: &World, principal: &Principal) -> Option<(String, String)> {
    let arn = Arn::read(&principal.arn).filter(|arn| !is_pattern(&principal.arn) && !arn.exists(world))?;
    Some((principal.arn.clone(), arn.former_id()))
}

/// Products of other accounts that have to leave a local portfolio, with the portfolio's id.
fn lost_products(world: &World, at: At<'_>, portfolios: &BTreeMap<String, Portfolio>) -> Vec<(String, String)> {
    let foreign =
        |portfolio: &Portfolio| portfolio.products.values().filter_map(|it| it.from.clone()).collect::<Vec<_>>();
    let sources: BTreeSet<String> = portfolios.values().flat_map(foreign).collect();
    let imports: BTreeMap<String, _> =
        sources.into_iter().map(|id| (recipient::import(world, at, &id), id)).map(|(it, id)| (id, it)).collect();
    let is_lost = |product: &str, from: &str| match imports.get(from) {
        Some(Some(import)) => !import.portfolio.products.contains_key(product),
        Some(None) | None => {
            world.unproven.products_of_share == ProductsOfShare::Leave || product::find(world, at, product).is_none()
        }
    };
    let mut lost = Vec::new();
    for (id, portfolio) in portfolios {
        let foreign = portfolio.products.iter().filter_map(|(product, it)| Some((product, it.from.as_deref()?)));
        lost.extend(foreign.filter(|(product, from)| is_lost(product, from)).map(|(it, _)| (id.clone(), it.clone())));
    }
    lost
}
