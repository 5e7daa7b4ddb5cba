//! A GitHub on loopback: it stores what it is sent, pages its lists, and can be told to fail.
//!
//! If `CATALOG_SYNC_GITHUB_REQUESTS` names a folder, it records its requests and answers there. `.ci/openapi.mjs`
//! checks them against GitHub's own description.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, http};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[path = "stand_in_git.rs"]
mod git;
#[path = "stand_in_reviewing.rs"]
mod reviewing;

/// An error answer for the next matching calls.
pub(super) struct Fault {
    /// The method and the beginning of the path.
    pub(super) call: &'static str,
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: &'static str,
    pub(super) times: usize,
}

/// A failure of one call, chosen by its position.
pub(super) struct Trouble {
    /// The position of the call among all calls.
    pub(super) at: usize,
    pub(super) how: How,
    /// The call that failed; `None` before it was made.
    pub(super) call: Option<String>,
}

/// How a call fails.
#[derive(Debug, Clone, Copy)]
pub(super) enum How {
    /// The call is answered with this status and not carried out.
    Once(u16),
    /// The call and all later calls like it are answered with this status and not carried out.
    ForGood(u16),
    /// The call is carried out and answered with an error.
    Lost,
    /// The call is carried out, and the connection is closed without an answer.
    Cut,
    /// The call is carried out, and its answer does not come while anybody waits for it.
    Late,
}

impl State {
    /// How the call that was just recorded fails, if it does.
    fn meet(&mut self, call: &str) -> Option<How> {
        let now = self.calls.len().checked_sub(1);
        let trouble = self.trouble.as_mut()?;
        if now == Some(trouble.at) {
            trouble.call = Some(call.to_owned());
            return Some(trouble.how);
        }
        let again = matches!(trouble.how, How::ForGood(_)) && trouble.call.as_deref() == Some(call);
        again.then_some(trouble.how)
    }
}

/// The whole state of the stand-in.
pub(super) struct State {
    /// The login that the token writes as.
    pub(super) login: String,
    /// The page size, whatever size is asked for.
    pub(super) page: usize,
    /// The commits of the default branch, oldest first.
    pub(super) commits: Vec<String>,
    /// Commits that are on another branch only.
    pub(super) elsewhere: Vec<String>,
    /// Commits that no longer exist.
    pub(super) gone: Vec<String>,
    pub(super) comments: BTreeMap<u64, Vec<Value>>,
    pub(super) issues: BTreeMap<u64, Value>,
    /// The pull requests that each commit belongs to.
    pub(super) pulls: BTreeMap<String, Vec<Value>>,
    /// The open pull requests.
    pub(super) open: Vec<u64>,
    /// The events of each pull request.
    pub(super) events: BTreeMap<u64, Vec<Value>>,
    /// Check runs, the oldest first.
    pub(super) checks: Vec<Value>,
    /// The number of annotations of each check run.
    pub(super) annotations: BTreeMap<u64, usize>,
    pub(super) reviews: BTreeMap<u64, Vec<Value>>,
    /// The files that each pull request changes.
    pub(super) files: BTreeMap<u64, Vec<&'static str>>,
    /// The heads of open pull requests.
    pub(super) heads: BTreeMap<u64, String>,
    /// Logins without write permission.
    pub(super) may_not_write: Vec<&'static str>,
    /// The Git data that was made through the API, without the default branch.
    pub(super) git: git::Git,
    pub(super) deployments: Vec<Value>,
    pub(super) statuses: BTreeMap<u64, Vec<Value>>,
    pub(super) faults: Vec<Fault>,
    /// Calls that are carried out once and whose answer is lost: the method and the whole path.
    pub(super) lose: Vec<&'static str>,
    pub(super) trouble: Option<Trouble>,
    /// The calls so far, in order.
    pub(super) calls: Vec<String>,
    last_id: u64,
    now: jiff::Timestamp,
}

impl State {
    fn id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// A time that is later than every earlier one.
    pub(super) fn tick(&mut self) -> String {
        self.now += jiff::SignedDuration::from_secs(10);
        self.now.to_string()
    }

    /// Adds a comment by a user.
    pub(super) fn comment(&mut self, number: u64, login: &str, body: &str) -> Value {
        let (id, at) = (self.id(), self.tick());
        let kind = if login.ends_with("[bot]") { "Bot" } else { "User" };
        let comment = json!({
            "id": id, "body": body, "user": {"login": login, "type": kind}, "created_at": at, "updated_at": at,
            "html_url": format!("https://github.com/acme/catalog/pull/{number}#issuecomment-{id}"),
        });
        self.comments.entry(number).or_default().push(comment.clone());
        comment
    }

    /// Adds a commit to the default branch, unless it is there already.
    pub(super) fn comes_onto_main(&mut self, sha: &str) {
        if !self.commits.iter().any(|commit| commit == sha) {
            self.commits.push(sha.to_owned());
        }
    }

    /// The states of the deployments of an organization, oldest first.
    pub(super) fn deployment_states(&self, organization: &str) -> Vec<String> {
        let environment = format!("catalog-sync/{organization}");
        let of_it = self.deployments.iter().filter(|it| it["environment"] == environment.as_str());
        let last = |it: &Value| self.statuses.get(&it["id"].as_u64().expect("a number"))?.first().cloned();
        // A deployment without a status has an empty state.
        let state = |it: &Value| last(it).and_then(|it| it["state"].as_str().map(str::to_owned)).unwrap_or_default();
        of_it.map(state).collect()
    }

    /// The bodies of the comments that the token's own login wrote on an issue or pull request.
    pub(super) fn bodies(&self, number: u64) -> Vec<String> {
        let ours = |comment: &&Value| comment["user"]["login"] == self.login.as_str();
        let body = |comment: &Value| comment["body"].as_str().unwrap_or_default().to_owned();
        self.comments.get(&number).into_iter().flatten().filter(ours).map(body).collect()
    }
}

/// A running stand-in. It serves until the test's runtime ends.
#[derive(Clone)]
pub(super) struct StandIn {
    state: Arc<Mutex<State>>,
    pub(super) url: String,
}

impl StandIn {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let state = State {
            login: "github-actions[bot]".to_owned(),
            page: 100,
            commits: Vec::new(),
            elsewhere: Vec::new(),
            gone: Vec::new(),
            comments: BTreeMap::new(),
            issues: BTreeMap::new(),
            pulls: BTreeMap::new(),
            open: Vec::new(),
            events: BTreeMap::new(),
            checks: Vec::new(),
            annotations: BTreeMap::new(),
            reviews: BTreeMap::new(),
            files: BTreeMap::new(),
            heads: BTreeMap::new(),
            may_not_write: Vec::new(),
            git: git::Git::default(),
            deployments: Vec::new(),
            statuses: BTreeMap::new(),
            faults: Vec::new(),
            lose: Vec::new(),
            trouble: None,
            calls: Vec::new(),
            last_id: 100,
            now: "2026-11-20T03:00:00Z".parse().expect("a time"),
        };
        let this = Self { state: Arc::new(Mutex::new(state)), url };
        let serving = this.clone();
        tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { continue };
                let serving = serving.clone();
                tokio::spawn(async move {
                    let service = service_fn(move |request| serving.clone().respond(request));
                    let _ended = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        this
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panicked with it")
    }

    async fn respond(self, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        match self.carry_out(&head, &json_or_text(&body)) {
            (_, Some(How::Late)) => std::future::pending().await,
            // hyper closes the connection after an error.
            (_, Some(How::Cut)) => Err(io::ErrorKind::ConnectionReset.into()),
            (answer, _) => Ok(answer),
        }
    }

    /// Carries out a call. Gives its answer, and how the call fails, if it does.
    fn carry_out(&self, head: &http::request::Parts, body: &Value) -> (Response<Full<Bytes>>, Option<How>) {
        let mut state = self.state();
        let call = format!("{} {}", head.method, path(head));
        state.calls.push(call.clone());
        let date = jiff::fmt::rfc2822::DateTimePrinter::new()
            .timestamp_to_rfc9110_string(&state.tick().parse().expect("our own time"))
            .expect("a date");
        let authorized = head.headers.get("authorization").is_some_and(|it| it == "Bearer ghs_test");
        let mut answer = Response::builder().header("date", date);
        if let Some(fault) = state.faults.iter_mut().find(|fault| fault.times > 0 && call.starts_with(fault.call)) {
            fault.times -= 1;
            for (name, value) in &fault.headers {
                answer = answer.header(*name, value);
            }
            self.record(head, body, fault.status, &json_or_text(fault.body.as_bytes()));
            let answer = answer.status(fault.status).body(Full::new(Bytes::from_static(fault.body.as_bytes())));
            return (answer.expect("an answer"), None);
        }
        let trouble = state.meet(&call);
        if let Some(How::Once(status) | How::ForGood(status)) = trouble {
            let body = Full::new(Bytes::from_static(br#"{"message": "campaign-7f3a"}"#));
            return (answer.status(status).body(body).expect("an answer"), trouble);
        }
        let query = head.uri.query().unwrap_or_default();
        let (status, mut value) = if authorized {
            route(&mut state, &call, query, body)
        } else {
            (401, json!({"message": "Bad credentials"}))
        };
        if let Value::Array(all) = &mut value {
            let of =
                |name: &str| query.split('&').find_map(|part| part.strip_prefix(&format!("{name}="))?.parse().ok());
            let (number, size) = (of("page").unwrap_or(1), of("per_page").unwrap_or(30).min(state.page));
            let rest: Vec<Value> = all.drain(..).skip((number - 1) * size).collect();
            if rest.len() > size {
                answer = answer.header("link", "<https://elsewhere.example/?page=2>; rel=\"next\"");
            }
            all.extend(rest.into_iter().take(size));
        }
        let lost = state.lose.iter().position(|lost| *lost == call).map(|at| state.lose.remove(at));
        if lost.is_some() || matches!(trouble, Some(How::Lost)) {
            return (answer.status(502).body(Full::new(Bytes::from_static(b"<html>"))).expect("an answer"), trouble);
        }
        self.record(head, body, status, &value);
        (answer.status(status).body(Full::new(Bytes::from(value.to_string()))).expect("an answer"), trouble)
    }

    /// Records a call, if there is a folder for that. Each process and stand-in has a file of its own.
    fn record(&self, head: &http::request::Parts, body: &Value, status: u16, answer: &Value) {
        let Some(folder) = std::env::var_os("CATALOG_SYNC_GITHUB_REQUESTS").filter(|folder| !folder.is_empty()) else {
            return;
        };
        let line = json!({
            "method": head.method.as_str(), "path": path(head), "query": head.uri.query().unwrap_or_default(),
            "body": body, "status": status, "answer": answer,
        });
        let (_, port) = self.url.rsplit_once(':').expect("an address with a port");
        let file = Path::new(&folder).join(format!("{}-{port}.jsonl", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for what was asked");
        let file = std::fs::OpenOptions::new().create(true).append(true).open(file);
        file.and_then(|mut file| file.write_all(format!("{line}\n").as_bytes())).expect("what was asked is kept");
    }
}

/// The path of a call without the prefix that GitHub Enterprise Server's API has.
fn path(head: &http::request::Parts) -> &str {
    let path = head.uri.path();
    path.strip_prefix("/api/v3").unwrap_or(path)
}

/// A request's body: null if it is empty, its text if it is no JSON.
fn json_or_text(body: &[u8]) -> Value {
    if body.is_empty() {
        return Value::Null;
    }
    serde_json::from_slice(body).unwrap_or_else(|_| String::from_utf8_lossy(body).into())
}

fn route(state: &mut State, call: &str, query: &str, body: &Value) -> (u16, Value) {
    let not_found = (404, json!({"message": "Not Found"}));
    if call == "GET /user" {
        return match state.login.ends_with("[bot]") {
            true => (403, json!({"message": "Resource not accessible by integration"})),
            false => (200, json!({"login": state.login, "type": "User"})),
        };
    }
    if call == "GET /repos/acme/catalog" {
        return (200, json!({"default_branch": "main"}));
    }
    let Some((method, path)) = call.split_once(" /repos/acme/catalog/") else { return not_found };
    let parts: Vec<&str> = path.split('/').collect();
    let number = |at: usize| parts.get(at).and_then(|part| part.parse::<u64>().ok()).unwrap_or_default();
    if let Some(answer) = git::route(state, (method, parts.as_slice()), query, body) {
        return answer;
    }
    if let Some(answer) = reviewing::route(state, (method, parts.as_slice()), query, body) {
        return answer;
    }
    match (method, parts.as_slice()) {
        ("GET", ["commits"]) => {
            let last = state.commits.iter().rev().map(|sha| json!({"sha": sha}));
            (200, json!(last.collect::<Vec<_>>()))
        }
        ("GET", ["commits", sha, "pulls"]) => (200, json!(state.pulls.get(*sha).cloned().unwrap_or_default())),
        ("GET", ["issues", _, "comments"]) => (200, json!(state.comments.get(&number(1)).cloned().unwrap_or_default())),
        ("GET", ["issues", _, "events"]) => (200, json!(state.events.get(&number(1)).cloned().unwrap_or_default())),
        ("POST", ["issues", _, "comments"]) => {
            let login = state.login.clone();
            (201, state.comment(number(1), &login, body["body"].as_str().unwrap_or_default()))
        }
        ("PATCH", ["issues", "comments", _]) => {
            let wanted = number(2);
            match state.comments.values_mut().flatten().find(|comment| comment["id"] == wanted) {
                Some(comment) => {
                    comment["body"] = body["body"].clone();
                    (200, comment.clone())
                }
                None => not_found,
            }
        }
        ("GET", ["issues"]) => {
            let wanted = if query.contains("state=closed") { "closed" } else { "open" };
            (200, json!(state.issues.values().filter(|issue| issue["state"] == wanted).cloned().collect::<Vec<_>>()))
        }
        ("POST", ["issues"]) => {
            let id = state.id();
            let mut issue = body.clone();
            issue["number"] = json!(id);
            issue["state"] = json!("open");
            issue["user"] = json!({"login": state.login, "type": "Bot"});
            issue["html_url"] = json!(format!("https://github.com/acme/catalog/issues/{id}"));
            state.issues.insert(id, issue.clone());
            (201, issue)
        }
        ("PATCH", ["issues", _]) => match state.issues.get_mut(&number(1)) {
            Some(issue) => {
                for (key, value) in body.as_object().into_iter().flatten() {
                    issue[key] = value.clone();
                }
                (200, issue.clone())
            }
            None => not_found,
        },
        ("GET", ["deployments"]) => {
            let wanted = query.split('&').find_map(|part| part.strip_prefix("environment=")).unwrap_or_default();
            let wanted = wanted.replace("%2F", "/");
            let newest = state.deployments.iter().rev().filter(|it| it["environment"] == wanted.as_str());
            (200, json!(newest.map(deployment).collect::<Vec<_>>()))
        }
        ("POST", ["deployments"]) => {
            let (id, at) = (state.id(), state.tick());
            let mut made = body.clone();
            made["id"] = json!(id);
            made["sha"] = body["ref"].clone();
            made["created_at"] = json!(at);
            made["creator"] = json!({"login": state.login, "type": "Bot"});
            let answer = deployment(&made);
            state.deployments.push(made);
            (201, answer)
        }
        ("GET", ["deployments", _, "statuses"]) => {
            (200, json!(state.statuses.get(&number(1)).cloned().unwrap_or_default()))
        }
        ("POST", ["deployments", _, "statuses"]) => {
            let at = state.tick();
            let mut status = body.clone();
            status["created_at"] = json!(at);
            state.statuses.entry(number(1)).or_default().insert(0, status.clone());
            (201, status)
        }
        _ => not_found,
    }
}

/// A deployment as GitHub answers it, without the fields that only the request has.
fn deployment(made: &Value) -> Value {
    let fields = made.as_object().into_iter().flatten();
    let kept = fields.filter(|(name, _)| !matches!(name.as_str(), "auto_merge" | "required_contexts"));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}
