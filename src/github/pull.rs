//! The pull request that a commit came from, and its labels.

use serde::Deserialize;

use super::client::{Call, Client};
use super::error::Error;
use super::moment::Moment;
use super::user::User;

/// A pull request.
#[derive(Debug, Clone, Deserialize)]
pub struct Pull {
    /// Its number.
    pub number: u64,
    /// Its URL, for people.
    pub html_url: String,
    #[serde(default)]
    state: String,
    /// When it was merged. `None` if it was not.
    pub merged_at: Option<Moment>,
    merge_commit_sha: Option<String>,
    base: End,
    /// The proposed branch.
    pub head: End,
    /// The user who opened it.
    #[serde(rename = "user")]
    pub author: Option<User>,
}

impl Pull {
    /// Whether it is open and `head` is still its last commit.
    pub fn is_open_at(&self, head: &str) -> bool {
        self.state == "open" && self.head.sha == head
    }
}

/// Reads a pull request.
pub async fn get(client: &Client, number: u64) -> Result<Pull, Error> {
    client
        .one(Call::get(format!("read the pull request #{number}"), "pull-requests: read", format!("pulls/{number}")))
        .await
}

#[derive(Deserialize)]
struct File {
    filename: String,
    #[serde(default)]
    previous_filename: Option<String>,
}

/// GitHub lists at most this many files of a pull request. The rest is unknown.
const LISTED: usize = 3_000;

/// A changed file that could make the pull request's own jobs write anything under this tool's name: a workflow, or
/// an action of the repository. `None` if there is no such file.
pub async fn changes_a_workflow(client: &Client, number: u64) -> Result<Option<String>, Error> {
    let call =
        Call::get(format!("list the files of #{number}"), "pull-requests: read", format!("pulls/{number}/files"));
    let files: Vec<File> = client.all(call).await?;
    if files.len() >= LISTED {
        return Ok(Some(format!("more than {LISTED} files")));
    }
    let paths = files.into_iter().flat_map(|File { filename, previous_filename }| [Some(filename), previous_filename]);
    Ok(paths.flatten().find(|path| runs_in_a_job(path)))
}

fn runs_in_a_job(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    path.starts_with(".github/workflows/")
        || path.starts_with(".github/actions/")
        || matches!(name, "action.yml" | "action.yaml")
}

/// The head or the base of a pull request.
#[derive(Debug, Clone, Deserialize)]
pub struct End {
    /// The commit.
    pub sha: String,
    /// The branch.
    #[serde(rename = "ref")]
    pub branch: String,
}

/// The merged pull request that brought a commit onto `branch`, by merge, squash or rebase.
pub async fn of_commit(client: &Client, sha: &str, branch: &str) -> Result<Option<Pull>, Error> {
    let what = format!("find the pull request of the commit {sha}");
    let pulls: Vec<Pull> = client.all(Call::get(what, "pull-requests: read", format!("commits/{sha}/pulls"))).await?;
    // GitHub also returns pull requests to other branches, and some that merely contain the commit.
    let merged = pulls.into_iter().filter(|pull| pull.merged_at.is_some() && pull.base.branch == branch);
    Ok(merged.max_by_key(|pull| (pull.merge_commit_sha.as_deref() == Some(sha), pull.merged_at)))
}

#[derive(Deserialize)]
struct Happening {
    event: String,
    created_at: Option<Moment>,
    label: Option<Label>,
    actor: Option<User>,
}

#[derive(Deserialize)]
struct Label {
    name: String,
}

/// The event that put a label on a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Put {
    /// When the label was added.
    pub at: Option<Moment>,
    /// The user who added it.
    pub by: Option<User>,
}

/// When and by whom a label was added. `None` if the pull request does not have it now.
pub async fn label_put(client: &Client, number: u64, label: &str) -> Result<Option<Put>, Error> {
    let what = format!("see when #{number} got its labels");
    let events: Vec<Happening> =
        client.all(Call::get(what, "pull-requests: read", format!("issues/{number}/events"))).await?;
    let mut put = None;
    for Happening { event, created_at, label: about, actor } in events {
        // GitHub label names are case-insensitive.
        if about.is_some_and(|about| about.name.eq_ignore_ascii_case(label)) {
            match event.as_str() {
                "labeled" => put = Some(Put { at: created_at, by: actor }),
                "unlabeled" => put = None,
                _ => {}
            }
        }
    }
    Ok(put)
}

#[derive(Deserialize)]
struct About {
    default_branch: String,
}

/// Asks GitHub for the repository's default branch.
pub async fn default_branch(client: &Client) -> Result<String, Error> {
    let path = format!("/repos/{}", client.repository());
    let About { default_branch } = client.one(Call::get("ask for the default branch", "contents: read", path)).await?;
    Ok(default_branch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_run_in_a_job_are_known_by_their_path() {
        for path in [".github/workflows/plan.yml", ".github/actions/x/run.sh", "action.yml", "tools/sync/action.yaml"] {
            assert!(runs_in_a_job(path), "{path}");
        }
        for path in ["catalog/marketplace/action.yml.yaml", ".github/CODEOWNERS", "workflows/plan.yml"] {
            assert!(!runs_in_a_job(path), "{path}");
        }
    }
}
