//! A world as a set of sentences. Worlds can be compared by them although ids differ from run to run.

use std::collections::BTreeSet;

use catalog_sync::sandbox::{
    Experience, ExperienceStatus, Organization, Policy, Portfolio, Region, Share, ShareTarget, World,
};

/// Everything that a catalog can say of a world, and the accounts that each portfolio reaches.
///
/// A thing that `start` holds is named by its id. A thing that was made later is named by its name, since its id
/// differs from run to run.
pub(crate) fn facts(start: &World, world: &World) -> BTreeSet<String> {
    let mut facts = BTreeSet::new();
    for (account, inside) in &world.accounts {
        for (region, here) in &inside.regions {
            let before = start.accounts.get(account).and_then(|it| it.regions.get(region));
            of_region(world, before, &format!("{account} {region}"), here, &mut facts);
        }
    }
    for (name, organization) in &world.organizations {
        let before = start.organizations.get(name);
        for (id, experience) in &organization.marketplace.experiences {
            let known = before.is_some_and(|it| it.marketplace.experiences.contains_key(id));
            let key = if known { id } else { &experience.name };
            of_experience(&format!("{name} experience {key}"), experience, &mut facts);
        }
    }
    facts
}

fn of_region(world: &World, before: Option<&Region>, place: &str, here: &Region, facts: &mut BTreeSet<String>) {
    // A copy is named by the product that it was copied from.
    let product = |id: &str| here.products.get(id).and_then(|it| it.source.clone()).unwrap_or_else(|| id.to_owned());
    for (id, portfolio) in &here.portfolios {
        let known = before.is_some_and(|it| it.portfolios.contains_key(id));
        let key = format!("{place} portfolio {}", if known { id } else { &portfolio.name });
        of_portfolio(world, &key, portfolio, facts);
        facts.extend(
            portfolio
                .products
                .iter()
                .filter(|(_, it)| it.lag.goes.is_none())
                .map(|(id, association)| format!("{key} holds {} from {:?}", product(id), association.from)),
        );
        for constraint in portfolio.constraints.values().filter(|it| it.lag.goes.is_none()) {
            let of = product(&constraint.product);
            facts.insert(format!("{key} constrains {of}: {} {}", constraint.kind, constraint.parameters));
        }
    }
    for (id, import) in &here.imports {
        let key = format!("{place} import {id}");
        facts.extend(import.rejected.then(|| format!("{key} is rejected")));
        let principals = import.principals.iter().filter(|it| it.lag.goes.is_none());
        facts.extend(principals.map(|it| format!("{key} lets {} launch", it.arn)));
    }
    for (id, of) in &here.products {
        let key = format!("{place} product {}", product(id));
        facts.insert(format!("{key} is {}", of.name));
        for (id, version) in &of.versions {
            let id = version.source.as_ref().unwrap_or(id);
            facts.insert(format!("{key} version {id}: inactive {} {}", version.inactive, version.deprecated));
        }
    }
}

fn of_portfolio(world: &World, key: &str, portfolio: &Portfolio, facts: &mut BTreeSet<String>) {
    facts.insert(format!("{key} is there"));
    facts.insert(format!("{key} is called {}", portfolio.name));
    facts.extend(portfolio.description.iter().map(|it| format!("{key} is described: {it}")));
    facts.extend(portfolio.tags.iter().map(|(name, value)| format!("{key} is tagged {name}={value}")));
    for Share { to, accepted, tag_options, principals, missing } in &portfolio.shares {
        let share = format!("{key} is shared with {to:?}");
        facts.insert(share.clone());
        facts.extend(accepted.then(|| format!("{share}, accepted")));
        facts.extend(tag_options.then(|| format!("{share} with tag options")));
        facts.extend(principals.then(|| format!("{share} with principals")));
        let reached = reached(world, to).into_iter().filter(|account| !missing.contains(account));
        facts.extend(reached.map(|account| format!("{key} reaches {account}")));
    }
    let principals = portfolio.principals.iter().filter(|it| it.lag.goes.is_none());
    facts.extend(principals.map(|it| format!("{key} lets {} launch", it.arn)));
}

/// The accounts that a share reaches.
fn reached(world: &World, to: &ShareTarget) -> BTreeSet<String> {
    let below = |organization: &Organization, id: &str| {
        let root = organization.root_id();
        let nodes = organization.nodes(&root);
        let mut accounts = BTreeSet::new();
        for (at, node) in nodes.iter().enumerate() {
            let way_up = std::iter::successors(Some(at), |at| nodes[*at].parent);
            if id == organization.id || way_up.into_iter().any(|at| nodes[at].id == id) {
                accounts.extend(node.accounts.keys().cloned());
            }
        }
        accounts
    };
    match to {
        ShareTarget::Account(account) | ShareTarget::Member(account) => BTreeSet::from([account.clone()]),
        ShareTarget::Ou(node) | ShareTarget::Organization(node) => {
            world.organizations.values().flat_map(|organization| below(organization, node)).collect()
        }
    }
}

fn of_experience(key: &str, experience: &Experience, facts: &mut BTreeSet<String>) {
    let Experience { name, description, status, admin_status, policy, branding, audience, .. } = experience;
    facts.insert(format!("{key} is called {name}"));
    facts.extend((*status == ExperienceStatus::Enabled).then(|| format!("{key} is enabled")));
    facts.extend(admin_status.iter().map(|it| format!("{key} is {it}")));
    facts.extend(description.iter().map(|it| format!("{key} is described: {it}")));
    if let Some(Policy { requests, allowed, denied, .. }) = policy {
        facts.extend(requests.iter().map(|it| format!("{key} takes requests: {it:?}")));
        facts.extend(allowed.iter().map(|product| format!("{key} approves {product}")));
        facts.extend(denied.iter().map(|product| format!("{key} denies {product}")));
    }
    if let Some(branding) = branding {
        let of = (&branding.title, &branding.information, &branding.theme_color, &branding.logo_url);
        facts.insert(format!("{key} looks so: {of:?}"));
    }
    let principals = audience.iter().flat_map(|audience| &audience.principals);
    facts.extend(principals.map(|principal| format!("{key} governs {principal}")));
}
