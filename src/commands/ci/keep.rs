//! Keeps what was shown in a check run, and says there what stands in the way of the merge.

use std::collections::BTreeSet;

use super::job::{Hub, Job};
use crate::github::check::{self, Check, Conclusion, ROOM, Text};
use crate::github::comment::Comment;
use crate::github::marker::{Marker as _, PlanMarker};
use crate::github::shown::{About, Record};
use crate::github::{Error, Moment};
use crate::model::change::{Plan, Summary};
use crate::plan::{Removals, Reviewed};

/// So many characters of the record are for what is not a fingerprint: times and words.
const WORDS: usize = 6_000;

/// A record in its check run.
pub(super) struct Kept {
    pub(super) check: Check,
    pub(super) record: Record,
}

/// Which record: of a pull request's plan, or of drift.
fn id(folder: &str, pull: Option<u64>) -> (String, String) {
    let word = if pull.is_some() { "plan" } else { "drift" };
    let name = if folder == "catalog" { format!("catalog {word}") } else { format!("catalog {word} ({folder})") };
    let number = pull.map(|number| format!("{number}:")).unwrap_or_default();
    (name, format!("catalog-sync:{word}:{number}{folder}"))
}

/// What was kept on a commit. A text that is no record of this very plan counts as none.
pub(super) async fn find(hub: &Hub, folder: &str, pull: Option<u64>, sha: &str) -> Result<Option<Kept>, Error> {
    find_and_whose(hub, folder, pull, sha).await.map(|(kept, _)| kept)
}

/// The same, and the other apps that have kept one, which counts for nothing.
pub(super) async fn find_and_whose(
    hub: &Hub,
    folder: &str,
    pull: Option<u64>,
    sha: &str,
) -> Result<(Option<Kept>, BTreeSet<String>), Error> {
    let Hub { client, me } = hub;
    let (name, external_id) = id(folder, pull);
    let check::Found { ours, others } = check::find(client, me, sha, &name, &external_id).await?;
    let kept = ours.and_then(|check| {
        let record = Record::read(check.text());
        let record = record.filter(|record| record.catalog == folder && record.pull == pull && record.head == sha);
        record.map(|record| Kept { check, record })
    });
    Ok((kept, others))
}

/// What was kept on the commit that our comment names. People can edit the comment, so what is there counts only as the
/// record of this very pull request: it was shown there, whichever of them it is.
pub(super) async fn pointed_at(
    hub: &Hub,
    folder: &str,
    pull: u64,
    comment: Option<&Comment>,
) -> Result<Option<Kept>, Error> {
    let head = comment.and_then(|comment| PlanMarker::read(comment.body())).and_then(|marker| marker.head);
    match head.filter(|head| is_commit(head)) {
        Some(head) => find(hub, folder, Some(pull), &head).await,
        None => Ok(None),
    }
}

/// Whether a text that people may have written can stand in an address.
fn is_commit(text: &str) -> bool {
    (7..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The record of a plan that is shown now.
pub(super) fn record(
    job: &Job,
    hub: &Hub,
    plan: &Plan,
    (pull, head): (Option<u64>, &str),
    objection: &str,
    earlier: Option<&Record>,
) -> Record {
    let summary = plan.summary();
    let Summary { targets: _, creates: _, updates: _, removes, drift: _, warnings: _, unreadable } = summary;
    let about = About {
        catalog: &job.folder(),
        pull,
        head,
        digest: &plan.digest,
        removals: removes,
        portfolio_removals: Removals::of(plan).portfolios,
        objection,
        title: &title(&summary),
        whole: unreadable == 0,
    };
    let shown = Reviewed::record(plan, ROOM.saturating_sub(WORDS));
    Record::new(about, &shown, Moment(hub.client.now()), earlier)
}

/// A plan in a few words, as it stands in the list of checks.
fn title(summary: &Summary) -> String {
    let Summary { targets: _, creates, updates, removes, drift: _, warnings: _, unreadable } = summary;
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
    let (name, _) = id(&folder, Some(0));
    let external_id = format!("catalog-sync:group:{folder}");
    let summary = plan.summary();
    let run = job.environment.run();
    let there = check::find(&hub.client, &hub.me, head, &name, &external_id).await?.ours;
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

/// Writes the record into its check run. A required check blocks the merge as long as something stands in the way.
pub(super) async fn put(
    job: &Job,
    hub: &Hub,
    there: Option<&Check>,
    record: &Record,
    Approval { approvals, workflow }: Approval<'_>,
    annotations: &[serde_json::Value],
) -> Result<Check, Error> {
    let Hub { client, me } = hub;
    let (name, external_id) = id(&record.catalog, record.pull);
    let unapproved = unapproved(record, approvals).unwrap_or_default();
    let (conclusion, title) = match (record.whole, unapproved, record.objection.as_str()) {
        (false, _, _) => (Conclusion::Failure, record.title.clone()),
        _ if workflow.is_some() => {
            (Conclusion::ActionRequired, format!("{}: changes a workflow, needs an approval", record.title))
        }
        (true, 0, "") => (Conclusion::Success, record.title.clone()),
        (true, 0, objection) => (Conclusion::ActionRequired, format!("{}: {objection}", record.title)),
        (true, unapproved, _) => {
            (Conclusion::ActionRequired, format!("{}: {unapproved} shown since the last approval", record.title))
        }
    };
    let run = job.environment.run();
    let what = match record.pull {
        Some(_) => "An apply after the merge carries out what is kept here as shown, and nothing else.",
        None => "An apply by hand carries out what is kept here as shown.",
    };
    let again = match (unapproved, record.pull) {
        _ if workflow.is_some() => {
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
    check::put(client, me, there, &text).await
}
