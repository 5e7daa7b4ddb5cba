//! Looks up the organization that a file names.

use std::collections::BTreeMap;

use crate::model::finding::Finding;
use crate::model::id::Name;

use crate::catalog::code::Code;
use crate::catalog::parsed::{Catalog, File};
use crate::catalog::read::{At, Named};
use crate::catalog::record::Field;
use crate::catalog::report::{finding, suggestion};
use crate::catalog::schema::Organization;

use super::shared::list_of;

/// The number of organizations that are searched for an id. More than this is unrealistic, and the time would grow
/// with mistakes times organizations.
const MOST_SEARCHED: usize = 1_000;

/// The organization with this name. An unknown name is reported.
pub(super) fn known<'c, T>(
    catalog: &'c Catalog,
    name: &At<Name>,
    file: &File<T>,
    findings: &mut Vec<Finding>,
) -> Option<&'c Organization> {
    let organizations = catalog.organizations()?;
    if let Some(organization) = organizations.get(&name.value) {
        return organization.value.as_ref();
    }
    let help = help(organizations, &name.value, findings);
    let message = format!("there is no organization `{}` in the settings", name.value);
    findings.push(finding(Code::UnknownOrganization, file.source(name.place), message, help));
    None
}

fn help(organizations: &BTreeMap<Name, Named<Organization>>, name: &Name, findings: &[Finding]) -> String {
    let names = || organizations.keys().map(Name::as_str);
    if let Some(key) = organizations.iter().take(MOST_SEARCHED).find_map(|(key, organization)| {
        let id = organization.value.as_ref()?.id.get()?;
        (id.value.as_str() == name.as_str()).then_some(key)
    }) {
        return format!("write the name that settings.yaml gives it: `{key}`");
    }
    suggestion(findings, name.as_str(), names()).unwrap_or_else(|| format!("settings.yaml has {}", list_of(names())))
}
