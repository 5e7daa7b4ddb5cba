//! Checks of the recipients' own portfolios.

use std::collections::BTreeMap;

use crate::model::finding::Finding;
use crate::model::local::LaunchRole;

use crate::catalog::code::Code;
use crate::catalog::include::Lists;
use crate::catalog::local::{Launcher, LocalPortfolio};
use crate::catalog::parsed::{Catalog, File};
use crate::catalog::read::At;
use crate::catalog::record::Field;
use crate::catalog::report::{Place, finding};
use crate::catalog::schema::{Portfolio, Recipients};

use super::recipient::{node, recipients};
use super::shared::{repeated, twice};

/// A local portfolio with the file, the portfolio and the entry that contain it.
struct Local<'c> {
    file: &'c File<Portfolio>,
    portfolio: &'c Portfolio,
    entry: &'c Recipients,
    content: &'c LocalPortfolio,
    place: Place,
}

fn locals(catalog: &Catalog) -> impl Iterator<Item = Local<'_>> {
    recipients(catalog).filter_map(|(file, portfolio, At { value: entry, place: _ })| {
        let At { value: content, place } = entry.local_portfolio.get()?;
        Some(Local { file, portfolio, entry, content, place: *place })
    })
}

impl<'c> Local<'c> {
    /// Its name with the place of the name. `None` if it could not be read.
    fn name(&self) -> Option<(&'c str, Place)> {
        match &self.content.name {
            Some(given) => given.value.as_ref().map(|name| (name.value.0.as_str(), name.place)),
            None => self.portfolio.portfolio.get().map(|name| (name.value.0.as_str(), self.place)),
        }
    }
}

pub(super) fn has_a_name(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for Local { file, portfolio, entry: _, content, place } in locals(catalog) {
        if content.name.is_none() && portfolio.portfolio.is_none() && portfolio.id.is_some() {
            let message = "`name` is missing in a local portfolio";
            let help = "add `name: …`: the shared portfolio is given by its id, so there is no name to take over";
            findings.push(finding(Code::MissingKey, file.source(place), message, help));
        }
    }
}

pub(super) fn products_differ(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for Local { file, content, .. } in locals(catalog) {
        let products = content.products.get().into_iter().flat_map(|products| products.value.names());
        for (name, place, first) in repeated(products.map(|at| (at.value.0.as_str(), at.place))) {
            findings.push(twice(&format!("the product `{name}`"), place, first, file));
        }
    }
}

/// A launch role given by its ARN launches in the account that owns the role (Service Catalog API reference,
/// `CreateConstraint`).
pub(super) fn launch_role_is_of_the_account(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for Local { file, entry, content, .. } in locals(catalog) {
        let Some(At { value: Launcher(LaunchRole::Arn(arn)), place }) = content.launch_role.get() else { continue };
        let owner = arn.split(':').nth(4).unwrap_or_default();
        let is_own = entry.account.get().is_some_and(|account| account.value.as_str() == owner);
        if node(entry).is_none() || is_own {
            continue;
        }
        let whose = if entry.account.is_some() { "launches of this account" } else { "launches of all these accounts" };
        let message = format!("{whose} happen in account {owner}, which owns the launch role");
        let name = arn.rsplit('/').next().unwrap_or_default();
        let help = format!("write `launch_role: {name}` for the role of that name in each account");
        findings.push(finding(Code::SharedLaunchRole, file.source(*place), message, help));
    }
}

/// With equal names, an account gets two portfolios that only their tags tell apart. The key contains the region,
/// since a portfolio belongs to one region, and the organization, since a unit's path belongs to one organization.
pub(super) fn names_differ_between_files(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    let mut known: BTreeMap<_, (&File<Portfolio>, Place)> = BTreeMap::new();
    for local in locals(catalog) {
        let (Some(node), Some((name, place))) = (node(local.entry), local.name()) else { continue };
        let organization = catalog.portfolio_organization(local.portfolio).map(|(name, _)| name);
        // An account id means the same account in every organization.
        let organization = if local.entry.account.is_some() { None } else { organization };
        for region in catalog.portfolio_regions(local.portfolio) {
            let (other, at) = *known.entry((organization, region, node.clone(), name)).or_insert((local.file, place));
            if !std::ptr::eq(other, local.file) {
                let other = other.source(at);
                let message = format!(
                    "a local portfolio `{name}` for {node} stands in {}:{} too: in {region} the accounts get two of that name",
                    other.file, other.line
                );
                let help = "give one of them another `name`, so that people can tell them apart";
                findings.push(finding(Code::SameLocalName, local.file.source(place), message, help));
                break;
            }
        }
    }
}
