//! Checks of `mirror`, which takes the products of a live experience instead of lists.

use crate::model::desired::{ExperienceSelector, Selector};
use crate::model::finding::Finding;
use crate::model::id::ExperienceId;

use crate::catalog::code::Code;
use crate::catalog::include::{Lists, includes};
use crate::catalog::parsed::{Catalog, File};
use crate::catalog::read::At;
use crate::catalog::record::Field;
use crate::catalog::report::{Place, finding};
use crate::catalog::schema::{Marketplace, Mirror};

use super::organization;
use super::product::lists;
use super::shared::{exactly_one, key};

/// The mirrors that could be read, with their files.
fn mirrors(catalog: &Catalog) -> impl Iterator<Item = (&File<Marketplace>, &Marketplace, &At<Mirror>)> {
    lists(catalog).filter_map(|(_, file, list)| Some((file, list, list.mirror.get()?)))
}

/// With lists beside `mirror`, two sources would decide about the same products.
pub(super) fn stands_in_place_of_lists(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (_, file, list) in lists(catalog) {
        let Some(mirror) = &list.mirror else { continue };
        let others = [
            key("include", list.include.as_ref()),
            key("approved", list.approved.as_ref()),
            key("rejected", list.rejected.as_ref()),
        ];
        for (other, place) in others.into_iter().filter_map(|(other, place)| Some((other, place?))) {
            let message = format!("`{other}` can't stand beside the `mirror` on line {}", mirror.key.line);
            let help = format!(
                "the mirrored experience says what is approved and denied: keep line {} or line {}",
                mirror.key.line, place.line
            );
            findings.push(finding(Code::MirrorAndList, file.source(place), message, help));
        }
    }
}

pub(super) fn names_one_experience(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, _, At { value: mirror, place }) in mirrors(catalog) {
        let keys = [key("id", mirror.id.as_ref()), key("name", mirror.name.as_ref())];
        exactly_one("`mirror`", &keys, *place, file, findings);
    }
}

pub(super) fn organization_owns_experiences(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, _, At { value: mirror, place: _ }) in mirrors(catalog) {
        let Some(name) = mirror.organization.get() else { continue };
        let Some(organization) = organization::known(catalog, name, file, findings) else { continue };
        if organization.marketplace_account.is_none() {
            let message = format!("the organization `{}` has no marketplace_account", name.value);
            let help = "name the account that owns its experiences in settings.yaml";
            findings.push(finding(Code::NoMarketplaceAccount, file.source(name.place), message, help));
        }
    }
}

/// The products of a mirroring list are only known to AWS, and an including list must be checkable without AWS.
pub(super) fn is_not_included(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (_, file, list) in lists(catalog) {
        for include in includes(list) {
            let Some(included) = catalog.lists.get(&include.value) else { continue };
            let Some(mirror) = included.content.as_ref().and_then(|list| list.mirror.as_ref()) else { continue };
            let message = format!(
                "`{}` has no products of its own to include: it mirrors an experience ({}:{})",
                include.value, included.path, mirror.key.line
            );
            let help = "mirror the same experience here, or include lists alone";
            findings.push(finding(Code::MirrorIncluded, file.source(include.place), message, help));
        }
    }
}

/// The place of an entry of `experiences` that governs the mirrored experience, as far as the catalog alone can tell.
fn governs(list: &Marketplace, mirror: &Mirror) -> Option<Place> {
    let (organization, mirrored) = (mirror.organization.get()?, mirror.selector()?);
    let entries = list.experiences.get().into_iter().flat_map(|experiences| &experiences.value);
    let mut same = entries.filter(|At { value: entry, place: _ }| {
        let is_there = entry.organization.get().is_some_and(|it| it.value == organization.value);
        is_there && is_the_same(entry.selector().as_ref(), &mirrored)
    });
    same.next().map(|entry| entry.place)
}

/// Only a plan knows which experiences are live and what their names are, so only equal selectors match here.
fn is_the_same(selector: Option<&ExperienceSelector>, mirrored: &Selector<ExperienceId>) -> bool {
    match selector {
        Some(ExperienceSelector::One(one)) => one == mirrored,
        Some(ExperienceSelector::AllLive { except: _ }) | None => false,
    }
}

pub(super) fn follows_no_follower(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, list, At { value: mirror, place }) in mirrors(catalog) {
        let Some(mirrored) = mirror.selector() else { continue };
        if let Some(entry) = governs(list, mirror) {
            let message = format!("the experience `{mirrored}` would follow itself: line {} governs it", entry.line);
            let help = "take that entry out: people curate the experience in the console";
            findings.push(finding(Code::MirrorOfItself, file.source(*place), message, help));
        }
        for (other, _, At { value: _, place: above }) in
            mirrors(catalog).filter(|(other, _, _)| other.path != file.path)
        {
            let Some(entry) = other.content.as_ref().and_then(|other| governs(other, mirror)) else { continue };
            let message = format!(
                "the experience `{mirrored}` follows another one itself ({}:{}, by the mirror on line {})",
                other.path, entry.line, above.line
            );
            let help = "mirror that other one here too: a change then takes one step to all of them";
            findings.push(finding(Code::MirrorOfMirror, file.source(*place), message, help));
        }
    }
}

pub(super) fn name_is_no_id(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (file, _, At { value: mirror, place: _ }) in mirrors(catalog) {
        let Some(At { value: name, place }) = mirror.name.get() else { continue };
        if ExperienceId::is_usual(&name.0) {
            let message = format!("`{}` looks like an id", name.0);
            let help = format!("write `id: {}` if it is the id", name.0);
            findings.push(finding(Code::LooksLikeId, file.source(*place), message, help));
        }
    }
}
