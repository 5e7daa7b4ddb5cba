//! Checks of the audiences of experiences.

use std::collections::BTreeMap;

use crate::model::finding::{Finding, Source};
use crate::model::id::Name;

use crate::catalog::code::Code;
use crate::catalog::include::Lists;
use crate::catalog::parsed::{Catalog, File};
use crate::catalog::read::At;
use crate::catalog::record::Field;
use crate::catalog::report::finding;
use crate::catalog::schema::{AudienceEntry, Experience, Marketplace};

use super::experience::experiences;
use super::organization;
use super::shared::{begins_with_root, exactly_one, key, twice};

/// The entries that could be read, with their files and experiences.
fn entries(catalog: &Catalog) -> impl Iterator<Item = (&File<Marketplace>, &Experience, &At<AudienceEntry>)> {
    experiences(catalog).flat_map(|(file, experience)| {
        let entries = experience.value.audience.get().into_iter().flat_map(|audience| &audience.value);
        entries.map(move |entry| (file, &experience.value, entry))
    })
}

pub(super) fn names_one_principal(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, _, At { value: entry, place }) in entries(catalog) {
        let keys = [
            key("account", entry.account.as_ref()),
            key("ou", entry.ou.as_ref()),
            key("organization", entry.organization.as_ref()),
        ];
        exactly_one("an entry of `audience`", &keys, *place, file, findings);
    }
}

/// AWS does not accept principals of another organization in an audience.
pub(super) fn organization_is_its_own(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, experience, At { value: entry, place: _ }) in entries(catalog) {
        let Some(name) = entry.organization.get() else { continue };
        let known = organization::known(catalog, name, file, findings).is_some();
        if let (true, Some(own)) = (known, experience.organization.get())
            && own.value != name.value
        {
            let message = format!("the experience is of `{}`, and governs nobody in `{}`", own.value, name.value);
            let help = format!("write `organization: {}`, or take the entry out", own.value);
            findings.push(finding(Code::ForeignOrganization, file.source(name.place), message, help));
        }
    }
}

pub(super) fn units_begin_below_the_root(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, _, At { value: entry, place: _ }) in entries(catalog) {
        findings.extend(entry.ou.get().and_then(|unit| begins_with_root(unit, file)));
    }
}

/// AWS accepts a principal in the audience of one experience. Only a plan can find out that a path and an id name the
/// same unit.
pub(super) fn principals_are_in_one_audience(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    let mut first: BTreeMap<(&Name, String), (&Experience, Source)> = BTreeMap::new();
    for (file, experience, At { value: entry, place }) in entries(catalog) {
        let (Some(of), Some(who)) = (experience.organization.get(), called(entry)) else { continue };
        let source = file.source(*place);
        let (before, at) =
            first.entry((&of.value, who.clone())).or_insert_with(|| (experience, source.clone())).clone();
        if at == source {
            continue;
        }
        if std::ptr::eq(before, experience) {
            let line = crate::catalog::report::Place { line: at.line, ..*place };
            findings.push(twice(&who, *place, line, file));
            continue;
        }
        let message = format!("{who} is in the audience of another experience of `{}` already", of.value);
        let help =
            format!("AWS allows one audience for each principal: take it out here, or at {}:{}", at.file, at.line);
        findings.push(finding(Code::InTwoAudiences, source, message, help));
    }
}

fn called(entry: &AudienceEntry) -> Option<String> {
    match (entry.account.get(), entry.ou.get(), entry.organization.get()) {
        (Some(account), None, None) => Some(format!("the account `{}`", account.value)),
        (None, Some(ou), None) => Some(format!("the OU `{}`", ou.value)),
        (None, None, Some(organization)) => Some(format!("the organization `{}`", organization.value)),
        _ => None,
    }
}
