//! Which events may do what. A job's token opens AWS and writes issues and deployments in the repository's name, so it
//! serves a pull request's plan and what is on the default branch, and nothing else.

use anyhow::Result;

use super::job::Job;
use crate::cli::CiCommand;
use crate::github::event::{Event, MergeGroup, PullRequest};

/// Why a command is refused on an event. `None` where it may run.
pub(super) async fn refusal(job: &mut Job, command: CiCommand, event: &Event) -> Result<Option<String>> {
    let name = job.environment.event_name.clone().unwrap_or_default();
    let done = match command {
        CiCommand::Plan => "planned",
        CiCommand::Apply => "applied",
        CiCommand::Drift => "compared",
        CiCommand::Report => "reported",
        CiCommand::Due => "carried out",
        CiCommand::Targets => "listed",
    };
    match (event, command) {
        // For the list of targets nothing is asked of AWS, and nothing is written. A fork's plan gets no credentials, wherever
        // it goes, and a review of it sets no check.
        (_, CiCommand::Targets)
        | (Event::PullRequest(PullRequest { fork: true, .. }), CiCommand::Plan | CiCommand::Report)
        | (Event::Review(PullRequest { fork: true, .. }), CiCommand::Plan) => Ok(None),
        (Event::PullRequest(PullRequest { base_branch, .. }), CiCommand::Plan | CiCommand::Report) => {
            elsewhere(job, base_branch).await
        }
        (Event::MergeGroup(MergeGroup { base_ref, .. }), CiCommand::Plan | CiCommand::Report) => {
            elsewhere(job, base_ref.strip_prefix("refs/heads/").unwrap_or(base_ref)).await
        }
        // The check is set by what it holds, and nothing is planned.
        (Event::Review(PullRequest { base_branch, .. }), CiCommand::Plan) => elsewhere(job, base_branch).await,
        (Event::Review(_), CiCommand::Drift | CiCommand::Report) => Ok(Some(format!(
            "nothing is {done} on the event {name}: after a review the check alone is set, by the command plan."
        ))),
        (Event::PullRequest(_) | Event::Review(_) | Event::MergeGroup(_) | Event::Other(_), CiCommand::Apply) => {
            Ok(Some(format!(
                "nothing is applied on the event {name}: apply is for what was merged, on a push to the default branch."
            )))
        }
        (Event::PullRequest(_) | Event::Review(_) | Event::MergeGroup(_) | Event::Other(_), CiCommand::Due) => {
            Ok(Some(format!(
                "nothing is carried out on the event {name}: what is due is for the schedule, on the default branch."
            )))
        }
        (Event::PullRequest(_) | Event::MergeGroup(_), CiCommand::Drift) => Ok(Some(format!(
            "nothing is compared on the event {name}: drift is about the default branch. Run it there, on a schedule \
             or by hand; a pull request has its plan."
        ))),
        (Event::Other(_), CiCommand::Plan | CiCommand::Drift | CiCommand::Report) => Ok(Some(format!(
            "nothing is {done} on the event {name}: it can run with credentials on what strangers wrote. Use \
             pull_request or merge_group, and on the default branch push, schedule, workflow_dispatch or \
             repository_dispatch."
        ))),
        // GitHub starts these on the default branch alone, and does not always say in the event which that is.
        (Event::Schedule | Event::RepositoryDispatch, _) if job.default_branch().await?.is_none() => Ok(None),
        (Event::Push(_) | Event::Schedule | Event::RepositoryDispatch | Event::WorkflowDispatch, _) => {
            let refusal = format!("nothing is {done} from another branch than the default one.");
            Ok((!job.is_default_branch().await?).then_some(refusal))
        }
    }
}

/// Refuses a pull request that goes to another branch than the default one. Its base is what guards its plan, and
/// whoever may push a branch can have any base there.
async fn elsewhere(job: &mut Job, branch: &str) -> Result<Option<String>> {
    if job.default_branch().await? == Some(branch) {
        return Ok(None);
    }
    Ok(Some(format!(
        "nothing is planned for a pull request that goes to {branch}, which is not the default branch: its settings \
         guard nothing. Point it to the default branch and push again, and the plan is made."
    )))
}
