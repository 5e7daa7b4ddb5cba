//! Records in a check run what a plan has shown, and lets the check block the merge while something is in the way.

use std::collections::BTreeSet;

use super::job::{Hub, Job};
use crate::github::check::{self, Check, Conclusion, ROOM, Text};
use crate::github::comment::Comment;
use crate::github::marker::{Marker as _, PlanMarker};
use crate::github::shown::{self, About, Record};
use crate::github::{Error, Moment};
use crate::model::change::{Plan, Summary};
use crate::plan::{Removals, Reviewed};

/// The part of a record's characters that is left for times and words, besides the fingerprints.
const WORDS: usize = 6_000;

/// A record and the check run that holds it.
#[derive(Clone)]
pub(super) struct Kept {
    pub(super) check: Check,
    pub(super) record: Record,
}

/// The name and the external id of the check run for a record, of a pull request's plan or of drift.
fn id(folder: &str, pull: Option<u64>, only: Option<&str>) -> (String, String) {
    let word = if pull.is_some() { "plan" } else { "drift" };
    let name = if folder == "catalog" { format!("catalog {word}") } else { format!("catalog {word} ({folder})") };
    let number = pull.map(|number| format!("{number}:")).unwrap_or_default();
    let only = only.map(|only| format!("{PART}{only}")).unwrap_or_default();
    (name, format!("catalog-sync:{word}:{number}{folder}{only}"))
}

/// Separates the folder from the key of the selected targets in an external id.
const PART: &str = ":targets:";

/// The records of a pull request's plans on a commit: for all targets, and for jobs with some targets. Ignores a text
/// that is no record of exactly this plan.
pub(super) async fn find_all(hub: &Hub, folder: &str, pull: u64, sha: &str) -> Result<Vec<Kept>, Error> {
    find_all_and_whose(hub, folder, pull, sha).await.map(|(kept, _)| kept)
}

/// The same, with the names of other apps that have written such a check run. Their records don't count.
pub(super) async fn find_all_and_whose(
    hub: &Hub,
    folder: &str,
    pull: u64,
    sha: &str,
) -> Result<(Vec<Kept>, BTreeSet<String>), Error> {
    let Hub { client, me } = hub;
    let (name, external_id) = id(folder, Some(pull), None);
    let parts = format!("{external_id}{PART}");
    let is_one = |id: &str| id == external_id || id.starts_with(&parts);
    let check::Found { ours, others } = check::find_all(client, me, sha, &name, is_one).await?;
    let kept = |check: Check| {
        let record = Record::read(check.text())?;
        let is_this = record.catalog == folder && record.pull == Some(pull) && record.head == sha;
        let is_kept_here = id(folder, Some(pull), record.only.as_deref()).1 == check.external_id();
        (is_this && is_kept_here).then_some(Kept { check, record })
    };
    Ok((ours.into_iter().filter_map(kept).collect(), others))
}

/// The record on a commit. Ignores a text that is no record of exactly this plan.
pub(super) async fn find(hub: &Hub, folder: &str, pull: Option<u64>, sha: &str) -> Result<Option<Kept>, Error> {
    let Hub { client, me } = hub;
    let (name, external_id) = id(folder, pull, None);
    let Some(check) = check::find(client, me, sha, &name, &external_id).await? else { return Ok(None) };
    let record = Record::read(check.text());
    let record = record.filter(|record| record.catalog == folder && record.pull == pull && record.head == sha);
    Ok(record.map(|record| Kept { check, record }))
}

/// The records on the commits that our comments name. People can edit a comment, but a record found there counts only
/// if it is of this pull request, so it was shown there in any case.
pub(super) async fn pointed_at(hub: &Hub, folder: &str, pull: u64, comments: &[Comment]) -> Result<Vec<Record>, Error> {
    let markers = comments.iter().filter_map(|comment| PlanMarker::read(comment.body()));
    let heads: BTreeSet<String> = markers.filter_map(|marker| marker.head).filter(|head| is_commit(head)).collect();
    let mut records = Vec::new();
    for head in heads {
        records.extend(find_all(hub, folder, pull, &head).await?.into_iter().map(|kept| kept.record));
    }
    Ok(records)
}

/// Whether a text looks like a commit id. The text may be from people and goes into a URL.
pub(super) fn is_commit(text: &str) -> bool {
    (7..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The record of a plan that is shown now.
pub(super) fn record(
    job: &Job,
    hub: &Hub,
    plan: &Plan,
    (pull, head): (Option<u64>, &str),
    objection: &str,
    earlier: &[Record],
) -> Record {
    let summary = plan.summary();
    let Summary { targets: _, creates: _, updates: _, removes, drift: _, mirrored: _, warnings: _, unreadable } =
        summary;
    let only = job.filter.key().filter(|_| pull.is_some());
    let about = About {
        catalog: &job.folder(),
        pull,
        head,
        only: only.as_deref(),
        version: &plan.catalog.digest,
        digest: &plan.digest,
        removals: removes,
        portfolio_removals: Removals::of(plan).portfolios,
        objection,
        title: &title(&summary),
        whole: unreadable == 0,
    };
    let kept = Reviewed::record(plan, ROOM.saturating_sub(WORDS));
    Record::new(about, &kept, Moment(hub.client.now()), earlier)
}

/// A plan in a few words, for the list of checks.
fn title(summary: &Summary) -> String {
    let Summary { targets: _, creates, updates, removes, drift: _, mirrored: _, warnings: _, unreadable } = summary;
    let counted =
        [(removes, "to remove"), (updates, "to update"), (creates, "to create"), (unreadable, "not readable")];
    let parts: Vec<String> =
        counted.iter().filter(|(number, _)| **number > 0).map(|(number, what)| format!("{number} {what}")).collect();
    if parts.is_empty() { "in step".to_owned() } else { parts.join(", ") }
}

/// The number of changes that were not shown before the last approval. `None` without an approval.
pub(super) fn unapproved(record: &Record, approvals: &[Moment]) -> Option<usize> {
    approvals.iter().max().map(|last| record.since(*last).len())
}

/// Sets the check on the commit of a merge queue, where it is required as well. It holds no record: only the pull
/// requests' own records count as reviewed.
pub(super) async fn pass_group(job: &Job, hub: &Hub, plan: &Plan, head: &str) -> Result<(), Error> {
    let folder = job.folder();
    let (name, _) = id(&folder, Some(0), None);
    let external_id = format!("catalog-sync:group:{folder}");
    let summary = plan.summary();
    let run = job.environment.run();
    let there = check::find(&hub.client, &hub.me, head, &name, &external_id).await?;
    let text = Text {
        name: &name,
        external_id: &external_id,
        sha: head,
        title: &title(&summary),
        summary: "What the merge queue tries was planned. The plan is in the summary of the run.",
        text: "",
        conclusion: if summary.unreadable == 0 { Conclusion::Success } else { Conclusion::Failure },
        details: run.as_ref().map(|(_, url)| url.as_str()),
        annotations: &[],
    };
    check::put(&hub.client, &hub.me, there.as_ref(), &text).await.map(drop)
}

/// The approvals of a pull request.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Approval<'a> {
    /// The times of the approvals.
    pub(super) approvals: &'a [Moment],
    /// The file by which the pull request changes its own jobs, if nobody else has approved it.
    pub(super) workflow: Option<&'a str>,
}

/// The conclusion and the title of the check for a record.
fn ends(record: &Record, Approval { approvals, workflow }: Approval<'_>) -> (Conclusion, String) {
    let unapproved = unapproved(record, approvals).unwrap_or_default();
    let title = match &record.only {
        Some(_) => format!("{}, in some targets", record.title),
        None => record.title.clone(),
    };
    match (record.whole, unapproved, record.objection.as_str()) {
        (false, _, _) => (Conclusion::Failure, title),
        _ if workflow.is_some() => {
            (Conclusion::ActionRequired, format!("{title}: changes a workflow, needs an approval"))
        }
        (true, 0, "") => (Conclusion::Success, title),
        (true, 0, objection) => (Conclusion::ActionRequired, format!("{title}: {objection}")),
        (true, unapproved, _) => {
            (Conclusion::ActionRequired, format!("{title}: {unapproved} shown since the last approval"))
        }
    }
}

/// The records of other jobs that count together with this one.
pub(super) fn beside(record: &Record, others: Vec<Kept>) -> Vec<Kept> {
    let all = others.iter().map(|kept| kept.record.clone()).chain([record.clone()]);
    let counting = shown::counting(all.collect());
    others.into_iter().filter(|kept| kept.record != *record && counting.contains(&kept.record)).collect()
}

/// Writes a record into its check run. While this record or one of the `others` has something in the way, the check
/// blocks the merge: all check runs have the same name, so all get the same conclusion.
pub(super) async fn put(
    job: &Job,
    hub: &Hub,
    there: Option<&Check>,
    (record, others): (&Record, &[Kept]),
    about: Approval<'_>,
    annotations: &[serde_json::Value],
) -> Result<Check, Error> {
    let Hub { client, me } = hub;
    let (name, external_id) = id(&record.catalog, record.pull, record.only.as_deref());
    let unapproved = unapproved(record, about.approvals).unwrap_or_default();
    let own = ends(record, about);
    let in_the_way = others.iter().map(|kept| ends(&kept.record, about)).find(|it| it.0 != Conclusion::Success);
    let (conclusion, title) = match (own, in_the_way) {
        ((Conclusion::Success, own), Some((conclusion, other))) => {
            (conclusion, format!("{own}; in another job {other}"))
        }
        (own, _) => own,
    };
    let run = job.environment.run();
    let what = match record.pull {
        Some(_) => "An apply after the merge carries out what is kept here as shown, and nothing else.",
        None => "An apply by hand carries out what is kept here as shown.",
    };
    let again = match (unapproved, record.pull) {
        _ if about.workflow.is_some() => {
            " Nothing of it is applied until somebody other than its author, who may write, has approved it."
        }
        (0, _) | (_, None) => "",
        (_, Some(_)) => " What was shown since the last approval needs another one: approve the pull request again.",
    };
    let summary = format!("{what} The plan itself is in the comment and in the summary of the run.{again}");
    let text = record.write();
    let text = Text {
        name: &name,
        external_id: &external_id,
        sha: &record.head,
        title: &title,
        summary: &summary,
        text: &text,
        conclusion,
        details: run.as_ref().map(|(_, url)| url.as_str()),
        annotations,
    };
    let written = check::put(client, me, there, &text).await?;
    for other in others {
        check::conclude(client, &other.check, conclusion).await?;
    }
    Ok(written)
}
