//! Settings from outside the catalog: the environment, and time limits.

use std::fmt;
use std::time::Duration;

use super::waits::Waits;
use crate::model::trust::ApplyRoles;

/// How AWS is called.
#[derive(Debug, Clone)]
pub struct Options {
    /// The variables of the environment.
    pub environment: Environment,
    /// How many calls may be in flight at once.
    pub concurrency: usize,
    /// Pauses and time limits.
    pub timing: Timing,
    /// The address to call instead of AWS, with its credentials. Not needed for `AWS_ENDPOINT_URL`, which the SDK reads
    /// itself.
    pub endpoint: Option<Endpoint>,
    /// Roles that are never assumed, whatever the settings say.
    pub barred: ApplyRoles,
    /// The receiver of messages about waiting.
    pub waits: Waits,
}

impl Options {
    /// The default number of calls in flight.
    pub const CONCURRENCY: usize = 16;

    /// The options for AWS itself.
    pub fn new(environment: Environment) -> Self {
        Self {
            environment,
            concurrency: Self::CONCURRENCY,
            timing: Timing::default(),
            endpoint: None,
            barred: ApplyRoles::default(),
            waits: Waits::default(),
        }
    }

    /// The options for an emulation on this machine: hardly any pauses, and the environment is ignored.
    pub fn loopback(endpoint: Endpoint) -> Self {
        Self {
            environment: Environment::default(),
            concurrency: Self::CONCURRENCY,
            timing: Timing::loopback(),
            endpoint: Some(endpoint),
            barred: ApplyRoles::default(),
            waits: Waits::default(),
        }
    }
}

/// An emulation of AWS, with its credentials.
#[derive(Clone)]
pub struct Endpoint {
    /// The address, such as `http://127.0.0.1:4566`.
    pub url: String,
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: String,
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, access_key_id, secret_access_key: _ } = self;
        f.debug_struct("Endpoint").field("url", url).field("access_key_id", access_key_id).finish_non_exhaustive()
    }
}

/// Environment variables about credentials. Those that the AWS SDKs read themselves are left out.
#[derive(Clone, Default)]
pub struct Environment {
    /// The address that gives OIDC tokens in GitHub Actions (`ACTIONS_ID_TOKEN_REQUEST_URL`).
    pub token_url: Option<String>,
    /// The bearer token for that address (`ACTIONS_ID_TOKEN_REQUEST_TOKEN`). A secret.
    pub token_secret: Option<String>,
    /// `GITHUB_REPOSITORY`, for the sessions' names.
    pub repository: Option<String>,
    /// `GITHUB_RUN_ID`, for the sessions' names.
    pub run_id: Option<String>,
    /// `AWS_REGION` or `AWS_DEFAULT_REGION`: the region whose STS is called.
    pub region: Option<String>,
    /// `AWS_PROFILE`, for error messages.
    pub profile: Option<String>,
}

impl Environment {
    /// Reads the variables with `variable`. An empty value counts as not set.
    pub fn new(variable: impl Fn(&str) -> Option<String>) -> Self {
        let get = |name: &str| variable(name).filter(|value| !value.is_empty());
        Self {
            token_url: get("ACTIONS_ID_TOKEN_REQUEST_URL"),
            token_secret: get("ACTIONS_ID_TOKEN_REQUEST_TOKEN"),
            repository: get("GITHUB_REPOSITORY"),
            run_id: get("GITHUB_RUN_ID"),
            region: get("AWS_REGION").or_else(|| get("AWS_DEFAULT_REGION")),
            profile: get("AWS_PROFILE"),
        }
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { token_url, token_secret, repository, run_id, region, profile } = self;
        f.debug_struct("Environment")
            .field("token_url", token_url)
            .field("token_secret", &token_secret.as_ref().map(|_| "***"))
            .field("repository", repository)
            .field("run_id", run_id)
            .field("region", region)
            .field("profile", profile)
            .finish()
    }
}

/// Pauses and time limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timing {
    /// The first pause before a call is tried again; the next ones are twice as long, with jitter.
    pub backoff: Duration,
    /// The shortest pause between two polls of something asynchronous. Pauses grow with the time waited.
    pub poll: Duration,
    /// The longest pause between two polls.
    pub longest_poll: Duration,
    /// The longest wait for a change to end, or for a call that is throttled. One answer may take a quarter of it, at most
    /// a minute.
    pub patience: Duration,
    /// The pause between two shares with nodes of the organization in one account and region.
    pub node_pause: Duration,
    /// How long a wait may last before a message is sent.
    pub quiet: Duration,
    /// Whether calls are held back to AWS's rates.
    pub paced: bool,
}

impl Default for Timing {
    /// The values for AWS itself. A change set can take minutes (AWS Marketplace Catalog API reference, "Working with
    /// change sets"), and so can a share with a large organization. If shares with nodes follow each other without a
    /// pause, AWS throttles inside of them: the share then misses some accounts. Terraform's AWS provider pauses as
    /// long (`aws_servicecatalog_portfolio_share`).
    fn default() -> Self {
        Self {
            backoff: Duration::from_millis(500),
            poll: Duration::from_millis(100),
            longest_poll: Duration::from_secs(30),
            patience: Duration::from_mins(30),
            node_pause: Duration::from_secs(15),
            quiet: Duration::from_secs(30),
            paced: true,
        }
    }
}

impl Timing {
    /// The values for an emulation on this machine.
    pub fn loopback() -> Self {
        Self {
            backoff: Duration::from_millis(1),
            poll: Duration::from_millis(1),
            // The sandbox's time advances with each request, so a long pause would only delay it.
            longest_poll: Duration::from_millis(8),
            patience: Duration::from_secs(10),
            node_pause: Duration::ZERO,
            quiet: Duration::from_secs(30),
            paced: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_empty_is_not_set() {
        let environment = Environment::new(|name| match name {
            "AWS_REGION" => Some(String::new()),
            "AWS_DEFAULT_REGION" => Some("eu-west-1".to_owned()),
            _ => None,
        });
        assert_eq!(environment.region.as_deref(), Some("eu-west-1"));
        assert_eq!(environment.token_url, None);
    }

    #[test]
    fn a_secret_is_not_shown() {
        let environment =
            Environment { token_secret: Some("t0ken".to_owned()), repository: None, ..Environment::default() };
        assert!(!format!("{environment:?}").contains("t0ken"));
    }
}
