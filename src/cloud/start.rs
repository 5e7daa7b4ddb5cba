//! The start of every session: the SDK's configuration with the starting credentials.

use std::sync::Arc;

use aws_config::{AppName, BehaviorVersion, Region as AwsRegion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::retry::RetryConfig;
use tokio::sync::OnceCell;

use super::client::{Conduct, Ended, Seat};
use super::connection::{Connection, Label};
use super::error::CloudError;
use super::iam::Iam;
use super::license_manager::LicenseManager;
use super::meaning::Meaning;
use super::oidc;
use super::options::{Endpoint, Environment};
use super::pace::{Patience, Scope};
use super::place::Place;
use crate::model::id::{AccountId, Region};

/// The starting credentials, the environment, and what all calls share.
#[derive(Debug)]
pub(crate) struct Start {
    pub(crate) environment: Environment,
    pub(crate) conduct: Arc<Conduct>,
    /// The region whose STS is called.
    pub(crate) region: Region,
    endpoint: Option<Endpoint>,
    connection: Connection,
    config: OnceCell<SdkConfig>,
    caller: OnceCell<Result<Caller, CloudError>>,
}

/// The identity of the starting credentials.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    account: AccountId,
    pub(crate) arn: String,
}

impl Start {
    /// `home` is the region of STS if the environment names none.
    pub(crate) fn new(
        environment: Environment,
        endpoint: Option<Endpoint>,
        connection: Connection,
        conduct: Arc<Conduct>,
        home: &Region,
    ) -> Self {
        let region = environment.region.as_deref().and_then(|region| region.parse().ok());
        Self {
            region: region.unwrap_or_else(|| home.clone()),
            environment,
            conduct,
            endpoint,
            connection,
            config: OnceCell::new(),
            caller: OnceCell::new(),
        }
    }

    /// The SDK's configuration with the starting credentials, loaded once.
    pub(crate) async fn config(&self) -> &SdkConfig {
        self.config.get_or_init(|| self.load()).await
    }

    /// The account of the starting credentials.
    pub(crate) async fn account(&self, asker: &Place) -> Result<AccountId, CloudError> {
        self.caller(asker).await.map(|caller| caller.account)
    }

    /// The identity of the starting credentials, asked for once with the usual retries. An error is final for the run:
    /// without the answer it is unknown in which account a call would be made.
    pub(crate) async fn caller(&self, asker: &Place) -> Result<Caller, CloudError> {
        let place = Place { account: asker.account.clone(), region: self.region.clone() };
        let ask = || async {
            let sts = self.sts(self.config().await, place.clone(), None);
            let answer = sts.call(sts.client.get_caller_identity()).await.map_err(|error| self.explain(error))?;
            let account = sts.parse("GetCallerIdentity", answer.account())?;
            Ok(Caller { account, arn: answer.arn.unwrap_or_default() })
        };
        self.caller.get_or_init(ask).await.clone().map_err(|error: CloudError| CloudError {
            account: place.account.clone(),
            message: format!("the account of the starting credentials is unknown: {}", error.message),
            ..error
        })
    }

    /// A client of STS.
    pub(crate) fn sts(&self, config: &SdkConfig, place: Place, ended: Option<Ended>) -> Seat<aws_sdk_sts::Client> {
        let config = aws_sdk_sts::config::Builder::from(config).interceptor(Label).build();
        self.seat(aws_sdk_sts::Client::from_conf(config), place, ended)
    }

    /// A client of IAM.
    pub(crate) fn iam(&self, config: &SdkConfig, place: Place, ended: Option<Ended>) -> Seat<Iam> {
        self.seat(Iam::new(config, self.connection.clone(), &place), place, ended)
    }

    /// A client of License Manager.
    pub(crate) fn license_manager(
        &self,
        config: &SdkConfig,
        place: Place,
        ended: Option<Ended>,
    ) -> Seat<LicenseManager> {
        self.seat(LicenseManager::new(config, self.connection.clone(), &place), place, ended)
    }

    fn seat<C>(&self, client: C, place: Place, ended: Option<Ended>) -> Seat<C> {
        Seat {
            client,
            timing: self.conduct.timing.clone(),
            scope: Scope::Place(place.clone()),
            conduct: Arc::clone(&self.conduct),
            place,
            until: None,
            ended,
        }
    }

    /// Adds the name of the profile to an error about missing credentials, because the SDK ignores a profile that does
    /// not exist.
    pub(crate) fn explain(&self, error: CloudError) -> CloudError {
        match &self.environment.profile {
            Some(profile) if error.code == "NoCredentials" => {
                let message = format!(
                    "{}. AWS_PROFILE is `{profile}`: check that this profile exists and holds credentials",
                    error.message
                );
                CloudError { message, ..error }
            }
            Some(_) | None => error,
        }
    }

    /// Whether this is a job of GitHub Actions that may ask for OIDC tokens.
    pub(crate) fn has_tokens(&self) -> bool {
        self.environment.token_url.is_some() && self.environment.token_secret.is_some()
    }

    /// GitHub's OIDC token, fetched again each time because it is valid for a few minutes only. `None` outside GitHub
    /// Actions.
    pub(crate) async fn token(&self, audience: &str) -> Option<Result<String, String>> {
        let (url, secret) = (self.environment.token_url.as_ref()?, self.environment.token_secret.as_ref()?);
        let patience = Patience::new(&self.conduct.timing);
        Some(oidc::token(&self.connection, url, secret, audience, patience).await)
    }

    async fn load(&self) -> SdkConfig {
        let app = AppName::new("catalog-sync").ok();
        let region = AwsRegion::new(self.region.to_string());
        let found = if let Some(endpoint) = &self.endpoint {
            let Endpoint { url, access_key_id, secret_access_key } = endpoint;
            let credentials = Credentials::new(access_key_id, secret_access_key, None, None, "catalog-sync endpoint");
            SdkConfig::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(region)
                .endpoint_url(url)
                .credentials_provider(SharedCredentialsProvider::new(credentials))
                .build()
        } else {
            let loader = aws_config::defaults(BehaviorVersion::latest()).region(region);
            loader.http_client(self.connection.unbounded_client()).load().await
        };
        // `Connection` keeps the time limits, so that waiting for a permit does not count. `Seat::call` retries,
        // because it knows the pace and how long to accept throttling.
        // The SDK's stalled stream protection is off because it counts the wait for a permit too: with many calls
        // waiting, it gave up after five seconds on calls that had not been sent yet.
        let mut config = found
            .to_builder()
            .http_client(self.connection.client())
            .retry_config(RetryConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        config.set_app_name(app);
        config.build()
    }
}

/// The error for credentials of another account than the one that is meant.
pub(crate) fn wrong_account(operation: &'static str, place: &Place, message: String) -> CloudError {
    CloudError::own(operation, place, "WrongAccount", Meaning::Denied, message)
}
