//! The event that started a run.

use serde::Deserialize;

/// The event that started a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A pull request was opened or changed.
    PullRequest(PullRequest),
    /// A review of a pull request was submitted, edited or dismissed.
    Review(PullRequest),
    /// A merge queue tests the result of merging a pull request.
    MergeGroup(MergeGroup),
    /// Commits were pushed to a branch.
    Push(Push),
    /// A schedule.
    Schedule,
    /// A call of GitHub's API from outside.
    RepositoryDispatch,
    /// A person or another workflow started it.
    WorkflowDispatch,
    /// Any other event.
    Other(String),
}

/// A pull request, from the payload of its event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequest {
    /// Its number.
    pub number: u64,
    /// What happened to it, such as `synchronize`.
    pub action: String,
    /// The proposed commit. `GITHUB_SHA` is a merge commit on no branch, so it is not used.
    pub head: String,
    /// The commit it is compared with.
    pub base: String,
    /// The branch that it is to be merged into.
    pub base_branch: String,
    /// Whether it comes from another repository, or from one that was deleted.
    pub fork: bool,
    /// Whether it is a draft. GitHub does not merge drafts.
    pub draft: bool,
    /// The names of its labels.
    pub labels: Vec<String>,
}

/// A merge group: a pull request in a merge queue together with those before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeGroup {
    /// The commit that the branch would get.
    pub head: String,
    /// The commit it is compared with.
    pub base: String,
    /// The ref of the branch, such as `refs/heads/main`.
    pub base_ref: String,
}

/// A push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Push {
    /// The last commit.
    pub sha: String,
    /// The commit that the branch was at before, if there was one.
    pub before: Option<String>,
    /// The pushed ref, such as `refs/heads/main`.
    pub git_ref: String,
}

/// An event with the data that all events share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion {
    /// The event that started the run.
    pub event: Event,
    /// The repository's default branch, if the event names it.
    pub default_branch: Option<String>,
    /// The type of a `repository_dispatch`.
    pub kind: Option<String>,
}

/// An event whose payload lacks a needed field.
#[derive(Debug, thiserror::Error)]
#[error("the event `{name}` can't be understood: {problem}")]
pub struct InvalidEvent {
    name: String,
    problem: serde_json::Error,
}

#[derive(Deserialize)]
struct Payload {
    repository: Option<RepositoryPart>,
    /// A string in most events. In a `repository_dispatch` it is the type that the sender chose.
    action: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct RepositoryPart {
    default_branch: Option<String>,
}

#[derive(Deserialize)]
struct PullPayload {
    #[serde(default)]
    action: String,
    pull_request: Pull,
}

#[derive(Deserialize)]
struct Pull {
    number: u64,
    head: End,
    base: End,
    #[serde(default)]
    draft: bool,
    #[serde(default)]
    labels: Vec<Label>,
}

#[derive(Deserialize)]
struct End {
    sha: String,
    #[serde(rename = "ref")]
    branch: String,
    repo: Option<Repo>,
}

#[derive(Deserialize)]
struct Repo {
    full_name: String,
}

#[derive(Deserialize)]
struct Label {
    name: String,
}

#[derive(Deserialize)]
struct GroupPayload {
    merge_group: Group,
}

#[derive(Deserialize)]
struct Group {
    head_sha: String,
    base_sha: String,
    base_ref: String,
}

#[derive(Deserialize)]
struct PushPayload {
    after: String,
    before: Option<String>,
    #[serde(rename = "ref")]
    git_ref: String,
}

impl Occasion {
    /// Parses the payload of the event `name`.
    pub fn read(name: &str, json: &str) -> Result<Self, InvalidEvent> {
        let invalid = |problem| InvalidEvent { name: name.to_owned(), problem };
        let Payload { repository, action } = serde_json::from_str(json).map_err(invalid)?;
        let event = match name {
            "pull_request" => Event::PullRequest(pull_request(json).map_err(invalid)?),
            "pull_request_review" => Event::Review(pull_request(json).map_err(invalid)?),
            "merge_group" => Event::MergeGroup(merge_group(json).map_err(invalid)?),
            "push" => Event::Push(push(json).map_err(invalid)?),
            "schedule" => Event::Schedule,
            "repository_dispatch" => Event::RepositoryDispatch,
            "workflow_dispatch" => Event::WorkflowDispatch,
            // This includes `pull_request_target`, which runs with secrets although the text comes from strangers.
            other => Event::Other(other.to_owned()),
        };
        let kind = action.filter(|_| event == Event::RepositoryDispatch);
        let kind = kind.and_then(|kind| kind.as_str().map(str::to_owned));
        Ok(Self { event, default_branch: repository.and_then(|it| it.default_branch), kind })
    }
}

fn pull_request(json: &str) -> Result<PullRequest, serde_json::Error> {
    let PullPayload { action, pull_request: Pull { number, head, base, draft, labels } } = serde_json::from_str(json)?;
    let (from, to) = (head.repo.map(|it| it.full_name), base.repo.map(|it| it.full_name));
    Ok(PullRequest {
        number,
        action,
        head: head.sha,
        base: base.sha,
        base_branch: base.branch,
        fork: from.is_none() || from != to,
        draft,
        labels: labels.into_iter().map(|label| label.name).collect(),
    })
}

fn merge_group(json: &str) -> Result<MergeGroup, serde_json::Error> {
    let GroupPayload { merge_group: Group { head_sha, base_sha, base_ref } } = serde_json::from_str(json)?;
    Ok(MergeGroup { head: head_sha, base: base_sha, base_ref })
}

fn push(json: &str) -> Result<Push, serde_json::Error> {
    let PushPayload { after, before, git_ref } = serde_json::from_str(json)?;
    // The first push to a branch has a `before` of only zeros.
    let before = before.filter(|sha| sha.bytes().any(|byte| byte != b'0'));
    Ok(Push { sha: after, before, git_ref })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pull(head: &str) -> Event {
        let json = format!(
            r#"{{"action": "opened", "pull_request": {{"number": 7, "labels": [{{"name": "a"}}],
                "head": {{"sha": "4be1", "ref": "topic", "repo": {head}}},
                "base": {{"sha": "77d0", "ref": "main", "repo": {{"full_name": "acme/catalog"}}}}}},
                "repository": {{"default_branch": "main"}}}}"#
        );
        Occasion::read("pull_request", &json).unwrap().event
    }

    #[test]
    fn a_fork_is_what_is_not_surely_ours() {
        for (head, fork) in
            [(r#"{"full_name": "acme/catalog"}"#, false), (r#"{"full_name": "someone/catalog"}"#, true), ("null", true)]
        {
            let Event::PullRequest(pull) = pull(head) else { panic!("a pull request") };
            assert_eq!((pull.fork, pull.number, pull.head.as_str()), (fork, 7, "4be1"));
        }
    }

    #[test]
    fn a_first_push_has_nothing_before() {
        let json =
            r#"{"after": "4be1", "before": "0000000000000000000000000000000000000000", "ref": "refs/heads/main"}"#;
        let Occasion { event, default_branch, kind: _ } = Occasion::read("push", json).unwrap();
        let push = Push { sha: "4be1".to_owned(), before: None, git_ref: "refs/heads/main".to_owned() };
        assert_eq!((event, default_branch), (Event::Push(push), None));
    }

    #[test]
    fn other_events_with_pull_requests_are_not_pull_requests() {
        for name in ["pull_request_target", "issue_comment", "workflow_run"] {
            assert_eq!(Occasion::read(name, "{}").unwrap().event, Event::Other(name.to_owned()));
        }
        let json = r#"{"merge_group": {"head_sha": "4be1", "base_sha": "77d0", "base_ref": "refs/heads/main"}}"#;
        let group =
            MergeGroup { head: "4be1".to_owned(), base: "77d0".to_owned(), base_ref: "refs/heads/main".to_owned() };
        assert_eq!(Occasion::read("merge_group", json).unwrap().event, Event::MergeGroup(group));
        let kind = |name: &str, json: &str| Occasion::read(name, json).unwrap().kind;
        assert_eq!(kind("repository_dispatch", r#"{"action": "x"}"#).as_deref(), Some("x"));
        assert_eq!(kind("repository_dispatch", r#"{"action": 7}"#), None);
        assert_eq!(kind("workflow_dispatch", r#"{"action": "x"}"#), None);
        assert!(Occasion::read("pull_request", "{}").unwrap_err().to_string().contains("`pull_request`"));
    }
}
