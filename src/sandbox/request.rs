//! Identifies the call of a request by its `X-Amz-Target`, its path or its form.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html>

use hyper::body::Bytes;
use hyper::http::HeaderMap;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::codec;
use super::protocol::Protocol;
use super::reply::{Failure, MESSAGE};

/// The API version in the paths of Marketplace Discovery.
const VERSION: &str = "2026-02-05/";

/// The API version of IAM.
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
    /// The name in signatures, and before the colon in policies.
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

    /// The error for a throttled call.
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

    /// The error for a call that is not allowed.
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

/// A request, with the call that it makes.
pub(super) struct Request {
    pub(super) service: Service,
    pub(super) operation: String,
    /// Whether the call is to Marketplace Discovery, which has the same signing name as the Marketplace Catalog.
    pub(super) discovery: bool,
    /// The query string.
    pub(super) query: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// A request that names no known service. The error has no protocol of its own.
pub(super) struct Unknown(pub(super) Failure);

impl Request {
    /// Identifies the call of a request.
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
                // STS and IAM share the protocol. The API version tells them apart.
                let service = if form.get("Version").is_some_and(|it| it == IAM) { Service::Iam } else { Service::Sts };
                (service, action)
            }
        };
        Ok(Self { service, operation, discovery, query: query.to_owned(), headers, body })
    }

    /// The member that holds an error's message. Marketplace Discovery spells it in lower case.
    pub(super) fn message_member(&self) -> &'static str {
        if self.discovery { "message" } else { MESSAGE }
    }

    /// A header as text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// The operation of a path: `GetProduct` for `2026-02-05/getProduct`. Other paths are the operation's name already.
fn named(path: &str) -> String {
    let Some(name) = path.strip_prefix(VERSION) else { return path.to_owned() };
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// The error for an operation that does not exist or is not emulated.
pub(super) fn unknown(operation: &str) -> Failure {
    Failure::with_status("UnknownOperationException", 404, format!("The sandbox does not emulate {operation}"))
}

/// Reads the input of a JSON call. Members that the sandbox does not emulate are errors: if they were ignored, a client
/// would believe that they work.
pub(super) fn input<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    let body = if body.is_empty() { b"{}" } else { body };
    // Goes through an object, because serde would accept an array for a struct as well.
    let members: Result<Map<String, Value>, _> = serde_json::from_slice(body);
    members
        .and_then(|members| T::deserialize(Value::Object(members)))
        .map_err(|error| Failure::new("SerializationException", format!("The sandbox cannot read this input: {error}")))
}

/// The value of a required member, or the error that it is missing.
pub(super) fn required<T>(value: Option<T>, field: &str) -> Result<T, Failure> {
    value.ok_or_else(|| Failure::missing(field))
}
