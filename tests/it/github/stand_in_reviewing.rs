//! The stand-in's pull requests, reviews, check runs, and the order of commits.

use serde_json::{Value, json};

use super::State;

impl State {
    /// Adds a deployment of the tool's own, as an earlier run left it.
    pub(in super::super) fn deployed(&mut self, organization: &str, sha: &str, payload: &Value, state: &str) {
        let (id, at) = (self.id(), self.tick());
        self.deployments.push(json!({
            "id": id, "sha": sha, "environment": format!("catalog-sync/{organization}"), "payload": payload,
            "created_at": at, "creator": {"login": self.login, "type": "Bot"},
        }));
        self.statuses.insert(id, vec![json!({"state": state, "created_at": at})]);
    }

    /// Adds a review by a user.
    pub(in super::super) fn review(&mut self, number: u64, login: &str, state: &str) {
        let at = self.tick();
        let kind = if login.ends_with("[bot]") { "Bot" } else { "User" };
        let review = json!({
            "id": self.id(), "user": {"login": login, "type": kind}, "state": state, "submitted_at": at,
        });
        self.reviews.entry(number).or_default().push(review);
    }

    /// The title, the conclusion and the stored text of the last check run on a commit.
    pub(in super::super) fn check(&self, sha: &str) -> (String, String, String) {
        let check = self.checks.iter().rfind(|check| check["head_sha"] == sha).expect("a check run");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (text(&check["output"]["title"]), text(&check["conclusion"]), text(&check["output"]["text"]))
    }

    /// Puts a label on a pull request, as a reviewer.
    pub(in super::super) fn label(&mut self, number: u64, name: &str) {
        self.label_by(number, name, "reviewer");
    }

    pub(in super::super) fn label_by(&mut self, number: u64, name: &str, login: &str) {
        let at = self.tick();
        let kind = if login.ends_with("[bot]") { "Bot" } else { "User" };
        let actor = json!({"login": login, "type": kind});
        let event = json!({"event": "labeled", "label": {"name": name}, "created_at": at, "actor": actor});
        self.events.entry(number).or_default().push(event);
    }
}

/// The answer to a call about reviews, check runs or commits; `None` for any other call.
pub(super) fn route(state: &mut State, call: (&str, &[&str]), query: &str, body: &Value) -> Option<(u16, Value)> {
    let not_found = (404, json!({"message": "Not Found"}));
    let number = call.1.get(1).and_then(|part| part.parse::<u64>().ok()).unwrap_or_default();
    Some(match call {
        ("GET", ["compare", range]) => compare(state, range, query),
        ("GET", ["commits", sha, "check-runs"]) => {
            let is_first = !query.contains("&page=") || query.ends_with("&page=1");
            let on_it = state.checks.iter().filter(|check| is_first && check["head_sha"] == *sha);
            let check_runs: Vec<Value> = on_it.cloned().collect();
            (200, json!({"total_count": check_runs.len(), "check_runs": check_runs}))
        }
        // Only a GitHub App's token may create check runs, and a person's token is none.
        ("POST", ["check-runs"]) if !state.login.ends_with("[bot]") => {
            (403, json!({"message": "You must authenticate via a GitHub App."}))
        }
        ("POST", ["check-runs"]) => {
            let id = state.id();
            let mut check = body.clone();
            check["id"] = json!(id);
            check["app"] = json!({"slug": state.login.trim_end_matches("[bot]")});
            check["html_url"] = json!(format!("https://github.com/acme/catalog/runs/{id}"));
            state.checks.push(check.clone());
            *state.annotations.entry(id).or_default() += annotated(body);
            (201, check_as_answered(&check))
        }
        ("PATCH", ["check-runs", _]) => {
            let wanted = number;
            match state.checks.iter_mut().find(|check| check["id"] == wanted) {
                Some(check) => {
                    for (key, value) in body.as_object().into_iter().flatten() {
                        check[key] = value.clone();
                    }
                    let check = check_as_answered(check);
                    *state.annotations.entry(wanted).or_default() += annotated(body);
                    (200, check)
                }
                None => not_found,
            }
        }
        ("GET", ["pulls", _]) => {
            let merged = state.pulls.values().flatten().rfind(|pull| pull["number"] == number).cloned();
            let open = state.heads.get(&number).map(|head| {
                json!({
                    "number": number, "state": "open", "merged_at": null, "merge_commit_sha": null,
                    "html_url": format!("https://github.com/acme/catalog/pull/{}", number),
                    "base": {"sha": "77d0", "ref": "main"}, "head": {"sha": head, "ref": "topic"},
                    "user": {"login": "author", "type": "User"},
                })
            });
            // The head commit is the one that the branch has now.
            let proposed = state.git.proposals.get(&number).cloned().map(|mut pull| {
                pull["head"]["sha"] = json!(state.git.branches.get(pull["head"]["ref"].as_str().unwrap_or_default()));
                pull["merge_commit_sha"] = Value::Null;
                pull
            });
            open.or(merged).or(proposed).map_or(not_found, |pull| (200, pull))
        }
        ("GET", ["pulls", _, "reviews"]) => (200, json!(state.reviews.get(&number).cloned().unwrap_or_default())),
        ("GET", ["pulls", _, "files"]) => {
            let files = state.files.get(&number).cloned().unwrap_or_default();
            (200, files.iter().map(|name| json!({"filename": name})).collect())
        }
        ("GET", ["collaborators", login, "permission"]) => {
            let permission = if state.may_not_write.contains(login) { "read" } else { "write" };
            (200, json!({"permission": permission}))
        }
        _ => return None,
    })
}

/// Compares two commits by their position on the default branch. A commit that is not on it counts as older than all
/// others, unless it is known to be gone.
fn compare(state: &State, range: &str, query: &str) -> (u16, Value) {
    let (from, to) = range.split_once("...").unwrap_or_default();
    let last = state.commits.last().cloned().unwrap_or_default();
    let named = |sha: &str| if sha == "main" { last.clone() } else { sha.to_owned() };
    let (from, to) = (named(from), named(to));
    if state.gone.contains(&from) || state.gone.contains(&to) {
        return (404, json!({"message": "Not Found"}));
    }
    let at = |sha: &str| state.commits.iter().position(|commit| commit == sha).map_or(0, |at| at + 1);
    let status = match at(&from).cmp(&at(&to)) {
        _ if from == to => "identical",
        _ if state.elsewhere.contains(&from) || state.elsewhere.contains(&to) => "diverged",
        std::cmp::Ordering::Greater => "behind",
        std::cmp::Ordering::Less | std::cmp::Ordering::Equal => "ahead",
    };
    let between = state.commits.get(at(&from)..at(&to)).unwrap_or_default();
    let of =
        |name: &str| query.split('&').find_map(|part| part.strip_prefix(&format!("{name}="))?.parse::<usize>().ok());
    let (page, size) = (of("page").unwrap_or(1), of("per_page").unwrap_or(30).min(state.page));
    let shown = between.iter().skip((page - 1) * size).take(size);
    let commits: Vec<Value> = shown.map(|sha| json!({"sha": sha})).collect();
    (200, json!({"status": status, "total_commits": between.len(), "commits": commits}))
}

/// The number of annotations in a call. GitHub accepts at most 50.
fn annotated(body: &Value) -> usize {
    let number = body["output"]["annotations"].as_array().map(Vec::len).unwrap_or_default();
    assert!(number <= 50, "{number} annotations in a call");
    number
}

/// A check run as GitHub answers it: with the number of annotations instead of the annotations.
fn check_as_answered(check: &Value) -> Value {
    let mut check = check.clone();
    if let Some(output) = check["output"].as_object_mut() {
        let number = output.remove("annotations").and_then(|all| all.as_array().map(Vec::len)).unwrap_or_default();
        output.insert("annotations_count".to_owned(), json!(number));
    }
    check
}
