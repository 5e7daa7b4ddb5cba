//! The error codes of AWS and of this tool in one table: the kind of each error, and what has to happen before a
//! retry helps.

/// The kind of error that a code means, regardless of the message and of the HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The caller may not do this.
    Denied,
    /// The credentials have run out.
    Expired,
    /// Too many calls in too short a time.
    Throttled,
    /// The resource that the call names does not exist.
    NotFound,
    /// The resource that the call names is locked by a running change set.
    Locked,
    /// The resource exists already, or was changed in the meantime.
    Conflict,
    /// A quota is used up.
    Quota,
    /// The call itself is wrong.
    Invalid,
    /// A transient error on AWS's side.
    Passing,
    /// No usable answer, so it is unknown whether the call did anything.
    Unreachable,
    /// The code alone does not tell. The HTTP status may.
    Untold,
}

/// What has to happen before a failed change can succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remedy {
    /// Only time: AWS was busy, broken or unreachable.
    Again,
    /// Credentials, or permission to make the call.
    Permission,
    /// A higher quota, or room below it.
    Quota,
    /// A new plan, since the live state differs from the one that this plan started from.
    NewPlan,
    /// A different entry in the catalog, since AWS rejects this one.
    Entry,
    /// A repair of a share that ended without some of its accounts. A new plan would see the share as in step.
    Repair,
    /// Unknown. AWS's message may tell.
    Unknown,
}

/// All known codes. Some are this tool's own, such as `Timeout`, `Conflict` and `NoCredentials`.
const CODES: &[(Kind, Remedy, &[&str])] = &[
    (
        Kind::Denied,
        Remedy::Permission,
        &[
            "AccessDeniedException",
            "AccessDenied",
            "AuthorizationException",
            "OperationNotSupportedException",
            "UnauthorizedOperation",
            "UnrecognizedClientException",
            "InvalidClientTokenId",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "SignatureDoesNotMatch",
            "InvalidSignatureException",
            "InvalidIdentityToken",
        ],
    ),
    (Kind::Untold, Remedy::Permission, &["CALLER_NOT_AUTHORIZED", "NoCredentials", "NoToken", "WrongAccount"]),
    (Kind::Expired, Remedy::Permission, &["ExpiredToken", "ExpiredTokenException", "RequestExpired"]),
    (
        Kind::Throttled,
        Remedy::Again,
        &[
            "ThrottlingException",
            "Throttling",
            "ThrottledException",
            "TooManyRequestsException",
            "RequestLimitExceeded",
            "RateLimitExceededException",
            "RequestThrottled",
            "RequestThrottledException",
            "SlowDown",
        ],
    ),
    (Kind::Locked, Remedy::Again, &["ResourceInUseException"]),
    (Kind::Conflict, Remedy::Again, &["ConcurrentModificationException"]),
    (Kind::Passing, Remedy::Again, &["IDPCommunicationError", "SERVER_FAULT"]),
    (Kind::Unreachable, Remedy::Again, &["RequestTimeout", "RequestTimeoutException"]),
    (
        Kind::Untold,
        Remedy::Again,
        &[
            "InternalFailure",
            "InternalServerError",
            "InternalServerException",
            "InternalServiceException",
            "ServerInternalException",
            "ServiceUnavailable",
            "ServiceUnavailableException",
            "ServiceException",
            "ENTITY_IN_USE",
            "Timeout",
            "Interrupted",
            "NoConnection",
            "UnreadableAnswer",
        ],
    ),
    (Kind::Quota, Remedy::Quota, &["LimitExceededException", "ServiceQuotaExceededException"]),
    (Kind::Conflict, Remedy::NewPlan, &["DuplicateResourceException", "ConflictException"]),
    (Kind::NotFound, Remedy::NewPlan, &["ResourceNotFoundException", "ENTITY_NOT_FOUND"]),
    (Kind::Untold, Remedy::NewPlan, &["Conflict", "ENTITY_ALREADY_EXISTS"]),
    (
        Kind::Invalid,
        Remedy::Entry,
        &[
            "ValidationException",
            "ValidationError",
            "InvalidParametersException",
            "InvalidInputException",
            "InvalidParameterValueException",
        ],
    ),
    (Kind::Untold, Remedy::Entry, &["NotTaken"]),
    (Kind::Untold, Remedy::Repair, &["ShareFailed"]),
];

/// The kind and the remedy of a code. A code that is not in the table is `Untold` and `Unknown`, except that any
/// other code ending in `NotFoundException` (such as `AccountNotFoundException`) is [`Kind::NotFound`].
pub fn known(code: &str) -> (Kind, Remedy) {
    let row = CODES.iter().find(|(_, _, codes)| codes.contains(&code));
    match row {
        Some((kind, remedy, _)) => (*kind, *remedy),
        None if code.ends_with("NotFoundException") => (Kind::NotFound, Remedy::Unknown),
        None => (Kind::Untold, Remedy::Unknown),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_stands_in_one_row() {
        let all: Vec<&str> = CODES.iter().flat_map(|(_, _, codes)| codes.iter().copied()).collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }

    #[test]
    fn what_is_tried_again_by_itself_is_never_told_to_need_somebody() {
        for code in ["ThrottledException", "RequestThrottled", "RequestTimeout", "IDPCommunicationError"] {
            assert_eq!(known(code).1, Remedy::Again, "{code}");
        }
        assert_eq!(known("MissingAuthenticationToken"), (Kind::Denied, Remedy::Permission));
        assert_eq!(known("AccountNotFoundException"), (Kind::NotFound, Remedy::Unknown));
        assert_eq!(known("SomethingNew"), (Kind::Untold, Remedy::Unknown));
    }
}
