//! Who calls: the starting credentials, or one role session per account and mode.
//!
//! In GitHub Actions the job's OIDC token is exchanged for the first role; elsewhere the usual AWS chain (environment,
//! profile, SSO, instance) is the start. `through`, if the settings name it, comes before an account's `role`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::SdkConfig;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_sts::config::IdentityCache;

use super::barred::bar;
use super::options::Options;
use super::pace::Pace;
use super::role::{Renewal, RoleProvider, RoleSession};
use super::start::Start;
use super::{CloudError, Place};
use crate::model::id::{AccountId, Region};
use crate::model::settings::{Access, Mode};

/// Opens role sessions and keeps them.
#[derive(Debug)]
pub(crate) struct Sessions {
    start: Arc<Start>,
    mode: Mode,
    roles: Mutex<BTreeMap<Step, Arc<RoleSession>>>,
}

/// A role and the way to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Step {
    pub(crate) from: Option<Box<Step>>,
    pub(crate) role: String,
    pub(crate) external_id: Option<String>,
    pub(crate) audience: String,
}

/// What a client is made from.
pub(crate) struct Identity {
    pub(crate) config: SdkConfig,
    /// Has a call made again whose session ended early.
    pub(crate) renewal: Option<Renewal>,
}

impl Sessions {
    /// `home` is where STS is asked unless the environment names a region.
    pub(crate) fn new(options: Options, mode: Mode, home: &Region, pace: Arc<Pace>) -> Self {
        Self { start: Arc::new(Start::new(options, home, pace)), mode, roles: Mutex::default() }
    }

    /// Who calls in an account, its session open.
    pub(crate) async fn identity(&self, access: &Access, place: &Place) -> Result<Identity, CloudError> {
        bar(&self.start.options.barred, access, place, self.mode)?;
        let base = self.start.config().await;
        let Some(session) = self.role(access, place) else {
            return Ok(Identity { config: base.clone(), renewal: None });
        };
        session.credentials().await?;
        let provider = SharedCredentialsProvider::new(RoleProvider(Arc::clone(&session)));
        // The session renews itself; a second cache above it would only hide when.
        let config = base.to_builder().credentials_provider(provider).identity_cache(IdentityCache::no_cache()).build();
        Ok(Identity { config, renewal: Some(Renewal(session)) })
    }

    /// The account of the starting credentials, where STS says it.
    pub(crate) async fn starting_account(&self) -> Option<AccountId> {
        self.start.account().await
    }

    /// An OIDC token, where there is someone to give it.
    pub(crate) async fn token(&self, audience: &str) -> Option<Result<String, String>> {
        self.start.token(audience).await
    }

    /// The session of an account's role, if the settings name one. The external id goes with `role` alone: it is for
    /// the accounts that trust another one.
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
        let session = roles
            .entry(step)
            .or_insert_with_key(|step| Arc::new(RoleSession::new(Arc::clone(&self.start), from, step.clone(), place)));
        Arc::clone(session)
    }
}
