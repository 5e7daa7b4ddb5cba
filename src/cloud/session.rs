//! The identity of each call: the starting credentials, or one role session per account and mode.
//!
//! In GitHub Actions the job's OIDC token is exchanged for the first role. Elsewhere the usual AWS credential chain
//! (environment, profile, SSO, instance) is the start. If the settings have `access.through`, that role is assumed
//! before an account's `role`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::SdkConfig;
use aws_sdk_sts::config::IdentityCache;

use super::barred::bar;
use super::client::{Ended, Seat};
use super::error::CloudError;
use super::iam::Iam;
use super::license_manager::LicenseManager;
use super::place::Place;
use super::role::{RoleSession, Step, provider};
use super::start::{Start, wrong_account};
use crate::model::id::{AccountId, Region};
use crate::model::settings::Access;
use crate::model::trust::ApplyRoles;

/// Opens role sessions and keeps them.
#[derive(Debug)]
pub(crate) struct Sessions {
    start: Arc<Start>,
    /// Roles that are refused.
    barred: ApplyRoles,
    roles: Mutex<BTreeMap<Step, Arc<RoleSession>>>,
}

/// The SDK configuration of a caller.
pub(crate) struct Identity {
    pub(crate) config: SdkConfig,
    /// Set to have the session opened again. `None` for the starting credentials.
    pub(crate) ended: Option<Ended>,
}

impl Sessions {
    pub(crate) fn new(start: Start, barred: ApplyRoles) -> Self {
        Self { start: Arc::new(start), barred, roles: Mutex::default() }
    }

    /// The caller for an account: a session of its role, opened, or the starting credentials if the settings name no
    /// role. An error if the caller would be in another account, or if its account can't be determined.
    pub(crate) async fn identity(&self, access: &Access, place: &Place) -> Result<Identity, CloudError> {
        bar(&self.barred, access, place, self.start.conduct.mode)?;
        let base = self.start.config().await;
        let Some(session) = self.role(access, place) else {
            let account = self.start.account(place).await?;
            if account != place.account {
                let message = format!(
                    "the starting credentials are of account {account}: name a role that leads into {} in \
                     settings.yaml (`access.role`)",
                    place.account
                );
                return Err(wrong_account("GetCallerIdentity", place, message));
            }
            return Ok(Identity { config: base.clone(), ended: None });
        };
        session.leads_into(place)?;
        session.credentials().await?;
        // The session renews itself. The SDK's cache on top of it would hide when it did.
        let config = base.to_builder().credentials_provider(provider(&session));
        let config = config.identity_cache(IdentityCache::no_cache()).build();
        Ok(Identity { config, ended: Some(Arc::clone(&session.ended)) })
    }

    /// The account of the starting credentials.
    pub(crate) async fn start_account(&self, region: &Region) -> Result<AccountId, CloudError> {
        // The asker's account shows up only in errors, and it is not known yet.
        let asker = Place { account: AccountId::nobody(), region: region.clone() };
        self.start.account(&asker).await
    }

    /// The ARN of the starting credentials.
    pub(crate) async fn start_arn(&self) -> Result<String, CloudError> {
        let asker = Place { account: AccountId::nobody(), region: self.start.region.clone() };
        self.start.caller(&asker).await.map(|caller| caller.arn)
    }

    /// IAM, called with an identity.
    pub(crate) fn iam(&self, identity: Identity, place: Place) -> Seat<Iam> {
        let Identity { config, ended } = identity;
        self.start.iam(&config, place, ended)
    }

    /// License Manager, called with an identity.
    pub(crate) fn license_manager(&self, identity: Identity, place: Place) -> Seat<LicenseManager> {
        let Identity { config, ended } = identity;
        self.start.license_manager(&config, place, ended)
    }

    /// An OIDC token of GitHub. `None` outside GitHub Actions; the error is a sentence.
    pub(crate) async fn token(&self, audience: &str) -> Option<Result<String, String>> {
        self.start.token(audience).await
    }

    /// The session of the role in `access.through`. `None` if the settings have no such role.
    pub(crate) fn first(&self, access: &Access, place: &Place) -> Result<Option<Arc<RoleSession>>, CloudError> {
        let alone = Access { role: None, ..access.clone() };
        bar(&self.barred, &alone, place, self.start.conduct.mode)?;
        Ok(self.through(access, place).map(|step| self.session(step, place)))
    }

    /// The session of an account's role. `None` if the settings name no role. The external id is sent for `role` only,
    /// not for `through`: it is meant for accounts that trust another account.
    pub(crate) fn role(&self, access: &Access, place: &Place) -> Option<Arc<RoleSession>> {
        let role = Access::role_arn(access.role.as_ref()?, &place.account, self.start.conduct.mode);
        let (external_id, audience) = (access.external_id.clone(), access.audience.clone());
        let from = self.through(access, place).map(Box::new);
        Some(self.session(Step { from, role, external_id, audience }, place))
    }

    fn through(&self, access: &Access, place: &Place) -> Option<Step> {
        let role = Access::role_arn(access.through.as_ref()?, &place.account, self.start.conduct.mode);
        Some(Step { from: None, role, external_id: None, audience: access.audience.clone() })
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
