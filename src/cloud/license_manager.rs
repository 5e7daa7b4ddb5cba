//! License Manager's `ListReceivedLicensesForOrganization`, the only call to that service: which accounts of an
//! organization hold a licence for a product.
//!
//! An account that buys a subscription in AWS Marketplace gets a licence. Its `ProductSKU` is the product's id, and its
//! home region is us-east-1. The call is JSON 1.1; a filter takes one value, and a page holds at most 100 licences.
//! <https://docs.aws.amazon.com/license-manager/latest/APIReference/API_ListReceivedLicensesForOrganization.html>

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::error::metadata::ErrorMetadata;
use serde::Deserialize;
use serde_json::json;

use super::by_hand::ByHand;
use super::connection::Connection;
use super::operation::Operation;
use super::place::Place;
use super::request::{Answer, Request};

/// The largest page.
const PAGE: u8 = 100;

/// A client of License Manager.
#[derive(Debug, Clone)]
pub(crate) struct LicenseManager(ByHand);

impl LicenseManager {
    /// `place` is in the marketplace's region, so only one partition is possible.
    pub(super) fn new(config: &SdkConfig, connection: Connection, place: &Place) -> Self {
        let region = place.region.as_str();
        let endpoint = format!("https://license-manager.{region}.amazonaws.com");
        Self(ByHand::new(config, connection, ("License Manager", "license-manager"), region, &endpoint))
    }

    /// A request for one page of the licences that accounts of the organization hold for a product.
    pub(super) fn received(&self, product: &str, token: Option<String>) -> Received {
        Received { service: self.clone(), product: product.to_owned(), token }
    }
}

/// A request that is not signed yet.
#[derive(Debug, Clone)]
pub(super) struct Received {
    service: LicenseManager,
    product: String,
    token: Option<String>,
}

/// One page of licences, and the token of the next page.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Page {
    #[serde(default)]
    pub(super) licenses: Option<Vec<License>>,
    #[serde(default)]
    pub(super) next_token: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct License {
    #[serde(rename = "ProductSKU", default)]
    pub(super) product: Option<String>,
    #[serde(default)]
    pub(super) status: Option<String>,
    /// The account that holds it, as an id or an ARN.
    #[serde(default)]
    pub(super) beneficiary: Option<String>,
}

impl License {
    /// Whether the licence is no longer valid.
    pub(super) fn has_ended(&self) -> bool {
        matches!(self.status.as_deref(), Some("DEACTIVATED" | "EXPIRED" | "PENDING_DELETE" | "DELETED"))
    }

    /// The id of the account that holds it. If it is no account, AWS's text as it is.
    pub(super) fn holder(&self) -> &str {
        let text = self.beneficiary.as_deref().unwrap_or_default();
        if text.starts_with("arn:") { text.split(':').nth(4).filter(|it| !it.is_empty()).unwrap_or(text) } else { text }
    }
}

impl Request for Received {
    const OPERATION: Operation = Operation::ListReceivedLicensesForOrganization;

    type Output = Page;
    type Error = ErrorMetadata;

    fn attempt(self) -> Answer<Page, ErrorMetadata> {
        Box::pin(async move {
            let Self { service: LicenseManager(service), product, token } = self;
            let mut body = json!({"Filters": [{"Name": "ProductSKU", "Values": [product]}], "MaxResults": PAGE});
            if let (Some(token), Some(body)) = (token, body.as_object_mut()) {
                body.insert("NextToken".to_owned(), token.into());
            }
            let target = format!("AWSLicenseManager.{}", Self::OPERATION.name());
            let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target.as_str())];
            let page = |answer: &[u8]| serde_json::from_slice(answer);
            service.post(Self::OPERATION, &headers, body.to_string(), page, refusal).await
        })
    }
}

/// The error in an answer. Without code and message if the answer can't be read.
fn refusal(answer: &HttpResponse) -> ErrorMetadata {
    error(answer.body().bytes().unwrap_or_default())
}

fn error(body: &[u8]) -> ErrorMetadata {
    #[derive(Default, Deserialize)]
    struct Refused {
        #[serde(rename = "__type", default)]
        code: Option<String>,
        #[serde(alias = "Message", default)]
        message: Option<String>,
    }
    let Refused { code, message } = serde_json::from_slice(body).unwrap_or_default();
    let mut builder = ErrorMetadata::builder();
    if let Some(code) = code {
        // AWS sends `com.amazonaws.license#AccessDeniedException`, or the name alone.
        builder = builder.code(code.rsplit('#').next().unwrap_or(&code));
    }
    if let Some(message) = message {
        builder = builder.message(message);
    }
    builder.build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holder_is_an_account_however_it_is_written() {
        let of = |beneficiary: &str| {
            let text = json!({"ProductSKU": "prod-1", "Status": "AVAILABLE", "Beneficiary": beneficiary}).to_string();
            let license: License = serde_json::from_str(&text).unwrap();
            assert!(!license.has_ended());
            license.holder().to_owned()
        };
        assert_eq!(of("333333333331"), "333333333331");
        assert_eq!(of("arn:aws:iam::333333333331:root"), "333333333331");
        assert_eq!(of("somebody"), "somebody");
    }

    #[test]
    fn refusal_has_code_and_message() {
        for text in [
            r#"{"__type": "com.amazonaws.license#AuthorizationException", "message": "no"}"#,
            r#"{"__type": "AuthorizationException", "Message": "no"}"#,
        ] {
            let refused = error(text.as_bytes());
            assert_eq!((refused.code(), refused.message()), (Some("AuthorizationException"), Some("no")));
        }
        assert_eq!(error(b"<html>busy").code(), None);
    }
}
