//! IAM's `SimulatePrincipalPolicy`, the one call to IAM: what a role may do, without doing it.
//!
//! Written by hand over the SDK's own signer and XML reader, which are in the tree under the other SDKs. The crate
//! `aws-sdk-iam` is 17 MB of source and a minute of building, for one call.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html>

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
use super::iam_answer::{Simulated, page, refusal};
use super::operation::Operation;
use super::percent::encoded;
use super::place::{Place, iam_region};
use super::request::{Answer, Request};

/// The version of IAM's API.
const VERSION: &str = "2010-05-08";

/// IAM as a caller.
#[derive(Debug, Clone)]
pub(crate) struct Iam {
    connection: Connection,
    credentials: Option<SharedCredentialsProvider>,
    endpoint: String,
    region: String,
}

impl Iam {
    /// `place` says in whose partition IAM is asked; it has one address in each.
    pub(super) fn new(config: &SdkConfig, connection: Connection, place: &Place) -> Self {
        let region = iam_region(&place.region);
        let endpoint = own_endpoint(config).or_else(|| config.endpoint_url().map(str::to_owned));
        Self {
            connection,
            credentials: config.credentials_provider(),
            endpoint: endpoint.unwrap_or_else(|| usual_endpoint(region.as_str()).to_owned()),
            region: region.to_string(),
        }
    }

    /// A page of what a role may do, of some actions on every resource. Each of `context` is a key and its value.
    pub(super) fn simulate(
        &self,
        role: &str,
        actions: &[String],
        context: &[(&str, &str)],
        marker: Option<String>,
    ) -> Simulate {
        let mut form = vec![
            ("Action".to_owned(), Operation::SimulatePrincipalPolicy.name().to_owned()),
            ("Version".to_owned(), VERSION.to_owned()),
            ("PolicySourceArn".to_owned(), role.to_owned()),
        ];
        let actions = actions.iter().zip(1..);
        form.extend(actions.map(|(action, number)| (format!("ActionNames.member.{number}"), action.clone())));
        for ((key, value), number) in context.iter().zip(1..) {
            let entry = format!("ContextEntries.member.{number}");
            form.push((format!("{entry}.ContextKeyName"), (*key).to_owned()));
            form.push((format!("{entry}.ContextKeyType"), "string".to_owned()));
            form.push((format!("{entry}.ContextKeyValues.member.1"), (*value).to_owned()));
        }
        form.extend(marker.map(|marker| ("Marker".to_owned(), marker)));
        let pairs = form.iter().map(|(name, value)| format!("{name}={}", encoded(value)));
        Simulate { iam: self.clone(), body: pairs.collect::<Vec<_>>().join("&") }
    }
}

/// What `AWS_ENDPOINT_URL_IAM` or the profile's `services` say.
fn own_endpoint(config: &SdkConfig) -> Option<String> {
    let key = ServiceConfigKey::builder().service_id("IAM").env("AWS_ENDPOINT_URL").profile("endpoint_url").build();
    config.service_config()?.load_config(key.ok()?)
}

/// IAM's address in the partition of its region (AWS General Reference, "IAM endpoints and quotas").
fn usual_endpoint(region: &str) -> &'static str {
    match region {
        "cn-north-1" => "https://iam.cn-north-1.amazonaws.com.cn",
        "us-gov-west-1" => "https://iam.us-gov.amazonaws.com",
        _ => "https://iam.amazonaws.com",
    }
}

/// A call, ready to be signed.
#[derive(Debug, Clone)]
pub(super) struct Simulate {
    iam: Iam,
    body: String,
}

/// Some of the decisions, and what the next page is asked with.
pub(super) struct Simulation {
    pub(super) decisions: Vec<Simulated>,
    pub(super) next: Option<String>,
}

impl Request for Simulate {
    const OPERATION: Operation = Operation::SimulatePrincipalPolicy;

    type Output = Simulation;
    type Error = ErrorMetadata;

    fn attempt(self) -> Answer<Simulation, ErrorMetadata> {
        Box::pin(async move {
            let mut request = self.signed().await.map_err(SdkError::construction_failure)?;
            request.add_extension(Self::OPERATION);
            let answer = self.iam.connection.call(request).await.map_err(SdkError::dispatch_failure)?;
            read(answer)
        })
    }
}

impl Simulate {
    async fn signed(&self) -> Result<HttpRequest, BoxError> {
        const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
        let Iam { connection: _, credentials, endpoint, region } = &self.iam;
        let credentials = credentials.as_ref().ok_or("there are no credentials")?.provide_credentials().await?;
        let identity = credentials.into();
        let settings = v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name("iam")
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()?;
        let address = format!("{}/", endpoint.trim_end_matches('/'));
        let body = SignableBody::Bytes(self.body.as_bytes());
        let signable = SignableRequest::new("POST", &address, std::iter::once(FORM), body)?;
        let (signature, _) = sign(signable, &settings.into())?.into_parts();
        let mut request = HttpRequest::new(SdkBody::from(self.body.clone()));
        request.set_method("POST")?;
        request.set_uri(address)?;
        let headers = request.headers_mut();
        headers.try_insert(FORM.0, FORM.1)?;
        for (name, value) in signature.headers() {
            headers.try_insert(name.to_owned(), value.to_owned())?;
        }
        Ok(request)
    }
}

#[expect(clippy::result_large_err, reason = "the SDK's errors are as large, and `Seat::call` wants one")]
fn read(answer: HttpResponse) -> Result<Simulation, SdkError<ErrorMetadata, Response>> {
    let text = answer.body().bytes().map(String::from_utf8_lossy).unwrap_or_default().into_owned();
    if !answer.status().is_success() {
        return Err(SdkError::service_error(refusal(&text), answer));
    }
    match page(&text) {
        Ok((decisions, next)) => Ok(Simulation { decisions, next }),
        Err(error) => Err(SdkError::response_error(error, answer)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iam_has_one_address_in_each_partition() {
        let address = |home: &str| usual_endpoint(iam_region(&home.parse().unwrap()).as_str());
        assert_eq!(address("eu-west-1"), "https://iam.amazonaws.com");
        assert_eq!(address("cn-northwest-1"), "https://iam.cn-north-1.amazonaws.com.cn");
        assert_eq!(address("us-gov-east-1"), "https://iam.us-gov.amazonaws.com");
    }
}
