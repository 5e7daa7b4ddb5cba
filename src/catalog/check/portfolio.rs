//! Checks of a portfolio's file, except its shares.

use std::collections::BTreeMap;

use crate::model::finding::{Finding, Source};
use crate::model::id::PortfolioId;

use crate::catalog::code::Code;
use crate::catalog::include::Lists;
use crate::catalog::parsed::{Catalog, File};
use crate::catalog::read::At;
use crate::catalog::record::Field;
use crate::catalog::report::{Place, finding};
use crate::catalog::schema::Portfolio;

use super::organization;
use super::shared::{exactly_one, key, list_of, repeated, twice};

/// AWS has less than half as many regions. The limit exists because each share is expanded for every region.
const MAX_REGIONS: usize = 100;

/// The portfolios that could be read.
pub(super) fn portfolios(catalog: &Catalog) -> impl Iterator<Item = (&File<Portfolio>, &Portfolio)> {
    catalog.portfolios.values().filter_map(|file| Some((file, file.content.as_ref()?)))
}

pub(super) fn names_one_portfolio(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, portfolio) in portfolios(catalog) {
        let keys = [key("portfolio", portfolio.portfolio.as_ref()), key("id", portfolio.id.as_ref())];
        exactly_one("a portfolio", &keys, Place::START, file, findings);
    }
}

pub(super) fn organization_owns_portfolios(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, portfolio) in portfolios(catalog) {
        if portfolio.organization.is_none() {
            one_is_possible(catalog, file, findings);
            continue;
        }
        let Some(name) = portfolio.organization.get() else { continue };
        let Some(organization) = organization::known(catalog, name, file, findings) else { continue };
        if organization.service_catalog_account.is_none() {
            let message = format!("the organization `{}` has no service_catalog_account", name.value);
            let help = "name the account that owns its portfolios in settings.yaml";
            findings.push(finding(Code::NoServiceCatalogAccount, file.source(name.place), message, help));
        }
    }
}

fn one_is_possible(catalog: &Catalog, file: &File<Portfolio>, findings: &mut Vec<Finding>) {
    // The portfolio's organization may be one that could not be read.
    if catalog.organizations().is_none_or(|all| all.values().any(|organization| organization.value.is_none())) {
        return;
    }
    let possible = catalog.with_service_catalog();
    let (message, help) = match possible.as_slice() {
        [_] => return,
        [] => (
            "no organization has a service_catalog_account that could own this portfolio".to_owned(),
            "name the account that owns portfolios in settings.yaml".to_owned(),
        ),
        several => {
            let names = list_of(several.iter().map(|(name, _)| name.as_str()));
            (format!("several organizations could own this portfolio: {names}"), "add `organization: …`".to_owned())
        }
    };
    findings.push(finding(Code::WhichOrganization, file.source(Place::START), message, help));
}

pub(super) fn lives_somewhere(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, portfolio) in portfolios(catalog) {
        let Some(settings) = catalog.settings.as_ref().and_then(|settings| settings.content.as_ref()) else { return };
        let unreadable = match &portfolio.regions {
            Some(given) => given.value.is_none(),
            None => settings.regions.as_ref().is_some_and(|given| given.value.is_none()),
        };
        if unreadable {
            continue;
        }
        let place = portfolio.regions.as_ref().map_or(Place::START, |given| given.key);
        let regions = catalog.portfolio_regions(portfolio);
        if regions.is_empty() {
            let help = "add `regions: [us-east-1]` here, or to settings.yaml for all portfolios";
            let message = "this portfolio lives in no region";
            findings.push(finding(Code::NoRegion, file.source(place), message, help));
        }
        if regions.len() > MAX_REGIONS {
            let message = format!("{} regions are more than AWS has", regions.len());
            findings.push(finding(Code::TooLarge, file.source(place), message, "list the regions that are meant"));
        } else if let Some(id) = portfolio.id.get()
            && regions.len() > 1
        {
            let names = list_of(regions.iter().map(|region| region.as_str()));
            let message = format!("a portfolio's id is of one region, not of {names}");
            let help = "write the one in `regions`, or name the portfolio with `portfolio: NAME`";
            let place = if portfolio.regions.is_some() { place } else { id.place };
            findings.push(finding(Code::OneRegion, file.source(place), message, help));
        }
    }
}

pub(super) fn regions_differ(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, portfolio) in portfolios(catalog) {
        let regions = portfolio.regions.get().into_iter().flat_map(|regions| &regions.value);
        for (region, place, first) in repeated(regions.map(|region| (&region.value, region.place))) {
            findings.push(twice(&format!("`{region}`"), place, first, file));
        }
    }
}

/// Two files for the same portfolio would undo each other's shares in every run.
pub(super) fn governed_once(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    let mut governed: BTreeMap<_, Source> = BTreeMap::new();
    for (file, portfolio) in portfolios(catalog) {
        let Some((selector, place)) = portfolio.selector() else { continue };
        let Some((name, organization)) = catalog.portfolio_organization(portfolio) else { continue };
        let Some(account) = organization.service_catalog_account.get() else { continue };
        let source = file.source(place);
        for region in catalog.portfolio_regions(portfolio) {
            let first = governed.entry((&account.value, region, selector.clone())).or_insert_with(|| source.clone());
            if first.file != source.file {
                let message =
                    format!("`{selector}` of `{name}` in {region} is governed by {}:{} too", first.file, first.line);
                let help = "two files would undo each other: put all its shares into one";
                findings.push(finding(Code::GovernedTwice, source, message, help));
                break;
            }
        }
    }
}

pub(super) fn name_is_no_id(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, portfolio) in portfolios(catalog) {
        let Some(At { value: name, place }) = portfolio.portfolio.get() else { continue };
        if PortfolioId::is_usual(&name.0) {
            let message = format!("`{}` looks like an id, and `portfolio` is a display name", name.0);
            let help = format!("write `id: {}` if it is the id", name.0);
            findings.push(finding(Code::LooksLikeId, file.source(*place), message, help));
        }
    }
}
