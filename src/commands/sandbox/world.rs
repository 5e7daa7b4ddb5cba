//! Makes a world for a catalog: everything that the catalog names exists, and some of it differs.
//!
//! The same catalogs always make the same world, so that an apply finds what its plan has shown. Things that only the
//! newer of two catalogs asks for don't exist yet, so a plan shows them as that catalog's changes.

use std::collections::BTreeMap;

use super::tree::{Trees, made_id, unit};
use crate::model::desired::{
    Desired, DesiredExperience, DesiredPortfolio, DesiredShare, ExperienceSelector, OuRef, ProductLists, Selector,
};
use crate::model::id::{AccountId, ExperienceId, Name};
use crate::model::mirror::{Mirror, Products};
use crate::model::portfolio::Share;
use crate::model::target::TargetName;
use crate::sandbox::{self, Experience, Policy, Portfolio, Product, World};

/// The number of experiences that approve unlisted products. Few, so that a large catalog stays below its limit on
/// removals.
const WITH_MORE: usize = 3;
/// One of this many portfolios is shared with an unlisted account.
const EVERY: usize = 4;

/// The built-in world if it has all organizations of the catalog and at least half of the portfolios and experiences
/// that the catalog names. Otherwise a world made for the catalog. With the built-in world, a wrong name in the
/// catalog is still reported.
pub(super) fn fitting(desired: &Desired, base: Option<&Desired>) -> (World, &'static str) {
    let example = World::example();
    let has = |id: &str| example.organizations.values().any(|organization| organization.id == id);
    let (there, named) = known(&example, desired);
    let has_half = there * 2 >= named;
    if has_half && desired.settings.organizations.values().all(|organization| has(organization.id.as_str())) {
        return (example, "the built-in example");
    }
    (made(desired, base), "made for this catalog: everything that it names exists, and some of it differs")
}

/// The number of portfolios and experiences named by a catalog that exist in a world, and the number of all it names.
fn known(world: &World, desired: &Desired) -> (usize, usize) {
    let portfolios = desired.portfolios.values().map(|wanted| {
        let region = world.region(wanted.account.as_str(), wanted.region.as_str());
        region.is_some_and(|region| match &wanted.portfolio {
            Selector::Id(id) => region.portfolios.contains_key(id.as_str()),
            Selector::Name(name) => region.portfolios.values().any(|portfolio| portfolio.name == *name),
        })
    });
    let governed = desired.experiences.iter().filter_map(|entry| match &entry.selector {
        ExperienceSelector::One(one) => Some((&entry.organization, one)),
        ExperienceSelector::AllLive { except: _ } => None,
    });
    let mirrors = desired.experiences.iter().filter_map(|entry| entry.products.mirrored());
    let mirrored = mirrors.map(|mirror| (&mirror.organization, &mirror.experience));
    let experiences = governed.chain(mirrored).filter_map(|(organization, one)| {
        let id = &desired.settings.organizations.get(organization)?.id;
        let organization = world.organizations.values().find(|organization| organization.id == id.as_str());
        let experiences = organization.map(|organization| &organization.marketplace.experiences);
        Some(experiences.is_some_and(|all| match one {
            Selector::Id(id) => all.contains_key(id.as_str()),
            Selector::Name(name) => all.values().any(|experience| experience.name == *name),
        }))
    });
    let all: Vec<bool> = portfolios.chain(experiences).collect();
    (all.iter().filter(|is_there| **is_there).count(), all.len())
}

/// A world for a catalog and its base.
pub(super) fn made(desired: &Desired, base: Option<&Desired>) -> World {
    let catalogs: Vec<&Desired> = [Some(desired), base].into_iter().flatten().collect();
    let mut trees = Trees::of(&catalogs);
    let mut world = World::default();
    for (at, (name, portfolio)) in portfolios(&catalogs).into_iter().enumerate() {
        let before = base.unwrap_or(desired).portfolios.get(name);
        put_portfolio(&mut world, &mut trees, at, portfolio, before);
    }
    put_experiences(&mut trees, &catalogs, base.unwrap_or(desired));
    put_products(&mut world, &catalogs);
    let Trees { organizations, strangers, .. } = trees;
    for account in strangers {
        world.accounts.entry(account).or_default();
    }
    world.organizations = organizations;
    // Without a role the starting credentials are those of the account that is asked.
    let without_role = desired.settings.organizations.values().find(|organization| organization.access.role.is_none());
    world.start = without_role.and_then(|organization| organization.reader()).map(AccountId::to_string);
    world
}

/// Adds the products that the catalogs list, with the catalogs' names for them.
fn put_products(world: &mut World, catalogs: &[&Desired]) {
    let named = catalogs.iter().flat_map(|catalog| &catalog.product_names).map(|(id, name)| (id, name.clone()));
    let lists = catalogs.iter().flat_map(|catalog| &catalog.experiences).map(|entry| &entry.products);
    let mut listed: Vec<String> = Vec::new();
    for products in lists {
        match products {
            Products::Listed(lists) => {
                listed.extend(lists.approved.keys().chain(lists.rejected.keys()).map(ToString::to_string));
            }
            Products::Mirrored(mirror) => {
                let Policy { name: _, allowed, denied, .. } = curated(mirror);
                listed.extend(allowed.into_iter().chain(denied));
            }
        }
    }
    let named = named.map(|(id, name)| (id.to_string(), name));
    for (id, name) in named.chain(listed.into_iter().map(|id| (id.clone(), format!("Product {id}")))) {
        if !world.has_product(&id) {
            let product = Product { name, vendor: "Made-up Software".to_owned(), ..Product::default() };
            world.products.insert(id, product);
        }
    }
}

/// The policy of a mirrored experience.
fn curated(mirror: &Mirror) -> Policy {
    let product = |word: &str| made_id("prod-", &[mirror.organization.as_str(), &mirror.experience.to_string(), word]);
    Policy {
        name: "Made".to_owned(),
        allowed: ["one", "two", "three"].map(product).into(),
        denied: [product("four")].into(),
        ..Policy::default()
    }
}

/// The portfolios of all catalogs. If several name one, the first counts.
fn portfolios<'d>(catalogs: &[&'d Desired]) -> BTreeMap<&'d TargetName, &'d DesiredPortfolio> {
    let mut all = BTreeMap::new();
    for (name, portfolio) in catalogs.iter().flat_map(|catalog| &catalog.portfolios) {
        all.entry(name).or_insert(portfolio);
    }
    all
}

fn put_portfolio(
    world: &mut World,
    trees: &mut Trees,
    at: usize,
    portfolio: &DesiredPortfolio,
    before: Option<&DesiredPortfolio>,
) {
    let DesiredPortfolio {
        organization,
        account,
        region,
        portfolio: selector,
        source,
        shares: _,
        expired: _,
        ignored: _,
        unlisted: _,
        recipients: _,
    } = portfolio;
    let (id, name) = match selector {
        Selector::Id(id) => (id.to_string(), title(&source.file)),
        Selector::Name(name) => (made_id("port-", &[account.as_str(), region.as_str(), name]), name.clone()),
    };
    let mut shares: Vec<sandbox::Share> = Vec::new();
    for (at, share) in before.iter().flat_map(|before| &before.shares).enumerate() {
        let DesiredShare { share, notes: _, until: _, source: _ } = share;
        let live = live(organization, share);
        match at % 3 {
            0 => {}
            1 => shares.push(live),
            _ => shares.push(sandbox::Share { tag_options: false, principals: false, ..live }),
        }
    }
    if at.is_multiple_of(EVERY) {
        let stranger = trees.account();
        trees.strangers.insert(stranger.clone());
        shares.push(sandbox::Share { accepted: true, ..sandbox::Share::new(sandbox::ShareTarget::Account(stranger)) });
    }
    let account = world.accounts.entry(account.to_string()).or_default();
    let region = account.regions.entry(region.to_string()).or_default();
    region.portfolios.entry(id).or_insert(Portfolio { name, shares, ..Portfolio::default() });
}

/// `data-platform` of `catalog/portfolios/data-platform.yaml`.
fn title(file: &str) -> String {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.trim_end_matches(".yaml").trim_end_matches(".yml").to_owned()
}

fn live(organization: &Name, share: &Share<OuRef>) -> sandbox::Share {
    let to = match share {
        Share::Account { account, tag_options: _ } => sandbox::ShareTarget::Account(account.to_string()),
        Share::Member { account, tag_options: _ } => sandbox::ShareTarget::Member(account.to_string()),
        Share::Ou { ou, tag_options: _, principals: _ } => sandbox::ShareTarget::Ou(unit(organization, ou)),
        Share::Organization { organization: id, tag_options: _, principals: _ } => {
            sandbox::ShareTarget::Organization(id.to_string())
        }
    };
    sandbox::Share {
        accepted: true,
        tag_options: share.tag_options(),
        principals: share.principals().unwrap_or_default(),
        ..sandbox::Share::new(to)
    }
}

fn put_experiences(trees: &mut Trees, catalogs: &[&Desired], before: &Desired) {
    let mut at = 0;
    let mirrors =
        catalogs.iter().flat_map(|catalog| &catalog.experiences).filter_map(|entry| entry.products.mirrored());
    for mirror in mirrors {
        let Some(organization) = trees.get_mut(&mirror.organization) else { continue };
        for (id, name) in named(&mirror.organization, &ExperienceSelector::One(mirror.experience.clone())) {
            let experiences = &mut organization.marketplace.experiences;
            experiences.entry(id).or_insert_with(|| Experience {
                policy: Some(curated(mirror)),
                name,
                ..Experience::default()
            });
        }
    }
    for entry in catalogs.iter().flat_map(|catalog| &catalog.experiences) {
        let DesiredExperience { file: _, organization: name, account: _, selector, products: _, terms, source: _ } =
            entry;
        // An experience that the file would create does not exist yet.
        let (None, Some(organization)) = (&terms.create, trees.get_mut(name)) else { continue };
        let products = before.experiences.iter().find(|other| other.target() == entry.target());
        let products = products.and_then(|other| other.products.listed());
        for (id, name) in named(name, selector) {
            organization.marketplace.experiences.entry(id).or_insert_with_key(|id| {
                at += 1;
                Experience { policy: Some(policy(id, products, at <= WITH_MORE)), name, ..Experience::default() }
            });
        }
    }
}

/// The ids and names for a selector. `all_live` gives one experience besides the excepted ones.
fn named(organization: &Name, selector: &ExperienceSelector) -> Vec<(String, String)> {
    let by_id = |id: &ExperienceId| (id.to_string(), id.to_string());
    match selector {
        ExperienceSelector::One(Selector::Id(id)) => vec![by_id(id)],
        ExperienceSelector::One(Selector::Name(name)) => {
            vec![(made_id("exp-", &[organization.as_str(), name]), name.clone())]
        }
        ExperienceSelector::AllLive { except } => {
            let general = (made_id("exp-", &[organization.as_str(), "*"]), "General".to_owned());
            except.iter().map(by_id).chain([general]).collect()
        }
    }
}

/// The policy of an experience: most of the list. With `more`, also an unlisted and a rejected product.
fn policy(id: &str, products: Option<&ProductLists>, more: bool) -> Policy {
    let mut policy = Policy { name: "Made".to_owned(), ..Policy::default() };
    let Some(ProductLists { approved, rejected, expired: _, ignored: _, unlisted: _ }) = products else {
        return policy;
    };
    policy.allowed = approved.keys().enumerate().filter(|(at, _)| at % 3 != 0).map(|(_, id)| id.to_string()).collect();
    policy.denied = rejected.keys().map(ToString::to_string).collect();
    let noted = approved.iter().chain(rejected).filter_map(|(id, it)| Some((id.to_string(), it.notes.clone()?)));
    policy.notes = noted.filter(|(id, _)| policy.allowed.contains(id) || policy.denied.contains(id)).collect();
    if more {
        policy.allowed.insert(made_id("prod-", &[id]));
        policy.allowed.extend(policy.denied.pop_first());
    }
    policy
}
