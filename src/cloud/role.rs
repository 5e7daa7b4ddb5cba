//! The session of one role: opened once for all callers, and renewed before it ends.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_sdk_sts::config::IdentityCache;
use aws_sdk_sts::types::{AssumedRoleUser, Credentials as StsCredentials};
use tokio::time::{Instant, sleep};

use super::client::{Ended, Seat};
use super::error::CloudError;
use super::meaning::Meaning;
use super::naming::{is_of, session_name};
use super::oidc;
use super::place::Place;
use super::retry::Retry;
use super::start::{Start, wrong_account};

/// How long before its end a session is renewed. No single call takes longer.
const MARGIN: Duration = Duration::from_mins(5);

/// A role, and the role that it is assumed from (`None` for the starting credentials).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Step {
    pub(crate) from: Option<Box<Step>>,
    pub(crate) role: String,
    pub(crate) external_id: Option<String>,
    pub(crate) audience: String,
}

/// A session of one role.
#[derive(Debug)]
pub(crate) struct RoleSession {
    start: Arc<Start>,
    from: Option<Arc<RoleSession>>,
    step: Step,
    place: Place,
    held: tokio::sync::Mutex<Option<Result<Credentials, CloudError>>>,
    pub(crate) ended: Ended,
}

impl RoleSession {
    /// `asker` is the first place that needs the session. Errors name the role's own account, and the region of STS.
    pub(crate) fn new(start: Arc<Start>, from: Option<Arc<RoleSession>>, step: Step, asker: &Place) -> Self {
        let account = step.role.split(':').nth(4).and_then(|account| account.parse().ok());
        let account = account.unwrap_or_else(|| asker.account.clone());
        let place = Place { account, region: start.region.clone() };
        Self { start, from, step, place, held: tokio::sync::Mutex::default(), ended: Ended::default() }
    }

    pub(crate) fn arn(&self) -> &str {
        &self.step.role
    }

    /// The session that this role is assumed from. `None` if that is the starting credentials.
    pub(crate) fn from(&self) -> Option<&RoleSession> {
        self.from.as_deref()
    }

    /// Fails if the role is in another account than `place`.
    pub(crate) fn leads_into(&self, place: &Place) -> Result<(), CloudError> {
        if self.place.account == place.account {
            return Ok(());
        }
        let message = format!(
            "`access.role` in settings.yaml is {}, a role of another account than {}: write {{account}} in place of \
             the account id",
            self.step.role, place.account
        );
        Err(wrong_account("AssumeRole", place, message))
    }

    /// Credentials that are valid for at least [`MARGIN`]. Callers that ask during a fetch wait for its result. A
    /// refusal is remembered; after any other error the next caller tries again.
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
        match &self.from {
            Some(from) => {
                from.credentials().await?;
                let config = self.start.config().await.to_builder().credentials_provider(provider(from));
                let config = config.identity_cache(IdentityCache::no_cache()).build();
                self.assume(&self.start.sts(&config, self.place.clone(), Some(Arc::clone(&from.ended)))).await
            }
            None if self.start.has_tokens() => self.exchange().await,
            None => {
                let sts = self.start.sts(self.start.config().await, self.place.clone(), None);
                self.assume(&sts).await.map_err(|error| self.start.explain(error))
            }
        }
    }

    async fn assume(&self, sts: &Seat<aws_sdk_sts::Client>) -> Result<Credentials, CloudError> {
        let Step { from, role, external_id, audience: _ } = &self.step;
        let call = sts.client.assume_role().role_arn(role).role_session_name(self.name());
        let answer = sts.call(call.set_external_id(external_id.clone())).await.map_err(|error| {
            let caller = from.as_ref().map_or("the starting credentials", |from| from.role.as_str());
            let external_id = if external_id.is_some() { " with this external id" } else { "" };
            self.explain("AssumeRole", error, &format!("its trust policy lets {caller} in{external_id}"), oidc::ISSUER)
        })?;
        self.read("AssumeRole", answer.credentials, answer.assumed_role_user.as_ref())
    }

    /// Exchanges GitHub's token for the role. STS sometimes refuses a valid token; a new token is then fetched.
    async fn exchange(&self) -> Result<Credentials, CloudError> {
        let mut retry = Retry::new(&self.start.conduct.timing, Instant::now());
        loop {
            match self.exchange_once().await {
                Err(error) if error.meaning == Meaning::Passing => {
                    let Some(pause) = retry.after(Meaning::Unreachable, Instant::now()) else { return Err(error) };
                    sleep(pause).await;
                }
                done => return done,
            }
        }
    }

    async fn exchange_once(&self) -> Result<Credentials, CloudError> {
        const OPERATION: &str = "AssumeRoleWithWebIdentity";
        let no_token = |reason: String| oidc::no_token(&self.place, &reason);
        let Step { from: _, role, external_id: _, audience } = &self.step;
        let token = self.start.token(audience).await;
        let token = token.unwrap_or_else(|| Err("this is not a job of GitHub Actions".to_owned())).map_err(no_token)?;
        let sts = self.start.sts(self.start.config().await, self.place.clone(), None);
        let call = sts.client.assume_role_with_web_identity().role_arn(role).role_session_name(self.name());
        let answer = sts.call(call.web_identity_token(&token)).await.map_err(|error| {
            let subject = oidc::claim(&token, "sub").unwrap_or_else(|| "that could not be read".to_owned());
            let issuer = oidc::issuer(&token);
            let check = format!("its trust policy names {issuer}, the audience {audience} and the subject {subject}");
            self.explain(OPERATION, error, &check, &issuer)
        })?;
        self.read(OPERATION, answer.credentials, answer.assumed_role_user.as_ref())
    }

    /// Takes the credentials of an answer, after checking that they are for the role that was asked for.
    fn read(
        &self,
        operation: &'static str,
        credentials: Option<StsCredentials>,
        user: Option<&AssumedRoleUser>,
    ) -> Result<Credentials, CloudError> {
        let session = user.map(AssumedRoleUser::arn).unwrap_or_default();
        if !is_of(session, &self.step.role) {
            let session = if session.is_empty() { "a session without a name" } else { session };
            let message = format!(
                "STS gave {session} where {} was asked for, so nothing is done with it. Check AWS_ENDPOINT_URL and the \
                 role",
                self.step.role
            );
            return Err(wrong_account(operation, &self.place, message));
        }
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
        let environment = &self.start.environment;
        session_name(environment.repository.as_deref(), environment.run_id.as_deref())
    }

    /// Adds which role refused and what to check. Errors of an earlier role in the chain stay as they are, and so do
    /// errors about credentials that STS does not know, since no trust policy was checked then.
    fn explain(&self, operation: &'static str, error: CloudError, trust: &str, issuer: &str) -> CloudError {
        let explained = error.message.contains(": check that ");
        let is_own = error.operation == operation && error.account == self.place.account && !explained;
        let check = match error.code.as_str() {
            "AccessDenied" if is_own => format!("check that it exists and that {trust}"),
            "InvalidIdentityToken" if is_own => format!(
                "check that account {} has the identity provider {issuer} with the audience {}",
                self.place.account, self.step.audience
            ),
            _ => return error,
        };
        let message = format!("{} (role {}: {check})", error.message.trim_end_matches('.'), self.step.role);
        CloudError { message, ..error }
    }
}

/// A session as a credentials provider of the SDK.
pub(crate) fn provider(session: &Arc<RoleSession>) -> SharedCredentialsProvider {
    SharedCredentialsProvider::new(Provider(Arc::clone(session)))
}

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

/// Whether credentials stay valid for longer than [`MARGIN`] after `now`.
fn lasts(credentials: &Credentials, now: SystemTime) -> bool {
    credentials.expiry().is_none_or(|end| end.duration_since(now).is_ok_and(|left| left > MARGIN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_renewed_before_it_ends() {
        let now = SystemTime::now();
        let until = |left: u64| Credentials::new("A", "S", None, Some(now + Duration::from_secs(left)), "test");
        assert!(lasts(&until(3600), now));
        assert!(!lasts(&until(299), now));
        assert!(lasts(&Credentials::new("A", "S", None, None, "test"), now));
    }
}
