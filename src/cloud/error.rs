//! What an error means: for the code that branches on it, and for the reader of a report.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::http::Response;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::operation::{Operation, Service};
use super::place::Place;
use crate::model::id::{AccountId, Region};
use crate::model::report::Failure;

/// What an error means to the code that branches on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The caller may not do this: a policy is missing, or the account is no administrator of the service.
    Denied,
    /// Too many calls in too short a time, until the deadline.
    Throttled,
    /// What the call names is not there, or not yet to be seen.
    NotFound,
    /// A running change set holds what the call names.
    Locked,
    /// Another action of the same kind is under way; only one is taken at a time.
    Busy,
    /// It is there already, or somebody changed it meanwhile.
    Conflict,
    /// A quota is used up: trying again does not help.
    Quota,
    /// The call itself is wrong.
    Invalid,
    /// The credentials have run out.
    Expired,
    /// A slip of AWS's own that is over in a moment: the same call, made anew, may succeed.
    Passing,
    /// No answer, or none that says whether anything was done: connection lost, time out, a fault inside AWS.
    Unreachable,
    /// Anything else.
    Other,
}

impl Meaning {
    /// The meaning of a code that came inside an answer, for one of several things that were asked for.
    pub(crate) fn of_code(code: &str) -> Self {
        meaning(code, "", 200)
    }
}

/// A call that failed: what was tried, where, what AWS said and what that means.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{operation} in {account} {region}: {code}: {message}")]
pub struct CloudError {
    /// The API operation, such as `CreatePortfolioShare`.
    pub operation: &'static str,
    /// The account that the call was made in.
    pub account: AccountId,
    /// The region.
    pub region: Region,
    /// AWS's error code, or a word of ours where AWS gave none (`Timeout`, `NoConnection`).
    pub code: String,
    /// AWS's message, and where it helps what to check.
    pub message: String,
    /// What it means.
    pub meaning: Meaning,
}

impl From<CloudError> for Failure {
    fn from(error: CloudError) -> Self {
        let CloudError { operation, account, region, code, message, meaning: _ } = error;
        Self { operation: operation.to_owned(), code, message, account, region }
    }
}

impl CloudError {
    /// An error of ours, with a code that says so.
    pub(crate) fn own(
        operation: &'static str,
        place: &Place,
        code: &str,
        meaning: Meaning,
        message: impl Into<String>,
    ) -> Self {
        Self {
            operation,
            account: place.account.clone(),
            region: place.region.clone(),
            code: code.to_owned(),
            message: message.into(),
            meaning,
        }
    }

    /// An error of the SDK, boiled down. One of ours inside it, such as a role that refused, comes out as it was.
    pub(crate) fn of<E>(operation: Operation, place: &Place, error: &SdkError<E, Response>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        if let Some(inner) = find::<Self>(error) {
            return inner.clone();
        }
        let own = |code: &str, meaning, message| Self::own(operation.name(), place, code, meaning, message);
        if let Some(message) = no_credentials(error) {
            return own("NoCredentials", Meaning::Denied, message);
        }
        match error {
            SdkError::ServiceError(service) => {
                let code = service.err().code().unwrap_or("Unknown");
                let said = service.err().message().unwrap_or("AWS gave no message").to_owned();
                let meaning = meaning(code, &said, service.raw().status().as_u16());
                let message = match hint(code, &said, operation) {
                    Some(hint) => format!("{} ({hint})", said.trim_end_matches('.')),
                    None => said,
                };
                own(code, meaning, message)
            }
            SdkError::TimeoutError(_) => own("Timeout", Meaning::Unreachable, deepest(error)),
            SdkError::DispatchFailure(failure) if failure.is_timeout() => {
                own("Timeout", Meaning::Unreachable, deepest(error))
            }
            // The SDK calls a connection that closes before the answer no I/O error, but another, transient one.
            SdkError::DispatchFailure(failure) if failure.is_io() || failure.as_other().is_some() => {
                own("NoConnection", Meaning::Unreachable, deepest(error))
            }
            SdkError::ResponseError(_) => own("UnreadableAnswer", Meaning::Unreachable, deepest(error)),
            other => own("CallFailed", Meaning::Other, deepest(other)),
        }
    }
}

/// The meaning of a code. Codes that the service models leave out (`ThrottlingException`, `AccessDeniedException` in
/// Service Catalog) arrive as strings like the others. A fault inside AWS (5xx) may or may not have done something.
fn meaning(code: &str, message: &str, status: u16) -> Meaning {
    match code {
        // STS at times fails to fetch GitHub's keys, and answers a valid token with this.
        "InvalidIdentityToken" if message.contains("verification key") => Meaning::Passing,
        "IDPCommunicationError" | "SERVER_FAULT" => Meaning::Passing,
        "InvalidParametersException" if message.contains("profile does not exist") => Meaning::Passing,
        "AccessDeniedException"
        | "AccessDenied"
        | "OperationNotSupportedException"
        | "UnauthorizedOperation"
        | "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "SignatureDoesNotMatch"
        | "InvalidSignatureException"
        | "InvalidIdentityToken" => Meaning::Denied,
        "ThrottlingException"
        | "Throttling"
        | "ThrottledException"
        | "TooManyRequestsException"
        | "RequestLimitExceeded"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "SlowDown" => Meaning::Throttled,
        "ResourceNotFoundException" | "ENTITY_NOT_FOUND" => Meaning::NotFound,
        code if code.ends_with("NotFoundException") => Meaning::NotFound,
        "ResourceInUseException" => Meaning::Locked,
        "InvalidStateException" if passes(message) => Meaning::Busy,
        "DuplicateResourceException" | "ConflictException" | "ConcurrentModificationException" => Meaning::Conflict,
        "LimitExceededException" | "ServiceQuotaExceededException" => Meaning::Quota,
        "ValidationException" | "ValidationError" | "InvalidParametersException" | "InvalidInputException" => {
            Meaning::Invalid
        }
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => Meaning::Expired,
        "RequestTimeout" | "RequestTimeoutException" => Meaning::Unreachable,
        _ if status == 429 => Meaning::Throttled,
        _ if status >= 500 => Meaning::Unreachable,
        _ => Meaning::Other,
    }
}

/// Whether a message of `InvalidStateException` speaks of something that passes. AWS gives no code for it.
fn passes(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    ["at the same time", "in progress", "in_progress", "being created"].iter().any(|sign| message.contains(sign))
}

/// What to check, where AWS's message does not tell.
fn hint(code: &str, said: &str, operation: Operation) -> Option<String> {
    Some(match code {
        "OperationNotSupportedException" => {
            "only the organization's management account or a delegated administrator of Service Catalog can do this, \
             and sharing with AWS Organizations has to be on"
                .to_owned()
        }
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => "sign in again".to_owned(),
        // IAM's own message names the action.
        "AccessDeniedException" if !said.contains(&operation.action()) => {
            let administrator = match operation.service() {
                Service::Organizations => "the account has to be the management account or a delegated administrator, ",
                Service::Marketplace => {
                    "the account has to be the management account or a delegated administrator of Private \
                     Marketplace, "
                }
                Service::ServiceCatalog | Service::Sts => "",
            };
            format!("check: {administrator}the role's policy has to allow {}", operation.action())
        }
        "UnrecognizedClientException" | "InvalidClientTokenId" => {
            "check the access key, and that the region is enabled in the account".to_owned()
        }
        "SignatureDoesNotMatch" | "InvalidSignatureException" => {
            "check that the secret access key belongs to the access key id, and the clock of this machine".to_owned()
        }
        _ => return None,
    })
}

/// Why there are no credentials to start with, if that is the error. The places where the SDK looked are left out.
fn no_credentials(error: &(dyn Error + 'static)) -> Option<String> {
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

/// The first `T` among an error and its causes.
pub(crate) fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// The last cause: the SDKs wrap what matters ("Connection refused") into layers that say nothing.
pub(crate) fn deepest(error: &(dyn Error + 'static)) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_the_models_leave_out_are_known_by_their_name() {
        assert_eq!(meaning("ThrottlingException", "", 400), Meaning::Throttled);
        assert_eq!(meaning("AccessDeniedException", "", 400), Meaning::Denied);
        assert_eq!(meaning("AccountNotFoundException", "", 400), Meaning::NotFound);
    }

    #[test]
    fn only_a_state_that_passes_is_worth_waiting_for() {
        let busy = "Cannot process more than one portfolio share action at the same time";
        assert_eq!(meaning("InvalidStateException", busy, 400), Meaning::Busy);
        assert_eq!(meaning("InvalidStateException", "The portfolio is imported", 400), Meaning::Other);
    }

    #[test]
    fn a_quota_is_not_throttling() {
        assert_eq!(meaning("LimitExceededException", "", 400), Meaning::Quota);
    }

    #[test]
    fn a_fault_inside_aws_leaves_open_what_was_done() {
        assert_eq!(meaning("InternalFailure", "", 500), Meaning::Unreachable);
        assert_eq!(meaning("SomethingNew", "", 400), Meaning::Other);
    }

    #[test]
    fn slips_of_aws_pass_by_themselves() {
        let key = "Couldn't retrieve verification key from your identity provider";
        assert_eq!(meaning("InvalidIdentityToken", key, 400), Meaning::Passing);
        assert_eq!(meaning("InvalidIdentityToken", "Incorrect token audience", 400), Meaning::Denied);
        let profile = "Portfolio share profile does not exist";
        assert_eq!(meaning("InvalidParametersException", profile, 400), Meaning::Passing);
        assert_eq!(meaning("InvalidParametersException", "Id is wrong", 400), Meaning::Invalid);
        assert_eq!(Meaning::of_code("SERVER_FAULT"), Meaning::Passing);
    }

    #[test]
    fn a_denial_names_the_action_that_the_policy_lacks() {
        let hint = |said| hint("AccessDeniedException", said, Operation::ListRoots);
        let said = hint("You don't have permissions to access this resource.").unwrap();
        assert!(said.contains("a delegated administrator") && said.ends_with("organizations:ListRoots"), "{said}");
        assert_eq!(hint("User: x is not authorized to perform: organizations:ListRoots"), None, "IAM said it");
    }

    #[test]
    fn the_last_cause_is_what_matters() {
        #[derive(Debug, thiserror::Error)]
        #[error("dispatch failure")]
        struct Outer(#[source] std::io::Error);
        let refused = std::io::Error::new(std::io::ErrorKind::ConnectionRefused, "Connection refused (os error 111)");
        assert_eq!(deepest(&Outer(refused)), "Connection refused (os error 111)");
    }
}
