//! Keeps what was shown in a check run, and says there what stands in the way of the merge.

use std::collections::BTreeSet;

use super::job::{Hub, Job};
use crate::github::check::{self, Check, Conclusion, ROOM, Text};
use crate::github::comment::Comment;
use crate::github::marker::{Marker as _, PlanMarker};
use crate::github::shown::{self, About, Record};
use crate::github::{Error, Moment};
use crate::model::change::{Plan, Summary};
use crate::plan::{Removals, Reviewed};

/// So many characters of the record are for what is not a fingerprint: times and words.
const WORDS: usize = 6_000;

/// A record in its check run.
#[derive(Clone)]
pub(super) struct Kept {
    pub(super) check: Check,
    pub(super) record: Record,
}

/// Which record: of a pull request's plan, or of drift.
fn id(folder: &str, pull: Option<u64>, only: Option<&str>) -> (String, String) {
    let word = if pull.is_some() { "plan" } else { "drift" };
    let name = if folder == "catalog" { format!("catalog {word}") } else { format!("catalog {word} ({folder})") };
    let number = pull.map(|number| format!("{number}:")).unwrap_or_default();
    let only = only.map(|only| format!("{PART}{only}")).unwrap_or_default();
    (name, format!("catalog-sync:{word}:{number}{folder}{only}"))
}

/// What stands between the folder and the word for some targets.
const PART: &str = ":targets:";

/// The records of a pull request's plans on a commit: of all targets, and of jobs that are about some. A text that is no
/// record of this very plan counts as none.
pub(super) async fn find_all(hub: &Hub, folder: &str, pull: u64, sha: &str) -> Result<Vec<Kept>, Error> {
    find_all_and_whose(hub, folder, pull, sha).await.map(|(kept, _)| kept)
}

/// The same, and the other apps that have kept one, which counts for nothing.
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

/// What was kept on a commit. A text that is no record of this very plan counts as none.
pub(super) async fn find(hub: &Hub, folder: &str, pull: Option<u64>, sha: &str) -> Result<Option<Kept>, Error> {
    let Hub { client, me } = hub;
    let (name, external_id) = id(folder, pull, None);
    let Some(check) = check::find(client, me, sha, &name, &external_id).await? else { return Ok(None) };
    let record = Record::read(check.text());
    let record = record.filter(|record| record.catalog == folder && record.pull == pull && record.head == sha);
    Ok(record.map(|record| Kept { check, record }))
}

/// What was kept on the commits that our comments name. People can edit a comment, so what is there counts only as a
/// record of this very pull request: it was shown there, whichever of them it is.
pub(super) async fn pointed_at(hub: &Hub, folder: &str, pull: u64, comments: &[Comment]) -> Result<Vec<Record>, Error> {
    let markers = comments.iter().filter_map(|comment| PlanMarker::read(comment.body()));
    let heads: BTreeSet<String> = markers.filter_map(|marker| marker.head).filter(|head| is_commit(head)).collect();
    let mut records = Vec::new();
    for head in heads {
        records.extend(find_all(hub, folder, pull, &head).await?.into_iter().map(|kept| kept.record));
    }
    Ok(records)
}

/// Whether a text that people may have written can stand in an address.
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

/// A plan in a few words, as it stands in the list of checks.
fn title(summary: &Summary) -> String {
    let Summary { targets: _, creates, updates, removes, drift: _, mirrored: _, warnings: _, unreadable } = summary;
    let counted =
        [(removes, "to remove"), (updates, "to update"), (creates, "to create"), (unreadable, "not readable")];
    let parts: Vec<String> =
        counted.iter().filter(|(number, _)| **number > 0).map(|(number, what)| format!("{number} {what}")).collect();
    if parts.is_empty() { "in step".to_owned() } else { parts.join(", ") }
}

/// What of a record was not shown before the last approval; `None` where nobody has approved.
pub(super) fn unapproved(record: &Record, approvals: &[Moment]) -> Option<usize> {
    approvals.iter().max().map(|last| record.since(*last).len())
}

/// Sets the check on the commit that a merge queue tries, where it is required as well. It keeps nothing: what counts as
/// reviewed is what the pull requests have shown.
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

/// What is known of those who approved a pull request.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Approval<'a> {
    /// When it was approved.
    pub(super) approvals: &'a [Moment],
    /// What it changes of its own jobs, where nobody else has approved it.
    pub(super) workflow: Option<&'a str>,
}

/// How a check ends by what its record has shown, and its title.
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

/// Those of the records of other jobs that count beside one.
pub(super) fn beside(record: &Record, others: Vec<Kept>) -> Vec<Kept> {
    let all = others.iter().map(|kept| kept.record.clone()).chain([record.clone()]);
    let counting = shown::counting(all.collect());
    others.into_iter().filter(|kept| kept.record != *record && counting.contains(&kept.record)).collect()
}

/// Writes the record into its check run. A required check blocks the merge as long as something stands in the way, in
/// this record or in one of the `others` that count beside it: all have the same name, and so all end alike.
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
