//! Merged changes that are not applied yet, for the issue about drift.

use super::job::{Hub, Job, boxed};
use super::past::Past;
use crate::github::pull::{self, Pull};
use crate::model::change::{Origin, Plan};
use crate::render::escape::markdown::{inline, link};

/// The most pull requests to name.
const NAMED: usize = 20;

/// An alert that names the merges whose changes are listed among the drift. Empty if there are none.
pub(super) async fn notice(job: &mut Job, past: &Past, plan: &Plan) -> String {
    let changes = plan.changes().filter(|(_, change)| change.about.origin == Origin::PullRequest).count();
    let mut lines: Vec<String> = past.notes.iter().map(|note| inline(note)).collect();
    if changes > 0 {
        let what =
            if changes == 1 { "1 of the changes below is" } else { &format!("{changes} of the changes below are") };
        let merges = merges(job, past).await;
        let merges = if merges.is_empty() { String::new() } else { format!(": {}", merges.join(", ")) };
        lines.push(format!(
            "<b>Merged and not applied yet{merges}.</b> {what} no drift but what the catalog asks for since then. Run \
             the apply workflow by hand, or run its last run again."
        ));
    }
    boxed("IMPORTANT", &lines)
}

/// Links to the pull requests of the pending commits, with the runs that tried to apply them. For information only:
/// after a failed request the rest is left out.
async fn merges(job: &mut Job, past: &Past) -> Vec<String> {
    let mut named: Vec<String> = Vec::new();
    let Ok(Some(Hub { client, me: _ })) = job.hub().await else { return named };
    let branch = job.default_branch.clone().unwrap_or_default();
    for commit in past.pending().iter().rev() {
        let words = match pull::of_commit(&client, commit, &branch).await {
            Ok(Some(Pull { number, html_url, .. })) => link(&format!("pull request {number}"), &html_url),
            Ok(None) => continue,
            Err(error) => {
                job.not_reported(&error);
                return named;
            }
        };
        let run = past.run(commit).map(|run| format!(" ({})", link("its run", run))).unwrap_or_default();
        let words = format!("{words}{run}");
        if !named.contains(&words) {
            named.push(words);
        }
        if named.len() >= NAMED {
            break;
        }
    }
    named
}
