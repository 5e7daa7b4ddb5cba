//! Who calls: the starting credentials, and one role session per account and mode.
//!
//! In GitHub Actions the job's OIDC token is exchanged for the first role; elsewhere the usual AWS chain (environment,
//! profile, SSO, instance) is the start. A session is opened once, however many ask for it, and renewed before it ends.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_config::{AppName, BehaviorVersion, Region as AwsRegion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_sdk_sts::config::IdentityCache;
use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use tokio::sync::OnceCell;

use super::error::{deepest, find};
use super::options::Options;
use super::pace::Pace;
use super::{CloudError, Meaning, Place, client, oidc};
use crate::model::id::Region;
use crate::model::settings::{Access, Mode};

/// How long before its end a session is renewed: longer than any single call takes.
const MARGIN: Duration = Duration::from_mins(5);

/// How often the SDK tries at most: throttling and passing faults only.
const ATTEMPTS: u32 = 6;

/// Opens role sessions and keeps them.
#[derive(Debug)]
pub(crate) struct Sessions {
    start: Arc<Start>,
    mode: Mode,
    roles: Mutex<BTreeMap<Step, Arc<RoleSession>>>,
}

/// What every session starts from.
#[derive(Debug)]
struct Start {
    options: Options,
    region: AwsRegion,
    connector: SharedHttpConnector,
    config: OnceCell<SdkConfig>,
    pace: Arc<Pace>,
}

/// A role and the way to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Step {
    from: Option<Box<Step>>,
    role: String,
    external_id: Option<String>,
    audience: String,
}

impl Sessions {
    /// `home` is where STS is asked unless the environment names a region.
    pub(crate) fn new(options: Options, mode: Mode, home: Option<Region>, pace: Arc<Pace>) -> Self {
        let named = options.environment.region.clone().or_else(|| home.map(String::from));
        let region = AwsRegion::new(named.unwrap_or_else(|| Region::marketplace().to_string()));
        let connector = client::connector(options.endpoint.as_ref());
        let start = Start { options, region, connector, config: OnceCell::new(), pace };
        Self { start: Arc::new(start), mode, roles: Mutex::default() }
    }

    /// The configuration of a client in an account, its session open.
    pub(crate) async fn config(&self, access: &Access, place: &Place) -> Result<SdkConfig, CloudError> {
        let base = self.start.config().await;
        let Some(session) = self.role(access, place) else { return Ok(base.clone()) };
        session.credentials().await?;
        let provider = SharedCredentialsProvider::new(Provider(session));
        // The session renews itself; a second cache above it would only hide when.
        Ok(base.to_builder().credentials_provider(provider).identity_cache(IdentityCache::no_cache()).build())
    }

    /// The session of an account's role, if the settings name one.
    fn role(&self, access: &Access, place: &Place) -> Option<Arc<RoleSession>> {
        let arn = |template: &String| Access::role_arn(template, &place.account, self.mode);
        let role = arn(access.role.as_ref()?);
        let audience = access.audience.clone();
        let through = access.through.as_ref().map(|through| {
            Box::new(Step { from: None, role: arn(through), external_id: None, audience: audience.clone() })
        });
        Some(self.session(Step { from: through, role, external_id: access.external_id.clone(), audience }, place))
    }

    fn session(&self, step: Step, place: &Place) -> Arc<RoleSession> {
        let from = step.from.as_deref().map(|from| self.session(from.clone(), place));
        let mut roles = self.roles.lock().unwrap_or_else(PoisonError::into_inner);
        let session = roles.entry(step).or_insert_with_key(|step| {
            Arc::new(RoleSession {
                start: Arc::clone(&self.start),
                from,
                step: step.clone(),
                place: place.clone(),
                held: tokio::sync::Mutex::default(),
            })
        });
        Arc::clone(session)
    }
}

impl Start {
    /// The SDK's configuration with the starting credentials, loaded once.
    async fn config(&self) -> &SdkConfig {
        self.config.get_or_init(|| self.load()).await
    }

    async fn load(&self) -> SdkConfig {
        let timing = &self.options.timing;
        let retry = RetryConfig::standard()
            .with_max_attempts(ATTEMPTS)
            .with_initial_backoff(timing.backoff)
            .with_max_backoff(timing.backoff * 40);
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(client::CONNECT_TIMEOUT)
            .operation_attempt_timeout(client::ANSWER_TIMEOUT)
            .build();
        let http = client::http(self.connector.clone());
        let app = AppName::new("catalog-sync").ok();
        let Some(endpoint) = &self.options.endpoint else {
            let mut loader = aws_config::defaults(BehaviorVersion::latest())
                .region(self.region.clone())
                .http_client(http)
                .retry_config(retry)
                .timeout_config(timeouts);
            if let Some(app) = app {
                loader = loader.app_name(app);
            }
            return loader.load().await;
        };
        let credentials =
            Credentials::new(&endpoint.access_key_id, &endpoint.secret_access_key, None, None, "catalog-sync endpoint");
        let mut builder = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(self.region.clone())
            .endpoint_url(&endpoint.url)
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(http)
            .retry_config(retry)
            .timeout_config(timeouts);
        builder.set_app_name(app);
        builder.build()
    }
}

/// A session of one role.
#[derive(Debug)]
struct RoleSession {
    start: Arc<Start>,
    from: Option<Arc<RoleSession>>,
    step: Step,
    place: Place,
    held: tokio::sync::Mutex<Option<Result<Credentials, CloudError>>>,
}

impl RoleSession {
    /// Credentials that last for a while yet. Who asks while they are fetched waits for the same ones; a refusal is
    /// remembered.
    async fn credentials(&self) -> Result<Credentials, CloudError> {
        let mut held = self.held.lock().await;
        match &*held {
            Some(Ok(credentials)) if lasts(credentials, SystemTime::now()) => return Ok(credentials.clone()),
            Some(Err(refusal)) if refusal.meaning == Meaning::Denied => return Err(refusal.clone()),
            _ => {}
        }
        let opened = Box::pin(self.open()).await;
        *held = Some(opened.clone());
        opened
    }

    async fn open(&self) -> Result<Credentials, CloudError> {
        let environment = &self.start.options.environment;
        match (&self.from, &environment.token_url, &environment.token_secret) {
            (Some(from), _, _) => self.assume(Some(from)).await,
            (None, Some(url), Some(secret)) => self.exchange(url, secret).await,
            (None, _, _) => self.assume(None).await,
        }
    }

    async fn assume(&self, from: Option<&Arc<Self>>) -> Result<Credentials, CloudError> {
        const OPERATION: &str = "AssumeRole";
        let mut config = aws_sdk_sts::config::Builder::from(self.start.config().await);
        if let Some(from) = from {
            from.credentials().await?;
            let provider = Provider(Arc::clone(from));
            config = config.credentials_provider(provider).identity_cache(IdentityCache::no_cache());
        }
        let client = aws_sdk_sts::Client::from_conf(config.build());
        self.start.pace.count(OPERATION);
        let answer = client
            .assume_role()
            .role_arn(&self.step.role)
            .role_session_name(self.name())
            .set_external_id(self.step.external_id.clone())
            .send()
            .await;
        let answer = answer.map_err(|error| self.explain(CloudError::of(OPERATION, &self.place, &error)))?;
        self.read(OPERATION, answer.credentials)
    }

    /// The token is fetched for every exchange: it lives for a few minutes only.
    async fn exchange(&self, url: &str, secret: &str) -> Result<Credentials, CloudError> {
        const OPERATION: &str = "AssumeRoleWithWebIdentity";
        let token = oidc::token(&self.start.connector, url, secret, &self.step.audience).await;
        let token = token.map_err(|reason| {
            CloudError::own(
                "GetIdToken",
                &self.place,
                "NoToken",
                Meaning::Denied,
                format!("GitHub's OIDC token: {reason}"),
            )
        })?;
        let client = aws_sdk_sts::Client::new(self.start.config().await);
        self.start.pace.count(OPERATION);
        let answer = client
            .assume_role_with_web_identity()
            .role_arn(&self.step.role)
            .role_session_name(self.name())
            .web_identity_token(token)
            .send()
            .await;
        let answer = answer.map_err(|error| self.explain(CloudError::of(OPERATION, &self.place, &error)))?;
        self.read(OPERATION, answer.credentials)
    }

    fn read(
        &self,
        operation: &'static str,
        credentials: Option<aws_sdk_sts::types::Credentials>,
    ) -> Result<Credentials, CloudError> {
        let nothing = || CloudError::own(operation, &self.place, "NoCredentials", Meaning::Other, "STS gave none");
        let credentials = credentials.ok_or_else(nothing)?;
        Ok(Credentials::new(
            credentials.access_key_id,
            credentials.secret_access_key,
            Some(credentials.session_token),
            SystemTime::try_from(credentials.expiration).ok(),
            "catalog-sync role session",
        ))
    }

    fn name(&self) -> String {
        let environment = &self.start.options.environment;
        session_name(environment.repository.as_deref(), environment.run_id.as_deref())
    }

    /// Says which role it was and what to check.
    fn explain(&self, error: CloudError) -> CloudError {
        if error.meaning != Meaning::Denied || error.operation == "GetIdToken" {
            return error;
        }
        let role = &self.step.role;
        let said = error.message.trim_end_matches('.');
        let check = match (error.operation, &self.from) {
            ("AssumeRoleWithWebIdentity", _) => format!(
                "check that the role exists, and that its trust policy names token.actions.githubusercontent.com, the \
                 audience {} and this workflow's subject",
                self.step.audience
            ),
            (_, Some(from)) => format!(
                "check that the role exists, and that its trust policy lets {} in{}",
                from.step.role,
                self.step.external_id.as_ref().map(|_| " with this external id").unwrap_or_default()
            ),
            _ => "check that the role exists, and that its trust policy lets the starting credentials in".to_owned(),
        };
        CloudError { message: format!("{said} (role {role}: {check})"), ..error }
    }
}

/// A session as the SDK wants it.
#[derive(Debug)]
struct Provider(Arc<RoleSession>);

impl ProvideCredentials for Provider {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async { self.0.credentials().await.map_err(CredentialsError::provider_error) })
    }
}

/// Whether credentials are good for a while after `now`.
fn lasts(credentials: &Credentials, now: SystemTime) -> bool {
    credentials.expiry().is_none_or(|end| end.duration_since(now).is_ok_and(|left| left > MARGIN))
}

/// A session's name, so that CloudTrail tells which repository and run did what. STS takes 2 to 64 of `\w+=,.@-`.
fn session_name(repository: Option<&str>, run_id: Option<&str>) -> String {
    const MOST: usize = 64;
    let clean = |text: &str| -> String {
        text.chars().map(|c| if c.is_ascii_alphanumeric() || "_=,.@-".contains(c) { c } else { '-' }).collect()
    };
    let run = run_id.map(|run| format!("@{}", clean(run))).unwrap_or_default();
    let mut name = "catalog-sync".to_owned();
    if let Some(repository) = repository {
        name = format!("{name}-{}", clean(repository));
    }
    name.truncate(MOST.saturating_sub(run.len()));
    name.extend(run.chars().take(MOST - 12));
    name
}

/// What a failure to load the starting credentials comes to.
pub(crate) fn no_credentials(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    find::<CredentialsError>(error).map(|error| {
        format!(
            "no credentials to start with: {} (in GitHub Actions the job needs `permissions: id-token: write`; \
             elsewhere sign in, for example by `aws sso login`)",
            deepest(error)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_name_tells_the_repository_and_the_run() {
        assert_eq!(session_name(Some("acme/catalog"), Some("4711")), "catalog-sync-acme-catalog@4711");
        assert_eq!(session_name(None, None), "catalog-sync");
    }

    #[test]
    fn a_session_name_is_never_too_long_and_keeps_the_run() {
        let name = session_name(Some(&"ä/x".repeat(40)), Some("12345678901"));
        assert_eq!(name.len(), 64);
        assert!(name.ends_with("@12345678901"));
        assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_=,.@-".contains(&b)));
    }

    #[test]
    fn a_session_is_renewed_before_it_ends() {
        let now = SystemTime::now();
        let until = |left: u64| Credentials::new("A", "S", None, Some(now + Duration::from_secs(left)), "test");
        assert!(lasts(&until(3600), now));
        assert!(!lasts(&until(299), now));
        assert!(lasts(&Credentials::new("A", "S", None, None, "test"), now));
    }
}
