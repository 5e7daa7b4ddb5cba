//! The environment variables of GitHub Actions, read in one place.

use std::fmt;
use std::path::PathBuf;

use crate::model::repository::Repository;

/// Facts about a run of GitHub Actions. Every field is optional, since each command needs only some.
#[derive(Clone, Default)]
pub struct Environment {
    /// `GITHUB_EVENT_NAME`.
    pub event_name: Option<String>,
    /// `GITHUB_EVENT_PATH`.
    pub event_path: Option<PathBuf>,
    /// `GITHUB_REPOSITORY`.
    pub repository: Option<Repository>,
    /// `GITHUB_SHA`.
    pub sha: Option<String>,
    /// `GITHUB_REF`.
    pub git_ref: Option<String>,
    /// `GITHUB_RUN_ID`.
    pub run_id: Option<String>,
    /// `GITHUB_RUN_ATTEMPT`.
    pub run_attempt: Option<String>,
    /// `GITHUB_SERVER_URL`, or GitHub's own.
    pub server_url: String,
    /// `GITHUB_API_URL`, or GitHub's own.
    pub api_url: String,
    /// `GITHUB_TOKEN`. A secret.
    pub token: Option<String>,
    /// `GITHUB_OUTPUT`.
    pub output: Option<PathBuf>,
    /// `GITHUB_STEP_SUMMARY`.
    pub summary: Option<PathBuf>,
    /// `GITHUB_WORKSPACE`.
    pub workspace: Option<PathBuf>,
    /// `RUNNER_TEMP`.
    pub temp: Option<PathBuf>,
    /// Whether the environment offers credentials for AWS: an OIDC token, keys or a profile.
    pub has_way_into_aws: bool,
}

/// Variables that hold credentials for AWS, or lead to some.
const WAYS_INTO_AWS: [&str; 8] = [
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_PROFILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_CONFIG_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
];

impl Environment {
    /// Reads each variable with `variable`. An empty value counts as not set.
    pub fn new(variable: impl Fn(&str) -> Option<String>) -> Self {
        let get = |name: &str| variable(name).filter(|value| !value.is_empty());
        let url = |name: &str, default: &str| {
            get(name).unwrap_or_else(|| default.to_owned()).trim_end_matches('/').to_owned()
        };
        Self {
            event_name: get("GITHUB_EVENT_NAME"),
            event_path: get("GITHUB_EVENT_PATH").map(PathBuf::from),
            repository: get("GITHUB_REPOSITORY").and_then(|name| name.parse().ok()),
            sha: get("GITHUB_SHA"),
            git_ref: get("GITHUB_REF"),
            run_id: get("GITHUB_RUN_ID"),
            run_attempt: get("GITHUB_RUN_ATTEMPT"),
            server_url: url("GITHUB_SERVER_URL", "https://github.com"),
            api_url: url("GITHUB_API_URL", "https://api.github.com"),
            token: get("GITHUB_TOKEN"),
            output: get("GITHUB_OUTPUT").map(PathBuf::from),
            summary: get("GITHUB_STEP_SUMMARY").map(PathBuf::from),
            workspace: get("GITHUB_WORKSPACE").map(PathBuf::from),
            temp: get("RUNNER_TEMP").map(PathBuf::from),
            has_way_into_aws: WAYS_INTO_AWS.iter().any(|name| get(name).is_some()),
        }
    }

    /// The repository's URL on the server.
    pub fn repository_url(&self) -> Option<String> {
        self.repository.as_ref().map(|repository| format!("{}/{repository}", self.server_url))
    }

    /// The name and the URL of the run. A second attempt has its own page.
    pub fn run(&self) -> Option<(String, String)> {
        let (id, repository) = (self.run_id.as_ref()?, self.repository_url()?);
        let url = format!("{repository}/actions/runs/{id}");
        match self.run_attempt.as_deref() {
            None | Some("1") => Some((format!("run {id}"), url)),
            Some(attempt) => Some((format!("run {id}, attempt {attempt}"), format!("{url}/attempts/{attempt}"))),
        }
    }

    /// The URL prefix of files at a commit. `None` if `sha` is not a hexadecimal id, so that no part of another URL
    /// gets into it.
    pub fn files(&self, sha: &str) -> Option<String> {
        let is_commit = !sha.is_empty() && sha.bytes().all(|byte| byte.is_ascii_hexdigit());
        self.repository_url().filter(|_| is_commit).map(|repository| format!("{repository}/blob/{sha}/"))
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `Debug` is not derived, since it would print the token.
        f.debug_struct("Environment")
            .field("event_name", &self.event_name)
            .field("repository", &self.repository)
            .field("sha", &self.sha)
            .field("token", &self.token.as_ref().map(|_| "***"))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_empty_is_not_there() {
        let environment = Environment::new(|name| {
            Some(if name == "GITHUB_REPOSITORY" { "acme/catalog".to_owned() } else { String::new() })
        });
        assert_eq!(environment.repository_url().as_deref(), Some("https://github.com/acme/catalog"));
        assert_eq!(environment.api_url, "https://api.github.com");
        assert!(environment.token.is_none() && environment.run().is_none() && !environment.has_way_into_aws);
    }

    #[test]
    fn only_a_commit_is_linked_to() {
        let environment = Environment::new(|name| (name == "GITHUB_REPOSITORY").then(|| "acme/catalog".to_owned()));
        let link = environment.files("4be1c02d5f");
        assert_eq!(link.as_deref(), Some("https://github.com/acme/catalog/blob/4be1c02d5f/"));
        for other in ["", "../../../mallory/catalog/blob/main", "main", "4be1?x"] {
            assert_eq!(environment.files(other), None, "{other}");
        }
    }

    #[test]
    fn a_token_is_not_printed() {
        let environment = Environment::new(|name| (name == "GITHUB_TOKEN").then(|| "ghs_secret".to_owned()));
        assert!(!format!("{environment:?}").contains("secret"));
    }
}
