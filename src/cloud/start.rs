//! What every session starts from: the SDK's configuration with the starting credentials.

use std::error::Error;
use std::sync::Arc;

use aws_config::{AppName, BehaviorVersion, Region as AwsRegion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use tokio::sync::OnceCell;

use super::error::{deepest, find};
use super::options::Options;
use super::pace::{Pace, Patience};
use super::{client, oidc};
use crate::model::id::{AccountId, Region};

/// How often the SDK tries at most: throttling and passing faults only.
const ATTEMPTS: u32 = 6;

/// What every session starts from.
#[derive(Debug)]
pub(crate) struct Start {
    pub(crate) options: Options,
    connector: SharedHttpConnector,
    pub(crate) pace: Arc<Pace>,
    /// Where STS is asked.
    pub(crate) region: AwsRegion,
    config: OnceCell<SdkConfig>,
    account: OnceCell<Option<AccountId>>,
}

impl Start {
    /// `home` is where STS is asked unless the environment names a region.
    pub(crate) fn new(options: Options, home: &Region, pace: Arc<Pace>) -> Self {
        let region = AwsRegion::new(options.environment.region.clone().unwrap_or_else(|| home.to_string()));
        let connector = client::connector(options.endpoint.as_ref());
        Self { options, connector, pace, region, config: OnceCell::new(), account: OnceCell::new() }
    }

    /// The SDK's configuration with the starting credentials, loaded once.
    pub(crate) async fn config(&self) -> &SdkConfig {
        self.config.get_or_init(|| self.load()).await
    }

    /// The account of the starting credentials, asked for once. Where STS does not say it, the calls will.
    pub(crate) async fn account(&self) -> Option<AccountId> {
        let ask = || async {
            let once = aws_sdk_sts::config::Builder::from(self.config().await).retry_config(RetryConfig::disabled());
            self.pace.count("GetCallerIdentity");
            let answer = aws_sdk_sts::Client::from_conf(once.build()).get_caller_identity().send().await.ok()?;
            answer.account?.parse().ok()
        };
        self.account.get_or_init(ask).await.clone()
    }

    /// GitHub's OIDC token, fetched anew each time: it lives for a few minutes only. None outside GitHub Actions.
    pub(crate) async fn token(&self, audience: &str) -> Option<Result<String, String>> {
        let environment = &self.options.environment;
        let (url, secret) = (environment.token_url.as_ref()?, environment.token_secret.as_ref()?);
        let patience = Patience::new(&self.options.timing);
        Some(oidc::token(&self.connector, url, secret, audience, patience).await)
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

/// What a failure to load the starting credentials comes to; what the SDK tells of each place it looked at is left out.
pub(crate) fn no_credentials(error: &(dyn Error + 'static)) -> Option<String> {
    let error = find::<CredentialsError>(error)?;
    let reason = match error {
        CredentialsError::CredentialsNotLoaded(_) => {
            "there are none in the environment, a profile or the instance".into()
        }
        other => deepest(other),
    };
    Some(format!(
        "no credentials to start with: {} (in GitHub Actions the job needs `permissions: id-token: write`; elsewhere \
         sign in, for example by `aws sso login`)",
        reason.trim_end_matches('.')
    ))
}
