//! Finds the product list that governs an experience. A file that names the experience by id is known without AWS. For
//! files that name it by name, or take all live ones, AWS is asked.

use anyhow::Result;

use super::super::job::Job;
use crate::commands::catalog::Catalog;
use crate::commands::filter::Filter;
use crate::commands::planning::{self, Asides, Reach};
use crate::model::change::{Target, TargetState, Work};
use crate::model::desired::{DesiredExperience, ExperienceSelector, Selector};
use crate::model::id::{ExperienceId, Name};

/// The file that governs an experience.
pub(super) enum Governing {
    /// The stem of the file's name.
    File(Name),
    /// No file governs it.
    Nobody,
    /// It can't be determined, for this reason.
    Unknown(String),
}

pub(super) async fn file(job: &Job, catalog: &Catalog, wanted: &ExperienceId) -> Result<Governing> {
    let entries = &catalog.desired.experiences;
    let by_id = entries.iter().find(|entry| match &entry.selector {
        ExperienceSelector::One(Selector::Id(id)) => id == wanted,
        ExperienceSelector::One(Selector::Name(_)) | ExperienceSelector::AllLive { .. } => false,
    });
    if let Some(entry) = by_id {
        return Ok(Governing::File(entry.file.clone()));
    }
    let possible = entries.iter().filter(|entry| may_govern(entry, wanted));
    let targets: Vec<String> = possible.map(|entry| entry.target().to_string()).collect();
    if targets.is_empty() {
        return Ok(Governing::Nobody);
    }
    let mut common = job.common.clone();
    common.targets = targets;
    let filter = Filter::new(&common);
    let plan = planning::look(&common, catalog.clone().into_drift(), &filter, (Reach::Ignore, Asides::None)).await?;
    if let Some(target) = plan.targets.iter().find(|target| is_it(target, wanted)) {
        return Ok(Governing::File(target.name.file().clone()));
    }
    let unreadable = plan.targets.iter().find_map(|target| match &target.state {
        TargetState::Unreadable { reason, source: _ } => Some(format!("{}: {reason}", target.name)),
        TargetState::Complete { .. } => None,
    });
    Ok(unreadable.map_or(Governing::Nobody, Governing::Unknown))
}

fn may_govern(entry: &DesiredExperience, wanted: &ExperienceId) -> bool {
    match &entry.selector {
        ExperienceSelector::One(Selector::Id(_)) => false,
        ExperienceSelector::One(Selector::Name(_)) => true,
        ExperienceSelector::AllLive { except } => !except.contains(wanted),
    }
}

fn is_it(target: &Target, wanted: &ExperienceId) -> bool {
    match target.work() {
        Some(Work::Experience { experience, .. }) => experience.id.as_ref() == Some(wanted),
        Some(Work::Hub { .. } | Work::Recipient { .. }) | None => false,
    }
}
