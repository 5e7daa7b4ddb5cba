//! The base catalog: its commit, which may be missing from a shallow checkout, and notices about changed settings.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};

use super::job::{Job, boxed};
use crate::catalog::source;
use crate::commands::catalog::Catalog;
use crate::github::event::{Event, MergeGroup, PullRequest};
use crate::model::change::{Origin, Plan};
use crate::model::id::Name;
use crate::model::trust::Before;
use crate::plan;
use crate::render::escape::markdown::inline;
use crate::render::markdown::{setting_changes, settings_note};

/// The base commit that an event names.
pub(super) fn of(event: &Event) -> Option<&str> {
    match event {
        Event::PullRequest(PullRequest { base, .. }) | Event::MergeGroup(MergeGroup { base, .. }) => Some(base),
        Event::Review(_)
        | Event::Push(_)
        | Event::Schedule
        | Event::RepositoryDispatch
        | Event::WorkflowDispatch
        | Event::Other(_) => None,
    }
}

/// Sets the base, unless one was given. Fetches the commit if it is missing.
pub(super) fn set(job: &mut Job, base: Option<&str>) -> Result<()> {
    let (None, Some(base)) = (&job.common.base, base) else { return Ok(()) };
    source::ensure_commit(&job.common.catalog, base).with_context(|| {
        format!("the commit {base} that this is compared with is not here: give actions/checkout `fetch-depth: 0`")
    })?;
    job.common.base = Some(base.to_owned());
    Ok(())
}

/// A notice about the settings for the top of a plan, as markdown. Usually empty.
pub(super) fn notice(catalog: &Catalog) -> String {
    match &catalog.before {
        Before::Known(before) => setting_changes(&plan::setting_changes(before, &catalog.desired.settings)),
        Before::Unusable => settings_note(
            "The base's settings.yaml has errors: what this pull request changes in the settings can't be told, and no \
             `shared_role` counts.",
        ),
        Before::Nothing => catalog.on_its_own_word().map(|sentence| settings_note(&sentence)).unwrap_or_default(),
    }
}

/// A note, as markdown, about drift that a merge would not undo: drift in organizations for which the catalog changes
/// nothing. An apply decides this by what was applied last, which may be older than the base.
pub(super) fn untouched(differing: &BTreeSet<Name>, plan: &Plan) -> String {
    // Changes from mirrored experiences are left out: `ci due` applies them whatever is merged.
    let drift = plan.changes().filter(|(_, change)| change.about.origin == Origin::Drift);
    let organizations = drift.map(|(target, _)| &target.organization);
    let left: BTreeSet<String> =
        organizations.filter(|name| !differing.contains(name)).map(|it| inline(it.as_str())).collect();
    if left.is_empty() {
        return String::new();
    }
    let left: Vec<String> = left.into_iter().collect();
    let text = format!(
        "<b>Drift in {}: merging leaves it as it is</b>, since this changes nothing of what the catalog asks for there. \
         An apply by hand undoes it. What an earlier merge asked for and is not applied yet goes with this one.",
        left.join(", ")
    );
    boxed("NOTE", &[text])
}

/// The notice for a base commit that is not available.
pub(super) fn unknown() -> String {
    settings_note(
        "The commit that this pull request is compared with is not here, so what it changes in settings.yaml can't be \
         told: give actions/checkout `fetch-depth: 0` in this job.",
    )
}
