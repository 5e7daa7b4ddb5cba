//! What happens by itself in an account and region: changes come to be seen, deleted roles leave ghosts, and what
//! depends on a share goes with it.

use super::common::At;
use super::identity::Arn;
use super::recipient;
use crate::sandbox::world::{ImportPrincipals, Principal, World, is_pattern};

/// One step for all that waits to be seen here.
pub(super) fn step(world: &mut World, account: &str, region: &str) {
    let at = At { account, region };
    settle(world, at);
    if let Some(account) = world.accounts.get_mut(account) {
        account.roles.values_mut().for_each(|role| role.fresh = role.fresh.saturating_sub(1));
    }
    if world.region(account, region).is_none() {
        return;
    }
    let here = world.region_mut(account, region);
    let imports = here.imports.values_mut().map(|import| &mut import.principals);
    for principals in here.portfolios.values_mut().map(|it| &mut it.principals).chain(imports) {
        principals.retain_mut(|principal| principal.lag.step());
    }
}

/// Brings what depends on others up to date: principals on those that are there, imports on their shares.
pub(super) fn settle(world: &mut World, at: At<'_>) {
    let Some(here) = at.region(world) else { return };
    let gone: Vec<String> = here.imports.keys().filter(|id| !recipient::is_received(world, at, id)).cloned().collect();
    let own = here.portfolios.values().flat_map(|it| &it.principals);
    let principals = own.chain(here.imports.values().flat_map(|it| &it.principals));
    let ghosts: Vec<(String, String)> = principals.filter_map(|it| ghost(world, it)).collect();
    if gone.is_empty() && ghosts.is_empty() {
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
    let imports = here.imports.values_mut().map(|import| &mut import.principals);
    let all = here.portfolios.values_mut().map(|it| &mut it.principals).chain(imports).flatten();
    for principal in all {
        if let Some((_, id)) = ghosts.iter().find(|(arn, _)| *arn == principal.arn) {
            principal.arn.clone_from(id);
        }
    }
}

/// The ARN of a principal that was deleted, and the unique id that is left of it.
fn ghost(world: &World, principal: &Principal) -> Option<(String, String)> {
    let arn = Arn::read(&principal.arn).filter(|arn| !is_pattern(&principal.arn) && !arn.exists(world))?;
    Some((principal.arn.clone(), arn.former_id()))
}
