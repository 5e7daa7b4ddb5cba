//! Checks of `ignore`. An ignored entry must not be listed too.

use std::collections::BTreeMap;

use crate::model::finding::Finding;
use crate::model::id::ProductId;

use crate::catalog::code::Code;
use crate::catalog::include::{Lists, called};
use crate::catalog::parsed::{Catalog, File};
use crate::catalog::read::At;
use crate::catalog::record::Field;
use crate::catalog::report::{Place, finding};
use crate::catalog::schema::{IgnoredShare, Portfolio};

use super::organization;
use super::portfolio::portfolios;
use super::product::lists;
use super::shared::{exactly_one, key, repeated, twice};

fn ignored(portfolio: &Portfolio) -> impl Iterator<Item = &At<IgnoredShare>> {
    portfolio.ignore.get().into_iter().flat_map(|ignore| &ignore.value)
}

pub(super) fn names_one_receiver(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, portfolio) in portfolios(catalog) {
        for At { value: IgnoredShare { account, ou, organization }, place } in ignored(portfolio) {
            let keys =
                [key("account", account.as_ref()), key("ou", ou.as_ref()), key("organization", organization.as_ref())];
            exactly_one("an entry of `ignore`", &keys, *place, file, findings);
        }
    }
}

pub(super) fn organization_is_its_own(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, portfolio) in portfolios(catalog) {
        for At { value: entry, place: _ } in ignored(portfolio) {
            let Some(name) = entry.organization.get() else { continue };
            let known = organization::known(catalog, name, file, findings).is_some();
            if let (true, Some((own, _))) = (known, catalog.portfolio_organization(portfolio))
                && *own != name.value
            {
                let message = format!("the portfolio is of `{own}` and is never shared with `{}`", name.value);
                findings.push(finding(
                    Code::ForeignOrganization,
                    file.source(name.place),
                    message,
                    "take the entry out: there is nothing to leave alone",
                ));
            }
        }
    }
}

pub(super) fn nothing_is_listed_too(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, portfolio) in portfolios(catalog) {
        let shares = portfolio.shares.get().into_iter().flat_map(|shares| &shares.value);
        let listed = shares.filter_map(|share| {
            let At { value: share, place } = share;
            Some((receiver(share.account.get(), share.ou.get(), share.organization.get())?, *place))
        });
        let listed: BTreeMap<String, Place> = listed.collect();
        let named = ignored(portfolio).filter_map(|At { value: entry, place }| {
            Some((receiver(entry.account.get(), entry.ou.get(), entry.organization.get())?, *place))
        });
        let named: Vec<(String, Place)> = named.collect();
        for (what, place) in &named {
            if let Some(first) = listed.get(what) {
                findings.push(both(what, *place, *first, file));
            }
        }
        for (what, place, first) in repeated(named) {
            findings.push(twice(&what, place, first, file));
        }
    }
    for (_, file, list) in lists(catalog) {
        let listed: BTreeMap<&ProductId, Place> =
            list.products().map(|product| (&product.id.value, product.id.place)).collect();
        let ignored = || list.ignore.get().into_iter().flat_map(|ignore| &ignore.value).map(|it| &it.value.0);
        for product in ignored() {
            if let Some(first) = listed.get(&product.id.value) {
                findings.push(both(&called(product), product.id.place, *first, file));
            }
        }
        for (id, place, first) in repeated(ignored().map(|product| (&product.id.value, product.id.place))) {
            findings.push(twice(&format!("`{id}`"), place, first, file));
        }
    }
}

fn both<T>(what: &str, place: Place, first: Place, file: &File<T>) -> Finding {
    let message = format!("{what} is left alone here and listed on line {}", first.line);
    finding(Code::ListedAndIgnored, file.source(place), message, "keep one of the two")
}

/// The receiver that an entry names. `ignore` of an account applies to both types of account share.
fn receiver<A: std::fmt::Display, U: std::fmt::Display, O: std::fmt::Display>(
    account: Option<&At<A>>,
    unit: Option<&At<U>>,
    organization: Option<&At<O>>,
) -> Option<String> {
    match (account, unit, organization) {
        (Some(account), None, None) => Some(format!("the account `{}`", account.value)),
        (None, Some(unit), None) => Some(format!("the OU `{}`", unit.value)),
        (None, None, Some(organization)) => Some(format!("the organization `{}`", organization.value)),
        _ => None,
    }
}
