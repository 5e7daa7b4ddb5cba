//! The last job of a matrix: one comment, one issue, one record of what all the others left.

use anyhow::Result;

use super::job::Job;
use super::past::Past;
use super::record::{self, Begun};
use super::result::Told;
use super::review::Review;
use super::{against, base, check, drift, plan, result, stale};
use crate::commands::exit::{Exit, UsageError};
use crate::commands::gather::{Gathered, gather};
use crate::commands::{apply as apply_command, catalog, output, plan as plan_command};
use crate::github::event::Event;
use crate::model::change::Summary;

/// Gathers the files and shows them as what they are: a plan, drift, or what became of an apply.
pub(super) async fn run(job: &mut Job, event: &Event) -> Result<Exit> {
    if job.options.files.is_empty() {
        return Err(UsageError("report needs the files that the other jobs left".to_owned()).into());
    }
    if !check::is_sound(job)? {
        stale::tell(job, event, "a newer commit's catalog has errors").await;
        return Ok(Exit::Error);
    }
    let (behind, missing) = match against::set(job, event) {
        Ok(behind) => (behind, false),
        Err(error) => {
            output::tell(&format!("warning: {error:#}"));
            (String::new(), true)
        }
    };
    let Some(catalog) = catalog::load(&job.common)? else { return Ok(Exit::Error) };
    let limits = catalog.limits(job.options.allow_removals);
    let notice = if missing { base::unknown() } else { behind + &base::notice(&catalog) };
    // What is not there yet is gathered as nothing: a job that died left no folder either.
    let files: Vec<_> = job.options.files.iter().filter(|file| file.exists()).cloned().collect();
    let gathered = gather(&files, Some((&catalog, &job.filter)), job.is_sandboxed)?;
    job.is_gathering = true;
    // What the jobs were about counts, whatever this one was told.
    job.is_sandboxed = gathered.version().sandbox;
    match (gathered, event) {
        (Gathered::Plan(plan), Event::Schedule | Event::RepositoryDispatch) => {
            drift::show(job, &plan, limits, String::new()).await
        }
        (Gathered::Plan(plan), Event::PullRequest(pull)) => {
            let notice = notice + &base::untouched(&catalog.differing(), &plan);
            // A fork's token can't write, and its jobs made no plans.
            let shown = plan::show(job, Some(pull).filter(|pull| !pull.fork), &plan, limits, notice).await;
            if shown.is_err() {
                stale::tell(job, &Event::PullRequest(pull.clone()), "a newer plan could not be kept or shown").await;
            }
            shown?;
            Ok(plan_command::exit(&plan, false))
        }
        (Gathered::Plan(plan), event) => {
            plan::show(job, None, &plan, limits, notice).await?;
            plan::set_check_of_group(job, event, &plan).await?;
            Ok(plan_command::exit(&plan, false))
        }
        (Gathered::Report(report), event) => {
            let sha = match event {
                Event::Push(push) => Some(push.sha.clone()),
                _ => job.environment.sha.clone(),
            };
            let sha = sha.or_else(|| report.catalog.revision.clone()).unwrap_or_default();
            let summary = Summary::of(report.targets.iter().map(|of| &of.target));
            job.count(&summary, report.released.len(), &report.digest);
            let hub = if job.is_default_branch().await? { job.hub().await? } else { None };
            let Some(hub) = &hub else {
                result::publish(job, &sha, &report, None, false).await?;
                return Ok(apply_command::exit(&report));
            };
            let organizations = catalog.desired.settings.organizations.keys();
            let before = match event {
                Event::Push(push) => push.before.as_deref(),
                _ => None,
            };
            let past = Past::of(job, hub, before, &sha, organizations).await;
            let mut review = Review::of(job, hub, &sha, false).await?;
            if let Ok(line) = past.as_ref().map(|past| past.commits.clone().unwrap_or_default()) {
                review.find_others(job, &line).await;
            }
            result::publish(job, &sha, &report, Some(&mut review), false).await?;
            if !job.is_sandboxed {
                match past {
                    // The newer record stays the last.
                    Ok(past) if past.overtaken().is_some() => {
                        output::tell("A newer commit was applied by now: this result is not recorded.");
                    }
                    Ok(mut past) => {
                        let organizations = catalog.desired.settings.organizations.keys().cloned().collect();
                        // Where the base can't be read, every organization may differ.
                        if past.rebase(job, catalog).is_err() {
                            past.differing = organizations;
                        }
                        record::end(job, hub, &past, &sha, Begun::default(), &Told::gathered(report.clone())).await;
                    }
                    Err(error) => job.not_reported(&error),
                }
            }
            Ok(apply_command::exit(&report))
        }
    }
}
