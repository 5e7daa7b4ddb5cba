//! Decides which event may run which command. A job's token opens AWS and writes issues and deployments in the
//! repository's name, so it is used only for the plan of a pull request and for the default branch.

use anyhow::Result;

use super::job::Job;
use crate::cli::CiCommand;
use crate::commands::obstacle::Obstacle;
use crate::github::event::{Event, MergeGroup, PullRequest};

/// Why an event may not run a command. `None` if it may.
pub(super) async fn obstacle(job: &mut Job, command: CiCommand, event: &Event) -> Result<Option<Obstacle>> {
    let name = job.environment.event_name.clone().unwrap_or_default();
    let done = match command {
        CiCommand::Plan => "planned",
        CiCommand::Apply => "applied",
        CiCommand::Drift => "compared",
        CiCommand::Report => "reported",
        CiCommand::Due => "carried out",
        CiCommand::Targets => "listed",
        CiCommand::Request => "asked for",
        CiCommand::Adopt => "adopted",
    };
    match (event, command) {
        // `targets` asks nothing of AWS and writes nothing. A fork's plan gets no credentials, whichever its base, and
        // a review of it sets no check.
        (_, CiCommand::Targets)
        | (Event::PullRequest(PullRequest { fork: true, .. }), CiCommand::Plan | CiCommand::Report)
        | (Event::Review(PullRequest { fork: true, .. }), CiCommand::Plan) => Ok(None),
        (Event::PullRequest(PullRequest { base_branch, .. }), CiCommand::Plan | CiCommand::Report) => {
            elsewhere(job, base_branch).await
        }
        (Event::MergeGroup(MergeGroup { base_ref, .. }), CiCommand::Plan | CiCommand::Report) => {
            elsewhere(job, base_ref.strip_prefix("refs/heads/").unwrap_or(base_ref)).await
        }
        // A review only sets the check from its records. Nothing is planned.
        (Event::Review(PullRequest { base_branch, .. }), CiCommand::Plan) => elsewhere(job, base_branch).await,
        (Event::Review(_), CiCommand::Drift | CiCommand::Report) => {
            Ok(Some(Obstacle::ReviewSetsCheck { event: name, done }))
        }
        (Event::PullRequest(_) | Event::Review(_) | Event::MergeGroup(_) | Event::Other(_), CiCommand::Apply) => {
            Ok(Some(Obstacle::ApplyOnEvent { event: name }))
        }
        (Event::PullRequest(_) | Event::Review(_) | Event::MergeGroup(_) | Event::Other(_), CiCommand::Due) => {
            Ok(Some(Obstacle::DueOnEvent { event: name }))
        }
        (
            Event::PullRequest(_)
            | Event::Review(_)
            | Event::MergeGroup(_)
            | Event::Push(_)
            | Event::Schedule
            | Event::WorkflowDispatch
            | Event::Other(_),
            CiCommand::Request,
        ) => Ok(Some(Obstacle::RequestOnEvent { event: name })),
        (Event::PullRequest(_) | Event::Review(_) | Event::MergeGroup(_) | Event::Other(_), CiCommand::Adopt) => {
            Ok(Some(Obstacle::AdoptOnEvent { event: name }))
        }
        (Event::PullRequest(_) | Event::MergeGroup(_), CiCommand::Drift) => {
            Ok(Some(Obstacle::DriftOnEvent { event: name }))
        }
        (Event::Other(_), CiCommand::Plan | CiCommand::Drift | CiCommand::Report) => {
            Ok(Some(Obstacle::EventOfStrangers { event: name, done }))
        }
        // GitHub runs these events on the default branch only, and the event does not always name it.
        (Event::Schedule | Event::RepositoryDispatch, _) if job.default_branch().await?.is_none() => Ok(None),
        (Event::Push(_) | Event::Schedule | Event::RepositoryDispatch | Event::WorkflowDispatch, _) => {
            if job.is_default_branch().await? {
                return Ok(None);
            }
            let branch = job.default_branch().await?.map(str::to_owned);
            Ok(Some(match branch {
                Some(branch) => Obstacle::OtherBranch { branch, done },
                None => Obstacle::NoDefaultBranch { done },
            }))
        }
    }
}

/// Refuses a pull request into any branch but the default one. A plan is guarded by its base, and whoever may push
/// branches can choose any base there.
async fn elsewhere(job: &mut Job, branch: &str) -> Result<Option<Obstacle>> {
    Ok(match job.default_branch().await? {
        Some(default) if default == branch => None,
        Some(_) => Some(Obstacle::OtherBase { branch: branch.to_owned() }),
        None => Some(Obstacle::NoDefaultBranch { done: "planned" }),
    })
}
