//! The map of a plan: which account sees what, and what the plan changes of it.

use std::path::PathBuf;

use anyhow::Result;

use super::job::Job;
use crate::cli::{CiCommand, Map};
use crate::commands::map;

/// Makes the map of the plan that the run has written, if the map is asked for. A job with some targets leaves it to
/// the job that merges the files. A failure is reported and does not change the result of the run.
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
        // With errors in the catalog no map is written; they were reported.
        Ok(_) if !output.is_file() => {}
        Ok(_) => job.output("map-file", &output.display().to_string()),
        Err(error) => job.not_recorded(&format!("the map was not made: {error:#}")),
    }
    Ok(())
}
