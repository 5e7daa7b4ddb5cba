//! Publishes the result of an apply: log, file, outputs, summary, comment.

use std::collections::BTreeSet;

use anyhow::Result;

use super::job::{Hub, Job};
use super::past::Past;
use super::review::Review;
use super::showing::named;
use super::stale;
use crate::commands::exit::Exit;
use crate::commands::obstacle::{Doubt, Obstacle, Place, Unseen};
use crate::commands::{apply as command, files};
use crate::github::comment;
use crate::github::history::Attempt;
use crate::github::marker::{ApplyMarker, Marker as _};
use crate::model::change::{Origin, Plan, Summary, Target};
use crate::model::report::{Outcome, Report, TargetReport};
use crate::model::target::TargetName;
use crate::plan::{Reason, Refusal, Sifted, canonical, wire};
use crate::render::escape::command::command as command_line;
use crate::render::escape::markdown::{inline, prose};
use crate::render::markdown::{self, State};
use crate::render::{annotations, text};

/// Why a merge is not applied, or only in part.
pub(super) fn obstacle(past: &Past, reason: Reason, review: Option<&Review<'_>>) -> Obstacle {
    // Whoever started the run by hand can give it what it lacks.
    let place = review.filter(|_| !past.by_hand).map_or(Place::ByHand, Review::place);
    Obstacle::of(reason, place, review.map_or(Unseen::NoPullRequest, Review::unseen))
}

/// The result of a run, for the deployments.
pub(super) struct Told {
    pub(super) report: Report,
    /// The targets whose changes were approved. The changes of all others were refused.
    pub(super) approved: BTreeSet<TargetName>,
    /// Drift that was left out: targets with nothing but that drift.
    pub(super) left_out: Vec<Target>,
}

/// The most left-out changes to name.
const NAMED: usize = 20;

/// Notes, as markdown, about changes that a merge leaves out: drift, and changes from mirrored experiences. `doubt`:
/// why the issue about drift, which shows them, does not count.
pub(super) fn left_out(past: &Past, targets: &[Target], doubt: Option<&Doubt>) -> Vec<String> {
    let (drift, mirrored) = parted(targets);
    drift_left(past, &drift, doubt).into_iter().chain(left_to_follow(&mirrored)).collect()
}

/// The drift of the targets, and their changes from mirrored experiences. Leaves out targets without any.
fn parted(targets: &[Target]) -> (Vec<Target>, Vec<Target>) {
    let of = |is_mirrored: bool| {
        let part = move |target: &Target| target.only(|it| (it.about.origin == Origin::Mirror) == is_mirrored);
        targets.iter().map(part).filter(Target::has_changes).collect()
    };
    (of(false), of(true))
}

/// A note about changes from mirrored experiences: they need no merge and no review, and have limits of their own.
fn left_to_follow(targets: &[Target]) -> Option<String> {
    let all: Vec<String> = targets.iter().flat_map(named).collect();
    let number = match all.len() {
        0 => return None,
        1 => "1 change".to_owned(),
        number => format!("{number} changes"),
    };
    Some(format!(
        "<b>Left for the schedule: {number}</b> that mirrored experiences bring, and not this merge. The workflow with \
         <code>command: due</code> brings the experiences that follow them in step.\n\n{}",
        some(all).join("\n")
    ))
}

/// The first lines, and the number of further ones.
fn some(all: Vec<String>) -> Vec<String> {
    let more = all.len().saturating_sub(NAMED);
    let mut lines: Vec<String> = all.into_iter().take(NAMED).collect();
    if more > 0 {
        lines.push(format!("- and {more} more"));
    }
    lines
}

fn drift_left(past: &Past, targets: &[Target], doubt: Option<&Doubt>) -> Option<String> {
    let all: Vec<String> = targets.iter().flat_map(named).collect();
    if all.is_empty() {
        return None;
    }
    let unchanged = targets.iter().all(|target| !past.differing.contains(&target.organization));
    let why = if unchanged && !past.by_hand {
        "the catalog asks for nothing new there, so this merge has nothing to do with it"
    } else {
        "nobody is known to have seen it"
    };
    let out = match doubt {
        Some(doubt) => prose(&format!("{} {}", doubt.why(), doubt.way_out())),
        None => "It stands in the issue about drift; an apply by hand undoes it.".to_owned(),
    };
    let number = match all.len() {
        1 => "1 difference".to_owned(),
        number => format!("{number} differences"),
    };
    let lines = some(all);
    Some(format!("<b>Drift is left as it is: {number}</b>, since {why}. {out}\n\n{}", lines.join("\n")))
}

/// Refuses a run for a commit after which a later one was applied. The pull request's comment stays as it is.
pub(super) fn overtaken(job: &mut Job, sha: &str, newer: &Attempt) -> Result<Exit> {
    let Attempt { sha: later, run, base: _, is_part: _, carried: _, left: _ } = newer;
    let obstacle = Obstacle::Overtaken { sha: sha.to_owned(), later: later.clone(), run: run.clone() };
    job.refuse("Not applied", &obstacle)
}

/// Publishes a plan that was refused.
pub(super) async fn refused(
    job: &mut Job,
    sha: &str,
    refusal: &Refusal,
    obstacle: &Obstacle,
    sifted: Sifted,
    review: Option<&mut Review<'_>>,
) -> Result<(Exit, Told)> {
    let (headline, why, way_out) = (&*obstacle.headline(), &*obstacle.why(), &*obstacle.way_out());
    let Refusal { reason: _, digest, targets } = refusal;
    obstacle.reason().into_iter().for_each(|reason| job.reason(reason));
    let said = crate::render::Refusal { headline, why, targets, way_out, digest };
    let shown = text::Options { all: true, verbose: job.common.verbose, applying: true, width: None };
    let is_sandboxed = job.is_sandboxed;
    job.group("Not applied", |mut sink| {
        text::sandbox(is_sandboxed, &mut sink)?;
        text::refusal(&said, &shown, &mut sink)
    })?;
    job.print(&format!("{}\n", command_line("error", &[], &format!("Not applied: {headline}. {way_out}"))))?;
    warn_of_left_out(job, &sifted)?;
    let report = with_refused(untried(&sifted.plan, &format!("refused: {headline}")), &sifted, headline);
    job.beside.left_out.clone_from(&sifted.left_out);
    save(job, &report)?;
    let frame = job.frame(Some(sha)).against(&job.environment, &sifted.plan.catalog);
    job.summarize(&markdown::refusal(&said, &frame.summary()))?;
    if let Some(review) = review.filter(|_| job.options.comment.is_wanted()) {
        review.restate(job, &State::NotApplied(frame.run(), headline)).await;
        let marker = ApplyMarker::new(&job.comment_key(), digest).write();
        put(job, review, &markdown::refusal(&said, &frame.comment(&marker))).await;
    }
    Ok((Exit::Refused, Told { report, approved: BTreeSet::new(), left_out: sifted.left_out }))
}

/// Publishes the result of a plan that was applied, at least in part.
pub(super) async fn applied(
    job: &mut Job,
    sha: &str,
    past: &Past,
    report: Report,
    sifted: Sifted,
    review: Option<&mut Review<'_>>,
) -> Result<(Exit, Told)> {
    let reason = Reason::Unreviewed { changes: count(&sifted.unseen) };
    let obstacle = obstacle(past, reason, review.as_deref());
    let report = with_refused(report, &sifted, &obstacle.headline());
    if !sifted.refused.is_empty() {
        let (headline, why, way_out) = (&*obstacle.headline(), &*obstacle.why(), &*obstacle.way_out());
        job.reason("unreviewed");
        job.notes.push(format!("<b>Refused: {}.</b> {} {}", inline(headline), prose(why), prose(way_out)));
        let said = format!("Not all was applied: {headline}. {way_out}");
        job.print(&format!("{}\n", command_line("error", &[], &said)))?;
    }
    warn_of_left_out(job, &sifted)?;
    let shown = text::Options { all: true, verbose: job.common.verbose, applying: true, width: None };
    job.group("Applied", |mut sink| text::report(&report, &shown, &mut sink))?;
    job.print(&annotations::report(&report))?;
    let with_changes = sifted.plan.targets.iter().filter(|target| target.has_changes());
    let approved: BTreeSet<TargetName> = with_changes.map(|target| target.name.clone()).collect();
    job.beside.approved.clone_from(&approved);
    job.beside.left_out.clone_from(&sifted.left_out);
    save(job, &report)?;
    let told = Told { report, approved, left_out: sifted.left_out };
    let by_this = past.by_hand || !past.differing.is_empty();
    publish(job, sha, &told.report, review, !told.left_out.is_empty() && by_this).await?;
    let exit = command::exit(&told.report);
    if exit != Exit::Done {
        job.reason(if was_stopped(&told.report) { "cancelled" } else { "aws" });
    }
    Ok((exit, told))
}

pub(super) fn was_stopped(report: &Report) -> bool {
    report.targets.iter().flat_map(|of| &of.outcomes).any(|outcome| match outcome {
        Outcome::Applied => false,
        Outcome::Failed(failure) => failure.code == "Interrupted",
        Outcome::Skipped(why) => why.starts_with("not tried: the run was stopped"),
    })
}

fn count(targets: &[Target]) -> usize {
    targets.iter().map(|target| target.changes().count()).sum()
}

fn warn_of_left_out(job: &Job, sifted: &Sifted) -> Result<()> {
    let (drift, mirrored) = parted(&sifted.left_out);
    let (drift, mirrored) = (count(&drift), count(&mirrored));
    if drift > 0 {
        let text = format!(
            "Drift is left as it is ({drift}): this merge has nothing to do with it, or nobody has seen it. The summary \
             names it."
        );
        job.print(&format!("{}\n", command_line("warning", &[], &text)))?;
    }
    if mirrored > 0 {
        let text = format!(
            "Changes from mirrored experiences are not part of this merge, and are left for the scheduled `ci due` \
             ({mirrored}). The summary lists them."
        );
        job.print(&format!("{}\n", command_line("notice", &[], &text)))?;
    }
    Ok(())
}

/// Adds the refused targets to a report. None of their changes were tried.
fn with_refused(report: Report, sifted: &Sifted, headline: &str) -> Report {
    let Report { digest, catalog, mut targets, released } = report;
    for refused in &sifted.refused {
        let why = Outcome::refused(&format!("with its target: {headline}"));
        let outcomes = refused.changes().map(|_| why.clone()).collect();
        targets.retain(|of| of.target.name != refused.name);
        targets.push(TargetReport { target: refused.clone(), outcomes });
    }
    targets.sort_by_cached_key(|of| of.target.name.to_string());
    let planned: Vec<Target> = targets.iter().map(|of| of.target.clone()).collect();
    let digest = if sifted.refused.is_empty() { digest } else { canonical::digest(&planned) };
    Report { digest, catalog, targets, released }
}

/// Writes summary and comment of a report. `is_told`: comment even if there was nothing to do.
pub(super) async fn publish(
    job: &mut Job,
    sha: &str,
    report: &Report,
    review: Option<&mut Review<'_>>,
    is_told: bool,
) -> Result<()> {
    let frame = job.frame(Some(sha)).against(&job.environment, &report.catalog);
    job.summarize(&markdown::report(report, &frame.summary()))?;
    let Some(review) = review.filter(|_| job.options.comment.is_wanted()) else { return Ok(()) };
    let tally = report.tally();
    let undone = tally.failed + tally.skipped + tally.unreadable;
    let nothing = tally.applied + undone == 0 && !job.notes.is_empty();
    let why = match tally.applied {
        0 if nothing => "what it was not about is left as it is, and there was nothing else to do",
        0 => "nothing of it worked",
        _ => "it was applied in part",
    };
    let state = if undone == 0 && !nothing { State::Applied(frame.run()) } else { State::NotApplied(frame.run(), why) };
    review.restate(job, &state).await;
    if is_told || tally.applied + undone + report.released.len() > 0 {
        let marker = ApplyMarker::new(&job.comment_key(), &report.digest).write();
        put(job, review, &markdown::report(report, &frame.comment(&marker))).await;
    }
    stale::others(job, report).await;
    Ok(())
}

pub(super) fn save(job: &mut Job, report: &Report) -> Result<()> {
    let file = job.file(job.options.report_file.as_deref(), "report.json");
    files::save(&file, &wire::report_to_json_with(report, &job.beside))?;
    job.output("report-file", &file.display().to_string());
    let summary = Summary::of(report.targets.iter().map(|of| &of.target));
    job.count(&summary, report.released.len(), &report.digest);
    Ok(())
}

/// Writes the result on each pull request that was looked at: one comment, updated by later runs. A failure is only
/// reported.
async fn put(job: &mut Job, review: &Review<'_>, body: &str) {
    let Hub { client, me } = review.hub;
    for (at, voice) in review.voices.iter().enumerate() {
        match comment::write::<ApplyMarker>(client, me, voice.pull.number, &job.comment_key(), body).await {
            Ok(written) if at == 0 => job.output("comment-url", &written.html_url),
            Ok(_) => {}
            Err(error) => job.not_reported(&error),
        }
    }
}

/// A report in which nothing was tried, for the job that merges the reports of a matrix.
fn untried(plan: &Plan, why: &str) -> Report {
    let Plan { digest, catalog, targets, released } = plan.clone();
    let skip = |target: Target| {
        let outcomes = target.changes().map(|_| Outcome::Skipped(why.to_owned())).collect();
        TargetReport { target, outcomes }
    };
    Report { digest, catalog, targets: targets.into_iter().map(skip).collect(), released }
}
