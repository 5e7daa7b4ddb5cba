//! Applies what falls due without a pull request: entries whose last day has passed, and changes from mirrored
//! experiences. The merge that wrote the day, or the mirror, was reviewed and applied, so no further review is needed.
//! Nothing else is applied, and the base of an organization never moves.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;

use anyhow::{Context as _, Result};
use futures_util::StreamExt as _;

use super::following::{Followers, Mirrors};
use super::job::{Hub, Job, boxed};
use super::past::Past;
use super::{check, drift, result};
use crate::commands::catalog::{self, Catalog};
use crate::commands::exit::{Exit, UsageError};
use crate::commands::obstacle::{Obstacle, Place, Unseen};
use crate::commands::planning::{Asides, Reach};
use crate::commands::{apply as command, cloud, files, output, planning, signal};
use crate::github::commits;
use crate::github::deployment::{self, Made, Outcome as Deployed, Payload};
use crate::model::change::Plan;
use crate::model::id::Name;
use crate::model::report::{Outcome, Report};
use crate::model::settings::Mode;
use crate::plan::{self, Due, Limits, approve};
use crate::render::escape::command::command as workflow_command;
use crate::render::escape::markdown::{inline, prose};
use crate::render::{annotations, markdown, text};

/// Applies what has fallen due.
pub(super) async fn run(job: &mut Job) -> Result<Exit> {
    if !job.common.targets.is_empty() {
        let message = "`ci due` carries out all that is due in one job, so that its limit holds for all of it: leave \
                       `targets` out";
        return Err(UsageError(message.to_owned()).into());
    }
    if !check::is_sound(job)? {
        return Ok(Exit::Error);
    }
    files::writable(&job.file(job.options.report_file.as_deref(), "report.json"))?;
    let Some(catalog) = catalog::load(&job.common)? else { return Ok(Exit::Error) };
    let sha = job.environment.sha.clone().or_else(|| catalog.version.revision.clone());
    let sha = sha.context("GITHUB_SHA is not set, so the commit is unknown")?;
    let hub = job.hub().await?;
    if hub.is_none() && !job.is_sandboxed {
        anyhow::bail!("GITHUB_TOKEN is not set, and what was applied last is on GitHub: give github-token");
    }
    if let Some(refused) = outdated(job, hub.as_ref(), &sha).await? {
        return Ok(refused);
    }
    let mut past = past(job, hub.as_ref(), &sha, &catalog).await?;
    if let Some(newer) = past.overtaken() {
        return result::overtaken(job, &sha, newer);
    }
    if plan::may_be_due(&catalog.desired).is_empty() {
        return nothing(job, None);
    }
    let limits = catalog.limits(job.options.allow_removals);
    let catalog = past.rebase(job, catalog)?;
    for note in &past.notes {
        output::tell(&format!("warning: {note}"));
        job.notes.push(inline(note));
    }
    let limits = strictest(limits, &catalog);
    carry_out(job, hub.as_ref(), &sha, catalog, limits).await
}

/// Refuses to run for a commit that is not the tip of the default branch: a later commit may give an entry more time.
async fn outdated(job: &mut Job, hub: Option<&Hub>, sha: &str) -> Result<Option<Exit>> {
    let (Some(hub), false) = (hub, job.is_sandboxed) else { return Ok(None) };
    let branch = job.default_branch().await?.context("GitHub does not say which branch is the default one")?.to_owned();
    let tip = commits::up_to(&hub.client, &branch, 1).await?;
    if tip.last().is_some_and(|tip| tip == sha) {
        return Ok(None);
    }
    let obstacle = Obstacle::DueOvertaken { sha: sha.to_owned(), branch };
    job.refuse("Not carried out", &obstacle).map(Some)
}

/// The record of what was applied last. If no apply was ever recorded, nothing is due. The sandbox records nothing, so
/// there the present catalog counts as applied.
async fn past(job: &Job, hub: Option<&Hub>, sha: &str, catalog: &Catalog) -> Result<Past> {
    let organizations = catalog.desired.settings.organizations.keys();
    match hub.filter(|_| !job.is_sandboxed) {
        Some(hub) => Ok(Past::of(job, hub, None, sha, organizations).await?),
        None => Ok(Past::untold(Some(sha))),
    }
}

/// The lowest limits of the catalog and of the catalogs that were applied last: a merge that is not applied yet can't
/// raise a limit.
fn strictest(limits: Limits, catalog: &Catalog) -> Limits {
    let earlier = catalog.earlier.iter().filter_map(|earlier| earlier.desired.as_ref());
    let max_removals = earlier
        .chain(&catalog.base)
        .fold(limits.max_removals, |limit, base| limit.strictest(base.settings.max_removals));
    Limits { max_removals, ..limits }
}

async fn carry_out(job: &mut Job, hub: Option<&Hub>, sha: &str, catalog: Catalog, limits: Limits) -> Result<Exit> {
    let desired = catalog.desired.clone();
    let mut stops = pin!(signal::stops());
    let mut session = cloud::open(&job.common, &catalog, Mode::Apply).await?;
    let planned = tokio::select! {
        planned = planning::make(&job.common, &session.cloud, catalog, &job.filter, (Reach::Compare, Asides::None)) => planned,
        Some(reason) = stops.next() => {
            job.reason("cancelled");
            Err(anyhow::anyhow!("{reason} before anything was changed"))
        }
    };
    session.quieten();
    let whole = match planned {
        Ok(plan) => plan,
        Err(error) => {
            session.close(&job.common).await?;
            return Err(error);
        }
    };
    let due = plan::due(whole.clone(), &desired);
    let plan = due.plan.clone();
    job.save_plan(&plan, None)?;
    job.count(&plan.summary(), 0, &plan.digest);
    let mirrors = Mirrors::of(&desired);
    if plan.targets.is_empty() {
        session.close(&job.common).await?;
        record_followers(job, hub, sha, Followers::of_plan(&mirrors, &whole, None)).await;
        return nothing(job, Some(&due));
    }
    note_left(job, &due)?;
    let approved = match approve(plan.clone(), limits, None) {
        Ok(approved) => approved,
        Err(refusal) => {
            session.close(&job.common).await?;
            let obstacle = Obstacle::of(refusal.reason, Place::Due, Unseen::NoPullRequest);
            record_followers(job, hub, sha, Followers::of_plan(&mirrors, &whole, None)).await;
            return refused(job, &obstacle, &whole, limits).await;
        }
    };
    // Checked again: reading may have taken minutes, and a merge in the meantime may have given an entry more time.
    if let Some(refused) = outdated(job, hub, sha).await? {
        session.close(&job.common).await?;
        return Ok(refused);
    }
    // Printed first, so that the log of a killed run shows what it was about to do.
    let shown = text::Options { all: true, verbose: job.common.verbose, applying: true, width: None };
    job.group("Due", |mut sink| text::plan(&plan, None, &shown, &mut sink))?;
    let writer = session.cloud.writer().context("a session that applies has a writer")?;
    let begun = begin(job, hub, sha, &plan).await;
    let mut listener = session.screen.apply();
    let report = crate::apply::apply(approved, &writer, stops, &mut listener).await;
    drop(listener);
    end(job, hub, begun, &report).await;
    record_followers(job, hub, sha, Followers::of_plan(&mirrors, &whole, Some(&report))).await;
    let closed = session.close(&job.common).await;
    let exit = told(job, sha, &report)?;
    closed.and(Ok(exit))
}

async fn record_followers(job: &mut Job, hub: Option<&Hub>, sha: &str, followers: Followers) {
    if let Some(hub) = hub {
        followers.record(job, hub, sha).await;
    }
}

fn nothing(job: &mut Job, due: Option<&Due>) -> Result<Exit> {
    if let Some(due) = due {
        note_left(job, due)?;
    }
    output::tell("Nothing is due.");
    job.summarize("### Nothing is due\n")?;
    Ok(Exit::Done)
}

/// Reports changes that need no review but are not applied, with the reason.
fn note_left(job: &mut Job, due: &Due) -> Result<()> {
    let Due { plan: _, waiting, unapplied, behind } = due;
    let number = |number: usize, one: &str, more: &str| match number {
        0 => None,
        1 => Some(format!("1 {one}")),
        number => Some(format!("{number} {more}")),
    };
    let ends = number(*waiting, "entry has ended and is", "entries have ended and are").map(|words| {
        format!(
            "{words} not carried out: the commit that was applied last does not say that it ends. It stands in the \
             issue about drift, and goes with the next apply."
        )
    });
    let mirrored = number(
        *unapplied,
        "change follows a mirrored experience and is",
        "changes follow mirrored experiences and are",
    );
    let mirrored = mirrored.map(|words| {
        format!(
            "{words} not carried out: the commit that was applied last does not ask for it. It goes with the apply of \
             the merge that does."
        )
    });
    let after =
        number(*behind, "change follows a mirrored experience and is", "changes follow mirrored experiences and are");
    let after = after.map(|words| {
        format!(
            "{words} not carried out: it comes after a change of the mirrored experience itself, which a file governs. \
             That one is drift: undo it, or keep it in the catalog."
        )
    });
    for note in ends.into_iter().chain(mirrored).chain(after) {
        job.print(&format!("{}\n", workflow_command("warning", &[], &note)))?;
        job.summarize(&format!("{}\n\n", inline(&note)))?;
    }
    Ok(())
}

/// Reports the refusal, and adds all that differs to the issue about drift.
async fn refused(job: &mut Job, obstacle: &Obstacle, whole: &Plan, limits: Limits) -> Result<Exit> {
    let (headline, way_out) = (obstacle.headline(), obstacle.way_out());
    obstacle.reason().into_iter().for_each(|reason| job.reason(reason));
    let said = format!("What is due is not carried out: {headline}. {way_out}");
    job.print(&format!("{}\n", workflow_command("error", &[], &said)))?;
    let notice = boxed(
        "WARNING",
        &[format!("<b>What is due is not carried out: {}.</b> {}", inline(&headline), prose(&way_out))],
    );
    drift::show_as(job, whole, limits, notice, true).await?;
    Ok(Exit::Refused)
}

/// The GitHub environment for deployments of `ci due`. No base is read from it.
fn environment(organization: &Name) -> String {
    format!("catalog-sync-due/{organization}")
}

async fn begin(job: &mut Job, hub: Option<&Hub>, sha: &str, plan: &Plan) -> BTreeMap<Name, Made> {
    let mut begun = BTreeMap::new();
    let Some(Hub { client, me }) = hub.filter(|_| !job.is_sandboxed) else { return begun };
    let log = job.environment.run().map(|(_, url)| url);
    let payload =
        Payload { catalog: job.folder(), digest: plan.digest.clone(), run: log.clone(), ..Payload::default() };
    let with_changes = plan.targets.iter().filter(|target| target.has_changes());
    let organizations: BTreeSet<&Name> = with_changes.map(|target| &target.organization).collect();
    for organization in organizations {
        let words = "what is due is being carried out";
        let made = deployment::make_in(client, me, &environment(organization), sha, &payload, words).await;
        let stated = match made {
            Ok(made) => {
                begun.insert(organization.clone(), made);
                deployment::state(client, made, Deployed::Begun, words, log.as_deref()).await
            }
            Err(error) => Err(error),
        };
        if let Err(error) = stated {
            job.not_reported(&error);
        }
    }
    begun
}

async fn end(job: &mut Job, hub: Option<&Hub>, begun: BTreeMap<Name, Made>, report: &Report) {
    let Some(Hub { client, me: _ }) = hub else { return };
    let log = job.environment.run().map(|(_, url)| url);
    for (organization, made) in begun {
        let of_it = report.targets.iter().filter(|of| of.target.organization == organization);
        let outcomes: Vec<&Outcome> = of_it.flat_map(|of| &of.outcomes).collect();
        let applied = outcomes.iter().filter(|outcome| ***outcome == Outcome::Applied).count();
        let (outcome, words) = match outcomes.len() - applied {
            0 => (Deployed::Success, format!("{applied} that were due carried out")),
            undone => (Deployed::Failure, format!("{applied} that were due carried out, {undone} not")),
        };
        if let Err(error) = deployment::state(client, made, outcome, &words, log.as_deref()).await {
            job.not_reported(&error);
        }
    }
}

/// Reports the result in log, file, outputs and summary.
fn told(job: &mut Job, sha: &str, report: &Report) -> Result<Exit> {
    let shown = text::Options { all: true, verbose: job.common.verbose, applying: true, width: None };
    job.group("Carried out", |mut sink| text::report(report, &shown, &mut sink))?;
    job.print(&annotations::report(report))?;
    result::save(job, report)?;
    let frame = job.frame(Some(sha)).against(&job.environment, &report.catalog);
    job.summarize(&markdown::report(report, &frame.summary()))?;
    let exit = command::exit(report);
    if exit != Exit::Done {
        job.reason(if result::was_stopped(report) { "cancelled" } else { "aws" });
    }
    Ok(exit)
}
