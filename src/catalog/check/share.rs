//! Checks of a portfolio's shares.

use crate::model::finding::Finding;

use crate::catalog::code::Code;
use crate::catalog::include::Lists;
use crate::catalog::parsed::{Catalog, File};
use crate::catalog::read::At;
use crate::catalog::record::Field;
use crate::catalog::report::finding;
use crate::catalog::schema::{Portfolio, Share};

use super::organization;
use super::portfolio::portfolios;
use super::shared::{begins_with_root, exactly_one, key, repeated, twice};

/// The shares that could be read, with their portfolios.
pub(super) fn shares(catalog: &Catalog) -> impl Iterator<Item = (&File<Portfolio>, &Portfolio, &At<Share>)> {
    portfolios(catalog).flat_map(|(file, portfolio)| {
        let shares = portfolio.shares.get().into_iter().flat_map(|shares| &shares.value);
        shares.map(move |share| (file, portfolio, share))
    })
}

pub(super) fn names_one_receiver(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, _, At { value: share, place }) in shares(catalog) {
        let keys = [
            key("account", share.account.as_ref()),
            key("ou", share.ou.as_ref()),
            key("organization", share.organization.as_ref()),
        ];
        exactly_one("a share", &keys, *place, file, findings);
    }
}

pub(super) fn terms_fit_the_receiver(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, _, At { value: share, place: _ }) in shares(catalog) {
        let to_account = share.account.is_some();
        let to_node = share.ou.is_some() || share.organization.is_some();
        if let (Some(principals), true, false) = (&share.principals, to_account, to_node) {
            let message = "`principals` has no meaning in a share with an account";
            let help = "AWS shares principals by name only with an OU or the organization: take the line out";
            findings.push(finding(Code::NotHere, file.source(principals.key), message, help));
        }
        if let (Some(through), false, true) = (&share.through_organization, to_account, to_node) {
            let message = "`through_organization` has no meaning in a share with an OU or the organization";
            let help = "such a share always goes through the organization: take the line out";
            findings.push(finding(Code::NotHere, file.source(through.key), message, help));
        }
    }
}

/// AWS shares only with nodes of the owner's own organization, and never with the owner.
pub(super) fn stays_in_its_organization(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, portfolio, At { value: share, place: _ }) in shares(catalog) {
        let owner = catalog.portfolio_organization(portfolio);
        if let Some(name) = share.organization.get() {
            organization::known(catalog, name, file, findings);
            if let Some((own, _)) = owner
                && *own != name.value
                && catalog.organization(&name.value).is_some()
            {
                let message =
                    format!("the portfolio is of `{own}` and can't be shared with the organization `{}`", name.value);
                let help = format!(
                    "AWS shares with OUs and organizations only inside the owner's own: share with accounts of `{}` by `account`",
                    name.value
                );
                findings.push(finding(Code::ForeignOrganization, file.source(name.place), message, help));
            }
        }
        let Some(account) = share.account.get() else { continue };
        let owned = owner.and_then(|(_, organization)| organization.service_catalog_account.get());
        if owned.is_some_and(|owned| owned.value == account.value) {
            let message = format!("`{}` owns the portfolio", account.value);
            let help = "the owner sees it without a share: take the entry out";
            findings.push(finding(Code::ShareWithOwner, file.source(account.place), message, help));
        }
    }
}

pub(super) fn receivers_differ(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, portfolio) in portfolios(catalog) {
        let shares = portfolio.shares.get().into_iter().flat_map(|shares| &shares.value);
        let receivers = shares.filter_map(|share| Some((receiver(&share.value)?, share.place)));
        for (what, place, first) in repeated(receivers) {
            findings.push(twice(&format!("a share with {what}"), place, first, file));
        }
    }
}

/// The receiver of a share in a message. Shares with an account and with a member are different.
pub(super) fn receiver(share: &Share) -> Option<String> {
    match (share.account.get(), share.ou.get(), share.organization.get()) {
        (Some(account), None, None) => {
            let member = share.through_organization.get().is_some_and(|through| through.value);
            let through = if member { " through the organization" } else { "" };
            Some(format!("the account `{}`{through}", account.value))
        }
        (None, Some(ou), None) => Some(format!("the OU `{}`", ou.value)),
        (None, None, Some(organization)) => Some(format!("the organization `{}`", organization.value)),
        _ => None,
    }
}

pub(super) fn units_begin_below_the_root(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, _, At { value: share, place: _ }) in shares(catalog) {
        findings.extend(share.ou.get().and_then(|unit| begins_with_root(unit, file)));
    }
}

pub(super) fn principals_are_shared_by_name(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, _, At { value: share, place: _ }) in shares(catalog) {
        let shared = share.principals.get().filter(|principals| principals.value);
        if let (Some(principals), None) = (shared, &share.account) {
            let message = "principals are shared by name: whoever may create a role of that name in a recipient \
                account gets into the portfolio";
            let help = "without `principals` each recipient grants access itself";
            findings.push(finding(Code::PrincipalSharing, file.source(principals.place), message, help));
        }
    }
}
