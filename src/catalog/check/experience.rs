//! Checks of the experiences that product lists govern.

use std::collections::BTreeMap;

use crate::model::desired::{ExperienceSelector, Selector, Unlisted};
use crate::model::finding::{Finding, Severity, Source};
use crate::model::id::{ExperienceId, Name};

use crate::catalog::code::Code;
use crate::catalog::include::{Lists, Verdict};
use crate::catalog::parsed::{Catalog, File};
use crate::catalog::read::At;
use crate::catalog::record::Field;
use crate::catalog::report::finding;
use crate::catalog::schema::{Experience, Marketplace};

use super::organization;
use super::product::lists;
use super::shared::{exactly_one, key, repeated, twice};

/// The entries that could be read, with their files.
fn experiences(catalog: &Catalog) -> impl Iterator<Item = (&File<Marketplace>, &At<Experience>)> {
    lists(catalog).flat_map(|(_, file, list)| {
        let experiences = list.experiences.get().into_iter().flat_map(|experiences| &experiences.value);
        experiences.map(move |experience| (file, experience))
    })
}

pub(super) fn names_one_experience(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, At { value: experience, place }) in experiences(catalog) {
        let keys = [
            key("id", experience.id.as_ref()),
            key("name", experience.name.as_ref()),
            key("all_live", experience.all_live.as_ref()),
        ];
        exactly_one("an entry of `experiences`", &keys, *place, file, findings);
    }
}

pub(super) fn terms_fit(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, At { value: experience, place: _ }) in experiences(catalog) {
        if let Some(At { value: false, place }) = experience.all_live.get() {
            let help = "write `all_live: true`, or name an experience with `id` or `name`";
            findings.push(finding(Code::InvalidBoolean, file.source(*place), "`all_live: false` names nothing", help));
        }
        if let (Some(except), None) = (&experience.except, &experience.all_live) {
            let message = "`except` has no meaning without `all_live`";
            let help = "add `all_live: true`, or take the line out";
            findings.push(finding(Code::NotHere, file.source(except.key), message, help));
        }
        let except = experience.except.get().into_iter().flat_map(|except| &except.value);
        for (id, place, first) in repeated(except.map(|id| (&id.value, id.place))) {
            findings.push(twice(&format!("`{id}`"), place, first, file));
        }
    }
}

pub(super) fn organization_owns_experiences(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, experience) in experiences(catalog) {
        let Some(name) = experience.value.organization.get() else { continue };
        let Some(organization) = organization::known(catalog, name, file, findings) else { continue };
        if organization.marketplace_account.is_none() {
            let message = format!("the organization `{}` has no marketplace_account", name.value);
            let help = "name the account that owns its experiences in settings.yaml";
            findings.push(finding(Code::NoMarketplaceAccount, file.source(name.place), message, help));
        }
    }
}

/// The entries of one organization so far.
#[derive(Default)]
struct Governed {
    single: BTreeMap<Selector<ExperienceId>, Source>,
    all_live: Option<(std::collections::BTreeSet<ExperienceId>, Source)>,
}

/// Two lists would undo each other's changes for ever.
pub(super) fn governed_once(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    let mut governed: BTreeMap<&Name, Governed> = BTreeMap::new();
    for (file, experience) in experiences(catalog) {
        let Some(name) = experience.value.organization.get() else { continue };
        let Some(selector) = experience.value.selector() else { continue };
        let entries = governed.entry(&name.value).or_default();
        let source = file.source(experience.place);
        let (what, first) = match selector {
            ExperienceSelector::One(selector) => {
                let first = entries.single.entry(selector.clone()).or_insert_with(|| source.clone());
                (format!("the experience `{selector}` of `{}`", name.value), first.clone())
            }
            ExperienceSelector::AllLive { except } => {
                let (_, first) = entries.all_live.get_or_insert_with(|| (except, source.clone()));
                (format!("every live experience of `{}`", name.value), first.clone())
            }
        };
        if first != source {
            let message = format!("{what} is governed by {}:{} already", first.file, first.line);
            let help = "two lists would undo each other: take one entry out";
            findings.push(finding(Code::GovernedTwice, source, message, help));
        }
    }
    for entries in governed.values() {
        single_and_all_live(entries, findings);
    }
}

/// An experience that a list names is also live, or that list would do nothing.
fn single_and_all_live(entries: &Governed, findings: &mut Vec<Finding>) {
    let Some((except, all_live)) = &entries.all_live else { return };
    for (selector, source) in &entries.single {
        // What a name stands for only AWS knows: a plan looks again.
        let Selector::Id(id) = selector else { continue };
        if !except.contains(id) {
            let message = format!(
                "`{id}` is governed here and, as a live experience, by {}:{} too",
                all_live.file, all_live.line
            );
            let help = format!("add `{id}` to `except` there, or take this entry out");
            findings.push(finding(Code::GovernedTwice, source.clone(), message, help));
        }
    }
}

pub(super) fn name_is_no_id(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, experience) in experiences(catalog) {
        let Some(At { value: name, place }) = experience.value.name.get() else { continue };
        if ExperienceId::is_usual(&name.0) {
            let message = format!("`{}` looks like an id", name.0);
            let help = format!("write `id: {}` if it is the id", name.0);
            findings.push(finding(Code::LooksLikeId, file.source(*place), message, help));
        }
    }
}

/// An approval that was forgotten would take everything away. With errors about, what is missing may be one of them.
pub(super) fn something_is_approved(catalog: &Catalog, effective: &Lists<'_>, findings: &mut Vec<Finding>) {
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        return;
    }
    for (name, file, list) in lists(catalog) {
        let Some(first) = list.experiences.get().and_then(|experiences| experiences.value.first()) else { continue };
        let keeps = list.unlisted.get().is_some_and(|unlisted| unlisted.value.0 == Unlisted::Keep);
        let Some(products) = effective.get(name) else { continue };
        if list.mirror.is_none() && !keeps && !products.values().any(|decision| decision.verdict == Verdict::Approved) {
            let message =
                format!("`{name}` approves nothing: every product would be denied in the experiences it governs");
            let help = "approve something, or write `unlisted: keep`";
            findings.push(finding(Code::NothingApproved, file.source(first.place), message, help));
        }
    }
}
