//! Which call a request is: told by its path, its `X-Amz-Target` or its form, and by the scope of
//! its signature. <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html>

use hyper::body::Bytes;
use hyper::http::HeaderMap;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::codec;
use super::protocol::Protocol;
use super::reply::{Failure, MESSAGE};

/// The version that stands in the paths of Marketplace Discovery.
const VERSION: &str = "2026-02-05/";

/// The version of IAM's API.
const IAM: &str = "2010-05-08";

/// An emulated service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    Sts,
    Iam,
    Organizations,
    Portfolios,
    Marketplace,
    LicenseManager,
}

impl Service {
    /// Its name in signatures, and before the colon in policies.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sts => "sts",
            Self::Iam => "iam",
            Self::Organizations => "organizations",
            Self::Portfolios => "servicecatalog",
            Self::Marketplace => "aws-marketplace",
            Self::LicenseManager => "license-manager",
        }
    }

    pub(super) fn protocol(self) -> Protocol {
        match self {
            Self::Sts | Self::Iam => Protocol::Query,
            Self::Organizations | Self::Portfolios | Self::LicenseManager => Protocol::Json11,
            Self::Marketplace => Protocol::RestJson,
        }
    }

    /// What it answers to those who come too fast.
    pub(super) fn throttled(self) -> Failure {
        match self {
            Self::Sts | Self::Iam => Failure::new("Throttling", "Rate exceeded"),
            Self::Organizations => Failure::new(
                "TooManyRequestsException",
                "AWS Organizations can't complete your request because \
                     another request is already in progress. Try again later.",
            ),
            Self::Portfolios => Failure::new("ThrottlingException", "Rate exceeded"),
            Self::LicenseManager => Failure::new("RateLimitExceededException", "Too many requests"),
            Self::Marketplace => Failure::with_status("ThrottlingException", 429, "Too many requests"),
        }
    }

    /// What it answers to those who may not do this.
    pub(super) fn denied(self, message: impl Into<String>) -> Failure {
        match self {
            Self::Sts | Self::Iam => Failure::with_status("AccessDenied", 403, message),
            Self::Organizations | Self::Portfolios | Self::LicenseManager => {
                Failure::new("AccessDeniedException", message)
            }
            Self::Marketplace => Failure::with_status("AccessDeniedException", 403, message),
        }
    }
}

/// A request as it came in, told apart.
pub(super) struct Request {
    pub(super) service: Service,
    pub(super) operation: String,
    /// Whether it is Marketplace Discovery that is asked, which signs as the Marketplace Catalog does.
    pub(super) discovery: bool,
    /// The parameters in the path's query.
    pub(super) query: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// What cannot be any call: there is not even a service to answer in its own way.
pub(super) struct Unknown(pub(super) Failure);

impl Request {
    /// Tells which call it is.
    pub(super) fn read(path: &str, query: &str, headers: HeaderMap, body: Bytes) -> Result<Self, Unknown> {
        let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
        let discovery = target.is_empty() && path.trim_start_matches('/').starts_with(VERSION);
        let (service, operation) = match target.split_once('.') {
            Some(("AWS242ServiceCatalogService", operation)) => (Service::Portfolios, operation.to_owned()),
            Some(("AWSLicenseManager", operation)) => (Service::LicenseManager, operation.to_owned()),
            Some(("AWSOrganizationsV20161128", operation)) => (Service::Organizations, operation.to_owned()),
            Some(_) => return Err(Unknown(unknown(target))),
            None if path.len() > 1 => (Service::Marketplace, named(path.trim_start_matches('/'))),
            None => {
                let form = codec::form(&String::from_utf8_lossy(&body));
                let action = form.get("Action").cloned().ok_or_else(|| Unknown(unknown("a request without a name")))?;
                // Both are asked by a form: the version of the API tells them apart.
                let service = if form.get("Version").is_some_and(|it| it == IAM) { Service::Iam } else { Service::Sts };
                (service, action)
            }
        };
        Ok(Self { service, operation, discovery, query: query.to_owned(), headers, body })
    }

    /// The member that holds the message of an error: the services' models spell it both ways.
    pub(super) fn message_member(&self) -> &'static str {
        if self.discovery { "message" } else { MESSAGE }
    }

    /// A header as text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// The operation of a path: `2026-02-05/getProduct` is `GetProduct`. Other paths are names of operations already.
fn named(path: &str) -> String {
    let Some(name) = path.strip_prefix(VERSION) else { return path.to_owned() };
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// No such operation, or none that is emulated.
pub(super) fn unknown(operation: &str) -> Failure {
    Failure::with_status("UnknownOperationException", 404, format!("The sandbox does not emulate {operation}"))
}

/// Reads the input of a JSON call. What the sandbox does not emulate is an error: ignored in
/// silence, it would look as if it worked.
pub(super) fn input<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    let body = if body.is_empty() { b"{}" } else { body };
    // By way of an object, as serde would take an array for a struct too.
    let members: Result<Map<String, Value>, _> = serde_json::from_slice(body);
    members
        .and_then(|members| T::deserialize(Value::Object(members)))
        .map_err(|error| Failure::new("SerializationException", format!("The sandbox cannot read this input: {error}")))
}

/// A member that must be there.
pub(super) fn required<T>(value: Option<T>, field: &str) -> Result<T, Failure> {
    value.ok_or_else(|| Failure::missing(field))
}
