//! Calls written by hand over the SDK's signer and connection, for services of which one operation is used. An SDK
//! crate would cost megabytes of source and a minute of build time each.

use std::time::SystemTime;

use aws_config::SdkConfig;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::http::Response;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::metadata::ErrorMetadata;
use aws_types::service_config::ServiceConfigKey;

use super::connection::Connection;
use super::operation::Operation;

/// The parsed answer, or the error as the SDK's crates give it.
pub(super) type Said<T> = Result<T, SdkError<ErrorMetadata, Response>>;

/// The application name in the form of the SDK's user agent.
const USER_AGENT: &str = "app/catalog-sync";

/// A client of a service in one region.
#[derive(Debug, Clone)]
pub(super) struct ByHand {
    connection: Connection,
    credentials: Option<SharedCredentialsProvider>,
    endpoint: String,
    region: String,
    signing: &'static str,
}

impl ByHand {
    /// `id` is the service's name in the SDK's configuration, such as `IAM`. `signing` is its name in signatures.
    pub(super) fn new(
        config: &SdkConfig,
        connection: Connection,
        (id, signing): (&str, &'static str),
        region: &str,
        usual_endpoint: &str,
    ) -> Self {
        let endpoint = own_endpoint(config, id).or_else(|| config.endpoint_url().map(str::to_owned));
        Self {
            connection,
            credentials: config.credentials_provider(),
            endpoint: endpoint.unwrap_or_else(|| usual_endpoint.to_owned()),
            region: region.to_owned(),
            signing,
        }
    }

    /// Makes one attempt. `page` parses the body of a successful answer, `refusal` any other answer.
    pub(super) async fn post<T, E: Into<BoxError>>(
        &self,
        operation: Operation,
        headers: &[(&'static str, &str)],
        body: String,
        page: impl FnOnce(&[u8]) -> Result<T, E>,
        refusal: impl FnOnce(&HttpResponse) -> ErrorMetadata,
    ) -> Said<T> {
        let mut request = self.signed(headers, body).await.map_err(SdkError::construction_failure)?;
        request.add_extension(operation);
        let answer = self.connection.call(request).await.map_err(SdkError::dispatch_failure)?;
        if !answer.status().is_success() {
            return Err(SdkError::service_error(refusal(&answer), answer));
        }
        page(answer.body().bytes().unwrap_or_default()).map_err(|error| SdkError::response_error(error, answer))
    }

    async fn signed(&self, headers: &[(&'static str, &str)], body: String) -> Result<HttpRequest, BoxError> {
        let Self { connection: _, credentials, endpoint, region, signing } = self;
        let credentials = credentials.as_ref().ok_or("there are no credentials")?.provide_credentials().await?;
        let identity = credentials.into();
        let settings = v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name(signing)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()?;
        let address = format!("{}/", endpoint.trim_end_matches('/'));
        let signable_body = SignableBody::Bytes(body.as_bytes());
        let signable = SignableRequest::new("POST", &address, headers.iter().copied(), signable_body)?;
        let (signature, _) = sign(signable, &settings.into())?.into_parts();
        let mut request = HttpRequest::new(SdkBody::from(body));
        request.set_method("POST")?;
        request.set_uri(address)?;
        let all = request.headers_mut();
        // The same form as the SDK's (`app/…`), so that CloudTrail shows which program called.
        all.try_insert("user-agent", USER_AGENT)?;
        for (name, value) in headers {
            all.try_insert(*name, (*value).to_owned())?;
        }
        for (name, value) in signature.headers() {
            all.try_insert(name.to_owned(), value.to_owned())?;
        }
        Ok(request)
    }
}

/// The endpoint from `AWS_ENDPOINT_URL_…` for the service, or from the profile's `services` section.
fn own_endpoint(config: &SdkConfig, id: &str) -> Option<String> {
    let key = ServiceConfigKey::builder().service_id(id).env("AWS_ENDPOINT_URL").profile("endpoint_url").build();
    config.service_config()?.load_config(key.ok()?)
}
