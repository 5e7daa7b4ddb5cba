//! What the outside gives: the environment, read in one place, and how patient to be.

use std::fmt;
use std::time::Duration;

use super::waits::Waits;
use crate::model::trust::ApplyRoles;

/// How AWS is called.
#[derive(Debug, Clone)]
pub struct Options {
    /// What the environment says.
    pub environment: Environment,
    /// How many calls may be in flight at once.
    pub concurrency: usize,
    /// How patient to be.
    pub timing: Timing,
    /// Where to call instead of AWS, and as whom. `AWS_ENDPOINT_URL` and the usual credentials need none.
    pub endpoint: Option<Endpoint>,
    /// Roles that are not entered, whatever the settings say.
    pub barred: ApplyRoles,
    /// Whom to tell what is waited for.
    pub waits: Waits,
}

impl Options {
    /// How many calls are in flight at once unless somebody says otherwise.
    pub const CONCURRENCY: usize = 16;

    /// AWS itself, as the environment says.
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

    /// An emulation on this machine: nothing there needs waiting for, and the environment has no say.
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

/// An emulation of AWS and the credentials to start with.
#[derive(Clone)]
pub struct Endpoint {
    /// Its address, such as `http://127.0.0.1:4566`.
    pub url: String,
    /// The access key id to start with.
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

/// What the environment says about the way in. What the AWS SDKs read themselves is not here.
#[derive(Clone, Default)]
pub struct Environment {
    /// Where GitHub Actions gives out OIDC tokens (`ACTIONS_ID_TOKEN_REQUEST_URL`).
    pub token_url: Option<String>,
    /// What it wants to see for one (`ACTIONS_ID_TOKEN_REQUEST_TOKEN`). A secret.
    pub token_secret: Option<String>,
    /// `GITHUB_REPOSITORY`, for the sessions' names.
    pub repository: Option<String>,
    /// `GITHUB_RUN_ID`, for the sessions' names.
    pub run_id: Option<String>,
    /// `AWS_REGION` or `AWS_DEFAULT_REGION`: where STS is asked.
    pub region: Option<String>,
    /// `AWS_PROFILE`, to name it where it is of no use.
    pub profile: Option<String>,
}

impl Environment {
    /// Takes from `variable` what is set and not empty.
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

/// How patient to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timing {
    /// The first pause before a call is tried again; the next ones are twice as long, with jitter.
    pub backoff: Duration,
    /// The shortest pause between two looks at what is asynchronous. Pauses grow with what was waited already.
    pub poll: Duration,
    /// The longest such pause.
    pub longest_poll: Duration,
    /// The longest wait for a change, or while AWS throttles a call. One answer may take a quarter of it, and a minute at
    /// most.
    pub patience: Duration,
    /// The pause after a share with a node of the organization before the next one in that account and region.
    pub node_pause: Duration,
    /// The longest wait that goes unsaid.
    pub quiet: Duration,
    /// Whether calls keep to AWS's rates.
    pub paced: bool,
}

impl Default for Timing {
    /// For AWS itself. A change set takes minutes at times (AWS Marketplace Catalog API reference, "Working with
    /// change sets"), a share with a large organization likewise. Node shares that follow each other at once are
    /// throttled late, inside the errors of a share that then stands without some accounts; Terraform's AWS provider
    /// pauses as long (`aws_servicecatalog_portfolio_share`).
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
    /// For an emulation on this machine.
    pub fn loopback() -> Self {
        Self {
            backoff: Duration::from_millis(1),
            poll: Duration::from_millis(1),
            // The sandbox's time passes with requests, so long pauses would stop it.
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
