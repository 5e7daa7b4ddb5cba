//! Checks of `settings.yaml`.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::finding::Finding;
use crate::model::id::AccountId;
use crate::model::settings::Access as RoleArn;

use crate::catalog::code::Code;
use crate::catalog::include::Lists;
use crate::catalog::parsed::{Catalog, File};
use crate::catalog::read::At;
use crate::catalog::record::{Field, Given};
use crate::catalog::report::finding;
use crate::catalog::schema::{Access, Organization, Settings};
use crate::catalog::text::RoleTemplate;

use super::shared::{key, repeated, twice};

fn file_of(catalog: &Catalog) -> Option<(&File<Settings>, &Settings)> {
    let file = catalog.settings.as_ref()?;
    Some((file, file.content.as_ref()?))
}

/// The organizations that could be read, with their names.
fn organizations(catalog: &Catalog) -> impl Iterator<Item = (&str, &Organization)> {
    let all = catalog.organizations().into_iter().flatten();
    all.filter_map(|(name, organization)| Some((name.as_str(), organization.value.as_ref()?)))
}

pub(super) fn organizations_differ(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    let Some((file, _)) = file_of(catalog) else { return };
    let ids = organizations(catalog).filter_map(|(_, organization)| organization.id.get());
    for (id, place, first) in repeated(ids.map(|id| (&id.value, id.place))) {
        let message = format!("`{id}` is listed already, on line {}", first.line);
        let help = "give each organization one entry";
        findings.push(finding(Code::SameOrganization, file.source(place), message, help));
    }
}

pub(super) fn accounts_differ(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    let Some((file, _)) = file_of(catalog) else { return };
    let mut owners: BTreeMap<&AccountId, &str> = BTreeMap::new();
    for (name, organization) in organizations(catalog) {
        for account in administrators(organization) {
            let owner = *owners.entry(&account.value).or_insert(name);
            if owner != name {
                let message = format!("`{}` administers `{owner}` already", account.value);
                let help = "an account is in one organization: one of the two is wrong";
                findings.push(finding(Code::SameAccount, file.source(account.place), message, help));
            }
        }
    }
}

fn administrators(organization: &Organization) -> impl Iterator<Item = &At<AccountId>> {
    [&organization.service_catalog_account, &organization.marketplace_account].into_iter().filter_map(Field::get)
}

/// A role with a literal account id is in that account, whichever account is needed.
pub(super) fn roles_fit_their_accounts(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    let Some((file, settings)) = file_of(catalog) else { return };
    for (name, organization) in organizations(catalog) {
        let Some(role) = role_of(organization.access.get()).or_else(|| role_of(settings.access.get())) else {
            continue;
        };
        let Some(fixed) = role.value.fixed_account() else { continue };
        if let Some(account) = administrators(organization).find(|account| account.value != fixed) {
            let message = format!("this role is in `{fixed}`, and `{name}` needs one in `{}`", account.value);
            let help = "write `{account}` in place of the account's digits, or give the organization a role of its own";
            findings.push(finding(Code::RoleAccount, file.source(role.place), message, help));
        }
    }
}

/// Without `role`, `through` and `external_id` would be ignored and the starting credentials used.
pub(super) fn the_way_leads_to_a_role(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    let Some((file, settings)) = file_of(catalog) else { return };
    let mut told = BTreeSet::new();
    for (_, organization) in organizations(catalog) {
        let layers = [organization.access.get(), settings.access.get()];
        let unreadable = |access: &Option<Given<Access>>| access.as_ref().is_some_and(|given| given.value.is_none());
        let given = |access: &&At<Access>| access.value.role.is_some();
        if unreadable(&organization.access)
            || unreadable(&settings.access)
            || layers.into_iter().flatten().any(|it| given(&it))
        {
            continue;
        }
        for access in layers.into_iter().flatten() {
            let keys =
                [key("through", access.value.through.as_ref()), key("external_id", access.value.external_id.as_ref())];
            for (name, place) in keys.into_iter().filter_map(|(name, place)| Some((name, place?))) {
                if told.insert((place.line, place.column)) {
                    let message = format!("`{name}` has no meaning without `role`");
                    let help = "name the role that each account is entered by, such as `role: arn:aws:iam::{account}:role/catalog-sync-{mode}`";
                    findings.push(finding(Code::NotHere, file.source(place), message, help));
                }
            }
        }
    }
}

/// A role without `{mode}` can write, and the plan of every pull request would assume it.
pub(super) fn plan_and_apply_have_roles_of_their_own(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    let Some((file, settings)) = file_of(catalog) else { return };
    let own = organizations(catalog).map(|(_, organization)| &organization.access);
    for access in [&settings.access].into_iter().chain(own).filter_map(Field::get) {
        let Access { role, through, external_id: _, audience: _, shared_role } = &access.value;
        // A `shared_role` that could not be read was reported already.
        if shared_role.as_ref().is_some_and(|given| given.value.as_ref().is_none_or(|shared| shared.value)) {
            continue;
        }
        for (key, template) in [("role", role), ("through", through)] {
            let Some(template) = template.get().filter(|it| !RoleArn::tells_modes_apart(&it.value.0)) else { continue };
            let message = format!(
                "`{key}` is one role for plan and apply: any pull request's plan would enter a role that can write"
            );
            let help = "put `{mode}` into its name, which becomes `plan` or `apply`, and make a role for each; where one \
                        role is meant, say `shared_role: true` beside it";
            findings.push(finding(Code::RoleWithoutMode, file.source(template.place), message, help));
        }
    }
}

fn role_of(access: Option<&At<Access>>) -> Option<&At<RoleTemplate>> {
    access?.value.role.get()
}

pub(super) fn regions_differ(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    let Some((file, settings)) = file_of(catalog) else { return };
    let regions = settings.regions.get().into_iter().flat_map(|regions| &regions.value);
    for (region, place, first) in repeated(regions.map(|region| (&region.value, region.place))) {
        findings.push(twice(&format!("`{region}`"), place, first, file));
    }
}
