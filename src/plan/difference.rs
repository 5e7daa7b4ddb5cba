//! Of which organizations two catalogs say something different, whatever the lines and files' layout.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::desired::{
    Desired, DesiredExperience, DesiredPortfolio, DesiredProduct, DesiredShare, ExperienceSelector, OuRef,
    ProductLists, Selector, Unlisted,
};
use crate::model::id::{AccountId, ExperienceId, Name, PortfolioId, ProductId, Region};
use crate::model::portfolio::Share;
use crate::model::settings::OrganizationSettings;
use crate::model::target::TargetName;

/// The organizations of which two catalogs ask for something different. The way into an account is no part of that.
pub fn differing(base: &Desired, head: &Desired) -> BTreeSet<Name> {
    let names = |catalog: &Desired| catalog.settings.organizations.keys().cloned().collect::<BTreeSet<_>>();
    let all = &names(base) | &names(head);
    all.into_iter().filter(|name| asked(base, name) != asked(head, name)).collect()
}

/// What a catalog asks for in an organization, without the places of its values.
#[derive(PartialEq)]
struct Asked<'a> {
    organization: Option<(String, Option<&'a AccountId>, Option<&'a AccountId>)>,
    portfolios: BTreeMap<&'a TargetName, Portfolio<'a>>,
    experiences: Vec<Experience<'a>>,
}

#[derive(PartialEq)]
struct Portfolio<'a> {
    account: &'a AccountId,
    region: &'a Region,
    which: &'a Selector<PortfolioId>,
    shares: BTreeSet<&'a Share<OuRef>>,
    unlisted: Unlisted,
}

#[derive(PartialEq)]
struct Experience<'a> {
    target: TargetName,
    account: &'a AccountId,
    one: Option<&'a Selector<ExperienceId>>,
    except: Option<&'a BTreeSet<ExperienceId>>,
    approved: BTreeMap<&'a ProductId, Option<&'a str>>,
    rejected: BTreeMap<&'a ProductId, Option<&'a str>>,
    unlisted: Unlisted,
}

fn asked<'a>(catalog: &'a Desired, name: &Name) -> Asked<'a> {
    let Desired { settings, portfolios, experiences, product_names: _, digest: _ } = catalog;
    let organization = settings.organizations.get(name).map(|organization| {
        let OrganizationSettings { id, service_catalog_account, marketplace_account, access: _, source: _ } =
            organization;
        (id.to_string(), service_catalog_account.as_ref(), marketplace_account.as_ref())
    });
    let portfolios = portfolios.iter().filter(|(target, _)| target.organization() == name);
    let experiences = experiences.iter().filter(|experience| experience.organization == *name);
    let mut experiences: Vec<Experience<'_>> = experiences.map(experience).collect();
    experiences.sort_by_cached_key(|experience| experience.target.to_string());
    Asked { organization, portfolios: portfolios.map(|(target, it)| (target, portfolio(it))).collect(), experiences }
}

fn portfolio(wanted: &DesiredPortfolio) -> Portfolio<'_> {
    let DesiredPortfolio { account, region, portfolio, source: _, shares, unlisted } = wanted;
    let shares = shares.iter().map(|DesiredShare { share, source: _ }| share).collect();
    Portfolio { account, region, which: portfolio, shares, unlisted: *unlisted }
}

fn experience(entry: &DesiredExperience) -> Experience<'_> {
    let DesiredExperience { file: _, organization: _, account, selector, products, source: _ } = entry;
    let ProductLists { approved, rejected, unlisted } = &**products;
    let (one, except) = match selector {
        ExperienceSelector::One(one) => (Some(one), None),
        ExperienceSelector::AllLive { except } => (None, Some(except)),
    };
    let (approved, rejected) = (notes(approved), notes(rejected));
    Experience { target: entry.target(), account, one, except, approved, rejected, unlisted: *unlisted }
}

fn notes(products: &BTreeMap<ProductId, DesiredProduct>) -> BTreeMap<&ProductId, Option<&str>> {
    products.iter().map(|(id, DesiredProduct { notes, source: _ })| (id, notes.as_deref())).collect()
}
