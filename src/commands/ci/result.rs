//! What became of an apply, wherever one looks for it: log, file, outputs, summary, comment, deployments.

use anyhow::Result;

use super::job::{Hub, Job};
use super::label::LABEL;
use super::review::Review;
use crate::commands::exit::Exit;
use crate::commands::{apply as command, document, files, output};
use crate::github::comment;
use crate::github::history::Attempt;
use crate::github::marker::{ApplyMarker, Marker as _};
use crate::model::change::{Plan, Summary, Target};
use crate::model::report::{Outcome, Report, TargetReport};
use crate::plan::{Reason, Refusal, wire};
use crate::render::escape::command::command as command_line;
use crate::render::escape::markdown::inline;
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
    pub(super) fn of(reason: Reason, review: Option<&Review<'_>>) -> Self {
        let (headline, why, _) = document::words(reason);
        let voices = review.map(|review| review.voices.as_slice()).unwrap_or_default();
        let has_record = voices.iter().any(|voice| voice.record.is_some());
        let doubts: Vec<&str> = review.into_iter().flat_map(Review::doubts).collect();
        let (why, way_out) = match reason {
            Reason::TooManyRemovals { removals, limit: _ } => {
                let by_label = review.and_then(Review::way_out_by_label);
                let again = match by_label {
                    Some(way_out) => format!("{way_out} Then run this again."),
                    None => format!(
                        "If all of this is meant, put the label `{LABEL}` on the pull request and run this again."
                    ),
                };
                let without = format!(
                    "Without a pull request, give `allow-removals: {removals}`, or raise `safety.max_removals` in the settings."
                );
                (why.to_owned(), format!("{again} {without}"))
            }
            Reason::Unreviewed { changes: _ } => {
                let why = match (voices.is_empty(), has_record) {
                    _ if !doubts.is_empty() => doubts.join(" "),
                    (_, true) => {
                        "The pull request's plan did not show this: what is live has moved since, or another merge came between.".to_owned()
                    }
                    (false, false) => "The pull request has no plan by us, so nobody has seen any of it.".to_owned(),
                    (true, false) => "This commit came without a pull request, so nobody has seen any of it.".to_owned(),
                };
                (
                    why,
                    "Look at the changes below. To have them applied, open a pull request whose plan shows them, or run the \
                     apply by hand once the issue about drift does; `require-reviewed-plan: false` applies without a review."
                        .to_owned(),
                )
            }
        };
        Self { headline, why, way_out }
    }
}

/// What was told of a run, for the record.
pub(super) struct Told {
    pub(super) report: Report,
    /// Whether nothing was tried, since the plan was refused.
    pub(super) refused: bool,
}

/// A run that nothing may come of, since a later commit was applied already. What the pull request says stays.
pub(super) fn overtaken(job: &mut Job, sha: &str, newer: &Attempt) -> Result<Exit> {
    let Attempt { sha: later, run, base: _, carried: _ } = newer;
    let run = run.as_ref().map(|run| format!(" ({run})")).unwrap_or_default();
    let why = format!(
        "overtaken: the commit {later}, which came after {sha}, was applied already{run}. This run would take back what \
         it brought. If something is left to do, run that one again, or start an apply by hand on the default branch."
    );
    job.reason("overtaken");
    job.print(&format!("{}\n", command_line("error", &[], &format!("Not applied: {why}"))))?;
    output::tell(&format!("refused: {why}"));
    job.summarize(&format!("### ⛔ Not applied\n\nRefused: {}\n", inline(&why)))?;
    Ok(Exit::Refused)
}

/// A plan that is not carried out.
pub(super) async fn refused(
    job: &mut Job,
    sha: &str,
    plan: &Plan,
    refusal: &Refusal,
    words: &Words,
    review: Option<&mut Review<'_>>,
) -> Result<(Exit, Told)> {
    let Words { headline, why, way_out } = words;
    let Refusal { reason, digest, targets } = refusal;
    job.reason(match reason {
        Reason::TooManyRemovals { removals: _, limit: _ } => "removals",
        Reason::Unreviewed { changes: _ } => "unreviewed",
    });
    let said = crate::render::Refusal { headline, why, targets, way_out, digest };
    let shown = text::Options { all: true, verbose: job.common.verbose, applying: true };
    job.group("Not applied", |mut sink| text::refusal(&said, &shown, &mut sink))?;
    job.print(&format!("{}\n", command_line("error", &[], &format!("Not applied: {headline}. {way_out}"))))?;
    let report = untried(plan, &format!("refused: {headline}"));
    save(job, &report)?;
    let frame = job.frame(Some(sha)).against(&job.environment, &plan.catalog);
    job.summarize(&markdown::refusal(&said, &frame.summary()))?;
    if let Some(review) = review.filter(|_| job.options.comment) {
        review.restate(job, &State::NotApplied(frame.run(), headline)).await;
        let marker = ApplyMarker::new(&job.folder(), digest).write();
        put(job, review, &markdown::refusal(&said, &frame.comment(&marker))).await;
    }
    Ok((Exit::Refused, Told { report, refused: true }))
}

/// A plan that was carried out, as far as it was.
pub(super) async fn applied(
    job: &mut Job,
    sha: &str,
    report: Report,
    review: Option<&mut Review<'_>>,
) -> Result<(Exit, Told)> {
    let shown = text::Options { all: true, verbose: job.common.verbose, applying: true };
    job.group("Applied", |mut sink| text::report(&report, &shown, &mut sink))?;
    job.print(&annotations::report(&report))?;
    save(job, &report)?;
    publish(job, sha, &report, review).await?;
    let exit = command::exit(&report);
    if exit != Exit::Done {
        job.reason("aws");
    }
    Ok((exit, Told { report, refused: false }))
}

/// Summary and comment of a report.
pub(super) async fn publish(job: &mut Job, sha: &str, report: &Report, review: Option<&mut Review<'_>>) -> Result<()> {
    let frame = job.frame(Some(sha)).against(&job.environment, &report.catalog);
    job.summarize(&markdown::report(report, &frame.summary()))?;
    let Some(review) = review.filter(|_| job.options.comment) else { return Ok(()) };
    let tally = report.tally();
    let undone = tally.failed + tally.skipped + tally.unreadable;
    let why = match tally.applied {
        0 => "nothing of it worked",
        _ => "it was applied in part",
    };
    let state = if undone == 0 { State::Applied(frame.run()) } else { State::NotApplied(frame.run(), why) };
    review.restate(job, &state).await;
    if tally.applied + undone + report.released.len() > 0 {
        let marker = ApplyMarker::new(&job.folder(), &report.digest).write();
        put(job, review, &markdown::report(report, &frame.comment(&marker))).await;
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

/// Writes the result on each pull request that was looked back on: one comment, however often the apply runs. What was
/// done stays done where that does not work.
async fn put(job: &mut Job, review: &Review<'_>, body: &str) {
    let Hub { client, me } = review.hub;
    for voice in review.voices.iter().rev() {
        match comment::write::<ApplyMarker>(client, me, voice.pull.number, &job.folder(), body).await {
            Ok(written) => job.output("comment-url", &written.html_url),
            Err(error) => job.not_reported(&error),
        }
    }
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
