//! Checks of the experiences that product lists govern.

use std::collections::BTreeMap;

use crate::model::desired::{ExperienceSelector, Selector, Unlisted};
use crate::model::experience::ExperienceStatus;
use crate::model::finding::{Finding, Severity, Source};
use crate::model::id::{ExperienceId, Name};

use crate::catalog::code::Code;
use crate::catalog::include::{Lists, Verdict};
use crate::catalog::parsed::{Catalog, File};
use crate::catalog::read::At;
use crate::catalog::record::Field;
use crate::catalog::report::finding;
use crate::catalog::schema::{Branding, Experience, Marketplace};

use super::organization;
use super::product::lists;
use super::shared::{exactly_one, key, repeated, twice};

/// The longest name of an experience, in characters (AWS Marketplace Catalog API reference, "Working with private
/// marketplace experiences").
const LONGEST_NAME: usize = 50;

/// The entries that could be read, with their files.
pub(super) fn experiences(catalog: &Catalog) -> impl Iterator<Item = (&File<Marketplace>, &At<Experience>)> {
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

/// These keys only make sense for a single experience.
pub(super) fn own_terms_are_of_one(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, At { value: experience, place: _ }) in experiences(catalog) {
        let of_one = [
            key("create", experience.create.as_ref()),
            key("description", experience.description.as_ref()),
            key("status", experience.status.as_ref()),
            key("audience", experience.audience.as_ref()),
        ];
        let given = of_one.into_iter().filter_map(|(key, place)| Some((key, place?)));
        for (key, place) in given.filter(|_| experience.all_live.is_some()) {
            let message = format!("`{key}` has no meaning beside `all_live`: it can't be the same in every experience");
            let help = "give the experience an entry of its own, and name it in `except` here";
            findings.push(finding(Code::NotHere, file.source(place), message, help));
        }
        let Some(create) = experience.create.as_ref().filter(|it| it.value.as_ref().is_some_and(|it| it.value)) else {
            continue;
        };
        if experience.id.is_some() {
            let message = "`create` has no meaning beside `id`: AWS chooses the id of what it makes";
            let help = "name the experience by `name`, or take the line out";
            findings.push(finding(Code::NotHere, file.source(create.key), message, help));
        }
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '-');
        if let Some(At { value: name, place }) = experience.name.get()
            && (name.0.chars().count() > LONGEST_NAME || !name.0.chars().all(fits))
        {
            let message = format!("AWS accepts no experience with the name `{}`", name.0);
            let help = "use 1 to 50 letters, digits, blanks, `_` and `-`";
            findings.push(finding(Code::ExperienceName, file.source(*place), message, help));
        }
    }
}

pub(super) fn branding_says_something(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, At { value: experience, place: _ }) in experiences(catalog) {
        let Some(At { value: branding, place }) = experience.branding.get() else { continue };
        let Branding { title, information, theme_color, logo_url } = branding;
        let says = [title.is_some(), information.is_some(), theme_color.is_some(), logo_url.is_some()];
        if !says.contains(&true) {
            let message = "`branding` needs `title`, `information`, `theme_color` or `logo_url`";
            findings.push(finding(Code::OneOf, file.source(*place), message, "add one of them, or take the line out"));
        }
    }
}

/// These keys have no effect on an experience that is archived.
pub(super) fn archived_ones_are_left_alone(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, At { value: experience, place: _ }) in experiences(catalog) {
        let archived = experience.status.get().is_some_and(|it| it.value.0 == ExperienceStatus::Archived);
        let keys = [
            key("create", experience.create.as_ref().filter(|it| it.value.as_ref().is_some_and(|it| it.value))),
            key("user_requests", experience.user_requests.as_ref()),
            key("branding", experience.branding.as_ref()),
        ];
        for (key, place) in keys.into_iter().filter_map(|(key, place)| Some((key, place?))).filter(|_| archived) {
            let message = format!("`{key}` has no meaning beside `status: archived`: nothing in it can be changed");
            let help = "take one of the two lines out";
            findings.push(finding(Code::NotHere, file.source(place), message, help));
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

/// The entries for one organization so far.
#[derive(Default)]
struct Governed {
    single: BTreeMap<Selector<ExperienceId>, Source>,
    all_live: Option<(std::collections::BTreeSet<ExperienceId>, Source)>,
}

/// Two lists for the same experience would undo each other's changes in every run.
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

/// An experience that a list names counts as live too, since otherwise the list would have no effect.
fn single_and_all_live(entries: &Governed, findings: &mut Vec<Finding>) {
    let Some((except, all_live)) = &entries.all_live else { return };
    for (selector, source) in &entries.single {
        // Only AWS knows the id behind a name. The planner checks names.
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

/// An empty list of approvals would deny everything, so it is probably a mistake. If there are errors already, one of
/// them may be the reason, so this check is skipped.
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
