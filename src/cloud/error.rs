//! An error of a call, with a sentence for the reader of a report.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::http::Response;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::meaning::Meaning;
use super::operation::{Operation, Service};
use super::place::Place;
use crate::model::id::{AccountId, Region};
use crate::model::report::Failure;

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
    /// AWS's error code, or a code of ours if AWS gave none (`Timeout`, `NoConnection`).
    pub code: String,
    /// AWS's message, with a hint on what to check if there is one.
    pub message: String,
    /// How the code has to react.
    pub meaning: Meaning,
}

impl From<CloudError> for Failure {
    fn from(error: CloudError) -> Self {
        let CloudError { operation, account, region, code, message, meaning: _ } = error;
        Self { operation: operation.to_owned(), code, message, account, region }
    }
}

impl CloudError {
    /// An error of this program, with a code of ours.
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

    /// The essence of an SDK error. An error of ours inside it, such as a role that refused, is returned unchanged.
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
                let meaning = Meaning::of(code, &said, service.raw().status().as_u16());
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
            // For the SDK, a connection that closes before the answer is no I/O error but a transient error of another
            // kind.
            SdkError::DispatchFailure(failure) if failure.is_io() || failure.as_other().is_some() => {
                own("NoConnection", Meaning::Unreachable, deepest(error))
            }
            SdkError::ResponseError(_) => own("UnreadableAnswer", Meaning::Unreachable, deepest(error)),
            other => own("CallFailed", Meaning::Other, deepest(other)),
        }
    }
}

/// A hint on what to check, for messages of AWS that don't say it.
fn hint(code: &str, said: &str, operation: Operation) -> Option<String> {
    Some(match code {
        "OperationNotSupportedException" => {
            "only the organization's management account or a delegated administrator of Service Catalog can do this, \
             and sharing with AWS Organizations has to be on"
                .to_owned()
        }
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => "sign in again".to_owned(),
        // IAM's own message names the action.
        // License Manager uses either name for a refusal.
        "AccessDeniedException" | "AuthorizationException" if !said.contains(&operation.action()) => {
            let administrator = match operation.service() {
                Service::Organizations => "the account has to be the management account or a delegated administrator, ",
                Service::Marketplace => {
                    "the account has to be the management account or a delegated administrator of Private \
                     Marketplace, "
                }
                Service::LicenseManager => {
                    "the account has to be the management account or a delegated administrator of License Manager, "
                }
                Service::ServiceCatalog | Service::Discovery | Service::Sts | Service::Iam => "",
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

/// A message if the error is about missing credentials. It leaves out the places where the SDK looked.
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

/// The first error of type `T` in the chain of causes, the error itself included.
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

/// The innermost cause. The SDKs wrap the useful message ("Connection refused") into layers that say nothing.
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
    fn a_denial_names_the_action_that_the_policy_lacks() {
        let hint = |said| hint("AccessDeniedException", said, Operation::ListRoots);
        let said = hint("You don't have permissions to access this resource.").unwrap();
        assert!(said.contains("a delegated administrator") && said.ends_with("organizations:ListRoots"), "{said}");
        assert_eq!(hint("User: x is not authorized to perform: organizations:ListRoots"), None, "IAM said it");
    }

    #[test]
    fn refusal_of_license_manager_by_its_other_name_says_what_to_check() {
        let said = hint("AuthorizationException", "no", Operation::ListReceivedLicensesForOrganization).unwrap();
        assert!(said.contains("a delegated administrator of License Manager"), "{said}");
        assert!(said.ends_with("license-manager:ListReceivedLicensesForOrganization"), "{said}");
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
