//! Calls to GitHub's REST API: paging, waits for rate limits, and errors that name the missing permission.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use octocrab::Octocrab;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::environment::Environment;
use super::error::{self, Error};
use super::patience::{ATTEMPTS, Answered, Verdict, backoff, verdict};
use crate::model::repository::Repository;

/// The longest time limit of one call.
const TIMEOUT: Duration = Duration::from_mins(1);
/// The longest wait for a rate limit. A longer one is an error, since a waiting job costs money.
const LONGEST_PAUSE: Duration = Duration::from_mins(10);
/// The number of attempts to create something.
const MAKING: u32 = 3;
/// The number of pages of a hundred entries that are read at most.
const PAGES: u32 = 200;

/// A client for one repository.
#[derive(Debug)]
pub struct Client {
    octocrab: Octocrab,
    repository: Repository,
    /// The time limit of one call.
    timeout: Duration,
    /// The time of GitHub's last answer.
    clock: Mutex<Option<Timestamp>>,
}

/// A call: its purpose, and the line of `permissions:` that it needs.
#[derive(Debug, Clone)]
pub(super) struct Call {
    what: String,
    needs: &'static str,
    method: Method,
    path: String,
}

#[derive(Debug, Clone)]
enum Method {
    Get,
    Post(Value),
    Patch(Value),
}

impl Method {
    fn as_str(&self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post(_) => "POST",
            Self::Patch(_) => "PATCH",
        }
    }

    /// Whether a second call has the same effect as one.
    fn can_be_repeated(&self) -> bool {
        match self {
            // An edit sets fields to fixed values.
            Self::Get | Self::Patch(_) => true,
            Self::Post(_) => false,
        }
    }
}

impl Call {
    /// A read. A path without a leading `/` is relative to the repository.
    pub(super) fn get(what: impl Into<String>, needs: &'static str, path: impl Into<String>) -> Self {
        Self { what: what.into(), needs, method: Method::Get, path: path.into() }
    }

    /// A call that creates something.
    pub(super) fn post(what: impl Into<String>, needs: &'static str, path: impl Into<String>, body: Value) -> Self {
        Self { what: what.into(), needs, method: Method::Post(body), path: path.into() }
    }

    /// A call that edits something.
    pub(super) fn patch(what: impl Into<String>, needs: &'static str, path: impl Into<String>, body: Value) -> Self {
        Self { what: what.into(), needs, method: Method::Patch(body), path: path.into() }
    }
}

struct Answer {
    answered: Answered,
    has_next: bool,
    body: String,
}

impl Client {
    /// A client for the repository that the environment names, with its token. One answer may take a quarter of
    /// `patience`, and at most a minute.
    pub fn new(environment: &Environment, patience: Option<Duration>) -> anyhow::Result<Self> {
        let timeout = patience.map_or(TIMEOUT, |patience| TIMEOUT.min(patience / 4));
        let missing = |name: &str| {
            anyhow::anyhow!("{name} is not set: GITHUB_REPOSITORY (OWNER/NAME) and GITHUB_TOKEN are needed")
        };
        let repository = environment.repository.clone().ok_or_else(|| missing("GITHUB_REPOSITORY"))?;
        let token = environment.token.clone().ok_or_else(|| missing("GITHUB_TOKEN"))?;
        let octocrab = Octocrab::builder()
            .base_uri(environment.api_url.as_str())?
            .personal_token(token)
            .set_connect_timeout(Some(timeout.min(Duration::from_secs(20))))
            .set_read_timeout(Some(timeout))
            .build()?;
        Ok(Self { octocrab, repository, timeout, clock: Mutex::new(None) })
    }

    /// The repository that the client is for.
    pub fn repository(&self) -> &Repository {
        &self.repository
    }

    /// The time by GitHub's clock, as of its last answer. Times are compared with those in GitHub's answers, so they
    /// have to come from the same clock. Before the first answer it is the local time.
    pub fn now(&self) -> Timestamp {
        let clock = self.clock.lock().unwrap_or_else(PoisonError::into_inner);
        clock.unwrap_or_else(Timestamp::now)
    }

    /// Makes a call and parses its answer.
    pub(super) async fn one<T: DeserializeOwned>(&self, call: Call) -> Result<T, Error> {
        let Answer { answered: _, has_next: _, body } = self.answer(&call, &call.path).await?;
        self.read(&call, &body)
    }

    /// Creates something that must not exist twice. If a call may have worked although its answer was lost, `find`
    /// looks for the result before the call is sent again.
    pub(super) async fn make<T: DeserializeOwned>(
        &self,
        call: Call,
        find: impl AsyncFn() -> Result<Option<T>, Error>,
    ) -> Result<T, Error> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            match self.one(call.clone()).await {
                Err(error) if error.may_have_worked() => {
                    if let Some(made) = find().await? {
                        return Ok(made);
                    }
                    if attempt >= MAKING {
                        return Err(error);
                    }
                    tokio::time::sleep(backoff(attempt)).await;
                }
                answer => return answer,
            }
        }
    }

    /// Reads all pages of a list.
    pub(super) async fn all<T: DeserializeOwned>(&self, call: Call) -> Result<Vec<T>, Error> {
        self.until(call, |_| false).await
    }

    /// Reads the pages of a list until `enough` is true for the entries so far.
    pub(super) async fn until<T: DeserializeOwned>(
        &self,
        call: Call,
        enough: impl Fn(&[T]) -> bool,
    ) -> Result<Vec<T>, Error> {
        let mut all = Vec::new();
        let mark = if call.path.contains('?') { '&' } else { '?' };
        for page in 1..=PAGES {
            // The next page's URL is built here instead of taken from the answer, so that the token is sent to no
            // other host.
            let path = format!("{}{mark}per_page=100&page={page}", call.path);
            let Answer { answered: _, has_next, body } = self.answer(&call, &path).await?;
            all.extend(self.read::<Vec<T>>(&call, &body)?);
            if !has_next || enough(&all) {
                return Ok(all);
            }
        }
        Err(self.too_many(&call, PAGES))
    }

    /// The error for a list that is longer than is read of it.
    pub(super) fn too_many(&self, call: &Call, pages: impl std::fmt::Display) -> Error {
        self.error(call, None, format!("there are more than {pages} pages"), None)
    }

    fn read<T: DeserializeOwned>(&self, call: &Call, body: &str) -> Result<T, Error> {
        serde_json::from_str(body)
            .map_err(|problem| self.error(call, None, format!("GitHub's answer can't be understood: {problem}"), None))
    }

    fn error(&self, call: &Call, status: Option<u16>, said: String, help: Option<String>) -> Error {
        Error {
            what: format!("{} in {}", call.what, self.repository),
            call: format!("{} {}", call.method.as_str(), self.full(&call.path)),
            status,
            said,
            help,
        }
    }

    fn full(&self, path: &str) -> String {
        if path.starts_with('/') { path.to_owned() } else { format!("/repos/{}/{path}", self.repository) }
    }

    async fn answer(&self, call: &Call, path: &str) -> Result<Answer, Error> {
        let path = self.full(path);
        let mut attempt = 0;
        loop {
            attempt += 1;
            let again = attempt < ATTEMPTS;
            let sent = tokio::time::timeout(self.timeout, self.send(&call.method, &path)).await;
            let pause = match sent.unwrap_or_else(|_| Err("there was no answer in time".to_owned())) {
                Ok(answer) if (200..300).contains(&answer.answered.status) => return Ok(answer),
                Ok(Answer { answered, has_next: _, body }) => match verdict(&answered) {
                    Verdict::Limited(pause) if again && pause <= LONGEST_PAUSE => pause,
                    Verdict::Failed if again && call.method.can_be_repeated() => backoff(attempt),
                    verdict => return Err(self.refused(call, answered.status, &body, verdict)),
                },
                Err(_) if again && call.method.can_be_repeated() => backoff(attempt),
                Err(problem) => return Err(self.error(call, None, problem, None)),
            };
            tokio::time::sleep(pause).await;
        }
    }

    fn refused(&self, call: &Call, status: u16, body: &str, verdict: Verdict) -> Error {
        let said = error::said(status, body);
        let help = match verdict {
            Verdict::Limited(pause) => Some(format!("the rate limit is lifted in {} s: run it again", pause.as_secs())),
            Verdict::Final | Verdict::Failed => error::help(status, call.needs, &said),
        };
        self.error(call, Some(status), said, help)
    }

    async fn send(&self, method: &Method, path: &str) -> Result<Answer, String> {
        let sent = match method {
            Method::Get => self.octocrab._get(path).await,
            Method::Post(body) => self.octocrab._post(path, Some(body)).await,
            Method::Patch(body) => self.octocrab._patch(path, Some(body)).await,
        };
        let response = sent.map_err(|problem| chain(&problem))?;
        let status = response.status().as_u16();
        let headers = response.headers();
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let number = |name: &str| text(name).and_then(|text| text.trim().parse::<u64>().ok());
        if let Some(now) = text("date").and_then(|date| jiff::fmt::rfc2822::parse(&date).ok()) {
            *self.clock.lock().unwrap_or_else(PoisonError::into_inner) = Some(now.timestamp());
        }
        let now = u64::try_from(self.now().as_second()).unwrap_or_default();
        let mut answered = Answered {
            status,
            retry_after: number("retry-after"),
            remaining: number("x-ratelimit-remaining"),
            reset_in: number("x-ratelimit-reset").map(|reset| reset.saturating_sub(now)),
            secondary: false,
        };
        let has_next = text("link").is_some_and(|link| link.contains("rel=\"next\""));
        let body = self.octocrab.body_to_string(response).await.map_err(|problem| chain(&problem))?;
        answered.secondary = !(200..300).contains(&status) && body.contains("secondary rate limit");
        Ok(Answer { answered, has_next, body })
    }
}

/// The text of an error and of all its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut parts = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if parts.last() != Some(&text) {
            parts.push(text);
        }
        cause = error.source();
    }
    parts.join(": ")
}

/// Escapes a text for a query string.
pub(super) fn query(text: &str) -> String {
    // Characters that need no escape in a path need none in a query. The slash is escaped too, for readability.
    crate::render::escape::markdown::url_path(text).replace('/', "%2F")
}
