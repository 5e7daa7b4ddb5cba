//! What became of an apply, wherever one looks for it: log, file, outputs, summary, comment, deployments.

use std::collections::BTreeMap;

use anyhow::Result;

use super::job::Job;
use super::review::{LABEL, Review};
use super::stale;
use crate::commands::exit::Exit;
use crate::commands::{apply as command, document, files};
use crate::github::comment;
use crate::github::deployment::{self, Outcome as Deployed, Payload};
use crate::github::marker::{ApplyMarker, Marker as _};
use crate::model::change::{Plan, Summary, Target};
use crate::model::report::{Outcome, Report, TargetReport};
use crate::plan::{Reason, Refusal, wire};
use crate::render::markdown::{self, State};
use crate::render::{annotations, text};

/// A refusal in words.
pub(super) struct Words {
    headline: String,
    why: String,
    way_out: String,
}

impl Words {
    /// Why, and what to do now that it is merged.
    pub(super) fn of(reason: Reason, review: Option<&Review>) -> Self {
        let (headline, why, _) = document::words(reason);
        let has_pull = review.is_some_and(|review| review.pull.is_some());
        let has_comment = review.is_some_and(|review| review.comment.is_some());
        let (why, way_out) = match reason {
            Reason::TooManyRemovals { removals, limit: _ } => (
                why,
                format!(
                    "If all of this is meant, put the label `{LABEL}` on the pull request and run this again; without \
                     one, give `allow-removals: {removals}`, or raise `safety.max_removals` in the settings."
                ),
            ),
            Reason::Unreviewed { changes: _ } => (
                match (has_pull, has_comment) {
                    (_, true) => {
                        "The pull request's plan did not show this: what is live has moved since, or another merge came between."
                    }
                    (true, false) => "The pull request has no plan by us, so nobody has seen any of it.",
                    (false, false) => "This commit came without a pull request, so nobody has seen any of it.",
                },
                "Look at the changes below. To have them applied, open a pull request whose plan shows them, or run the \
                 apply by hand once the issue about drift does; `require-reviewed-plan: false` applies without a review."
                    .to_owned(),
            ),
        };
        Self { headline, why: why.to_owned(), way_out }
    }
}

/// A plan that is not carried out.
pub(super) async fn refused(
    job: &mut Job,
    sha: &str,
    plan: &Plan,
    refusal: &Refusal,
    words: &Words,
    review: Option<&mut Review>,
) -> Result<Exit> {
    let Words { headline, why, way_out } = words;
    let Refusal { reason: _, digest, targets } = refusal;
    let said = crate::render::Refusal { headline, why, targets, way_out, digest };
    let shown = text::Options { all: true, verbose: job.common.verbose, applying: true };
    let is_sandboxed = job.is_sandboxed;
    job.group("Not applied", |mut sink| {
        text::sandbox(is_sandboxed, &mut sink)?;
        text::refusal(&said, &shown, &mut sink)
    })?;
    job.print(&format!(
        "{}\n",
        crate::render::escape::command::command("error", &[], &format!("Not applied: {headline}. {way_out}"))
    ))?;
    save(job, &untried(plan, &format!("refused: {headline}")))?;
    let frame = job.frame(Some(sha)).against(&job.environment, &plan.catalog);
    job.summarize(&markdown::refusal(&said, &frame.summary()))?;
    if let Some(review) = review.filter(|_| job.options.comment.is_wanted()) {
        review.restate(&State::NotApplied(frame.run(), headline)).await;
        let marker = ApplyMarker::new(&job.folder(), digest).write();
        put(job, review, &markdown::refusal(&said, &frame.comment(&marker))).await?;
    }
    Ok(Exit::Refused)
}

/// A plan that was carried out, as far as it was.
pub(super) async fn applied(job: &mut Job, sha: &str, report: &Report, review: Option<&mut Review>) -> Result<Exit> {
    let shown = text::Options { all: true, verbose: job.common.verbose, applying: true };
    job.group("Applied", |mut sink| text::report(report, &shown, &mut sink))?;
    job.print(&annotations::report(report))?;
    save(job, report)?;
    publish(job, sha, report, review).await?;
    Ok(command::exit(report))
}

/// Summary, comment and deployments of a report.
pub(super) async fn publish(job: &mut Job, sha: &str, report: &Report, review: Option<&mut Review>) -> Result<()> {
    let frame = job.frame(Some(sha)).against(&job.environment, &report.catalog);
    job.summarize(&markdown::report(report, &frame.summary()))?;
    let Some(review) = review.filter(|_| job.options.comment.is_wanted()) else { return Ok(()) };
    let tally = report.tally();
    let undone = tally.failed + tally.skipped + tally.unreadable;
    let why = match tally.applied {
        0 => "nothing of it worked",
        _ => "it was applied in part",
    };
    let state = if undone == 0 { State::Applied(frame.run()) } else { State::NotApplied(frame.run(), why) };
    review.restate(&state).await;
    if tally.applied + undone + report.released.len() > 0 {
        let marker = ApplyMarker::new(&job.folder(), &report.digest).write();
        put(job, review, &markdown::report(report, &frame.comment(&marker))).await?;
    }
    stale::others(job, report).await;
    // A part of the catalog says nothing of a whole organization, and the sandbox nothing of AWS.
    if job.common.targets.is_empty() && !job.is_sandboxed {
        deploy(job, sha, report, review).await?;
    }
    Ok(())
}

fn save(job: &mut Job, report: &Report) -> Result<()> {
    let file = job.file(job.options.report_file.as_deref(), "report.json");
    files::save(&file, &wire::report_to_json(report))?;
    job.output("report-file", &file.display().to_string());
    let summary = Summary::of(report.targets.iter().map(|of| &of.target));
    job.count(&summary, report.released.len(), &report.digest);
    Ok(())
}

/// Writes the result on the pull request: one comment, however often the apply runs.
async fn put(job: &mut Job, review: &Review, body: &str) -> Result<()> {
    let Some(pull) = &review.pull else { return Ok(()) };
    let (client, me) = (&review.hub.client, &review.hub.me);
    let there = comment::find::<ApplyMarker>(client, me, pull.number, &job.folder()).await?;
    let written = comment::put(client, pull.number, there.as_ref(), body).await?;
    job.output("comment-url", &written.html_url);
    Ok(())
}

/// A deployment for each organization.
async fn deploy(job: &Job, sha: &str, report: &Report, review: &Review) -> Result<()> {
    let mut organizations: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for of in &report.targets {
        let (applied, undone) = organizations.entry(of.target.name.organization().as_str()).or_default();
        *undone += usize::from(of.target.is_unreadable());
        for outcome in &of.outcomes {
            match outcome {
                Outcome::Applied => *applied += 1,
                Outcome::Failed(_) | Outcome::Skipped(_) => *undone += 1,
            }
        }
    }
    let url = job.environment.run().map(|(_, url)| url);
    let payload = Payload { catalog: job.folder(), digest: report.digest.clone(), run: url.clone() };
    for (organization, (applied, undone)) in organizations {
        let (outcome, description) = match (applied, undone) {
            (0, 0) => (Deployed::Success, "in step, nothing to apply".to_owned()),
            (applied, 0) => (Deployed::Success, format!("in step, {applied} applied")),
            (applied, undone) => (Deployed::Failure, format!("{applied} applied, {undone} not")),
        };
        let client = &review.hub.client;
        deployment::record(client, organization, sha, &payload, outcome, &description, url.as_deref()).await?;
    }
    Ok(())
}

/// A report in which nothing was tried, for those who gather the reports of a matrix.
fn untried(plan: &Plan, why: &str) -> Report {
    let Plan { digest, catalog, targets, released } = plan.clone();
    let skip = |target: Target| {
        let outcomes = target.changes().map(|_| Outcome::Skipped(why.to_owned())).collect();
        TargetReport { target, outcomes }
    };
    Report { digest, catalog, targets: targets.into_iter().map(skip).collect(), released }
}
