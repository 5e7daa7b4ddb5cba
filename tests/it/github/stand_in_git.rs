//! The stand-in's branches, commits made through its API, and the pull requests that are opened there.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::State;

/// A commit that was made through the API.
#[derive(Debug, Clone)]
pub(in super::super) struct Commit {
    pub(in super::super) parents: Vec<String>,
    pub(in super::super) author: String,
    pub(in super::super) message: String,
    tree: String,
}

/// Objects, branches and pull requests that were made through the API.
#[derive(Debug, Default)]
pub(in super::super) struct Git {
    blobs: BTreeMap<String, String>,
    /// The files of each tree that were changed through the API, by path.
    trees: BTreeMap<String, BTreeMap<String, String>>,
    pub(in super::super) commits: BTreeMap<String, Commit>,
    pub(in super::super) branches: BTreeMap<String, String>,
    pub(in super::super) proposals: BTreeMap<u64, Value>,
    /// Whether the repository's settings forbid workflows to open pull requests.
    pub(in super::super) may_not_propose: bool,
}

impl Git {
    /// The content of a file on a branch, which must have changed it.
    pub(in super::super) fn file(&self, branch: &str, path: &str) -> String {
        let commit = &self.commits[&self.branches[branch]];
        self.blobs[&self.trees[&commit.tree][path]].clone()
    }

    /// A commit and all its ancestors that were made here.
    fn reached(&self, tip: &str) -> BTreeSet<String> {
        let (mut reached, mut next) = (BTreeSet::new(), vec![tip.to_owned()]);
        while let Some(sha) = next.pop() {
            next.extend(self.commits.get(&sha).into_iter().flat_map(|commit| commit.parents.clone()));
            reached.insert(sha);
        }
        reached
    }

    /// Adds a commit by a user to a branch.
    pub(in super::super) fn push(&mut self, branch: &str, login: &str) {
        let tip = self.branches[branch].clone();
        let tree = self.commits[&tip].tree.clone();
        let commit = Commit { parents: vec![tip.clone()], author: login.to_owned(), message: "mine".to_owned(), tree };
        let sha = format!("{:040x}", self.commits.len() + 0xabc);
        self.commits.insert(sha.clone(), commit);
        self.branches.insert(branch.to_owned(), sha);
    }

    /// The only pull request. Panics if there are more or none.
    #[track_caller]
    pub(in super::super) fn proposal(&self) -> Value {
        assert_eq!(self.proposals.len(), 1, "{:?}", self.proposals);
        self.proposals.values().next().cloned().expect("one")
    }
}

/// The open or the closed pull requests, including those that were opened through the API.
fn listed(state: &State, query: &str) -> Vec<Value> {
    let is_closed = query.contains("state=closed");
    let of = if is_closed { "closed" } else { "open" };
    let opened = state.git.proposals.values().filter(|pull| pull["state"] == of).cloned();
    let mut pulls: Vec<Value> = if is_closed {
        state.pulls.values().flatten().cloned().collect()
    } else {
        let open = |number: &u64| {
            json!({
                "number": number, "state": "open", "html_url": format!("https://github.com/acme/catalog/pull/{number}"),
                "body": null, "user": {"login": "author", "type": "User"}, "head": {"ref": "topic", "sha": "4be1"},
            })
        };
        state.open.iter().map(open).collect()
    };
    pulls.extend(opened);
    if let Some(head) = query.split('&').find_map(|part| part.strip_prefix("head=")) {
        let head = head.replace("%3A", ":").replace("%2F", "/");
        pulls.retain(|pull| format!("acme:{}", pull["head"]["ref"].as_str().unwrap_or_default()) == head);
    }
    pulls
}

fn invalid(message: &str) -> (u16, Value) {
    (422, json!({"message": message}))
}

/// GitHub's error for a body with an unknown field or without a required one.
fn misshapen(body: &Value, needed: &[&str], further: &[&str]) -> Option<(u16, Value)> {
    let fields = body.as_object()?;
    let odd = fields.keys().find(|name| !needed.contains(&name.as_str()) && !further.contains(&name.as_str()));
    let missing = needed.iter().find(|name| !fields.contains_key(**name));
    odd.map(|name| invalid(&format!("{name} is not a permitted key")))
        .or_else(|| missing.map(|name| invalid(&format!("{name} wasn't supplied"))))
}

fn hash(text: &str) -> String {
    let two = text.bytes().fold((7_u64, 11_u64), |(one, other), byte| {
        (
            one.wrapping_mul(0x0100_0000_01b3) ^ u64::from(byte),
            other.wrapping_mul(0x9e37_79b9).wrapping_add(u64::from(byte)),
        )
    });
    format!("{:016x}{:016x}{:08x}", two.0, two.1, text.len())
}

/// The answer to a call about Git data or opened pull requests; `None` for any other call.
pub(super) fn route(state: &mut State, call: (&str, &[&str]), query: &str, body: &Value) -> Option<(u16, Value)> {
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let not_found = (404, json!({"message": "Not Found"}));
    let main = state.commits.clone();
    let is_known = |state: &State, sha: &str| main.iter().any(|it| it == sha) || state.git.commits.contains_key(sha);
    Some(match call {
        ("GET", ["git", "ref", "heads", name @ ..]) => {
            let name = name.join("/");
            state.git.branches.get(&name).map_or(not_found, |sha| (200, reference(&name, sha)))
        }
        ("POST", ["git", "refs"]) => {
            let (name, sha) = (text("ref"), text("sha"));
            let Some(name) = name.strip_prefix("refs/heads/").map(str::to_owned) else {
                return Some(invalid("Reference name must start with 'refs/'."));
            };
            if let Some(refused) = misshapen(body, &["ref", "sha"], &[]) {
                refused
            } else if state.git.branches.contains_key(&name) || name == "main" {
                invalid("Reference already exists")
            } else if !is_known(state, &sha) {
                invalid("Object does not exist")
            } else {
                state.git.branches.insert(name.clone(), sha.clone());
                (201, reference(&name, &sha))
            }
        }
        ("PATCH", ["git", "refs", "heads", name @ ..]) => {
            let (name, sha) = (name.join("/"), text("sha"));
            let Some(tip) = state.git.branches.get(&name).cloned() else {
                return Some(invalid("Reference does not exist"));
            };
            assert_ne!(body["force"], true, "a branch is never forced");
            if let Some(refused) = misshapen(body, &["sha"], &["force"]) {
                refused
            } else if !state.git.reached(&sha).contains(&tip) {
                invalid("Update is not a fast forward")
            } else {
                state.git.branches.insert(name.clone(), sha.clone());
                (200, reference(&name, &sha))
            }
        }
        ("POST", ["git", "blobs"]) => {
            if let Some(refused) = misshapen(body, &["content"], &["encoding"]) {
                return Some(refused);
            }
            assert_eq!(body["encoding"], "utf-8");
            let sha = hash(&text("content"));
            state.git.blobs.insert(sha.clone(), text("content"));
            (201, json!({"sha": sha, "url": format!("https://api.github.com/repos/acme/catalog/git/blobs/{sha}")}))
        }
        ("GET", ["git", "commits", sha]) if is_known(state, sha) => {
            let tree = state.git.commits.get(*sha).map_or_else(|| hash(&format!("tree {sha}")), |it| it.tree.clone());
            (200, json!({"sha": sha, "tree": {"sha": tree, "url": "https://api.github.com/x"}}))
        }
        ("POST", ["git", "trees"]) => tree(state, body),
        ("POST", ["git", "commits"]) => {
            let parents: Vec<String> = serde_json::from_value(body["parents"].clone()).unwrap_or_default();
            // GitHub signs a commit only if the request gives no author and no committer.
            if let Some(refused) = misshapen(body, &["message", "tree", "parents"], &[]) {
                refused
            } else if !state.git.trees.contains_key(&text("tree")) || !parents.iter().all(|sha| is_known(state, sha)) {
                invalid("Tree SHA does not exist")
            } else {
                let commit =
                    Commit { parents, author: state.login.clone(), message: text("message"), tree: text("tree") };
                let sha = hash(&format!("commit {commit:?} {}", state.tick()));
                state.git.commits.insert(sha.clone(), commit);
                (201, json!({"sha": sha, "message": text("message")}))
            }
        }
        ("GET", ["contents", path @ ..]) => {
            let commit = query.strip_prefix("ref=").and_then(|sha| state.git.commits.get(sha));
            let blob = commit.and_then(|it| state.git.trees[&it.tree].get(&path.join("/")));
            blob.map_or(not_found, |sha| (200, json!({"type": "file", "path": path.join("/"), "sha": sha})))
        }
        ("GET", ["compare", range]) => {
            let (from, to) = range.split_once("...").unwrap_or_default();
            if !state.git.commits.contains_key(to) {
                return None;
            }
            compare(state, from, to)
        }
        ("GET", ["pulls"]) => (200, listed(state, query).into()),
        ("POST", ["pulls"]) => propose(state, body),
        ("PATCH", ["pulls", number]) => {
            let pull = state.git.proposals.get_mut(&number.parse().unwrap_or_default());
            match (pull, misshapen(body, &[], &["title", "body", "state", "base"])) {
                (Some(pull), None) => {
                    for (key, value) in body.as_object().into_iter().flatten() {
                        pull[key] = value.clone();
                    }
                    (200, pull.clone())
                }
                (None, _) => not_found,
                (_, Some(refused)) => refused,
            }
        }
        _ => return None,
    })
}

fn reference(name: &str, sha: &str) -> Value {
    json!({"ref": format!("refs/heads/{name}"), "object": {"sha": sha, "type": "commit"}})
}

fn tree(state: &mut State, body: &Value) -> (u16, Value) {
    if let Some(refused) = misshapen(body, &["tree"], &["base_tree"]) {
        return refused;
    }
    let base = body["base_tree"].as_str().unwrap_or_default();
    let of_main = state.commits.iter().any(|sha| hash(&format!("tree {sha}")) == base);
    if !of_main && !state.git.trees.contains_key(base) {
        // Without `base_tree` a commit would delete all other files.
        return invalid("base_tree is not a valid tree oid");
    }
    let mut files = state.git.trees.get(base).cloned().unwrap_or_default();
    for entry in body["tree"].as_array().into_iter().flatten() {
        let of = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        if of("mode") != "100644" || of("type") != "blob" || !state.git.blobs.contains_key(&of("sha")) {
            return invalid("tree.sha is not valid");
        }
        files.insert(of("path"), of("sha"));
    }
    let sha = hash(&format!("{base} {files:?}"));
    state.git.trees.insert(sha.clone(), files);
    (201, json!({"sha": sha, "truncated": false}))
}

fn compare(state: &State, from: &str, to: &str) -> (u16, Value) {
    let reached = state.git.reached(to);
    let at = |sha: &str| state.commits.iter().position(|it| it == sha);
    // The commits of the default branch that `to` contains and `from` does not.
    let newest = reached.iter().filter_map(|sha| at(sha)).max();
    let behind = at(from).map_or(0, |at| at + 1);
    let on_main = state.commits.get(behind..newest.map_or(behind, |at| at + 1).max(behind)).unwrap_or_default();
    let made = reached.iter().filter_map(|sha| state.git.commits.get(sha)).map(|commit| commit.author.clone());
    let authors = made.chain(on_main.iter().map(|_| "author".to_owned()));
    let commits: Vec<Value> = authors
        .map(|login| {
            let kind = if login.ends_with("[bot]") { "Bot" } else { "User" };
            json!({"sha": "5b", "author": {"login": login, "type": kind}})
        })
        .collect();
    let tree = state.git.commits.get(to).and_then(|commit| state.git.trees.get(&commit.tree));
    let file = |(path, sha): (&String, &String)| json!({"filename": path, "sha": sha, "status": "modified"});
    let files: Vec<Value> = tree.into_iter().flatten().map(file).collect();
    let is_ahead = newest.is_some_and(|newest| newest + 1 >= behind);
    let status = if is_ahead { "ahead" } else { "diverged" };
    (200, json!({"status": status, "total_commits": commits.len(), "commits": commits, "files": files}))
}

fn propose(state: &mut State, body: &Value) -> (u16, Value) {
    if state.git.may_not_propose {
        return (403, json!({"message": "GitHub Actions is not permitted to create or approve pull requests."}));
    }
    if let Some(refused) = misshapen(body, &["title", "head", "base"], &["body"]) {
        return refused;
    }
    let head = body["head"].as_str().unwrap_or_default().to_owned();
    let Some(sha) = state.git.branches.get(&head).cloned() else { return invalid("Validation Failed") };
    let is_same = |pull: &&Value| pull["state"] == "open" && pull["head"]["ref"] == head.as_str();
    if state.git.proposals.values().any(|pull| is_same(&pull)) {
        return invalid(&format!("A pull request already exists for acme:{head}."));
    }
    let number = state.id();
    let kind = if state.login.ends_with("[bot]") { "Bot" } else { "User" };
    let pull = json!({
        "number": number, "state": "open", "title": body["title"], "body": body["body"], "merged_at": null,
        "user": {"login": state.login, "type": kind}, "head": {"ref": head, "sha": sha},
        "base": {"ref": body["base"], "sha": "77d0"},
        "html_url": format!("https://github.com/acme/catalog/pull/{number}"),
    });
    state.git.proposals.insert(number, pull.clone());
    (201, pull)
}
