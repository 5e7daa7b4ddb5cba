//! All network access: a shared pool of connections, a limit on calls in flight, and the count of calls.
//!
//! The limit applies to each attempt. A call that waits for its next attempt holds no permit, so an account that is
//! throttled does not delay the others.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_sts::config::interceptors::BeforeTransmitInterceptorContextMut;
use aws_sdk_sts::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_smithy_http_client::{Connector, proxy, tls};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, Metadata};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use super::error::deepest;
use super::operation::Operation;
use super::options::Endpoint;
use super::tally::Tally;

/// The time limit for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The longest time that an answer may take, to its last byte.
const ANSWER_TIMEOUT: Duration = Duration::from_mins(1);

/// AWS refuses a signature that is older than five minutes. A request that has waited almost that long for a permit is
/// given up; the next attempt signs it again.
const SIGNATURE_LIFE: Duration = Duration::from_mins(4);

/// A connector over the pool that applies the limit and counts calls. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Connection(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    pool: SharedHttpConnector,
    in_flight: Semaphore,
    answer_timeout: Duration,
    tally: Arc<Tally>,
}

/// A host gave no answer. The message names the host, because the SDK's own errors don't.
#[derive(Debug, thiserror::Error)]
#[error("{host}: {reason}")]
struct NoAnswer {
    host: String,
    reason: String,
}

impl Connection {
    /// At most `concurrency` requests are in flight. An answer may take a quarter of `patience`, and a minute at most: a
    /// poll that gets no answer then leaves time for the next ones. An endpoint with `http://` (an emulation on this
    /// machine) is reached without TLS and without a proxy.
    pub(crate) fn new(endpoint: Option<&Endpoint>, concurrency: usize, patience: Duration, tally: Arc<Tally>) -> Self {
        let answer_timeout = ANSWER_TIMEOUT.min(patience / 4);
        let settings =
            HttpConnectorSettings::builder().connect_timeout(CONNECT_TIMEOUT).read_timeout(answer_timeout).build();
        let builder = Connector::builder().connector_settings(settings);
        let pool = SharedHttpConnector::new(match endpoint {
            Some(endpoint) if endpoint.url.starts_with("http://") => builder.build_http(),
            _ => builder
                .proxy_config(proxy::ProxyConfig::from_env())
                .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
                .build(),
        });
        Self(Arc::new(Inner { pool, in_flight: Semaphore::new(concurrency.max(1)), answer_timeout, tally }))
    }

    /// The HTTP client for the SDK.
    pub(crate) fn client(&self) -> SharedHttpClient {
        let connector = SharedHttpConnector::new(self.clone());
        http_client_fn(move |_, _| connector.clone())
    }

    /// An HTTP client without the limit, for the SDK's search for starting credentials. That search asks the instance
    /// metadata service with a time limit of one second, and would take a wait for a permit for the absence of
    /// credentials.
    pub(crate) fn unbounded_client(&self) -> SharedHttpClient {
        let pool = self.0.pool.clone();
        http_client_fn(move |_, _| pool.clone())
    }
}

impl HttpConnector for Connection {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let inner = Arc::clone(&self.0);
        HttpConnectorFuture::new(async move { inner.send(request).await })
    }
}

impl Inner {
    /// Sends a request once there is a permit, and reads the whole answer. The permit is held until then.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let host = host(request.uri());
        let _permit = self.permit(&host).await?;
        if let Some(operation) = request.extension::<Operation>() {
            self.tally.count(operation.name());
        }
        timeout(self.answer_timeout, self.exchange(request, &host)).await.unwrap_or_else(|_| {
            let reason = format!("no answer within {} seconds", self.answer_timeout.as_secs_f64());
            Err(ConnectorError::timeout(NoAnswer { host: host.clone(), reason }.into()))
        })
    }

    async fn permit(&self, host: &str) -> Result<SemaphorePermit<'_>, ConnectorError> {
        match timeout(SIGNATURE_LIFE, self.in_flight.acquire()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(closed)) => Err(ConnectorError::other(closed.into(), None)),
            Err(_) => {
                let reason = "not sent: too many other calls were waiting for their answers".to_owned();
                Err(ConnectorError::timeout(NoAnswer { host: host.to_owned(), reason }.into()))
            }
        }
    }

    async fn exchange(&self, request: HttpRequest, host: &str) -> Result<HttpResponse, ConnectorError> {
        let no_answer = |reason: String| NoAnswer { host: host.to_owned(), reason }.into();
        let mut answer = self.pool.call(request).await.map_err(|error| {
            let source = no_answer(deepest(&error));
            match error.as_other() {
                _ if error.is_timeout() => ConnectorError::timeout(source),
                _ if error.is_io() => ConnectorError::io(source),
                _ if error.is_user() => ConnectorError::user(source),
                kind => ConnectorError::other(source, kind),
            }
        })?;
        let body = ByteStream::new(answer.take_body()).collect().await;
        let body = body.map_err(|error| ConnectorError::io(no_answer(deepest(&error))))?;
        *answer.body_mut() = SdkBody::from(body.into_bytes());
        Ok(answer)
    }
}

/// The host of an address, with its port if it has one, without user and password.
fn host(uri: &str) -> String {
    let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default().to_owned()
}

/// Labels each request with its operation, for the count of calls.
#[derive(Debug)]
pub(crate) struct Label;

impl Intercept for Label {
    fn name(&self) -> &'static str {
        "the operation, for the count of calls"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(operation) = config.load::<Metadata>().and_then(|metadata| Operation::named(metadata.name())) {
            context.request_mut().add_extension(operation);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_host_and_no_more_of_the_address() {
        assert_eq!(host("https://sts.us-east-1.amazonaws.com/"), "sts.us-east-1.amazonaws.com");
        assert_eq!(host("http://127.0.0.1:4566/token?secret=x"), "127.0.0.1:4566");
        assert_eq!(host("https://example.com?secret=x"), "example.com");
        assert_eq!(host("https://user:secret@example.com/"), "example.com");
    }
}
