//! Checks of a portfolio's recipients.

use crate::model::finding::Finding;
use crate::model::id::{AccountId, Region};
use crate::model::recipient::PrincipalRef;

use crate::catalog::code::Code;
use crate::catalog::include::Lists;
use crate::catalog::parsed::{Catalog, File};
use crate::catalog::principal::{Principal, PrincipalEntry};
use crate::catalog::read::At;
use crate::catalog::record::Field;
use crate::catalog::report::finding;
use crate::catalog::schema::{Portfolio, Recipients};

use super::organization;
use super::portfolio::portfolios;
use super::shared::{begins_with_root, exactly_one, key, repeated, twice};

/// The number of principals of type `IAM_PATTERN` that AWS accepts in a portfolio (Service Catalog API reference,
/// `AssociatePrincipalWithPortfolio`).
const PATTERNS: usize = 10;

/// The entries that could be read, with their files and portfolios.
pub(super) fn recipients(catalog: &Catalog) -> impl Iterator<Item = (&File<Portfolio>, &Portfolio, &At<Recipients>)> {
    portfolios(catalog).flat_map(|(file, portfolio)| {
        let entries = portfolio.recipients.get().into_iter().flat_map(|entries| &entries.value);
        entries.map(move |entry| (file, portfolio, entry))
    })
}

/// The principals of an entry that could be read.
fn principals(entry: &Recipients) -> impl Iterator<Item = &At<Principal>> {
    entry.principals.get().into_iter().flat_map(|principals| &principals.value)
}

pub(super) fn names_one_node(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, _, At { value: entry, place }) in recipients(catalog) {
        let keys = [
            key("account", entry.account.as_ref()),
            key("ou", entry.ou.as_ref()),
            key("organization", entry.organization.as_ref()),
        ];
        exactly_one("an entry of `recipients`", &keys, *place, file, findings);
    }
}

pub(super) fn except_fits(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, _, At { value: entry, place: _ }) in recipients(catalog) {
        let Some(except) = &entry.except else { continue };
        if entry.account.is_some() && entry.ou.is_none() && entry.organization.is_none() {
            let message = "`except` has no meaning beside `account`";
            let help = "an entry for one account has nothing to leave out: take the line out";
            findings.push(finding(Code::NotHere, file.source(except.key), message, help));
        }
        let accounts = except.value.iter().flat_map(|accounts| &accounts.value);
        for (account, place, first) in repeated(accounts.map(|account| (&account.value, account.place))) {
            findings.push(twice(&format!("`{account}`"), place, first, file));
        }
    }
}

/// If all shares are with accounts, the catalog alone tells which accounts they reach. Shares with units need a plan.
pub(super) fn is_reached_by_a_share(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, portfolio, At { value: entry, place: _ }) in recipients(catalog) {
        let (Some(account), Some(shares)) = (entry.account.get(), portfolio.shares.get()) else { continue };
        let owner = catalog.portfolio_organization(portfolio).and_then(|(_, it)| it.service_catalog_account.get());
        if owner.is_some_and(|owner| owner.value == account.value) {
            let message = format!("`{}` owns the portfolio, and receives nothing", account.value);
            let help = "take the entry out: principals of the owner's own portfolio are not managed here";
            findings.push(finding(Code::ShareWithOwner, file.source(account.place), message, help));
            continue;
        }
        let may_be_reached = shares.value.iter().any(|At { value: share, place: _ }| match share.account.get() {
            Some(receiver) => receiver.value == account.value,
            // The share is with a unit or the organization, or with an account that could not be read.
            None => true,
        });
        if !may_be_reached {
            let message = format!("no share of this portfolio reaches the account `{}`", account.value);
            let help = format!("add `- account: \"{}\"` to `shares`, or take the entry out", account.value);
            findings.push(finding(Code::RecipientWithoutShare, file.source(account.place), message, help));
        }
    }
}

pub(super) fn stays_in_its_organization(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, portfolio, At { value: entry, place: _ }) in recipients(catalog) {
        let Some(name) = entry.organization.get() else { continue };
        let known = organization::known(catalog, name, file, findings).is_some();
        if let (true, Some((own, _))) = (known, catalog.portfolio_organization(portfolio))
            && *own != name.value
        {
            let message =
                format!("the portfolio is of `{own}`, and no share reaches the organization `{}`", name.value);
            let help = format!("name accounts of `{}` by `account`", name.value);
            findings.push(finding(Code::ForeignOrganization, file.source(name.place), message, help));
        }
    }
}

pub(super) fn entries_differ(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, portfolio) in portfolios(catalog) {
        let entries = portfolio.recipients.get().into_iter().flat_map(|entries| &entries.value);
        let named = entries.filter_map(|entry| Some((node(&entry.value)?, entry.place)));
        for (what, place, first) in repeated(named) {
            findings.push(twice(&format!("an entry for {what}"), place, first, file));
        }
    }
}

pub(super) fn node(entry: &Recipients) -> Option<String> {
    match (entry.account.get(), entry.ou.get(), entry.organization.get()) {
        (Some(account), None, None) => Some(format!("the account `{}`", account.value)),
        (None, Some(ou), None) => Some(format!("the OU `{}`", ou.value)),
        (None, None, Some(organization)) => Some(format!("the organization `{}`", organization.value)),
        _ => None,
    }
}

pub(super) fn units_begin_below_the_root(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, _, At { value: entry, place: _ }) in recipients(catalog) {
        findings.extend(entry.ou.get().and_then(|unit| begins_with_root(unit, file)));
    }
}

pub(super) fn principals_have_one_form(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, _, entry) in recipients(catalog) {
        for At { value, place } in principals(&entry.value) {
            let Principal::Entry(PrincipalEntry { pattern, permission_set }) = value else { continue };
            let keys = [key("pattern", pattern.as_ref()), key("permission_set", permission_set.as_ref())];
            exactly_one("a principal", &keys, *place, file, findings);
        }
    }
}

pub(super) fn principals_differ(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, _, entry) in recipients(catalog) {
        // Principals that are equal in one account and partition are equal in all, so any account will do.
        let (nobody, region) = (AccountId::nobody(), Region::marketplace());
        let named = principals(&entry.value).filter_map(|at| Some((at.value.who()?, at.place)));
        let named: Vec<_> = named.map(|(who, place)| (who.within(&nobody, &region), place)).collect();
        for (principal, place, first) in repeated(named) {
            findings.push(twice(&format!("`{}`", principal.short()), place, first, file));
        }
    }
}

pub(super) fn patterns_are_few(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, _, entry) in recipients(catalog) {
        let is_pattern = |at: &&At<Principal>| match at.value.who() {
            Some(PrincipalRef::Pattern(_) | PrincipalRef::PermissionSet(_)) => true,
            Some(PrincipalRef::Named(_)) | None => false,
        };
        let patterns: Vec<&At<Principal>> = principals(&entry.value).filter(is_pattern).collect();
        if let Some(first) = patterns.get(PATTERNS) {
            let message =
                format!("{} patterns and permission sets, and AWS takes {PATTERNS} in a portfolio", patterns.len());
            let help = "let one pattern match several roles, or name roles by `role/NAME`";
            findings.push(finding(Code::TooManyPatterns, file.source(first.place), message, help));
        }
    }
}
