//! `ci`: the command that the Action runs. Picks the work by the event, and reports to GitHub.

mod adopt;
mod against;
mod apply;
mod base;
mod branched;
mod check;
mod drift;
mod due;
mod following;
mod frame;
mod gate;
mod issue_at_hand;
mod job;
mod keep;
mod label;
mod map;
mod past;
mod pending;
mod plan;
mod record;
mod report;
mod request;
mod result;
mod review;
mod showing;
mod stale;
mod targets;
mod undo;
mod voice;

use anyhow::{Context as _, Result};

use job::Job;
pub(super) use job::folder;

use super::exit::{Exit, UsageError};
use super::obstacle::Obstacle;
use super::{files, output};
use crate::cli::{Ci as Options, CiCommand, Common};
use crate::github::Environment;
use crate::github::event::{Event, Occasion};
use crate::render::escape::command::command as workflow_command;

/// Does what the event asks for. Writes the outputs even after an error.
pub(super) async fn run(common: &Common, options: &Options) -> Result<Exit> {
    let environment = Environment::new(|name| std::env::var(name).ok());
    let mut job = Job::new(common, options, environment)?;
    let ended = pick(&mut job).await;
    let exit = match &ended {
        Ok(exit) => *exit,
        Err(error) if error.is::<UsageError>() => Exit::Usage,
        Err(error) => {
            job.print(&format!("{}\n", workflow_command("error", &[], &format!("{error:#}"))))?;
            if error.chain().any(<dyn std::error::Error>::is::<crate::github::Error>) {
                job.reason("access");
            }
            Exit::Error
        }
    };
    let confessed = job.confess();
    job.output("sandbox", if job.is_sandboxed { "true" } else { "false" });
    job.output("exit-code", &(exit as u8).to_string());
    job.leave_outputs()?;
    confessed.and(ended)
}

async fn pick(job: &mut Job) -> Result<Exit> {
    let Occasion { event, default_branch, kind } = occasion(job)?;
    job.default_branch = default_branch;
    let command = match (job.options.command, &event) {
        (Some(command), _) => command,
        (None, Event::PullRequest(_) | Event::Review(_) | Event::MergeGroup(_)) => CiCommand::Plan,
        (None, Event::Push(_)) => {
            // An unknown default branch is refused below.
            if job.default_branch().await?.is_some() && !job.is_default_branch().await? {
                output::tell("This push is not to the default branch: nothing is applied from here.");
                return Ok(Exit::Done);
            }
            CiCommand::Apply
        }
        (None, Event::RepositoryDispatch) if kind.as_deref() == Some(crate::github::request::KIND) => {
            CiCommand::Request
        }
        (None, Event::Schedule | Event::RepositoryDispatch) => CiCommand::Drift,
        (None, Event::WorkflowDispatch | Event::Other(_)) => {
            let name = job.environment.event_name.clone().unwrap_or_default();
            let message = format!(
                "the event `{name}` does not say what to do: give `command` as plan, apply, drift, due, adopt, targets or report"
            );
            return Err(UsageError(message).into());
        }
    };
    if let Some(obstacle) = gate::obstacle(job, command, &event).await? {
        if let Obstacle::OtherBase { branch: _ } = obstacle {
            let why = "it goes to another branch than the default one by now, where nothing is applied";
            stale::tell(job, &event, why).await;
        }
        return job.refuse("Refused", &obstacle);
    }
    if let (Event::Review(pull), true) = (&event, command != CiCommand::Targets) {
        return showing::judge(job, pull).await;
    }
    let writes = match command {
        CiCommand::Apply => Some("apply"),
        CiCommand::Due => Some("due"),
        // In the sandbox these write nothing to GitHub.
        CiCommand::Plan
        | CiCommand::Drift
        | CiCommand::Report
        | CiCommand::Targets
        | CiCommand::Request
        | CiCommand::Adopt => None,
    };
    if let (true, Some(word)) = (job.is_sandboxed && job.common.sandbox_by_variable, writes) {
        let message = format!(
            "CATALOG_SYNC_SANDBOX is set, and `ci {word}` takes the sandbox from the Action's input `sandbox` or from \
             `--sandbox` alone, so that a variable can't turn an apply into one that reaches nobody: remove the \
             variable, or say it there"
        );
        return Err(UsageError(message).into());
    }
    let exit = match command {
        CiCommand::Plan => plan::run(job, &event).await,
        CiCommand::Apply => apply::run(job, &event).await,
        CiCommand::Drift => drift::run(job).await,
        CiCommand::Report => report::run(job, &event).await,
        CiCommand::Due => due::run(job).await,
        CiCommand::Targets => targets::run(job, &event).await,
        CiCommand::Request => request::run(job, &payload(job)?).await,
        CiCommand::Adopt => adopt::run(job).await,
    }?;
    map::keep(job, command).await?;
    Ok(exit)
}

fn occasion(job: &Job) -> Result<Occasion> {
    let Some(name) = &job.environment.event_name else {
        let message =
            "GITHUB_EVENT_NAME is not set: ci is for GitHub Actions, and elsewhere there are plan, apply and drift";
        return Err(UsageError(message.to_owned()).into());
    };
    Occasion::read(name, &payload(job)?).context("GITHUB_EVENT_PATH")
}

fn payload(job: &Job) -> Result<String> {
    match &job.environment.event_path {
        Some(path) => files::read(path),
        None => Ok("{}".to_owned()),
    }
}
