//! The codes of errors, AWS's and our own, in one table: what kind of error each is, and what it takes to go on.

/// What kind of error a code tells of, whatever its message and the status of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The caller may not do this.
    Denied,
    /// The credentials have run out.
    Expired,
    /// Too many calls in too short a time.
    Throttled,
    /// What the call names is not there.
    NotFound,
    /// A running change set holds what the call names.
    Locked,
    /// It is there already, or somebody changed it meanwhile.
    Conflict,
    /// A quota is used up.
    Quota,
    /// The call itself is wrong.
    Invalid,
    /// A slip of AWS's own that is over in a moment.
    Passing,
    /// No answer that says whether anything was done.
    Unreachable,
    /// The code does not tell; the status may.
    Untold,
}

/// What it takes before a change that failed can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remedy {
    /// Nothing but time: AWS was busy, out of order or out of reach.
    Again,
    /// Credentials, or leave to make the call.
    Permission,
    /// A higher quota, or room below it.
    Quota,
    /// A new plan: live is not what this one started from.
    NewPlan,
    /// Another entry in the catalog: AWS does not take what it says.
    Entry,
    /// A repair of a share that ended without some of its accounts. To a plan it is in step.
    Repair,
    /// What AWS's message says, if anything.
    Unknown,
}

/// Every code that is known. `Timeout`, `Conflict` and others without a family name are our own.
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

/// The kind of a code, and what it takes to go on. Of a code that is not in the table neither is told, but for the
/// services' further names of what is not there (`AccountNotFoundException`).
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
