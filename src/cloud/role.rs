//! A session of one role: opened once, however many ask for it, and renewed before it ends.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};
use aws_sdk_sts::config::IdentityCache;
use aws_sdk_sts::config::interceptors::InterceptorContext;
use aws_sdk_sts::config::retry::{ClassifyRetry, RetryAction};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::http::Response;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::error::find;
use super::session::Step;
use super::start::Start;
use super::{CloudError, Meaning, Place, oidc};

/// How long before its end a session is renewed: longer than any single call takes.
const MARGIN: Duration = Duration::from_mins(5);

/// A session of one role.
#[derive(Debug)]
pub(crate) struct RoleSession {
    start: Arc<Start>,
    from: Option<Arc<RoleSession>>,
    step: Step,
    place: Place,
    held: tokio::sync::Mutex<Option<Result<Credentials, CloudError>>>,
    /// Whether AWS said that the session has ended, whatever its credentials say.
    ended: AtomicBool,
}

impl RoleSession {
    /// `asker` is where whoever asks first wants to call; errors speak of the role's own account, and of where STS is.
    pub(crate) fn new(start: Arc<Start>, from: Option<Arc<RoleSession>>, step: Step, asker: &Place) -> Self {
        let account = step.role.split(':').nth(4).and_then(|account| account.parse().ok());
        let place = Place {
            account: account.unwrap_or_else(|| asker.account.clone()),
            region: start.region.as_ref().parse().unwrap_or_else(|_| asker.region.clone()),
        };
        Self { start, from, step, place, held: tokio::sync::Mutex::default(), ended: AtomicBool::new(false) }
    }

    /// Credentials that last for a while yet. Who asks while they are fetched waits for the same ones; a refusal is
    /// remembered.
    pub(crate) async fn credentials(&self) -> Result<Credentials, CloudError> {
        let mut held = self.held.lock().await;
        let ended = self.ended.swap(false, Ordering::Relaxed);
        match &*held {
            Some(Ok(credentials)) if !ended && lasts(credentials, SystemTime::now()) => return Ok(credentials.clone()),
            Some(Err(refusal)) if refusal.meaning == Meaning::Denied => return Err(refusal.clone()),
            _ => {}
        }
        let opened = Box::pin(self.open()).await;
        *held = Some(opened.clone());
        opened
    }

    async fn open(&self) -> Result<Credentials, CloudError> {
        if let Some(from) = &self.from {
            return self.assume(Some(from)).await;
        }
        match self.start.token(&self.step.audience).await {
            Some(token) => self.exchange(token).await,
            None => self.assume(None).await,
        }
    }

    async fn assume(&self, from: Option<&Arc<Self>>) -> Result<Credentials, CloudError> {
        const OPERATION: &str = "AssumeRole";
        let mut config = aws_sdk_sts::config::Builder::from(self.start.config().await);
        if let Some(from) = from {
            from.credentials().await?;
            config = config
                .credentials_provider(RoleProvider(Arc::clone(from)))
                .identity_cache(IdentityCache::no_cache())
                .retry_classifier(Renewal(Arc::clone(from)));
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
        let answer = answer.map_err(|error| {
            let caller = from.map_or("the starting credentials", |from| from.step.role.as_str());
            let external_id = if self.step.external_id.is_some() { " with this external id" } else { "" };
            let check = format!("its trust policy lets {caller} in{external_id}");
            self.explain(OPERATION, &error, &check)
        })?;
        self.read(OPERATION, answer.credentials)
    }

    async fn exchange(&self, token: Result<String, String>) -> Result<Credentials, CloudError> {
        const OPERATION: &str = "AssumeRoleWithWebIdentity";
        let token = token.map_err(|reason| {
            let message = format!("GitHub's OIDC token could not be had: {reason}");
            CloudError::own("GetIdToken", &self.place, "NoToken", Meaning::Denied, message)
        })?;
        let client = aws_sdk_sts::Client::new(self.start.config().await);
        self.start.pace.count(OPERATION);
        let answer = client
            .assume_role_with_web_identity()
            .role_arn(&self.step.role)
            .role_session_name(self.name())
            .web_identity_token(&token)
            .send()
            .await;
        let answer = answer.map_err(|error| {
            let subject = oidc::subject(&token).unwrap_or_else(|| "that could not be read".to_owned());
            let check = format!(
                "its trust policy names token.actions.githubusercontent.com, the audience {} and the subject {subject}",
                self.step.audience
            );
            self.explain(OPERATION, &error, &check)
        })?;
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

    /// Says which role refused, and what to check. What an earlier step said stays as it is.
    fn explain<E>(&self, operation: &'static str, error: &SdkError<E, Response>, check: &str) -> CloudError
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let is_inner = find::<CredentialsError>(error).is_some();
        let error = CloudError::of(operation, &self.place, error);
        if is_inner || error.meaning != Meaning::Denied {
            return error;
        }
        let said = error.message.trim_end_matches('.');
        let message = format!("{said} (role {}: check that it exists and that {check})", self.step.role);
        CloudError { message, ..error }
    }
}

/// A session as the SDK wants it.
#[derive(Debug)]
pub(crate) struct RoleProvider(pub(crate) Arc<RoleSession>);

impl ProvideCredentials for RoleProvider {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async { self.0.credentials().await.map_err(CredentialsError::provider_error) })
    }
}

/// Has the SDK try again with a fresh session where AWS says that this one has ended: the clock of a runner may be
/// wrong, or somebody may have revoked it.
#[derive(Debug, Clone)]
pub(crate) struct Renewal(pub(crate) Arc<RoleSession>);

impl ClassifyRetry for Renewal {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let body = context.response().and_then(|response| response.body().bytes()).unwrap_or_default();
        // `ExpiredToken` in XML, `ExpiredTokenException` in JSON; REST services name it in a header.
        let header = context.response().and_then(|response| response.headers().get("x-amzn-errortype"));
        let sign = "ExpiredToken";
        if !context.is_failed()
            || !(header.is_some_and(|kind| kind.contains(sign)) || String::from_utf8_lossy(body).contains(sign))
        {
            return RetryAction::NoActionIndicated;
        }
        self.0.ended.store(true, Ordering::Relaxed);
        RetryAction::transient_error()
    }

    fn name(&self) -> &'static str {
        "renewal of a role session"
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
