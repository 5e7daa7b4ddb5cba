//! The map beside a plan: who sees what, and what of it changes.

use std::path::PathBuf;

use anyhow::Result;

use super::job::Job;
use crate::cli::{CiCommand, Map};
use crate::commands::map;

/// Makes the map of the plan that the run has left, where one is asked for. A job that is about some targets leaves it to
/// the one that gathers the files of all. A map that could not be made is told, and changes nothing of what was done.
pub(super) async fn keep(job: &mut Job, command: CiCommand) -> Result<()> {
    let has_plan = match command {
        CiCommand::Plan | CiCommand::Drift | CiCommand::Report => true,
        CiCommand::Apply | CiCommand::Due | CiCommand::Targets | CiCommand::Request | CiCommand::Adopt => false,
    };
    if !job.options.map || !has_plan || job.is_gathered() {
        return Ok(());
    }
    let Some(plan) = job.left("plan-file").map(PathBuf::from) else { return Ok(()) };
    let output = job.file(job.options.map_file.as_deref(), "map.html");
    let options = Map { output: output.clone(), plan: Some(plan), force: false };
    match map::run(&job.common, &options).await {
        // With a catalog that has errors none is written, which was told.
        Ok(_) if !output.is_file() => {}
        Ok(_) => job.output("map-file", &output.display().to_string()),
        Err(error) => job.not_recorded(&format!("the map was not made: {error:#}")),
    }
    Ok(())
}
