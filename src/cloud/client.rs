//! Clients: one per account, region and service, over one shared pool of connections.

use std::collections::BTreeMap;
use std::error::Error;
use std::future::Future;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_config::Region as AwsRegion;
use aws_smithy_http_client::{Connector, proxy, tls};
use aws_smithy_runtime_api::client::http::{
    HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::http::Response;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::options::{Endpoint, Timing};
use super::pace::Pace;
use super::quota::Quota;
use super::session::Identity;
use super::{Cloud, CloudError, Meaning, Place, organizations_region};
use crate::model::id::{AccountId, InvalidId, Name, Region};
use crate::model::settings::OrganizationSettings;

/// How long a connection may take.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a single answer may take.
pub(crate) const ANSWER_TIMEOUT: Duration = Duration::from_mins(1);

/// A client with where it calls and how fast it may.
#[derive(Debug)]
pub(crate) struct Seat<C> {
    pub(crate) client: C,
    pub(crate) place: Place,
    pub(crate) timing: Timing,
    pace: Arc<Pace>,
}

impl<C: Sync> Seat<C> {
    /// Makes a call when it is its turn. `send` is the SDK's future, which does nothing before it is awaited; it is
    /// boxed here, being many kilobytes large.
    pub(crate) fn call<T, E>(
        &self,
        operation: &'static str,
        send: impl Future<Output = Result<T, SdkError<E, Response>>> + Send,
    ) -> impl Future<Output = Result<T, CloudError>> + Send
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let send = Box::pin(send);
        async move {
            let _turn = self.pace.admit(&self.place, operation).await;
            send.await.map_err(|error| CloudError::of(operation, &self.place, &error))
        }
    }
}

impl<C> Seat<C> {
    /// An id in an answer. One that is missing or not understood is an error: what is left out would look as if it
    /// were not there.
    pub(crate) fn parse<T: FromStr<Err = InvalidId>>(
        &self,
        operation: &'static str,
        id: Option<&str>,
    ) -> Result<T, CloudError> {
        id.unwrap_or_default().parse().map_err(|error: InvalidId| {
            CloudError::own(operation, &self.place, "NotUnderstood", Meaning::Other, format!("AWS's answer: {error}"))
        })
    }
}

type Cache<C> = Mutex<BTreeMap<(Name, Place), C>>;

/// The clients that were made.
#[derive(Debug, Default)]
pub(crate) struct Clients {
    service_catalog: Cache<aws_sdk_servicecatalog::Client>,
    marketplace: Cache<aws_sdk_marketplacecatalog::Client>,
    organizations: Cache<aws_sdk_organizations::Client>,
}

macro_rules! client {
    ($sdk:ident, $service:literal $(, $classifier:expr)?) => {
        |identity: Identity, place: &Place| {
            // A partition of retries for each place: an account that is throttled takes no attempts from the others.
            let partition = format!("{}-{}-{}", $service, place.account, place.region);
            let mut config = $sdk::config::Builder::from(&identity.config)
                .region(AwsRegion::new(place.region.to_string()))
                .retry_partition($sdk::config::retry::RetryPartition::new(partition));
            if let Some(renewal) = identity.renewal {
                config = config.retry_classifier(renewal);
            }
            $(config = config.retry_classifier($classifier);)?
            $sdk::Client::from_conf(config.build())
        }
    };
}

impl Cloud {
    /// Service Catalog in an account and region.
    pub(crate) async fn service_catalog(
        &self,
        organization: &Name,
        place: Place,
    ) -> Result<Seat<aws_sdk_servicecatalog::Client>, CloudError> {
        self.reaches(organization, &place).await?;
        let make = client!(aws_sdk_servicecatalog, "servicecatalog", Quota);
        self.seat(&self.0.clients.service_catalog, organization, place, make).await
    }

    /// Marketplace Catalog in an account: in its own region whatever else is configured, since the region is part of
    /// the signature.
    pub(crate) async fn marketplace(
        &self,
        organization: &Name,
        account: &AccountId,
    ) -> Result<Seat<aws_sdk_marketplacecatalog::Client>, CloudError> {
        let place = Place { account: account.clone(), region: Region::marketplace() };
        self.reaches(organization, &place).await?;
        let make = client!(aws_sdk_marketplacecatalog, "marketplacecatalog");
        self.seat(&self.0.clients.marketplace, organization, place, make).await
    }

    /// Organizations, asked from the account that the settings name for it.
    pub(crate) async fn organizations_of(
        &self,
        organization: &Name,
    ) -> Result<Seat<aws_sdk_organizations::Client>, String> {
        let reader = self.organization(organization).and_then(OrganizationSettings::reader);
        let account = reader.ok_or_else(|| format!("the settings name no account of organization `{organization}`"))?;
        let place = Place { account: account.clone(), region: organizations_region(&self.0.home) };
        let make = client!(aws_sdk_organizations, "organizations");
        self.seat(&self.0.clients.organizations, organization, place, make).await.map_err(|error| error.to_string())
    }

    /// Refuses an account that no role leads into and that the starting credentials are not of: what is live in theirs
    /// would be taken for what is live in it.
    async fn reaches(&self, organization: &Name, place: &Place) -> Result<(), CloudError> {
        if self.access(organization).role.is_some() {
            return Ok(());
        }
        match self.0.sessions.starting_account().await {
            Some(account) if account != place.account => {
                let message = format!(
                    "the starting credentials are of account {account}: name a role that leads into {} in \
                     settings.yaml (`access.role`)",
                    place.account
                );
                Err(CloudError::own("GetCallerIdentity", place, "WrongAccount", Meaning::Denied, message))
            }
            _ => Ok(()),
        }
    }

    async fn seat<C: Clone>(
        &self,
        cache: &Cache<C>,
        organization: &Name,
        place: Place,
        make: impl FnOnce(Identity, &Place) -> C,
    ) -> Result<Seat<C>, CloudError> {
        let key = (organization.clone(), place);
        let known = cache.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        let client = if let Some(client) = known {
            client
        } else {
            let identity = self.0.sessions.identity(&self.access(organization), &key.1).await?;
            let mut cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
            cache.entry(key.clone()).or_insert_with(|| make(identity, &key.1)).clone()
        };
        Ok(Seat { client, place: key.1, timing: self.0.timing.clone(), pace: Arc::clone(&self.0.pace) })
    }
}

/// The one pool of connections. An emulation on this machine gets neither TLS nor a proxy.
pub(crate) fn connector(endpoint: Option<&Endpoint>) -> SharedHttpConnector {
    let settings =
        HttpConnectorSettings::builder().connect_timeout(CONNECT_TIMEOUT).read_timeout(ANSWER_TIMEOUT).build();
    let builder = Connector::builder().connector_settings(settings);
    SharedHttpConnector::new(match endpoint {
        Some(endpoint) if endpoint.url.starts_with("http://") => builder.build_http(),
        _ => builder
            .proxy_config(proxy::ProxyConfig::from_env())
            .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
            .build(),
    })
}

/// The pool as the SDK wants it: the same for every client, whatever its settings.
pub(crate) fn http(connector: SharedHttpConnector) -> SharedHttpClient {
    http_client_fn(move |_, _| connector.clone())
}
